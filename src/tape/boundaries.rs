//! Where reads and sends ended in a direction, and when: a few bytes each, on a tape of their own once they are many.
//! It holds no bytes of the stream.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::varint::{put, take};
use super::{TapeId, Tapes};

/// The end of one read, one datagram or one `send`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// The offset of the first byte.
    pub start: u64,
    /// The offset behind the last byte; equal to `start` for an empty datagram.
    pub end: u64,
    /// When, since the start of the session.
    pub time: Duration,
}

/// All boundaries of one direction, in order.
#[derive(Debug)]
pub struct Boundaries {
    entries: Entries,
    last: Boundary,
    count: u64,
    /// The state before every so many boundaries but the first, so that a search reads a few hundred at most.
    checkpoints: Vec<Checkpoint>,
}

/// Where the entries stand. Most directions of many connections are short: theirs need no tape.
#[derive(Debug)]
enum Entries {
    Few(Vec<u8>),
    Tape(TapeId),
}

#[derive(Clone, Copy, Debug)]
struct Checkpoint {
    /// Where the next entry stands.
    at: u64,
    /// The boundary before it.
    before: Boundary,
}

/// Entries between two checkpoints.
const SPACING: u64 = 256;

/// An entry at its longest: two varints.
const ENTRY_MAX_BYTES: u64 = 20;

/// The entries that need no tape; fewer than lie between two checkpoints.
const FEW_MAX_BYTES: usize = 64;

const NONE: Boundary = Boundary {
    start: 0,
    end: 0,
    time: Duration::ZERO,
};

impl Default for Boundaries {
    fn default() -> Self {
        Self::NONE
    }
}

impl Boundaries {
    /// None yet.
    pub const NONE: Self = Self {
        entries: Entries::Few(Vec::new()),
        last: NONE,
        count: 0,
        checkpoints: Vec::new(),
    };

    /// The tape that they stand on, once there are more than a few.
    #[must_use]
    pub fn tape(&self) -> Option<TapeId> {
        match &self.entries {
            Entries::Few(_) => None,
            Entries::Tape(tape) => Some(*tape),
        }
    }

    /// A read, datagram or send of `len` bytes ended at `time`.
    pub fn push(&mut self, tapes: &mut Tapes, len: u64, time: Duration) {
        if self.count > 0 && self.count.is_multiple_of(SPACING) {
            self.checkpoints.push(Checkpoint {
                at: self.entries.len(tapes),
                before: self.last,
            });
        }
        let mut entry = Vec::with_capacity(6);
        put(&mut entry, len);
        put(
            &mut entry,
            u64::try_from(time.saturating_sub(self.last.time).as_micros()).unwrap_or(u64::MAX),
        );
        self.entries.append(tapes, &entry);
        self.last = next(self.last, &mut entry.as_slice()).unwrap_or(self.last);
        self.count += 1;
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Calls `show` for the boundaries whose end is at or behind `from`, in order and each with its position from 0,
    /// until it returns false.
    pub fn from(&self, tapes: &Tapes, from: u64, show: &mut dyn FnMut(u64, Boundary) -> bool) {
        let is_before = |checkpoint: &Checkpoint| checkpoint.before.end < from;
        let first = self.checkpoints.partition_point(is_before);
        for block in first..=self.checkpoints.len() {
            let (mut last, entries) = self.block(tapes, block);
            let mut rest = entries.as_slice();
            let mut at = block as u64 * SPACING;
            while let Some(boundary) = next(last, &mut rest) {
                last = boundary;
                if boundary.end >= from && !show(at, boundary) {
                    return;
                }
                at += 1;
            }
        }
    }

    /// The boundary at position `k`, counted from 0.
    #[must_use]
    pub fn nth(&self, tapes: &Tapes, k: u64) -> Option<Boundary> {
        self.some(tapes, k).pop_front()
    }

    /// The boundary at position `k`, counted from 0, and those behind it that are read with it; none if it is lost.
    #[must_use]
    pub fn some(&self, tapes: &Tapes, k: u64) -> VecDeque<Boundary> {
        let block = usize::try_from(k / SPACING).unwrap_or(usize::MAX);
        if block > self.checkpoints.len() {
            return VecDeque::new();
        }
        let (mut last, entries) = self.block(tapes, block);
        let mut rest = entries.as_slice();
        let all = std::iter::from_fn(|| {
            last = next(last, &mut rest)?;
            Some(last)
        });
        let before = usize::try_from(k % SPACING).unwrap_or(usize::MAX);
        all.skip(before).collect()
    }

    /// The boundary before those between two checkpoints, and their entries; none if they are lost.
    fn block(&self, tapes: &Tapes, block: usize) -> (Boundary, Vec<u8>) {
        let start = block
            .checked_sub(1)
            .and_then(|before| self.checkpoints.get(before));
        let (at, before) = start.map_or((0, NONE), |start| (start.at, start.before));
        let next = self.checkpoints.get(block);
        let end = next.map_or_else(|| self.entries.len(tapes), |next| next.at);
        let end = end.min(at + SPACING * ENTRY_MAX_BYTES);
        (before, self.entries.copy(tapes, at..end))
    }
}

impl Entries {
    fn len(&self, tapes: &Tapes) -> u64 {
        match self {
            Self::Few(entries) => entries.len() as u64,
            Self::Tape(tape) => tapes.len(*tape),
        }
    }

