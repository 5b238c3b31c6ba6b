//! One rule over the bytes: what its decoder makes of them from the start, and from places where no message begins.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use memchr::memmem;

use super::LOOKED_AT_BYTES;
use crate::framing::{Cut, Cx, MESSAGE_MAX_BYTES, Message, Sight, Status};

/// Places that are tried where no message begins.
const PLACES: usize = 64;

/// Bytes that are fed there, and as many times the longest message; a rule that needs more has not said yes.
const PLACE_BYTES: usize = 1 << 10;
const PLACE_MESSAGES: u64 = 4;

/// What a run costs, whatever it finds.
const RUN_COST: usize = 256;

/// Beginnings of messages that are remembered.
const STARTS_MAX: usize = 8192;

/// Messages whose sensitivity to a changed byte is tried.
const SAMPLES: usize = 8;

/// Fields of a message that is named as a whole.
const FIELDS_MIN: usize = 4;

/// The longest delimiter that is known as one.
const DELIMITER_MAX_BYTES: usize = 8;

/// First bytes of a message that are changed, one after the other.
const CHANGED_BYTES: usize = 12;

/// The bytes that the guess is about.
#[derive(Debug)]
pub(super) struct Subject {
    bytes: Vec<u8>,
    /// Behind each read or datagram, and behind the last byte unless there are more.
    ends: Vec<usize>,
    sight: Sight,
    /// There are more bytes than are looked at.
    is_cut: bool,
}

/// What a rule makes of the bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Whole good messages that count.
    pub(super) messages: u64,
    /// Those of them that carry nothing.
    pub(super) empty: u64,
    /// The bytes that these hold.
    pub(super) held: u64,
    /// The longest of them.
    pub(super) longest: u64,
    /// Something broke the rule.
    pub(super) is_bad: bool,
    /// How many ends of reads are ends of messages.
    pub(super) hits: u64,
    /// Where messages begin.
    pub(super) starts: Vec<usize>,
    /// What all messages end with, and none holds before.
    pub(super) delimiter: Vec<u8>,
    /// What all ranges hash to: equal for rules that cut alike.
    pub(super) digest: u64,
}

/// How often a message begins by chance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Elsewhere {
    /// Places that were tried.
    pub(super) tried: u64,
    /// Where a whole good message seems to begin.
    pub(super) fits: u64,
    /// Of the first bytes of real messages, how many cannot be changed without another cut, in the mean.
    pub(super) sensitive: f64,
}

impl Found {
    /// Whether messages end where bytes say so that stand nowhere else.
    pub(super) fn is_delimited(&self) -> bool {
        !self.delimiter.is_empty()
    }
}

impl Elsewhere {
    /// The number of first bytes that matter to the cut, of most messages.
    pub(super) fn checked_bytes(&self) -> usize {
        let checked = |bytes: &usize| f64::from(u8::try_from(*bytes).unwrap_or(u8::MAX)) - 0.5;
        (1..=CHANGED_BYTES)
            .take_while(|bytes| checked(bytes) <= self.sensitive)
            .count()
    }
}

