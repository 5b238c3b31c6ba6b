//! What is known of a socket by what passed the seam.

use std::collections::VecDeque;

use sockeye::event::{ConnId, Errno, Role};

/// How a direction ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    /// Not yet.
    #[default]
    None,
    /// As it should.
    Clean,
    /// By an error.
    Broken(Errno),
}

/// A socket as the kernel's own deeds have it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) role: Option<Role>,
    pub(crate) parent: Option<ConnId>,
    pub(crate) is_stream: bool,
    pub(crate) is_connectionless: bool,
    /// The bytes of both directions, as they passed the seam.
    pub(crate) lanes: [Vec<u8>; 2],
    /// How each direction ended.
    pub(crate) ended: [End; 2],
    pub(crate) broken: Option<Errno>,
    /// It was shut for reading by ourselves: `recv` says that it ended, and gives what comes behind that (tcp(7)).
    pub(crate) is_deaf: bool,
    pub(crate) is_gone: bool,
    /// It had more than one descriptor: what ends it may end one of them alone.
    pub(crate) is_shared: bool,
    pub(crate) across: Option<ConnId>,
    /// Somebody did something to what a tap passes on, or to one of its sockets.
    pub(crate) is_touched: bool,
    /// What was asked to be sent, and how much of the first was taken.
    pub(crate) parcels: VecDeque<Vec<u8>>,
    pub(crate) taken: usize,
    pub(crate) has_parcels: bool,
    /// It sends more than is known here.
    pub(crate) is_wild: bool,
    /// Bytes that were told to be lost on their way through a tap.
    pub(crate) lost: u64,
}
