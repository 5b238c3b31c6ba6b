//! What a search looks for, and one pass over a stretch of a direction: plain bytes by `memchr::memmem`, regular
//! expressions by `regex::bytes`, over the pieces of the tape as they lie. Only the seams between pieces are copied.

use std::ops::Range;

use memchr::memmem::Finder;
use regex::bytes::Regex;

use super::super::{Lane, Session};
use crate::command;
use crate::event::{ConnId, Dir, Pattern};

/// How long a match of a regular expression may be and surely be found; a longer one is found as far as it lies within
/// one piece of the tape.
pub const REGEX_REACH_BYTES: u64 = 16 << 10;

/// What a regular expression sees before a place: one scalar, for `\b` and its like.
const CONTEXT_BYTES: u64 = 4;

/// What is read back from the disk at once, at the least and at the most: what stays in a core's own cache until it is
/// searched is found half again as fast (`benches/search.rs`).
const READ_BYTES: Range<usize> = 64 << 10..256 << 10;

/// A read is so many times as long as a match may be: what lies at the seam of two reads is searched twice.
const READ_REACHES: u64 = 16;

/// A pattern made ready.
#[derive(Debug)]
pub struct Matcher {
    kind: Kind,
    /// How far a match may reach behind its first byte.
    reach: u64,
    /// Bytes before a place that decide whether a match begins there.
    context: u64,
    /// Takes what must be read back from the disk.
    buf: Vec<u8>,
    /// The bytes around a seam.
    seam: Vec<u8>,
}

#[derive(Debug)]
enum Kind {
    Bytes(Box<Finder<'static>>),
    Regex(Box<Regex>),
}

/// A regular expression over bytes; `None` if it is not valid or too large.
#[must_use]
pub fn compile(source: &str) -> Option<Regex> {
    command::compile(source).ok()
}

impl Matcher {
    /// `None` if the pattern is not valid, or matches nothing but nothing.
    #[must_use]
    pub fn new(pattern: &Pattern) -> Option<Self> {
        let (kind, reach, context) = match pattern {
            Pattern::Bytes(bytes) => {
                let reach = (bytes.len() as u64).checked_sub(1)?;
                let finder = Finder::new(bytes).into_owned();
                (Kind::Bytes(Box::new(finder)), reach, 0)
            }
            Pattern::Regex(source) => {
                let regex = Kind::Regex(Box::new(compile(source)?));
                (regex, REGEX_REACH_BYTES, CONTEXT_BYTES)
            }
        };
        Some(Self {
            kind,
            reach,
            context,
            buf: Vec::new(),
            seam: Vec::new(),
        })
    }

    /// How far a match may reach behind its first byte: what lies this close to the end may still become one.
    #[must_use]
    pub fn reach(&self) -> u64 {
        self.reach
    }

    /// The matches that begin in `starts`, in order, none overlapping another, at most `limit`; empty ones do not
    /// count. Returns where the pass ended: at the end of `starts`, or behind the last match of so many.
    pub fn scan(
        &mut self,
        session: &Session,
        (conn, dir): (ConnId, Dir),
        starts: Range<u64>,
        limit: usize,
        hits: &mut Vec<Range<u64>>,
    ) -> u64 {
        let tape = session.lane(conn, dir).map(Lane::tape);
        let Some(tape) = tape.filter(|_| !starts.is_empty()) else {
            return starts.end;
        };
        let (mut buf, mut seam) = (
            std::mem::take(&mut self.buf),
            std::mem::take(&mut self.seam),
        );
        seam.clear();
        let read_bytes = index(self.reach.saturating_mul(READ_REACHES));
        let read_bytes = read_bytes.clamp(READ_BYTES.start, READ_BYTES.end);
        let from = starts.start.saturating_sub(self.context);
        let to = starts.end.saturating_add(self.reach);
        let mut pass = Pass {
            matcher: self,
            next: starts.start,
            end: starts.end,
            limit,
            hits,
            seam,
            seam_start: from,
        };
        session.store.tapes.scan(
            tape,
            from..to,
            (&mut buf, read_bytes),
            &mut |part, bytes| {
                match bytes {
                    Some(bytes) => pass.part(part.start, bytes),
                    None => pass.gap(part),
                }
                !pass.is_over()
            },
        );
        pass.decide(starts.end);
        let (is_full, next, seam) = (pass.is_full(), pass.next, pass.seam);
        (self.buf, self.seam) = (buf, seam);
        if is_full { next } else { starts.end }
    }

