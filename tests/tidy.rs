//! The rules of STYLE.md and the import order of DESIGN.md as ordinary tests: each failure names file, line and rule.
//! It scans text and does not parse Rust.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/readme.rs"]
mod readme;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/sentences.rs"]
mod sentences;
#[path = "support/skip.rs"]
mod skip;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/tables.rs"]
mod tables;

use std::fs;
use std::process::Command;

use source::{Source, root, sources};

#[test]
fn sources_follow_the_rules() {
    let sources = sources();
    assert!(sources.len() > 100, "found only {} files", sources.len());
    let found: Vec<String> = sources.iter().flat_map(rules::findings).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_file_is_declared_by_its_parent() {
    let found = undeclared(&sources());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn tables_are_complete() {
    let found = tables::findings(&sources());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_readme_lists_the_framings_as_they_are() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let renewed =
        readme::renewed(&readme).expect("README.md has the marks of the table of framings");
    if readme != renewed && std::env::var_os("RENEW").is_some() {
        fs::write(&path, renewed).unwrap();
        return;
    }
    let is_old = renewed.lines().find(|line| !readme.contains(*line));
    assert!(
        readme == renewed,
        "the table of framings in README.md is not that of the program; \
         RENEW=1 cargo test --test tidy writes it; the first line that is missing: {is_old:?}"
    );
}

#[test]
fn sentences_are_named_and_names_have_sentences() {
    let english = sockeye::locale::Locale::default();
    let below: Vec<Source> = sources()
        .into_iter()
        .filter(|source| !source.module().is_empty())
        .collect();
    let found = sentences::findings(&below, &english);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    let wrong = "a(\"first.nothing\"); b(\"first.{x}\"); c(\"not first.a\");";
    let found = sentences::findings(&[Source::new("src/app", wrong)], &english);
    assert!(
        found
            .iter()
            .any(|it| it == "src/app.rs:1: no sentence `first.nothing`")
    );
    assert!(
        found
            .iter()
            .any(|it| it.ends_with("nothing says `layout.small`"))
    );
}

/// Files below `src` that no `mod` names.
fn undeclared(sources: &[Source]) -> Vec<String> {
    let below = sources.iter().filter(|source| !source.module().is_empty());
    let is_declared = |source: &Source| {
        let (parent, name) = source
            .module()
            .rsplit_once('/')
            .unwrap_or(("lib", source.module()));
        let parent = sources.iter().filter(|other| other.module() == parent);
        parent.flat_map(|other| &other.masked).any(|line| {
            let words = line.trim().split_once("mod ");
            words.is_some_and(|(_, rest)| rest.trim_end_matches(';') == name)
        })
    };
    below
        .filter(|source| !matches!(source.module(), "lib" | "main") && !is_declared(source))
        .map(|source| format!("{}.rs: no `mod` names it", source.path))
        .collect()
}

#[test]
fn only_known_folders_at_the_top() {
    for entry in fs::read_dir(root()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let known = !entry.path().is_dir()
            || ["src", "assets", "tests", "benches", "target"].contains(&&*name)
            || name.starts_with('.');
        assert!(known, "{name}/: no such folder in DESIGN.md");
    }
}

#[test]
fn at_most_120_crates() {
    let arguments = "tree -e normal --prefix none --no-dedupe --offline --locked --target x86_64-unknown-linux-gnu";
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(arguments.split(' '))
        .output();
    let Some(tree) = tree.ok().filter(|tree| tree.status.success()) else {
        return skip::skip("cargo tree");
    };
    let text = String::from_utf8_lossy(&tree.stdout).into_owned();
    let mut crates: Vec<String> = text
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    crates.sort();
    crates.dedup();
    assert!(
        (20..=120).contains(&crates.len()),
        "{} crates",
        crates.len()
    );
}

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    let source = Source::new(path, &format!("//! x\n{text}"));
    let found = rules::findings(&source);
    let matches =
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.contains(b));
    assert!(matches, "{path}: {text}\n{found:?}");
}

#[test]
fn the_rules_of_form_can_fail() {
    let function = |lines: usize| format!("fn a() {{\n{}}}", "    b();\n".repeat(lines));
    check("src/app", &function(67), &[]);
    check("src/app", &function(68), &["70 lines"]);
    check("src/app", &"x".repeat(121), &["120"]);
    check("tests/net", &"x".repeat(121), &["120"]);
    check("src/app", &"\n".repeat(399), &[]);
    check("src/app", &"\n".repeat(400), &["401 lines"]);
    check(
        "tests/sim/net",
        &"\n".repeat(400),
        &["tests/sim/net.rs:401: 401 lines"],
    );
    check("src/ui/mod", "", &["never mod.rs"]);
    check("tests/sim/mod", "", &["never mod.rs"]);
    let bare = rules::findings(&Source::new("src/app", "use std::io;"));
    assert!(bare.iter().any(|rule| rule.contains("`//!`")), "{bare:?}");
}

#[test]
fn the_bans_can_fail() {
    for what in rules::BANNED {
        let tested = format!("#[cfg(test)]\nmod tests {{\n    {what}(1);\n}}\n{what}(1);");
        check("src/app", &tested, &[&format!("src/app.rs:6: `{what}`")]);
        check("src/app/tests", &format!("{what}(1);"), &[]);
    }
    check(
        "src/app",
        "const N: NonZeroU8 = NonZeroU8::new(1).unwrap();",
        &[],
    );
    for what in rules::BANNED_IN_SRC {
        check("src/app/tests", &format!("{what}(dead_code)]"), &[what]);
        check("tests/net", &format!("{what}(dead_code)]"), &[]);
    }
    for path in ["src/app", "src/app/tests", "tests/sim/net"] {
        check(path, "std::thread::sleep(x);", &["thread::sleep"]);
        check(path, "use std::thread::sleep;", &["thread::sleep"]);
    }
    check(
        "src/app",
        "// println!\nlet x = \"todo!\";\nlet y = r#\"dbg!\"#;",
        &[],
    );
}

