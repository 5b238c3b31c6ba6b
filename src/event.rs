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
mod fault;
mod journal;
mod lab;
mod on;
mod option;
mod probe;
mod sink;
mod state;
mod step;
mod view;
mod who;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use cable::Cable;
pub use call::{Call, Flags, How, Moved, Outcome, Syscall};
pub use capture::{Capture, Shelf, Spill};
pub use command::{
    BACKLOG, Command, Export, Gate, Hold, Make, Part, Record, Save, Side, Want, Wish,
};
pub use design::Design;
pub use errno::Errno;
pub use fact::{Comparison, Fact, Held, Holder, NUMBERS, Number, Timer, Unit};
pub use fault::{Deed, Fault, Freed, Hit, Tamper, Way};
pub use journal::Journal;
pub use lab::Lab;
pub use on::{On, Reply};
pub use option::{Kind as OptionKind, OPTIONS, SocketOption, option};
pub use probe::{Asked, Course, Lap, Lists, Measure, Probe, Reached, Spin, Try};
pub use sink::Sink;
pub use state::State;
pub use step::{Expectation, Step};
pub use view::{Jump, Pattern, Travel, View};
pub use who::{Actor, Dir, Owner, Role};

use crate::endpoint::{Address, Endpoint, Transport};

/// One socket of a session: numbered from 0 in the order of creation, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConnId(pub u32);

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

impl Event {
    /// Whether nobody saw it: it follows from packets that somebody saw.
    #[must_use]
    pub fn is_inferred(&self) -> bool {
        let follows = matches!(
            self.what,
            What::Call(_) | What::State(_) | What::Ended { .. } | What::Gone
        );
        follows && self.by == Actor::Packets
    }
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
    /// Bytes on their way.
    Fault(Fault),
}
