//! What framings have to look at yet, and what is let go of where only the newest bytes are kept.

mod family;

use std::collections::HashMap;

use super::Session;
use crate::event::{ConnId, Dir, Event, Role, What};
use family::Family;

/// The sockets of which only the newest bytes are kept.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// Directions that have something new, and how far they were cut in the last round.
    fresh: Vec<(ConnId, Dir, u64)>,
    families: HashMap<Kin, Family>,
    of: HashMap<ConnId, Kin>,
}

/// A socket with all that it made, directly or not, and how much they keep together.
type Kin = (ConnId, u64);

impl Keeping {
    /// A direction has something new, and is cut so far.
    pub(super) fn note(&mut self, id: ConnId, dir: Dir, cut: u64) {
        if !self.fresh.ends_with(&[(id, dir, cut)]) {
            self.fresh.push((id, dir, cut));
        }
    }

    /// Takes sockets out.
    pub(super) fn forget(&mut self, gone: &[ConnId]) {
        for id in gone {
            self.leave(*id);
        }
    }

    /// The family that a socket belongs to now.
    fn join(&mut self, id: ConnId, kin: Kin) -> &mut Family {
        if self.of.get(&id) != Some(&kin) {
            self.leave(id);
            self.of.insert(id, kin);
        }
        self.families.entry(kin).or_default()
    }

    fn leave(&mut self, id: ConnId) {
        let Some(kin) = self.of.remove(&id) else {
            return;
        };
        if let Some(family) = self.families.get_mut(&kin)
            && family.leave(id)
        {
            self.families.remove(&kin);
        }
    }
}

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
        if keeps && is_alone {
            self.keeping.note(id, dir, u64::MAX);
        }
    }

    /// What is kept of a socket has changed, perhaps: it is let go of from now on.
    pub(super) fn note_keep(&mut self, event: &Event) {
        let (What::Reading { keep, .. }, Some(id)) = (&event.what, event.conn) else {
            return;
        };
        if keep.is_none() {
            return self.keeping.leave(id);
        }
        for dir in Dir::BOTH {
            self.note_uncut(id, dir);
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
        let mut grown: Vec<Kin> = Vec::new();
        for (id, dir, cut) in std::mem::take(&mut self.keeping.fresh) {
            let Some(kin) = self.kin(id) else {
                continue;
            };
            self.count(kin, (id, dir), cut);
            let across = self.live.conn(id).and_then(|conn| conn.across);
            if let Some(across) = across.filter(|_| !self.is_blind && !self.is_beyond(id)) {
                let tape = self.store.strands(id)[dir.index()].tape;
                // What the one sends is what the other received, as long as nothing was changed on its way.
                let is_same = self.store.tapes.is_alias(tape) || dir == Dir::In;
                let cut = if is_same { cut } else { u64::MAX };
                self.count(kin, (across, dir.other()), cut);
            }
            if !grown.contains(&kin) {
                grown.push(kin);
            }
        }
        for kin in grown {
            if let Some(family) = self.keeping.families.get_mut(&kin) {
                family.shrink(kin.1, &mut self.store);
            }
        }
    }

    fn count(&mut self, kin: Kin, (id, dir): (ConnId, Dir), cut: u64) {
        let tape = self.store.strands(id)[dir.index()].tape;
        let (own, len) = (self.store.tapes.own(tape), self.store.tapes.len(tape));
        if own < len {
            let family = self.keeping.join(id, kin);
            family.count((id, dir), own..len, cut);
        }
    }

    /// With whom a socket keeps bytes together: what one listener or tap accepted, and the other sides of that.
    fn kin(&self, id: ConnId) -> Option<Kin> {
        let keep = self.live.conn(id)?.keep?;
        let mut eldest = id;
        while let Some(conn) = self.live.conn(eldest)
            && (conn.role == Role::Accepted || conn.is_beyond())
            && let Some(parent) = conn.parent
        {
            eldest = parent;
        }
        Some((eldest, keep))
    }
}

#[cfg(test)]
mod tests;