#[test]
fn the_import_order_can_fail() {
    check("src/tape", "use crate::event::Event;\n// crate::run", &[]);
    check(
        "src/tape",
        "use crate::session::Session;",
        &["tape.rs:2: tape may not import session"],
    );
    check(
        "src/tape",
        "let x = crate::session::Session::new();",
        &["may not import session"],
    );
    check(
        "src/event",
        "use crate::{endpoint::A, expr::B};",
        &["event may not import expr"],
    );
    let group = "use crate::{\n    endpoint::{A, B},\n    app::{\n        App,\n    },\n};";
    check("src/tape", group, &["tape.rs:2: tape may not import app"]);
    check(
        "src/net/tcp",
        "use crate::os::Os;\nuse crate::app::App;",
        &["net may not import app"],
    );
    check(
        "src/tty",
        "use crate::escape::clean;",
        &["tty may not import escape"],
    );
    check(
        "src/run",
        "use crate::os::Os;\nuse crate::net::Net;\nuse crate::tty::Keyboard;",
        &[],
    );
    check(
        "src/run",
        "use crate::args::Asked;",
        &["run may not import args"],
    );
    check("src/app", "use crate::os::Os;", &["app may not import os"]);
    check(
        "src/ui/pane",
        "use super::super::session::Session;",
        &["`super::` leaves ui"],
    );
    check(
        "src/tape/x",
        "use super::super::app::App;",
        &["`super::` leaves", "may not import app"],
    );
    check(
        "src/ui/pane/x",
        "use super::super::Ui;\nlet x = super::super::draw();",
        &[],
    );
    check("src/gadget", "", &["gadget is no room"]);
    check("src/tape", "use crate::gadget::X;", &["gadget is no room"]);
    check(
        "src/main",
        "use sockeye::os::Real;\nuse crate::gadget::X;",
        &[],
    );
}

#[test]
fn the_fences_can_fail() {
    check(
        "src/session",
        "use std::fs;\nlet t = std::time::Instant::now();",
        &["std::fs", "time::Instant"],
    );
    check(
        "src/session",
        "use std::{\n    fs,\n    io,\n};",
        &["session.rs:2: `std::fs`"],
    );
    check(
        "src/session",
        "use std::{time::{Duration, SystemTime}, io};",
        &["SystemTime"],
    );
    check(
        "src/net",
        "use std::net::{IpAddr, TcpStream};",
        &["net::Tcp"],
    );
    check("src/net", "use libc;", &["libc::"]);
    check(
        "src/net",
        "use std::net::UdpSocket;\nuse std::os::unix::net::UnixStream;",
        &["Udp", "unix::net"],
    );
    check(
        "src/app",
        "polling::Poller::new();\nsocket2::Socket::new();",
        &["polling", "socket2"],
    );
    check("src/app", "crossterm::event::read();", &["crossterm"]);
    check("src/session", "use ratatui::buffer::Buffer;", &["ratatui"]);
    check("src/os/real", "use std::fs;\nuse libc::c_int;", &[]);
    check("src/osprey", "use std::fs;", &["no room", "std::fs"]);
    check(
        "src/tty",
        "use rustix::fd::AsFd;\nlet mylibc::x = 1;",
        &["rustix"],
    );
    check(
        "src/net/facts",
        "#[cfg(target_os = \"linux\")]\nfn a() {}",
        &[],
    );
    check(
        "src/net/tcp",
        "#[cfg(target_os = \"linux\")]\nfn a() {}",
        &["target_os"],
    );
}

#[test]
fn the_tables_can_fail() {
    let table = |rows: &str| format!("pub static VERBS: &[&dyn Verb] = &[\n{rows}\n];");
    let check = |rows: &str, verb: &str, expected: &[&str]| {
        let sources = [
            Source::new("src/command", &table(rows)),
            Source::new("src/command/send", verb),
        ];
        let found = tables::findings(&sources);
        let found: Vec<&String> = found.iter().filter(|rule| rule.contains("send")).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(
            found.iter().zip(expected).all(|(a, b)| a.contains(b)),
            "{found:?}"
        );
    };
    check("    &send::Send,", "impl Verb for Send {", &[]);
    check(
        "    &recv::Send,",
        "impl Verb for Send {",
        &["send.rs:1: Send has no row in VERBS"],
    );
    check(
        "    &send::SendTo,",
        "impl Verb for Send {",
        &["Send has no row"],
    );
    let row = "pub(super) const NOW: Plain = Plain {\nimpl Verb for Plain {";
    check("    &send::NOW,", row, &[]);
    check("    &send::LATER,", row, &["Plain has no row"]);
    let none = tables::findings(&[]);
    assert_eq!(none.len(), 8, "{none:?}");
    let lost = [
        Source::new("src/lib", "mod app;\n// mod ui;"),
        Source::new("src/ui", ""),
        Source::new("src/app", ""),
    ];
    assert_eq!(undeclared(&lost), ["src/ui.rs: no `mod` names it"]);
}
