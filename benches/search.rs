//! How fast a GiB is searched, in memory and spilled, beside `memchr::memmem` over one piece of memory, and over the
//! same bytes read from a file. It prints ratios, and has no opinion of them; `cargo bench --bench search`. `SEARCH_MIB` asks for another size.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what it finds out is printed, and it stops where it cannot go on"
)]

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::time::{Duration, Instant};

use memchr::memmem::Finder;

use sockeye::endpoint::Transport;
use sockeye::event::{
    Actor, Call, Capture as _, ConnId, Dir, Event, Flags, Moved, Outcome, Pattern, Role, Spill,
    Syscall, What,
};
use sockeye::os::{Os as _, Real};
use sockeye::session::{Find, Finding, Session};

const A: ConnId = ConnId(0);

/// What the loop gives a search in a turn.
const SLICE_BYTES: u64 = 4 << 20;

/// The best of so many runs counts.
const RUNS: usize = 3;

/// The sizes of the reads of which the fastest is what a search of a file is measured by.
const READS_BYTES: [usize; 4] = [64 << 10, 128 << 10, 256 << 10, 1 << 20];

fn main() {
    let mib = std::env::var("SEARCH_MIB").ok();
    let mib: usize = mib.map_or(1024, |mib| mib.parse().unwrap());
    let bytes = text(mib << 20);
    let needle = b"needle in the hay";
    let finder = Finder::new(needle);
    let plain = best(|| finder.find_iter(&bytes).count());
    println!("memmem over one piece     {}", speed(plain, mib));

    let in_memory = session(&bytes, bytes.len() * 2, None);
    let patterns = [
        ("bytes", Pattern::Bytes(needle.to_vec())),
        ("/regex/", Pattern::Regex("needle in the [hg]ay".to_owned())),
        (
            "/slow regex/",
            Pattern::Regex(r"\bne+dle\s+in\s+\w+\s+hay".to_owned()),
        ),
    ];
    for (name, pattern) in &patterns {
        for forward in [true, false] {
            let from = if forward { 0 } else { bytes.len() as u64 };
            let taken = best(|| count(&in_memory, pattern, from, forward));
            let way = if forward { "forward" } else { "backward" };
            tell(&format!("{name} in memory, {way}"), taken, plain, mib);
        }
    }
    drop(in_memory);
    let mut file = file(&bytes);
    let mut os = Real::new().unwrap();
    let spilled = session(&bytes, 16 << 20, Some(os.spill().unwrap()));
    drop(bytes);
    // In turns, so that what else the machine does falls on all alike.
    let [mut read, mut forward, mut backward] = [Duration::MAX; 3];
    for size in READS_BYTES {
        read = read.min(best(|| count_in_file(&mut file, &finder, size)));
        let pattern = &patterns[0].1;
        forward = forward.min(best(|| count(&spilled, pattern, 0, true)));
        backward = backward.min(best(|| count(&spilled, pattern, u64::MAX, false)));
    }
    println!("memmem over a file, read  {}", speed(read, mib));
    for (way, taken) in [("forward", forward), ("backward", backward)] {
        tell(&format!("bytes spilled, {way}"), taken, plain, mib);
        let ratio = read.as_secs_f64() / taken.as_secs_f64();
        println!("{:48}{ratio:.2} of memmem over a file", "");
    }
}

/// The same bytes in an unnamed file, on the disk where builds go.
fn file(bytes: &[u8]) -> File {
    let path = std::env::temp_dir().join(format!("sockeye-search-{}", std::process::id()));
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(path).unwrap();
    // As the disk thread writes: how large its pages are is for the system to say from that.
    for piece in bytes.chunks(256 << 10) {
        file.write_all(piece).unwrap();
    }
    file
}

/// How many matches `memmem` finds in a file that is read in pieces of that size, those across their ends too.
fn count_in_file(file: &mut File, finder: &Finder<'_>, read_bytes: usize) -> usize {
    file.seek(SeekFrom::Start(0)).unwrap();
    let reach = finder.needle().len() - 1;
    let mut buf = vec![0; reach + read_bytes];
    let (mut kept, mut count) = (0, 0);
    loop {
        let len = file.read(&mut buf[kept..]).unwrap();
        if len == 0 {
            return count;
        }
        let end = kept + len;
        count += finder.find_iter(&buf[..end]).count();
        kept = reach.min(end);
        buf.copy_within(end - kept..end, 0);
    }
}

/// Letters and blanks by chance, with a needle in each MiB.
fn text(len: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut bytes = Vec::with_capacity(len);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let letters = state
            .to_le_bytes()
            .map(|byte| b"etaoinshrdlu \n.,"[usize::from(byte % 16)]);
        bytes.extend(letters);
    }
    for at in (500_000..len.saturating_sub(100)).step_by(1 << 20) {
        bytes[at..at + 17].copy_from_slice(b"needle in the hay");
    }
    bytes
}

/// A session whose socket received these bytes.
fn session(bytes: &[u8], memory_bytes: usize, spill: Option<Box<dyn Spill>>) -> Session {
    let mut session = Session::new(memory_bytes, spill);
    session.apply(event(What::Opened {
        name: None,
        role: Role::Client,
        transport: Transport::Tcp,
        parent: None,
    }));
    for read in bytes.chunks(256 << 10) {
        while session.is_full() {
            // The disk is behind.
            std::thread::yield_now();
            session.relieve();
        }
        session.room(A, read.len()).extend_from_slice(read);
        let range = session.commit(A, read.len(), Duration::ZERO);
        let (max, flags) = (read.len() as u64, Flags::default());
        let outcome = Outcome::Returned(0);
        let mut call = Call::new(Syscall::Recv { max, flags }, outcome, Duration::ZERO);
        call.moved = Some(Moved {
            dir: Dir::In,
            range,
        });
        session.apply(event(What::Call(call)));
    }
    session
}

fn event(what: What) -> Event {
    Event {
        at: Duration::ZERO,
        conn: Some(A),
        by: Actor::Loop,
        what,
    }
}

/// How many matches a search finds when it goes through all of it.
fn count(session: &Session, pattern: &Pattern, from: u64, forward: bool) -> usize {
    let mut find = Find::new(A, Dir::In, pattern, from, forward).unwrap();
    let mut shown = 0..0;
    loop {
        match find.step(session, SLICE_BYTES) {
            Finding::Found { range, .. } => shown = range,
            Finding::Searching => {}
            Finding::Nothing | Finding::Done => return find.tally(&shown, session).count,
        }
    }
}

fn best(mut run: impl FnMut() -> usize) -> Duration {
    let mut taken = Vec::new();
    for _ in 0..RUNS {
        let begin = Instant::now();
        let count = run();
        taken.push(begin.elapsed());
        assert!(count > 0, "nothing was found");
    }
    taken.into_iter().min().unwrap()
}

fn speed(taken: Duration, mib: usize) -> String {
    let mib = u32::try_from(mib).unwrap();
    format!(
        "{:7.2} GiB/s",
        f64::from(mib) / 1024.0 / taken.as_secs_f64()
    )
}

fn tell(name: &str, taken: Duration, plain: Duration, mib: usize) {
    let ratio = plain.as_secs_f64() / taken.as_secs_f64();
    println!("{name:34} {}   {ratio:.2} of memmem", speed(taken, mib));
}
