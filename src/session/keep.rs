//! What framings have to look at yet, and what is let go of where only the newest bytes are kept.

use super::Session;
use super::store::Strand;
use crate::event::{ConnId, Dir, Event, What};

impl Session {
    /// Lets go of all but the newest `keep` bytes of a direction.
    pub fn keep(&mut self, id: ConnId, dir: Dir, keep: u64) {
        let tape = self.store.strands(id)[dir.index()].tape;
        self.store.tapes.trim(tape, keep);
    }

    /// Has no framing look at what comes from now on: nobody will ask for messages.
    pub fn cut_nothing(&mut self) {
        self.is_blind = true;
    }

    /// A direction has something for its framing to look at. The server's side of a tapped conversation shows the same
    /// as the client's: it is cut where somebody asks.
    pub(super) fn note_uncut(&mut self, id: ConnId, dir: Dir) {
        let is_beyond = self.is_beyond(id);
        if !self.is_blind && !is_beyond {
            if !self.uncut.ends_with(&[(id, dir)]) {
                self.uncut.push((id, dir));
            }
            return;
        }
        let conn = self.live.conn(id);
        let keeps = conn.is_some_and(|conn| conn.keep.is_some());
        // The client's side lets go of both, when it is cut.
        let across = conn.and_then(|conn| conn.across.filter(|_| is_beyond && !self.is_blind));
        let is_alone =
            across.is_none_or(|across| self.live.conn(across).is_none_or(|it| !it.is_open()));
        if keeps && is_alone && !self.kept.ends_with(&[(id, dir, u64::MAX)]) {
            self.kept.push((id, dir, u64::MAX));
        }
    }

    /// What is kept of a socket has changed, perhaps: it is let go of from now on.
    pub(super) fn note_keep(&mut self, event: &Event) {
        if let (What::Reading { keep: Some(_), .. }, Some(id)) = (&event.what, event.conn) {
            for dir in Dir::BOTH {
                self.note_uncut(id, dir);
            }
        }
    }

    /// Somebody asks for the messages of a direction that is not cut by itself.
    pub(super) fn ask(&self, id: ConnId, dir: Dir) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&(id, dir)) {
            asked.push((id, dir));
        }
    }

    /// What was asked for is cut, too.
    pub(super) fn answer_asked(&mut self) {
        let asked = std::mem::take(self.asked.get_mut());
        let new = asked
            .into_iter()
            .filter(|asked| !self.uncut.contains(asked));
        let new: Vec<_> = new.collect();
        self.uncut.extend(new);
    }

    /// Lets go of the oldest bytes where only so many are kept. What is cut in a round can be read until the next one,
    /// however much came at once, and what is not cut yet or not passed on stays.
    pub(super) fn let_go(&mut self) {
        for (id, dir, cut) in std::mem::take(&mut self.kept) {
            let Some(keep) = self.live.conn(id).and_then(|conn| conn.keep) else {
                continue;
            };
            self.let_go_of(id, dir, keep, cut);
            let across = self.live.conn(id).and_then(|conn| conn.across);
            if let Some(across) = across.filter(|_| !self.is_blind && !self.is_beyond(id)) {
                let tape = self.store.strands(id)[dir.index()].tape;
                // What the one sends is what the other received, as long as nothing was changed on its way.
                let is_same = self.store.tapes.is_alias(tape) || dir == Dir::In;
                let cut = if is_same { cut } else { u64::MAX };
                self.let_go_of(across, dir.other(), keep, cut);
            }
        }
    }

    fn let_go_of(&mut self, id: ConnId, dir: Dir, keep: u64, cut: u64) {
        let Strand { tape, owed, .. } = self.store.strands(id)[dir.index()];
        let needed = owed.unwrap_or(u64::MAX).min(cut);
        let len = self.store.tapes.len(tape);
        let still = len.saturating_sub(needed);
        self.store.tapes.trim(tape, keep.max(still));
    }
}
