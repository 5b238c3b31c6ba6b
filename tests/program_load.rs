//! The program under load and without any: a terminal that stands still, a peer that floods, and nothing at all to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use program::pty::{PATIENCE, Pty};
use program::{command, doings, is_drawn, leave, memory_kib, row_with, workbench};

/// A workbench that is connected to a peer of this test.
fn connected() -> (Pty, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut pty = workbench(&["connect", &address]);
    let (peer, _) = listener.accept().unwrap();
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
    peer.set_write_timeout(Some(PATIENCE)).unwrap();
    pty.wait_text("A says");
    (pty, peer)
}

#[test]
fn f43_while_the_terminal_stands_still_sockets_are_served() {
    let (mut pty, mut peer) = connected();
    pty.resize(200, 60);
    pty.wait_for("the large screen", |screen| is_drawn(screen, 60));
    let start = pty.seen().len();
    pty.stall(true);
    // Whole screens, one after the other, until the terminal has not taken a byte for a hundred of them.
    let (mut round, mut still, mut held) = (0, 0, 0);
    let deadline = Instant::now() + PATIENCE;
    while still < 100 {
        assert!(Instant::now() < deadline, "{held} bytes, and still more");
        round += 1;
        let said = format!("round {round:08}");
        pty.send(format!("\x0c:@A send \"{said}\"\r"));
        let mut heard = vec![0; said.len()];
        peer.read_exact(&mut heard).unwrap();
        assert_eq!(heard, said.as_bytes());
        let now = pty.unshown();
        still = if now == held { still + 1 } else { 0 };
        held = now;
    }
    assert!(
        held > 4000,
        "the terminal holds {held} bytes and is not full"
    );
    // More than the kernel holds for a program that does not read.
    let block = vec![b'.'; 1 << 20];
    for _ in 0..32 {
        peer.write_all(&block).unwrap();
    }
    peer.write_all(b"newest of all!!!").unwrap();
    pty.send("\x0c:@A send \"last\"\r");
    let mut heard = [0; 4];
    peer.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"last");
    // On it goes: the rest of the frame that was on its way, and then the newest state, not the history.
    pty.stall(false);
    pty.send("\\G");
    pty.wait_text("newest of all!!!");
    pty.wait_for("all of the screen", |screen| is_drawn(screen, 60));
    let drawn = pty.seen().len() - start;
    let screen = 200 * 60 * 8;
    assert!(
        drawn < usize::try_from(held).unwrap() + 3 * screen,
        "{drawn} bytes after {held}"
    );
    leave(&mut pty);
}

/// What one test may flood: so long or so much.
const FLOOD_TIME: Duration = Duration::from_secs(3);
const FLOOD_BYTES: u64 = 2 << 30;

/// The tapes and the log in memory (DESIGN.md, Limits), and all else that a program of this kind needs.
const MEMORY_KIB: u64 = (320 + 96) << 10;

/// How long a key may take to be answered here, where the program is not optimised and other tests run beside it.
const ANSWER: Duration = Duration::from_secs(1);

#[test]
fn f12_f27_keys_work_and_memory_stays_while_a_peer_floods() {
    let (mut pty, mut peer) = connected();
    peer.set_write_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let flood = thread::spawn(move || {
        let (block, start, mut sent) = (vec![0xa5; 1 << 20], Instant::now(), 0_u64);
        while start.elapsed() < FLOOD_TIME && sent < FLOOD_BYTES {
            match peer.write(&block) {
                Ok(count) => sent += u64::try_from(count).unwrap(),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
            }
        }
        (sent, start.elapsed())
    });
    let (mut slowest, mut presses) = (Duration::ZERO, 0);
    while !flood.is_finished() {
        for (key, shown) in [("?", "keys and commands"), ("\x1b[27u", program::FIRST)] {
            let pressed = Instant::now();
            pty.send(key);
            pty.wait_text(shown);
            slowest = slowest.max(pressed.elapsed());
            presses += 1;
        }
    }
    let (sent, took) = flood.join().unwrap();
    // All of it arrives: the connection ends in order, and the end is seen.
    pty.wait_text("CLOSE_WAIT");
    let largest = memory_kib(&pty, "VmHWM");
    let report = format!(
        "{} MiB in {took:?}; {presses} keys, the slowest in {slowest:?}; {} MiB resident",
        sent >> 20,
        largest >> 10
    );
    assert!(sent > 16 << 20, "that was no flood: {report}");
    assert!(slowest < ANSWER, "{report}");
    assert!(largest < MEMORY_KIB, "{report}");
    assert!(presses > 10, "{report}");
    let _ = std::io::stderr().write_all(format!("flood: {report}\n").as_bytes());
    leave(&mut pty);
}

/// How long nothing must happen.
const WINDOW: Duration = Duration::from_secs(2);

#[test]
fn an_idle_program_makes_no_system_call() {
    let mut pty = workbench(&[
        "-v",
        "-c",
        "pair tcp as A B; pair tcp as C D; pair tcp as E F",
    ]);
    pty.resize(160, 45);
    pty.wait_for("the wide screen", |screen| is_drawn(screen, 45));
    for name in ["A", "C", "E"] {
        assert!(
            row_with(pty.screen(), &format!("▸{name}")).is_some(),
            "{name} is in view"
        );
    }
    command(&mut pty, "focus A");
    // Facts are sampled for a second more, ages are counted up to ten seconds; then there is nothing left to do.
    let (mut before, mut written) = (doings(pty.pid), pty.seen().len());
    let deadline = Instant::now() + 3 * PATIENCE;
    loop {
        pty.watch(WINDOW);
        let (now, length) = (doings(pty.pid), pty.seen().len());
        if now == before && length == written {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "still busy: ticks and waits {before:?}, then {now:?}; {} bytes drawn",
            length - written
        );
        (before, written) = (now, length);
    }
    assert_eq!(calls(&pty).unwrap_or_default(), Vec::<String>::new());
    leave(&mut pty);
}

/// The system calls that are begun in a window, but for the interrupted waits that strace itself begins anew.
fn calls(pty: &Pty) -> Option<Vec<String>> {
    let log = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("program-idle.strace");
    let pid = pty.pid.as_raw_nonzero().to_string();
    let window = format!("{}", WINDOW.as_secs());
    if !program::skip::is_installed("strace") {
        return None;
    }
    let result = Command::new("timeout")
        .args([
            "--signal=INT",
            &window,
            "strace",
            "-f",
            "-ttt",
            "-p",
            &pid,
            "-o",
        ])
        .arg(&log)
        .output();
    let said = result.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
    let traced = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    let attached = said.as_ref().is_ok_and(|said| said.contains("attached"));
    assert!(attached, "strace cannot attach: {said:?}");
    let time = |line: &str| line.split_whitespace().nth(1)?.parse::<f64>().ok();
    let first = traced.lines().find_map(time)?;
    let begun = |line: &&str| time(line).is_some_and(|at| at > first + 0.2);
    let lines = traced
        .lines()
        .filter(begun)
        .filter(|line| !line.contains("<detached"));
    Some(lines.map(str::to_owned).collect())
}
