//! What a test cannot do on this machine: said aloud, counted in a file, and held against the list of what a machine
//! may lack (`tests/skips.txt`). What is lacking and does not stand there is a failure. Also where the programs of
//! others are, which are what is lacking most.

#![allow(
    dead_code,
    reason = "each test includes it and uses its own part of it"
)]

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

/// What may be lacking, on what machine, and which tests do without.
const LIST: &str = include_str!("../skips.txt");

/// The test that calls this does without something, by its name in the list.
#[track_caller]
pub(crate) fn skip(lack: &str) {
    let thread = thread::current();
    let test = format!(
        "{}::{}",
        env!("CARGO_CRATE_NAME"),
        thread.name().unwrap_or("?")
    );
    let said = format!("SKIPPED: {test}: {lack}\n");
    // Past the test harness, which shows nothing of a test that passes.
    let _ = std::io::stderr().write_all(said.as_bytes());
    assert!(
        may_lack(lack, &test),
        "{lack}: not a lack of this machine by tests/skips.txt"
    );
    // A line for each, which `.ci/run` counts; where it cannot be written nobody counts.
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/skipped.txt");
    let file = OpenOptions::new().append(true).create(true).open(path);
    let _ = file.and_then(|mut file| file.write_all(format!("{test}: {lack}\n").as_bytes()));
}

/// Whether a program is there; says so when it is not.
#[track_caller]
pub(crate) fn is_installed(program: &str) -> bool {
    let is_there = find(program).is_some();
    if !is_there {
        skip(program);
    }
    is_there
}

/// A program by its name, wherever it is.
pub(crate) fn command_of(program: &str) -> Command {
    Command::new(find(program).unwrap_or_else(|| program.into()))
}

/// Where a program is: on the path, or where Debian has the servers, which no path of an ordinary user's names.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let mut places = folders.map(|folder| folder.join(program));
    places.find(|place| place.is_file())
}

/// Whether the list has it for a machine like this and for that test.
fn may_lack(lack: &str, test: &str) -> bool {
    let is_prepared = std::env::var_os("SOCKEYE_PREPARED").is_some();
    let is_root = rustix::process::geteuid().is_root();
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    let mut rows = lines.map(|line| line.split('|').map(str::trim));
    rows.any(|mut row| {
        let (name, who, tests) = (row.next(), row.next(), row.next());
        let is_here = match who {
            Some("unprepared") => !is_prepared,
            Some("user") => {
                !is_root && tests.is_some_and(|all| all.split(' ').any(|it| it == test))
            }
            _ => false,
        };
        name == Some(lack) && is_here
    })
}
