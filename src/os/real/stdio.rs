//! Standard input and output without waiting, and without setting `O_NONBLOCK` on the description that we share with
//! the shell and with others behind the same pipe: where that can be, it is opened anew. It never polls by itself.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use polling::Poller;
use rustix::buffer::spare_capacity;
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};
use rustix::net::{RecvFlags, SendFlags};

use super::poller::{STDIN, STDOUT, Watched};
use crate::os::Interest;

/// The room of one read.
const READ_BYTES: usize = 64 << 10;

/// What a pipe with any room takes without waiting: `PIPE_BUF` of POSIX.
const PIPE_BUF_BYTES: usize = 512;

/// One of the two, over a descriptor that stays open.
#[derive(Debug)]
pub(super) struct Stdio<'fd> {
    poller: Arc<Poller>,
    fd: BorrowedFd<'fd>,
    key: usize,
    way: Option<Way<'fd>>,
    watched: bool,
    /// The poller said that one call will not wait.
    ready: bool,
}

/// How to use it without waiting.
#[derive(Debug)]
enum Way<'fd> {
    /// Opened anew, with `O_NONBLOCK` of our own.
    Own(Watched<OwnedFd>),
    /// A socket: each call says that it does not wait.
    Socket(Watched<BorrowedFd<'fd>>),
    /// Shared and blocking: one small call each time that the poller says so.
    Shared(Watched<BorrowedFd<'fd>>),
    /// A file or `/dev/null`, always ready; the poller refuses them with `EPERM` (`epoll_ctl(2)`).
    Direct,
}

impl<'fd> Stdio<'fd> {
    /// Standard input.
    pub(super) fn input(poller: &Arc<Poller>, fd: BorrowedFd<'fd>) -> Self {
        Self::new(poller, fd, STDIN)
    }

    /// Standard output.
    pub(super) fn output(poller: &Arc<Poller>, fd: BorrowedFd<'fd>) -> Self {
        Self::new(poller, fd, STDOUT)
    }

    fn new(poller: &Arc<Poller>, fd: BorrowedFd<'fd>, key: usize) -> Self {
        Self {
            poller: Arc::clone(poller),
            fd,
            key,
            way: None,
            watched: false,
            ready: false,
        }
    }

    /// Whether the poller shall tell when there is something to do.
    pub(super) fn watch(&mut self, on: bool) {
        self.watched = on;
        self.ready &= on;
        let interest = Interest {
            read: on && self.key == STDIN,
            write: on && self.key == STDOUT,
            urgent: false,
        };
        let result = match self.way() {
            Way::Own(fd) => fd.watch(interest),
            Way::Socket(fd) | Way::Shared(fd) => fd.watch(interest),
            Way::Direct => Ok(()),
        };
        // Where the kernel has no memory for it now, the interest of the next turn is tried again.
        if result.is_err_and(|error| error.raw_os_error() == Some(libc::EPERM)) {
            self.way = Some(Way::Direct);
        }
    }

    /// Whether there is something to do now, whatever the poller says.
    pub(super) fn is_due(&self) -> bool {
        self.watched && matches!(self.way, Some(Way::Direct))
    }

    /// The poller told of it.
    pub(super) fn wake(&mut self) {
        self.ready = true;
    }

    /// Appends what there is, 0 at the end.
    ///
    /// # Errors
    ///
    /// As read(2), never `EINTR`.
    pub(super) fn read(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        buf.reserve(READ_BYTES);
        let ready = std::mem::take(&mut self.ready);
        let fd = self.fd;
        let way = self.way();
        // A call that waits after all can be interrupted, and so can any under FAULTS.md, 10.
        let read = retry_on_intr(|| match way {
            Way::Own(own) => rustix::io::read(own.source(), spare_capacity(buf)),
            Way::Socket(fd) => {
                let received =
                    rustix::net::recv(fd.source(), spare_capacity(buf), RecvFlags::DONTWAIT);
                received.map(|(len, _)| len)
            }
            Way::Shared(_) if !ready => Err(Errno::AGAIN),
            Way::Shared(_) | Way::Direct => rustix::io::read(fd, spare_capacity(buf)),
        });
        Ok(read?)
    }

    /// Writes some of the bytes.
    ///
    /// # Errors
    ///
    /// As write(2), never `EINTR`.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let ready = std::mem::take(&mut self.ready);
        let fd = self.fd;
        let way = self.way();
        let written = retry_on_intr(|| match way {
            Way::Own(own) => rustix::io::write(own.source(), bytes),
            Way::Socket(fd) => rustix::net::send(fd.source(), bytes, without_waiting()),
            Way::Shared(_) if !ready => Err(Errno::AGAIN),
            Way::Shared(_) => {
                let few = bytes.get(..PIPE_BUF_BYTES).unwrap_or(bytes);
                rustix::io::write(fd, few)
            }
            Way::Direct => rustix::io::write(fd, bytes),
        });
        Ok(written?)
    }

    fn way(&mut self) -> &mut Way<'fd> {
        let (poller, fd, key) = (&self.poller, self.fd, self.key);
        self.way.get_or_insert_with(|| {
            let kind = rustix::fs::fstat(fd).map(|stat| FileType::from_raw_mode(stat.st_mode));
            match kind {
                Ok(FileType::Socket) => Way::Socket(Watched::new(poller, fd, key)),
                Ok(FileType::Fifo | FileType::CharacterDevice) => {
                    let shared = || Way::Shared(Watched::new(poller, fd, key));
                    let own = |own| Way::Own(Watched::new(poller, own, key));
                    reopen(fd, key == STDIN).map_or_else(shared, own)
                }
                _ => Way::Direct,
            }
        })
    }
}

/// The same pipe or device under a description of our own (proc(5)). None where it belongs to another user, where the
/// last reader is gone (open(2), `ENXIO`), and on systems whose `/dev/fd` only duplicates.
fn reopen(fd: BorrowedFd<'_>, read: bool) -> Option<OwnedFd> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let access = if read { OFlags::RDONLY } else { OFlags::WRONLY };
    let flags = access | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let path = format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd());
    rustix::fs::open(path, flags, Mode::empty()).ok()
}

#[cfg(target_os = "linux")]
fn without_waiting() -> SendFlags {
    SendFlags::DONTWAIT | SendFlags::NOSIGNAL
}

#[cfg(not(target_os = "linux"))]
fn without_waiting() -> SendFlags {
    SendFlags::DONTWAIT
}

#[cfg(test)]
mod tests;
