//! Servers by their design: an echo for many clients, played by programs that block as most programs do. What each
//! does, `os::lab` knows.

use super::{Part, Peer};
use crate::event::Design;
use crate::words::{Complaint, Words};

pub(super) static SERIAL: Server = Server {
    name: "serial",
    help: "an echo for one client after the other: who is slow holds up all behind",
    design: Design::Serial,
};

pub(super) static THREADS: Server = Server {
    name: "threads",
    help: "an echo with a thread for each client",
    design: Design::Threads,
};

pub(super) static FORK: Server = Server {
    name: "fork",
    help: "an echo with a process for each client",
    design: Design::Fork,
};

pub(super) static SELECT: Server = Server {
    name: "select",
    help: "an echo with one loop around select(2) for all clients",
    design: Design::Select,
};

pub(super) static BLOCKED: Server = Server {
    name: "blocked",
    help: "a thread that waits in recv: what it costs, and what wakes it",
    design: Design::Blocked,
};

pub(super) struct Server {
    name: &'static str,
    help: &'static str,
    design: Design,
}

impl Peer for Server {
    fn name(&self) -> &'static str {
        self.name
    }

    fn usage(&self) -> &'static str {
        self.name
    }

    fn help(&self) -> &'static str {
        self.help
    }

    fn begin(&self, _words: &mut Words<'_>) -> Result<Part, Complaint> {
        Ok(Part::Program(self.design))
    }
}
