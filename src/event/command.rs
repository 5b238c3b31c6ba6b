//! Wishes after parsing: small, closed, with finished bytes and resolved socket names. Who carries one out stands at
//! each: the net, the session, the view or a script.

use std::ops::Range;
use std::time::Duration;

use super::{Actor, Comparison, ConnId, Dir, Errno, Flags, How, Probe, State};
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
    /// Bytes of a direction into a file.
    Save(Save),
    /// The calls so far into a file, as a program.
    Export(Export),
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

/// Something of a lab peer, which is named by any of its sockets.
#[derive(Clone, Debug, PartialEq)]
pub enum Lab {
    /// A new one: a program of its own.
    Start {
        /// What it does, in the words of the table of peers.
        kind: String,
        /// Where it listens.
        at: Endpoint,
        /// Its listener's name in the session.
        name: Option<String>,
    },
    /// End it at once (SIGKILL): the kernel closes its sockets.
    Kill(ConnId),
    /// Stop it (SIGSTOP): the kernel goes on for it, the program does not.
    Stop(ConnId),
    /// Let it go on (SIGCONT).
    Resume(ConnId),
    /// Its connections vanish without a word, and it begins anew at the same address.
    Reboot(ConnId),
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
        /// Keep at most this many of the newest bytes of each connection.
        keep: Option<u64>,
        /// Nothing is accepted or read unless told.
        manual: bool,
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

/// Calls that shall be kept as a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The language, by its name in the table of formats.
    pub format: String,
    /// The file, as it was typed.
    pub path: String,
    /// Whether a file that exists is replaced.
    pub over: bool,
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

/// What a person looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// To an event of the log.
    Goto(Jump),
    /// To another moment of the session.
    Travel(Travel),
    /// Search the bytes in view, forward from the cursor.
    Find(Pattern),
    /// Search again.
    FindAgain {
        /// Towards the end.
        forward: bool,
    },
    /// Which byte order the inspector puts first.
    Order {
        /// Big-endian, the network's; else little.
        big: bool,
    },
    /// Look at this socket.
    Focus(ConnId),
    /// Move the cursor of the focused pane.
    Move(String),
    /// Go to a pane: `next`, `previous` or its name.
    Pane(String),
    /// Show or leave something: a word of the view's own table.
    Show(String),
    /// Leave something that is shown: a word of the view's own table.
    Hide(String),
    /// Show only the sockets with these words; without words all.
    Filter(String),
    /// Order the table of sockets by a column, by its name.
    Sort(String),
    /// Cut the direction in view by this rule too and draw its seams beside those of the rule in force; none any more.
    Beside(Option<String>),
    /// Find out which rules the direction in view looks like.
    Guess,
    /// Run the rule in force over the bytes in view under every cut.
    Storm,
    /// Another arrangement of the panes, by its name.
    Layout(String),
    /// Other colours, by the theme's name.
    Theme(String),
    /// Sentences in another language, by its code.
    Language(String),
    /// Keep the selection beside the next one, or let the kept one go.
    Pin,
    /// Take the last change of what is typed, filtered, marked or arranged back.
    Undo,
    /// Make it again.
    Redo,
    /// Give the selected bytes to the terminal's clipboard, written in a format by its name.
    Copy(String),
    /// A setting of the program: `eol crlf`, `mouse off`.
    Setting {
        /// Its name.
        name: String,
        /// One of its values.
        value: String,
    },
}

/// Which moment of the session is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// That of the newest event, for as long as somebody looks; the newest again if it is another.
    Pause,
    /// The newest, whatever comes.
    Live,
    /// One nearby.
    Step {
        /// Towards the newest.
        on: bool,
        /// How many events.
        count: u64,
    },
}

/// Where `goto` leads. Bytes and messages are those of the direction in view.
#[derive(Clone, Debug, PartialEq)]
pub enum Jump {
    /// An event by its number.
    Event(u64),
    /// A mark by its name.
    Mark(String),
    /// The newest event, following from there on.
    Now,
    /// A byte by its offset, counted from 0.
    Byte(u64),
    /// A message by its number, counted from 1.
    Message(u64),
}

/// What is searched for.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A regular expression over bytes (crate `regex`), already found valid.
    Regex(String),
}

/// A line of a script that waits or speaks.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Wait this long.
    Sleep(Duration),
    /// Speak to the reader.
    Say(String),
    /// `expect` or `wait`.
    Await {
        /// Whose events or bytes.
        conn: ConnId,
        /// What must come.
        what: Expectation,
        /// For how long.
        within: Duration,
        /// `expect`: the next outcome must be this one; else others are passed over.
        strict: bool,
    },
}

/// What a script waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// These bytes next.
    Bytes(Vec<u8>),
    /// This somewhere in the bytes behind the cursor.
    Found(Pattern),
    /// The next whole message, with this payload where one is named.
    Message(Option<Pattern>),
    /// The end, with the cursor at it.
    Eof,
    /// A connection came to be.
    Connected,
    /// A listener accepted.
    Accepted,
    /// Nobody listens there.
    Refused,
    /// The peer threw the connection away.
    Reset,
    /// Nobody answered in time.
    Timeout,
    /// The socket was closed.
    Closed,
    /// The kernel's state.
    State(State),
    /// A number that the kernel tells.
    Fact {
        /// Its name, of `NUMBERS`.
        name: &'static str,
        /// How it must stand to the value.
        is: Comparison,
        /// The value; times in microseconds.
        value: u64,
    },
    /// A call failed so.
    Errno(Errno),
    /// A call, perhaps with its result.
    Call {
        /// Its name.
        name: String,
        /// A number it returned, or the errno it failed with.
        result: Option<Result<i64, Errno>>,
    },
}
