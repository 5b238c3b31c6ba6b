//! Runs a rule over one direction's tape, a bounded piece of work a call, and finds any message again. It stores no
//! messages but the newest: a checkpoint every so often, from which the others are cut anew.

mod past;
mod run;
mod source;

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use super::{Cut, Cx, Decoder, Mailbox, Message, Sight};
use run::{Place, Run};
pub use source::Source;

/// The bytes between two checkpoints, until there are too many.
const SPACING_BYTES: u64 = 128 << 10;

/// The checkpoints kept; beyond, every second one goes and they stand twice as far apart.
const CHECKPOINTS_MAX: usize = 65_536;

/// What the decoders of all checkpoints may hold of the stream; beyond, every second one goes, too.
const STATES_MAX_BYTES: usize = 8 << 20;

/// The newest messages, which are looked at while they come.
const RECENT_MAX: usize = 64;

/// The messages that end farther from the last known byte than this are counted, not made.
const RECENT_BYTES: u64 = 64 << 10;

/// A message of a direction, and its place among all.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Position among all messages, counted from 0, skipped ones included.
    pub index: u64,
    /// Number among those that count, from 1; skipped bytes have none.
    pub number: Option<u64>,
    /// The message.
    pub message: Message,
}

/// The messages of one direction.
#[derive(Debug)]
pub struct Cutter {
    cut: Cut,
    subjects: Vec<u64>,
    sight: Sight,
    run: Run,
    /// The first stands where cutting began; never empty.
    checkpoints: Vec<Rc<Checkpoint>>,
    spacing: u64,
    /// What their decoders hold of the stream.
    state_bytes: usize,
    recent: VecDeque<Entry>,
}

#[derive(Debug)]
struct Checkpoint {
    place: Place,
    decoder: Box<dyn Decoder>,
}

impl Cutter {
    /// Cuts by `cut` from the byte `from` on, of a direction of which that much is known.
    #[must_use]
    pub fn new(cut: Cut, from: u64, sight: Sight) -> Self {
        let place = Place::new(from);
        let decoder = cut.rule.decoder();
        let run = Run::new(place, from, decoder.fork(), &cut, sight);
        let checkpoints = vec![Rc::new(Checkpoint { place, decoder })];
        Self {
            subjects: cut.rule.subjects(),
            cut,
            sight,
            run,
            checkpoints,
            spacing: SPACING_BYTES,
            state_bytes: 0,
            recent: VecDeque::new(),
        }
    }

    /// Cuts on, about `budget_bytes`. Returns whether there may be more to do.
    pub fn advance(&mut self, source: &Source<'_>, budget_bytes: usize) -> bool {
        let mut cx = self.cx(self.fed(), source).keeping(0);
        let recent = source.until.saturating_sub(RECENT_BYTES);
        if self.fed() < recent {
            self.recent.clear();
        }
        let mut left = budget_bytes;
        let mut is_more = true;
        while is_more && left > 0 {
            if self.fed() >= recent {
                cx.keep_on(RECENT_MAX);
            }
            match self.run.step(source, &mut cx) {
                Some(cost) => left = left.saturating_sub(cost),
                None => is_more = false,
            }
            self.checkpoint();
        }
        let new = cx.take();
        let old = (self.recent.len() + new.len()).saturating_sub(RECENT_MAX);
        self.recent.drain(..old);
        self.recent.extend(self.run.place.entries(new));
        is_more
    }

    /// The newest messages are found like all others from now on, until more come.
    pub fn put_away(&mut self) {
        self.recent = VecDeque::new();
    }

    /// How many of the newest messages are at hand.
    #[cfg(test)]
    pub(crate) fn at_hand(&self) -> usize {
        self.recent.len()
    }

