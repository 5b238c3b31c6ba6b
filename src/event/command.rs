//! Wishes after parsing: small, closed, with finished bytes and resolved socket names. Who carries one out stands at
//! each: the net, the session, the view or a script.

use std::ops::Range;
use std::time::Duration;

use super::{Actor, ConnId, Dir, Flags, How, Lab, On, Probe, Step, Tamper, View};
use crate::endpoint::{Endpoint, Transport};

/// How many finished connections may wait at a listener, unless told.
pub const BACKLOG: u32 = 128;

/// A wish and who has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// Who asked; the calls that follow are logged as theirs.
    pub by: Actor,
    /// What for.
    pub wish: Wish,
}

/// What is wished for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// A new socket. The net carries it out.
    Make(Make),
    /// Something of a socket. The net carries it out.
    Socket(ConnId, Want),
    /// An experiment. The net carries it out.
    Probe(Probe),
    /// Keep so many closed sockets, the newest, or all. The session carries it out.
    Keep(Option<u64>),
    /// Cut a direction of a socket, or both, by a rule in its canonical words. The session carries it out.
    Frame {
        /// Whose bytes.
        conn: ConnId,
        /// Which direction; both without.
        dir: Option<Dir>,
        /// The rule.
        rule: String,
        /// The first byte that it applies to; without, the whole direction is cut anew.
        from: Option<u64>,
    },
    /// Something of the bytes on their way through a socket, or, of a tap, through all its conversations. The app
    /// carries it out.
    Tamper(Option<ConnId>, Tamper),
    /// Turn a parameter of the rule in force by one step.
    Turn {
        /// Whose rule.
        conn: ConnId,
        /// Of which direction; that in view without.
        dir: Option<Dir>,
        /// The parameter; the one that is chosen on the screen without, or the first.
        knob: Option<String>,
        /// One step up, else down.
        more: bool,
    },
    /// A name for this moment of the log.
    Mark(String),
    /// No name for that moment any more.
    Unmark(String),
    /// Something to know, in the log.
    Note(String),
    /// What a person looks at; it changes nothing in the log.
    View(View),
    /// A line of a script that waits or speaks.
    Step(Step),
    /// A recording or a capture as the session; by the name of its file. The engine carries it out.
    Open(String),
    /// Bytes of a direction into a file.
    Save(Save),
    /// The calls so far into a file, as a program.
    Export(Export),
    /// The session into a file while it goes on. The engine carries it out.
    Record(Record),
    /// Something of a lab peer. The engine carries it out.
    Lab(Lab),
    /// Commands of the language one after the other, each when the sockets of the one before are made.
    Line(String),
    /// A command of the language, again and again.
    Repeat {
        /// How often.
        times: u32,
        /// From one to the next; zero is as fast as they are carried out.
        every: Duration,
        /// The command, found well-formed.
        line: String,
    },
    /// Answer messages without being asked each time, or no more. The app carries it out.
    On(On),
    /// Keep an expression, in its canonical text, under a name, in this run and later ones.
    Store {
        /// What `saved(NAME)` calls it.
        name: String,
        /// The expression.
        expr: String,
    },
    /// Keep the expression of that name no longer.
    Forget(String),
    /// Calls that are armed before they are made. The net carries it out.
    Hold(Hold),
    /// End what the program is at, searching, saving and repeating, and the calls of this socket that wait.
    Cancel(Option<ConnId>),
    /// The end of the program.
    Quit,
}

/// A socket that shall come to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Make {
    /// `socket`, perhaps `bind`, then `connect` to each address of the name until one answers.
    Connect {
        /// Where to.
        to: Endpoint,
        /// The address to bind before.
        from: Option<Endpoint>,
        /// How long all attempts together may take.
        timeout: Option<Duration>,
        /// Try again this long after a failure.
        retry: Option<Duration>,
        /// Nothing is read unless told.
        manual: bool,
        /// Its name in the session.
        name: Option<String>,
    },
    /// `socket`, `bind`, `listen`; on sockets without connections the first two.
    Listen {
        /// Where.
        at: Endpoint,
        /// How many finished connections may wait.
        backlog: Option<u32>,
        /// `SO_REUSEPORT` before the bind.
        reuseport: bool,
        /// Keep at most this many of the newest bytes of all it accepts together.
        keep: Option<u64>,
        /// Nothing is accepted or read unless told.
        manual: bool,
        /// Its name in the session.
        name: Option<String>,
    },
    /// As `Listen`; for each client that comes, a connection of its own to the target is made.
    Tap {
        /// Where.
        at: Endpoint,
        /// The target.
        to: Endpoint,
        /// Keep at most this many of the newest bytes of all conversations together.
        keep: Option<u64>,
        /// Its name in the session.
        name: Option<String>,
    },
    /// `socket` and `bind` alone.
    Bind {
        /// Where.
        at: Endpoint,
        /// Its name in the session.
        name: Option<String>,
    },
    /// Many clients at once, that go where one listens. They are there when this is carried out; who of them gets in,
    /// and when, is the kernel's matter.
    Crowd {
        /// Where to.
        to: Endpoint,
        /// Their names in the session; as many as there shall be.
        names: Vec<String>,
        /// How many of them, the first, speak slowly; all others say a line at once. Without, nobody says anything.
        slow: Option<usize>,
    },
    /// Two connected sockets, both ours.
    Pair {
        /// What they speak.
        transport: Transport,
        /// Nothing is read unless told.
        manual: bool,
        /// Their names.
        names: Option<(String, String)>,
    },
}

