//! A script without a terminal: what it says, or every event and message as JSON, on standard output; its result as the
//! exit status.

use std::time::Duration;

use super::journal::{Journal, Manner};
use super::{Ending, Engine, Face, answer_headless};
use crate::os::Wake;
use crate::script::Failure;
use crate::session::json;

/// How long the end of a script waits for bytes that are still to be sent.
const DRAIN: Duration = Duration::from_secs(5);

/// Bytes that framings cut at once when the run is over.
const CUT_BYTES: usize = 4 << 20;

/// Prints a script's run.
#[derive(Debug)]
pub struct Printer {
    /// The script's name, for messages.
    name: String,
    json: bool,
    journal: Journal,
    result: Option<Result<(), Failure>>,
    /// When the end stops waiting for bytes that are still to be sent.
    drain_until: Option<Duration>,
    /// All is printed, the result too.
    finished: bool,
    interrupted: Option<u8>,
}

impl Printer {
    /// Prints what a script says, or as JSON all that happens. `name` stands in messages about it.
    #[must_use]
    pub fn new(name: String, json: bool) -> Self {
        Self {
            name,
            json,
            journal: Journal::new(if json { Manner::Json } else { Manner::Said }),
            result: None,
            drain_until: None,
            finished: false,
            interrupted: None,
        }
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
        if engine.manner.quiet && !self.json {
            self.journal.fall_silent();
        }
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
            return self.journal.outlet.drain(engine.os);
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
        let session = &mut engine.app.session;
        let told = self.journal.print(session, is_last, engine.os);
        if is_last && told {
            if self.json {
                self.journal
                    .line(&json::line(&json::result(self.failure())));
            }
            self.finished = true;
            self.journal.outlet.drain(engine.os);
        }
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        // Behind it only standard output is waited for.
        self.drain_until
            .filter(|until| !self.finished && engine.now() < *until)
    }

    fn ending(&mut self, _engine: &mut Engine<'_>) -> Option<Ending> {
        if let Some(ending) = self.journal.outlet.ending() {
            return Some(ending);
        }
        if let Some(code) = self.interrupted {
            return Some(Ending::code(code));
        }
        if !self.finished || !self.journal.outlet.is_empty() {
            return None;
        }
        Some(match self.failure() {
            None => Ending::code(0),
            Some((line, why)) => {
                let is_limit = matches!(&self.result, Some(Err(failure)) if failure.is_limit);
                let code = if is_limit { 124 } else { 1 };
                Ending::failure(code, format!("{}:{line}: {why}", self.name))
            }
        })
    }

    fn end(&mut self, _engine: &mut Engine<'_>) {}
}
