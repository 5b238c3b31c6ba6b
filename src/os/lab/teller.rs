//! What a server tells of itself: events on standard output, each in one write, so that threads and processes that
//! share it do not mix their words. Whoever nobody listens to any more ends.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::io::retry_on_intr;

use super::Write;
use crate::event::{Actor, Call, ConnId, Event, What};
use crate::os::real::clock;

/// The listener is a server's first socket.
pub(super) const LISTENER: ConnId = ConnId(0);

thread_local! {
    /// The number of this thread, once it has one of its own.
    static TASK: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Where a server tells.
#[derive(Debug)]
pub(super) struct Teller {
    began: Duration,
    write: Write,
    next_conn: AtomicU32,
}

impl Teller {
    pub(super) fn new(began: Duration, write: Write) -> Self {
        Self {
            began,
            write,
            next_conn: AtomicU32::new(0),
        }
    }

    /// The time, as the log counts it.
    pub(super) fn now(&self) -> Duration {
        clock().saturating_sub(self.began)
    }

    /// A number for a socket.
    pub(super) fn conn(&self) -> ConnId {
        ConnId(self.next_conn.fetch_add(1, Ordering::SeqCst))
    }

    /// From now on the calls of this thread are told with its number.
    pub(super) fn count_tasks() {
        TASK.set(Some(task()));
    }

    /// Tells what is no call.
    pub(super) fn tell(&self, conn: ConnId, what: What) {
        self.say(self.now(), conn, what, &[]);
    }

    /// Tells a call that began at `start`, and the bytes that it moved.
    pub(super) fn call(&self, start: Duration, conn: ConnId, mut call: Call, bytes: &[u8]) {
        let at = self.now();
        if call.blocked.is_none() && call.pending.is_none() {
            call.took = at.saturating_sub(start);
        }
        call.task = TASK.get();
        self.say(at, conn, What::Call(call), bytes);
    }

    /// Tells something worth knowing.
    pub(super) fn note(&self, text: &str) {
        self.tell(LISTENER, What::Note(text.to_owned()));
    }

    fn say(&self, at: Duration, conn: ConnId, what: What, bytes: &[u8]) {
        let (conn, by) = (Some(conn), Actor::Lab);
        let event = Event { at, conn, by, what };
        let words = (self.write)(event, bytes);
        let mut rest = words.as_slice();
        while !rest.is_empty() {
            match retry_on_intr(|| rustix::io::write(rustix::stdio::stdout(), rest)) {
                Ok(taken) => rest = rest.get(taken..).unwrap_or_default(),
                Err(_) => std::process::exit(0),
            }
        }
    }
}

/// The number of this thread; of a process with one thread, that of the process.
pub(super) fn task() -> u32 {
    #[cfg(target_os = "linux")]
    let id = rustix::thread::gettid();
    #[cfg(not(target_os = "linux"))]
    let id = rustix::process::getpid();
    id.as_raw_nonzero().get().unsigned_abs()
}