/// Something of one socket.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// Keep so many of the newest bytes of both directions, or all; of a tap or listener those of all it made together.
    Keep(Option<u64>),
    /// `listen` on a bound socket.
    Start {
        /// How many finished connections may wait.
        backlog: Option<u32>,
    },
    /// `accept`, once.
    Accept,
    /// `send`, behind what is still queued.
    Send {
        /// What.
        bytes: Vec<u8>,
        /// `MSG_OOB`, `MSG_MORE`.
        flags: Flags,
        /// Where to, for sockets without a connection.
        to: Option<Endpoint>,
    },
    /// Hold bytes in the program until `Flush`.
    Stage(Vec<u8>),
    /// Send what is staged.
    Flush,
    /// `recv`, once.
    Recv {
        /// The most bytes.
        max: u64,
        /// `MSG_PEEK`, `MSG_WAITALL`, `MSG_OOB`.
        flags: Flags,
    },
    /// `shutdown`, behind what is still queued where it ends sending.
    Shutdown(How),
    /// `shutdown` of sending, then read on until the end (5 s, 1 MiB), then `close`: nothing of ours is lost.
    Close,
    /// `close` alone, at once, as a program makes it: with unread input a TCP peer gets a reset.
    CloseNow,
    /// `close` with `SO_LINGER` 0: a TCP peer gets a reset.
    Abort,
    /// End the calls that wait.
    Cancel,
    /// Set an option.
    Set {
        /// Its name in the table of options.
        option: String,
        /// Its words.
        value: String,
    },
    /// Ask for an option.
    Get {
        /// Its name in the table of options.
        option: String,
    },
    /// Pull the cable: nothing of the connection arrives any more, at either end.
    Unplug {
        /// Plug it in again after this long.
        heal: Option<Duration>,
    },
    /// Plug it in again.
    Plug,
    /// `dup`: a second descriptor, held and never used.
    Dup,
    /// Forget the descriptors without closing them.
    Leak,
    /// Whether the loop reads and accepts by itself, and how fast.
    Reading {
        /// By itself.
        auto: bool,
        /// The most bytes a second.
        rate: Option<u64>,
    },
    /// Connect to the target for this client of a tap, and pass on what comes from either to the other.
    Relay {
        /// The target.
        to: Endpoint,
    },
    /// How far what a relayed socket receives may pass; without a gate all of it does, and so does its end.
    Gate(Option<Gate>),
    /// Pass on these bytes in the place of what a relayed socket received: from where it has passed up to `upto`.
    Instead {
        /// What takes the place: of datagrams they are one, which may be empty. Without, nothing does.
        bytes: Option<Vec<u8>>,
        /// How much of what came is behind it then, as a gate counts.
        upto: u64,
    },
}

/// Where what a relayed socket receives stops for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Nothing behind this offset of its `In` lane passes; where boundaries are kept, so many datagrams do, the empty
    /// ones among them.
    pub upto: u64,
    /// Once so many bytes wait behind it, the socket is read no further.
    pub room: u64,
}

/// What becomes of calls that are armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// From now on calls are armed instead of made.
    On,
    /// What is armed is made in its order, and then calls are made again as they come.
    Off,
    /// Make the next one: of this socket, or of all.
    Do(Option<ConnId>),
    /// Take the last one back: of this socket, or of all.
    Disarm(Option<ConnId>),
}

/// Bytes that shall be kept in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// Whose.
    pub conn: ConnId,
    /// Which direction; without, the one in view, and where nobody looks what was received.
    pub dir: Option<Dir>,
    /// The file, as it was typed.
    pub path: String,
    /// Which of them; without, what is selected there, else all.
    pub part: Option<Part>,
    /// Whether a file that exists is replaced.
    pub over: bool,
}

/// What becomes of the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// It begins.
    Into {
        /// The file, as it was typed.
        path: String,
        /// With all that happened before, too.
        from_start: bool,
        /// Whether a file that exists is replaced.
        over: bool,
    },
    /// It ends.
    Off,
}

/// What happened, to be kept in another form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The form, by its name in the table of documents.
    pub format: String,
    /// The file, as it was typed.
    pub path: String,
    /// Of this socket alone.
    pub conn: Option<ConnId>,
    /// Of this direction alone.
    pub dir: Option<Dir>,
    /// Whose part a script plays.
    pub side: Option<Side>,
    /// Whether a file that exists is replaced.
    pub over: bool,
}

/// A side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It connects, or speaks first.
    Client,
    /// It listens.
    Server,
}

impl Side {
    /// Both, in the order of the language.
    pub const BOTH: [Self; 2] = [Self::Client, Self::Server];

    /// The word in commands.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// A part of a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// From an offset up to another, which is left out.
    Range(Range<u64>),
    /// A whole message, by its number from 1.
    Message(u64),
    /// Everything up to now.
    All,
}
