//! `serial`: one client after the other. Whoever comes meanwhile waits in the listener's queue, however quick they are.

use std::io;

use super::calls::Listener;
use super::teller::Teller;

/// Serves until `accept` fails for good; returns why.
pub(super) fn serve(teller: &Teller, listener: &Listener) -> io::Error {
    loop {
        let mut client = match listener.accept(teller) {
            Ok(client) => client,
            Err(error) => return error,
        };
        client.echo(teller);
        client.close(teller);
    }
}
