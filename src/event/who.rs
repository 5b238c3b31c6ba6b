//! Who did something, whose a socket is and what for, and which way bytes go: the short words of every event.

use serde::{Deserialize, Serialize};

/// A direction of bytes, seen from the socket that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Dir {
    /// Received by the socket.
    In,
    /// Sent by the socket.
    Out,
}

impl Dir {
    /// Both, in the order in which per-direction arrays hold them.
    pub const BOTH: [Self; 2] = [Self::In, Self::Out];

    /// The position in an array of two.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::In => 0,
            Self::Out => 1,
        }
    }

    /// The opposite direction.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::In => Self::Out,
            Self::Out => Self::In,
        }
    }

    /// The word in commands and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// Who asked for what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// A person, by key or prompt.
    User,
    /// A line of a script.
    Script,
    /// The loop by itself: automatic accept and read, draining, name look-up.
    Loop,
    /// A lab peer: a program of its own, which tells what it does.
    Lab,
    /// A tap, which passes on what came, and whoever changes that on its way.
    Tap,
    /// Programs whose packets a capture has: nobody saw their calls, which are inferred from the packets.
    Packets,
    /// A rule that somebody made, which acts by itself: `on message … send …`.
    Rule,
}

impl Actor {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Script => "script",
            Self::Loop => "loop",
            Self::Lab => "lab",
            Self::Tap => "tap",
            Self::Packets => "packets",
            Self::Rule => "rule",
        }
    }
}

/// Whose program a socket belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// Ours.
    Me,
    /// A lab peer's: another process, which tells what it does.
    Lab,
    /// Another program's, of which only packets are known.
    Ext,
}

impl Owner {
    /// Who owns what an event of `by` brought into the session.
    #[must_use]
    pub fn of(by: Actor) -> Self {
        match by {
            Actor::User | Actor::Script | Actor::Loop | Actor::Tap | Actor::Rule => Self::Me,
            Actor::Lab => Self::Lab,
            Actor::Packets => Self::Ext,
        }
    }

    /// The word in filters and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Lab => "lab",
            Self::Ext => "ext",
        }
    }
}

/// What a socket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// It connects.
    Client,
    /// A listener made it.
    Accepted,
    /// It makes accepted sockets; no byte goes through it.
    Listener,
    /// It sends and receives datagrams without a connection.
    Datagram,
    /// It makes a connection to its target for each client that comes; no byte goes through itself.
    Tap,
}

impl Role {
    /// The word in filters and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Accepted => "accepted",
            Self::Listener => "listener",
            Self::Datagram => "datagram",
            Self::Tap => "tap",
        }
    }

    /// Whether it makes other sockets, for those who come to it.
    #[must_use]
    pub fn is_maker(self) -> bool {
        matches!(self, Self::Listener | Self::Tap)
    }

    /// The mark before the name on the screen.
    #[must_use]
    pub fn glyph(self) -> char {
        match self {
            Self::Client => '▸',
            Self::Accepted => '◂',
            Self::Listener => '◎',
            Self::Datagram => '▹',
            Self::Tap => '⇄',
        }
    }
}
