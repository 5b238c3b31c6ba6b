//! The program under others that fail its calls, and what it says then.

use std::process::{Command, Output, Stdio};

use super::program::{skip, sockeye};

/// The program under another program, or nothing where that one is missing.
pub(super) fn under(wrapper: &[&str], words: &[&str]) -> Option<Output> {
    let mut plain = sockeye(words);
    plain.arg("--json");
    let mut command = Command::new(wrapper[0]);
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
    let output = command.stdin(Stdio::null()).output();
    let Ok(output) = output else {
        skip(&format!("there is no {}", wrapper[0]));
        return None;
    };
    Some(output)
}

/// What a run prints when its recording stops: that, loudly, and its script passes.
pub(super) fn check_stopped(output: &Output, errno: &str) {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let loud = said.lines().any(|line| {
        line.contains("\"limit\"")
            && line.contains(errno)
            && line.contains("record FILE from start")
    });
    assert!(loud, "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("\"passed\":true"), "{said}");
}
