//! One wait for readiness. `polling` makes five system calls for each, to measure time and to be rung by other threads;
//! where no time is to be measured one call does, on its own epoll instance.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use polling::{Events, Poller};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

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
    /// What one wait gives at the most.
    most: usize,
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
            most: most.get(),
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

    /// Asks for one descriptor by itself where the last wait gave as much as it can: of ten thousand that are ready the
    /// kernel tells a part each time, in turn, and what a person does shall not be told of last.
    pub(super) fn ask_beside(&mut self, key: usize, source: impl AsFd) {
        let is_told = self.ready.iter().any(|ready| ready.key == key);
        // `polling`'s own bell may have been one of them.
        if self.ready.len() + 1 < self.most || is_told {
            return;
        }
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let mut asked = [PollFd::new(&source, PollFlags::IN)];
        // Where it cannot be asked it is told of in its turn.
        if poll(&mut asked, Some(&now)).is_ok_and(|count| count > 0) {
            self.ready.push(Ready {
                key,
                readable: true,
                writable: false,
            });
        }
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
        use rustix::event::epoll;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::real::poller::{FIRST_SOCKET, TERMINAL, Watched};

    #[test]
    fn the_keyboard_is_asked_by_itself_where_more_is_ready_than_one_wait_tells() {
        let poller = Arc::new(Poller::new().unwrap());
        let ready = |key| {
            let (read, write) = rustix::pipe::pipe().unwrap();
            rustix::io::write(&write, b"x").unwrap();
            (Watched::reading(&poller, read, key).unwrap(), write)
        };
        let _sockets: Vec<_> = (0..9).map(|at| ready(FIRST_SOCKET + at)).collect();
        let (typed, typist) = rustix::pipe::pipe().unwrap();
        for (most, is_typed, is_told) in [(64, true, false), (4, false, false), (4, true, true)] {
            if is_typed {
                rustix::io::write(&typist, b"q").unwrap();
            }
            let most = std::num::NonZeroUsize::new(most).unwrap();
            let mut waiting = Waiting::new(&poller, most);
            for _ in 0..3 {
                waiting.wait(Some(Duration::ZERO)).unwrap();
                waiting.ask_beside(TERMINAL, &typed);
                waiting.ask_beside(TERMINAL, &typed);
                let told = waiting.ready().filter(|ready| ready.key == TERMINAL);
                assert_eq!(told.count(), usize::from(is_told), "{most} {is_typed}");
            }
            rustix::io::read(&typed, &mut [0; 1][..usize::from(is_typed)]).unwrap();
        }
    }
}
