//! The vocabulary of the program: an [`Event`] is a fact that the world reported, a [`Command`] is a wish.
//! Nothing else moves between the rooms. No clock, no socket and no byte of a stream lives here: bytes are stored
//! once, by the [`Capture`], and events name them by range.

mod cable;
mod call;
mod capture;
mod command;
mod design;
mod errno;
mod fact;
mod journal;
mod lab;
mod on;
mod option;
mod probe;
mod sink;
mod state;
mod step;
mod view;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use cable::Cable;
pub use call::{Call, Flags, How, Moved, Outcome, Syscall};
pub use capture::{Capture, Shelf, Spill};
pub use command::{BACKLOG, Command, Export, Hold, Make, Part, Record, Save, Want, Wish};
pub use design::Design;
pub use errno::Errno;
pub use fact::{Comparison, Fact, Held, Holder, NUMBERS, Number, Timer, Unit};
pub use journal::Journal;
pub use lab::Lab;
pub use on::{On, Reply};
pub use option::{Kind as OptionKind, OPTIONS, SocketOption, option};
pub use probe::{Asked, Course, Lap, Lists, Measure, Probe, Reached, Spin, Try};
pub use sink::Sink;
pub use state::State;
pub use step::{Expectation, Step};
pub use view::{Jump, Pattern, Travel, View};

use crate::endpoint::{Address, Endpoint, Transport};

/// One socket of a session: numbered from 0 in the order of creation, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConnId(pub u32);

/// A direction of bytes, seen from the socket that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// A fact, with the time since the start of the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Monotonic time since the session began.
    pub at: Duration,
    /// The socket that it is about.
    pub conn: Option<ConnId>,
    /// Who asked.
    pub by: Actor,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// A socket came into the session; its calls follow.
    Opened {
        /// The name that was asked for; without one the session gives the next free letter.
        name: Option<String>,
        /// What it is for.
        role: Role,
        /// What it speaks.
        transport: Transport,
        /// The listener or tap that made it, the other end of a pair, or the client for which a tap goes to its target.
        parent: Option<ConnId>,
    },
    /// Where a tap passes on what comes to it.
    Relays(Endpoint),
    /// The addresses of a socket, as the kernel or the call that made it tells.
    Addressed {
        /// Its own.
        local: Option<Address>,
        /// Its peer's.
        peer: Option<Address>,
    },
    /// A system call.
    Call(Call),
    /// The kernel's numbers of a socket, logged when they changed.
    Fact(Fact),
    /// The kernel's numbers of the other end of a connection, which another program of this host has: logged when they
    /// changed. Without a state the kernel knows of none any more.
    Peer(Fact),
    /// Who has the other end of a connection, or the address that a call was refused: another program of this host, or
    /// the kernel alone.
    Holder(Holder),
    /// The kernel's state of a socket changed. It may come behind [`What::Gone`]: the kernel keeps a connection for a
    /// while after the program has let go of it.
    State(State),
    /// A socket is no more: its descriptor was closed for good, or it never came to be. Told once, last.
    Gone,
    /// A direction of a connection is over, told once.
    Ended {
        /// Which.
        dir: Dir,
        /// The first error that broke it; without one, its end: a read of 0, or our own `shutdown`. A 0 that is read
        /// after a reset is the reset's.
        cause: Option<Errno>,
    },
    /// Bytes that the program holds for a socket and that no call has taken yet.
    Held {
        /// Asked to be sent, waiting for room in the kernel, in bytes.
        queued: u64,
        /// Staged by `stage`, waiting for `flush`, in bytes.
        staged: u64,
    },
    /// How a socket is read and accepted from now on, and what is kept of it.
    Reading {
        /// Whether the loop reads (or accepts) by itself.
        auto: bool,
        /// The most bytes a second, where limited.
        rate: Option<u64>,
        /// The most bytes of each direction that are kept, the newest, where limited.
        keep: Option<u64>,
    },
    /// How the cable of a connection was pulled; `None`: it is plugged in again.
    Cable(Option<Cable>),
    /// How many descriptors of a socket this program holds, told when that changed.
    Refs {
        /// So many.
        count: u32,
        /// The program has forgotten them: they stay open, and no call is made on them any more.
        leaked: bool,
    },
    /// A rule of `on` answers messages of a socket, or of all that a listener accepts, from now on; without its words
    /// it answers no more.
    Answers {
        /// Its number, never used again.
        number: u32,
        /// `message "PING" send "PONG"`.
        rule: Option<String>,
    },
    /// From now on calls are armed instead of made, or made again.
    Holding(bool),
    /// A call that would have been made waits for `do`.
    Armed {
        /// Its number: the order in which `do` makes them, never used again.
        number: u32,
        /// The call, as far as it is known before it is made.
        call: Syscall,
    },
    /// An armed call waits no longer.
    Disarmed {
        /// Its number.
        number: u32,
        /// It is made now, and told next; else it was taken back.
        made: bool,
    },
    /// A direction is cut by another framing.
    Framed {
        /// Which.
        dir: Dir,
        /// The rule in its canonical words.
        rule: String,
        /// The first byte that it applies to.
        from: u64,
    },
    /// A name for this moment.
    Marked(String),
    /// Something worth knowing that is no call.
    Note(String),
    /// Words of a script for its reader.
    Say(String),
    /// A limit was hit, or a caution is due; shown as a banner until it is over.
    Limit {
        /// What is limited and what follows from it; `None` ends the banner of that `key`.
        text: Option<String>,
        /// Names the limit, so that a later event can end it.
        key: String,
    },
    /// A wish could not even be tried: there was no call to make.
    Refused(String),
    /// The name of a moment was taken back.
    Unmarked(String),
    /// An experiment is over.
    Measured(Measure),
}