    /// The first match in `bytes` that begins at `from` or behind it.
    fn find_at(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        match &self.kind {
            Kind::Bytes(finder) => {
                let at = from + finder.find(bytes.get(from..)?)?;
                Some(at..at + finder.needle().len())
            }
            Kind::Regex(regex) => {
                let mut from = from;
                while from <= bytes.len() {
                    let found = regex.find_at(bytes, from)?;
                    if !found.is_empty() {
                        return Some(found.range());
                    }
                    from = found.end() + 1;
                }
                None
            }
        }
    }
}

/// One pass under way.
struct Pass<'p> {
    matcher: &'p Matcher,
    /// The first place that is not decided.
    next: u64,
    /// Matches begin before it.
    end: u64,
    limit: usize,
    hits: &'p mut Vec<Range<u64>>,
    /// The last bytes of what was shown, as many as an undecided place needs.
    seam: Vec<u8>,
    seam_start: u64,
}

impl Pass<'_> {
    fn is_full(&self) -> bool {
        self.hits.len() >= self.limit
    }

    fn is_over(&self) -> bool {
        self.is_full() || self.next >= self.end
    }

    /// The next bytes. A place is decided once as many bytes behind it were seen as a match may have.
    fn part(&mut self, start: u64, bytes: &[u8]) {
        let part_end = start + bytes.len() as u64;
        let decided = part_end.saturating_sub(self.matcher.reach).min(self.end);
        let around = self.matcher.reach + self.matcher.context;
        let head = index(around).min(bytes.len());
        let mut kept_from = 0;
        if self.seam.is_empty() {
            self.seam_start = start;
        } else {
            let mut seam = std::mem::take(&mut self.seam);
            seam.extend_from_slice(bytes.get(..head).unwrap_or_default());
            let until = decided.min(start + self.matcher.context);
            self.search(self.seam_start, &seam, until);
            self.seam = seam;
            kept_from = head;
        }
        self.search(start, bytes, decided);
        self.keep(start, bytes, kept_from);
    }

    /// Keeps what the places that are not decided need.
    fn keep(&mut self, start: u64, bytes: &[u8], kept_from: usize) {
        let wanted = self.matcher.reach + self.matcher.context;
        let part_end = start + bytes.len() as u64;
        let from = part_end.saturating_sub(wanted);
        if from >= start {
            self.seam.clear();
            self.seam_start = from;
            let tail = bytes.get(index(from - start)..);
            self.seam.extend_from_slice(tail.unwrap_or_default());
        } else {
            self.seam
                .extend_from_slice(bytes.get(kept_from..).unwrap_or_default());
            let surplus = index(from.saturating_sub(self.seam_start)).min(self.seam.len());
            self.seam.drain(..surplus);
            self.seam_start += surplus as u64;
        }
    }

    /// These bytes are missing: no match reaches over them.
    fn gap(&mut self, missing: Range<u64>) {
        self.decide(missing.start.min(self.end));
        self.seam.clear();
        if !self.is_full() {
            self.next = self.next.max(missing.end);
        }
    }

    /// Nothing follows what was seen, which decides about the places before `until`.
    fn decide(&mut self, until: u64) {
        let seam = std::mem::take(&mut self.seam);
        self.search(self.seam_start, &seam, until);
        self.seam = seam;
    }

    /// Takes the matches that begin before `until`.
    fn search(&mut self, start: u64, bytes: &[u8], until: u64) {
        while self.next < until && !self.is_full() {
            // The bytes before a part are not here: where they count, the seam decides.
            let Some(from) = self.next.checked_sub(start) else {
                return;
            };
            let Some(found) = self.matcher.find_at(bytes, index(from)) else {
                self.next = until;
                return;
            };
            let (first, end) = (start + found.start as u64, start + found.end as u64);
            if first >= until {
                self.next = until;
                return;
            }
            self.hits.push(first..end);
            self.next = end;
        }
    }
}

/// An offset within memory.
fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
