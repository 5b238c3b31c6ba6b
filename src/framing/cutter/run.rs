//! One pass of a rule over a tape, step by step: pieces of the stream between the ends of reads, datagrams one by one,
//! and what is to be done where bytes are missing.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::super::{Cut, Cx, Decoder, Mailbox, Message, Sight, Told, Unfinished};
use super::{Entry, Source};
use crate::tape::Boundary;

/// The most bytes of a step: what a call may run over its budget, and how many messages it may leave at once.
const STEP_MAX_BYTES: u64 = 16 << 10;

/// The same where most messages are counted, not left.
const FAST_STEP_MAX_BYTES: u64 = 64 << 10;

/// What crossing the end of a read costs, in bytes of the budget.
const CROSSING_BYTES: usize = 64;

/// How far a run has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Behind the last byte that was cut.
    pub(super) at: u64,
    /// Behind the last message.
    pub(super) begin: u64,
    /// How many messages there are.
    pub(super) index: u64,
    /// How many of them count.
    pub(super) count: u64,
    /// How many boundaries lie behind.
    pub(super) crossed: u64,
    /// Bytes from `begin` on are missing.
    missing: bool,
    /// Bytes were missing once: nobody knows how many messages came before, so that none can be paired with those of
    /// the other direction.
    is_deaf: bool,
    /// The decoder was told the end.
    pub(super) ended: bool,
    /// Of a checkpoint: how much had been told to the other direction.
    told: Told,
}

impl Place {
    /// Before the byte at `from`.
    pub(super) fn new(from: u64) -> Self {
        Self {
            at: from,
            begin: from,
            index: 0,
            count: 0,
            crossed: 0,
            missing: false,
            is_deaf: false,
            ended: false,
            told: Told::default(),
        }
    }

    /// How much of a mailbox there was here.
    pub(super) fn told(&self) -> Told {
        self.told
    }

    /// The place where so much had been told.
    pub(super) fn having_told(self, told: &Mailbox) -> Self {
        let told = told.extent();
        Self { told, ..self }
    }

    /// Counts what was left since there were so many messages.
    fn count_on(&mut self, before: (u64, u64), cx: &Cx<'_>) {
        let (left, skipped) = cx.count();
        if left > before.0 {
            self.begin = cx.end();
            self.index += left - before.0;
            self.count += (left - before.0) - (skipped - before.1);
        }
    }

    /// The last messages before this place, with their positions and numbers.
    pub(super) fn entries(&self, messages: Vec<Message>) -> impl Iterator<Item = Entry> + use<> {
        let counted = messages.iter().filter(|message| message.is_counted());
        let mut count = self.count - counted.count() as u64;
        let first = self.index - messages.len() as u64;
        (first..).zip(messages).map(move |(index, message)| {
            let is_counted = message.is_counted();
            count += u64::from(is_counted);
            let number = is_counted.then_some(count);
            Entry {
                index,
                number,
                message,
            }
        })
    }
}

/// A pass.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) place: Place,
    /// The first byte to be cut.
    origin: u64,
    decoder: Box<dyn Decoder>,
    cut: Cut,
    sight: Sight,
    /// What its decoder told that of the other direction.
    pub(super) told: Mailbox,
    /// The next boundaries, once they were read.
    ahead: VecDeque<Boundary>,
}

impl Run {
    /// Goes on from a place, with the decoder as it was there; the first byte of all is that at `origin`.
    pub(super) fn new(
        place: Place,
        origin: u64,
        decoder: Box<dyn Decoder>,
        cut: &Cut,
        sight: Sight,
    ) -> Self {
        Self {
            place,
            origin,
            decoder,
            cut: cut.clone(),
            sight,
            told: Mailbox::default(),
            ahead: VecDeque::new(),
        }
    }

    /// The decoder as it is now.
    pub(super) fn fork(&self) -> Box<dyn Decoder> {
        self.decoder.fork()
    }

