//! One direction of a socket: its bytes, where calls ended, how it ended, and the messages that framings cut out of it.

use std::time::Duration;

use crate::framing::{Cut, Cutter, Message};
use crate::tape::{Boundaries, TapeId, Tapes};

/// One direction of a socket.
#[derive(Debug)]
pub struct Lane {
    tape: TapeId,
    ends: Boundaries,
    /// How many bytes events have told of; the tape may be ahead by those of the same turn.
    told: u64,
    ending: Option<Ending>,
    /// The framings in force, each from its cutter's first byte on, in order; never empty.
    cutters: Vec<Cutter>,
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

/// A message in the list of a direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its position among all entries, skipped bytes included, from 0.
    pub index: u64,
    /// Its number among the messages, from 1; skipped bytes have none.
    pub number: Option<u64>,
    /// The message.
    pub message: Message,
}

impl Lane {
    pub(super) fn new(tapes: &mut Tapes) -> Self {
        let tape = tapes.create();
        let ends = Boundaries::new(tapes);
        Self { tape, ends, told: 0, ending: None, cutters: vec![Cutter::new(Cut::raw(), 0, false)] }
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
        self.cutters.retain(|cutter| cutter.from() < from);
        self.cutters.push(Cutter::new(cut, from, datagrams));
    }

    /// Runs the framings over what is new, within the budget; true while something is left.
    pub(super) fn cut(&mut self, tapes: &Tapes, budget_bytes: &mut usize) -> bool {
        let mut left = false;
        for k in 0..self.cutters.len() {
            // A framing ends where the next one begins.
            let next = self.cutters.get(k + 1).map(Cutter::from);
            let until = next.unwrap_or(self.told).min(self.told);
            let ended = self.ending.is_some() && until == self.told || next.is_some_and(|next| next <= self.told);
            if let Some(cutter) = self.cutters.get_mut(k) {
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
        let at = self.cutters.partition_point(|cutter| cutter.from() <= offset).saturating_sub(1);
        self.cutters[at].rule()
    }

    /// How many whole messages there are.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.cutters.iter().map(Cutter::count).sum()
    }

    /// How many entries the list has, skipped bytes and the unfinished message included.
    #[must_use]
    pub fn entry_count(&self) -> u64 {
        self.cutters.iter().map(|cutter| cutter.entries() + u64::from(cutter.tail().is_some())).sum()
    }

    /// The message that has begun and is not whole.
    #[must_use]
    pub fn tail(&self) -> Option<Message> {
        self.cutters.last().and_then(Cutter::tail)
    }

    pub(super) fn entries(&self, tapes: &Tapes, first: u64, count: usize) -> Vec<Entry> {
        let mut found = Vec::new();
        let (mut index, mut number) = (0, 0);
        for cutter in &self.cutters {
            let whole = cutter.entries();
            let skip = first.saturating_sub(index);
            if skip < whole && found.len() < count {
                let part = cutter.messages(tapes, self.tape, &self.ends, skip, count - found.len());
                found.extend(part.into_iter().zip(skip..).map(|((n, message), at)| Entry {
                    index: index + at,
                    number: n.map(|n| n + number),
                    message,
                }));
            }
            index += whole;
            number += cutter.count();
            if let Some(message) = cutter.tail() {
                if index >= first && found.len() < count {
                    found.push(Entry { index, number: Some(number + 1), message });
                }
                index += 1;
            }
        }
        found
    }

    pub(super) fn entry_at(&self, tapes: &Tapes, offset: u64) -> Option<u64> {
        let mut index = 0;
        for cutter in &self.cutters {
            if let Some(tail) = cutter.tail().filter(|tail| tail.range.contains(&offset)) {
                debug_assert!(tail.range.start <= offset);
                return Some(index + cutter.entries());
            }
            if let Some(at) = cutter.find(tapes, self.tape, &self.ends, offset) {
                return Some(index + at);
            }
            index += cutter.entries() + u64::from(cutter.tail().is_some());
        }
        None
    }
}
