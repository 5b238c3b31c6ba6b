//! A run without a screen for those who listen to one, or read it line by line: what happens as sentences on standard
//! output, commands as lines from standard input. No escape sequence is written, and nothing that was said changes.

use std::collections::BTreeMap;
use std::time::Duration;

use super::outlet::Outlet;
use super::{Ending, Engine, Face, answer_headless};
use crate::command;
use crate::event::{Actor, ConnId, Dir, Role, What};
use crate::os::{Signal, Wake};
use crate::session::{Conn, Lane, Reader, Session};
use crate::ui::plain::{self, Sentence, Voice};

/// How long the end of the input waits for bytes that are still to be sent and for connects under way.
const DRAIN: Duration = Duration::from_secs(5);

/// How long a connection waits for an answer, then: from what it did last.
const ANSWER: Duration = Duration::from_secs(1);

/// The longest line that is read.
const LINE_MAX_BYTES: usize = 1 << 20;

/// Messages that are looked up at once.
const ENTRIES_AT_ONCE: usize = 512;

/// Sentences out, lines in.
#[derive(Debug, Default)]
pub struct Plain {
    outlet: Outlet,
    /// The next event to tell.
    next: u64,
    /// Per socket and direction, the next message to tell.
    entries: BTreeMap<ConnId, [u64; 2]>,
    /// What was read and is no whole line yet.
    typed: Vec<u8>,
    /// The line being read is too long: it is passed over up to its end.
    passing: bool,
    /// Standard input may have something.
    readable: bool,
    /// When standard input ended.
    ended: Option<Duration>,
    /// The script ended before its end.
    failed: bool,
    /// Any line ends the script that plays.
    is_demo: bool,
    interrupted: Option<u8>,
}

impl Plain {
    /// A run that begins; in a demo any line ends the script that plays.
    #[must_use]
    pub fn new(is_demo: bool) -> Self {
        Self {
            is_demo,
            ..Self::default()
        }
    }

    fn read(&mut self, engine: &mut Engine<'_>) {
        let mut bytes = Vec::new();
        match engine.os.read_stdin(&mut bytes) {
            Err(errno) if errno.would_block() => {}
            Ok(0) | Err(_) => {
                // A last line without its end is a line, too.
                self.line_end(engine);
                self.ended = Some(engine.now());
            }
            Ok(_) => {
                for part in bytes.split_inclusive(|byte| *byte == b'\n') {
                    self.typed.extend_from_slice(part);
                    if part.ends_with(b"\n") {
                        self.line_end(engine);
                    } else if self.typed.len() > LINE_MAX_BYTES {
                        self.passing = true;
                        self.typed.clear();
                    }
                }
            }
        }
    }

    /// Carries out the line that was read.
    fn line_end(&mut self, engine: &mut Engine<'_>) {
        let typed = std::mem::take(&mut self.typed);
        if std::mem::take(&mut self.passing) || typed.len() > LINE_MAX_BYTES {
            return self.say(engine, "plain.line-long", &LINE_MAX_BYTES);
        }
        let line = match String::from_utf8(typed) {
            Ok(line) => line,
            Err(error) => {
                let at = error.utf8_error().valid_up_to() + 1;
                let locale = engine.app.ui.locale();
                let why = locale.fill("plain.line-text", &[&at]);
                return self.say(engine, "plain.complaint", &why);
            }
        };
        match line.trim() {
            "" => {}
            "help" | "?" => self.put(&command::reference(engine.app.ui.locale())),
            line => self.carry_out(engine, line),
        }
    }

    fn carry_out(&mut self, engine: &mut Engine<'_>, line: &str) {
        if self.is_demo && engine.app.take_over() {
            self.notice(engine, "run.demo-over");
        }
        let result = engine.line(Actor::User, line);
        // What came of it, and of the lines before, is said before the next line's complaint.
        self.tell_events(engine);
        if let Err(complaint) = result {
            self.say(engine, "plain.complaint", &complaint);
        }
        // There is no screen to draw anew, and the terminal's own keys stop this program.
        engine.app.ui.take_request();
        self.tell_heard(engine);
    }

