//! Searching the bytes of a direction in slices, so that a search of gigabytes never holds the loop up. It remembers
//! where the matches are, so that the next and the previous one are there at once, and goes on with what comes in.

mod matcher;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::Range;

pub use matcher::{Matcher, REGEX_REACH_BYTES, compile};

use super::Session;
use crate::event::{ConnId, Dir, Pattern};

/// Matches that are remembered. A search that found so many goes on only where somebody looks for more.
pub const HITS_MAX: usize = 100_000;

/// What one pass backwards takes at once: its matches are found from its start, and kept from its end.
const BACK_BYTES: u64 = 1 << 20;

/// A search of one direction. It covers a stretch around the place where it began, which grows in both directions.
#[derive(Debug)]
pub struct Find {
    conn: ConnId,
    dir: Dir,
    matcher: Matcher,
    /// The matches in what is covered, in order.
    hits: VecDeque<Range<u64>>,
    /// Places before it are not searched.
    first: u64,
    /// Places from it on are not searched.
    next: u64,
    /// How long the direction was when the search had reached its end.
    seen: u64,
    wanted: Option<Wanted>,
}

/// The match that somebody looks for.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    at: u64,
    forward: bool,
    /// It is looked for from the other end on.
    wrapped: bool,
}

/// How a search stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The nearest match in that direction; `wrapped` if it lies beyond the end, from the other side.
    Found {
        /// Where it is.
        range: Range<u64>,
        /// Beyond the end.
        wrapped: bool,
    },
    /// Something is left to search.
    Searching,
    /// There is none: all of the direction is searched.
    Nothing,
    /// Nobody looks for a match, and what is to be searched is.
    Done,
}

/// What a search knows of its matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The place of the match in question among those that are known, from 1.
    pub number: usize,
    /// How many are known.
    pub count: usize,
    /// There may be more: not all is searched.
    pub is_open: bool,
    /// How much is searched, in percent.
    pub percent: u8,
}

impl Find {
    /// A search that begins at `from`, and looks for a match as [`Find::seek`] says. `None` if the pattern is not
    /// valid.
    #[must_use]
    pub fn new(
        conn: ConnId,
        dir: Dir,
        pattern: &Pattern,
        from: u64,
        forward: bool,
    ) -> Option<Self> {
        let mut find = Self {
            conn,
            dir,
            matcher: Matcher::new(pattern)?,
            hits: VecDeque::new(),
            first: from,
            next: from,
            seen: 0,
            wanted: None,
        };
        find.seek(from, forward);
        Some(find)
    }

    /// Looks for the nearest match: forward that begins at `at` or behind it, backward that begins before it; around
    /// the end where there is none.
    pub fn seek(&mut self, at: u64, forward: bool) {
        let wanted = Wanted {
            at,
            forward,
            wrapped: false,
        };
        let is_near = (self.first..=self.next.max(self.seen)).contains(&at);
        if !is_near || self.is_full() && self.nearest(wanted).is_none() {
            self.begin(at);
        }
        self.wanted = Some(wanted);
    }

    /// Whose bytes are searched.
    #[must_use]
    pub fn conn(&self) -> ConnId {
        self.conn
    }

    /// Which direction.
    #[must_use]
    pub fn dir(&self) -> Dir {
        self.dir
    }

    /// Whether what is looked for lies ahead.
    #[must_use]
    pub fn is_forward(&self) -> bool {
        self.wanted.is_none_or(|wanted| wanted.forward)
    }