    /// Whether it stands in a datagram, or at its end and not beyond: only from there on can it go on.
    pub(super) fn is_within_datagram(&self) -> bool {
        let next = self.ahead.front();
        self.sight.datagrams && next.is_some_and(|next| next.start < self.place.at)
    }

    /// Does one piece of work and returns what it cost; `None` if there is none.
    pub(super) fn step(&mut self, source: &Source<'_>, cx: &mut Cx<'_>) -> Option<usize> {
        let until = source.until.min(source.tapes.len(source.tape));
        let next = self.next(source);
        if self.sight.datagrams
            && self.skip_unbounded(next.map_or(until, |boundary| boundary.start), cx)
        {
            return Some(CROSSING_BYTES);
        }
        if next.is_some_and(|boundary| boundary.time > source.by) {
            return None;
        }
        let now = next.map_or(Duration::MAX, |boundary| boundary.time);
        let next = next.filter(|boundary| boundary.end <= until);
        let end = match next {
            Some(boundary) => boundary.end,
            None if self.sight.datagrams => self.place.at,
            None => until,
        };
        if end > self.place.at {
            let is_fast = cx.keep() < usize::MAX;
            let most = if is_fast {
                FAST_STEP_MAX_BYTES
            } else {
                STEP_MAX_BYTES
            };
            let end = end.min(self.place.at + most);
            let cost = end - self.place.at;
            self.feed(source, now, end, cx);
            return usize::try_from(cost).ok();
        }
        if let Some(boundary) = next {
            self.cross(boundary, cx);
            return Some(CROSSING_BYTES);
        }
        if source.ended && !self.sight.datagrams && !self.place.ended {
            self.place.ended = true;
            if !self.place.missing {
                self.decode(cx, Duration::MAX, |decoder, cx| decoder.end(cx));
            }
            return Some(CROSSING_BYTES);
        }
        None
    }

    /// What stands behind the last message.
    pub(super) fn tail(&self) -> Option<Message> {
        let Place {
            begin, at, missing, ..
        } = self.place;
        if begin == at {
            return None;
        }
        if missing {
            return Some(missing_bytes(begin..at));
        }
        let unfinished = self.decoder.unfinished();
        Some(
            unfinished
                .unwrap_or_else(|| Unfinished::waiting(begin, None, ""))
                .message(at),
        )
    }

    /// Makes what stands behind the last message a message that ends at `end`.
    pub(super) fn close(&mut self, end: u64, cx: &mut Cx<'_>) {
        if self.place.begin < end
            && let Some(mut message) = self.tail()
        {
            message.range.end = end;
            message.payload.end = message.payload.end.min(end);
            self.leave(message, cx);
        }
    }

    /// When what is to be cut next had moved, if its time is known.
    pub(super) fn next_time(&mut self, source: &Source<'_>) -> Option<Duration> {
        let next = self.next(source)?;
        (next.end <= source.until).then_some(next.time)
    }

    /// The next boundary that was not crossed. Those that were lost are passed over.
    fn next(&mut self, source: &Source<'_>) -> Option<Boundary> {
        let origin = self.origin;
        if self.place.crossed == 0 && origin > 0 {
            self.place.crossed = first_behind(source, origin);
        }
        while self.ahead.is_empty() && self.place.crossed < source.calls {
            self.ahead = source.ends.some(source.tapes, self.place.crossed);
            let is_lost = self.ahead.is_empty();
            let passed = |boundary: &&Boundary| is_before(boundary, origin);
            let passed = self.ahead.iter().take_while(passed).count();
            self.ahead.drain(..passed);
            self.place.crossed += passed as u64 + u64::from(is_lost);
        }
        let next = self.ahead.front().copied();
        next.filter(|_| self.place.crossed < source.calls)
    }

    fn feed(&mut self, source: &Source<'_>, now: Duration, end: u64, cx: &mut Cx<'_>) {
        source.tapes.visit(
            source.tape,
            self.place.at..end,
            &mut |part, bytes| match bytes {
                Some(bytes) => {
                    if self.place.missing {
                        self.afresh(part.start, cx);
                    }
                    self.decode(cx, now, |decoder, cx| decoder.feed_all(bytes, cx));
                    self.place.at = part.end;
                }
                None => self.miss(part, now, cx),
            },
        );
        if self.place.at < end {
            self.miss(self.place.at..end, now, cx);
        }
    }

