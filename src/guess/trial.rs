//! One rule over the bytes: what its decoder makes of them from the start.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use memchr::memmem;

use super::LOOKED_AT_BYTES;
use crate::framing::{Cut, Cx, MESSAGE_MAX_BYTES, Message, Sight, Status};

/// What a run costs, whatever it finds.
pub(super) const RUN_COST: usize = 256;

/// More messages or datagrams than this are not looked at: what is true of so many is true.
const MESSAGES_MAX: usize = 8192;

/// The longest delimiter that is known as one.
const DELIMITER_MAX_BYTES: usize = 8;

/// What carries nothing and has no more bytes than this is by chance what it is.
const BARE_MAX_BYTES: usize = 2;

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
    /// Those of them that have a byte or two besides.
    pub(super) bare: u64,
    /// The bytes that these hold.
    pub(super) held: u64,
    /// The longest of them.
    pub(super) longest: u64,
    /// Behind the last of them.
    pub(super) end: u64,
    /// Something broke the rule.
    pub(super) is_bad: bool,
    /// There may be more, which were not looked at.
    pub(super) is_enough: bool,
    /// How many ends of reads are ends of messages.
    pub(super) hits: u64,
    /// Where messages begin.
    pub(super) starts: Vec<usize>,
    /// What all messages end with, and none holds before.
    pub(super) delimiter: Vec<u8>,
    /// What all ranges hash to: equal for rules that cut alike.
    pub(super) digest: u64,
}

impl Found {
    /// Whether messages end where bytes say so that stand nowhere else.
    pub(super) fn is_delimited(&self) -> bool {
        !self.delimiter.is_empty()
    }
}

impl Subject {
    pub(super) fn new(bytes: &[u8], ends: &[u64], sight: Sight) -> Self {
        let looked_at = bytes.get(..LOOKED_AT_BYTES).unwrap_or(bytes);
        let last = ends.get(MESSAGES_MAX - 1).filter(|_| sight.datagrams);
        let last = last.and_then(|end| looked_at.get(..usize::try_from(*end).ok()?));
        let looked_at = last.unwrap_or(looked_at);
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

    pub(super) fn sight(&self) -> Sight {
        self.sight
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
        let mut count = 0;
        for end in parts {
            count += 1;
            let mut ends = |message: &Message| sum.add(message, &self.bytes);
            at = self.run_part(cut, start..*end, &mut ends);
            if sum.found.is_bad || sum.found.is_enough {
                break;
            }
            start = *end;
        }
        let found = sum.finish(self);
        // A message, and the decoder of a datagram, cost something whatever their lengths.
        let messages = usize::try_from(found.messages).unwrap_or(usize::MAX);
        let cost = at + RUN_COST + messages * 16 + count * 64;
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
        found.bare += u64::from(message.payload.is_empty() && own.len() <= BARE_MAX_BYTES);
        found.held += message.bytes();
        found.longest = found.longest.max(message.bytes());
        found.end = message.range.end;
        found.starts.push(start);
        self.ends.push(end);
        message.range.hash(&mut self.hasher);
        found.is_enough = found.starts.len() >= MESSAGES_MAX;
        !found.is_enough
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
