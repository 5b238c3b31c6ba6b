//! What is done to bytes on their way through the program: rules with numbers, each of their hits, and messages that
//! wait for somebody's word. Which rules there are stands with the faults; here they are words.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ConnId, Dir};

/// What is told of the bytes on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// A rule is in force from now on, for the socket that the event is about: of a tap, all its conversations.
    Begun {
        /// Its number, never used again.
        number: u32,
        /// Which bytes; those of both directions without. Of a conversation `In` is what the client sends.
        dir: Option<Dir>,
        /// Its canonical words, with the seed of what it does by chance.
        words: String,
    },
    /// That rule is in force no more.
    Over {
        /// Its number.
        number: u32,
    },
    /// A rule did something to bytes that the socket received, or is about to send.
    Hit(Hit),
    /// A message that the socket received is held until somebody says what becomes of it.
    Caught {
        /// The number of the rule that holds it.
        number: u32,
        /// Its number among the messages of the direction, as its framing counts.
        message: u64,
        /// Its bytes, as received.
        range: Range<u64>,
    },
    /// A held message is held no more.
    Freed {
        /// Its bytes, as received.
        range: Range<u64>,
        /// What becomes of it.
        deed: Deed,
    },
}

/// What a rule did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The rule's number; 0 where somebody did it by hand.
    pub number: u32,
    /// The direction, seen from the socket that the event is about.
    pub dir: Dir,
    /// The bytes it was done to.
    pub range: Range<u64>,
    /// What.
    pub deed: Deed,
    /// Where the bytes stand that went on in their place, where they were changed: whose, and where in what it sends.
    pub sent: Option<(ConnId, Range<u64>)>,
}

/// What became of bytes on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// They went on as they are.
    Passed,
    /// They went on later.
    Delayed(Duration),
    /// They went on in so many pieces.
    Sliced(u32),
    /// They went on changed, so many of them.
    Changed(u64),
    /// They were thrown away.
    Dropped,
    /// They went on twice.
    Doubled,
    /// They went on behind what came after them.
    Swapped,
    /// They were thrown away, and something else was sent back.
    Answered,
    /// They, and all that comes behind them, wait until the rule is over.
    Stalled,
    /// The connection was closed.
    Closed,
    /// The connection was reset.
    Reset,
}

impl Deed {
    /// The word in JSON and for the sentence that says it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Delayed(_) => "delayed",
            Self::Sliced(_) => "sliced",
            Self::Changed(_) => "changed",
            Self::Dropped => "dropped",
            Self::Doubled => "doubled",
            Self::Swapped => "swapped",
            Self::Answered => "answered",
            Self::Stalled => "stalled",
            Self::Closed => "closed",
            Self::Reset => "reset",
        }
    }

    /// Whether other bytes go on than those that came.
    #[must_use]
    pub fn changes(self) -> bool {
        matches!(
            self,
            Self::Changed(_) | Self::Dropped | Self::Doubled | Self::Swapped | Self::Answered
        )
    }
}

/// A direction of bytes, as a command names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Seen from the socket that is named.
    Of(Dir),
    /// Of the conversation: from the client to the server is `In`, as the client's side of a tap receives it.
    Through(Dir),
}

/// A wish about bytes on their way.
#[derive(Clone, Debug, PartialEq)]
pub enum Tamper {
    /// A rule shall be in force.
    Begin {
        /// For which bytes; both directions without.
        way: Option<Way>,
        /// Its canonical words.
        words: String,
    },
    /// A rule, or all of a socket, shall be in force no more.
    End(Option<u32>),
    /// Messages shall be held no more; what is held goes on.
    Release(Option<Way>),
    /// What shall become of the held message, the oldest.
    Free(Freed),
    /// Say which rules are in force, and how often each has hit.
    List,
    /// A machine tells what it did.
    Tell(Fault),
    /// As much waits for somebody's word as may wait, and the socket is read no further; or no longer so.
    Full(bool),
}

/// What shall become of a held message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freed {
    /// It goes on.
    Forward {
        /// All that are held, and not the oldest alone.
        all: bool,
    },
    /// These bytes go on in its place.
    Edit(Vec<u8>),
    /// It is thrown away.
    Drop,
    /// It is thrown away, and these bytes are sent to who sent it.
    Answer(Vec<u8>),
}
