//! `-v`: how the loop runs, as lines in a file of the state directory, at most one a second and only while something
//! happens. Counts and times alone: nothing of what peers, people or files say stands in it.

use std::fmt::Write as _;
use std::time::Duration;

use super::Engine;
use crate::event::Dir;
use crate::os::Place;
use crate::session::Lane;

/// The file in the state directory.
const FILE: &str = "debug.log";

/// The time between two lines, at the least.
const PERIOD: Duration = Duration::from_secs(1);

/// What happened, and how much of it was told.
#[derive(Debug, Default)]
pub(super) struct Diagnostics {
    /// Somebody wants to know, and the file took what was told so far.
    on: bool,
    turns: u64,
    wakes: u64,
    /// When the last wait ended.
    woken: Duration,
    longest_turn: Duration,
    told: Duration,
    /// The turns that were told.
    told_turns: u64,
}

impl Diagnostics {
    /// Begins the file anew if the run is to be told of.
    pub(super) fn new(engine: &mut Engine<'_>) -> Self {
        let now = engine.now();
        let mut diagnostics = Self {
            on: engine.manner.verbose,
            woken: now,
            told: now,
            ..Self::default()
        };
        let (version, wall) = (env!("CARGO_PKG_VERSION"), engine.os.wall().as_secs());
        let first = format!("sockeye {version}, {wall} seconds after 1970\n");
        diagnostics.write(engine, &first, true);
        diagnostics
    }

    /// A wait has ended.
    pub(super) fn woken(&mut self, engine: &Engine<'_>) {
        if self.on {
            self.woken = engine.now();
        }
    }

    /// A turn is done that so many wakes began.
    pub(super) fn turn(&mut self, engine: &mut Engine<'_>, wakes: usize) {
        if !self.on {
            return;
        }
        let now = engine.now();
        self.turns += 1;
        self.wakes += wakes as u64;
        self.longest_turn = self.longest_turn.max(now.saturating_sub(self.woken));
        if now >= self.told + PERIOD {
            self.tell(engine, now);
        }
    }

    /// The run is over.
    pub(super) fn end(&mut self, engine: &mut Engine<'_>) {
        if self.on && self.turns > self.told_turns {
            let now = engine.now();
            self.tell(engine, now);
        }
    }

    fn tell(&mut self, engine: &mut Engine<'_>, now: Duration) {
        let session = &engine.app.session;
        let bytes = |dir| -> u64 {
            let lens = session
                .conns()
                .iter()
                .map(|conn| session.lane(conn.id, dir));
            lens.flatten().map(Lane::len).sum()
        };
        let open = session.conns().iter().filter(|conn| conn.is_open()).count();
        let mut line = String::new();
        // Writing to a String cannot fail.
        let _ = writeln!(
            line,
            "{:.3}s turns {} wakes {} events {} frames {} frame-bytes {} in {} out {} sockets {} open {} \
             longest-turn {:.3}ms",
            now.as_secs_f64(),
            self.turns,
            self.wakes,
            engine.taken(),
            engine.drawn.frames,
            engine.drawn.bytes,
            bytes(Dir::In),
            bytes(Dir::Out),
            session.conns().ever(),
            open,
            self.longest_turn.as_secs_f64() * 1000.0,
        );
        self.told = now;
        self.told_turns = self.turns;
        self.longest_turn = Duration::ZERO;
        self.write(engine, &line, false);
    }

    fn write(&mut self, engine: &mut Engine<'_>, text: &str, anew: bool) {
        if !self.on {
            return;
        }
        let result = engine
            .os
            .append_kept(Place::State, FILE, text.as_bytes(), anew);
        if let Err(errno) = result {
            // It is for those who look for trouble; one that the file itself has is said once, and no more is written.
            self.on = false;
            let why = format!("-v: {FILE}: {} ({})", errno.text(), errno.name());
            let now = engine.now();
            engine.app.ui.notify(&why, now);
        }
    }
}
