//! A workbench on a terminal that taps one connection in bulk, while keys are pressed; and what that took.

use std::fmt;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::program::pty::{PATIENCE, Pty};
use super::program::{FIRST, leave, memory_kib, workbench};

/// How large a write is.
const BLOCK_BYTES: usize = 64 << 10;

/// Keys, and what stands on the screen when it has answered.
const KEYS: [(&str, &str); 2] = [("?", "keys and commands"), ("\x1b[27u", FIRST)];

/// What it took.
pub(crate) struct Figures {
    pub(crate) took: Duration,
    pub(crate) bytes: u64,
    pub(crate) presses: usize,
    /// The times that keys took to be answered on the screen.
    pub(crate) median: Duration,
    pub(crate) slowest: Duration,
    /// The most that was resident, in MiB.
    pub(crate) memory_mib: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} MiB in {:.1?}; {} keys, median {:.1?}, slowest {:.1?}; {} MiB resident at the most",
            self.bytes >> 20,
            self.took,
            self.presses,
            self.median,
            self.slowest,
            self.memory_mib
        )
    }
}

/// Sends so many bytes through the tap of a workbench with these words, and presses keys until all have come.
pub(crate) fn follow(words: &[&str], bytes: u64) -> Figures {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = server.local_addr().unwrap().to_string();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let place = free.local_addr().unwrap().to_string();
    drop(free);
    let mut all = vec!["tap", &place, &target];
    all.extend(words);
    let mut pty = workbench(&all);
    pty.resize(160, 45);
    let mut client = TcpStream::connect(&place).unwrap();
    let (mut behind, _) = server.accept().unwrap();
    behind.set_read_timeout(Some(PATIENCE)).unwrap();
    client.set_write_timeout(Some(PATIENCE)).unwrap();
    let start = Instant::now();
    let sends = thread::spawn(move || {
        let block = vec![0xa5; BLOCK_BYTES];
        for _ in 0..bytes / u64::try_from(BLOCK_BYTES).unwrap() {
            client.write_all(&block).unwrap();
        }
    });
    let takes = thread::spawn(move || {
        let (mut buf, mut count) = (vec![0; 4 * BLOCK_BYTES], 0);
        loop {
            match behind.read(&mut buf) {
                Ok(0) => return (count, start.elapsed()),
                Ok(got) => count += u64::try_from(got).unwrap(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("after {count} B: {error}"),
            }
        }
    });
    let mut times = press(&mut pty, || !takes.is_finished());
    sends.join().unwrap();
    let (count, took) = takes.join().unwrap();
    assert_eq!(count, bytes, "the end came too soon");
    let memory_mib = memory_kib(&pty, "VmHWM") >> 10;
    leave(&mut pty);
    times.sort();
    Figures {
        took,
        bytes,
        presses: times.len(),
        median: times.get(times.len() / 2).copied().unwrap_or_default(),
        slowest: times.last().copied().unwrap_or_default(),
        memory_mib,
    }
}

/// Presses keys for as long as something goes on, and tells how long each took to be answered.
fn press(pty: &mut Pty, goes_on: impl Fn() -> bool) -> Vec<Duration> {
    let mut times = Vec::new();
    while goes_on() {
        for (key, shown) in KEYS {
            let pressed = Instant::now();
            pty.send(key);
            pty.wait_text(shown);
            times.push(pressed.elapsed());
        }
    }
    times
}
