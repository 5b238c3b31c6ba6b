//! What a parent may leave a program with (FAULTS.md, row 65): few descriptors, descriptors of its own, signals that it
//! ignores, closed standard streams. It runs, or says why not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use std::process::{Command, Output};

use program::sockeye;

/// A script that opens sockets, moves bytes and closes.
const SCRIPT: &str =
    "pair tcp as A B\n@A send \"hello\"\n@B expect \"hello\"\n@A close\n@B wait eof\n";

/// Runs the script behind what a shell does first.
fn behind(prelude: &str) -> Output {
    let program = sockeye(&["run", "-"]);
    let mut shell = Command::new("sh");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let path = format!("{}/f65-script", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, SCRIPT).unwrap();
    let line = format!(
        "{prelude} exec {} run {path} --clean",
        env!("CARGO_BIN_EXE_sockeye")
    );
    shell.args(["-c", &line]).output().unwrap()
}

#[test]
fn f65_few_descriptors_and_those_of_others_do_no_harm() {
    for prelude in [
        "ulimit -n 80;",
        "exec 7</dev/null 8</dev/null 9</dev/null;",
        "trap '' PIPE HUP;",
        "exec 0<&-;",
        "exec 0<&- 7</dev/null;",
    ] {
        let output = behind(prelude);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{prelude}: {said}");
    }
}

#[test]
fn f65_too_few_descriptors_are_said() {
    for limit in [3, 4, 5, 6, 8, 10, 12, 20, 64] {
        let output = behind(&format!("ulimit -n {limit};"));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code();
        // Without a descriptor for its libraries the kernel does not even start it.
        let is_said = code == Some(127)
            || matches!(code, Some(1..=3)) && !said.is_empty() && !said.contains("panicked");
        assert!(code == Some(0) || is_said, "{limit}: {code:?} {said}");
    }
}
