//! Wishes about lab peers: programs of their own to talk to.

use super::ConnId;
use crate::endpoint::Endpoint;

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
