//! One direction of a socket: its bytes, where calls ended, how it ended, and the messages that framings cut out of it.

mod both;

use std::ops::Range;
use std::time::Duration;

pub(super) use both::{Beside, cut, reframe};

use crate::framing::{Cut, Cutter, Entry, Message, Side, Sight, Source, Status};
use crate::tape::{Boundaries, TapeId, Tapes};

/// One direction of a socket.
#[derive(Debug)]
pub struct Lane {
    track: Track,
    /// The framings in force, in the order of their first bytes; never empty.
    stretches: Vec<Stretch>,
    /// How often another framing was chosen.
    reframed: u32,
    /// They have seen all that was told, the end too.
    is_cut: bool,
}

/// What moved.
#[derive(Debug)]
struct Track {
    tape: TapeId,
    ends: Boundaries,
    /// How many bytes events have told of; the tape may be ahead by those of the same turn.
    told: u64,
    ending: Option<Ending>,
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
            track: Track {
                tape,
                ends,
                told: 0,
                ending: None,
            },
            stretches: vec![Stretch {
                from: 0,
                cutter: Cutter::new(Cut::raw(), 0, Sight::default()),
            }],
            reframed: 0,
            is_cut: true,
        }
    }

    pub(super) fn tape(&self) -> TapeId {
        self.track.tape
    }

    pub(super) fn ends(&self) -> &Boundaries {
        &self.track.ends
    }

    /// A call moved `len` bytes and ended at `at`.
    pub(super) fn ended_here(&mut self, tapes: &mut Tapes, len: u64, at: Duration) {
        self.track.ends.push(tapes, len, at);
    }

    /// Events have told of the bytes before `end`.
    pub(super) fn tell(&mut self, end: u64) {
        self.track.told = self.track.told.max(end);
        self.is_cut = false;
    }

    /// The direction ended; the first reason stays.
    pub(super) fn finish(&mut self, ending: Ending) {
        self.track.ending.get_or_insert(ending);
        self.is_cut = false;
    }

    /// Cuts by another rule from `from` on; what was cut before ends there.
    pub(super) fn reframe(&mut self, cut: Cut, from: u64, sight: Sight) {
        self.stretches.retain(|stretch| stretch.from < from);
        if let Some(Stretch { cutter, .. }) = self.stretches.last_mut() {
            cutter.rewind(from);
        }
        self.is_cut = false;
        self.reframed += 1;
        self.stretches.push(Stretch {
            from,
            cutter: Cutter::new(cut, from, sight),
        });
    }

    /// Runs the framings over what is new and moved by then, about `budget_bytes` of it; true while something is left.
    fn cut(&mut self, beside: Beside<'_>, by: Duration, budget_bytes: usize) -> bool {
        let mut left = false;
        for k in 0..self.stretches.len() {
            let next = self.stretches.get(k + 1).map(|next| next.from);
            let Some(Stretch { cutter, .. }) = self.stretches.get_mut(k) else {
                continue;
            };
            let theirs = beside.told_to(cutter);
            let source = Source {
                by,
                theirs,
                ..self.track.source(beside.tapes, next)
            };
            left |= cutter.advance(&source, budget_bytes);
        }
        self.is_cut = !left;
        left
    }

    /// When what is to be cut next had moved, if anything is.
    fn next_time(&mut self, tapes: &Tapes) -> Option<Duration> {
        (0..self.stretches.len()).find_map(|k| {
            let next = self.stretches.get(k + 1).map(|next| next.from);
            let source = self.track.source(tapes, next);
            self.stretches.get_mut(k)?.cutter.next_time(&source)
        })
    }

    /// How far its framings have come.
    fn fed(&self) -> u64 {
        let last = self.stretches.last();
        last.map_or(0, |stretch| stretch.cutter.fed())
    }

    /// Whether the end that connected sends its bytes.
    fn is_clients(&self) -> bool {
        self.sight().side == Some(Side::Client)
    }

    /// Whether a framing of it listens to the other direction.
    pub(super) fn is_two_sided(&self) -> bool {
        let mut cutters = self.stretches.iter().map(|stretch| &stretch.cutter);
        cutters.any(|cutter| !cutter.subjects().is_empty())
    }

    /// Cuts anew by those of its framings that listen to the other direction: what they are told has changed.
    pub(super) fn cut_anew(&mut self) {
        for Stretch { from, cutter } in &mut self.stretches {
            if !cutter.subjects().is_empty() {
                *cutter = Cutter::new(cutter.cut().clone(), *from, cutter.sight());
                self.is_cut = false;
            }
        }
        self.reframed += 1;
    }

    /// Whether the framings have seen all that moved, and the end if it came.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// How often another framing was chosen; until then a whole message stays.
    #[must_use]
    pub fn reframed(&self) -> u32 {
        self.reframed
    }

    /// How many bytes moved.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.track.told
    }

    /// Whether no byte moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.track.told == 0
    }

    /// How many reads, datagrams or sends moved them.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.track.ends.count()
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.track.ending
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

    /// What is known of the direction, for its framings.
    #[must_use]
    pub fn sight(&self) -> Sight {
        let last = self.stretches.last();
        last.map_or_else(Sight::default, |stretch| stretch.cutter.sight())
    }

    /// All that moved.
    pub(super) fn all<'a>(&'a self, tapes: &'a Tapes) -> Source<'a> {
        self.track.source(tapes, None)
    }

    /// The first byte of the rule in force.
    #[must_use]
    pub fn framed_from(&self) -> u64 {
        self.stretches.last().map_or(0, |stretch| stretch.from)
    }

    /// The rules and their first bytes, in order.
    pub fn framings(&self) -> impl Iterator<Item = (u64, String)> {
        let stretches = self.stretches.iter();
        stretches.map(|stretch| (stretch.from, stretch.cutter.cut().words()))
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

    /// Entries from the one at position `first` on.
    pub(super) fn entries(&self, beside: Beside<'_>, first: u64, count: usize) -> Vec<Entry> {
        let whole = |cutter: &Cutter, index, left| {
            let source = self.whole(beside, cutter);
            cutter.messages(&source, first.saturating_sub(index), left)
        };
        self.gather(count, &whole, &|index, _| index >= first)
    }

    /// Entries that hold bytes of `part`.
    pub(super) fn entries_in(
        &self,
        beside: Beside<'_>,
        part: &Range<u64>,
        count: usize,
    ) -> Vec<Entry> {
        let whole =
            |cutter: &Cutter, _, left| cutter.messages_in(&self.whole(beside, cutter), part, left);
        let is_in = |_, tail: &Message| tail.range.end > part.start && tail.range.start < part.end;
        self.gather(count, &whole, &is_in)
    }

    /// What `whole` finds of each framing, which it is given with the position of its first entry and how many are
    /// wanted; and what is unfinished where `tail` says so.
    fn gather(
        &self,
        count: usize,
        whole: &dyn Fn(&Cutter, u64, usize) -> Vec<Entry>,
        tail: &dyn Fn(u64, &Message) -> bool,
    ) -> Vec<Entry> {
        let mut found: Vec<Entry> = Vec::new();
        let (mut index, mut number) = (0, 0);
        let last = self.stretches.len() - 1;
        for (k, Stretch { cutter, .. }) in self.stretches.iter().enumerate() {
            if found.len() < count {
                let part = whole(cutter, index, count - found.len());
                found.extend(part.into_iter().map(|entry| Entry {
                    index: index + entry.index,
                    number: entry.number.map(|n| n + number),
                    message: entry.message,
                }));
            }
            index += cutter.len();
            number += cutter.count();
            if let Some(mut message) = cutter.tail() {
                if found.len() < count && tail(index, &message) {
                    // What another framing cut short will never be whole and count.
                    let next = self.stretches.get(k + 1);
                    if next.is_some_and(|next| next.from <= self.track.told) {
                        message.note = "".into();
                        message.fields.clear();
                        message.status = Status::Skipped {
                            why: "another framing begins behind it".to_owned(),
                        };
                    }
                    let counts = k == last && message.is_counted();
                    found.push(Entry {
                        index,
                        number: counts.then_some(number + 1),
                        message,
                    });
                }
                index += 1;
            }
        }
        found
    }

    /// All that moved, for one of its framings to look at again.
    fn whole<'a>(&'a self, beside: Beside<'a>, cutter: &Cutter) -> Source<'a> {
        Source {
            theirs: beside.told_to(cutter),
            ..self.track.source(beside.tapes, None)
        }
    }

    pub(super) fn entry_at(&self, beside: Beside<'_>, offset: u64) -> Option<u64> {
        let mut index = 0;
        for Stretch { cutter, .. } in &self.stretches {
            let tail = cutter.tail();
            if tail
                .as_ref()
                .is_some_and(|tail| tail.range.contains(&offset))
            {
                return Some(index + cutter.len());
            }
            if let Some(at) = cutter.find(&self.whole(beside, cutter), offset) {
                return Some(index + at);
            }
            index += cutter.len() + u64::from(tail.is_some());
        }
        None
    }
}

impl Track {
    /// What there is for a framing behind which another begins at `next`, or none.
    fn source<'a>(&'a self, tapes: &'a Tapes, next: Option<u64>) -> Source<'a> {
        Source {
            until: next.unwrap_or(self.told).min(self.told),
            ended: self.ending.is_some() || next.is_some_and(|next| next <= self.told),
            ..Source::new(tapes, self.tape, &self.ends)
        }
    }
}

#[cfg(test)]
mod tests;
