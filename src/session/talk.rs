//! Both directions of a socket as one list of messages, in the order in which they were whole; what is not whole yet
//! stands last. Nothing is kept of the list: where one of its rows stands in either direction is found by halving, so
//! a million messages cost what a hundred do.

mod exchange;

use std::time::Duration;

pub use exchange::Asked;

use super::{Lane, Session};
use crate::event::{ConnId, Dir};
use crate::framing::{Entry, Side};

/// So many messages or fewer are read at once instead of being halved further.
const READ_AT_ONCE: u64 = 8192;

/// What is known of a row near by may be wrong by so much: messages of one microsecond change places.
const SLACK: u64 = 64;

/// Both directions of a socket.
#[derive(Clone, Copy, Debug)]
pub struct Talk<'a> {
    session: &'a Session,
    conn: ConnId,
    lanes: [Lane<'a>; 2],
    /// The direction that goes first where two messages were whole at one time: that of who asks.
    asks: Dir,
}

/// How many messages of each direction, by [`Dir::index`], stand before a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split(pub [u64; 2]);

/// A message of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// Its direction, seen from the socket.
    pub dir: Dir,
    /// When its last byte moved, or the last one that is there.
    pub at: Duration,
    /// The message, as its direction has it.
    pub entry: Entry,
}

/// When a message was whole; the first to be whole is the least.
type When = (Duration, bool);

/// Messages of one direction that were read at once.
struct Read {
    dir: Dir,
    first: u64,
    whens: Vec<When>,
}

impl Split {
    /// The row.
    #[must_use]
    pub fn row(self) -> u64 {
        self.0.iter().sum()
    }
}

impl Session {
    /// Both directions of a socket as one list.
    #[must_use]
    pub fn talk(&self, conn: ConnId) -> Option<Talk<'_>> {
        let lanes = [
            self.lane(conn, Dir::BOTH[0])?,
            self.lane(conn, Dir::BOTH[1])?,
        ];
        let asks = |dir: &Dir| {
            self.lane(conn, *dir).map(|lane| lane.sight().side) == Some(Some(Side::Client))
        };
        Some(Talk {
            session: self,
            conn,
            lanes,
            asks: Dir::BOTH.into_iter().find(asks).unwrap_or(Dir::Out),
        })
    }
}

