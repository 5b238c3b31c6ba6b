//! What the kernel tells of TCP sockets that need not be ours (`sock_diag(7)`).

use std::net::SocketAddr;

use crate::event::Fact;

/// A TCP socket of this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diag {
    /// Its own address.
    pub local: SocketAddr,
    /// Its peer's; the unspecified address and port 0 where it has none.
    pub peer: SocketAddr,
    /// Its numbers.
    pub fact: Fact,
    /// Its inode; 0 where no program has it any more.
    pub inode: u32,
    /// The number of the user that made it.
    pub uid: u32,
}

/// An end of a connection, as a socket sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its own.
    Local,
    /// Its peer's.
    Peer,
}

/// What came of looking for the process that has a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// It has it.
    Found(Process),
    /// Nobody has it who may be asked.
    Nobody,
    /// More descriptors are left to look at: nobody shall wait for all of them at once.
    Partly,
}

impl From<Option<Process>> for Sought {
    fn from(found: Option<Process>) -> Self {
        found.map_or(Self::Nobody, Self::Found)
    }
}

/// A process that has a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its program's name (`/proc/PID/comm`).
    pub program: String,
}
