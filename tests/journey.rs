//! A byte is always somewhere: the five places of the journey add up to what was composed, whenever somebody can look,
//! under a slow reader with a small buffer. The program runs with a face that composes and receives by chance and looks
//! after every turn of the loop: between two looks nobody sees the session.
//!
//! Once nothing has moved for a while the kernels' own numbers must account for every byte too, with none invented.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/program.rs"]
mod program;

use std::time::Duration;

use sockeye::event::{Actor, ConnId, Dir, What};
use sockeye::os::{Os, Real, Wake};
use sockeye::run::{self, Ending, Engine, Face, Plan};
use sockeye::session::Places;

use program::{Numbers, Program};

/// What is composed in a run on this kernel, and on the simulated one, in bytes; a tenth of it at once at the most.
const ALL: [u64; 2] = [200_000, 20_000];

/// After this long without a call that moved something the numbers are those of the moment: the kernel's own timers, of
/// which delayed acknowledgements are the longest here, and the next sample lie within.
const QUIET: Duration = Duration::from_millis(150);

/// How often nothing is done until all is quiet.
const PAUSES: u32 = 3;

/// The two ends that the run makes first.
const ENDS: [ConnId; 2] = [ConnId(0), ConnId(1)];

/// Composes at one end, receives at the other, and looks.
struct Watch {
    chance: Numbers,
    make: &'static str,
    /// What is to be composed.
    all: u64,
    /// Composed so far.
    composed: u64,
    staged: bool,
    /// When something moved last, and the events that were looked through.
    moved: Duration,
    seen: u64,
    /// Nothing is done until all is quiet.
    pausing: bool,
    pauses: u32,
    looks: u32,
    /// In how many places bytes were seen, of each place.
    found: [u32; 5],
}

impl Watch {
    fn new(seed: u64, all: u64, make: &'static str) -> Self {
        Self {
            chance: Numbers(seed),
            make,
            all,
            composed: 0,
            staged: false,
            moved: Duration::ZERO,
            seen: 0,
            pausing: false,
            pauses: 0,
            looks: 0,
            found: [0; 5],
        }
    }

    fn line(&mut self, engine: &mut Engine<'_>, line: &str) {
        engine.line(Actor::Script, line).unwrap();
        self.look(engine);
    }

    /// All bytes are somewhere.
    fn look(&mut self, engine: &Engine<'_>) {
        let session = &engine.app.session;
        let (mut moved, now) = (false, session.now());
        session.events_from(self.seen, &mut |_, event| {
            moved |= matches!(&event.what, What::Call(call) if call.moved.is_some());
            true
        });
        self.seen = session.event_count();
        if moved {
            self.moved = now;
        }
        let sent = session.places(ENDS[0], Dir::Out);
        assert_eq!(sent, session.places(ENDS[1], Dir::In));
        assert_eq!(sent.sum(), self.composed, "{sent:?} at {now:?}");
        self.looks += 1;
        let places = [
            sent.held,
            sent.unsent,
            sent.in_flight,
            sent.waiting,
            sent.read,
        ];
        for (count, place) in self.found.iter_mut().zip(places) {
            *count += u32::from(place.is_some_and(|bytes| bytes > 0));
        }
    }

    /// More than both kernels hold, first; then one thing or another, by chance.
    fn act(&mut self, engine: &mut Engine<'_>) {
        if self.composed == 0 {
            self.composed = self.all / 2;
            self.pausing = true;
            return self.line(engine, &format!("@A send \"x\"*{}", self.composed));
        }
        let left = self.all - self.composed;
        let len = (1 + self.chance.below(self.all / 10)).min(left);
        match self.chance.below(8) {
            0 if len > 0 => {
                self.composed += len;
                self.staged = true;
                self.line(engine, &format!("@A stage \"x\"*{len}"));
            }
            1 if self.staged => {
                self.staged = false;
                self.line(engine, "@A flush");
            }
            2 | 3 if len > 0 => {
                self.composed += len;
                self.line(engine, &format!("@A send \"x\"*{len}"));
            }
            4 if self.pauses < PAUSES => self.pausing = true,
            _ => {
                let max = 1 + self.chance.below(self.all / 10);
                let waits = engine.app.session.conn(ENDS[1]).unwrap().pending.len();
                if waits == 0 {
                    self.line(engine, &format!("@B recv {max}"));
                }
            }
        }
    }