impl Subject {
    pub(super) fn new(bytes: &[u8], ends: &[u64], sight: Sight) -> Self {
        let looked_at = bytes.get(..LOOKED_AT_BYTES).unwrap_or(bytes);
        let is_cut = looked_at.len() < bytes.len();
        let len = looked_at.len();
        let ends = ends.iter().filter_map(|end| usize::try_from(*end).ok());
        let mut ends: Vec<_> = ends.filter(|end| (1..=len).contains(end)).collect();
        if !is_cut && len > 0 {
            ends.push(len);
        }
        ends.sort_unstable();
        ends.dedup();
        Self {
            bytes: looked_at.to_vec(),
            ends,
            sight,
            is_cut,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Ends of reads or datagrams, ascending; the end of all is one unless there are more bytes.
    pub(super) fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// Whether there are more bytes behind.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether each end is a datagram's, and cut alone.
    pub(super) fn is_datagrams(&self) -> bool {
        self.sight.datagrams
    }

    /// What the rule makes of all, up to the first trouble; and what finding out cost.
    pub(super) fn run(&self, cut: &Cut) -> (Found, usize) {
        let mut sum = Sum::default();
        let mut start = 0;
        let mut at = 0;
        let whole = [self.bytes.len()];
        let parts = if self.sight.datagrams {
            &self.ends
        } else {
            &whole[..]
        };
        for end in parts {
            let mut ends = |message: &Message| sum.add(message, &self.bytes);
            at = self.run_part(cut, start..*end, &mut ends);
            if sum.found.is_bad {
                break;
            }
            start = *end;
        }
        let found = sum.finish(self);
        let cost = at + RUN_COST + usize::try_from(found.messages).unwrap_or(usize::MAX) * 16;
        (found, cost)
    }

    /// Cuts a part of the bytes; returns how far it came.
    fn run_part(
        &self,
        cut: &Cut,
        part: Range<usize>,
        each: &mut dyn FnMut(&Message) -> bool,
    ) -> usize {
        let mut decoder = cut.rule.decoder();
        let mut cx = Cx::new(part.start as u64, MESSAGE_MAX_BYTES, self.sight);
        let mut at = part.start;
        while at < part.end {
            let rest = self.bytes.get(at..part.end).unwrap_or_default();
            let taken = decoder.feed(rest, &mut cx);
            cx.advance(taken as u64);
            at += taken;
            let messages = cx.take();
            if !messages.iter().all(&mut *each) || (taken == 0 && messages.is_empty()) {
                return at;
            }
        }
        if part.end < self.bytes.len() || !self.is_cut {
            decoder.end(&mut cx);
        }
        if cx.take().iter().all(&mut *each)
            && let Some(unfinished) = decoder.unfinished()
        {
            each(&unfinished.message(part.end as u64));
        }
        at
    }

    /// How the rule does where it found no message to begin; and what finding out cost.
    pub(super) fn elsewhere(&self, cut: &Cut, found: &Found) -> (Elsewhere, usize) {
        let mut cost = 0;
        let mut elsewhere = Elsewhere::default();
        let last = self.bytes.len().saturating_sub(1);
        let room = found.longest.saturating_mul(PLACE_MESSAGES);
        let room = usize::try_from(room).unwrap_or(usize::MAX).max(PLACE_BYTES);
        for nth in 0..PLACES {
            // Spread over all bytes, and in no step with anything.
            let place = (nth * last / PLACES + nth * 7 % 5 + 1).min(last);
            if found.starts.binary_search(&place).is_ok() {
                continue;
            }
            let (fits, fed) = self.begins(cut, place, room, None);
            cost += fed;
            elsewhere.tried += 1;
            elsewhere.fits += u64::from(fits.is_some());
        }
        let (mut changes, mut noticed) = (0_u32, 0_u32);
        let step = (found.starts.len() / SAMPLES).max(1);
        for place in found.starts.iter().step_by(step).take(SAMPLES) {
            let (length, fed) = self.begins(cut, *place, room, None);
            cost += fed;
            let len = length.unwrap_or_default();
            for at in 0..len.min(CHANGED_BYTES) {
                // What ends behind that has changed, whatever it is.
                let room = len * 2 + CHANGED_BYTES;
                let (now, fed) = self.begins(cut, *place, room, Some(at));
                cost += fed;
                noticed += u32::from(now != length);
            }
            changes += 1;
        }
        elsewhere.sensitive = f64::from(noticed) / f64::from(changes.max(1));
        (elsewhere, cost + RUN_COST)
    }

    /// Whether the rule names every byte of its messages, and more than a length: garbage is seldom named to its end.
    pub(super) fn is_dissected(&self, cut: &Cut, found: &Found) -> bool {
        let mut starts = found.starts.iter();
        starts.len() > 0
            && starts.all(|start| {
                let Some(len) = self.begins(cut, *start, usize::MAX, None).0 else {
                    return false;
                };
                let bytes = self.bytes.get(*start..start + len).unwrap_or_default();
                let range = 0..len as u64;
                let mut message = Message::new(range.clone(), range, "");
                cut.describe(&mut message, bytes, self.sight);
                let covered = message.fields.iter().map(|field| &field.range);
                let covered: u64 = covered.map(|range| range.end - range.start).sum();
                message.fields.len() >= FIELDS_MIN && covered >= len as u64
            })
    }

    /// How long the message is that begins at a place, if a whole good one does within `room` bytes; and what that
    /// cost. The byte `changed` behind the place is another then.
    fn begins(
        &self,
        cut: &Cut,
        place: usize,
        room: usize,
        changed: Option<usize>,
    ) -> (Option<usize>, usize) {
        let part_end = if self.sight.datagrams {
            let nth = self.ends.partition_point(|end| *end <= place);
            self.ends.get(nth).copied().unwrap_or(place)
        } else {
            self.bytes.len()
        };
        let end = part_end.min(place.saturating_add(room));
        let bytes = self.bytes.get(place..end).unwrap_or_default();
        let mut altered = Vec::new();
        let bytes = match changed {
            Some(at) => {
                altered.extend_from_slice(bytes);
                if let Some(byte) = altered.get_mut(at) {
                    *byte ^= 0x55;
                }
                &altered
            }
            None => bytes,
        };
        let mut decoder = cut.rule.decoder();
        let mut cx = Cx::new(0, MESSAGE_MAX_BYTES, self.sight);
        let taken = decoder.feed(bytes, &mut cx);
        cx.advance(taken as u64);
        if end == part_end && !self.is_cut {
            decoder.end(&mut cx);
        }
        let messages = cx.take();
        let first = messages.first();
        let first =
            first.filter(|message| message.status == Status::Ok && message.range.start == 0);
        let length = first.and_then(|message| usize::try_from(message.bytes()).ok());
        (length, RUN_COST / 4 + taken)
    }
}

/// What was found so far.
#[derive(Debug, Default)]
struct Sum {
    found: Found,
    hasher: DefaultHasher,
    ends: Vec<usize>,
}

impl Sum {
    /// Adds a message; false where that was the last.
    fn add(&mut self, message: &Message, bytes: &[u8]) -> bool {
        let found = &mut self.found;
        match message.status {
            Status::Ok => {}
            Status::Skipped { .. } => {
                message.range.end.hash(&mut self.hasher);
                return true;
            }
            Status::Partial { .. } => return false,
            Status::Bad { .. } => {
                found.is_bad = true;
                return false;
            }
        }
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let (start, end) = (place(message.range.start), place(message.range.end));
        let own = bytes.get(start..end).unwrap_or_default();
        if found.messages == 0 {
            let from = own.len().saturating_sub(DELIMITER_MAX_BYTES);
            found.delimiter = own.get(from..).unwrap_or_default().to_vec();
        }
        let alike = found.delimiter.iter().rev().zip(own.iter().rev());
        let alike = alike.take_while(|(a, b)| a == b).count();
        let differs = found.delimiter.len() - alike;
        found.delimiter.drain(..differs);
        found.messages += 1;
        found.empty += u64::from(message.payload.is_empty());
        found.held += message.bytes();
        found.longest = found.longest.max(message.bytes());
        if found.starts.len() < STARTS_MAX {
            found.starts.push(start);
        }
        self.ends.push(end);
        message.range.hash(&mut self.hasher);
        true
    }

    fn finish(mut self, subject: &Subject) -> Found {
        let is_end = |end: &&usize| self.ends.binary_search(end).is_ok();
        self.found.hits = subject.ends.iter().filter(is_end).count() as u64;
        let delimiter = &self.found.delimiter;
        let is_last = |(start, end): (&usize, &usize)| {
            let own = subject.bytes.get(*start..*end).unwrap_or_default();
            let first = memmem::find(own, delimiter);
            first.is_some_and(|at| at + delimiter.len() == own.len())
        };
        let starts = self.found.starts.iter();
        if delimiter.is_empty() || !starts.zip(&self.ends).all(is_last) {
            self.found.delimiter.clear();
        }
        self.found.digest = self.hasher.finish();
        self.found
    }
}
