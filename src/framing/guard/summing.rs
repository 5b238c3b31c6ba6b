//! The checksum of a message that is still coming. Where its payload begins and ends is known late, so that bytes
//! wait a while before they are added: what is kept is bounded.

use std::ops::Range;

use super::Crc;
use crate::expr::Sum;

/// The most bytes that wait between two pieces: a rule has told by then where the payload begins.
const KEPT_MAX_BYTES: usize = 32 << 10;

/// How many of them go on waiting: as many as can turn out to stand behind the payload or the message.
const TAIL_BYTES: usize = 1 << 10;

/// What came of a message, added or waiting.
#[derive(Clone, Debug)]
pub(super) struct Summing {
    crc: Crc,
    /// Before the bytes that are summed.
    empty: Sum<'static>,
    sum: Sum<'static>,
    /// The first byte that was added, once one was.
    begun: Option<u64>,
    kept: Vec<u8>,
    /// The offset of the first byte that waits.
    from: u64,
}

impl Summing {
    /// Of a message whose bytes behind the sync bytes begin at `from`.
    pub(super) fn new(crc: Crc, stx: &[u8], from: u64) -> Self {
        let mut empty = crc.kind.begin();
        if !crc.over_payload {
            empty.add(stx);
        }
        Self {
            crc,
            empty,
            sum: empty,
            begun: None,
            kept: Vec::new(),
            from,
        }
    }

    /// More of the message came.
    pub(super) fn came(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
    }

    /// Adds what has waited long enough; `payload` says where the payload begins, as far as that is known.
    pub(super) fn settle(&mut self, payload: impl FnOnce() -> u64) {
        if self.kept.len() <= KEPT_MAX_BYTES {
            return;
        }
        let end = self.from + (self.kept.len() - TAIL_BYTES) as u64;
        let begin = if self.crc.over_payload {
            payload()
        } else {
            self.begun.unwrap_or(self.from)
        };
        self.add(begin..end);
        let added = self.kept.len() - TAIL_BYTES;
        self.kept.drain(..added);
        self.from = end;
    }

    /// How many bytes wait.
    pub(super) fn state_bytes(&self) -> usize {
        self.kept.len()
    }

    /// The checksum of a message, without its sync bytes, and of its payload. `None` where it began with other bytes.
    pub(super) fn finish(mut self, message: &Range<u64>, payload: &Range<u64>) -> Option<u32> {
        let summed = if self.crc.over_payload {
            payload.clone()
        } else {
            message.clone()
        };
        let is_there = summed.start >= self.from || self.begun == Some(summed.start);
        if !is_there || (summed.end < self.from && !summed.is_empty()) {
            return None;
        }
        self.add(summed);
        Some(self.sum.value())
    }

    /// Adds what waits of the bytes from `range.start` on; those before it do not count.
    fn add(&mut self, range: Range<u64>) {
        if self.begun.is_none_or(|begun| begun != range.start) {
            self.sum = self.empty;
            self.begun = Some(range.start);
        }
        let index = |at: u64| usize::try_from(at.saturating_sub(self.from)).unwrap_or(usize::MAX);
        let (from, to) = (index(range.start), index(range.end).min(self.kept.len()));
        self.sum.add(self.kept.get(from..to).unwrap_or_default());
    }
}
