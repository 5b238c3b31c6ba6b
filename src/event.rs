//! The vocabulary of the program: an [`Event`] is a fact that the world reported, a [`Command`] is a wish.
//! Nothing else moves between the rooms. No clock, no socket and no byte of a stream lives here: bytes are stored
//! once, by the [`Capture`], and events name them by range.

mod cable;
mod call;
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

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use cable::Cable;
pub use call::{Call, Flags, How, Moved, Outcome, Syscall};
pub use command::{BACKLOG, Command, Export, Hold, Make, Part, Record, Save, Side, Want, Wish};
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

/// Where the bytes of a session go, each stored once. Implemented by the session's tapes.
pub trait Capture {
    /// Whether nothing more may be received: memory and spill file are full.
    fn is_full(&self) -> bool;

    /// Whether nothing more should be received for now: somebody who keeps what comes is behind.
    fn is_behind(&self) -> bool {
        false
    }

    /// A buffer whose spare capacity takes at least `want` bytes to be received by `conn`; after appending to it,
    /// [`Capture::commit`] must be called before anything else.
    fn room(&mut self, conn: ConnId, want: usize) -> &mut Vec<u8>;

    /// Takes what was appended to the buffer of [`Capture::room`] as `len` bytes received at `at`, one read; returns
    /// their range in that direction. `len` may be 0: an empty datagram.
    fn commit(&mut self, conn: ConnId, len: usize, at: Duration) -> Range<u64>;

    /// Stores bytes that one `send` took.
    fn sent(&mut self, conn: ConnId, bytes: &[u8], at: Duration) -> Range<u64>;

    /// Bytes that `conn` received and that are to be passed on: of this range as many from its start as lie together,
    /// or all of them where they are one datagram. None where they cannot be read back: what keeps nothing has none.
    fn to_pass(&mut self, _conn: ConnId, _range: Range<u64>, _whole: bool) -> &[u8] {
        &[]
    }

    /// What `from` received of this range, one `send` of `to` took, unchanged; returns its range there.
    fn passed(&mut self, from: ConnId, range: Range<u64>, to: ConnId, at: Duration) -> Range<u64> {
        let bytes = self.to_pass(from, range, true).to_vec();
        self.sent(to, &bytes, at)
    }

    /// What `conn` receives from here on is to be passed on yet, and must be kept for that; without an offset nothing
    /// is.
    fn owe(&mut self, _conn: ConnId, _from: Option<u64>) {}
}

/// The pieces of tapes that no longer fit into memory. Reading cannot fail: what cannot be read back is missing.
pub trait Spill: std::fmt::Debug {
    /// Takes a piece to be written at `offset` of the spill file; gives it back while the disk is behind, is full or
    /// fails.
    ///
    /// # Errors
    ///
    /// The piece itself, not written.
    fn write(&mut self, offset: u64, piece: Vec<u8>) -> Result<(), Vec<u8>>;

    /// Fills `buf` from `offset`; false where that cannot be read back.
    fn read(&self, offset: u64, buf: &mut [u8]) -> bool;

    /// How many more bytes it takes; 0 once it failed.
    fn room(&self) -> u64;

    /// Why it takes nothing any more, once that is so.
    fn trouble(&self) -> Option<String>;
}

/// A file in which bytes of tapes lie that were not written there for the tapes' sake: a recording, a capture. Reading
/// cannot fail: what cannot be read is missing.
pub trait Shelf: std::fmt::Debug {
    /// Fills `buf` from the byte `at` of the file on; false where that cannot be read.
    fn read(&self, at: u64, buf: &mut [u8]) -> bool;
}
