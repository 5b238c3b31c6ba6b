//! A socket whose messages are answered: which of them were looked at, and who sent the datagrams that were not.

use std::collections::VecDeque;

use crate::endpoint::Address;
use crate::event::{Call, ConnId, Dir, Outcome};
use crate::framing::Status;
use crate::session::{Entry, Session};

/// Messages that are looked up at once.
const ENTRIES_AT_ONCE: usize = 64;

/// A socket whose messages are answered.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Entries of its received messages that were not looked at.
    found: VecDeque<Entry>,
    /// The next entry behind them.
    next: u64,
    /// What ended before this byte came before the rule.
    from: u64,
    /// How often its framing had changed when `next` was right.
    reframed: u32,
    /// A message may have come.
    pub(super) is_fresh: bool,
    /// How many of its answers in a row were answers to answers.
    pub(super) in_a_row: u32,
    /// Who sent what ends at which byte.
    senders: VecDeque<(u64, Address)>,
}

impl Watch {
    /// All that ends from now on.
    pub(super) fn from_now(session: &Session, conn: ConnId) -> Self {
        let Some(lane) = session.lane(conn, Dir::In) else {
            return Self::default();
        };
        Self {
            next: lane.entry_count() - u64::from(lane.tail().is_some()),
            from: lane.len(),
            reframed: lane.reframed(),
            ..Self::default()
        }
    }

    /// Notes who sent a datagram.
    pub(super) fn take(&mut self, call: &Call) {
        let Outcome::Received {
            from: Some(from), ..
        } = &call.outcome
        else {
            return;
        };
        if let Some(moved) = call.moved.as_ref().filter(|moved| moved.dir == Dir::In) {
            self.senders.push_back((moved.range.end, from.clone()));
        }
    }

    /// The next good message, with who sent it where that was told.
    pub(super) fn next(
        &mut self,
        session: &Session,
        conn: ConnId,
    ) -> Option<(Entry, Option<Address>)> {
        let lane = session.lane(conn, Dir::In)?;
        if self.reframed != lane.reframed() {
            self.reframed = lane.reframed();
            self.found.clear();
            let at = session.entry_at(conn, Dir::In, self.from);
            self.next = at.unwrap_or_else(|| lane.entry_count());
        }
        loop {
            if self.found.is_empty() {
                let whole = lane.entry_count() - u64::from(lane.tail().is_some());
                let left = usize::try_from(whole.saturating_sub(self.next)).unwrap_or(usize::MAX);
                let count = left.min(ENTRIES_AT_ONCE);
                self.found = session.entries(conn, Dir::In, self.next, count).into();
                self.next = (self.found.back()).map_or(self.next, |last| last.index + 1);
            }
            let entry = self.found.pop_front()?;
            let range = entry.message.range.clone();
            // An empty datagram ends where it begins.
            let is_old = range.end < self.from || (range.end == self.from && !range.is_empty());
            if is_old {
                continue;
            }
            self.from = range.end;
            let sender = self.sender(range.end);
            if entry.message.status == Status::Ok {
                return Some((entry, sender));
            }
        }
    }

    /// Who sent the datagram that ends at that byte.
    fn sender(&mut self, end: u64) -> Option<Address> {
        while self.senders.front().is_some_and(|(at, _)| *at < end) {
            self.senders.pop_front();
        }
        let is_it = self.senders.front().is_some_and(|(at, _)| *at == end);
        is_it
            .then(|| self.senders.pop_front())
            .flatten()
            .map(|(_, from)| from)
    }
}
