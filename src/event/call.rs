//! System calls as the log holds them: the call with its arguments, and what came of it.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ConnId, Dir, Errno, Lists};
use crate::endpoint::{Address, Transport};

/// A system call that was made, or that a program which blocks is still in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The call and its arguments.
    pub call: Syscall,
    /// What came of it.
    pub outcome: Outcome,
    /// How long the kernel took for it.
    pub took: Duration,
    /// How long a blocking program would have waited in it, on the call that ends the wait.
    pub blocked: Option<Duration>,
    /// Ties the parts of a blocking call together: the row that began ([`Outcome::Blocked`]), the non-blocking calls
    /// beneath, and the one that ended it carry the same number.
    pub pending: Option<u32>,
    /// The bytes that it moved.
    pub moved: Option<Moved>,
    /// The thread or process that made it, where a peer's program has several.
    pub task: Option<u32>,
}

impl Call {
    /// A call that simply returned.
    #[must_use]
    pub fn new(call: Syscall, outcome: Outcome, took: Duration) -> Self {
        Self {
            call,
            outcome,
            took,
            blocked: None,
            pending: None,
            moved: None,
            task: None,
        }
    }

    /// How many bytes or which number was asked for, where the call has such an argument.
    #[must_use]
    pub fn want(&self) -> Option<u64> {
        match &self.call {
            Syscall::Send { len, .. } => Some(*len),
            Syscall::Recv { max, .. } => Some(*max),
            _ => None,
        }
    }
}

/// Bytes that a call moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Seen from the socket.
    pub dir: Dir,
    /// Offsets in that direction.
    pub range: Range<u64>,
}

/// Which half of a connection `shutdown(2)` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// `SHUT_RD`.
    Read,
    /// `SHUT_WR`.
    Write,
    /// `SHUT_RDWR`.
    Both,
}

impl How {
    /// The word in commands.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Both => "both",
        }
    }
}

/// Flags of `send(2)` and `recv(2)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// `MSG_OOB`: urgent data.
    pub oob: bool,
    /// `MSG_MORE`: the kernel waits for more before a segment leaves.
    pub more: bool,
    /// `MSG_PEEK`: the bytes stay in the queue.
    pub peek: bool,
    /// `MSG_WAITALL`: not before all bytes that were asked for are there.
    pub waitall: bool,
}

impl Flags {
    /// The names that are set, joined by `|`; empty without any.
    #[must_use]
    pub fn names(self) -> String {
        let all = [
            (self.oob, "MSG_OOB"),
            (self.more, "MSG_MORE"),
            (self.peek, "MSG_PEEK"),
            (self.waitall, "MSG_WAITALL"),
        ];
        all.iter()
            .filter(|(set, _)| *set)
            .map(|(_, name)| *name)
            .collect::<Vec<_>>()
            .join("|")
    }
}

/// A call and its arguments. The names and arguments are those of the manual pages in section 2 and 3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Syscall {
    /// `socket(2)`.
    Socket(Transport),
    /// `socketpair(2)`.
    Socketpair(Transport),
    /// `getaddrinfo(3)`.
    Getaddrinfo(String),
    /// `bind(2)`.
    Bind(Address),
    /// `listen(2)`.
    Listen {
        /// How many finished connections may wait (Linux seats one more).
        backlog: u32,
    },
    /// `accept(2)`.
    Accept,
    /// `connect(2)`.
    Connect(Address),
    /// `send(2)`, or `sendto(2)` with an address.
    Send {
        /// How many bytes were offered.
        len: u64,
        /// `MSG_…`.
        flags: Flags,
        /// Where to, for sockets without a connection.
        to: Option<Address>,
    },
    /// `recv(2)`, or `recvfrom(2)` on sockets without a connection.
    Recv {
        /// The most bytes to take.
        max: u64,
        /// `MSG_…`.
        flags: Flags,
    },
    /// `shutdown(2)`.
    Shutdown(How),
    /// `close(2)`.
    Close,
    /// `dup(2)`.
    Dup,
    /// `setsockopt(2)` or `fcntl(2)`, by the option's name in commands.
    SetOption {
        /// The name.
        name: String,
        /// The value asked for.
        value: String,
    },
    /// `getsockopt(2)` or `fcntl(2)`.
    GetOption {
        /// The name.
        name: String,
    },
    /// `getsockopt(2)` of `SO_ERROR`, which tells and clears what went wrong, once.
    TakeError,
    /// `select(2)`.
    Select {
        /// Who is asked about.
        lists: Lists,
        /// For how long it may wait.
        timeout: Option<Duration>,
    },
    /// `kill(2)` of the program that has the socket, by the signal's name.
    Kill(String),
    /// `fork(2)`: returned is the new process.
    Fork,
    /// `pthread_create(3)`: returned is the new thread.
    Thread,
}

