//! One direction of a socket: its bytes, where calls ended, how it ended, and the messages that framings cut out of it.

use std::time::Duration;

use crate::framing::{Cut, Cutter, Entry, Message};
use crate::tape::{Boundaries, TapeId, Tapes};

/// One direction of a socket.
#[derive(Debug)]
pub struct Lane {
    tape: TapeId,
    ends: Boundaries,
    /// How many bytes events have told of; the tape may be ahead by those of the same turn.
    told: u64,
    ending: Option<Ending>,
    /// The framings in force, in the order of their first bytes; never empty.
    stretches: Vec<Stretch>,
}

/// How a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The end of the stream: the peer's, or our own by shutdown.
    End,
    /// The connection broke.
    Broken,
    /// The socket was closed before an end was seen.
    Closed,
}

/// A framing in force from a byte on.
#[derive(Debug)]
struct Stretch {
    from: u64,
    cutter: Cutter,
}

impl Lane {
    pub(super) fn new(tapes: &mut Tapes) -> Self {
        let tape = tapes.create();
        let ends = Boundaries::new(tapes);
        Self {
            tape,
            ends,
            told: 0,
            ending: None,
            stretches: vec![Stretch {
                from: 0,
                cutter: Cutter::new(Cut::raw(), 0, false),
            }],
        }
    }

    pub(super) fn tape(&self) -> TapeId {
        self.tape
    }

    pub(super) fn ends(&self) -> &Boundaries {
        &self.ends
    }

    /// A call moved `len` bytes and ended at `at`.
    pub(super) fn ended_here(&mut self, tapes: &mut Tapes, len: u64, at: Duration) {
        self.ends.push(tapes, len, at);
    }

    /// Events have told of the bytes before `end`.
    pub(super) fn tell(&mut self, end: u64) {
        self.told = self.told.max(end);
    }

    /// The direction ended; the first reason stays.
    pub(super) fn finish(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }

    /// Cuts by another rule from `from` on; the messages before stay as they are.
    pub(super) fn reframe(&mut self, cut: Cut, from: u64, datagrams: bool) {
        self.stretches.retain(|stretch| stretch.from < from);
        self.stretches.push(Stretch {
            from,
            cutter: Cutter::new(cut, from, datagrams),
        });
    }

    /// Runs the framings over what is new, about `budget_bytes` of it; true while something is left.
    pub(super) fn cut(&mut self, tapes: &Tapes, budget_bytes: usize) -> bool {
        let mut left = false;
        for k in 0..self.stretches.len() {
            // A framing ends where the next one begins.
            let next = self.stretches.get(k + 1).map(|next| next.from);
            let until = next.unwrap_or(self.told).min(self.told);
            let ended = next.map_or(self.ending.is_some(), |next| next <= self.told);
            if let Some(Stretch { cutter, .. }) = self.stretches.get_mut(k) {
                left |= cutter.advance(tapes, self.tape, &self.ends, until, ended, budget_bytes);
            }
        }
        left
    }

    /// How many bytes moved.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.told
    }

    /// Whether no byte moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told == 0
    }

    /// How many reads, datagrams or sends moved them.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.ends.count()
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The rule in force for the newest bytes.
    #[must_use]
    pub fn rule(&self) -> &Cut {
        self.rule_at(u64::MAX)
    }

    /// The rule in force at an offset.
    #[must_use]
    pub fn rule_at(&self, offset: u64) -> &Cut {
        let at = self
            .stretches
            .partition_point(|stretch| stretch.from <= offset)
            .saturating_sub(1);
        self.stretches[at].cutter.cut()
    }

    /// How many whole messages there are.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.stretches
            .iter()
            .map(|stretch| stretch.cutter.count())
            .sum()
    }

    /// How many entries the list has, skipped bytes and the unfinished message included.
    #[must_use]
    pub fn entry_count(&self) -> u64 {
        self.stretches
            .iter()
            .map(|Stretch { cutter, .. }| cutter.len() + u64::from(cutter.tail().is_some()))
            .sum()
    }

    /// The message that has begun and is not whole.
    #[must_use]
    pub fn tail(&self) -> Option<Message> {
        self.stretches
            .last()
            .and_then(|stretch| stretch.cutter.tail())
    }

    pub(super) fn entries(&self, tapes: &Tapes, first: u64, count: usize) -> Vec<Entry> {
        let mut found: Vec<Entry> = Vec::new();
        let (mut index, mut number) = (0, 0);
        for Stretch { cutter, .. } in &self.stretches {
            let skip = first.saturating_sub(index);
            if skip < cutter.len() && found.len() < count {
                let part = cutter.messages(tapes, self.tape, &self.ends, skip, count - found.len());
                found.extend(part.into_iter().map(|entry| Entry {
                    index: index + entry.index,
                    number: entry.number.map(|n| n + number),
                    message: entry.message,
                }));
            }
            index += cutter.len();
            number += cutter.count();
            if let Some(message) = cutter.tail() {
                if index >= first && found.len() < count {
                    found.push(Entry {
                        index,
                        number: Some(number + 1),
                        message,
                    });
                }
                index += 1;
            }
        }
        found
    }

    pub(super) fn entry_at(&self, tapes: &Tapes, offset: u64) -> Option<u64> {
        let mut index = 0;
        for Stretch { cutter, .. } in &self.stretches {
            let tail = cutter.tail();
            if tail
                .as_ref()
                .is_some_and(|tail| tail.range.contains(&offset))
            {
                return Some(index + cutter.len());
            }
            if let Some(at) = cutter.find(tapes, self.tape, &self.ends, offset) {
                return Some(index + at);
            }
            index += cutter.len() + u64::from(tail.is_some());
        }
        None
    }
}
