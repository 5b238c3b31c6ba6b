//! What the kernel tells of a socket beside the results of calls (tcp(7)). What a system does not tell stays untold.

use socket2::Socket;

use super::address;
use crate::endpoint::{Address, Transport};
use crate::event::{Fact, State};

/// What a socket was made for, as far as the calls on it tell: before the first one TCP's CLOSED means nothing, and not
/// every system tells a listener (`SO_ACCEPTCONN`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// Nothing yet.
    Nothing,
    /// A connection: by `connect`, `accept` or `socketpair`.
    Connection,
    /// It listens.
    Listening,
}

/// `struct tcp_info` with room for what later kernels add.
#[cfg(target_os = "linux")]
const INFO_BYTES: usize = 512;

/// `SO_MEMINFO` has nine numbers.
#[cfg(target_os = "linux")]
const MEMORY_BYTES: usize = 36;

/// The facts of a socket. `SO_ERROR` is none of them: asking takes it away.
#[cfg(target_os = "linux")]
pub(super) fn of(socket: &Socket, transport: Transport, begun: Begun) -> Fact {
    use super::raw::{self, Queue};
    use super::tcp_info::{self, TcpInfo};

    let mut fact = Fact::default();
    let mut memory = [0; MEMORY_BYTES];
    let told = raw::structure(socket, libc::SOL_SOCKET, libc::SO_MEMINFO, &mut memory);
    let told = told.ok().and_then(|len| memory.get(..len));
    tcp_info::fill_memory(told.unwrap_or_default(), &mut fact);
    if transport != Transport::Tcp {
        fact.state = Some(state_without_handshake(socket, begun));
        fact.waiting = raw::queue(socket, Queue::In).ok();
        return fact;
    }
    let mut info = [0; INFO_BYTES];
    let told = raw::structure(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info);
    let Some(info) = told.ok().and_then(|len| info.get(..len)).map(TcpInfo) else {
        return Fact::default();
    };
    fact.state = match info.state() {
        Some(State::Closed) if begun == Begun::Nothing => Some(before_the_first_call(socket)),
        state => state,
    };
    if fact.state == Some(State::Listen) {
        (fact.waiting, fact.backlog) = info.seats();
        return fact;
    }
    fact.waiting = raw::queue(socket, Queue::In).ok();
    let unsent = raw::queue(socket, Queue::Unsent).ok();
    let queues = unsent
        .zip(raw::queue(socket, Queue::Out).ok())
        .map(|(unsent, out)| tcp_info::queues(fact.state, unsent, out));
    (fact.unsent, fact.in_flight) = queues.unzip();
    match fact.state {
        Some(State::Fresh | State::Bound) => fact.retransmits = info.retransmits(),
        _ => info.fill(&mut fact),
    }
    fact
}

/// The facts that every Unix system tells.
#[cfg(not(target_os = "linux"))]
pub(super) fn of(socket: &Socket, transport: Transport, begun: Begun) -> Fact {
    let state = match transport {
        Transport::Tcp if begun == Begun::Nothing => Some(before_the_first_call(socket)),
        Transport::Tcp => None,
        _ => Some(state_without_handshake(socket, begun)),
    };
    let waiting = rustix::io::ioctl_fionread(socket).ok();
    Fact {
        state,
        waiting: waiting.and_then(|bytes| u32::try_from(bytes).ok()),
        ..Fact::default()
    }
}

fn state_without_handshake(socket: &Socket, begun: Begun) -> State {
    if begun == Begun::Listening {
        State::Listen
    } else if socket.peer_addr().is_ok() {
        State::Connected
    } else {
        before_the_first_call(socket)
    }
}

fn before_the_first_call(socket: &Socket) -> State {
    match socket.local_addr().ok().and_then(|addr| address::of(&addr)) {
        Some(Address::Inet(addr)) if addr.port() != 0 => State::Bound,
        Some(Address::Path(_) | Address::Abstract(_)) => State::Bound,
        _ => State::Fresh,
    }
}
