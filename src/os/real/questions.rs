//! What the kernel is asked about without waiting: who is ready, as select(2) says it, how much processor time this
//! program took, and what this machine is called.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::time::{ClockId, clock_gettime};

use super::errno;
use super::sockets::Sockets;
use crate::event::Errno;
use crate::os::{Got, Readiness, Subject};

/// Asks of each what its readiness says, at once.
///
/// # Errors
///
/// `EBADF` for a socket that is closed, else as poll(2); of a file as open(2), and `EINVAL` where it is none.
pub(super) fn select(sockets: &Sockets, asked: &[(Subject<'_>, Readiness)]) -> Got<Vec<Readiness>> {
    let mut files = Vec::new();
    for (subject, _) in asked {
        if let Subject::File(path) = subject {
            files.push(open(path)?);
        }
    }
    let mut files = files.iter();
    let mut polled = Vec::new();
    for (subject, wanted) in asked {
        polled.push(match subject {
            Subject::Socket(sock) => PollFd::new(sockets.source(*sock)?, flags(*wanted)),
            Subject::File(_) => {
                let file = files.next().ok_or(Errno::EBADF)?;
                PollFd::new(file, flags(*wanted))
            }
        });
    }
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    loop {
        match poll(&mut polled, Some(&at_once)) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(errno::of_io(error.into())),
            Ok(_) => break,
        }
    }
    let found = polled.iter().zip(asked);
    Ok(found
        .map(|(fd, (_, wanted))| told(fd.revents(), *wanted))
        .collect())
}

/// The processor time of all threads of this process (`clock_gettime(2)`).
pub(super) fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanos)
}

/// The name of this machine (uname(2)).
pub(super) fn hostname() -> String {
    let uname = rustix::system::uname();
    uname.nodename().to_string_lossy().into_owned()
}

/// A regular file. Nobody is waited for on the way: a pipe without a writer, or a terminal, is none.
fn open(path: &str) -> Got<File> {
    let nonblock = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let mut options = OpenOptions::new();
    let options = options.read(true).custom_flags(nonblock);
    let open = || -> io::Result<Option<File>> {
        let file = options.open(path)?;
        Ok(file.metadata()?.is_file().then_some(file))
    };
    open().map_err(errno::of_io)?.ok_or(Errno::EINVAL)
}

fn flags(wanted: Readiness) -> PollFlags {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::IN, wanted.read);
    flags.set(PollFlags::OUT, wanted.write);
    flags.set(PollFlags::PRI, wanted.except);
    flags
}

/// What poll(2) told, in select's words (select(2), "Correspondence between `select()` and `poll()` notifications").
fn told(flags: PollFlags, wanted: Readiness) -> Readiness {
    let has = |some: PollFlags| flags.intersects(some);
    Readiness {
        read: wanted.read && has(PollFlags::IN | PollFlags::HUP | PollFlags::ERR),
        write: wanted.write && has(PollFlags::OUT | PollFlags::ERR),
        except: wanted.except && has(PollFlags::PRI),
    }
}
