//! Bytes on their way into a file, a piece each turn. Which bytes, the session knows; the file is the system's, handed
//! in as a [`Sink`].

use std::ops::Range;
use std::time::Duration;

use super::App;
use crate::event::{Actor, ConnId, Dir, Errno, Event, Part, Save, Sink, What};
use crate::locale::Locale;
use crate::session::Lane;

/// Bytes written in one turn.
const PIECE_BYTES: u64 = 1 << 20;

/// What shall be saved, found to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    conn: ConnId,
    dir: Dir,
    range: Range<u64>,
}

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Saving {
    by: Actor,
    source: Source,
    /// What is written so far ends here.
    at: u64,
    path: String,
    sink: Box<dyn Sink>,
}

impl App {
    /// The bytes that shall be saved.
    ///
    /// # Errors
    ///
    /// Why there are none, in words.
    pub fn source(&mut self, save: &Save) -> Result<Source, String> {
        self.session.turn_back();
        let source = self.source_in_view(save);
        self.session.turn_round();
        source
    }

    fn source_in_view(&self, save: &Save) -> Result<Source, String> {
        if self.saving.is_some() {
            return Err("another file is being saved: `cancel` ends that".to_owned());
        }
        let conn = save.conn;
        let selected = self.ui.selection().filter(|it| it.conn == conn);
        let selected = selected.filter(|it| save.dir.is_none_or(|dir| dir == it.dir));
        let in_view = (self.ui.focused() == Some(conn)).then(|| self.ui.dir());
        let dir = save.dir.or(in_view).unwrap_or(Dir::In);
        let len = self.session.lane(conn, dir).map_or(0, Lane::len);
        let range = match (&save.part, selected) {
            (Some(Part::Range(range)), _) => range.clone(),
            (Some(Part::Message(number)), _) => self.message_range(conn, dir, *number)?,
            (None, Some(selected)) if !selected.range.is_empty() => selected.range.clone(),
            (Some(Part::All) | None, _) => 0..len,
        };
        let name = self.session.name(conn);
        let lane = format!("{name} {}", dir.word());
        if range.end > len {
            return Err(format!(
                "{lane} has {len} bytes; {}..{} goes beyond them",
                range.start, range.end
            ));
        }
        if range.is_empty() {
            return Err(format!("there are no bytes of {lane} to save"));
        }
        Ok(Source { conn, dir, range })
    }

    /// Begins to write the bytes into the file that was made for them.
    pub fn begin_save(&mut self, by: Actor, source: Source, path: String, sink: Box<dyn Sink>) {
        let at = source.range.start;
        self.saving = Some(Saving {
            by,
            source,
            at,
            path,
            sink,
        });
    }

    /// Writes the next piece; true while something is left.
    pub(super) fn save_on(&mut self, now: Duration) -> bool {
        let Some(mut saving) = self.saving.take() else {
            return false;
        };
        let Source { conn, dir, range } = saving.source.clone();
        let end = range.end.min(saving.at + PIECE_BYTES);
        let (mut missing, mut failed) = (None, None);
        self.session
            .visit(conn, dir, saving.at..end, &mut |part, bytes| match bytes {
                _ if missing.is_some() || failed.is_some() => {}
                Some(bytes) => failed = saving.sink.write(bytes).err(),
                None => missing = Some(part),
            });
        saving.at = end;
        let name = self.session.name(conn);
        if let Some(part) = missing {
            let last = part.end - 1;
            let why = format!(
                "bytes {} to {last} of {name} {} are missing, let go or lost",
                part.start,
                dir.word()
            );
            return self.end_save(saving, Err(why), now);
        }
        if let Some(errno) = failed {
            return self.end_save(saving, Err(in_words(errno)), now);
        }
        if end < range.end {
            self.saving = Some(saving);
            return true;
        }
        let done = format!(
            "saved bytes {} to {} of {name} {}",
            range.start,
            range.end - 1,
            dir.word()
        );
        self.end_save(saving, Ok(done), now)
    }

    /// Ends what is being saved; whether there was something. Nothing is left of the file.
    pub(super) fn end_saving(&mut self, now: Duration) -> bool {
        let Some(saving) = self.saving.take() else {
            return false;
        };
        let text = format!(
            "saving to {} was cancelled; nothing of it is left",
            saving.path
        );
        self.told(saving.by, text, now);
        true
    }

    /// How far it is.
    pub(super) fn save_progress(&self, locale: &Locale) -> Option<String> {
        let saving = self.saving.as_ref()?;
        let range = &saving.source.range;
        let all = (range.end - range.start).max(1);
        let percent = (saving.at - range.start).saturating_mul(100) / all;
        Some(locale.fill("select.saving", &[&percent]))
    }

    /// Whether a line of the script is not done before this is.
    pub(super) fn is_script_saving(&self) -> bool {
        let by = self.saving.as_ref().map(|saving| saving.by);
        by == Some(Actor::Script)
    }

    fn end_save(&mut self, saving: Saving, end: Result<String, String>, now: Duration) -> bool {
        let Saving {
            by,
            source,
            path,
            sink,
            ..
        } = saving;
        let kept = end.and_then(|done| sink.keep().map(|()| done).map_err(in_words));
        match kept {
            Ok(done) => {
                self.told(by, format!("{done} to {path}"), now);
                if by == Actor::User {
                    let len = source.range.end - source.range.start;
                    let text = self.ui.locale().fill("select.saved", &[&len, &path]);
                    self.say(&text, now);
                }
            }
            Err(why) => {
                let text = format!("{path} was not saved, and nothing of it is left: {why}");
                self.refused(by, text, now);
            }
        }
        false
    }

    /// Tells of something that long work did.
    pub(super) fn told(&mut self, by: Actor, text: String, now: Duration) {
        self.happened(by, What::Note(text), now);
    }

    /// Tells of something that it could not do.
    pub(super) fn refused(&mut self, by: Actor, text: String, now: Duration) {
        self.happened(by, What::Refused(text), now);
    }

    fn happened(&mut self, by: Actor, what: What, now: Duration) {
        let (at, conn) = (now, None);
        self.apply([Event { at, conn, by, what }]);
        self.ui.touch();
    }

    /// Where the message of that number lies.
    fn message_range(&self, conn: ConnId, dir: Dir, number: u64) -> Result<Range<u64>, String> {
        let mut index = number - 1;
        loop {
            let entries = self.session.entries(conn, dir, index, 256);
            let found = entries.iter().find(|entry| entry.number == Some(number));
            if let Some(found) = found {
                return Ok(found.message.range.clone());
            }
            let newest = entries.iter().rev().find_map(|entry| entry.number);
            if entries.is_empty() || newest >= Some(number) {
                break;
            }
            // Between two numbers lie at least as many entries; skipped ones have no number and come on top.
            let ahead = newest.map_or(0, |newest| number - newest - 1);
            index += entries.len() as u64 + ahead;
        }
        let count = self.session.lane(conn, dir).map_or(0, Lane::messages);
        let name = self.session.name(conn);
        Err(format!(
            "there is no message {number} in {name} {}: it has {count}",
            dir.word()
        ))
    }
}

/// An error of the file in words.
pub(super) fn in_words(errno: Errno) -> String {
    format!("{} ({})", errno.name(), errno.text())
}