impl Syscall {
    /// The name of the call.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Socket(_) => "socket",
            Self::Socketpair(_) => "socketpair",
            Self::Getaddrinfo(_) => "getaddrinfo",
            Self::Bind(_) => "bind",
            Self::Listen { .. } => "listen",
            Self::Accept => "accept",
            Self::Connect(_) => "connect",
            Self::Send { to: None, .. } => "send",
            Self::Send { to: Some(_), .. } => "sendto",
            Self::Recv { .. } => "recv",
            Self::Shutdown(_) => "shutdown",
            Self::Close => "close",
            Self::Dup => "dup",
            Self::SetOption { .. } => "setsockopt",
            Self::GetOption { .. } | Self::TakeError => "getsockopt",
            Self::Select { .. } => "select",
            Self::Kill(_) => "kill",
            Self::Fork => "fork",
            Self::Thread => "pthread_create",
        }
    }
}

impl fmt::Display for Syscall {
    /// As a program would write it: `send(12)`, `recv(4096, MSG_PEEK)`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}(", self.name())?;
        match self {
            Self::Socket(transport) | Self::Socketpair(transport) => {
                out.write_str(transport.scheme())?
            }
            Self::Getaddrinfo(name) => out.write_str(name)?,
            Self::Bind(at) | Self::Connect(at) => write!(out, "{at}")?,
            Self::Listen { backlog } => write!(out, "{backlog}")?,
            Self::Accept | Self::Close | Self::Dup | Self::Fork | Self::Thread => {}
            Self::Send { len, flags, to } => {
                write!(out, "{len}")?;
                if *flags != Flags::default() {
                    write!(out, ", {}", flags.names())?;
                }
                if let Some(to) = to {
                    write!(out, ", {to}")?;
                }
            }
            Self::Recv { max, flags } => {
                write!(out, "{max}")?;
                if *flags != Flags::default() {
                    write!(out, ", {}", flags.names())?;
                }
            }
            Self::Shutdown(how) => out.write_str(how.word())?,
            Self::SetOption { name, value } => write!(out, "{name}, {value}")?,
            Self::GetOption { name } => out.write_str(name)?,
            Self::TakeError => out.write_str("SO_ERROR")?,
            Self::Select { lists, timeout } => {
                write!(out, "{lists}")?;
                if let Some(timeout) = timeout {
                    write!(out, ", {} s", timeout.as_secs_f64())?;
                }
            }
            Self::Kill(signal) => out.write_str(signal)?,
        }
        out.write_str(")")
    }
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It returned a number: 0, a count of bytes.
    Returned(i64),
    /// `accept` gave a new socket.
    Accepted {
        /// The new socket.
        conn: ConnId,
        /// Its peer, as `accept` told.
        peer: Address,
    },
    /// `recv` returned.
    Received {
        /// How many bytes; 0 on a stream is the end.
        len: u64,
        /// The sender of a datagram, where the socket has no single peer.
        from: Option<Address>,
        /// The length of a datagram that did not fit; the rest of it is lost.
        cut_from: Option<u64>,
    },
    /// An option's value, as the kernel tells it.
    Value(String),
    /// `select` returned: the subsets of what was asked.
    Selected(Lists),
    /// Addresses of a name, in the order in which they are tried.
    Names(Vec<Address>),
    /// It failed.
    Failed(Errno),
    /// A name could not be resolved; the resolver's words.
    Unresolved(String),
    /// It would block, and the program that made it waits in it.
    Blocked,
    /// The wait was ended by `cancel`, a deadline, or the socket's end; nothing was done.
    Cancelled(String),
}

impl Outcome {
    /// The errno of a failure.
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::Failed(errno) => Some(*errno),
            _ => None,
        }
    }

    /// What the call returned, where it did.
    #[must_use]
    pub fn returned(&self) -> Option<i64> {
        match self {
            Self::Returned(n) => Some(*n),
            Self::Received { len, .. } => i64::try_from(*len).ok(),
            Self::Selected(lists) => i64::try_from(lists.count()).ok(),
            Self::Accepted { .. } | Self::Value(_) | Self::Names(_) => Some(0),
            Self::Failed(_) | Self::Unresolved(_) | Self::Blocked | Self::Cancelled(_) => None,
        }
    }
}