    fn append(&mut self, tapes: &mut Tapes, entry: &[u8]) {
        if let Self::Few(entries) = self {
            if entries.len() + entry.len() <= FEW_MAX_BYTES {
                return entries.extend_from_slice(entry);
            }
            let tape = tapes.create();
            tapes.append(tape, entries);
            *self = Self::Tape(tape);
        }
        if let Self::Tape(tape) = self {
            tapes.append(*tape, entry);
        }
    }

    /// A copy of a part; nothing where it cannot be read back.
    fn copy(&self, tapes: &Tapes, part: Range<u64>) -> Vec<u8> {
        match self {
            Self::Few(entries) => entries.clone(),
            Self::Tape(tape) => {
                let (entries, is_whole) = tapes.copy(*tape, part);
                if is_whole { entries } else { Vec::new() }
            }
        }
    }
}

/// The boundary behind `last`, read from the front of `entries`.
fn next(last: Boundary, entries: &mut &[u8]) -> Option<Boundary> {
    let len = take(entries)?;
    let micros = take(entries)?;
    Some(Boundary {
        start: last.end,
        end: last.end + len,
        time: last.time + Duration::from_micros(micros),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_need_no_tape_and_the_others_go_on_behind_them() {
        let mut tapes = Tapes::new(1 << 20, None);
        let mut ends = Boundaries::default();
        let time = Duration::from_millis;
        ends.push(&mut tapes, 5, time(1));
        assert!(matches!(ends.entries, Entries::Few(_)));
        for k in 1..1000 {
            ends.push(&mut tapes, 5, time(k + 1));
        }
        assert!(matches!(ends.entries, Entries::Tape(_)));
        let boundary = |k: u64| Boundary {
            start: k * 5,
            end: k * 5 + 5,
            time: time(k + 1),
        };
        for k in [0, 1, 15, 16, 255, 256, 257, 999] {
            assert_eq!(ends.nth(&tapes, k), Some(boundary(k)), "{k}");
            let mut first = None;
            ends.from(&tapes, k * 5 + 5, &mut |at, it| {
                first = Some((at, it));
                false
            });
            assert_eq!(first, Some((k, boundary(k))));
        }
        assert_eq!(ends.nth(&tapes, 1000), None);
        // Two of them for each socket that ever moved a byte.
        assert!(size_of::<Boundaries>() <= 88, "{}", size_of::<Boundaries>());
    }
}
