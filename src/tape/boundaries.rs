//! Where reads and sends ended in a direction, and when: a few bytes each, on a tape of their own. It holds no bytes of
//! the stream.

use std::collections::VecDeque;
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
    tape: TapeId,
    last: Boundary,
    count: u64,
    /// The state before every so many boundaries, so that a search reads a few hundred at most.
    checkpoints: Vec<Checkpoint>,
}

#[derive(Clone, Copy, Debug)]
struct Checkpoint {
    /// Where the next entry stands on the tape.
    at: u64,
    /// The boundary before it.
    before: Boundary,
}

/// Entries between two checkpoints.
const SPACING: u64 = 256;

/// An entry at its longest: two varints.
const ENTRY_MAX_BYTES: u64 = 20;

const NONE: Boundary = Boundary {
    start: 0,
    end: 0,
    time: Duration::ZERO,
};

impl Boundaries {
    /// None yet, on a tape made for them.
    pub fn new(tapes: &mut Tapes) -> Self {
        Self {
            tape: tapes.create(),
            last: NONE,
            count: 0,
            checkpoints: Vec::new(),
        }
    }

    /// The tape that they stand on.
    #[must_use]
    pub fn tape(&self) -> TapeId {
        self.tape
    }

    /// A read, datagram or send of `len` bytes ended at `time`.
    pub fn push(&mut self, tapes: &mut Tapes, len: u64, time: Duration) {
        if self.count.is_multiple_of(SPACING) {
            if self.checkpoints.is_empty() {
                // Most connections stay short, and there are many of them.
                self.checkpoints.reserve_exact(1);
            }
            self.checkpoints.push(Checkpoint {
                at: tapes.len(self.tape),
                before: self.last,
            });
        }
        let mut entry = Vec::with_capacity(6);
        put(&mut entry, len);
        put(
            &mut entry,
            u64::try_from(time.saturating_sub(self.last.time).as_micros()).unwrap_or(u64::MAX),
        );
        tapes.append(self.tape, &entry);
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
        let first = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.before.end < from)
            .saturating_sub(1);
        for (k, checkpoint) in self.checkpoints.iter().enumerate().skip(first) {
            let end = self
                .checkpoints
                .get(k + 1)
                .map_or_else(|| tapes.len(self.tape), |next| next.at);
            let end = end.min(checkpoint.at + SPACING * ENTRY_MAX_BYTES);
            let (entries, whole) = tapes.copy(self.tape, checkpoint.at..end);
            let mut rest = entries.as_slice();
            let mut last = checkpoint.before;
            let mut at = k as u64 * SPACING;
            while whole && let Some(boundary) = next(last, &mut rest) {
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
        let at = usize::try_from(k / SPACING).unwrap_or(usize::MAX);
        let Some(checkpoint) = self.checkpoints.get(at) else {
            return VecDeque::new();
        };
        let next_at = self.checkpoints.get(at.saturating_add(1));
        let end = next_at.map_or_else(|| tapes.len(self.tape), |next| next.at);
        let end = end.min(checkpoint.at + SPACING * ENTRY_MAX_BYTES);
        let (entries, whole) = tapes.copy(self.tape, checkpoint.at..end);
        let mut rest = if whole { entries.as_slice() } else { &[] };
        let mut last = checkpoint.before;
        let all = std::iter::from_fn(|| {
            last = next(last, &mut rest)?;
            Some(last)
        });
        let before = usize::try_from(k % SPACING).unwrap_or(usize::MAX);
        all.skip(before).collect()
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
