//! The processes of lab peers: none outlives the program, however that ends, and none can hurt it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// The program under test.
const SOCKEYE: &str = env!("CARGO_BIN_EXE_sockeye");

/// How long anything may take before it never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run of a script that goes on until somebody ends it.
struct Run {
    process: Child,
    events: Lines<BufReader<ChildStdout>>,
}

impl Run {
    /// Plays these lines and goes on running; they are played when this returns.
    fn begin(lines: &str) -> Self {
        let mut run = Self::start(lines);
        run.wait_for(|event| event["text"] == "ready");
        run
    }

    /// Begins to play these lines.
    fn start(lines: &str) -> Self {
        let mut process = Command::new(SOCKEYE)
            .args(["run", "-", "--json", "--clean", "--timeout", "120s"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let script = format!("{lines}\nsay \"ready\"\nsleep 110s\n");
        let mut stdin = process.stdin.take().unwrap();
        stdin.write_all(script.as_bytes()).unwrap();
        drop(stdin);
        let events = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, events }
    }

    /// The first event that is as told.
    fn wait_for(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        let parsed = (&mut self.events).map(|line| serde_json::from_str(&line.unwrap()).unwrap());
        let mut last = Value::Null;
        for event in parsed {
            if is_it(&event) {
                return event;
            }
            last = event;
        }
        panic!("it never came; the last was {last}");
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    /// The processes of its peers, and theirs.
    fn peers(&self) -> Vec<i32> {
        let (mut found, mut from) = (Vec::new(), vec![self.pid().as_raw_nonzero().get()]);
        while let Some(parent) = from.pop() {
            let children = children_of(parent);
            found.extend(&children);
            from.extend(children);
        }
        found
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The processes that a process started, by `proc_pid_stat(5)`.
fn children_of(parent: i32) -> Vec<i32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| stat(*pid).is_some_and(|(_, of)| of == parent))
        .collect()
}

/// The state and the parent of a process, while there is one.
fn stat(pid: i32) -> Option<(String, i32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit(") ").next()?.split(' ');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

/// Waits until it is so.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        thread::yield_now();
    }
}

/// A process that is no more. One that whoever adopted it did not wait for yet runs no more either.
fn is_gone(pid: i32) -> bool {
    stat(pid).is_none_or(|(state, _)| state == "Z" || state == "X")
}

const PEERS: &str = "peer echo as P; peer silent as Q; peer serial as R; peer fork as F\nconnect @F as A\n\
                     @A send \"x\"\n@A expect \"x\"\nstop @Q";

/// Ends a run with peers of several kinds, one of them stopped and one with a process of its own for a client.
#[track_caller]
fn leaves_nobody_behind(end: impl Fn(&mut Run)) {
    let mut run = Run::begin(PEERS);
    let peers = run.peers();
    assert_eq!(peers.len(), 5, "four peers, and one forked");
    end(&mut run);
    let _ = run.process.wait();
    for pid in peers {
        wait_until("a peer outlived the program", || is_gone(pid));
    }
}

#[test]
fn peers_end_with_the_program_however_it_ends() {
    leaves_nobody_behind(|run| kill_process(run.pid(), Signal::TERM).unwrap());
    leaves_nobody_behind(|run| kill_process(run.pid(), Signal::KILL).unwrap());
    leaves_nobody_behind(|run| kill_process(run.pid(), Signal::ABORT).unwrap());
}

#[test]
fn a_peer_that_is_killed_leaves_no_zombie() {
    let run = Run::begin(&format!(
        "{PEERS}\nkill @P; kill @Q; kill @F\n@P wait closed\n@Q wait closed\n@F wait closed"
    ));
    wait_until("what was killed is not cleared away", || {
        run.peers().len() == 1
    });
}

#[test]
fn a_peer_that_somebody_else_kills_is_told_to_be_gone() {
    let mut run = Run::begin("peer echo as P\nconnect @P as A\n@A send \"x\"\n@A expect \"x\"");
    let [pid] = run.peers()[..] else {
        panic!("{:?}", run.peers());
    };
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    let is = |name: &'static str| {
        move |event: &Value| event["conn"] == name && event["state"] == "CLOSED"
    };
    run.wait_for(is("P-1"));
    wait_until("it is not cleared away", || run.peers().is_empty());
}

#[test]
fn a_flood_grows_nothing_but_the_tape() {
    // Nobody reads what the peer sends: the kernel's buffers hold it back, and it goes on no further.
    let mut run = Run::start("peer chargen flood as P\nconnect @P manual as A");
    run.wait_for(|event| {
        event["conn"] == "P-1" && event["call"] == "send" && event["blocked"] == true
    });
    let kib = |pid: i32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    let [peer] = run.peers()[..] else {
        panic!("{:?}", run.peers());
    };
    assert!(kib(peer) < 200 << 10, "{} KiB", kib(peer));
}

#[test]
fn a_peer_that_is_stopped_while_it_is_looked_at_holds_nothing_up() {
    let mut lines = "peer echo as P\nconnect @P as A\n@A send \"x\"\n@A expect \"x\"\n".to_owned();
    // A second answer: what the peer did for the first it has told by then.
    lines += "@A send \"z\"\n@A expect \"z\"\nstop @P\n";
    // What is asked of it is not read, and what it would say does not come.
    lines += "repeat 1000 @A send \"y\"\n@P wait accepted\n@P-1 wait call recv\nstop @P off\n@A wait bytes /y{1000}/";
    drop(Run::begin(&lines));
}

#[test]
fn a_peers_words_are_refused_by_its_own_process_too() {
    for words in [
        &["lab"][..],
        &["lab", "0"],
        &["lab", "x", "127.0.0.1:0", "echo"],
        &["lab", "0", "127.0.0.1:0", "nobody"],
        &["lab", "0", "nowhere", "echo"],
        &["lab", "0", "127.0.0.1:0", "dribble", "0"],
    ] {
        let output = Command::new(SOCKEYE)
            .args(words)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn a_peers_process_ends_when_nobody_listens_to_it() {
    // Its standard input is at its end.
    let output = Command::new(SOCKEYE)
        .args(["lab", "0", "127.0.0.1:0", "echo"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success());
    // Its standard output is closed.
    let mut process = Command::new(SOCKEYE)
        .args(["lab", "0", "127.0.0.1:0", "select"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    assert!(process.wait().unwrap().success());
}
