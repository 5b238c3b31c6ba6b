//! `fork`: a process for each client. For a moment two processes hold its socket: the server must close its own
//! descriptor, or the client would never see an end (UNP, section 4.8).

use std::io;

use rustix::process::{WaitOptions, wait};

use super::calls::{Client, Listener, errno_of};
use super::teller::{LISTENER, Teller};
use crate::event::{Call, Outcome, Syscall};

/// Serves until `accept` fails for good; returns why.
pub(super) fn serve(teller: &Teller, listener: &Listener) -> io::Error {
    Teller::count_tasks();
    loop {
        let client = match listener.accept(teller) {
            Ok(client) => client,
            Err(error) => return error,
        };
        // Those that have ended are cleared away (wait(2)).
        while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
        let start = teller.now();
        let forked = fork();
        let outcome = match &forked {
            Ok(0) => child(teller, client),
            Ok(id) => Outcome::Returned(i64::from(*id)),
            Err(error) => Outcome::Failed(errno_of(error)),
        };
        let call = Call::new(Syscall::Fork, outcome, teller.now().saturating_sub(start));
        teller.call(start, LISTENER, call, &[]);
        match forked {
            Ok(_) => client.leave(teller),
            Err(_) => client.close(teller),
        }
    }
}

/// The process of a client.
fn child(teller: &Teller, mut client: Client) -> ! {
    super::end_with_starter();
    Teller::count_tasks();
    client.echo(teller);
    client.close(teller);
    std::process::exit(0)
}

/// `fork`: 0 in the new process, its number in the old one.
#[expect(unsafe_code, reason = "no crate here has a safe fork")]
fn fork() -> io::Result<i32> {
    // SAFETY: this process has one thread (it plays one design, which starts none), so that the new one, which goes on
    // behind this call, finds no lock taken and nothing half done.
    let id = unsafe { libc::fork() };
    if id < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(id)
}
