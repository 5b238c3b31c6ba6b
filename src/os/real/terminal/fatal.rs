//! Signals that end the process at once: the terminal is given back, then they do what they would have done.
//! Those that leave time for an orderly end go to the loop (`signals.rs`) and are not here.

use std::io;

use libc::{c_int, c_void, sigaction, siginfo_t};

/// All whose default action ends the process and that nobody else watches.
const FATAL: [c_int; 13] = [
    libc::SIGABRT,
    libc::SIGALRM,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGPROF,
    libc::SIGSEGV,
    libc::SIGSYS,
    libc::SIGTRAP,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGVTALRM,
    libc::SIGXCPU,
];

/// What was installed before, in the order of [`FATAL`]. The standard library's handlers of SIGSEGV and SIGBUS tell a
/// stack overflow.
pub(super) type Actions = [Option<sigaction>; FATAL.len()];

/// Installs the handlers, once in a process, and returns what they replace.
///
/// # Errors
/// What sigaction(2) returns.
#[expect(
    unsafe_code,
    reason = "no safe wrapper installs a handler for SIGSEGV and its like"
)]
pub(super) fn install() -> io::Result<Actions> {
    let mut previous = [None; FATAL.len()];
    for (signal, slot) in FATAL.into_iter().zip(&mut previous) {
        // SAFETY: sigaction is a C struct for which all zeroes is a value; both pointers are to whole ones.
        // `on_fatal` has the signature that SA_SIGINFO asks for and calls only what is async-signal-safe.
        let result = unsafe {
            let (mut action, mut before): (sigaction, sigaction) =
                (std::mem::zeroed(), std::mem::zeroed());
            action.sa_sigaction = on_fatal as *const () as usize;
            // ONSTACK: after a stack overflow there is no other. RESETHAND: a fault in the handler must not come back
            // to it.
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
            libc::sigemptyset(&raw mut action.sa_mask);
            let result = libc::sigaction(signal, &raw const action, &raw mut before);
            *slot = Some(before);
            result
        };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(previous)
}

/// Gives the terminal back and lets the signal take its course.
///
/// A fault of our own comes again on return, to the handler of before us or the default. A signal that was sent would
/// not, and is raised again, now with its default action.
#[expect(unsafe_code, reason = "a signal handler")]
extern "C" fn on_fatal(signal: c_int, info: *mut siginfo_t, _context: *mut c_void) {
    super::restore();
    // SAFETY: with SA_SIGINFO the kernel hands in a valid siginfo_t.
    let is_fault = unsafe { (*info).si_code > 0 };
    let before = super::DEVICE
        .get()
        .map(|device| FATAL.iter().zip(&device.previous));
    let previous =
        before.and_then(|mut all| all.find(|(number, _)| **number == signal)?.1.as_ref());
    // SAFETY: sigaction(2) and raise(3) are async-signal-safe; the action is one that sigaction(2) handed out.
    unsafe {
        if let (true, Some(previous)) = (is_fault, previous) {
            libc::sigaction(signal, previous, std::ptr::null_mut());
        } else {
            libc::raise(signal);
        }
    }
}
