//! Closed sockets and the oldest of the log are let go of, so that a session of any length takes a bounded room. What
//! is forgotten is so at every moment that is looked at; numbers and names are given to no other. Who still wants what
//! is asked of those who know.

use std::collections::VecDeque;

use super::store::Pair;
use super::{Conn, Session};
use crate::event::{ConnId, Dir, Event, State, What};

/// The newest closed sockets that are kept, unless somebody chose another number (DESIGN.md, Limits).
pub const CLOSED_MAX: usize = 4096;

/// The bytes of the log that are kept, in memory and in the spill file (DESIGN.md, Limits).
const LOG_MAX_BYTES: u64 = 512 << 20;

/// So many closed sockets are forgotten at once, at about that: it takes a few microseconds for each.
const AT_ONCE: usize = 32;

/// What is forgotten, and from when on.
#[derive(Debug)]
pub(super) struct Forgetting {
    /// Closed sockets with the events that told so, the oldest first.
    closed: VecDeque<(ConnId, u64)>,
    /// So many are kept; all without.
    closed_max: Option<usize>,
    /// There were more, and until there are clearly fewer they go.
    is_under_way: bool,
    log_max_bytes: u64,
    /// How many were forgotten.
    forgotten: u64,
    /// The first moment that can be looked at, as the number of its events.
    first: u64,
    /// The first event that the face has not read.
    unread: u64,
}

/// What is wanted still of what could be forgotten.
pub struct Wanted<'w> {
    /// Somebody looks at a socket, waits for it, or marked it.
    pub is_wanted: &'w dyn Fn(&Conn) -> bool,
    /// The first event that somebody who reads along has not read.
    pub from: u64,
}

impl Default for Forgetting {
    fn default() -> Self {
        Self {
            closed: VecDeque::new(),
            closed_max: Some(CLOSED_MAX),
            is_under_way: false,
            log_max_bytes: LOG_MAX_BYTES,
            forgotten: 0,
            first: 0,
            unread: u64::MAX,
        }
    }
}

impl Forgetting {
    /// Takes note of an event that the session has just taken as number `seq`.
    pub(super) fn note(&mut self, event: &Event, seq: u64) {
        if let (What::Gone, Some(id)) = (&event.what, event.conn) {
            self.closed.push_back((id, seq));
        }
    }
}

impl Session {
    /// Keeps so many closed sockets from now on, or all.
    pub fn keep_closed(&mut self, closed_max: Option<usize>) {
        self.forgetting.closed_max = closed_max;
    }

    /// How many closed sockets are kept, unless all are.
    #[must_use]
    pub fn closed_max(&self) -> Option<usize> {
        self.forgetting.closed_max
    }

    /// Keeps about so many bytes of the log.
    pub fn keep_log(&mut self, max_bytes: u64) {
        self.forgetting.log_max_bytes = max_bytes;
    }

    /// Who shows what happens has read all events before this one, and needs what later ones are about.
    pub fn read_before(&mut self, seq: u64) {
        self.forgetting.unread = seq;
    }

