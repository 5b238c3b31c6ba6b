//! Messages with what they are: all of it for the few that somebody looks into, the note alone for a list of them.

use std::ops::Range;

use super::{Lane, Session};
use crate::event::{ConnId, Dir};
use crate::framing::{Entry, Message};

/// Of how many of a message's bytes the fields are named.
const DISSECT_MAX_BYTES: u64 = 64 << 10;

/// Of how many of its bytes a note is made: naming a message takes as long as it has parts, and a frame shows many.
const NOTE_MAX_BYTES: u64 = 4 << 10;

impl Session {
    /// `count` entries of a direction's messages, from the entry `first` on, the unfinished one last.
    #[must_use]
    pub fn entries(&self, id: ConnId, dir: Dir, first: u64, count: usize) -> Vec<Entry> {
        let lane = self.lane(id, dir);
        lane.map_or(Vec::new(), |lane| {
            let entries = lane.entries(self.beside(id, dir), first, count);
            self.kept(lane, entries, DISSECT_MAX_BYTES)
        })
    }

    /// The same with their notes, which the first bytes tell; of the fields those that the first bytes have.
    #[must_use]
    pub fn notes(&self, id: ConnId, dir: Dir, first: u64, count: usize) -> Vec<Entry> {
        let lane = self.lane(id, dir);
        lane.map_or(Vec::new(), |lane| {
            let entries = lane.entries(self.beside(id, dir), first, count);
            self.kept(lane, entries, NOTE_MAX_BYTES)
        })
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
    fn kept(&self, lane: Lane<'_>, mut entries: Vec<Entry>, most: u64) -> Vec<Entry> {
        for Entry { message, .. } in &mut entries {
            if !self.let_miss(lane, message) {
                self.describe(lane, message, most);
            }
        }
        entries
    }

    /// Says of a message whose bytes were let go that they are missing; true if it is one. The newest are remembered as
    /// they were cut, perhaps before that.
    fn let_miss(&self, lane: Lane<'_>, message: &mut Message) -> bool {
        let range = message.range.clone();
        let is_lost = range.start < self.store.tapes.start(lane.tape()) && !range.is_empty();
        if is_lost {
            *message = Message::bad(range.clone(), "bytes are missing", range.start);
        }
        is_lost
    }

    /// Names note and fields of a message, as far as its bytes are there, from so many of the first.
    fn describe(&self, lane: Lane<'_>, message: &mut Message, most: u64) {
        let range = message.range.clone();
        let end = range.end.min(range.start.saturating_add(most));
        let (bytes, is_all) = self.store.tapes.copy(lane.tape(), range.start..end);
        if is_all {
            let cut = lane.rule_at(range.start);
            cut.describe(message, &bytes, lane.sight());
        }
    }
}