    /// Bytes that moved at that time are missing: what had begun stays unfinished, and no more can be told of.
    fn miss(&mut self, part: Range<u64>, now: Duration, cx: &mut Cx<'_>) {
        if !self.place.missing {
            self.close(part.start, cx);
            self.place.missing = true;
            self.place.is_deaf = true;
            self.told.silence(now);
        }
        self.place.at = part.end;
    }

    /// Leaves what is unfinished at `end` and begins anew there.
    fn afresh(&mut self, end: u64, cx: &mut Cx<'_>) {
        self.close(end, cx);
        self.place.missing = false;
        self.decoder = self.cut.rule.decoder();
    }

    /// Passes over bytes before `end` that belong to no datagram: their boundaries were lost.
    fn skip_unbounded(&mut self, end: u64, cx: &mut Cx<'_>) -> bool {
        let skips = self.place.at < end;
        if skips {
            self.miss(self.place.at..end, Duration::ZERO, cx);
        }
        skips
    }

    /// A read or datagram ended here.
    fn cross(&mut self, boundary: Boundary, cx: &mut Cx<'_>) {
        self.ahead.pop_front();
        if self.ahead.is_empty() {
            // A quiet direction among ten thousand holds no room for what was read ahead.
            self.ahead = VecDeque::new();
        }
        self.place.crossed += 1;
        if !self.place.missing {
            let time = boundary.time;
            self.decode(cx, time, |decoder, cx| decoder.boundary(time, cx));
        }
        if !self.sight.datagrams {
            return;
        }
        if !self.place.missing {
            self.decode(cx, boundary.time, |decoder, cx| decoder.end(cx));
        }
        self.afresh(boundary.end, cx);
        if boundary.start == boundary.end {
            let range = boundary.end..boundary.end;
            self.leave(Message::new(range.clone(), range, "empty"), cx);
        }
    }

    /// Lets the decoder do something with what moved at a time.
    fn decode(
        &mut self,
        cx: &mut Cx<'_>,
        now: Duration,
        call: impl FnOnce(&mut dyn Decoder, &mut Cx<'_>),
    ) {
        let before = cx.count();
        cx.move_to(self.place.at, now);
        // A datagram is cut alone: it is the first of nothing.
        let is_alone = self.place.is_deaf || self.sight.datagrams;
        if is_alone {
            cx.deafen();
        }
        call(self.decoder.as_mut(), cx);
        let letters = cx.take_letters();
        if is_alone {
            self.told.silence(Duration::ZERO);
        } else {
            self.told.put(now, letters);
        }
        if self.decoder.lost().is_some() {
            self.told.silence(now);
        }
        self.place.count_on(before, cx);
    }

    fn leave(&mut self, message: Message, cx: &mut Cx<'_>) {
        let before = cx.count();
        cx.emit(message);
        self.place.count_on(before, cx);
    }
}

/// The position of the first boundary that is not before `origin`.
fn first_behind(source: &Source<'_>, origin: u64) -> u64 {
    let mut range = 0..source.ends.count();
    while !range.is_empty() {
        let middle = range.start.midpoint(range.end);
        let boundary = source.ends.nth(source.tapes, middle);
        if boundary.is_none_or(|boundary| is_before(&boundary, origin)) {
            range.start = middle + 1;
        } else {
            range.end = middle;
        }
    }
    range.start
}

/// Whether all that ended at the boundary stands before `origin`.
fn is_before(boundary: &Boundary, origin: u64) -> bool {
    boundary.end < origin || (boundary.end == origin && boundary.start < origin)
}

fn missing_bytes(range: Range<u64>) -> Message {
    let at = range.start;
    Message::bad(range, "bytes are missing", at)
}
