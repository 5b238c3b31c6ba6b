//! A process that may take only so much memory (FAULTS.md, row 64): its limits fit into that, and where there is no
//! more the run ends in order.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;
#[path = "support/recording.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod recording;

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use program::pty::{PATIENCE, Pty};
use program::{FIRST, leave, memory_kib, sockeye};
use recording::Recording;
use rustix::process::{Resource, Rlimit, prlimit};
use sockeye::event::{Dir, What};

/// The limit of FAULTS.md, in KiB: less than what a session may hold where nothing bounds it.
const LIMIT_KIB: u64 = 300_000;

/// More than that limit.
const FLOOD_BYTES: usize = 400 << 20;

/// The program behind `ulimit -v`, once its first screen stands there.
fn limited(limit_kib: u64, words: &[&str]) -> Pty {
    let plain = sockeye(words);
    let mut shell = Command::new("sh");
    let line = format!("ulimit -v {limit_kib}; exec \"$0\" \"$@\"");
    shell.args(["-c", &line]).arg(plain.get_program());
    shell.args(plain.get_args());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut pty = Pty::spawn(shell);
    pty.wait_text(FIRST);
    pty
}

/// Says that much, as far as anybody takes it; how much that was.
fn flood(mut peer: TcpStream, bytes: usize) -> thread::JoinHandle<usize> {
    peer.set_write_timeout(Some(PATIENCE)).unwrap();
    thread::spawn(move || {
        let (block, mut sent) = (vec![0x5a; 1 << 20], 0);
        while sent < bytes {
            match peer.write(&block) {
                Ok(count) => sent += count,
                Err(_) => break,
            }
        }
        sent
    })
}

/// Where the program is to connect to.
fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

#[test]
fn f64_under_a_limit_of_memory_a_flood_larger_than_it_goes_through() {
    let (listener, address) = listener();
    let mut pty = limited(LIMIT_KIB, &["connect", &address]);
    let (peer, _) = listener.accept().unwrap();
    let flood = flood(peer, FLOOD_BYTES);
    while !flood.is_finished() {
        pty.send("?");
        pty.wait_text("keys and commands");
        pty.send("\x1b[27u");
        pty.wait_text(FIRST);
    }
    assert!(flood.join().unwrap() >= FLOOD_BYTES);
    // All of it arrived, and the end behind it.
    pty.wait_text("CLOSE_WAIT");
    let taken = memory_kib(&pty, "VmPeak");
    assert!(taken < LIMIT_KIB, "{taken} KiB");
    leave(&mut pty);
}

/// The program runs, and from now on it may take so much more and nothing beyond.
fn run_short(name: &str, slack_kib: u64) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("memory-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("a.pcapng");
    let (listener, address) = listener();
    let words = ["connect", &address, "--record", file.to_str().unwrap()];
    let mut pty = Pty::spawn(sockeye(&words));
    pty.wait_text(FIRST);
    let (peer, _) = listener.accept().unwrap();
    pty.wait_text("A says");
    let most = (memory_kib(&pty, "VmSize") + slack_kib) << 10;
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    prlimit(Some(pty.pid), Resource::As, limit).unwrap();
    let flood = flood(peer, FLOOD_BYTES);
    let status = pty.wait_exit();
    let said = String::from_utf8_lossy(pty.seen()).into_owned();
    let last = said.get(said.len().saturating_sub(400)..).unwrap_or(&said);
    assert_eq!(status.code(), Some(3), "{name}: {status:?} {last}");
    assert!(last.contains("the system gives no more memory"), "{last}");
    pty.assert_restored();
    let sent = flood.join().unwrap();
    // The recording is whole: it says how the run ended, and has all that was received till then.
    let recording = Recording::open(&file);
    assert_eq!(
        (recording.wrong.as_ref(), recording.why.as_ref()),
        (None, None)
    );
    let told = |what: &What| matches!(what, What::Note(text) if text.contains("no more memory"));
    assert!(recording.events().iter().any(|event| told(&event.what)));
    let bytes = recording.bytes("A", Dir::In);
    assert!(
        !bytes.is_empty() && bytes.len() <= sent,
        "{} of {sent}",
        bytes.len()
    );
    assert!(bytes.iter().all(|byte| *byte == 0x5a));
}

#[test]
fn f64_where_no_memory_is_left_the_run_ends_in_order() {
    for (name, slack_kib) in [
        ("none", 0),
        ("little", 700),
        ("some", 9_000),
        ("more", 50_000),
    ] {
        run_short(name, slack_kib);
    }
}
