//! What the log tells of a direction: how much moved, in how many calls, how it ended, which framings are in force. It
//! is as small for a gigabyte as for a byte, so that it can be remembered as it was at many moments.

use std::ops::Range;
use std::rc::Rc;

use super::Ending;
use crate::framing::{Cut, Sight, Source};
use crate::session::store::Strand;
use crate::tape::Tapes;

/// A direction as the log tells it.
#[derive(Clone, Debug)]
pub(in crate::session) struct Track {
    /// How many bytes events have told of; the tape may be ahead by those of the same turn.
    pub(super) told: u64,
    /// How many reads, datagrams or sends they have told of.
    pub(super) calls: u64,
    pub(super) ending: Option<Ending>,
    /// The framings in force, in the order of their first bytes; never empty.
    pub(super) framings: Rc<Vec<Framing>>,
    /// How often another framing was chosen.
    pub(super) reframed: u32,
}

/// A framing in force from a byte on.
#[derive(Clone, Debug)]
pub(in crate::session) struct Framing {
    pub(super) from: u64,
    pub(super) cut: Cut,
    pub(super) sight: Sight,
}

/// What moved in a direction: what is told of it, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::session) struct Traffic<'a> {
    pub(super) track: &'a Track,
    pub(super) strand: &'a Strand,
}

thread_local! {
    /// What every direction begins with. Most stay with it, and there are twenty thousand of them: all hold this one.
    static RAW: Rc<Vec<Framing>> = Rc::new(vec![Framing {
        from: 0,
        cut: Cut::raw(),
        sight: Sight::default(),
    }]);
}

impl Default for Track {
    fn default() -> Self {
        Self {
            told: 0,
            calls: 0,
            ending: None,
            framings: RAW.with(Rc::clone),
            reframed: 0,
        }
    }
}

impl Track {
    /// An event has told of a call that moved these bytes. Returns how many of them are new: what was only peeked at is
    /// told again, and counts once.
    pub(in crate::session) fn tell(&mut self, range: &Range<u64>) -> u64 {
        let new = range.end.saturating_sub(self.told);
        self.calls += u64::from(new > 0 || range.is_empty());
        self.told += new;
        new
    }

    /// The direction ended; the first reason stays.
    pub(in crate::session) fn finish(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }

    /// Is cut by another rule from `from` on; what was cut before ends there.
    pub(in crate::session) fn reframe(&mut self, cut: Cut, from: u64, sight: Sight) {
        let framings = Rc::make_mut(&mut self.framings);
        framings.retain(|framing| framing.from < from);
        framings.push(Framing { from, cut, sight });
        self.reframed += 1;
    }

    /// What its framings are told has changed.
    pub(in crate::session) fn cut_anew(&mut self) {
        self.reframed += 1;
    }

    /// Whether a framing of it listens to the other direction.
    pub(in crate::session) fn is_two_sided(&self) -> bool {
        let mut framings = self.framings.iter();
        framings.any(|framing| !framing.cut.rule.subjects().is_empty())
    }

    /// The rule in force for the newest bytes.
    pub(in crate::session) fn rule(&self) -> Cut {
        let last = self.framings.last();
        last.map_or_else(Cut::raw, |framing| framing.cut.clone())
    }

    /// How many bytes moved.
    pub(in crate::session) fn len(&self) -> u64 {
        self.told
    }

    /// Whether it is an earlier moment of the same direction, from which one comes to the other by cutting on.
    pub(in crate::session) fn is_before(&self, later: &Self) -> bool {
        let is_ended = self.ending.is_some();
        self.reframed == later.reframed
            && self.told <= later.told
            && self.calls <= later.calls
            && (!is_ended || self.is_as_long_as(later))
    }

    /// Whether no event has told of it between the two moments.
    pub(in crate::session) fn is_as_long_as(&self, other: &Self) -> bool {
        let all = |track: &Self| (track.told, track.calls, track.ending, track.reframed);
        all(self) == all(other)
    }
}

impl Framing {
    /// Whether both cut alike, whatever they are told.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.from == other.from
            && self.sight == other.sight
            && self.cut.words() == other.cut.words()
    }
}

impl<'a> Traffic<'a> {
    pub(in crate::session) fn new(track: &'a Track, strand: &'a Strand) -> Self {
        Self { track, strand }
    }

    /// What there is for a framing behind which another begins at `next`, or none.
    pub(super) fn source(self, tapes: &'a Tapes, next: Option<u64>) -> Source<'a> {
        let told = self.track.told;
        let all = Source::new(tapes, self.strand.tape, &self.strand.ends);
        Source {
            until: next.unwrap_or(told).min(told),
            calls: self.track.calls.min(all.calls),
            ended: self.track.ending.is_some() || next.is_some_and(|next| next <= told),
            ..all
        }
    }
}
