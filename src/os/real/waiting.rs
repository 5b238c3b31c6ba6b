//! One wait for readiness. `polling` makes five system calls for each, to measure time and to be rung by other threads;
//! where no time is to be measured one call does, on its own epoll instance.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use polling::{Events, Poller};

/// What the poller tells of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ready {
    pub(super) key: usize,
    pub(super) readable: bool,
    pub(super) writable: bool,
}

/// Waits, and what the last one gave.
pub(super) struct Waiting {
    poller: Arc<Poller>,
    events: Events,
    #[cfg(target_os = "linux")]
    quick: Vec<rustix::event::epoll::Event>,
    ready: Vec<Ready>,
    /// `polling` has waited once, and its bell can be rung.
    is_armed: bool,
}

impl Waiting {
    pub(super) fn new(poller: &Arc<Poller>, most: std::num::NonZeroUsize) -> Self {
        Self {
            poller: Arc::clone(poller),
            events: Events::with_capacity(most),
            #[cfg(target_os = "linux")]
            quick: Vec::with_capacity(most.get()),
            ready: Vec::with_capacity(most.get()),
            is_armed: false,
        }
    }

    /// Waits for readiness; without a timeout for as long as it takes.
    ///
    /// # Errors
    ///
    /// As `epoll_wait(2)`; interruptions are none.
    pub(super) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.ready.clear();
        let is_untimed = timeout.is_none_or(|timeout| timeout.is_zero());
        if !self.is_armed || !is_untimed {
            return self.wait_fully(timeout);
        }
        if self.wait_quickly(timeout)? {
            // It is told all again.
            self.ready.clear();
            self.wait_fully(Some(Duration::ZERO))?;
        }
        Ok(())
    }

    /// What the last wait gave.
    pub(super) fn ready(&self) -> impl Iterator<Item = Ready> + '_ {
        self.ready.iter().copied()
    }

    fn wait_fully(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.events.clear();
        self.poller.wait(&mut self.events, timeout)?;
        self.is_armed = true;
        self.ready.extend(self.events.iter().map(|event| Ready {
            key: event.key,
            readable: event.readable,
            writable: event.writable,
        }));
        Ok(())
    }

    /// One call; true if `polling` was rung, which it must then hear itself.
    #[cfg(target_os = "linux")]
    fn wait_quickly(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        use rustix::event::{Timespec, epoll};

        /// What wakes `polling` alone.
        const BELL: u64 = u64::MAX;
        let readable = epoll::EventFlags::IN
            | epoll::EventFlags::PRI
            | epoll::EventFlags::HUP
            | epoll::EventFlags::ERR;
        let writable = epoll::EventFlags::OUT | epoll::EventFlags::HUP | epoll::EventFlags::ERR;
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        self.quick.clear();
        loop {
            let spare = rustix::buffer::spare_capacity(&mut self.quick);
            match epoll::wait(&*self.poller, spare, timeout.map(|_| &now)) {
                Err(rustix::io::Errno::INTR) => {}
                waited => break waited.map(|_| ())?,
            }
        }
        let mut is_rung = false;
        for event in &self.quick {
            let (flags, key) = (event.flags, event.data.u64());
            is_rung |= key == BELL;
            if let Some(key) = usize::try_from(key).ok().filter(|_| key != BELL) {
                self.ready.push(Ready {
                    key,
                    readable: flags.intersects(readable),
                    writable: flags.intersects(writable),
                });
            }
        }
        Ok(is_rung)
    }

    #[cfg(not(target_os = "linux"))]
    fn wait_quickly(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        self.wait_fully(timeout).map(|()| false)
    }
}
