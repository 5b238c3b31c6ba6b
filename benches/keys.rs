//! From a key to the frame that answers it: on a quiet screen, and while a peer floods the connection in view. Both in
//! one run, through a real pseudo-terminal and an independent screen; it asserts nothing.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on panics")]
#![expect(clippy::print_stdout, reason = "the result is what it is for")]

use std::io::{ErrorKind, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

#[path = "../tests/support/program.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod program;

use program::pty::Pty;
use program::{FIRST, leave, workbench};

/// Keys that are pressed in each half.
const KEYS: usize = 800;

/// Letters of a line.
const LINE: usize = 40;

/// How much a peer sends before keys are timed: what came first is then already on the disk.
const WARM_BYTES: u64 = 512 << 20;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut pty = workbench(&["connect", &address, "-c", "frame len u16be"]);
    let (peer, _) = listener.accept().unwrap();
    pty.wait_text("ESTAB");
    let quiet = rounds(&mut pty);
    let (stop, sent) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let flood = {
        let (stop, sent) = (Arc::clone(&stop), Arc::clone(&sent));
        thread::spawn(move || flood(peer, &stop, &sent))
    };
    while sent.load(Ordering::Relaxed) < WARM_BYTES {
        pty.watch(Duration::from_millis(20));
    }
    let (begin, before) = (Instant::now(), sent.load(Ordering::Relaxed));
    let loud = rounds(&mut pty);
    let rate = (sent.load(Ordering::Relaxed) - before)
        / u64::try_from(begin.elapsed().as_millis()).unwrap().max(1);
    stop.store(true, Ordering::Relaxed);
    flood.join().unwrap();
    println!(
        "key to frame, {} keys each; the flood: {rate} kB/s",
        quiet.len()
    );
    println!("          quiet       flood       ratio");
    for (name, part) in [("median", 50), ("99 %", 99), ("slowest", 100)] {
        let (quiet, loud) = (part_of(&quiet, part), part_of(&loud, part));
        let ratio = loud.as_secs_f64() / quiet.as_secs_f64();
        println!("{name:8} {quiet:>9.2?}   {loud:>9.2?}   {ratio:>6.2}");
    }
    leave(&mut pty);
}

/// How long each key took to be answered, sorted: letters of a comment at the prompt, each waited for.
fn rounds(pty: &mut Pty) -> Vec<Duration> {
    let mut times = Vec::new();
    pty.send(":");
    for round in 0..KEYS / LINE {
        let mut line = format!("# {round}");
        pty.send(&line);
        pty.wait_text(&line);
        for key in ('a'..='z').cycle().take(LINE) {
            line.push(key);
            let pressed = Instant::now();
            pty.send(key.to_string());
            pty.wait_text(&line);
            times.push(pressed.elapsed());
        }
        pty.send("\x15");
    }
    pty.send("\x1b[27u");
    pty.wait_text(FIRST);
    times.sort_unstable();
    times
}

/// The time within which so many of a hundred keys were answered.
fn part_of(times: &[Duration], part: usize) -> Duration {
    times[(times.len() * part / 100).min(times.len() - 1)]
}

/// Messages of 254 bytes, as fast as they are taken.
fn flood(mut peer: TcpStream, stop: &AtomicBool, sent: &AtomicU64) {
    peer.set_write_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let message = [&[0, 252][..], &[0xa5; 252][..]].concat();
    let block = message.repeat(4096);
    let mut at = 0;
    while !stop.load(Ordering::Relaxed) {
        match peer.write(&block[at..]) {
            Ok(count) => {
                at = (at + count) % block.len();
                sent.fetch_add(u64::try_from(count).unwrap(), Ordering::Relaxed);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
        }
    }
}
