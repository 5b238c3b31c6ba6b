//! The rules of STYLE.md and the import order of DESIGN.md as ordinary tests: each failure names file, line and rule. It
//! scans text and does not parse Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The rooms of DESIGN.md's diagram, left to right; rooms of one group may import each other.
const GROUPS: &[&str] = &[
    "endpoint event expr escape",
    "tape inspect hexdump",
    "framing",
    "command",
    "session",
    "tap fault peer cause guess script lesson record flow export",
    "keymap ui",
    "app",
    "run args",
];
/// What the rooms beside the diagram may import.
const BESIDE: &[(&str, &str)] = &[
    ("os", "event endpoint"),
    ("net", "event endpoint os"),
    ("tty", "event endpoint os"),
    ("event", "endpoint"),
];
/// Paths and the rooms that alone may use them.
const FENCED: &[(&str, &str)] = &[
    ("socket2::", "os"),
    ("polling::", "os"),
    ("libc::", "os"),
    ("rustix::", "os"),
    ("std::fs", "os"),
    ("std::os::unix::net", "os"),
    ("net::Tcp", "os"),
    ("net::Udp", "os"),
    ("time::Instant", "os"),
    ("time::SystemTime", "os"),
    ("target_os", "os net/facts"),
    ("ratatui::", "ui app run"),
    ("crossterm::", "tty keymap ui run"),
];
const BANNED: &[&str] = &[
    "todo!",
    "unimplemented!",
    "dbg!",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "#[allow",
    "#![allow",
    ".unwrap()",
];

/// A source file: its path below src without `.rs`, its lines, and the same lines without comments, strings and tests.
struct Source {
    path: String,
    lines: Vec<String>,
    code: Vec<String>,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let code = if path.ends_with("/tests") {
            String::new()
        } else {
            without_tests(&masked(text))
        };
        Self {
            path: path.to_owned(),
            lines: lines(text),
            code: lines(&code),
        }
    }

    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }
}

/// The text with comments and the contents of strings and characters as blanks; lines stay where they are.
fn masked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let starts = |at: usize, what: &str| {
        what.chars()
            .enumerate()
            .all(|(i, c)| chars.get(at + i) == Some(&c))
    };
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let end = if starts(at, "//") {
            (at..chars.len())
                .find(|&i| chars[i] == '\n')
                .unwrap_or(chars.len())
        } else if starts(at, "/*") {
            (at + 2..chars.len())
                .find(|&i| starts(i, "*/"))
                .map_or(chars.len(), |i| i + 2)
        } else if chars[at] == 'r'
            && (starts(at + 1, "\"") || starts(at + 1, "#\"") || starts(at + 1, "##\""))
        {
            let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
            let close = format!("\"{}", "#".repeat(hashes));
            let from = at + 2 + hashes;
            (from..chars.len())
                .find(|&i| starts(i, &close))
                .map_or(chars.len(), |i| i + 1 + hashes)
        } else if chars[at] == '"' {
            closing(&chars, at, '"')
        } else if chars[at] == '\'' && (starts(at + 1, "\\") || chars.get(at + 2) == Some(&'\'')) {
            closing(&chars, at, '\'')
        } else {
            out.push(chars[at]);
            at += 1;
            continue;
        };
        out.extend(
            chars[at..end]
                .iter()
                .map(|&c| if c == '\n' { c } else { ' ' }),
        );
        at = end;
    }
    out
}

fn closing(chars: &[char], open: usize, quote: char) -> usize {
    let mut at = open + 1;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// Blanks every item behind `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let (mut inside, mut depth) = (false, 0_usize);
    for line in code.lines() {
        inside |= line.trim_start().starts_with("#[cfg(test)]");
        if inside {
            let opened = line.matches('{').count();
            depth = (depth + opened).saturating_sub(line.matches('}').count());
            inside = !(depth == 0 && (line.contains('}') || line.trim_end().ends_with(';')));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// Whether `what` stands in `line` as a path of its own, not as the end of another word.
fn has(line: &str, what: &str) -> bool {
    line.match_indices(what).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !what.starts_with(char::is_alphabetic)
            || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// The rooms named behind `crate::` in a line, those of a group too.
fn imported(line: &str) -> Vec<&str> {
    let word = |text: &'_ str| {
        text.find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len())
    };
    let mut rooms = Vec::new();
    for (at, found) in line.match_indices("crate::") {
        let rest = line.get(at + found.len()..).unwrap_or_default();
        let parts: Vec<&str> = rest
            .strip_prefix('{')
            .map_or(vec![rest], |group| group.split(", ").collect());
        rooms.extend(parts.into_iter().filter_map(|part| part.get(..word(part))));
    }
    rooms
}

fn may_import(room: &str, other: &str) -> bool {
    let rank = |name: &str| {
        GROUPS
            .iter()
            .position(|group| group.split(' ').any(|each| each == name))
    };
    if room == other || matches!(room, "lib" | "main") || rank(other).is_none() && !is_beside(other)
    {
        return true;
    }
    if let Some((_, allowed)) = BESIDE.iter().find(|(name, _)| *name == room) {
        return allowed.split(' ').any(|each| each == other);
    }
    if is_beside(other) {
        room == "run"
    } else {
        rank(other) <= rank(room)
    }
}

fn is_beside(room: &str) -> bool {
    matches!(room, "os" | "net" | "tty")
}

/// Every rule over one file, as `src/path.rs:line: rule`.
fn findings(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut find = |line: usize, rule: String| {
        found.push(format!("src/{}.rs:{}: {rule}", source.path, line + 1));
    };
    if !source
        .lines
        .iter()
        .find(|line| !line.is_empty())
        .is_some_and(|line| line.starts_with("//!"))
    {
        find(0, "opens with no `//!` sentence".to_owned());
    }
    if source.lines.len() > 400 {
        find(
            400,
            format!("{} lines; 400 are the wall", source.lines.len()),
        );
    }
    if source.path.ends_with("/mod") {
        find(0, "foo.rs and foo/x.rs, never mod.rs".to_owned());
    }
    for (at, line) in source.lines.iter().enumerate() {
        if line.chars().count() > 120 {
            find(at, "longer than 120 characters".to_owned());
        }
    }
    for (at, line) in source.code.iter().enumerate() {
        for what in BANNED.iter().filter(|what| has(line, what)) {
            find(at, format!("`{what}` outside of tests"));
        }
        for (what, rooms) in FENCED.iter().filter(|(what, _)| has(line, what)) {
            let inside = |room: &str| source.room() == room || source.path.starts_with(room);
            if !rooms.split(' ').any(inside) && source.path != "main" {
                find(at, format!("`{what}` only in {rooms}"));
            }
        }
        for other in imported(line)
            .into_iter()
            .filter(|other| !may_import(source.room(), other))
        {
            find(
                at,
                format!(
                    "{} may not import {other} (DESIGN.md, who may import whom)",
                    source.room()
                ),
            );
        }
        let indent = " ".repeat(line.len() - line.trim_start().len());
        let is_function = has(line, "fn ") && line.trim_end().ends_with(['{', '(']);
        let close = format!("{indent}}}");
        let length = source.code[at..]
            .iter()
            .position(|later| later.starts_with(&close))
            .unwrap_or(0)
            + 1;
        if is_function && length >= 70 {
            find(at, format!("a function of {length} lines; under 70"));
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()).collect::<Vec<PathBuf>>() {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root().join("src"))
                    .unwrap_or(&path)
                    .with_extension("");
                let text = fs::read_to_string(&path).unwrap_or_default();
                sources.push(Source::new(&name.to_string_lossy(), &text));
            }
        }
    }
    sources
}

