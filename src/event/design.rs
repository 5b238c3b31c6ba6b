//! Designs of servers: how a program copes with more than one client, or with none that speaks.

use serde::{Deserialize, Serialize};

/// A design, played by a program that blocks, as most programs do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Design {
    /// One client after the other.
    Serial,
    /// A thread for each client.
    Threads,
    /// A process for each client (fork(2)).
    Fork,
    /// One loop around select(2).
    Select,
    /// A thread in `recv` that nothing comes for, and what wakes it.
    Blocked,
}
