//! When a recording is on the disk itself: within a moment of the last thing that happened; and then nothing is done.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::program::skip::{command_of, is_installed};
use super::program::sockeye;
use super::recording::Recording;
use super::{Dir, directory};

/// How long nothing must happen.
const WINDOW: Duration = Duration::from_secs(2);

/// By when it is on the disk, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program, each of its calls in a log, under strace with more options.
fn traced(log: &Path, options: &[&str], words: &[&str]) -> Option<Child> {
    if !is_installed("strace") {
        return None;
    }
    let plain = sockeye(words);
    let mut command = command_of("strace");
    command.args(["-f", "-qq", "-o"]).arg(log).args(options);
    for (key, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(key, value),
            None => command.env_remove(key),
        };
    }
    command.arg(plain.get_program()).args(plain.get_args());
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::null());
    Some(streams.stderr(Stdio::piped()).spawn().unwrap())
}

/// Waits until what is written is synced and nothing is called any more; what was called till then.
fn until_idle(log: &Path, peer: &mut TcpStream) -> String {
    let until = Instant::now() + PATIENCE;
    peer.set_read_timeout(Some(WINDOW)).unwrap();
    let mut before = String::new();
    loop {
        // Nothing comes: the time that this takes is the window.
        assert!(peer.read(&mut [0]).is_err());
        let calls = std::fs::read_to_string(log).unwrap();
        if calls == before {
            return calls;
        }
        assert!(Instant::now() < until, "it never rests: {calls}");
        before = calls;
    }
}

fn last(calls: &str, call: &str) -> Option<usize> {
    let lines = calls.lines().enumerate();
    let found = lines.filter(|(_, line)| line.contains(call));
    found.map(|(number, _)| number).last()
}

#[test]
fn f53_an_idle_recording_is_synced_and_makes_no_system_call() {
    let directory = directory("synced");
    let (file, log) = (directory.join("a.pcapng"), directory.join("log"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let words = ["connect", &at, "--headless", "--record"];
    let words: Vec<&str> = words.into_iter().chain(file.to_str()).collect();
    let Some(mut program) = traced(&log, &[], &words) else {
        return;
    };
    let (mut peer, _) = listener.accept().unwrap();
    for round in 1..=2 {
        peer.write_all(b"so much").unwrap();
        let calls = until_idle(&log, &mut peer);
        let (written, synced) = (last(&calls, "pwrite64("), last(&calls, "fdatasync"));
        assert!(written.is_some() && written < synced, "{calls}");
        // The name of the file, too, once.
        assert_eq!(calls.matches(" fsync(").count(), 1, "{calls}");
        // What is there is all, without a way out that would write it.
        let recording = Recording::open(&file);
        assert_eq!((recording.wrong, recording.why), (None, None));
        assert_eq!(recording.bytes("A", Dir::In), b"so much".repeat(round));
    }
    drop(program.stdin.take());
    drop(peer);
    assert!(program.wait().unwrap().success());
}

/// The process that makes calls, by its log.
fn process(log: &Path) -> String {
    let calls = std::fs::read_to_string(log).unwrap();
    let first = calls.split_whitespace().next();
    first.unwrap().to_owned()
}

#[test]
fn f53_a_disk_that_never_answers_is_left_when_that_is_asked_again() {
    let directory = directory("hung");
    let (file, log) = (directory.join("a.pcapng"), directory.join("log"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let words = ["connect", &at, "--headless", "--record"];
    let words: Vec<&str> = words.into_iter().chain(file.to_str()).collect();
    // An hour, from the second time on: whoever waits for that is ended as a test that hangs.
    let hung = ["-e", "inject=fdatasync:delay_enter=3600000000:when=2+"];
    let Some(mut program) = traced(&log, &hung, &words) else {
        return;
    };
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"so much").unwrap();
    drop(program.stdin.take());
    drop(peer);
    let mut said = BufReader::new(program.stderr.take().unwrap()).lines();
    let is_told = |line: std::io::Result<String>| line.unwrap().contains("waits for its disk");
    assert!(said.any(is_told), "it says what it waits for");
    assert_eq!(program.try_wait().unwrap(), None);
    let pid = process(&log).parse().ok().and_then(Pid::from_raw).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    let is_left = |line: std::io::Result<String>| line.unwrap().contains("may not be whole");
    assert!(said.any(is_left), "it says what it left");
    // The program has ended: strace, who delays the call, has not.
    while !std::fs::read_to_string(&log)
        .unwrap()
        .contains("exit_group(74)")
    {
        assert_eq!(program.try_wait().unwrap(), None);
        std::thread::yield_now();
    }
    program.kill().unwrap();
    program.wait().unwrap();
    // What write(2) took is there.
    let recording = Recording::open(&file);
    assert_eq!((recording.wrong, recording.why), (None, None));
    assert_eq!(recording.bytes("A", Dir::In), b"so much");
}
