//! What a program does, one act after the other, in words of no language.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

use crate::endpoint::Address;
use crate::event::{ConnId, Errno, Flags, Syscall};

/// An act, with the event that it stands for.
#[derive(Clone, Debug)]
pub(super) struct Act {
    pub(super) seq: u64,
    pub(super) at: Duration,
    /// The loop did it for the person.
    pub(super) by_itself: bool,
    /// What it receives, on the tape of that socket.
    pub(super) brings: Option<(ConnId, Range<u64>)>,
    pub(super) deed: Deed,
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// A call that returns.
    Call(Made),
    /// A call that fails so.
    Fails(Made, Errno),
    /// A call that does not wait, and of which only the result is shown.
    Tried(Made),
    /// A `getsockopt`; what it told in the session is shown beside what it tells now.
    Asked(Made, String),
    /// A `send` for which there may be no room: meanwhile it is read ahead what will be read.
    Transmit(Made),
    /// So many bytes of a stream, however they come.
    Receive {
        name: String,
        len: u64,
        flags: Flags,
    },
    /// So many bytes of a stream stay where they are and are looked at.
    Peek { name: String, len: u64 },
    /// The urgent byte.
    Urgent { name: String },
    /// One datagram or packet, of which at most `max` bytes are taken.
    Message { name: String, max: u64 },
    /// The end, where a `recv` returns 0.
    End { name: String },
    /// The socket gets its name in the messages of the program, and the bytes that it will receive their number.
    Watch {
        name: String,
        label: String,
        wanted: u64,
    },
    /// The address that the kernel chose gets a name; it is told where somebody may want to connect to it.
    Address {
        name: String,
        label: String,
        is_told: bool,
    },
    /// Waits until the kernel knows why the next call must fail.
    Settle { name: String },
    /// Waits until there is a connection to accept.
    Wait { name: String },
    /// Removes the path of a Unix socket.
    Unlink(Vec<u8>),
    /// Something to know.
    Remark(String),
}

/// A call with all that it is spelled with.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    pub call: Syscall,
    pub name: String,
    /// The socket that it makes.
    pub made: Option<String>,
    /// The variable is there already.
    pub again: bool,
    pub v6: bool,
    pub address: Option<Place>,
    pub bytes: Bytes,
}

/// The IP address that a call names.
pub(super) fn target(call: &Syscall) -> Option<SocketAddr> {
    match call {
        Syscall::Bind(Address::Inet(to))
        | Syscall::Connect(Address::Inet(to))
        | Syscall::Send {
            to: Some(Address::Inet(to)),
            ..
        } => Some(*to),
        _ => None,
    }
}

/// An address with a port that the kernel chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// That of the variable.
    Same(String),
    /// Its port, at another IP address.
    Near(IpAddr, String),
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bytes {
    None,
    /// These, on the tape of what the socket sent.
    Sent(ConnId, Range<u64>),
    /// So many that nobody knows: a call that failed.
    Lost(u64),
}
