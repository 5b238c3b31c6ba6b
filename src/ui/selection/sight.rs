//! How the selection is looked at: what the ink of bytes tells, a second selection that stays, and a selection that
//! grows with each movement. The selection itself is its neighbour's.

use std::rc::Rc;

use super::{Selection, span};
use crate::event::{ConnId, Dir};
use crate::framing::{Entry, Status};
use crate::session::Session;
use crate::ui::Ui;
use crate::ui::bytes::Tint;
use crate::ui::pane::BYTES;

/// How the selection is looked at.
#[derive(Debug, Default)]
pub(in crate::ui) struct Sight {
    /// What the ink of bytes tells.
    pub(in crate::ui) tint: Tint,
    /// The second selection, kept beside the one that moves.
    pub(in crate::ui) pin: Option<Selection>,
    /// Where the selection began that grows with each movement.
    pub(super) anchor: Option<Selection>,
    /// The message under the cursor as it was read last, and of what state of which direction: reading it anew may take
    /// the decoding of many before it, and every pane asks.
    under: Option<(Under, Option<Rc<Entry>>)>,
}

/// What a message that was read is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Under {
    conn: ConnId,
    dir: Dir,
    index: u64,
    len: u64,
    entries: u64,
    reframed: u32,
}

impl Under {
    /// Whether it is the same message, cut by the same framings.
    fn is_same(self, other: Self) -> bool {
        let place = |it: Self| (it.conn, it.dir, it.index, it.reframed);
        place(self) == place(other)
    }
}

/// How far a search for a message's number looks at a time behind skipped bytes.
const STEP_ENTRIES: usize = 64;

impl Ui {
    /// Lets the ink of bytes tell the next thing: direction, message, class.
    pub(in crate::ui) fn turn_tint(&mut self) {
        self.sight.tint = self.sight.tint.next();
    }

    /// Takes another theme.
    pub(in crate::ui) fn choose_theme(&mut self, name: &str) -> Result<(), String> {
        let chosen = self.look.choose(name);
        chosen.map_err(|()| self.locale.fill("theme.unknown", &[&name]))
    }

    /// Keeps the selection in sight, or lets the one go that is kept.
    pub(in crate::ui) fn turn_pin(&mut self, session: &Session) -> Result<(), String> {
        if self.sight.pin.take().is_some() {
            return Ok(());
        }
        let range = self.range(session);
        let conn = self.subject.filter(|_| range.end > range.start);
        let conn = conn.ok_or_else(|| self.nothing_here())?;
        self.sight.pin = Some(Selection {
            conn,
            dir: self.dir,
            range,
            made_in: self.pane,
        });
        Ok(())
    }

    /// Lets movements extend the selection from here on, or ends that.
    pub(in crate::ui) fn turn_range(&mut self, session: &Session) -> Result<(), String> {
        if self.end_range() {
            return Ok(());
        }
        let range = self.range(session);
        if range.is_empty() {
            return Err(self.nothing_here());
        }
        self.stop_following(session);
        let last = range.end - 1;
        self.select(range, self.pane, session);
        self.put_cursor(last, session);
        self.sight.anchor.clone_from(&self.selection);
        Ok(())
    }

    /// Whether movements extend the selection.
    #[must_use]
    pub fn is_growing(&self) -> bool {
        self.anchor().is_some()
    }

    /// Ends the growing of the selection, which stays; tells whether it grew.
    pub fn end_range(&mut self) -> bool {
        let grew = self.is_growing();
        self.sight.anchor = None;
        grew
    }

    /// Selects all between the byte under the cursor, where a drag began, and another one.
    pub fn extend_to(&mut self, offset: u64, session: &Session) {
        let Some(last) = self.len(session).checked_sub(1) else {
            return;
        };
        let offset = offset.min(last);
        self.stop_following(session);
        if self.is_growing() {
            self.select(offset..offset + 1, BYTES, session);
            return;
        }
        let cursor = self.cursor.min(last);
        self.select(cursor.min(offset)..cursor.max(offset) + 1, BYTES, session);
        self.put_cursor(cursor, session);
    }

    /// Selects the byte at an offset of the direction in view, and shows it.
    ///
    /// # Errors
    ///
    /// That there is no such byte, and how many there are.
    pub fn go_to_offset(&mut self, offset: u64, session: &Session) -> Result<(), String> {
        let len = self.len(session);
        if offset >= len {
            let span = span(&(offset..offset + 1));
            return Err(match len {
                0 => self.nothing_here(),
                _ => self.locale.fill("bytes.no-byte", &[&span, &len]),
            });
        }
        self.stop_following(session);
        self.select(offset..offset + 1, BYTES, session);
        self.reveal(session);
        Ok(())
    }