    fn notice(&mut self, engine: &Engine<'_>, key: &str) {
        if !engine.manner.quiet {
            let text = engine.app.ui.locale().say(key);
            self.put(&voice(engine).spell(text));
        }
    }

    /// Says something of ours, which is always said.
    fn say(&mut self, engine: &Engine<'_>, key: &str, value: &dyn std::fmt::Display) {
        let text = engine.app.ui.locale().fill(key, &[value]);
        self.put(&voice(engine).spell(&text));
    }

    /// What the program says to people in one line.
    fn tell_heard(&mut self, engine: &mut Engine<'_>) {
        if let Some(text) = engine.app.ui.heard() {
            self.put(&voice(engine).spell(&text));
        }
    }

    fn put(&mut self, text: &str) {
        self.outlet.push(text.trim_end().as_bytes());
        self.outlet.push(b"\n");
    }

    fn tell(&mut self, engine: &Engine<'_>, sentence: Option<Sentence>) {
        if let Some(sentence) = sentence.filter(|it| it.is_needed || !engine.manner.quiet) {
            self.put(&sentence.text);
        }
    }

    /// Tells what is new, as far as standard output takes it.
    fn tell_news(&mut self, engine: &mut Engine<'_>) {
        loop {
            let told = self.tell_events(engine) && self.tell_messages(engine);
            self.outlet.drain(engine.os);
            if told || !self.outlet.has_room() || self.outlet.trouble().is_some() {
                // While who listens is slower, nothing more is received: nothing is lost, and nothing piles up.
                let session = &mut engine.app.session;
                session.read_before(if told { self.next } else { 0 });
                session.hold_back(Reader::Face, !told);
                return;
            }
        }
    }

    fn tell_events(&mut self, engine: &Engine<'_>) -> bool {
        let session = &engine.app.session;
        while self.outlet.has_room() {
            let Some(event) = session.event(self.next) else {
                break;
            };
            let told = plain::sentence(self.next, &event, session, voice(engine));
            self.tell(engine, told);
            if let (What::Framed { dir, from, .. }, Some(id)) = (&event.what, event.conn) {
                self.reframed(session, (id, *dir), *from);
            }
            self.next += 1;
        }
        session.event_count() == self.next
    }

    /// A direction is cut by another rule from a byte on: the messages behind it are told, whatever was told of them.
    fn reframed(&mut self, session: &Session, (id, dir): (ConnId, Dir), from: u64) {
        let first = session
            .entry_at(id, dir, from)
            .or_else(|| session.lane(id, dir).map(Lane::entry_count));
        if let (Some(first), Some(next)) = (first, self.entries.get_mut(&id)) {
            next[dir.index()] = next[dir.index()].min(first);
        }
    }

    fn tell_messages(&mut self, engine: &Engine<'_>) -> bool {
        let session = &engine.app.session;
        let mut entries = std::mem::take(&mut self.entries);
        entries.retain(|id, _| session.conn(*id).is_some());
        let mut all = true;
        for id in session.conns().iter().map(|conn| conn.id) {
            let next = entries.entry(id).or_default();
            for dir in Dir::BOTH {
                all &= self.tell_messages_of(engine, (id, dir), &mut next[dir.index()]);
            }
        }
        self.entries = entries;
        all
    }

