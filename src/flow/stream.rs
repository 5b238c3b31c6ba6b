//! One direction of a TCP connection put together from its segments (RFC 9293, section 3.4): in order, each byte once,
//! and of bytes that differ when they come again the first. What the other side acknowledged and no packet brought is
//! missing; how much waits for what is missing is limited.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::extents;
use crate::tape::Extent;

/// Segments of a direction that may wait for what stands before them.
const WAITING_MAX: usize = 1024;

/// How far ahead of what is wanted next a segment may stand: the largest window (RFC 7323) and what may be lost of it.
const AHEAD_MAX_BYTES: u64 = 1 << 30;

/// Where counted sequence numbers begin, so that none before the first is negative.
const BEGIN: u64 = 1 << 32;

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The counted sequence number of the first byte, once it is known, and of the one that is wanted next.
    known: Option<Known>,
    /// Segments that came too early, by their counted sequence numbers; they do not overlap.
    waiting: BTreeMap<u64, Vec<Extent>>,
    /// What the other side has acknowledged; counted.
    acked: u64,
    /// The number behind the last byte, once FIN told it.
    end: Option<u64>,
    /// What is ready to be told.
    ready: VecDeque<Ready>,
    is_over: bool,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    first: u64,
    next: u64,
}

/// What a direction goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ready {
    /// Bytes of one segment, or what of it was new.
    Bytes(Vec<Extent>),
    /// Bytes that were never seen: acknowledged, or given up.
    Missing(u64),
    /// The end.
    End,
}

/// What was told of bytes that came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// They stand in the stream already: where, and the bytes that came now.
    Told(Range<u64>, Vec<Extent>),
    /// They wait already: those bytes, and the bytes that came now.
    Waiting(Vec<Extent>, Vec<Extent>),
}

/// How a segment fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It did, or brought nothing new.
    Good,
    /// It stands before what was seen first.
    Early,
    /// It stands where no byte of the connection can stand.
    Astray,
}

impl Stream {
    /// The number of the first byte is known by SYN.
    pub(super) fn begin(&mut self, seq: u32) {
        if self.known.is_none() {
            let first = BEGIN + u64::from(seq);
            self.known = Some(Known { first, next: first });
        }
    }

    /// Whether a RST with that number can be from the one whose direction this is.
    pub(super) fn may_reset(&self, seq: u32) -> bool {
        self.known.is_none_or(|known| {
            let seq = count(known.next, seq);
            seq.is_some_and(|seq| seq + 1 >= known.first && seq <= known.next + AHEAD_MAX_BYTES)
        })
    }

    /// Whether a SYN with that number, behind which bytes begin, is the one that began it.
    pub(super) fn began_at(&self, seq: u32) -> bool {
        let first = self.known.map(|known| known.first);
        first.is_none_or(|first| first == BEGIN + u64::from(seq))
    }

    /// Whether its end came, and all before it.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Takes a segment; bytes that came before go to `again`.
    pub(super) fn take(
        &mut self,
        seq: u32,
        payload: &[Extent],
        is_last: bool,
        again: &mut Vec<Again>,
    ) -> Fit {
        let len = extents::len(payload);
        if len == 0 && !is_last {
            return Fit::Good;
        }
        self.begin(seq);
        let Some(known) = self.known else {
            return Fit::Astray;
        };
        let Some(start) = count(known.next, seq) else {
            return Fit::Early;
        };
        let end = start + len;
        if start > known.next + AHEAD_MAX_BYTES {
            return Fit::Astray;
        }
        let last = self.end.unwrap_or(u64::MAX);
        if end > last {
            return Fit::Astray;
        }
        if is_last && end >= known.next {
            self.end = Some(end);
        }
        let fit = if start < known.first && len > 1 {
            Fit::Early
        } else {
            Fit::Good
        };
        let from = start.max(known.first);
        let upto = end.min(known.next);
        // A keep-alive sends the last byte once more, or any in its place (RFC 9293, section 3.8.4).
        let is_probe = len == 1 && end == known.next;
        if from < upto && !is_probe {
            let came = extents::part(payload, from - start, upto - start);
            again.push(Again::Told(from - known.first..upto - known.first, came));
        }
        if self.waiting.is_empty() && start <= known.next {
            self.go_on(start, payload);
        } else {
            self.put(start.max(known.next), start, payload, again);
        }
        self.settle();
        if self.waiting.len() > WAITING_MAX {
            self.skip();
        }
        fit
    }

