//! What ends a wait: sockets, the terminal, standard streams, signals, helpers. It says nothing about what follows.

use std::net::IpAddr;

use super::{Child, Sock};
use crate::event::Lap;

/// One thing that ended a wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wake {
    /// A socket can be asked.
    Socket {
        /// Which.
        sock: Sock,
        /// For reading, errors and hang-ups included.
        readable: bool,
        /// For writing, errors and hang-ups included.
        writable: bool,
    },
    /// The terminal has input, is gone, or has room for output.
    Terminal,
    /// Standard input has bytes or its end; standard output has room, or nobody reads it.
    Stdio,
    /// Signals came in.
    Signal(Signal),
    /// A name was looked up, or could not be: the resolver's words.
    Named {
        /// The number given with the question.
        ticket: u64,
        /// Its addresses, in the order to try.
        answer: Result<Vec<IpAddr>, String>,
    },
    /// A race is over.
    Raced(Vec<Lap>),
    /// The disk thread wrote something; spilling can go on.
    Disk,
    /// A child said something, or ended.
    Child(Child),
}

/// A signal, by what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// `SIGCONT`: the program goes on after a stop, perhaps one that it was not told of (`SIGSTOP`).
    Continue,
    /// `SIGWINCH`: the terminal's size may have changed.
    Resize,
    /// `SIGTSTP` (in raw mode the key is a byte): leave, [`super::Os::stop_self`], enter, draw all.
    Suspend,
    /// `SIGINT` from outside; the key arrives as a byte.
    Interrupt,
    /// `SIGQUIT` from outside.
    Quit,
    /// `SIGTERM`.
    Terminate,
    /// `SIGHUP`: the terminal went away.
    HangUp,
}
