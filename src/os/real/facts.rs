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

/// The facts of a socket.
#[cfg(target_os = "linux")]
pub(super) fn of(socket: &Socket, transport: Transport, begun: Begun) -> Fact {
    use super::raw::{self, Queue};

    if transport != Transport::Tcp {
        return Fact {
            state: Some(state_without_handshake(socket, begun)),
            waiting: raw::queue(socket, Queue::In).ok(),
            ..Fact::default()
        };
    }
    // Numbers that lie behind what this kernel told are zero and mean nothing.
    let Ok((info, told)) = raw::tcp_info(socket) else {
        return Fact::default();
    };
    let state = match state(info.tcpi_state) {
        Some(State::Closed) if begun == Begun::Nothing => Some(before_the_first_call(socket)),
        state => state,
    };
    if state == Some(State::Listen) {
        let has_queue = told >= std::mem::offset_of!(libc::tcp_info, tcpi_lost);
        return Fact {
            state,
            waiting: has_queue.then_some(info.tcpi_unacked),
            backlog: has_queue.then_some(info.tcpi_sacked),
            ..Fact::default()
        };
    }
    let unsent = raw::queue(socket, Queue::Unsent).ok();
    let outq = raw::queue(socket, Queue::Out).ok();
    Fact {
        state,
        waiting: raw::queue(socket, Queue::In).ok(),
        unsent,
        in_flight: outq
            .zip(unsent)
            .map(|(outq, unsent)| outq.saturating_sub(unsent)),
        retransmits: Some(info.tcpi_retransmits),
        backlog: None,
    }
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

/// The kernel's numbers of TCP's states (linux `net/tcp_states.h`).
#[cfg(target_os = "linux")]
fn state(number: u8) -> Option<State> {
    Some(match number {
        1 => State::Established,
        2 => State::SynSent,
        3 | 12 => State::SynReceived,
        4 => State::FinWait1,
        5 => State::FinWait2,
        6 => State::TimeWait,
        7 => State::Closed,
        8 => State::CloseWait,
        9 => State::LastAck,
        10 => State::Listen,
        11 => State::Closing,
        _ => return None,
    })
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
