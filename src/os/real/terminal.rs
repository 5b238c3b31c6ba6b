//! The terminal's descriptor, its modes, and the restore that every way out shares: leaving, Drop, panics and fatal
//! signals. It knows neither keys nor screens; the bytes that give the screen back are handed in.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::buffer::spare_capacity;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{self, OptionalActions, QueueSelector, Termios};

mod fatal;

/// The room that one [`Terminal::read`] offers. (Linux fills 4 KiB of it at most.)
const READ_BYTES: usize = 64 * 1024;

/// The largest screen that is believed. ratatui allocates what it is told, and 65535×65535 cells abort the program.
const SIZE_MAX: (u16, u16) = (1000, 500);

/// How often and how long a restore waits for a terminal that takes no bytes, in nanoseconds. One that stands still
/// must not keep us from ending.
const RESTORE_WAITS: usize = 3;
const RESTORE_WAIT_NANOS: i64 = 100_000_000;

/// The one mutable global of the program: hooks and signal handlers have no other way to the terminal.
///
/// Its descriptor is never closed, so that no handler writes to a descriptor that was given to a socket since.
static DEVICE: OnceLock<Device> = OnceLock::new();

/// What a restore needs, and nothing that could wait or allocate.
struct Device {
    descriptor: OwnedFd,
    /// The modes from before the first change.
    original: Termios,
    /// What gives the screen back.
    leave: &'static [u8],
    /// The terminal is ours: raw, and to be restored.
    taken: AtomicBool,
    /// What the fatal signals did before.
    previous: fatal::Actions,
}

/// The terminal of this process, under an open file description of our own: what we set on it (not blocking) does not
/// leak to the shell, and standard input and output may be files.
pub struct Terminal {
    device: &'static Device,
}

impl Terminal {
    /// Opens the terminal behind descriptor 0, 1 or 2, else `/dev/tty`; changes nothing on it. `leave` gives the
    /// screen back on every way out of [`Terminal::raw`].
    ///
    /// # Errors
    /// What open(2) and tcgetattr(3) return where there is no terminal; `AlreadyExists` the second time in one process.
    pub fn open(leave: &'static [u8]) -> io::Result<Self> {
        if DEVICE.get().is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let descriptor = open_descriptor()?;
        let original = termios::tcgetattr(&descriptor)?;
        let previous = fatal::install()?;
        let taken = AtomicBool::new(false);
        let device = DEVICE.get_or_init(|| Device {
            descriptor,
            original,
            leave,
            taken,
            previous,
        });
        install_panic_hook();
        Ok(Self { device })
    }

    /// Takes the terminal over: raw mode, and from here on every way out restores it. Again after a stop is right: the
    /// shell may have changed the modes.
    ///
    /// # Errors
    /// What tcsetattr(3) returns. In the background this stops the process (SIGTTOU) until it is in the foreground.
    pub fn raw(&mut self) -> io::Result<()> {
        let mut modes = self.device.original.clone();
        modes.make_raw();
        // First, so that a signal in between restores too much rather than nothing.
        self.device.taken.store(true, Ordering::SeqCst);
        retry(|| termios::tcsetattr(&self.device.descriptor, OptionalActions::Now, &modes))?;
        Ok(())
    }

    /// Gives the terminal back: the bytes of leaving, then the modes of before. Does nothing where that has been done,
    /// and ignores errors, for a terminal that is gone needs nothing.
    pub fn cooked(&mut self) {
        restore();
    }

    /// Whether the terminal is ours. False behind our back after a panic that was caught: then enter again and draw
    /// all.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.device.taken.load(Ordering::SeqCst)
    }

    /// Appends what the terminal sent, up to 64 KiB or what else `into` has room for, and says how many bytes. 0 or
    /// EIO: it is gone.
    ///
    /// # Errors
    /// `WouldBlock` when there is nothing; else what read(2) returns.
    pub fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        into.reserve(READ_BYTES);
        Ok(retry(|| {
            rustix::io::read(&self.device.descriptor, spare_capacity(into))
        })?)
    }

    /// Writes some of `bytes` without waiting and says how many.
    ///
    /// # Errors
    /// `WouldBlock` when the terminal takes nothing now; else what write(2) returns (EIO: it is gone).
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(retry(|| rustix::io::write(&self.device.descriptor, bytes))?)
    }

    /// Columns and rows, at most 1000×500; 0×0 where the terminal does not know or is gone.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        termios::tcgetwinsize(&self.device.descriptor).map_or((0, 0), |size| {
            (size.ws_col.min(SIZE_MAX.0), size.ws_row.min(SIZE_MAX.1))
        })
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.device.descriptor.as_fd()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back, once for each time that it was taken, from wherever it is called.
///
/// Async-signal-safe (signal-safety(7)): atomics, and poll, write and ioctl on fixed memory.
fn restore() {
    let Some(device) = DEVICE.get() else { return };
    if !device.taken.swap(false, Ordering::SeqCst) || belongs_to_another(device) {
        return;
    }
    let (mut left, mut waits) = (device.leave, 0..RESTORE_WAITS);
    while !left.is_empty() {
        match rustix::io::write(&device.descriptor, left) {
            Ok(taken) => left = left.get(taken..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if waits.next().is_some() => wait_writable(device),
            Err(_) => break,
        }
    }
    // What was typed or pasted for us and not read yet must not run in the shell.
    let _ = termios::tcflush(&device.descriptor, QueueSelector::IFlush);
    // Now, not after draining: a terminal that stands still would hold us for ever.
    let _ =
        retry(|| termios::tcsetattr(&device.descriptor, OptionalActions::Now, &device.original));
}

/// Whether another process group has the foreground, so that the modes are now those of a shell or an editor. Touching
/// them would break its screen, and stop us (SIGTTOU).
fn belongs_to_another(device: &Device) -> bool {
    termios::tcgetpgrp(&device.descriptor)
        .is_ok_and(|foreground| foreground != rustix::process::getpgrp())
}

fn wait_writable(device: &Device) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut watched = [PollFd::new(&device.descriptor, PollFlags::OUT)];
    let patience = Timespec {
        tv_sec: 0,
        tv_nsec: RESTORE_WAIT_NANOS,
    };
    // Whatever it says: Linux takes a few bytes where it calls a pty full, and the next write tells.
    let _ = poll(&mut watched, Some(&patience));
}

/// The screen first, so that the message of the panic is on the one that the user sees.
fn install_panic_hook() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        restore();
        previous(info);
    }));
}

fn open_descriptor() -> io::Result<OwnedFd> {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()]
        .into_iter()
        // By name, since macOS refuses to poll /dev/tty. The name may lead nowhere (a container) or to a terminal of
        // another user (su); then /dev/tty still is the right one.
        .filter_map(|descriptor| termios::ttyname(descriptor, Vec::new()).ok())
        .find_map(|name| open_terminal(name.as_c_str()).ok())
        .map_or_else(|| open_terminal(c"/dev/tty"), Ok)
}

fn open_terminal(path: &std::ffi::CStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let descriptor = retry(|| rustix::fs::open(path, flags, Mode::empty()))?;
    if termios::isatty(&descriptor) {
        Ok(descriptor)
    } else {
        Err(Errno::NOTTY.into())
    }
}

fn retry<T>(call: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    rustix::io::retry_on_intr(call)
}
