//! A recording or a capture in another form, on standard output or in a file, without a screen: it is opened, what was
//! asked for is written, and that is all. How far it is stands on standard error while somebody looks there.

use std::time::Duration;

use super::outlet::Outlet;
use super::{Ending, Engine, Face, answer_headless};
use crate::app::Draft;
use crate::escape::clean;
use crate::event::{Errno, Export, Sink, What};
use crate::os::Wake;

/// How long one turn writes.
const TURN: Duration = Duration::from_millis(20);

/// How often is said how far it is.
const PROGRESS: Duration = Duration::from_millis(100);

/// Events that are looked through for why the file was not opened.
const EVENTS_MAX: u32 = 1_000;

/// What is written, and where.
#[derive(Debug)]
pub struct Extract {
    wanted: Export,
    /// The name of the socket that alone is wanted.
    conn: Option<String>,
    /// It goes into the file that `wanted` names; else to standard output.
    is_kept: bool,
    draft: Option<Draft>,
    sink: Option<Box<dyn Sink>>,
    outlet: Outlet,
    piece: Vec<u8>,
    ending: Option<Ending>,
    /// When is said next how far it is.
    progress: Duration,
}

impl Extract {
    /// Writes `wanted`, of the socket of that name where one is named, to its file, or to standard output where it names
    /// none.
    #[must_use]
    pub fn new(wanted: Export, conn: Option<String>) -> Self {
        Self {
            is_kept: !wanted.path.is_empty(),
            wanted,
            conn,
            draft: None,
            sink: None,
            outlet: Outlet::default(),
            piece: Vec::new(),
            ending: None,
            progress: Duration::ZERO,
        }
    }

    /// Finds out what shall be written, once the file is open, and makes the file that it goes to.
    fn begin_writing(&mut self, engine: &mut Engine<'_>) -> Result<Draft, Ending> {
        if let Some(why) = refused(engine) {
            return Err(Ending::failure(3, why));
        }
        if let Some(name) = &self.conn {
            let session = &engine.app.session;
            self.wanted.conn = session.named(name);
            if self.wanted.conn.is_none() {
                let names = session.conns().iter().take(9);
                let names: Vec<_> = names.map(|conn| clean(&conn.name)).collect();
                let (name, names) = (clean(name), names.join(" "));
                let why = format!("there is no socket {name}; there are {names}");
                return Err(Ending::failure(2, why));
            }
        }
        let draft = engine.app.draft(&self.wanted);
        let draft = draft.map_err(|why| Ending::failure(3, why))?;
        if self.is_kept {
            let path = &self.wanted.path;
            let made = engine.os.create(path, self.wanted.over);
            self.sink = Some(made.map_err(|errno| file_trouble(path, errno))?);
        }
        Ok(draft)
    }

    /// Writes for a turn; true while it could go on at once.
    fn write(&mut self, engine: &mut Engine<'_>) -> Result<bool, Ending> {
        let Some(mut draft) = self.draft.take() else {
            self.draft = Some(self.begin_writing(engine)?);
            return Ok(true);
        };
        let until = engine.now() + TURN;
        while self.outlet.has_room() && engine.now() < until {
            let out = if self.is_kept {
                self.piece.clear();
                &mut self.piece
            } else {
                self.outlet.buf()
            };
            let next = draft.next(&engine.app.session, out);
            let is_more = next.map_err(|why| Ending::failure(3, why))?;
            if let Some(sink) = &mut self.sink {
                let written = sink.write(&self.piece);
                written.map_err(|errno| file_trouble(&self.wanted.path, errno))?;
            }
            self.outlet.drain(engine.os);
            if !is_more {
                if let Some(sink) = self.sink.take() {
                    let kept = sink.keep();
                    kept.map_err(|errno| file_trouble(&self.wanted.path, errno))?;
                }
                let mut ending = Ending::code(0);
                ending.message = draft.limit();
                return Err(ending);
            }
        }
        self.say(Some(draft.percent()), engine);
        self.draft = Some(draft);
        Ok(self.outlet.has_room())
    }

    /// Says how far it is, now and then. While a terminal gets the output, its lines tell.
    fn say(&mut self, percent: Option<u64>, engine: &mut Engine<'_>) {
        let now = engine.now();
        let is_alone = self.is_kept || !engine.os.stdout_is_terminal();
        if engine.manner.quiet || now < self.progress || !is_alone {
            return;
        }
        self.progress = now + PROGRESS;
        let told = match percent {
            Some(percent) => Some(format!("{} %", percent.min(100))),
            None => engine.app.progress(now),
        };
        engine.os.show_progress(&clean(&told.unwrap_or_default()));
    }
}

impl Face for Extract {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        let opened = engine.os.open_signals();
        opened.map_err(|errno| Ending::failure(3, format!("signals: {}", errno.name())))
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        if let Some(code) = answer_headless(wake, engine) {
            self.ending = Some(Ending::code(code));
        }
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        self.outlet.drain(engine.os);
        if self.ending.is_some() {
            return;
        }
        if self.draft.is_none() && engine.is_busy() {
            return self.say(None, engine);
        }
        if let Err(ending) = self.write(engine) {
            self.ending = Some(ending);
        }
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        let goes_on = self.ending.is_none() && self.outlet.has_room();
        goes_on.then(|| engine.now())
    }

    fn ending(&mut self, _engine: &mut Engine<'_>) -> Option<Ending> {
        if let Some(ending) = self.outlet.ending() {
            return Some(ending);
        }
        self.ending
            .take_if(|ending| ending.code >= 128 || self.outlet.is_empty())
    }

    fn end(&mut self, engine: &mut Engine<'_>) {
        engine.os.show_progress("");
    }
}

/// What went wrong with the file that is written.
fn file_trouble(path: &str, errno: Errno) -> Ending {
    let path = clean(path);
    if errno.name() == "EEXIST" {
        return Ending::failure(3, format!("{path} exists: --over replaces it"));
    }
    Ending::failure(74, format!("{path}: {} ({})", errno.text(), errno.name()))
}

/// Why a command was refused, if one was: the file could not be opened, or what stands in `-c` is not for it.
fn refused(engine: &Engine<'_>) -> Option<String> {
    let session = &engine.app.session;
    if engine.app.refusals() == 0 {
        return None;
    }
    let (mut why, mut left) = (None, EVENTS_MAX);
    session.events_before(session.event_count(), &mut |_, event| {
        if let What::Refused(told) = &event.what {
            why = Some(clean(told).into_owned());
        }
        left -= 1;
        why.is_none() && left > 0
    });
    why.or_else(|| Some("the file was not opened".to_owned()))
}
