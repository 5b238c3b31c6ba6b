//! The real program on a terminal for tests: how it is started, how lines are typed, and what a row of it says.
//! It decides nothing about what is right; `pty.rs` holds the terminal.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::Path;
use std::process::Command;

#[path = "pty.rs"]
pub(crate) mod pty;
#[path = "skip.rs"]
pub(crate) mod skip;

use pty::Pty;

/// The sentence of the first screen that stands there once all of it is drawn: the footer is the last row.
pub(crate) const FIRST: &str = "? keys";

/// The program with these words, in an environment that says nothing about colours, letters or directories of ours, and
/// without memory of other runs.
pub(crate) fn sockeye(words: &[&str]) -> Command {
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("state");
    std::fs::create_dir_all(&state).unwrap();
    let mut command = remembering(words);
    command.arg("--clean").env("XDG_STATE_HOME", state);
    command
}

/// The same with the memory of other runs, which lies where the caller says.
pub(crate) fn remembering(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
    command
        .args(words)
        .env_remove("ACCESSIBLE")
        .env("LANG", "C.UTF-8")
        .env("COLUMNS", "")
        .env_remove("LC_ALL")
        .env_remove("LC_CTYPE");
    command
}

/// The workbench, once its first screen stands there.
pub(crate) fn workbench(words: &[&str]) -> Pty {
    let mut pty = Pty::spawn(sockeye(words));
    pty.wait_text(FIRST);
    pty
}

/// Types a line at the prompt, which is empty again afterwards.
pub(crate) fn command(pty: &mut Pty, line: &str) {
    pty.send(format!(":{line}"));
    pty.wait_text(line);
    pty.send("\r");
}

/// Quits with the keys, whether sockets are open or not, and finds the terminal as it was.
pub(crate) fn leave(pty: &mut Pty) {
    pty.send(":quit\r");
    assert_eq!(pty.wait_exit().code(), Some(0));
    pty.assert_restored();
}

/// The first row of the screen in which `text` stands.
pub(crate) fn row_with(screen: &vt100::Screen, text: &str) -> Option<String> {
    let contents = screen.contents();
    let row = contents.lines().find(|row| row.contains(text));
    row.map(str::to_owned)
}

/// Whether all of a screen with so many rows is drawn: the keys stand in its last.
pub(crate) fn is_drawn(screen: &vt100::Screen, rows: u16) -> bool {
    let contents = screen.contents();
    let footer = contents.lines().nth(usize::from(rows) - 1);
    footer.is_some_and(|row| row.contains(FIRST))
}

/// How much memory the program has (`VmRSS`) or had at the most (`VmHWM`), in KiB (`proc_pid_status(5)`).
pub(crate) fn memory_kib(pty: &Pty, field: &str) -> u64 {
    let path = format!("/proc/{}/status", pty.pid.as_raw_nonzero());
    let status = std::fs::read_to_string(path).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How much processor time the program used so far, in clock ticks (`proc_pid_stat(5)`, utime + stime).
pub(crate) fn processor_ticks(pid: rustix::process::Pid) -> u64 {
    let path = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let stat = std::fs::read_to_string(path).unwrap();
    let fields = stat.rsplit(')').next().unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// Processor time and the times that any thread gave the processor away by itself, that is, waited for something.
pub(crate) fn doings(pid: rustix::process::Pid) -> (u64, u64) {
    let tasks = format!("/proc/{}/task", pid.as_raw_nonzero());
    let switches = |task: std::io::Result<std::fs::DirEntry>| -> u64 {
        // A helper may have ended meanwhile.
        let status = std::fs::read_to_string(task.unwrap().path().join("status"));
        let status = status.unwrap_or_default();
        let field = "voluntary_ctxt_switches:";
        let mut lines = status.lines();
        let told = lines.find_map(|line| line.strip_prefix(field));
        told.map_or(0, |told| told.trim().parse().unwrap())
    };
    let waits = std::fs::read_dir(tasks).unwrap().map(switches).sum();
    (processor_ticks(pid), waits)
}
