//! A capture of ten gigabytes, most of them holes in its file: what the program says while it opens it, how it is
//! cancelled, and how much memory it takes meanwhile.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/packets.rs"]
mod packets;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use packets::{ACK, Segment, frame, ip, tcp};
use program::pty::Pty;
use program::{command, sockeye};

/// Packets, of so many bytes each, in so many connections.
const PACKETS: u64 = 10_240;
const PACKET_BYTES: u32 = 1 << 20;
const CONNS: u64 = 100;

/// What the program may take (DESIGN.md, Limits: 320 MiB of tapes and log, and what is known of sockets).
const MEMORY_MAX_KIB: u64 = 384 << 10;

/// A capture that takes little of the disk; each packet ends in its number.
struct Capture(PathBuf);

impl Capture {
    fn write(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut file = File::create(&path).unwrap();
        let word = |number: u32| number.to_le_bytes();
        let section = [0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28];
        let interface = [1, 20, 1, 0, 20];
        let head = section.into_iter().chain(interface);
        file.write_all(&head.flat_map(word).collect::<Vec<u8>>())
            .unwrap();
        for number in 0..PACKETS {
            let front = front(number);
            let len = u32::try_from(front.len()).unwrap() + PACKET_BYTES;
            let padding = len.wrapping_neg() % 4;
            let block = 32 + len + padding;
            let micros = u32::try_from(number).unwrap() * 100;
            let words = [6, block, 0, 0, micros, len, len];
            let head: Vec<u8> = words.into_iter().flat_map(word).chain(front).collect();
            file.write_all(&head).unwrap();
            file.seek(SeekFrom::Current(i64::from(PACKET_BYTES) - 8))
                .unwrap();
            file.write_all(&number.to_be_bytes()).unwrap();
            file.write_all(&[0; 4][..padding as usize]).unwrap();
            file.write_all(&word(block)).unwrap();
        }
        assert!(file.metadata().unwrap().len() > 10 << 30);
        Self(path)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The headers of a packet: one that a card cuts for its host, so that IP does not say how long it is.
fn front(number: u64) -> Vec<u8> {
    let port = 20_000 + u16::try_from(number % CONNS).unwrap();
    let seq = u32::try_from(number / CONNS)
        .unwrap()
        .wrapping_mul(PACKET_BYTES);
    let to: SocketAddr = "10.0.0.2:9".parse().unwrap();
    let from = SocketAddr::from(([10, 0, 0, 1], port));
    let segment = Segment {
        from,
        to,
        seq,
        ack: 1,
        flags: ACK,
        bytes: Vec::new(),
    };
    let mut front = frame(1, &ip(from, to, 6, &tcp(&segment)));
    front[16..18].fill(0);
    front
}

/// How far it says that it is, while it says so.
fn percent(screen: &str) -> Option<u32> {
    let (_, behind) = screen.split_once("reading the file, ")?;
    behind.split_whitespace().next()?.parse().ok()
}

#[test]
fn it_says_how_far_it_is_and_stops_where_it_is_cancelled() {
    let capture = Capture::write("cancelled.pcapng");
    let mut pty = Pty::spawn(sockeye(&["open", capture.0.to_str().unwrap()]));
    pty.wait_text("reading the file, ");
    pty.wait_text("20000");
    // Keys answer meanwhile.
    pty.send("?");
    pty.wait_text("Esc back");
    pty.send("\x1b");
    pty.wait_for("the end of the help", |screen| {
        !screen.contents().contains("Esc back")
    });
    pty.send("\x03");
    pty.wait_text("it was cancelled");
    assert!(
        pty.memory_kib() < MEMORY_MAX_KIB,
        "{} KiB",
        pty.memory_kib()
    );
    command(&mut pty, "quit");
    assert_eq!(pty.wait_exit().code(), Some(0));
}

#[test]
#[ignore = "reads ten gigabytes twice: cargo test --release --test open_large -- --ignored"]
fn it_opens_whole_in_bounded_memory() {
    let capture = Capture::write("whole.pcapng");
    let path = capture.0.to_str().unwrap();
    let mut pty = Pty::spawn(sockeye(&["open", path]));
    for tenth in 1..10 {
        pty.wait_for("a tenth more of the file", |screen| {
            percent(&screen.contents()).is_none_or(|percent| percent >= tenth * 10)
        });
    }
    pty.wait_text("10240 packets: 10240 of TCP in 100 connections");
    let kib = pty.memory_kib();
    assert!(kib < MEMORY_MAX_KIB, "{kib} KiB");
    command(&mut pty, "quit");
    assert_eq!(pty.wait_exit().code(), Some(0));
    // The last bytes of the first connection are those of its last packet.
    let (script, saved) = (format!("{path}.sockeye"), format!("{path}.saved"));
    let end = (PACKETS.div_ceil(CONNS)) * u64::from(PACKET_BYTES);
    let lines = format!("open {path}\n@A save {saved} out {}..{end} over\n", end - 8);
    std::fs::write(&script, lines).unwrap();
    let output = sockeye(&["run", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let number = (PACKETS.div_ceil(CONNS) - 1) * CONNS;
    assert_eq!(std::fs::read(&saved).unwrap(), number.to_be_bytes());
    for path in [script, saved] {
        std::fs::remove_file(path).unwrap();
    }
}
