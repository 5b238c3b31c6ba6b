//! A tap without a terminal: it says where it accepts, relays until it is told to end, and prints what was asked for.

use std::time::Duration;

use super::journal::{Journal, Manner};
use super::leave::TOLD_AFTER;
use super::{Ending, Engine, Face, answer_headless};
use crate::event::{State, What};
use crate::os::Wake;

/// Bytes that framings cut at once when the run is over.
const CUT_BYTES: usize = 4 << 20;

/// A tap that nobody looks at.
#[derive(Debug)]
pub struct Relay {
    json: bool,
    /// Messages were asked for.
    is_framed: bool,
    journal: Journal,
    /// It may run this long.
    time: Option<Duration>,
    until: Option<Duration>,
    announced: bool,
    /// It was told to end, by a signal or by the clock: the exit status.
    ending: Option<u8>,
    /// It was told so twice.
    at_once: bool,
    /// When it shall be said that the end waits for whoever reads the output.
    told_at: Option<Duration>,
    is_told: bool,
    finished: bool,
}

impl Relay {
    /// Prints everything as JSON, or messages as text where there is a framing; ends after `time`.
    #[must_use]
    pub fn new(json: bool, is_framed: bool, time: Option<Duration>) -> Self {
        let manner = match (json, is_framed) {
            (true, true) => Manner::Json,
            (true, false) => Manner::JsonEvents,
            (false, true) => Manner::Messages,
            (false, false) => Manner::Silent,
        };
        Self {
            json,
            is_framed,
            journal: Journal::new(manner),
            time,
            until: None,
            announced: false,
            ending: None,
            at_once: false,
            told_at: None,
            is_told: false,
            finished: false,
        }
    }

    /// Says where the tap accepts, once it does.
    fn announce(&mut self, engine: &Engine<'_>) {
        let Some(tap) = engine.app.session.conns().first() else {
            return;
        };
        let takes_all = tap.transport.is_connectionless() && tap.state == State::Bound;
        let Some(local) = tap
            .local
            .as_ref()
            .filter(|_| takes_all || tap.state == State::Listen)
        else {
            return;
        };
        self.announced = true;
        if engine.manner.quiet {
            return;
        }
        let clean = |text: String| crate::escape::clean(&text).into_owned();
        if self.json {
            let at = local.endpoint(tap.transport);
            let at = clean(at.map_or_else(|| local.to_string(), |at| at.to_string()));
            let line = serde_json::json!({ "kind": "ready", "addr": at });
            self.journal.line(&line.to_string());
        } else {
            let at = clean(local.typed(tap.transport));
            self.journal.line(&format!("ready {at}"));
        }
    }

    /// Prints what is new, and what is left when it ends.
    fn print(&mut self, engine: &mut Engine<'_>) {
        if self.finished {
            return self.journal.outlet.drain(engine.os);
        }
        if !self.announced {
            self.announce(engine);
        }
        if engine.is_quitting() || self.until.is_some_and(|until| engine.now() >= until) {
            self.ending.get_or_insert(0);
        }
        let is_last = self.ending.is_some();
        if is_last && self.is_framed {
            let now = engine.now();
            while engine.app.work(CUT_BYTES, now) {}
        }
        let session = &mut engine.app.session;
        let told = self.journal.print(session, is_last, engine.os);
        self.finished = is_last && told;
    }

    /// Says what the end waits for, once it is time.
    fn tell(&mut self, engine: &mut Engine<'_>) {
        let now = engine.now();
        let is_due = now >= *self.told_at.get_or_insert(now + TOLD_AFTER);
        if self.is_told || !is_due {
            return;
        }
        self.is_told = true;
        if !self.journal.outlet.is_empty() {
            let text = engine.app.ui.locale().fill("run.unread", &[]);
            engine.os.write_stderr(&format!("sockeye: {text}"));
        }
    }

    /// Why there is no tap, once that is so.
    fn failure(&self, engine: &Engine<'_>) -> Option<String> {
        let session = &engine.app.session;
        let tap = session.conns().first()?;
        if self.announced || tap.is_open() {
            return None;
        }
        let mut why = String::from("the tap came to nothing");
        session.events_before(session.event_count(), &mut |_, event| {
            let found = match &event.what {
                What::Call(call) => call
                    .outcome
                    .errno()
                    .map(|errno| format!("{}: {} ({})", call.call, errno.name(), errno.text())),
                What::Refused(text) => Some(text.clone()),
                _ => None,
            };
            let is_found = found.is_some();
            why = found.unwrap_or(std::mem::take(&mut why));
            !is_found
        });
        Some(why)
    }
}

impl Face for Relay {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        if !self.is_framed {
            engine.app.session.cut_nothing();
        }
        engine.app.ui.look_away();
        self.until = self.time.map(|time| engine.now() + time);
        let opened = engine.os.open_signals();
        opened.map_err(|errno| Ending::failure(3, format!("signals: {}", errno.name())))
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        if let Some(code) = answer_headless(wake, engine) {
            self.at_once = self.ending.is_some();
            // SIGINT and SIGTERM are how it is told to end.
            let is_asked = matches!(code, 130 | 143);
            self.ending = Some(if is_asked { 0 } else { code });
        }
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        self.print(engine);
        if self.ending.is_some() {
            self.tell(engine);
        }
    }

    fn deadline(&self, _engine: &Engine<'_>) -> Option<Duration> {
        match self.ending {
            None => self.until,
            Some(_) => self.told_at.filter(|_| !self.is_told),
        }
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        if let Some(ending) = self.journal.outlet.ending() {
            return Some(ending);
        }
        if let Some(why) = self.failure(engine) {
            return Some(Ending::failure(3, why));
        }
        let is_over = self.at_once || (self.finished && self.journal.outlet.is_empty());
        self.ending.filter(|_| is_over).map(Ending::code)
    }

    fn end(&mut self, _engine: &mut Engine<'_>) {}
}