impl Talk<'_> {
    /// How many rows the list has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        Dir::BOTH.into_iter().map(|dir| self.count(dir)).sum()
    }

    /// Whether more that belongs between its rows may still be cut.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.lanes.iter().all(|lane| lane.is_cut())
    }

    /// What stands before a row, found from what stands before another one, the nearer the faster.
    #[must_use]
    pub fn split(&self, row: u64, near: Split) -> Split {
        let row = row.min(self.rows());
        let [own, other] = Dir::BOTH;
        let (most, others) = (self.count(own), self.count(other));
        let (mut low, mut high) = (row.saturating_sub(others), row.min(most));
        let (known, at) = (near.0[own.index()], near.row());
        let (least, last) = if at <= row {
            (known, known + (row - at))
        } else {
            (known.saturating_sub(at - row), known)
        };
        let (from, to) = (least.saturating_sub(SLACK), last + SLACK);
        if from <= high && low <= to {
            (low, high) = (low.max(from), high.min(to));
        }
        // The least count of our own of which the next does not stand before the last one of the others.
        let mut reads: Option<[Read; 2]> = None;
        while low < high {
            if reads.is_none() && high - low <= READ_AT_ONCE {
                let count = high - low + 1;
                let behind = (row - high).saturating_sub(1);
                reads = Some([
                    self.read(own, low, count),
                    self.read(other, behind, count + 1),
                ]);
            }
            let middle = low + (high - low) / 2;
            let when = |at: usize, dir: Dir, index: u64| {
                let read = reads.as_ref().and_then(|reads| reads.get(at)?.when(index));
                read.unwrap_or_else(|| self.when_of(dir, index))
            };
            let next = when(0, own, middle);
            let last = when(1, other, (row - middle).saturating_sub(1));
            if next < last {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut split = Split::default();
        split.0[own.index()] = low;
        split.0[other.index()] = row - low;
        split
    }

    /// In which row a message of a direction stands, found from what stands before a row near it.
    #[must_use]
    pub fn place(&self, dir: Dir, index: u64, near: Split) -> u64 {
        let other = dir.other();
        let when = self.when_of(dir, index);
        let count = self.count(other);
        let is_before = |at: u64| self.when_of(other, at) < when;
        // In steps that grow, then by halving.
        let from = near.0[other.index()].min(count);
        let around = self.read(other, from.saturating_sub(SLACK), 2 * SLACK);
        let before = around.whens.partition_point(|known| *known < when) as u64;
        let is_first = before == 0 && around.first > 0;
        let is_last = before == 2 * SLACK;
        if !is_first && !is_last {
            return index + around.first + before;
        }
        let (mut low, mut high);
        let mut step = SLACK;
        if is_last {
            low = from + 1;
            while low + step < count && is_before(low + step) {
                low += step + 1;
                step *= 2;
            }
            high = count.min(low + step);
        } else {
            high = from;
            while high >= step && !is_before(high - step) {
                high -= step;
                step *= 2;
            }
            low = (high + 1).saturating_sub(step);
        }
        let mut read = None;
        while low < high {
            if read.is_none() && high - low <= READ_AT_ONCE {
                read = Some(self.read(other, low, high - low));
            }
            let middle = low + (high - low) / 2;
            let known = read.as_ref().and_then(|read| read.when(middle));
            if known.map_or_else(|| is_before(middle), |known| known < when) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        index + low
    }

    /// Which message of which direction stands in a row.
    #[must_use]
    pub fn at(&self, row: u64, near: Split) -> Option<(Dir, u64)> {
        if row >= self.rows() {
            return None;
        }
        let split = self.split(row, near);
        let index = |dir: Dir| split.0[dir.index()];
        let is_there = |dir: &Dir| index(*dir) < self.count(*dir);
        let dirs = Dir::BOTH.into_iter().filter(is_there);
        let dir = dirs.min_by_key(|dir| self.when_of(*dir, index(*dir)))?;
        Some((dir, index(dir)))
    }

    /// At most `count` messages from a row on, with their notes.
    #[must_use]
    pub fn from(&self, row: u64, count: usize, near: Split) -> Vec<Spoken> {
        let split = self.split(row, near);
        let read = |dir: Dir| {
            let entries = self
                .session
                .notes(self.conn, dir, split.0[dir.index()], count);
            entries
                .into_iter()
                .map(move |entry| (self.when(dir, &entry), dir, entry))
        };
        let [one, two] = Dir::BOTH.map(read);
        let mut all: Vec<_> = one.chain(two).collect();
        // Each direction is in order already.
        all.sort_by_key(|(when, ..)| *when);
        let all = all.into_iter().take(count);
        all.map(|(_, dir, entry)| Spoken {
            at: self.moved_at(dir, entry.message.range.end),
            dir,
            entry,
        })
        .collect()
    }

    fn lane(&self, dir: Dir) -> Lane<'_> {
        self.lanes[dir.index()]
    }

    fn count(&self, dir: Dir) -> u64 {
        self.lane(dir).entry_count()
    }

    fn read(&self, dir: Dir, first: u64, count: u64) -> Read {
        let lane = self.lane(dir);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let entries = lane.entries(self.session.beside(self.conn, dir), first, count);
        let whens = entries.iter().map(|entry| self.when(dir, entry)).collect();
        Read { dir, first, whens }
    }

    fn when_of(&self, dir: Dir, index: u64) -> When {
        let read = self.read(dir, index, 1);
        let last = (Duration::MAX, read.dir != self.asks);
        read.when(index).unwrap_or(last)
    }

    /// When a message was whole: later than anything while it may still become so.
    fn when(&self, dir: Dir, entry: &Entry) -> When {
        let lane = self.lane(dir);
        let is_tail = entry.index + 1 == lane.entry_count() && lane.tail().is_some();
        let at = if is_tail && lane.ending().is_none() {
            Duration::MAX
        } else {
            self.moved_at(dir, entry.message.range.end)
        };
        (at, dir != self.asks)
    }

    /// When the byte before an offset moved.
    fn moved_at(&self, dir: Dir, end: u64) -> Duration {
        let lane = self.lane(dir);
        let mut time = Duration::ZERO;
        let tapes = &self.session.store.tapes;
        lane.ends().from(tapes, end, &mut |_, boundary| {
            time = boundary.time;
            false
        });
        time
    }
}

impl Read {
    fn when(&self, index: u64) -> Option<When> {
        let at = usize::try_from(index.checked_sub(self.first)?).ok()?;
        self.whens.get(at).copied()
    }
}

#[cfg(test)]
mod tests;
