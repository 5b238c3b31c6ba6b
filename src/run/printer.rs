//! A script without a terminal: what it says, or every event and message as JSON, on standard output; its result as the
//! exit status.

use std::time::Duration;

use super::outlet::Outlet;
use super::{Ending, Engine, Face, answer_headless};
use crate::escape::clean;
use crate::event::{ConnId, Dir, What};
use crate::os::Wake;
use crate::script::Failure;
use crate::session::{Lane, Session, json};

/// How long the end of a script waits for bytes that are still to be sent.
const DRAIN: Duration = Duration::from_secs(5);

/// Bytes that framings cut at once when the run is over.
const CUT_BYTES: usize = 4 << 20;

/// Messages that are looked up at once.
const ENTRIES_AT_ONCE: usize = 512;

/// Prints a script's run.
#[derive(Debug)]
pub struct Printer {
    /// The script's name, for messages.
    name: String,
    json: bool,
    outlet: Outlet,
    /// The next event to print.
    next: u64,
    /// Per socket and direction, the next entry to print.
    entries: Vec<[u64; 2]>,
    result: Option<Result<(), Failure>>,
    /// When the end stops waiting for bytes that are still to be sent.
    drain_until: Option<Duration>,
    /// All is printed, the result too.
    finished: bool,
    interrupted: Option<u8>,
    /// What the script says is not printed.
    quiet: bool,
}

impl Printer {
    /// Prints what a script says, or as JSON all that happens. `name` stands in messages about it.
    #[must_use]
    pub fn new(name: String, json: bool) -> Self {
        Self {
            name,
            json,
            outlet: Outlet::default(),
            next: 0,
            entries: Vec::new(),
            result: None,
            drain_until: None,
            finished: false,
            interrupted: None,
            quiet: false,
        }
    }

    /// Prints what is new, as far as standard output takes it; true once that is all there is.
    fn print(&mut self, engine: &mut Engine<'_>, tails: bool) -> bool {
        loop {
            let told = self.events(&engine.app.session);
            let cut = !self.json || self.messages(&engine.app.session, tails);
            self.outlet.drain(engine.os);
            if told && cut {
                return true;
            }
            if !self.outlet.has_room() || self.outlet.trouble().is_some() {
                return false;
            }
        }
    }

    /// Prints the events that came, as far as there is room; true once there are no more.
    fn events(&mut self, session: &Session) -> bool {
        while self.outlet.has_room() {
            let Some(event) = session.event(self.next) else {
                return true;
            };
            if self.json {
                self.line(&json::event(session, self.next, &event).to_string());
            } else if let What::Say(text) = &event.what
                && !self.quiet
            {
                self.line(&clean(text));
            }
            if let (What::Framed { dir, from, .. }, Some(id)) = (&event.what, event.conn) {
                self.reframed(session, id, *dir, *from);
            }
            self.next += 1;
        }
        session.event_count() == self.next
    }

    /// A direction is cut by another rule from a byte on: what was printed behind it is printed again as it is now.
    fn reframed(&mut self, session: &Session, id: ConnId, dir: Dir, from: u64) {
        let first = session
            .entry_at(id, dir, from)
            .or_else(|| session.lane(id, dir).map(Lane::entry_count));
        if let (Some(first), Some(next)) = (first, self.entries.get_mut(id.0 as usize)) {
            next[dir.index()] = next[dir.index()].min(first);
        }
    }

    /// Prints the messages that were cut, as far as there is room; with `tails` the unfinished ones too. True once
    /// there are no more.
    fn messages(&mut self, session: &Session, tails: bool) -> bool {
        self.entries.resize(session.conns().len(), [0, 0]);
        let mut entries = std::mem::take(&mut self.entries);
        let mut all = true;
        for (id, next) in (0..).map(ConnId).zip(&mut entries) {
            for dir in Dir::BOTH {
                all &= self.messages_of(session, (id, dir), &mut next[dir.index()], tails);
            }
        }
        self.entries = entries;
        all
    }

    fn messages_of(
        &mut self,
        session: &Session,
        (id, dir): (ConnId, Dir),
        next: &mut u64,
        tails: bool,
    ) -> bool {
        let Some(lane) = session.lane(id, dir) else {
            return true;
        };
        let whole = lane.entry_count() - u64::from(lane.tail().is_some() && !tails);
        while *next < whole {
            let count = usize::try_from(whole - *next).unwrap_or(usize::MAX);
            let found = session.entries(id, dir, *next, count.min(ENTRIES_AT_ONCE));
            if found.is_empty() {
                *next = whole;
            }
            for entry in &found {
                if !self.outlet.has_room() {
                    return false;
                }
                self.line(&json::message(session, id, dir, entry).to_string());
                *next += 1;
            }
        }
        true
    }

    fn line(&mut self, text: &str) {
        self.outlet.push(text.as_bytes());
        self.outlet.push(b"\n");
    }

    /// Whether bytes that the script asked to send have not left yet, and may still do so.
    fn is_draining(&self, engine: &Engine<'_>) -> bool {
        let in_time = self.drain_until.is_none_or(|until| engine.now() < until);
        in_time
            && engine
                .app
                .session
                .conns()
                .iter()
                .any(|conn| conn.is_open() && conn.queued > 0)
    }

    fn failure(&self) -> Option<(usize, &str)> {
        match &self.result {
            Some(Err(failure)) => Some((failure.line, failure.why.as_str())),
            _ => None,
        }
    }
}

impl Face for Printer {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        self.quiet = engine.manner.quiet;
        engine
            .os
            .open_signals()
            .map_err(|errno| Ending::failure(3, format!("signals: {}", errno.name())))
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        self.interrupted = answer_headless(wake, engine).or(self.interrupted);
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        if self.finished {
            // The result is the last line: what still happens while it leaves is not told.
            return self.outlet.drain(engine.os);
        }
        if self.result.is_none() {
            self.result = engine.app.finished();
            if engine.is_quitting() && self.result.is_none() {
                self.result = Some(Ok(()));
            }
            self.drain_until = self.result.as_ref().map(|_| engine.now() + DRAIN);
        }
        let is_last = self.result.is_some() && !self.is_draining(engine);
        if is_last && self.json {
            let now = engine.now();
            while engine.app.work(CUT_BYTES, now) {}
        }
        let told = self.print(engine, is_last);
        if is_last && told {
            if self.json {
                self.line(&json::result(self.failure()).to_string());
            }
            self.finished = true;
            self.outlet.drain(engine.os);
        }
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        // Behind it only standard output is waited for.
        self.drain_until
            .filter(|until| !self.finished && engine.now() < *until)
    }

    fn ending(&mut self, _engine: &mut Engine<'_>) -> Option<Ending> {
        if let Some(ending) = self.outlet.ending() {
            return Some(ending);
        }
        if let Some(code) = self.interrupted {
            return Some(Ending::code(code));
        }
        if !self.finished || !self.outlet.is_empty() {
            return None;
        }
        Some(match self.failure() {
            None => Ending::code(0),
            Some((line, why)) => Ending::failure(1, format!("{}:{line}: {why}", self.name)),
        })
    }

    fn end(&mut self, _engine: &mut Engine<'_>) {}
}
