//! What a cutter is given of a direction: the bytes that are known, the ends of calls, what the other direction told.

use std::time::Duration;

use super::Mailbox;
use crate::tape::{Boundaries, TapeId, Tapes};

/// What there is of a direction: where its bytes stand, and how far they are to be cut.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// All tapes.
    pub tapes: &'a Tapes,
    /// That of the direction.
    pub tape: TapeId,
    /// Where its reads or sends ended.
    pub ends: &'a Boundaries,
    /// The bytes before this offset are known.
    pub until: u64,
    /// So many of the ends are known.
    pub calls: u64,
    /// There will be no more.
    pub ended: bool,
    /// What moved later than this is not cut yet: the other direction comes first.
    pub by: Duration,
    /// What the decoder of the other direction has told.
    pub theirs: Option<&'a Mailbox>,
}

impl<'a> Source<'a> {
    /// All that a tape has, of a stream that goes on.
    #[must_use]
    pub fn new(tapes: &'a Tapes, tape: TapeId, ends: &'a Boundaries) -> Self {
        Self {
            tapes,
            tape,
            ends,
            until: tapes.len(tape),
            calls: ends.count(),
            ended: false,
            by: Duration::MAX,
            theirs: None,
        }
    }
}
