//! A search through a GiB that the real workbench received and mostly spilled: from Enter to the match on the screen,
//! beside `memmem` over the same bytes read from a file, and how long keys take meanwhile. It asserts nothing of them.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use memchr::memmem::Finder;

#[path = "../tests/support/program.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod program;

use program::{command, leave, workbench};

/// What is received before the needle and behind it.
const HAY_BYTES: usize = 1 << 30;

/// What a write has.
const WRITE_BYTES: usize = 256 << 10;

/// Within what the last bytes are read, and a screen that changes has changed.
const SETTLES: Duration = Duration::from_secs(2);

const NEEDLE: &[u8] = b"needle in the hay";

/// The row of the bytes in which the needle begins.
const FIRST_ROW: &str = "00000000  6e 65 65 64 6c 65";

/// Keys that are timed while it searches.
const KEYS: usize = 40;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut pty = workbench(&["connect", &address]);
    let (mut peer, _) = listener.accept().unwrap();
    pty.wait_text("ESTAB");
    let path = std::env::temp_dir().join(format!("sockeye-find-{}", std::process::id()));
    let mut file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(path).unwrap();
    let hay = b"etaoin shrdlu, cmfwyp vbgkqj xz.".repeat(WRITE_BYTES / 32);
    let sender = std::thread::spawn(move || {
        // The cursor follows the end, so that a search forward goes around it, and through all.
        peer.write_all(NEEDLE).unwrap();
        for _ in 0..HAY_BYTES / WRITE_BYTES {
            peer.write_all(&hay).unwrap();
            file.write_all(&hay).unwrap();
        }
        (peer, file)
    });
    while !sender.is_finished() {
        pty.watch(Duration::from_millis(20));
    }
    let (peer, file) = sender.join().unwrap();
    pty.watch(SETTLES);
    println!("memmem over a file: {:.3} s", baseline(file).as_secs_f64());
    for number in 0..3 {
        // Each time another pattern, of which nothing is known.
        let pattern = String::from_utf8_lossy(&NEEDLE[..NEEDLE.len() - number]).into_owned();
        command(&mut pty, &format!("find \"{pattern}\""));
        let entered = Instant::now();
        pty.wait_text(FIRST_ROW);
        println!(
            "from Enter to the match: {:.3} s",
            entered.elapsed().as_secs_f64()
        );
        pty.send("\x1b[27u");
        command(&mut pty, "goto now");
        pty.watch(SETTLES);
    }
    command(&mut pty, "find \"what is not there\"");
    pty.send(":");
    let mut line = "# ".to_owned();
    pty.send(&line);
    let mut times = Vec::new();
    for key in ('a'..='z').cycle().take(KEYS) {
        line.push(key);
        let pressed = Instant::now();
        pty.send(key.to_string());
        pty.wait_text(&line);
        times.push(pressed.elapsed());
    }
    times.sort_unstable();
    println!(
        "keys meanwhile: median {:.2?}, slowest {:.2?}",
        times[KEYS / 2],
        times[KEYS - 1]
    );
    pty.send("\x15\x1b[27u");
    drop(peer);
    leave(&mut pty);
}

/// The best of three passes over the file, read in pieces that stay in the cache.
fn baseline(mut file: File) -> Duration {
    let finder = Finder::new(NEEDLE);
    let mut buf = vec![0; 64 << 10];
    let mut pass = || {
        let begin = Instant::now();
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut count = 0;
        loop {
            match file.read(&mut buf).unwrap() {
                0 => break,
                len => count += finder.find_iter(&buf[..len]).count(),
            }
        }
        assert_eq!(count, 0);
        begin.elapsed()
    };
    (0..3).map(|_| pass()).min().unwrap()
}
