//! How long a capture of a million packets takes to open, and how much memory, beside `tshark -q -z conv,tcp` on the
//! same file in the same run. It prints ratios, and has no opinion of them; `cargo bench --bench open`. `OPEN_PACKETS`
//! asks for another number.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what it finds out is printed, and it stops where it cannot go on"
)]

#[path = "../tests/support/packets.rs"]
mod packets;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use packets::{ACK, Pcap, SYN, Segment};

/// The best of so many runs counts.
const RUNS: usize = 3;

fn main() {
    let packets = std::env::var("OPEN_PACKETS").ok();
    let packets: u32 = packets.map_or(1_000_000, |packets| packets.parse().unwrap());
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for (name, conns, len) in [
        ("100 connections, 1000 B", 100, 1000),
        ("100 connections, 100 B", 100, 100),
        ("10 000 connections, 500 B", 10_000, 500),
        ("100 000 connections, 100 B", 100_000, 100),
    ] {
        let path = directory.join("bench.pcap");
        let bytes = write(&path, packets, conns, len);
        let script = directory.join("bench.sockeye");
        std::fs::write(&script, format!("open {}\n", path.display())).unwrap();
        let ours = best(|| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
            command.args(["run", "--quiet", "--clean"]).arg(&script);
            command
        });
        println!("{packets} packets in {name}: {} MiB", bytes >> 20);
        tell("sockeye", ours, None);
        let theirs = best(|| {
            let mut command = Command::new("tshark");
            command.arg("-r").arg(&path).args(["-q", "-z", "conv,tcp"]);
            command
        });
        tell("tshark", theirs, ours);
        std::fs::remove_file(path).unwrap();
    }
}

/// A capture of that many packets; how long it is.
fn write(path: &Path, packets: u32, conns: u32, len: usize) -> usize {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut pcap = Pcap::new(1);
    let server: SocketAddr = "10.0.0.2:6379".parse().unwrap();
    let mut next = vec![[1_u32, 1]; conns as usize];
    let bytes = vec![b'x'; len];
    let mut total = 0;
    for k in 0..packets {
        let conn = k % conns;
        let host = u8::try_from(conn >> 14).unwrap();
        let port = 20_000 + u16::try_from(conn & 0x3fff).unwrap();
        let client = SocketAddr::from(([10, 1, 0, host], port));
        let (turn, state) = (k / conns, &mut next[conn as usize]);
        let side = usize::from(turn % 2 == 1);
        let (flags, said) = match turn {
            0 => (SYN, &[][..]),
            1 => (SYN | ACK, &[][..]),
            _ => (ACK, &bytes[..]),
        };
        let ends = [client, server];
        pcap.segment(&Segment {
            from: ends[side],
            to: ends[1 - side],
            seq: state[side],
            ack: state[1 - side],
            flags,
            bytes: said.to_vec(),
        });
        let len = u32::try_from(said.len()).unwrap();
        state[side] = state[side].wrapping_add(len + u32::from(flags & SYN != 0));
        total += pcap.bytes.len();
        file.write_all(&pcap.bytes).unwrap();
        pcap.bytes.clear();
    }
    file.flush().unwrap();
    total
}

/// The least time and memory of some runs; none if the program is not there.
fn best(command: impl Fn() -> Command) -> Option<(Duration, u64)> {
    let runs = (0..RUNS).map(|_| measured(command()));
    runs.collect::<Option<Vec<_>>>()?
        .into_iter()
        .min_by_key(|(taken, _)| *taken)
}

/// How long a program ran, and the most memory that it had, in KiB.
fn measured(mut command: Command) -> Option<(Duration, u64)> {
    let start = Instant::now();
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().ok()?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(kib.unwrap_or(0));
        if let Some(status) = child.try_wait().ok()? {
            assert!(status.success(), "{command:?} failed");
            return Some((start.elapsed(), most));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn tell(name: &str, measured: Option<(Duration, u64)>, ours: Option<(Duration, u64)>) {
    let Some((taken, kib)) = measured else {
        println!("  {name:<8} is not here");
        return;
    };
    let ratio = ours.map_or_else(String::new, |(time, memory)| {
        let times = taken.as_secs_f64() / time.as_secs_f64();
        let memory =
            f64::from(u32::try_from(kib).unwrap()) / f64::from(u32::try_from(memory).unwrap());
        format!("   {times:.1} times as long, {memory:.1} times the memory")
    });
    println!(
        "  {name:<8} {:>6.2} s, {:>5} MiB{ratio}",
        taken.as_secs_f64(),
        kib >> 10
    );
}
