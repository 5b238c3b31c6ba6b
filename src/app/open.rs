//! A file that is opened: read a piece each turn, and told as if it happened. The file is the system's, handed in as a
//! [`Shelf`]; what its bytes mean, `flow` knows.

use std::time::Duration;

use super::App;
use crate::command;
use crate::event::{Actor, Event, Shelf, What};
use crate::flow::{Capture, HEAD_BYTES, Step};
use crate::locale::Locale;
use crate::tape::ShelfId;

/// What is read of the file in one turn, unless one record is longer.
const PIECE_BYTES: u64 = 1 << 20;

/// The file of an opened session.
#[derive(Debug)]
pub(super) struct Opened {
    /// Its name, as screens show it.
    name: String,
    /// When what it tells began, since 1970.
    wall: Option<Duration>,
    /// What reads it, until all is read.
    reading: Option<Reading>,
}

#[derive(Debug)]
struct Reading {
    by: Actor,
    path: String,
    shelf: ShelfId,
    len: u64,
    began: Duration,
    capture: Capture,
    /// What a record needs that is longer than a piece.
    want: u64,
    window: Vec<u8>,
}

impl App {
    /// Whether a file can be opened now.
    ///
    /// # Errors
    ///
    /// Why not, in words.
    pub fn may_open(&self) -> Result<(), String> {
        match &self.opened {
            Some(opened) => Err(format!(
                "{} is open: `quit`, then `sockeye open FILE` for another",
                opened.name
            )),
            None if !self.session.conns().is_empty() => Err(
                "a file is opened in a session without sockets: `quit`, then `sockeye open FILE`"
                    .to_owned(),
            ),
            None => Ok(()),
        }
    }

    /// Begins to read a file of `len` bytes.
    ///
    /// # Errors
    ///
    /// What it is that cannot be read, in words.
    pub fn begin_open(
        &mut self,
        by: Actor,
        path: String,
        (shelf, len): (Box<dyn Shelf>, u64),
        now: Duration,
    ) -> Result<(), String> {
        let mut head = vec![0; HEAD_BYTES.min(usize::try_from(len).unwrap_or(HEAD_BYTES))];
        if !shelf.read(0, &mut head) {
            return Err("EIO (Input/output error)".to_owned());
        }
        let shelf = self.session.shelve(shelf);
        let capture = Capture::new(&head, shelf, len)?;
        let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        self.ui.set_opened(&name);
        self.opened = Some(Opened {
            name,
            wall: None,
            reading: Some(Reading {
                by,
                path,
                shelf,
                len,
                began: now,
                capture,
                want: 0,
                window: Vec::new(),
            }),
        });
        Ok(())
    }

    /// Whether the session is that of a file: then no command reaches a socket.
    #[must_use]
    pub fn is_opened(&self) -> bool {
        self.opened.is_some()
    }

    /// When the session began, since 1970: what a file tells began long ago.
    pub(super) fn wall(&self) -> Duration {
        let opened = self.opened.as_ref().and_then(|opened| opened.wall);
        opened.unwrap_or_else(|| self.values.began())
    }

    /// Whether a file is being read.
    #[must_use]
    pub fn is_opening(&self) -> bool {
        self.reading().is_some()
    }

    /// Why a command is not carried out: it acts, and the past is in view, or a file.
    #[must_use]
    pub fn refuses(&self, command: &str) -> Option<&str> {
        if self.is_opened() && command::reaches(command) {
            return Some(self.ui.locale().say("open.refused"));
        }
        let is_refused = self.session.travelled().is_some() && command::acts(command);
        is_refused.then(|| self.ui.locale().say("past.refused"))
    }

    fn reading(&self) -> Option<&Reading> {
        self.opened.as_ref()?.reading.as_ref()
    }

    /// Reads the next piece; true while something is left.
    pub(super) fn open_on(&mut self, now: Duration) -> bool {
        let Some(mut reading) = self.opened.as_mut().and_then(|it| it.reading.take()) else {
            return false;
        };
        let at = reading.capture.at();
        let piece = PIECE_BYTES.max(reading.want);
        let len = piece.min(reading.len.saturating_sub(at));
        let mut window = std::mem::take(&mut reading.window);
        window.resize(usize::try_from(len).unwrap_or(0), 0);
        if !self.session.read_shelf(reading.shelf, at, &mut window) {
            let why = format!("the disk gives nothing from byte {at} on");
            self.end_reading(reading, Some(why), now);
            return false;
        }
        let mut events = Vec::new();
        let step = reading
            .capture
            .take(&window, &mut self.session, &mut events);
        reading.window = window;
        if let Some(opened) = &mut self.opened {
            opened.wall = reading.capture.began();
        }
        self.happened_before(events);
        if let Some(why) = self.session.spill_trouble().filter(|_| self.is_full()) {
            self.end_reading(reading, Some(why), now);
            return false;
        }
        match step {
            Step::Want(want) => {
                reading.want = want as u64;
                if let Some(opened) = &mut self.opened {
                    opened.reading = Some(reading);
                }
                true
            }
            Step::Over => {
                self.end_reading(reading, None, now);
                false
            }
        }
    }

    /// Ends the reading of a file where it is; whether one was read. What was read stays.
    pub(super) fn end_opening(&mut self, now: Duration) -> bool {
        let reading = self.opened.as_mut().and_then(|it| it.reading.take());
        let Some(reading) = reading else {
            return false;
        };
        self.end_reading(reading, Some("it was cancelled".to_owned()), now);
        true
    }

    /// How far it is.
    pub(super) fn open_progress(&self, locale: &Locale, now: Duration) -> Option<String> {
        let reading = self.reading()?;
        let at = reading.capture.at();
        let percent = at.saturating_mul(100) / reading.len.max(1);
        let millis = now.saturating_sub(reading.began).as_millis().max(1);
        let rate = (u128::from(at) * 1000 / millis) >> 20;
        Some(locale.fill("open.reading", &[&percent, &rate]))
    }

    /// Whether a line of the script is not done before this is.
    pub(super) fn is_script_opening(&self) -> bool {
        self.reading()
            .is_some_and(|reading| reading.by == Actor::Script)
    }

    /// Takes what a file tells: nobody acts upon it.
    fn happened_before(&mut self, events: Vec<Event>) {
        for event in events {
            self.session.apply(event);
        }
        self.ui.observe(&self.session);
        self.ui.touch();
    }

    fn is_full(&self) -> bool {
        crate::event::Capture::is_full(&self.session)
    }

    /// All is read that is to be read; `why` if that is not all of the file.
    fn end_reading(&mut self, mut reading: Reading, why: Option<String>, now: Duration) {
        let mut events = Vec::new();
        let at = reading.capture.at();
        reading.capture.finish(&mut self.session, &mut events);
        self.happened_before(events);
        let Reading { by, path, len, .. } = reading;
        let told = match why {
            Some(why) => What::Note(format!("{path} was read up to byte {at} of {len}: {why}")),
            None => What::Note(format!("{path} is open: {len} bytes")),
        };
        // It belongs behind all that the file tells.
        let at = now.max(self.session.now());
        let conn = None;
        self.apply([Event {
            at,
            conn,
            by,
            what: told,
        }]);
        self.ui.touch();
    }
}