#[test]
fn sources_follow_the_rules() {
    let sources = sources();
    assert!(sources.len() > 5, "found only {} files", sources.len());
    let found: Vec<String> = sources.iter().flat_map(findings).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_file_is_declared_by_its_parent() {
    let sources = sources();
    for source in sources
        .iter()
        .filter(|source| !matches!(&*source.path, "lib" | "main"))
    {
        let (parent, name) = source
            .path
            .rsplit_once('/')
            .unwrap_or(("lib", &source.path));
        let declared = sources.iter().filter(|other| other.path == parent);
        let declared = declared.flat_map(|other| &other.lines).any(|line| {
            line.trim_end().ends_with(&format!("mod {name};"))
                && !line.trim_start().starts_with("//")
        });
        assert!(
            declared,
            "src/{}.rs: no `mod {name};` in src/{parent}.rs",
            source.path
        );
    }
}

#[test]
fn only_known_folders_at_the_top() {
    for entry in fs::read_dir(root())
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir())
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let known = ["src", "assets", "tests", "benches", "target"].contains(&&*name)
            || name.starts_with('.');
        assert!(known, "{name}/: no such folder in DESIGN.md");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped rule must be seen")]
fn at_most_120_crates() {
    let arguments = "tree -e normal --prefix none --no-dedupe --offline --locked --target x86_64-unknown-linux-gnu";
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(arguments.split(' '))
        .output();
    let Some(tree) = tree.ok().filter(|tree| tree.status.success()) else {
        eprintln!("skipped: cargo tree does not work here");
        return;
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

#[test]
fn the_rules_can_fail() {
    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = findings(&Source::new(path, &format!("//! x\n{text}")));
        let matches =
            found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.contains(b));
        assert!(matches, "{path}: {text}\n{found:?}");
    }
    check(
        "tape",
        "use crate::event::Event;\n// println! and crate::run\nlet x = \"todo!\";",
        &[],
    );
    check(
        "tape",
        "use crate::session::Session;",
        &["tape.rs:2: tape may not import session"],
    );
    check(
        "event",
        "use crate::{endpoint::A, expr::B};",
        &["event may not import expr"],
    );
    check(
        "net/tcp",
        "use crate::os::Os;\nuse crate::app::App;",
        &["net may not import app"],
    );
    check("run", "use crate::os::Os;", &[]);
    check("app", "use crate::os::Os;", &["app may not import os"]);
    check(
        "session",
        "use std::fs;\nlet t = std::time::Instant::now();",
        &["std::fs", "time::Instant"],
    );
    check("os/real", "use std::fs;\nuse libc::c_int;", &[]);
    check(
        "tty",
        "use rustix::fd::AsFd;\nlet mylibc::x = 1;",
        &["rustix"],
    );
    check(
        "app",
        "dbg!(1);\nx.unwrap();\n#[cfg(test)]\nmod tests {\n    x.unwrap();\n}\ntodo!()",
        &["dbg!", "unwrap", ":8:"],
    );
    check("net/facts", "#[cfg(target_os = \"linux\")]\nfn a() {}", &[]);
    check(
        "net/tcp",
        "#[cfg(target_os = \"linux\")]\nfn a() {}",
        &["target_os"],
    );
    check(
        "app",
        &format!("fn a() {{\n{}}}", "    b();\n".repeat(67)),
        &[],
    );
    check(
        "app",
        &format!("fn a() {{\n{}}}", "    b();\n".repeat(68)),
        &["70 lines"],
    );
    check("app", &"x".repeat(121), &["120"]);
    check("app", &"\n".repeat(400), &["401 lines"]);
}
