//! The real program with a script, behind another program that brings a fault about, and what came of it.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::JoinHandle;

use rustix::net::sockopt::socket_peercred;
use rustix::process::Pid;
use serde_json::Value;

use super::skip::{command_of, is_installed, skip};

/// An empty directory of one test's own.
pub(super) fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("injected-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// The words that play a script from standard input and tell its events.
pub(super) const RUN: [&str; 5] = ["run", "-", "--json", "--timeout", "60s"];

/// What came of a run.
pub(super) struct Run {
    pub(super) stdout: String,
    /// What of it are events.
    pub(super) events: Vec<Value>,
    pub(super) passed: bool,
    pub(super) said: String,
}

impl Run {
    /// The events, of a script that passed.
    #[track_caller]
    pub(super) fn passed(&self) -> &[Value] {
        let newest: Vec<&Value> = self.events.iter().rev().take(8).collect();
        assert!(self.passed, "{}\n{newest:#?}", self.said);
        &self.events
    }

    /// The errnos of calls of one name, in order.
    pub(super) fn errnos(&self, call: &str) -> Vec<&str> {
        let calls = self.events.iter().filter(|event| event["call"] == call);
        calls.filter_map(|event| event["errno"].as_str()).collect()
    }

    /// Whether a note or a failed call says that.
    pub(super) fn says(&self, words: &str) -> bool {
        let said = |event: &Value| {
            let texts = [&event["text"], &event["why"]];
            texts
                .iter()
                .any(|text| text.as_str().is_some_and(|text| text.contains(words)))
        };
        self.events.iter().any(said)
    }
}

/// Plays a script by the program behind another program; nothing where that one is missing.
pub(super) fn behind(wrapper: &[&str], script: &str) -> Option<Run> {
    told(wrapper, &RUN, script)
}

/// The program with these words behind another program, and what it reads.
fn told(wrapper: &[&str], words: &[&str], said: &str) -> Option<Run> {
    let own = [env!("CARGO_BIN_EXE_sockeye"), "--clean"];
    let words: Vec<&str> = wrapper.iter().chain(&own).chain(words).copied().collect();
    if !is_installed(wrapper[0]) {
        return None;
    }
    let mut child = command_of(wrapper[0])
        .args(&words[1..])
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading that.
    let _ = child.stdin.take().unwrap().write_all(said.as_bytes());
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let events = stdout
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    Some(Run {
        events: events.collect(),
        passed: output.status.success(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
        stdout,
    })
}

/// Lines of a script that wait until something was done with the program meanwhile, and the thread that does it when
/// they are reached. A socket with a path is the same in all networks.
pub(super) fn word(
    folder: &Path,
    act: impl FnOnce(Pid) + Send + 'static,
) -> (String, JoinHandle<()>) {
    let path = folder.join("word");
    let listener = UnixListener::bind(&path).unwrap();
    let heard = std::thread::spawn(move || {
        let (mut script, _) = listener.accept().unwrap();
        script.read_exact(&mut [0; 3]).unwrap();
        act(socket_peercred(&script).unwrap().pid);
        script.write_all(b"done").unwrap();
    });
    let lines = format!(
        "connect unix:{} as W\n@W send \"now\"\n@W expect \"done\" within 20s\n",
        path.display()
    );
    (lines, heard)
}

/// Behind strace, which makes calls of that name fail so; also what it wrote of them.
pub(super) fn failing(call: &str, how: &str, log: &Path, script: &str) -> Option<(Run, String)> {
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:{how}"));
    let log_name = log.to_str().unwrap();
    let wrapper = [
        "strace", "-f", "-qq", "-o", log_name, "-e", &trace, "-e", &inject,
    ];
    let run = behind(&wrapper, script)?;
    Some((run, std::fs::read_to_string(log).unwrap_or_default()))
}

/// With these words, behind steps of a shell that has namespaces of its own; nothing without the right to make them.
pub(super) fn in_a_network((own, steps): (&str, &str), words: &[&str], said: &str) -> Option<Run> {
    let line = format!("PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && {steps} exec \"$@\"");
    let run = told(&["unshare", own, "sh", "-c", &line, "sh"], words, said)?;
    if run.said.contains("unshare: unshare failed") {
        skip("a network of its own");
        return None;
    }
    Some(run)
}
