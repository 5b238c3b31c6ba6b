//! Signals as a readable descriptor for the poller. It decides nothing: what a signal means is the loop's business,
//! and the signals that kill at once (SIGSEGV and its like) are the terminal's.

use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::SigId;
use signal_hook::consts::{
    SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH, SIGXFSZ,
};
use signal_hook::{flag, low_level};

use crate::os::Signal;

/// The order of [`Signals::drain`]: what goes on first, what ends last.
const WATCHED: [(i32, Signal); 7] = [
    (SIGCONT, Signal::Continue),
    (SIGWINCH, Signal::Resize),
    (SIGTSTP, Signal::Suspend),
    (SIGINT, Signal::Interrupt),
    (SIGQUIT, Signal::Quit),
    (SIGTERM, Signal::Terminate),
    (SIGHUP, Signal::HangUp),
];

/// The signals that came since the last look. Dropping it leaves them ignored, not at their defaults.
#[derive(Debug)]
pub struct Signals {
    /// Readable when a flag may be set. What the bytes are means nothing, so a full pair loses nothing.
    wake: UnixStream,
    flags: Vec<(Arc<AtomicBool>, Signal)>,
    registered: Vec<SigId>,
}

impl Signals {
    /// Watches all of [`Signal`]. SIGHUP stays ignored where it was (nohup(1)); SIGXFSZ is ignored from here on, so
    /// that a file at its limit is EFBIG and not our end.
    ///
    /// # Errors
    /// What socketpair(2) or sigaction(2) return.
    pub fn open() -> io::Result<Self> {
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let mut signals = Self {
            wake,
            flags: Vec::new(),
            registered: Vec::new(),
        };
        for (number, signal) in WATCHED {
            if number == SIGHUP && is_ignored(number) {
                continue;
            }
            let flag = Arc::new(AtomicBool::new(false));
            // The flag before the pipe, as signal_hook::low_level::pipe demands.
            signals
                .registered
                .push(flag::register(number, Arc::clone(&flag))?);
            signals
                .registered
                .push(low_level::pipe::register(number, waker.try_clone()?)?);
            signals.flags.push((flag, signal));
        }
        // A child that ended only has to be cleared away, which every wait does.
        signals
            .registered
            .push(low_level::pipe::register(SIGCHLD, waker.try_clone()?)?);
        signals
            .registered
            .push(flag::register(SIGXFSZ, Arc::default())?);
        Ok(signals)
    }

    /// The signals that came since the last call, each once however often it came. A stop that was taken back since is
    /// none, as in the kernel: SIGCONT discards SIGTSTP (signal(7)). Had it come in the other order, taking over the
    /// terminal would stop us (SIGTTOU).
    pub fn drain(&mut self) -> Vec<Signal> {
        let mut passed = [0; 256];
        // The pipe before the flags: a signal that comes in between wakes us again for nothing, but none is lost.
        while matches!(self.wake.read(&mut passed), Ok(1..)) {}
        let came = |(flag, signal): &(Arc<AtomicBool>, Signal)| {
            flag.swap(false, Ordering::SeqCst).then_some(*signal)
        };
        let mut signals: Vec<Signal> = self.flags.iter().filter_map(came).collect();
        if signals.contains(&Signal::Continue) {
            signals.retain(|signal| *signal != Signal::Suspend);
        }
        signals
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for &id in &self.registered {
            low_level::unregister(id);
        }
    }
}

/// Stops this process until SIGCONT, as SIGTSTP does by default. The terminal must have been left before.
///
/// # Errors
/// What raise(3) returns.
pub fn stop_self() -> io::Result<()> {
    low_level::emulate_default_handler(SIGTSTP)
}

/// Sends SIGTSTP to our process group, as the terminal does for ^Z: a program that started us stops, and we with it,
/// at the same moment. Were we to stop by ourselves a little later, a shell quicker than we could have told all to go
/// on by then. Returns when we are continued, or at once where no shell could do that (an orphaned group, signal(7)).
/// The terminal must have been left before.
#[expect(
    unsafe_code,
    reason = "signal-hook cannot put its handler back after the default action"
)]
pub fn stop_group() {
    // SAFETY: sigaction is a C struct for which all zeroes is a value, and zeroes ask for the default action (SIG_DFL);
    // what is put back is what sigaction(2) handed out.
    unsafe {
        let (default, mut ours): (libc::sigaction, libc::sigaction) =
            (std::mem::zeroed(), std::mem::zeroed());
        if libc::sigaction(SIGTSTP, &raw const default, &raw mut ours) == 0 {
            // kill(2) of one's own group cannot fail for want of rights: we are in it.
            let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
            libc::sigaction(SIGTSTP, &raw const ours, std::ptr::null_mut());
        }
    }
}

/// Whether the process that started us had `signal` ignored.
#[expect(
    unsafe_code,
    reason = "neither rustix nor signal-hook reads a disposition"
)]
fn is_ignored(signal: i32) -> bool {
    // SAFETY: sigaction is a C struct for which all zeroes is a value, and with a null new action sigaction(2) only
    // writes the present one to it.
    let (result, action) = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        (
            libc::sigaction(signal, std::ptr::null(), &raw mut action),
            action,
        )
    };
    result == 0 && action.sa_sigaction == libc::SIG_IGN
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, since dispositions belong to the whole process. SIGHUP and the fatal ones are in
    /// `tests/tty_device.rs`.
    #[test]
    fn f41_a_storm_of_one_signal_loses_no_other() {
        let mut signals = Signals::open().unwrap();
        assert_eq!(signals.drain(), []);
        for _ in 0..10_000 {
            low_level::raise(SIGWINCH).unwrap();
        }
        low_level::raise(SIGTERM).unwrap();
        assert_eq!(signals.drain(), [Signal::Resize, Signal::Terminate]);
        assert_eq!(signals.drain(), []);
        low_level::raise(SIGXFSZ).unwrap();
        low_level::raise(SIGCONT).unwrap();
        assert_eq!(signals.drain(), [Signal::Continue]);
        low_level::raise(SIGTSTP).unwrap();
        assert_eq!(signals.drain(), [Signal::Suspend]);
        low_level::raise(SIGTSTP).unwrap();
        low_level::raise(SIGCONT).unwrap();
        assert_eq!(
            signals.drain(),
            [Signal::Continue],
            "a stop that was taken back"
        );
    }
}
