//! Children of this run as its callers know them: a number, the signals that they are steered by, and what is asked of
//! the system about them.

use super::Got;
use crate::event::Errno;

/// A process that this run started: a number that grows and is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Child(pub u64);

/// A signal to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildSignal {
    /// It ends at once, and can do nothing about it.
    Kill,
    /// It is stopped where it stands, and can do nothing about it.
    Stop,
    /// It goes on.
    Continue,
}

impl ChildSignal {
    /// The name of signal(7).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "SIGKILL",
            Self::Stop => "SIGSTOP",
            Self::Continue => "SIGCONT",
        }
    }
}

/// What is asked about children: lab peers. Each is this program anew, and none outlives it. A system without processes
/// has nothing to add.
pub trait Children {
    /// Starts this program anew as `sockeye lab` with these words, with our clock; its standard output is read by
    /// [`Children::read_child`], and [`Wake::Child`] tells when there is something. Its end is noticed and cleared away here.
    ///
    /// # Errors
    ///
    /// As pipe(2), fork(2) and execve(2); `ENOSYS` where there are no processes, as here without more.
    fn spawn(&mut self, _words: &[String]) -> Got<Child> {
        Err(Errno::ENOSYS)
    }

    /// Whether the poller shall tell what the child says.
    fn watch_child(&mut self, _child: Child, _read: bool) {}

    /// Appends what the child said; 0 is its end, after which there is no child of that number.
    ///
    /// # Errors
    ///
    /// As read(2).
    fn read_child(&mut self, _child: Child, _buf: &mut Vec<u8>) -> Got<usize> {
        Err(Errno::ENOSYS)
    }

    /// Writes to the child's standard input without waiting.
    ///
    /// # Errors
    ///
    /// As write(2).
    fn write_child(&mut self, _child: Child, _bytes: &[u8]) -> Got<usize> {
        Err(Errno::ENOSYS)
    }

    /// Sends a signal to the child and to all that it started.
    ///
    /// # Errors
    ///
    /// As kill(2).
    fn signal_child(&mut self, _child: Child, _signal: ChildSignal) -> Got<()> {
        Err(Errno::ENOSYS)
    }
}
