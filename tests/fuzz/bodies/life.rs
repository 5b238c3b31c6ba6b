//! A run of the whole program on the simulated kernel, ended from outside at the latest, and what must hold of it: it
//! ends, what was kept is what moved, and its recording holds what happened.

use std::time::Duration;

use sockeye::event::{Dir, Event};
use sockeye::os::{Signal, Wake};
use sockeye::run::{self, Ending, Engine, Face, Plan};
use sockeye::session::Lane;

use super::kernel::Happening;
use super::program::Program;
use super::recording::Recording;

/// After so many calls somebody ends the run; so many more it may make until it is over.
const CALLS: u64 = 5_000;
const CALLS_MORE: u64 = 200_000;

/// Where it records to.
pub const FILE: &str = "all.pcapng";

/// The exit statuses that a run may have.
const CODES: [u8; 10] = [0, 1, 2, 3, 74, 124, 129, 130, 141, 143];

/// What somebody saw who looked at the session before it was gone.
#[derive(Debug, Default)]
pub struct Life {
    pub code: u8,
    /// What each socket received and sent, where all of it is still there.
    kept: Vec<(Dir, Vec<u8>)>,
    events: Vec<Event>,
}

struct Watched<'f> {
    face: &'f mut dyn Face,
    life: Life,
}

impl Face for Watched<'_> {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        self.face.begin(engine)
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        self.face.wake(wake, engine);
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        self.face.show(engine);
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        self.face.deadline(engine)
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        self.face.ending(engine)
    }

    fn end(&mut self, engine: &mut Engine<'_>) {
        self.face.end(engine);
        let session = &engine.app.session;
        for id in session.conns().iter().map(|conn| conn.id) {
            for dir in Dir::BOTH {
                let len = session.lane(id, dir).map_or(0, Lane::len);
                let (bytes, is_whole) = session.bytes(id, dir, 0..len);
                if is_whole && !bytes.is_empty() {
                    self.life.kept.push((dir, bytes));
                }
            }
        }
        session.events_from(0, &mut |_, event| {
            self.life.events.push(event.clone());
            true
        });
    }
}

/// Lives once.
pub fn live(os: &mut Program, face: &mut dyn Face, plan: Plan) -> Life {
    os.is_terse = true;
    os.stops_at = CALLS;
    os.calls_max = CALLS + CALLS_MORE;
    let mut watched = Watched {
        face,
        life: Life::default(),
    };
    let ending = run::run(os, &mut watched, plan);
    assert!(CODES.contains(&ending.code), "{ending:?}");
    watched.life.code = ending.code;
    watched.life
}

/// Ends the run then.
pub fn ends_at(os: &mut Program, at: Duration) {
    os.kernel.at(at, Happening::Signal(Signal::Terminate));
}

impl Life {
    /// What happened, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Each direction of a socket holds what the kernel moved, exactly once and in order (FAULTS.md, I1 and I2).
    pub fn is_what_moved(&self, os: &Program) {
        for dir in Dir::BOTH {
            let mut moved = os.moved(dir);
            for (_, bytes) in self.kept.iter().filter(|(of, _)| *of == dir) {
                let at = moved.iter().position(|moved| moved == bytes);
                let lengths: Vec<_> = moved.iter().map(Vec::len).collect();
                let at = at.unwrap_or_else(|| {
                    panic!("{dir:?}: {} bytes are kept, of {lengths:?}", bytes.len())
                });
                moved.swap_remove(at);
            }
        }
    }

    /// The recording holds what happened, from the first event on and in order (I5); `is_whole` where nobody ended it.
    pub fn is_recorded(&self, os: &Program, is_whole: bool) {
        let file = os.kernel.made(FILE).expect("it was asked to record");
        let recording = Recording::read(&file);
        assert_eq!((&recording.wrong, &recording.why), (&None, &None));
        let recorded = recording.events();
        assert!(recorded.len() <= self.events.len(), "more than happened");
        for (at, (one, other)) in recorded.iter().zip(&self.events).enumerate() {
            assert_eq!(one, other, "event {at} of the recording");
        }
        if is_whole {
            assert_eq!(recorded.len(), self.events.len(), "it lacks events");
        }
    }
}
