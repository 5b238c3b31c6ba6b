//! One way in which a conversation may end, and all of them.

use std::fmt;
use std::time::Duration;

use super::Ends;

/// Who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

impl Side {
    pub(crate) const BOTH: [Self; 2] = [Self::Client, Self::Server];

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// How the one who ends first does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// shutdown(WR); the other direction goes on.
    HalfClose,
    /// close(2), with nothing left to read; whoever writes on must be told.
    Close,
    /// A reset, after all bytes have reached the other end.
    Reset,
    /// A reset while bytes may be anywhere.
    Torn,
}

/// When the other one speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// At once, so that its bytes are on their way when the first one ends.
    AtOnce,
    /// Once it has seen the end.
    Asked,
    /// So long after it has seen the end.
    Late(Duration),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) first: Side,
    pub(crate) manner: Manner,
    /// How many bytes the client and the server send.
    pub(crate) pending: [usize; 2],
    /// Who reads in small pieces, and only once the other direction is through.
    pub(crate) slow: Option<Side>,
    pub(crate) when: When,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, manner) = (self.first, self.manner);
        let [client, server] = self.pending;
        write!(
            f,
            "{first:?} ends first, {manner:?}; c2s {client} B, s2c {server} B"
        )?;
        if let Some(slow) = self.slow {
            write!(f, "; {slow:?} is slow")?;
        }
        match self.when {
            When::AtOnce => Ok(()),
            When::Asked => write!(f, "; replies to the end"),
            When::Late(pause) => write!(f, "; replies {pause:?} after the end"),
        }
    }
}

impl Case {
    /// Every case with so many bytes a direction that can be played between such ends.
    pub(crate) fn product(sizes: &[usize], ends: Ends) -> Vec<Self> {
        let manners = [
            Manner::HalfClose,
            Manner::Close,
            Manner::Reset,
            Manner::Torn,
        ];
        let mut cases = Vec::new();
        for first in Side::BOTH {
            for manner in manners {
                for client in sizes {
                    for server in sizes {
                        for slow in [None, Some(Side::Client), Some(Side::Server)] {
                            cases.extend([When::AtOnce, When::Asked].map(|when| Self {
                                first,
                                manner,
                                pending: [*client, *server],
                                slow,
                                when,
                            }));
                        }
                    }
                }
            }
        }
        cases.retain(|case| case.is_playable(ends));
        cases
    }

    /// Leaves out what contradicts itself, what says the same as another, and what a kind of socket does not have.
    fn is_playable(&self, ends: Ends) -> bool {
        let second = self.first.other();
        let is_slow_for_nothing = self.slow.is_some_and(|slow| self.bytes(slow.other()) == 0);
        let waits_for_itself = self.when == When::Asked
            && (self.manner != Manner::HalfClose || self.slow == Some(second));
        let is_torn_by = if self.first == Side::Client {
            ends.0
        } else {
            ends.1
        };
        // The end of a Unix socket is a reset only where bytes were left unread, and that is all that it knows of one.
        let has_no_reset = self.manner == Manner::Torn && is_torn_by;
        let nobody_reads = self.manner == Manner::Torn && self.slow == Some(self.first);
        !(is_slow_for_nothing || waits_for_itself || has_no_reset || nobody_reads)
    }

    /// Whether what was sent before a connection was torn has arrived for certain: one byte alone, to a relay that was
    /// not sending itself.
    pub(crate) const fn must_arrive(&self) -> bool {
        self.bytes(self.first) == 1 && self.bytes(self.first.other()) == 0
    }

    /// How many bytes that side sends.
    pub(crate) const fn bytes(&self, side: Side) -> usize {
        match side {
            Side::Client => self.pending[0],
            Side::Server => self.pending[1],
        }
    }
}
