//! The numbers that the simulated kernel tells of a socket. Nothing is in flight but what a pulled cable
//! keeps there.

use sockeye::event::{Fact, State};

use super::sockets::Sockets;

impl Sockets {
    pub(super) fn facts(&mut self, sock: u64) -> Fact {
        let retransmits = self.retransmits(self.root(sock));
        let Ok(socket) = self.get(sock) else {
            return Fact::default();
        };
        let state = match (socket.listener.is_some(), socket.connected, socket.ends()) {
            (true, ..) => State::Listen,
            (false, true, (false, false)) => State::Established,
            (false, true, (true, false)) => State::FinWait2,
            (false, true, (false, true)) => State::CloseWait,
            (false, true, (true, true)) => State::LastAck,
            (false, false, _) if socket.connecting.is_some() => State::SynSent,
            (false, false, _) => State::Closed,
        };
        Fact {
            state: Some(state),
            waiting: Some(u32::try_from(socket.waiting()).unwrap_or(u32::MAX)),
            unsent: Some(0),
            in_flight: Some(u32::try_from(socket.flying.len()).unwrap_or(u32::MAX)),
            retransmits: Some(retransmits),
            ..Fact::default()
        }
    }
}
