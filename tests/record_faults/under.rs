//! The program under others that fail its calls, and what it says then.

use std::process::{Output, Stdio};

use super::program::skip::{command_of, is_installed};
use super::program::sockeye;

/// The program under another program, or nothing where that one is missing.
pub(super) fn under(wrapper: &[&str], words: &[&str]) -> Option<Output> {
    if !is_installed(wrapper[0]) {
        return None;
    }
    let mut plain = sockeye(words);
    plain.arg("--json");
    let mut command = command_of(wrapper[0]);
    command
        .args(&wrapper[1..])
        .arg(plain.get_program())
        .args(plain.get_args());
    for (key, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(key, value),
            None => command.env_remove(key),
        };
    }
    Some(command.stdin(Stdio::null()).output().unwrap())
}

/// The program under strace, which does that to the calls of that name and writes them to a log.
pub(super) fn failing((calls, how): (&str, &str), log: &str, words: &[&str]) -> Option<Output> {
    let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{how}"));
    let wrapper = [
        "strace", "-f", "-qq", "-o", log, "-e", &trace, "-e", &inject,
    ];
    under(&wrapper, words)
}

/// What a run prints when its recording stops: that, loudly, on both of its ways; its script passes all the same.
pub(super) fn check_stopped(output: &Output, errno: &str) {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let loud = said.lines().any(|line| {
        line.contains("\"limit\"")
            && line.contains(errno)
            && line.contains("record FILE from start")
    });
    assert!(loud, "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("\"passed\":true"), "{said}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(74), "{told}");
    assert!(told.contains(errno) && told.contains("stopped"), "{told}");
}