    /// Whether as many matches are known as are remembered.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.hits.len() >= HITS_MAX
    }

    /// Searches about `budget_bytes` more: first where the match may be that is looked for, then the rest.
    pub fn step(&mut self, session: &Session, budget_bytes: u64) -> Finding {
        let Some(lane) = session.lane(self.conn, self.dir) else {
            return match self.wanted.take() {
                Some(_) => Finding::Nothing,
                None => Finding::Done,
            };
        };
        let (start, len) = (session.store.tapes.start(lane.tape()), lane.len());
        self.let_go(start);
        self.next = self.next.min(len);
        self.first = self.first.min(self.next);
        let mut left = budget_bytes;
        loop {
            if let Some(found) = self.settle(start, len) {
                return found;
            }
            if self.is_full() {
                // What is looked for lies around the end, beyond what can be remembered.
                let Some(wanted) = &mut self.wanted else {
                    return Finding::Done;
                };
                wanted.wrapped = true;
                wanted.at = if wanted.forward { start } else { len };
                let at = wanted.at;
                self.begin(at);
            }
            let Some(forward) = self.way(start, len) else {
                return Finding::Done;
            };
            if left == 0 {
                return Finding::Searching;
            }
            let done = if forward {
                self.ahead(session, len, left)
            } else {
                self.back(session, start, left)
            };
            left = left.saturating_sub(done);
        }
    }

    /// Forgets what it knew, to search from `at` on.
    fn begin(&mut self, at: u64) {
        self.hits.clear();
        (self.first, self.next, self.seen) = (at, at, 0);
    }

    /// What is known of the matches, the one at `range` among them.
    #[must_use]
    pub fn tally(&self, range: &Range<u64>, session: &Session) -> Tally {
        let lane = session.lane(self.conn, self.dir);
        let (start, len) = lane.map_or((0, 0), |lane| {
            (session.store.tapes.start(lane.tape()), lane.len())
        });
        let before = self.hits.partition_point(|hit| hit.start < range.start);
        let covered = self.covered(len) - self.first.min(len);
        let all = len.saturating_sub(start).max(1);
        let percent = u8::try_from(covered.saturating_mul(100) / all).unwrap_or(100);
        Tally {
            number: before + 1,
            count: self.hits.len(),
            is_open: self.way(start, len).is_some(),
            percent: percent.min(100),
        }
    }

    /// Whether what somebody looks for is found, or is known not to be there.
    fn settle(&mut self, start: u64, len: u64) -> Option<Finding> {
        let wanted = self.wanted?;
        let all = self.way(start, len).is_none();
        let found = match (self.nearest(wanted), wanted.forward) {
            (Some(range), _) => Some((range, wanted.wrapped)),
            (None, true) if all => self.hits.front().map(|range| (range.clone(), true)),
            (None, false) if all => self.hits.back().map(|range| (range.clone(), true)),
            _ => return None,
        };
        self.wanted = None;
        Some(
            found.map_or(Finding::Nothing, |(range, wrapped)| Finding::Found {
                range,
                wrapped,
            }),
        )
    }

    /// The match that is looked for, if it lies in what is covered.
    fn nearest(&self, wanted: Wanted) -> Option<Range<u64>> {
        let at = self.hits.partition_point(|hit| hit.start < wanted.at);
        let at = if wanted.forward {
            Some(at)
        } else {
            at.checked_sub(1)
        };
        self.hits.get(at?).cloned()
    }

    /// Where to search on: forward or not; nowhere once all is covered.
    fn way(&self, start: u64, len: u64) -> Option<bool> {
        let (ahead, back) = (self.covered(len) < len, self.first > start);
        let forward = self.wanted.is_none_or(|wanted| wanted.forward);
        match (ahead, back) {
            (false, false) => None,
            (true, true) => Some(forward),
            (ahead, _) => Some(ahead),
        }
    }

    /// How far the search has come in a direction of that length.
    fn covered(&self, len: u64) -> u64 {
        if self.seen == len {
            len
        } else {
            self.next.min(len)
        }
    }

    fn ahead(&mut self, session: &Session, len: u64, budget_bytes: u64) -> u64 {
        let from = self.next;
        let to = len.min(from.saturating_add(budget_bytes));
        let room = HITS_MAX.saturating_sub(self.hits.len());
        let mut hits = Vec::new();
        let end = self
            .matcher
            .scan(session, (self.conn, self.dir), from..to, room, &mut hits);
        let last = hits.last().map_or(0, |hit| hit.end);
        self.hits.extend(hits);
        self.next = end.max(last);
        if end == len {
            // What stands at the end may become a match with what comes.
            self.next = last.max(len.saturating_sub(self.matcher.reach())).max(from);
            self.seen = len;
        }
        (end - from).clamp(1, budget_bytes)
    }

    fn back(&mut self, session: &Session, start: u64, budget_bytes: u64) -> u64 {
        let to = self.first;
        let from = to.saturating_sub(budget_bytes.min(BACK_BYTES)).max(start);
        let mut hits = Vec::new();
        self.matcher.scan(
            session,
            (self.conn, self.dir),
            from..to,
            usize::MAX,
            &mut hits,
        );
        self.first = from;
        for hit in hits.into_iter().rev() {
            if self.hits.front().is_none_or(|next| hit.end <= next.start) {
                self.hits.push_front(hit);
            }
            if self.is_full() {
                self.first = self.hits.front().map_or(from, |hit| hit.start);
                break;
            }
        }
        (to - from).max(1)
    }

    /// Matches in bytes that were let go are matches no more.
    fn let_go(&mut self, start: u64) {
        while self.hits.front().is_some_and(|hit| hit.start < start) {
            self.hits.pop_front();
        }
        self.first = self.first.max(start);
        self.next = self.next.max(self.first);
    }
}
