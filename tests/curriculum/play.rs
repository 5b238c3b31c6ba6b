//! Plays a script: through the real program on the kernel of this machine, as somebody without rights; or the program
//! on the simulated kernel, where hours pass at once.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use sockeye::args::{self, Asked};
use sockeye::run::{self, Plan, Printer};

use super::experiment::Played;
use super::program::Program;

/// The program under test.
const SOCKEYE: &str = env!("CARGO_BIN_EXE_sockeye");

/// What `nobody` is on Linux.
const NOBODY: u32 = 65_534;

/// Plays it by the real program.
pub(crate) fn on_this_kernel(script: &str) -> Played {
    let dir = workplace();
    let is_root = rustix::process::geteuid().is_root();
    let child = if is_root {
        // A directory that others may not enter on the way to the program is the machine's matter, and then root plays.
        start(&dir, Some(NOBODY)).or_else(|_| start(&dir, None))
    } else {
        start(&dir, None)
    };
    let mut child = child.unwrap();
    // A program that refuses the script may be gone before all of it is written.
    let _ = child.stdin.take().unwrap().write_all(script.as_bytes());
    let output = child.wait_with_output().unwrap();
    let _ = std::fs::remove_dir_all(&dir);
    Played {
        code: output.status.code(),
        log: lines(&output.stdout),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn start(dir: &Path, user: Option<u32>) -> std::io::Result<Child> {
    let mut command = Command::new(SOCKEYE);
    command
        .args(["run", "-", "--json", "--clean", "--timeout", "60s"])
        .current_dir(dir)
        .env("HOME", dir)
        .env("XDG_STATE_HOME", dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(user) = user {
        std::os::unix::fs::chown(dir, Some(user), Some(user))?;
        command.uid(user).gid(user);
    }
    command.spawn()
}

/// An empty directory of its own.
fn workplace() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("sockeye-curriculum-{}-{number}", std::process::id());
    let dir = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// Plays it on the simulated kernel.
pub(crate) fn on_the_simulation(script: &str) -> Played {
    let mut os = Program::new(0);
    let words = ["sockeye", "run", "FILE", "--json"];
    let Ok(Asked::Script {
        name, json, plan, ..
    }) = args::parse(words.into_iter().map(Into::into))
    else {
        panic!("`run` is no script");
    };
    let script = Some(args::script(&name, script).unwrap());
    let ending = run::run(
        &mut os,
        &mut Printer::new(name, json),
        Plan { script, ..plan },
    );
    Played {
        code: Some(i32::from(ending.code)),
        log: lines(os.kernel.stdout()),
        said: ending.message.unwrap_or_default(),
    }
}

/// The log by its times: what a lab peer did is told a moment later than what came of it here. Between two programs no
/// order is exact: each reads the clock when its call is over.
fn lines(stdout: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(stdout);
    let mut at = 0.0;
    let mut timed: Vec<(f64, Value)> = text
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            // A message has no time of its own.
            at = line["t"].as_f64().unwrap_or(at);
            (at, line)
        })
        .collect();
    timed.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    timed.into_iter().map(|(_, line)| line).collect()
}