    /// Forgets what was cut from a little before `end` on, if it went beyond: it is to be cut again, up to there.
    pub fn rewind(&mut self, end: u64) {
        if self.fed() <= end {
            return;
        }
        let kept = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.place.at <= end);
        self.checkpoints.truncate(kept.max(1));
        self.count_states();
        if let Some(checkpoint) = self.checkpoints.last() {
            let (place, decoder) = (checkpoint.place, checkpoint.decoder.fork());
            self.recent.retain(|entry| entry.index < place.index);
            let told = std::mem::take(&mut self.run.told);
            self.run = Run::new(place, self.origin(), decoder, &self.cut, self.sight);
            self.run.told = told;
        }
    }

    /// What its decoder and that of the other direction tell each other about.
    #[must_use]
    pub fn subjects(&self) -> &[u64] {
        &self.subjects
    }

    /// What its decoder has told that of the other direction.
    #[must_use]
    pub fn told(&self) -> &Mailbox {
        &self.run.told
    }

    /// When what is to be cut next had moved, if anything is.
    pub fn next_time(&mut self, source: &Source<'_>) -> Option<Duration> {
        self.run.next_time(source)
    }

    /// The rule in force.
    #[must_use]
    pub fn cut(&self) -> &Cut {
        &self.cut
    }

    /// What is known of the direction.
    #[must_use]
    pub fn sight(&self) -> Sight {
        self.sight
    }

    /// How many messages there are, skipped ones included; indices are less.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.run.place.index
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many messages count; their numbers are 1 to this.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.run.place.count
    }

    /// The offset behind the last byte that was cut.
    #[must_use]
    pub fn fed(&self) -> u64 {
        self.run.place.at
    }

    /// What stands behind the last message and is none yet: partial, or bad and growing.
    #[must_use]
    pub fn tail(&self) -> Option<Message> {
        self.run.tail()
    }

    /// At most `n` messages from the index `first` on. A message whose bytes were lost since is told as missing.
    #[must_use]
    pub fn messages(&self, source: &Source<'_>, first: u64, n: usize) -> Vec<Entry> {
        if self
            .recent
            .front()
            .is_some_and(|entry| entry.index <= first)
        {
            return self
                .recent
                .iter()
                .filter(|entry| entry.index >= first)
                .take(n)
                .cloned()
                .collect();
        }
        let mut found = Vec::new();
        if n > 0 && first < self.len() {
            let from = self
                .checkpoints
                .partition_point(|checkpoint| checkpoint.place.index <= first);
            self.replay(source, from.saturating_sub(1), &mut |entry| {
                if entry.index >= first {
                    found.push(entry);
                }
                found.len() < n
            });
        }
        found
    }

    /// At most `n` of the messages that hold bytes of `part`, and of the empty ones between them: in one pass.
    #[must_use]
    pub fn messages_in(&self, source: &Source<'_>, part: &Range<u64>, n: usize) -> Vec<Entry> {
        let is_before = |entry: &Entry| entry.message.range.end <= part.start;
        let is_behind = |entry: &Entry| entry.message.range.start >= part.end;
        let newest = self.recent.front();
        if newest.is_some_and(|entry| entry.message.range.start <= part.start) {
            let from = self.recent.iter().skip_while(|entry| is_before(entry));
            let upto = from.take_while(|entry| !is_behind(entry));
            return upto.take(n).cloned().collect();
        }
        let mut found = Vec::new();
        if n > 0 && part.start < self.run.place.begin {
            let from = self
                .checkpoints
                .partition_point(|checkpoint| checkpoint.place.begin <= part.start);
            self.replay(source, from.saturating_sub(1), &mut |entry| {
                let is_over = is_behind(&entry);
                if !is_over && !is_before(&entry) {
                    found.push(entry);
                }
                !is_over && found.len() < n
            });
        }
        found
    }

    /// The index of the message that holds the byte at `offset`; the tail has none.
    #[must_use]
    pub fn find(&self, source: &Source<'_>, offset: u64) -> Option<u64> {
        let first = self.checkpoints.first()?.place.begin;
        if !(first..self.run.place.begin).contains(&offset) {
            return None;
        }
        if self
            .recent
            .front()
            .is_some_and(|entry| entry.message.range.start <= offset)
        {
            return self
                .recent
                .iter()
                .find(|entry| entry.message.range.contains(&offset))
                .map(|entry| entry.index);
        }
        let from = self
            .checkpoints
            .partition_point(|checkpoint| checkpoint.place.begin <= offset);
        let mut found = None;
        self.replay(source, from.saturating_sub(1), &mut |entry| {
            found = entry.message.range.contains(&offset).then_some(entry.index);
            entry.message.range.end <= offset
        });
        found
    }

    /// What a decoder sees of a source, from an offset on.
    fn cx<'s>(&self, at: u64, source: &Source<'s>) -> Cx<'s> {
        let subject = self.subjects.first().copied().unwrap_or_default();
        let cx = Cx::new(at, self.cut.max, self.sight).telling_of(subject);
        cx.hearing(source.theirs, Duration::MAX)
    }

    /// The first byte to be cut.
    fn origin(&self) -> u64 {
        let first = self.checkpoints.first();
        first.map_or(0, |checkpoint| checkpoint.place.begin)
    }

    /// Cuts anew from the checkpoint at position `from`, until `show` returns false.
    fn replay(&self, source: &Source<'_>, from: usize, show: &mut dyn FnMut(Entry) -> bool) {
        for (k, checkpoint) in self.checkpoints.iter().enumerate().skip(from) {
            let stop = self
                .checkpoints
                .get(k + 1)
                .map_or(self.run.place, |next| next.place);
            let source = Source {
                until: stop.at,
                ended: stop.ended,
                by: Duration::MAX,
                ..*source
            };
            let mut run = Run::new(
                checkpoint.place,
                self.origin(),
                checkpoint.decoder.fork(),
                &self.cut,
                self.sight,
            );
            let mut cx = self.cx(run.place.at, &source);
            let mut is_more = true;
            while is_more && run.place.index < stop.index {
                is_more = run.step(&source, &mut cx).is_some();
                if !is_more {
                    run.close(stop.begin, &mut cx);
                }
                let entries = run.place.entries(cx.take());
                for mut entry in entries.filter(|entry| entry.index < stop.index) {
                    // Only where bytes were lost since can a message reach over the checkpoint.
                    let Message { range, payload, .. } = &mut entry.message;
                    range.end = range.end.min(stop.begin);
                    payload.end = payload.end.min(stop.begin);
                    if range.start <= range.end && !show(entry) {
                        return;
                    }
                }
            }
        }
    }

    /// Remembers the place where the run stands, if it is far from the last one.
    fn checkpoint(&mut self) {
        let place = self.run.place;
        let Some(last) = self.checkpoints.last().map(|checkpoint| checkpoint.place) else {
            return;
        };
        let is_near = place.at - last.at < self.spacing && place.index - last.index < self.spacing;
        if is_near || self.run.is_within_datagram() {
            return;
        }
        let decoder = self.run.fork();
        self.state_bytes += decoder.state_bytes();
        let place = place.having_told(&self.run.told);
        let checkpoint = Checkpoint { place, decoder };
        self.checkpoints.push(Rc::new(checkpoint));
        if self.checkpoints.len() > CHECKPOINTS_MAX || self.state_bytes > STATES_MAX_BYTES {
            let mut keep = false;
            self.checkpoints.retain(|_| {
                keep = !keep;
                keep
            });
            self.spacing *= 2;
            self.count_states();
        }
    }

    fn count_states(&mut self) {
        let checkpoints = self.checkpoints.iter();
        let states = checkpoints.map(|checkpoint| checkpoint.decoder.state_bytes());
        self.state_bytes = states.sum();
    }
}

#[cfg(test)]
mod tests;