    /// The other side has acknowledged all before that number: what is not here was lost on the way to the capture.
    pub(super) fn acknowledge(&mut self, ack: u32) {
        let Some(known) = self.known else {
            return;
        };
        let Some(acked) = count(known.next, ack) else {
            return;
        };
        if acked > known.next + AHEAD_MAX_BYTES {
            return;
        }
        self.acked = self.acked.max(acked);
        while let Some((start, _)) = self.waiting.first_key_value() {
            if *start > self.acked {
                break;
            }
            self.skip();
        }
    }

    /// Nothing more comes: what waits is told, and what was acknowledged is missing.
    pub(super) fn finish(&mut self) {
        while !self.waiting.is_empty() {
            self.skip();
        }
        let Some(known) = &mut self.known else {
            return;
        };
        // Without its FIN the last number acknowledged may have been that of the FIN.
        let lacks = match self.end {
            Some(end) => end.saturating_sub(known.next),
            None => match self.acked.saturating_sub(known.next) {
                1 => 0,
                lacks => lacks,
            },
        };
        if lacks > 0 && !self.is_over {
            known.next += lacks;
            self.ready.push_back(Ready::Missing(lacks));
            self.settle();
        }
    }

    /// What it goes on with, in order.
    pub(super) fn next(&mut self) -> Option<Ready> {
        let next = self.ready.pop_front();
        if next.is_none() && self.ready.capacity() > 0 {
            // There are many quiet ones.
            self.ready = VecDeque::new();
        }
        next
    }

    /// What of a segment is new is what was wanted next, and nothing waits.
    fn go_on(&mut self, start: u64, payload: &[Extent]) {
        let Some(known) = &mut self.known else {
            return;
        };
        let end = start + extents::len(payload);
        if end > known.next {
            let part = extents::part(payload, known.next - start, end - start);
            known.next = end;
            self.ready.push_back(Ready::Bytes(part));
        }
    }

    /// Lets the bytes from `from` on of a segment that begins at `start` wait, those that do not yet.
    fn put(&mut self, from: u64, start: u64, payload: &[Extent], again: &mut Vec<Again>) {
        let end = start + extents::len(payload);
        let mut from = from;
        while from < end {
            let before = self.waiting.range(..=from).next_back();
            if let Some((at, part)) = before
                && *at + extents::len(part) > from
            {
                let to = (*at + extents::len(part)).min(end);
                let known = extents::part(part, from - at, to - at);
                let came = extents::part(payload, from - start, to - start);
                again.push(Again::Waiting(known, came));
                from = to;
                continue;
            }
            let next = self.waiting.range(from..).next().map(|(at, _)| *at);
            let to = next.unwrap_or(end).min(end);
            let part = extents::part(payload, from - start, to - start);
            self.waiting.insert(from, part);
            from = to;
        }
    }

    /// Tells what is next in order, as far as it goes.
    fn settle(&mut self) {
        let Some(known) = &mut self.known else {
            return;
        };
        while let Some(entry) = self.waiting.first_entry() {
            if *entry.key() != known.next {
                break;
            }
            let part = entry.remove();
            known.next += extents::len(&part);
            self.ready.push_back(Ready::Bytes(part));
            if self.waiting.is_empty() {
                // An empty map keeps its last node.
                self.waiting = BTreeMap::new();
            }
        }
        if self.end == Some(known.next) && !self.is_over {
            self.is_over = true;
            self.waiting.clear();
            self.ready.push_back(Ready::End);
        }
    }

    /// Gives up what stands before the first segment that waits.
    fn skip(&mut self) {
        let (Some(known), Some((start, _))) = (&mut self.known, self.waiting.first_key_value())
        else {
            return;
        };
        let lacks = *start - known.next;
        known.next = *start;
        if lacks > 0 {
            self.ready.push_back(Ready::Missing(lacks));
        }
        self.settle();
    }
}

/// A sequence number counted on: that one of its kind which is nearest to `near`; none before all counting.
fn count(near: u64, seq: u32) -> Option<u64> {
    let low = (near & 0xffff_ffff) as u32;
    near.checked_add_signed(i64::from(seq.wrapping_sub(low).cast_signed()))
}

#[cfg(test)]
mod tests;
