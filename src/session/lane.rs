//! One direction of a socket: its bytes, where calls ended, how it ended, and the messages that framings cut out of it,
//! at the moment that is looked at.

mod both;
mod framed;
mod track;

use std::ops::Range;

pub(super) use both::{Beside, cut};
pub(super) use framed::Framed;
pub(super) use track::{Track, Traffic};

use super::Session;
use super::store::Strand;
use crate::event::{ConnId, Dir};
use crate::framing::{Cut, Cutter, Entry, Message, Sight, Source, Status};
use crate::tape::{Boundaries, TapeId, Tapes};
use framed::Stretch;

/// One direction of a socket.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a> {
    session: &'a Session,
    conn: ConnId,
    dir: Dir,
    track: &'a Track,
    strand: &'a Strand,
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

impl<'a> Lane<'a> {
    pub(super) fn new(session: &'a Session, conn: ConnId, dir: Dir, moved: Traffic<'a>) -> Self {
        Self {
            session,
            conn,
            dir,
            track: moved.track,
            strand: moved.strand,
        }
    }

    /// Its messages. Of the past they are cut when somebody looks.
    fn stretches(self) -> &'a [Stretch] {
        let framed = self.session.framed(self.conn, self.dir);
        framed.map_or(&[], Framed::stretches)
    }

    fn traffic(self) -> Traffic<'a> {
        Traffic::new(self.track, self.strand)
    }

    pub(super) fn tape(self) -> TapeId {
        self.strand.tape
    }

    pub(super) fn ends(self) -> &'a Boundaries {
        &self.strand.ends
    }

    /// Whether the framings have seen all that moved, and the end if it came.
    #[must_use]
    pub fn is_cut(self) -> bool {
        let framed = self.session.framed(self.conn, self.dir);
        framed.is_none_or(Framed::is_cut)
    }

    /// How often another framing was chosen; until then a whole message stays.
    #[must_use]
    pub fn reframed(self) -> u32 {
        self.track.reframed
    }

    /// How many bytes moved.
    #[must_use]
    pub fn len(self) -> u64 {
        self.track.told
    }

    /// Whether no byte moved.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.track.told == 0
    }

    /// How many reads, datagrams or sends moved them.
    #[must_use]
    pub fn calls(self) -> u64 {
        self.track.calls
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn ending(self) -> Option<Ending> {
        self.track.ending
    }

    /// The rule in force for the newest bytes.
    #[must_use]
    pub fn rule(self) -> &'a Cut {
        self.rule_at(u64::MAX)
    }

    /// The rule in force at an offset.
    #[must_use]
    pub fn rule_at(self, offset: u64) -> &'a Cut {
        let framings = &self.track.framings;
        let behind = framings.partition_point(|framing| framing.from <= offset);
        &framings[behind.saturating_sub(1)].cut
    }

    /// What is known of the direction, for its framings.
    #[must_use]
    pub fn sight(self) -> Sight {
        let last = self.track.framings.last();
        last.map_or_else(Sight::default, |framing| framing.sight)
    }

    /// All that moved.
    pub(super) fn all(self, tapes: &'a Tapes) -> Source<'a> {
        self.traffic().source(tapes, None)
    }

    /// The first byte of the rule in force.
    #[must_use]
    pub fn framed_from(self) -> u64 {
        self.track.framings.last().map_or(0, |framing| framing.from)
    }

    /// The rules and their first bytes, in order.
    pub fn framings(self) -> impl Iterator<Item = (u64, String)> + use<'a> {
        let framings = self.track.framings.iter();
        framings.map(|framing| (framing.from, framing.cut.words()))
    }

    /// How many whole messages there are.
    #[must_use]
    pub fn messages(self) -> u64 {
        self.stretches()
            .iter()
            .map(|stretch| stretch.cutter.count())
            .sum()
    }

    /// How many entries the list has, skipped bytes and the unfinished message included.
    #[must_use]
    pub fn entry_count(self) -> u64 {
        self.stretches()
            .iter()
            .map(|Stretch { cutter, .. }| cutter.len() + u64::from(cutter.tail().is_some()))
            .sum()
    }

    /// The message that has begun and is not whole.
    #[must_use]
    pub fn tail(self) -> Option<Message> {
        self.stretches()
            .last()
            .and_then(|stretch| stretch.cutter.tail())
    }

    /// Entries from the one at position `first` on.
    pub(super) fn entries(self, beside: Beside<'_>, first: u64, count: usize) -> Vec<Entry> {
        let whole = |cutter: &Cutter, index, left| {
            let source = self.whole(beside, cutter);
            cutter.messages(&source, first.saturating_sub(index), left)
        };
        self.gather(count, &whole, &|index, _| index >= first)
    }

    /// Entries that hold bytes of `part`.
    pub(super) fn entries_in(
        self,
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
        self,
        count: usize,
        whole: &dyn Fn(&Cutter, u64, usize) -> Vec<Entry>,
        tail: &dyn Fn(u64, &Message) -> bool,
    ) -> Vec<Entry> {
        let mut found: Vec<Entry> = Vec::new();
        let (mut index, mut number) = (0, 0);
        let last = self.stretches().len().saturating_sub(1);
        for (k, Stretch { cutter, .. }) in self.stretches().iter().enumerate() {
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
                    let next = self.stretches().get(k + 1);
                    if next.is_some_and(|next| next.framing.from <= self.track.told) {
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
    fn whole<'t>(self, beside: Beside<'t>, cutter: &Cutter) -> Source<'t>
    where
        'a: 't,
    {
        Source {
            theirs: beside.told_to(cutter),
            ..self.traffic().source(beside.tapes, None)
        }
    }

    pub(super) fn entry_at(self, beside: Beside<'_>, offset: u64) -> Option<u64> {
        let mut index = 0;
        for Stretch { cutter, .. } in self.stretches() {
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

#[cfg(test)]
mod tests;
