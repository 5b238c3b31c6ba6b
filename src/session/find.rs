//! Searching the bytes of a direction, in slices, so that a search of gigabytes never holds the loop up.

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

use super::Session;
use crate::event::{ConnId, Dir, Pattern};

/// Bytes looked at in one piece.
const WINDOW_BYTES: u64 = 64 << 10;

/// How far a match may reach over the end of a piece.
const OVERLAP_BYTES: u64 = 4 << 10;

/// A search under way.
#[derive(Debug)]
pub struct Find {
    conn: ConnId,
    dir: Dir,
    regex: Regex,
    overlap: u64,
    forward: bool,
    /// Where the next piece begins (forward) or ends (backward).
    at: u64,
}

/// How a search stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The nearest match.
    Found(Range<u64>),
    /// Not yet.
    Searching,
    /// Not in this direction.
    Nothing,
}

/// A regular expression that matches what the pattern means, over bytes; `None` if it is not valid.
#[must_use]
pub fn compile(pattern: &Pattern) -> Option<Regex> {
    let source = match pattern {
        Pattern::Regex(source) => source.clone(),
        Pattern::Bytes(bytes) => bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect(),
    };
    let unicode = matches!(pattern, Pattern::Regex(_));
    RegexBuilder::new(&source)
        .unicode(unicode)
        .size_limit(16 << 20)
        .build()
        .ok()
}

impl Find {
    /// A search from `from` on: forward for matches that begin there or behind it, backward for those that begin before
    /// it.
    /// `None` if the pattern is not valid.
    #[must_use]
    pub fn new(
        conn: ConnId,
        dir: Dir,
        pattern: &Pattern,
        from: u64,
        forward: bool,
    ) -> Option<Self> {
        let overlap = match pattern {
            Pattern::Bytes(bytes) => bytes.len() as u64,
            Pattern::Regex(_) => OVERLAP_BYTES,
        };
        Some(Self {
            conn,
            dir,
            regex: compile(pattern)?,
            overlap,
            forward,
            at: from,
        })
    }

    /// Whose bytes are searched.
    #[must_use]
    pub fn conn(&self) -> ConnId {
        self.conn
    }

    /// Which direction.
    #[must_use]
    pub fn dir(&self) -> Dir {
        self.dir
    }

    /// Looks at the next pieces, about `budget_bytes`.
    pub fn step(&mut self, session: &Session, budget_bytes: u64) -> Finding {
        let mut looked = 0;
        while looked < budget_bytes {
            match if self.forward {
                self.forward(session)
            } else {
                self.backward(session)
            } {
                Finding::Searching => looked += WINDOW_BYTES,
                other => return other,
            }
        }
        Finding::Searching
    }

    fn forward(&mut self, session: &Session) -> Finding {
        let len = session
            .lane(self.conn, self.dir)
            .map_or(0, super::Lane::len);
        if self.at >= len {
            return Finding::Nothing;
        }
        let start = self.at;
        let (bytes, _) = session.bytes(
            self.conn,
            self.dir,
            start..start + WINDOW_BYTES + self.overlap,
        );
        let found = self.regex.find_iter(&bytes).find(|found| !found.is_empty());
        match found.filter(|found| (found.start() as u64) < WINDOW_BYTES) {
            Some(found) => Finding::Found(start + found.start() as u64..start + found.end() as u64),
            None => {
                self.at = start + WINDOW_BYTES;
                Finding::Searching
            }
        }
    }

    fn backward(&mut self, session: &Session) -> Finding {
        if self.at == 0 {
            return Finding::Nothing;
        }
        let start = self.at.saturating_sub(WINDOW_BYTES);
        let (bytes, _) = session.bytes(self.conn, self.dir, start..self.at + self.overlap);
        let before = self.at - start;
        let matches = self
            .regex
            .find_iter(&bytes)
            .filter(|found| !found.is_empty());
        match matches
            .take_while(|found| (found.start() as u64) < before)
            .last()
        {
            Some(found) => Finding::Found(start + found.start() as u64..start + found.end() as u64),
            None => {
                self.at = start;
                Finding::Searching
            }
        }
    }
}
