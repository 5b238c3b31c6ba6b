//! Server designs as real programs: they block, start threads and processes, and wait in select(2), each in a lab
//! peer's process of its own. They tell every call that they make, in the words of the log. What they serve is an echo.

mod blocked;
mod calls;
mod fork;
mod select;
mod serial;
mod teller;
mod threads;

use std::io;
use std::net::ToSocketAddrs as _;
use std::time::Duration;

use rustix::io::Errno as OsErrno;

use crate::endpoint::{Address, Endpoint, Host, Place};
use crate::event::{Design, Event};
use calls::Listener;
use teller::Teller;

/// Writes an event, and the bytes that it moved, as they go over the pipe to whoever started us.
pub type Write = fn(Event, &[u8]) -> Vec<u8>;

/// What one `recv` asks for: what is told of it fits into the pipe in one piece (`PIPE_BUF`), so that threads and
/// processes that share it do not mix their words.
const RECV_BYTES: usize = 2048;

/// Plays a design that listens at `at`. The program that started this one began at `began` of the system's clock.
pub fn serve(design: Design, at: &Endpoint, began: Duration, write: Write) {
    let teller = Teller::new(began, write);
    let Some(address) = address(at) else {
        return teller.note("there is no such address here");
    };
    let Ok(listener) = Listener::open(&teller, at.transport, &address) else {
        return;
    };
    let play = match design {
        Design::Serial => serial::serve,
        Design::Threads => threads::serve,
        Design::Fork => fork::serve,
        Design::Select => select::serve,
        Design::Blocked => blocked::serve,
    };
    let error = play(&teller, &listener);
    teller.note(&format!("the server ends: {error}"));
}

/// Sees to it that this process ends when the one that started it does, however that ends.
pub fn end_with_starter() {
    // A system that has no such thing closes our standard input then, which ends us too.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

/// The same for a program that never reads its standard input, where the system does not see to it.
pub fn watch_starter() {
    #[cfg(not(target_os = "linux"))]
    std::thread::spawn(|| {
        let mut bytes = [0; 512];
        while matches!(
            rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut bytes)),
            Ok(1..)
        ) {}
        std::process::exit(0);
    });
}

/// The first address of an endpoint.
fn address(at: &Endpoint) -> Option<Address> {
    let (host, port) = match &at.place {
        Place::Path(path) => return Some(Address::Path(path.clone())),
        Place::Abstract(name) => return Some(Address::Abstract(name.clone())),
        Place::Inet { host, port } => (host, *port),
    };
    let name = match host {
        Host::Any => "0.0.0.0".to_owned(),
        Host::Ip(ip) => return Some(Address::Inet((*ip, port).into())),
        Host::Scoped { ip, zone } => format!("{ip}%{zone}"),
        Host::Name(name) => name.clone(),
    };
    (name, port)
        .to_socket_addrs()
        .ok()?
        .next()
        .map(Address::Inet)
}

/// Whether an `accept` that failed says nothing of the next one (accept(2), "Error handling").
fn is_passing(error: &io::Error) -> bool {
    let passing = [OsErrno::INTR, OsErrno::CONNABORTED, OsErrno::PROTO];
    OsErrno::from_io_error(error).is_some_and(|errno| passing.contains(&errno))
}
