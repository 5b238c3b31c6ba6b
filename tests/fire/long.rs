//! Many seeds: on all processors, watched for those that take long, and in pieces whose counts are kept in a file, so
//! that a run of hours goes on where it was ended.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::case::Case;
use super::play::play;
use super::tally::Tally;

/// Seeds of a piece.
const PIECE: u64 = 2000;

/// A case that takes longer is told by its seed while it runs: it may never end.
const LONG: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });

/// What each thread is at.
type Slot = Mutex<Option<(u64, Instant)>>;

/// Runs something on as many threads as there are processors, each with its number and a slot to say what it is at.
pub(crate) fn on_all_processors<T: Send>(work: impl Fn(usize, usize, &Slot) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let slots: Vec<Slot> = (0..threads).map(|_| Mutex::new(None)).collect();
    let (over, ended) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let (work, slots) = (&work, &slots);
        scope.spawn(move || watch(slots, &ended));
        let run = |at: usize| scope.spawn(move || work(at, threads, &slots[at]));
        let running: Vec<_> = (0..threads).map(run).collect();
        let results = running.into_iter().map(|one| one.join().unwrap()).collect();
        drop(over);
        results
    })
}

/// Says that a thread begins with a seed.
pub(crate) fn begin(slot: &Slot, seed: u64) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((seed, Instant::now()));
}

/// Tells which seeds take long, each once, until all is over.
#[expect(clippy::print_stderr, reason = "what hangs can say nothing itself")]
fn watch(slots: &[Slot], ended: &mpsc::Receiver<()>) {
    while ended.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
        for slot in slots {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((seed, _)) = slot.take_if(|(_, since)| since.elapsed() > LONG) {
                eprintln!("FIRE='seed {seed}' takes more than {LONG:?}");
            }
        }
    }
}

/// Runs seeds from where the file ends on, until so many events and calls were seen; a seed that fails is a line of it.
#[expect(clippy::print_stdout, reason = "whoever waits for hours wants to know")]
pub(crate) fn goes_on(file: &Path, first: u64, events: u64) -> Tally {
    let (mut tally, mut next) = kept(&fs::read_to_string(file).unwrap_or_default(), first);
    let mut out = File::options()
        .create(true)
        .append(true)
        .open(file)
        .unwrap();
    while tally.events + tally.calls < events {
        let piece = piece(next..next + PIECE);
        let mut text = String::new();
        for wrong in &piece.wrong {
            let _ = writeln!(text, "wrong {wrong}");
        }
        let last = next + PIECE - 1;
        let _ = writeln!(text, "seeds {next}-{last} {}", piece.line());
        out.write_all(text.as_bytes()).unwrap();
        next += PIECE;
        tally = tally.and(piece);
        println!("{text}{} events and calls", tally.events + tally.calls);
    }
    tally
}

/// What a file of pieces has, and which seed is next.
fn kept(text: &str, first: u64) -> (Tally, u64) {
    let mut all = (Tally::default(), first);
    for line in text.lines() {
        if let Some(wrong) = line.strip_prefix("wrong ") {
            all.0.wrong.push(wrong.to_owned());
        }
        let piece = line
            .strip_prefix("seeds ")
            .and_then(|line| line.split_once(' '));
        if let Some((range, counts)) = piece {
            let last: u64 = range.split_once('-').unwrap().1.parse().unwrap();
            all = (all.0.and(Tally::parse(counts).unwrap()), last + 1);
        }
    }
    all
}

/// All seeds of a range; none that fails keeps another from being seen.
fn piece(seeds: Range<u64>) -> Tally {
    let next = AtomicU64::new(seeds.start);
    let tallies = on_all_processors(|_, _, slot| {
        let mut tally = Tally::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return tally;
            }
            begin(slot, seed);
            let played = play(&Case::whole(seed), false);
            if let Some(wrong) = &played.wrong {
                let wrong = wrong.lines().next().unwrap_or_default();
                tally.wrong.push(format!("seed {seed} {wrong}"));
            }
            tally.add(&played);
        }
    });
    tallies.into_iter().fold(Tally::default(), Tally::and)
}

#[test]
fn a_long_run_goes_on_where_it_ended() {
    let pieces = "wrong seed 7 I1\nseeds 1-10 runs 10 events 5 calls 6\nseeds 11-20 runs 10 events 1 calls 1\nsee";
    let (tally, next) = kept(pieces, 1);
    assert_eq!(
        (tally.runs, tally.events, tally.calls, next),
        (20, 6, 7, 21)
    );
    assert_eq!(tally.wrong, ["seed 7 I1"]);
    assert_eq!(kept("", 5).1, 5);
}