    fn tell_messages_of(
        &mut self,
        engine: &Engine<'_>,
        (id, dir): (ConnId, Dir),
        next: &mut u64,
    ) -> bool {
        let session = &engine.app.session;
        let Some(lane) = session.lane(id, dir) else {
            return true;
        };
        let whole = lane.entry_count() - u64::from(lane.tail().is_some());
        if !plain::is_framed(session, id, dir) {
            // Its bytes were told as they came.
            *next = whole;
        }
        // A framing that was set later cuts anew, and may leave fewer.
        *next = (*next).min(whole);
        while *next < whole {
            let found = session.entries(id, dir, *next, ENTRIES_AT_ONCE);
            // Where bytes were lost since, fewer are found than there were.
            if found.first().is_none_or(|first| first.index >= whole) {
                *next = whole;
            }
            for entry in found.iter().take_while(|entry| entry.index < whole) {
                if !self.outlet.has_room() {
                    return false;
                }
                self.tell(
                    engine,
                    plain::message(session, (id, dir), entry, voice(engine)),
                );
                *next = entry.index + 1;
            }
        }
        true
    }

    /// When the run ends, standard input having ended: at once when nothing is left to do, else when that may have
    /// been done; later if something was done meanwhile.
    fn patience(&self, engine: &Engine<'_>) -> Option<Duration> {
        let ended = self.ended?;
        let session = &engine.app.session;
        let until = |conn: &Conn| match conn.role {
            _ if !conn.is_open() => None,
            _ if conn.queued > 0 || conn.is_under_way() => Some(ended + DRAIN),
            Role::Listener => None,
            _ => Some((conn.active + ANSWER).min(ended + DRAIN)),
        };
        session.conns().iter().filter_map(until).max()
    }

    /// Whether nothing is left to do, standard input having ended.
    fn is_over(&self, engine: &Engine<'_>) -> bool {
        let now = engine.now();
        let waits = self.patience(engine).is_some_and(|until| now < until);
        self.ended.is_some() && !waits && !engine.is_busy() && !engine.app.is_scripted()
    }

    /// Ends the wait that the person is in; false where there is none.
    fn cancel(engine: &mut Engine<'_>) -> bool {
        let session = &engine.app.session;
        let focused = engine.app.ui.focused().and_then(|id| session.conn(id));
        focused.is_some_and(|conn| !conn.pending.is_empty())
            && engine.line(Actor::User, "cancel").is_ok()
    }
}

fn voice<'e>(engine: &'e Engine<'_>) -> Voice<'e> {
    Voice {
        locale: engine.app.ui.locale(),
        ascii: engine.app.ui.look().ascii,
    }
}

impl Face for Plain {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        engine
            .os
            .open_signals()
            .map_err(|errno| Ending::failure(3, format!("signals: {}", errno.name())))?;
        self.notice(engine, "plain.begin");
        Ok(())
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        self.readable |= *wake == Wake::Stdio;
        if *wake == Wake::Signal(Signal::Interrupt) && Self::cancel(engine) {
            return;
        }
        self.interrupted = answer_headless(wake, engine).or(self.interrupted);
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        if std::mem::take(&mut self.readable) && self.ended.is_none() {
            self.read(engine);
            engine.settle();
        }
        if let Some(Err(failure)) = engine.app.finished() {
            self.failed = true;
            let values: [&dyn std::fmt::Display; 2] = [&failure.line, &failure.why];
            let text = engine.app.ui.locale().fill("run.script-stopped", &values);
            self.put(&voice(engine).spell(&text));
        }
        self.tell_heard(engine);
        self.tell_news(engine);
        // Who types faster than is read out waits, as in every pipe.
        let wants = self.ended.is_none() && self.outlet.has_room();
        engine.os.watch_stdin(wants);
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        let now = engine.now();
        self.patience(engine).filter(|until| now < *until)
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        if let Some(ending) = self.outlet.ending() {
            return Some(ending);
        }
        if let Some(code) = self.interrupted {
            return Some(Ending::code(code));
        }
        if !engine.is_quitting() && !self.is_over(engine) {
            return None;
        }
        let told = self.next == engine.app.session.event_count() && self.outlet.is_empty();
        told.then(|| Ending::code(u8::from(self.failed)))
    }

    fn end(&mut self, _engine: &mut Engine<'_>) {}
}
