//! Recordings as packets: what tshark reads of them is what stands in them, frame by frame, with its time.

use std::path::PathBuf;

use sockeye::record::block::{Block, Next, Reader};

use super::case::Case;
use super::play::play;
use super::skip::{command_of, is_installed};

/// Seeds whose runs record on a disk that takes it.
const SEEDS: [u64; 4] = [5, 13, 21, 29];

/// A frame: when, in nanoseconds since 1970, and what it carries.
type Frame = (u128, Vec<u8>);

/// What the blocks of a file say.
fn told(file: &[u8]) -> Vec<Frame> {
    let mut reader = Reader::default();
    let mut frames = Vec::new();
    while let Some(window) = file.get(usize::try_from(reader.at()).unwrap()..) {
        let Ok(Next::Block { block, .. }) = reader.next(window) else {
            break;
        };
        if let Block::Packet(packet) = block {
            let at = packet.at.unwrap().as_nanos();
            frames.push((at, carried(packet.data).to_vec()));
        }
    }
    frames
}

/// What a packet carries behind the headers of IP (RFC 791, RFC 8200) and of TCP or UDP (RFC 9293, RFC 768).
fn carried(packet: &[u8]) -> &[u8] {
    let (header, protocol) = match packet[0] >> 4 {
        4 => (usize::from(packet[0] & 15) * 4, packet[9]),
        _ => (40, packet[6]),
    };
    let behind = &packet[header..];
    let own = if protocol == 17 {
        8
    } else {
        usize::from(behind[12] >> 4) * 4
    };
    &behind[own..]
}

/// What tshark says of it.
fn read_by_tshark(name: &str, file: &[u8]) -> Vec<Frame> {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, file).unwrap();
    let fields = ["frame.time_epoch", "tcp.payload", "udp.payload"];
    let fields = fields.iter().flat_map(|field| ["-e", field]);
    let output = command_of("tshark")
        .arg("-nr")
        .arg(&path)
        .args(["-T", "fields", "-E", "separator=,"])
        .args(fields)
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // Our own blocks between the packets are lines, too, and have no time.
    let lines = text.lines().filter(|line| !line.starts_with(','));
    lines.map(frame).collect()
}

fn frame(line: &str) -> Frame {
    let words: Vec<&str> = line.split(',').collect();
    let (seconds, nanos) = words[0].split_once('.').unwrap();
    let at = seconds.parse::<u128>().unwrap() * 1_000_000_000 + nanos.parse::<u128>().unwrap();
    let digits = [words[1], words[2]].concat();
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    (at, pairs.map(byte).collect())
}

#[test]
fn tshark_reads_recordings_of_runs_under_fire() {
    if !is_installed("tshark") {
        return;
    }
    let mut frames = 0;
    for seed in SEEDS {
        let Some(file) = play(&Case::whole(seed), false).file else {
            continue;
        };
        let read = read_by_tshark(&format!("fire-{seed}.pcapng"), &file);
        let told = told(&file);
        assert_eq!(read.len(), told.len(), "seed {seed}");
        for (at, (read, told)) in read.iter().zip(&told).enumerate() {
            assert!(
                read == told,
                "seed {seed}, frame {}: {} {}",
                at + 1,
                read.0,
                told.0
            );
        }
        frames += told.iter().filter(|(_, bytes)| !bytes.is_empty()).count();
    }
    assert!(frames > 100, "{frames} frames carry something");
}
