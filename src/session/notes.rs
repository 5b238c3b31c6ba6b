//! Messages with what they are. Their notes are remembered, since a frame asks for all that are in view, and naming a
//! message takes as long as it has parts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use super::{Lane, Session};
use crate::event::{ConnId, Dir};
use crate::framing::{Entry, Message, Status};

/// Of how many of a message's bytes the fields are named.
const DISSECT_MAX_BYTES: u64 = 64 << 10;

/// The most notes that are remembered: several screens.
const NOTES_MAX: usize = 512;

/// Messages as they were cut, with the same described, of fields next to nothing; by the place of the message.
#[derive(Debug, Default)]
pub(super) struct Notes(RefCell<HashMap<(ConnId, Dir, u64), Note>>);

#[derive(Debug)]
struct Note {
    reframed: u32,
    cut: Message,
    told: Message,
}

impl Session {
    /// `count` entries of a direction's messages, from the entry `first` on, the unfinished one last.
    #[must_use]
    pub fn entries(&self, id: ConnId, dir: Dir, first: u64, count: usize) -> Vec<Entry> {
        let lane = self.lane(id, dir);
        lane.map_or(Vec::new(), |lane| {
            self.kept(lane, lane.entries(self.beside(id, dir), first, count))
        })
    }

    /// `count` entries of a direction's messages, from the entry `first` on, with their notes; of fields only those of a
    /// partial one are told, without their parts.
    #[must_use]
    pub fn notes(&self, id: ConnId, dir: Dir, first: u64, count: usize) -> Vec<Entry> {
        let Some(lane) = self.lane(id, dir) else {
            return Vec::new();
        };
        let entries = lane.entries(self.beside(id, dir), first, count);
        let noted = |entry: Entry| self.noted((id, dir), lane, entry);
        entries.into_iter().map(noted).collect()
    }

    /// At most `count` of the entries that hold bytes of a part of a direction, as they were cut.
    #[must_use]
    pub fn entries_in(&self, id: ConnId, dir: Dir, part: &Range<u64>, count: usize) -> Vec<Entry> {
        let Some(lane) = self.lane(id, dir) else {
            return Vec::new();
        };
        let mut entries = lane.entries_in(self.beside(id, dir), part, count);
        for Entry { message, .. } in &mut entries {
            self.let_miss(lane, message);
        }
        entries
    }

    /// Entries with what they are.
    fn kept(&self, lane: &Lane, mut entries: Vec<Entry>) -> Vec<Entry> {
        for Entry { message, .. } in &mut entries {
            if !self.let_miss(lane, message) {
                self.describe(lane, message);
            }
        }
        entries
    }

    /// Says of a message whose bytes were let go that they are missing; true if it is one. The newest are remembered as
    /// they were cut, perhaps before that.
    fn let_miss(&self, lane: &Lane, message: &mut Message) -> bool {
        let range = message.range.clone();
        let is_lost = range.start < self.tapes.start(lane.tape()) && !range.is_empty();
        if is_lost {
            *message = Message::bad(range.clone(), "bytes are missing", range.start);
        }
        is_lost
    }

    /// Names note and fields of a message, as far as its bytes are there.
    fn describe(&self, lane: &Lane, message: &mut Message) {
        let range = message.range.clone();
        let end = range.end.min(range.start + DISSECT_MAX_BYTES);
        let (bytes, is_all) = self.tapes.copy(lane.tape(), range.start..end);
        if is_all {
            let cut = lane.rule_at(range.start);
            cut.describe(message, &bytes, lane.sight());
        }
    }

    fn noted(&self, (id, dir): (ConnId, Dir), lane: &Lane, entry: Entry) -> Entry {
        let key = (id, dir, entry.index);
        let reframed = lane.reframed();
        let mut cut = entry.message;
        if self.let_miss(lane, &mut cut) {
            return Entry {
                message: cut,
                ..entry
            };
        }
        let mut notes = self.notes.0.borrow_mut();
        let known = notes.get(&key);
        if let Some(note) = known.filter(|it| it.reframed == reframed && it.cut == cut) {
            let message = note.told.clone();
            return Entry { message, ..entry };
        }
        let mut told = cut.clone();
        self.describe(lane, &mut told);
        match told.status {
            // A number that has come is all that there is to tell of what has not.
            Status::Partial { .. } => told.fields.iter_mut().for_each(|it| it.fields = Vec::new()),
            _ => told.fields = Vec::new(),
        }
        if notes.len() >= NOTES_MAX {
            notes.clear();
        }
        let message = told.clone();
        notes.insert(
            key,
            Note {
                reframed,
                cut,
                told,
            },
        );
        Entry { message, ..entry }
    }
}
