//! Opens what a run recorded, in a program of its own on the same disk: whatever cannot be read, the rest is what
//! happened, and it comes to an end.

use std::time::Duration;

use sockeye::event::{ConnId, Dir};
use sockeye::os::Wake;
use sockeye::run::{self, Ending, Engine, Face, Plan};

use super::judge::{Judge, Wrong};
use super::kernel::mood::Moods;
use super::program::Program;

/// After so long it should be open.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Calls that are too many.
const CALLS_MAX: u64 = 200_000;

/// Waits until the file is open.
struct Opening<'j> {
    judge: &'j Judge,
    wrong: Option<Wrong>,
}

/// Opens the file; what was wrong.
pub(crate) fn open(file: &[u8], judge: &Judge, moods: &Moods) -> Option<Wrong> {
    let mut os = Program::with(moods.clone());
    os.is_terse = true;
    os.calls_max = CALLS_MAX;
    os.kernel.file("all.pcapng", file);
    let mut opening = Opening { judge, wrong: None };
    let plan = Plan {
        lines: vec!["open all.pcapng".to_owned()],
        ..Plan::default()
    };
    run::run(&mut os, &mut opening, plan);
    opening.wrong
}

impl Face for Opening<'_> {
    fn begin(&mut self, _: &mut Engine<'_>) -> Result<(), Ending> {
        Ok(())
    }

    fn wake(&mut self, _: &Wake, _: &mut Engine<'_>) {}

    fn show(&mut self, _: &mut Engine<'_>) {}

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        Some(engine.now() + Duration::from_secs(1))
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        if engine.now() > PATIENCE {
            self.wrong = Some("I7: the file is not open after an hour".to_owned());
        }
        let is_over = !engine.app.is_opening() && !engine.is_busy();
        (is_over || self.wrong.is_some()).then(|| Ending::code(0))
    }

    fn end(&mut self, engine: &mut Engine<'_>) {
        let session = &engine.app.session;
        for (at, seen) in self.judge.seen.iter().enumerate() {
            let conn = ConnId(u32::try_from(at).unwrap_or(u32::MAX));
            for dir in Dir::BOTH {
                let len = session
                    .lane(conn, dir)
                    .map_or(0, sockeye::session::Lane::len);
                let (bytes, is_whole) = session.bytes(conn, dir, 0..len);
                if is_whole && !seen.lanes[dir.index()].starts_with(&bytes) {
                    self.wrong = Some(format!("I5: {conn:?} {dir:?} has other bytes once opened"));
                }
            }
        }
    }
}
