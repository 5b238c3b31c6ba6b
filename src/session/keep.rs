//! What framings have to look at yet, and what is let go of where only the newest bytes are kept.

use super::Session;
use crate::event::{ConnId, Dir};

impl Session {
    /// Has no framing look at what comes from now on: nobody will ask for messages.
    pub fn cut_nothing(&mut self) {
        self.is_blind = true;
    }

    /// A direction has something for its framing to look at.
    pub(super) fn note_uncut(&mut self, id: ConnId, dir: Dir) {
        if !self.is_blind {
            if !self.uncut.ends_with(&[(id, dir)]) {
                self.uncut.push((id, dir));
            }
            return;
        }
        let is_known = self.kept.ends_with(&[(id, dir, u64::MAX)]);
        if !is_known && self.live.conn(id).is_some_and(|conn| conn.keep.is_some()) {
            self.kept.push((id, dir, u64::MAX));
        }
    }

    /// Lets go of the oldest bytes where only so many are kept. What is cut in a round can be read until the next one,
    /// however much came at once, and what is not cut yet stays.
    pub(super) fn let_go(&mut self) {
        // Who reads along has not seen them yet.
        if self.is_behind {
            return;
        }
        for (id, dir, cut) in std::mem::take(&mut self.kept) {
            let tape = self.store.strand(id, dir).tape;
            let owed = self.store.strand(id, dir).owed;
            let needed = owed.unwrap_or(u64::MAX).min(cut);
            let uncut = self.store.tapes.len(tape).saturating_sub(needed);
            if let Some(keep) = self.live.conn(id).and_then(|conn| conn.keep) {
                self.store.tapes.trim(tape, keep.max(uncut));
            }
        }
    }
}
