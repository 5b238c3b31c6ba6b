//! The spill file on real files: a disk that is full is `/dev/full`, a slow one is a pipe's worth of patience.

use std::time::Duration;

use polling::{Events, Poller};

use super::*;

struct Bench {
    poller: Arc<Poller>,
    bell: Arc<Bell>,
}

impl Bench {
    fn new() -> Self {
        let poller = Arc::new(Poller::new().unwrap());
        let bell = Arc::new(Bell::new(&poller));
        Self { poller, bell }
    }

    fn disk(&self, file: OwnedFd, limit: u64) -> Disk {
        Disk::new(file, limit, &self.bell, Jobs::begin("spill").unwrap())
    }

    fn wait_for_bell(&self) {
        let mut events = Events::new();
        while !self.bell.take() {
            events.clear();
            let limit = Some(Duration::from_secs(20));
            self.poller.wait(&mut events, limit).unwrap();
        }
    }
}

fn file() -> OwnedFd {
    let here = |name: &str| (name == "SOCKEYE_SPILL_DIR").then(|| "/var/tmp".to_owned());
    Place::find(&here).unwrap().file
}

/// Gives a piece to the disk, and again as often as it is behind.
fn write(bench: &Bench, disk: &mut Disk, offset: u64, mut piece: Vec<u8>) {
    while let Err(back) = disk.write(offset, piece) {
        assert_eq!(disk.trouble(), None);
        bench.wait_for_bell();
        piece = back;
    }
}

#[test]
fn what_was_written_is_read_back_across_pieces() {
    let bench = Bench::new();
    let mut disk = bench.disk(file(), 1 << 30);
    let pieces = WAITING_MAX as u64 * 4;
    for number in 0..pieces {
        let piece = vec![u8::try_from(number).unwrap(); 10_000];
        write(&bench, &mut disk, number * 10_000, piece);
    }
    assert_eq!(disk.room(), (1 << 30) - pieces * 10_000);
    let mut all = vec![0; usize::try_from(pieces).unwrap() * 10_000];
    assert!(disk.read(0, &mut all));
    for (number, piece) in all.chunks(10_000).enumerate() {
        assert!(piece.iter().all(|byte| usize::from(*byte) == number));
    }
    assert!(
        !disk.read(pieces * 10_000 - 5, &mut [0; 10]),
        "past the end"
    );
}

#[test]
fn a_full_file_gives_the_piece_back_and_says_so() {
    let bench = Bench::new();
    let mut disk = bench.disk(file(), 10);
    assert_eq!(disk.write(0, b"12345678".to_vec()), Ok(()));
    assert_eq!(disk.room(), 2);
    assert_eq!(disk.write(8, b"9ab".to_vec()), Err(b"9ab".to_vec()));
    assert_eq!(disk.room(), 0);
    assert!(disk.trouble().unwrap().starts_with("it holds all"));
    let mut back = [0; 8];
    assert!(disk.read(0, &mut back));
    assert_eq!(&back, b"12345678");
}

#[cfg(target_os = "linux")]
#[test]
fn f54_a_disk_that_fails_loses_no_piece() {
    let bench = Bench::new();
    let full = std::fs::File::options()
        .write(true)
        .read(true)
        .open("/dev/full");
    let mut disk = bench.disk(full.unwrap().into(), 1 << 30);
    assert_eq!(disk.write(0, b"kept".to_vec()), Ok(()));
    bench.wait_for_bell();
    assert_eq!(
        disk.trouble().unwrap(),
        "No space left on device (os error 28)"
    );
    assert_eq!(disk.room(), 0);
    assert_eq!(disk.write(4, b"more".to_vec()), Err(b"more".to_vec()));
    let mut back = [0; 4];
    assert!(disk.read(0, &mut back));
    assert_eq!(&back, b"kept");
}

#[test]
fn a_full_file_takes_more_when_something_is_given_back() {
    let bench = Bench::new();
    let mut disk = bench.disk(file(), 8);
    assert_eq!(disk.write(0, b"1234".to_vec()), Ok(()));
    assert_eq!(disk.write(4, b"5678".to_vec()), Ok(()));
    assert_eq!(disk.write(8, b"9".to_vec()), Err(b"9".to_vec()));
    assert!(disk.trouble().is_some());
    disk.release(0..4, None);
    assert_eq!(disk.trouble(), None);
    write(&bench, &mut disk, 0, b"abcd".to_vec());
    let mut back = [0; 8];
    assert!(disk.read(0, &mut back));
    assert_eq!(&back, b"abcd5678");
}

#[test]
fn what_is_written_over_is_read_however_far_the_disk_is() {
    let bench = Bench::new();
    let mut disk = bench.disk(file(), 1 << 30);
    for round in 0..500_u32 {
        let (old, new) = ([1; 4096], [round.to_le_bytes()[0]; 1024]);
        write(&bench, &mut disk, 0, old.to_vec());
        disk.release(0..4096, None);
        // The new one begins within the old, and before.
        for at in [1024, 0] {
            write(&bench, &mut disk, at, new.to_vec());
        }
        let mut back = [0; 2048];
        assert!(disk.read(0, &mut back));
        assert!(back.iter().all(|byte| *byte == new[0]), "{round}");
        disk.release(0..2048, None);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_nobody_reads_is_given_back_to_the_disk() {
    let bench = Bench::new();
    let mut disk = bench.disk(file(), 1 << 30);
    let piece = 256 << 10;
    for at in 0..8 {
        write(&bench, &mut disk, at * piece, vec![1; 256 << 10]);
    }
    let blocks = |disk: &Disk| rustix::fs::fstat(&disk.shared.file).unwrap().st_blocks;
    let all = || disk.shared.state().waiting.is_empty();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !all() {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    let before = blocks(&disk);
    for at in 2..6 {
        disk.release(
            at * piece..(at + 1) * piece,
            Some(2 * piece..(at + 1) * piece),
        );
    }
    while blocks(&disk) > before / 2 {
        let is_vain = disk.shared.state().trouble.is_some();
        assert!(!is_vain && std::time::Instant::now() < deadline, "{before}");
        std::thread::yield_now();
    }
    let mut back = vec![0; 256 << 10];
    for (at, is_there) in [(1, true), (2, false), (5, false), (6, true)] {
        assert!(disk.read(at * piece, &mut back));
        assert!(back.iter().all(|byte| (*byte == 1) == is_there), "{at}");
    }
}