    /// How many sockets were forgotten.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgetting.forgotten
    }

    /// Whether there was a socket of that number, and is none any more.
    #[must_use]
    pub fn is_forgotten(&self, id: ConnId) -> bool {
        (id.0 as usize) < self.live.conns.ever() && self.live.conn(id).is_none()
    }

    /// Whether a socket had that name, and is forgotten.
    #[must_use]
    pub fn is_name_forgotten(&self, name: &str) -> bool {
        self.store.names.is_spent(name) || self.was_side(name)
    }

    /// The first event that is kept.
    #[must_use]
    pub fn first_event(&self) -> u64 {
        self.store.log.first()
    }

    /// The first event after which the session can be looked at.
    #[must_use]
    pub fn first_moment(&self) -> u64 {
        self.forgetting.first
    }

    /// Whether there is more than shall be kept.
    #[must_use]
    pub fn is_overfull(&self) -> bool {
        let closed_max = self.forgetting.closed_max.unwrap_or(usize::MAX);
        let is_beyond = self.forgetting.closed.len() > closed_max;
        is_beyond || self.forgetting.is_under_way || self.is_log_long()
    }

    /// Lets go of some closed sockets beyond those that are kept, the oldest first, but for those that are wanted, and
    /// of the oldest events where the log is too long. Returns who was forgotten; [`Session::is_overfull`] tells
    /// whether there are more.
    pub fn forget(&mut self, wanted: &Wanted<'_>) -> Vec<ConnId> {
        let from = wanted.from.min(self.forgetting.unread);
        let wanted = &Wanted { from, ..*wanted };
        if self.is_log_long() {
            self.forget_events(wanted.from);
        }
        let closed_max = self.forgetting.closed_max.unwrap_or(usize::MAX);
        if self.forgetting.closed.len() <= closed_max && !self.forgetting.is_under_way {
            return Vec::new();
        }
        // Some more, so that who wants what is not asked anew for each.
        let rest = closed_max - closed_max / 16;
        let mut gone = Vec::new();
        let mut spared = Vec::new();
        let mut all = self.forgetting.closed.len();
        while all > rest
            && gone.len() < AT_ONCE
            && let Some((id, seq)) = self.forgetting.closed.pop_front()
        {
            if self.live.conn(id).is_none() {
                all -= 1;
                continue;
            }
            if seq >= wanted.from {
                // So are all that were closed later.
                spared.push((id, seq));
                break;
            }
            match self.whole(id, wanted) {
                Some(whole) => {
                    all -= 1;
                    self.forget_facts(&whole, &mut gone);
                }
                None => spared.push((id, seq)),
            }
        }
        for kept in spared.into_iter().rev() {
            self.forgetting.closed.push_front(kept);
        }
        self.forgetting.is_under_way = all > rest && gone.len() >= AT_ONCE;
        self.let_go_of_forgotten(&gone);
        gone
    }

    /// The sockets that are forgotten with one: a conversation as a whole. None if that is wanted.
    fn whole(&self, id: ConnId, wanted: &Wanted<'_>) -> Option<Vec<ConnId>> {
        let conn = self.live.conn(id)?;
        let across = conn
            .across
            .filter(|across| self.live.conn(*across).is_some());
        let whole: Vec<ConnId> = [Some(id), across].into_iter().flatten().collect();
        let may_go = |id: &ConnId| {
            self.live.conn(*id).is_some_and(|conn| {
                let is_maker = conn.role.is_maker() && self.has_children(conn);
                let is_read = closed_by(conn).is_none_or(|seq| seq < wanted.from);
                !conn.is_open() && is_read && !is_maker && !(wanted.is_wanted)(conn)
            })
        };
        whole.iter().all(may_go).then_some(whole)
    }

    fn has_children(&self, maker: &Conn) -> bool {
        let mut conns = self.live.conns.from(maker.id.0 as usize);
        conns.any(|conn| conn.parent == Some(maker.id))
    }

    fn forget_facts(&mut self, whole: &[ConnId], gone: &mut Vec<ConnId>) {
        for id in whole {
            if let Some(conn) = self.live.conn(*id)
                && let (Some(local), Some(peer)) = (&conn.local, &conn.peer)
            {
                let pair: Pair = (conn.transport, local.clone(), peer.clone());
                self.store.pairs.forget(&pair, *id);
            }
            let at = id.0 as usize;
            self.live.conns.remove(at);
            self.live.tracks.remove(at);
            self.store.names.forget(*id);
            self.framed.remove(at);
            self.trails.remove(at);
            for dir in Dir::BOTH {
                self.altered.remove(&(*id, dir));
            }
            gone.push(*id);
        }
    }

    /// Lets go of what is found by the socket and costs a search.
    fn let_go_of_forgotten(&mut self, gone: &[ConnId]) {
        if gone.is_empty() {
            return;
        }
        self.forgetting.forgotten += gone.len() as u64;
        let live = &self.live;
        let is_there = |id: &ConnId| live.conn(*id).is_some();
        self.uncut.retain(|(id, _)| is_there(id));
        self.asked.get_mut().retain(|(id, _)| is_there(id));
        self.keeping.forget(gone);
        self.store.forget(gone);
    }

    fn is_log_long(&self) -> bool {
        let kept = self.store.log.kept_bytes(&self.store.tapes);
        kept > self.forgetting.log_max_bytes && self.snapshots.has_several()
    }

    /// Lets go of the oldest events, up to a moment from which all later ones are folded.
    fn forget_events(&mut self, wanted_from: u64) {
        let store = &mut self.store;
        let log_max_bytes = self.forgetting.log_max_bytes;
        let rest = log_max_bytes - log_max_bytes / 8;
        while store.log.kept_bytes(&store.tapes) > rest
            && let Some(next) = self.snapshots.second()
            && next <= wanted_from
        {
            self.snapshots.forget_first();
            self.forgetting.first = next;
            store.log.forget_before(&mut store.tapes, next);
        }
    }

    /// Takes out of a moment what was forgotten since; where it is folded on, only what was closed by then.
    pub(super) fn strip(&self, moment: &mut super::moment::Moment, is_there: bool) {
        let is_forgotten =
            |conn: &&Conn| self.live.conn(conn.id).is_none() && (is_there || !conn.is_open());
        let gone = moment.conns.iter().filter(is_forgotten);
        let gone: Vec<ConnId> = gone.map(|conn| conn.id).collect();
        for id in gone {
            moment.conns.remove(id.0 as usize);
            moment.tracks.remove(id.0 as usize);
        }
    }
}

/// The event that closed a socket, as far as its path tells.
fn closed_by(conn: &Conn) -> Option<u64> {
    let (state, seq) = *conn.path.last()?;
    (state == State::Closed).then_some(seq)
}

#[cfg(test)]
mod tests;
