//! `threads`: a thread for each client. One that is slow holds up its own thread and no other.

use std::io;
use std::thread;

use super::calls::Listener;
use super::teller::{LISTENER, Teller, task};
use crate::event::{Call, Outcome, Syscall};

/// The stack of a thread: it calls nothing deep.
const STACK_BYTES: usize = 256 << 10;

/// Serves until `accept` fails for good; returns why.
pub(super) fn serve(teller: &Teller, listener: &Listener) -> io::Error {
    Teller::count_tasks();
    thread::scope(|scope| {
        loop {
            let mut client = match listener.accept(teller) {
                Ok(client) => client,
                Err(error) => return error,
            };
            let (start, id) = (teller.now(), client.id);
            let (tell, told) = std::sync::mpsc::channel();
            let run = move || {
                Teller::count_tasks();
                // Nobody is there to be told only when the server itself is at its end.
                let _ = tell.send(task());
                client.echo(teller);
                client.close(teller);
            };
            let builder = thread::Builder::new().stack_size(STACK_BYTES);
            let outcome = match builder.spawn_scoped(scope, run) {
                Ok(_) => Outcome::Returned(told.recv().map_or(0, i64::from)),
                Err(error) => Outcome::Failed(super::calls::errno_of(&error)),
            };
            let failed = outcome.errno().is_some();
            let call = Call::new(Syscall::Thread, outcome, teller.now().saturating_sub(start));
            teller.call(start, LISTENER, call, &[]);
            if failed {
                // Its closure, and the client in it, went with the thread that never was.
                teller.tell(id, crate::event::What::Gone);
            }
        }
    })
}