    /// Selects a message of the direction in view by its number, counted from 1, and shows it.
    ///
    /// # Errors
    ///
    /// That there is no such message, and how many there are.
    pub fn go_to_message(&mut self, number: u64, session: &Session) -> Result<(), String> {
        let conn = self.subject.ok_or_else(|| self.nothing_here())?;
        let Some(index) = self.index_of(conn, number, session) else {
            let lane = session.lane(conn, self.dir);
            let count = lane.map_or(0, crate::session::Lane::messages);
            return Err(self.locale.fill("messages.no-message", &[&number, &count]));
        };
        self.stop_following(session);
        self.select_entry(index, session);
        self.reveal(session);
        Ok(())
    }

    /// The entry of the message of that number: entries without a number stand between some.
    fn index_of(&self, conn: ConnId, number: u64, session: &Session) -> Option<u64> {
        let count = self.entries(session);
        let first = number.checked_sub(1)?;
        // Where nothing was skipped, positions and numbers go together.
        let entries = session.entries(conn, self.dir, first, 1);
        if let Some(entry) = entries.first().filter(|it| it.number == Some(number)) {
            return Some(entry.index);
        }
        // The first number at or behind an entry; none behind the last.
        let number_from = |from: u64| {
            let mut from = from;
            loop {
                let entries = session.entries(conn, self.dir, from, STEP_ENTRIES);
                let found = entries.iter().find_map(|it| Some((it.number?, it.index)));
                if found.is_some() || entries.is_empty() {
                    return found;
                }
                from += entries.len() as u64;
            }
        };
        let (mut low, mut high) = (first, count);
        while low < high {
            let middle = low + (high - low) / 2;
            match number_from(middle) {
                Some((found, index)) if found == number => return Some(index),
                Some((found, index)) if found < number => low = index + 1,
                _ => high = middle,
            }
        }
        None
    }

    /// The message under the cursor.
    pub(in crate::ui) fn entry(&self, session: &Session) -> Option<Rc<Entry>> {
        let under = self.under(session)?;
        match &self.sight.under {
            Some((known, entry)) if *known == under => entry.clone(),
            _ => Self::read_entry(under, session),
        }
    }

    /// Reads the message under the cursor, for those who ask before the next event.
    pub(in crate::ui) fn keep_entry(&mut self, session: &Session) {
        let before = self.sight.under.take();
        self.sight.under = self.under(session).map(|under| {
            // A whole message stays what it is, however fast others come behind it.
            let same = before.filter(|(before, entry)| {
                let is_whole = |it: &Entry| !matches!(it.message.status, Status::Partial { .. });
                under.is_same(*before) && entry.as_deref().is_some_and(is_whole)
            });
            let entry = same.map_or_else(|| Self::read_entry(under, session), |(_, entry)| entry);
            (under, entry)
        });
        self.keep_place(session);
    }

    fn under(&self, session: &Session) -> Option<Under> {
        let (conn, dir, index) = (self.subject?, self.dir, self.entry);
        let lane = session.lane(conn, dir)?;
        Some(Under {
            conn,
            dir,
            index,
            len: lane.len(),
            entries: lane.entry_count(),
            reframed: lane.reframed(),
        })
    }

    fn read_entry(under: Under, session: &Session) -> Option<Rc<Entry>> {
        let entries = session.entries(under.conn, under.dir, under.index, 1);
        entries.into_iter().next().map(Rc::new)
    }

    /// Where the growing selection began, while it is about the bytes in view.
    pub(super) fn anchor(&self) -> Option<&Selection> {
        let anchor = self.sight.anchor.as_ref()?;
        let is_here = Some(anchor.conn) == self.subject && anchor.dir == self.dir && !self.follow;
        (is_here && self.selection.is_some()).then_some(anchor)
    }

    /// Puts the cursor on a byte, and on its message, without selecting it.
    pub(super) fn put_cursor(&mut self, offset: u64, session: &Session) {
        self.cursor = offset;
        let entry = self
            .subject
            .and_then(|conn| session.entry_at(conn, self.dir, offset));
        self.entry = entry.unwrap_or(self.entry);
        self.keep_entry(session);
    }

    pub(super) fn nothing_here(&self) -> String {
        self.locale.say("bytes.none-yet").to_owned()
    }
}
