//! Descriptors in the poller: one type owns both, so that no descriptor is closed while it is registered (epoll(7),
//! question 6: a duplicate would keep reporting it). Who waits, and what a key means, is its user's matter.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use polling::{Event, PollMode, Poller};

use crate::os::Interest;

/// The keys of what is no socket; sockets follow.
pub(super) const TERMINAL: usize = 0;
pub(super) const SIGNALS: usize = 1;
pub(super) const STDIN: usize = 2;
pub(super) const STDOUT: usize = 3;
/// The key of socket number 0.
pub(super) const FIRST_SOCKET: usize = 16;

/// The key of child number 0, far behind all sockets.
pub(super) const FIRST_CHILD: usize = usize::MAX / 2;

/// A descriptor with what the poller tells of it, level-triggered. It leaves the poller before it is closed.
#[derive(Debug)]
pub(super) struct Watched<T: AsFd> {
    poller: Arc<Poller>,
    source: T,
    key: usize,
    interest: Interest,
}

impl<T: AsFd> Watched<T> {
    /// Takes a descriptor, not in the poller yet.
    pub(super) fn new(poller: &Arc<Poller>, source: T, key: usize) -> Self {
        Self {
            poller: Arc::clone(poller),
            source,
            key,
            interest: Interest::default(),
        }
    }

    /// Takes a descriptor that the poller shall tell of when it can be read.
    ///
    /// # Errors
    ///
    /// As [`Watched::watch`].
    pub(super) fn reading(poller: &Arc<Poller>, source: T, key: usize) -> io::Result<Self> {
        let mut watched = Self::new(poller, source, key);
        watched.watch(Interest::read_and(false))?;
        Ok(watched)
    }

    /// Says what the poller shall tell from now on; without interest it is taken out.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`: `EPERM` for what cannot be polled. The interest is then as it was before.
    pub(super) fn watch(&mut self, interest: Interest) -> io::Result<()> {
        if interest == self.interest {
            return Ok(());
        }
        let mut event = Event::new(self.key, interest.read, interest.write);
        event.set_priority(interest.urgent);
        if interest == Interest::default() {
            self.poller.delete(self.source.as_fd())?;
        } else if self.interest == Interest::default() {
            self.add(event)?;
        } else {
            let source = self.source.as_fd();
            self.poller
                .modify_with_mode(source, event, PollMode::Level)?;
        }
        self.interest = interest;
        Ok(())
    }

    /// The descriptor.
    pub(super) fn source(&self) -> &T {
        &self.source
    }

    /// The descriptor, to be read; it must not be replaced by another.
    pub(super) fn source_mut(&mut self) -> &mut T {
        &mut self.source
    }

    #[expect(unsafe_code, reason = "the poller holds a number, not the descriptor")]
    fn add(&self, event: Event) -> io::Result<()> {
        let source = self.source.as_fd();
        // SAFETY: the descriptor must not be closed before it is deleted from the poller. `self` owns it, and `drop`
        // below deletes it before the fields are dropped.
        unsafe { self.poller.add_with_mode(&source, event, PollMode::Level) }
    }
}

impl<T: AsFd> Drop for Watched<T> {
    fn drop(&mut self) {
        // A descriptor that refuses to leave the poller is closed with the next line, and its key is never used again.
        let _ = self.watch(Interest::default());
    }
}

/// What the disk thread rings.
#[derive(Debug)]
pub(super) struct Bell {
    poller: Arc<Poller>,
    rung: AtomicBool,
}

impl Bell {
    pub(super) fn new(poller: &Arc<Poller>) -> Self {
        Self {
            poller: Arc::clone(poller),
            rung: AtomicBool::new(false),
        }
    }

    /// Ends the present or the next wait.
    pub(super) fn ring(&self) {
        self.rung.store(true, Ordering::SeqCst);
        // Where waking fails the bell is heard with the next event.
        let _ = self.poller.notify();
    }

    /// Whether it rang since it was last asked.
    pub(super) fn take(&self) -> bool {
        self.rung.swap(false, Ordering::SeqCst)
    }
}