    /// Whether all was composed, sent and read.
    fn is_over(&self, engine: &Engine<'_>) -> bool {
        let read = engine.app.session.places(ENDS[0], Dir::Out).read;
        self.composed == self.all && read == Some(self.all)
    }
}

impl Face for Watch {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        // Somebody looks at both ends: their numbers are sampled.
        engine.app.ui.resize(80, 24, &engine.app.session);
        engine.line(Actor::Script, self.make).unwrap();
        Ok(())
    }

    fn wake(&mut self, _: &Wake, _: &mut Engine<'_>) {}

    fn show(&mut self, engine: &mut Engine<'_>) {
        let session = &engine.app.session;
        if !ENDS
            .iter()
            .all(|end| session.conn(*end).is_some_and(|conn| conn.connected))
        {
            return;
        }
        self.look(engine);
        if !self.pausing {
            self.act(engine);
        } else if engine.now() >= self.moved + QUIET {
            self.pausing = false;
            self.pauses += 1;
            look_closely(engine);
        }
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        let next = if self.pausing {
            self.moved + QUIET
        } else {
            engine.now() + Duration::from_micros(100)
        };
        Some(next)
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        self.is_over(engine).then(|| Ending::code(0))
    }

    fn end(&mut self, _: &mut Engine<'_>) {}
}

/// What the kernels told last accounts for all that they have.
fn look_closely(engine: &Engine<'_>) {
    let session = &engine.app.session;
    let fact = |end: ConnId| *session.conn(end).unwrap().fact;
    let Some(((unsent, unacked), waiting)) = fact(ENDS[0])
        .unsent
        .zip(fact(ENDS[0]).in_flight)
        .zip(fact(ENDS[1]).waiting)
    else {
        panic!("nothing was sampled");
    };
    let Places {
        in_flight, read, ..
    } = session.places(ENDS[0], Dir::Out);
    let sent = session.lane(ENDS[0], Dir::Out).unwrap().len();
    let known = u64::from(unsent) + u64::from(waiting) + read.unwrap();
    let told = format!(
        "sent {sent}, unsent {unsent}, unacknowledged {unacked}, waiting {waiting}, read {read:?}"
    );
    assert!(known <= sent, "a byte is in two places: {told}");
    assert_eq!(in_flight, Some(sent - known), "{told}");
    assert!(
        sent - known <= u64::from(unacked),
        "a byte is nowhere: {told}"
    );
}

/// Runs until all was read.
fn run(os: &mut dyn Os, seed: u64, all: u64, make: &'static str) -> Watch {
    let mut watch = Watch::new(seed, all, make);
    let plan = Plan {
        timeout: Some(Duration::from_secs(60)),
        ..Plan::default()
    };
    let ending = run::run(os, &mut watch, plan);
    assert_eq!((ending.code, ending.message), (0, None), "seed {seed}");
    assert!(watch.looks > 20, "seed {seed}: {} looks", watch.looks);
    watch
}

/// A slow reader with small buffers, on both sides.
const TCP: &str =
    "pair tcp manual as A B; @A set sndbuf 4096; @A set nodelay on; @B set rcvbuf 4096";

/// The same, where small segments wait for those on their way (RFC 896).
const NAGLE: &str = "pair tcp manual as A B; @A set sndbuf 8192; @B set rcvbuf 2048";

#[test]
fn every_byte_is_somewhere() {
    let mut found = [0; 5];
    for (seed, make) in [(1, TCP), (2, NAGLE), (3, TCP), (4, NAGLE)] {
        let watch = run(&mut Real::new().unwrap(), seed, ALL[0], make);
        for (sum, count) in found.iter_mut().zip(watch.found) {
            *sum += count;
        }
    }
    assert!(
        found.iter().all(|count| *count > 0),
        "one of the places was never seen in use: {found:?}"
    );
}

#[test]
fn every_byte_is_somewhere_whatever_the_kernel_does() {
    for seed in 1..=60 {
        let mut os = Program::new(seed);
        os.calls_max = 2_000_000;
        let make = "pair tcp manual as A B; @B set rcvbuf 2048";
        run(&mut os, seed, ALL[1], make);
    }
}
