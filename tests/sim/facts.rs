//! What the simulated kernel tells of its sockets, and of what is left of those that were closed.

use std::net::SocketAddr;
use std::time::Duration;

use sockeye::endpoint::{Address, Transport};
use sockeye::event::{Fact, State, Timer};
use sockeye::os::{Diag, End, Process};

use super::sockets::{Socket, Sockets};

/// How long the kernel keeps a connection that ended first (`TCP_TIMEWAIT_LEN` of Linux), or whose peer does not end.
const KEPT: Duration = Duration::from_secs(60);

/// The process that all this is simulated in has one program.
const PID: u32 = 4711;

/// What is left of a closed connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    state: State,
    until: Duration,
}

impl Sockets {
    pub(super) fn facts(&mut self, sock: u64) -> Fact {
        let retransmits = self.retransmits(self.root(sock));
        let Ok(socket) = self.get(sock) else {
            return Fact::default();
        };
        Fact {
            retransmits: Some(retransmits),
            ..socket.facts()
        }
    }

    pub(super) fn diag(
        &mut self,
        now: Duration,
        local: SocketAddr,
        peer: SocketAddr,
    ) -> Option<Diag> {
        self.list(now)
            .into_iter()
            .find(|it| (it.local, it.peer) == (local, peer))
    }

    pub(super) fn diags(
        &mut self,
        now: Duration,
        end: End,
        port: u16,
        state: Option<State>,
    ) -> Vec<Diag> {
        let mut found = self.list(now);
        found.retain(|it| {
            let at = match end {
                End::Local => it.local,
                End::Peer => it.peer,
            };
            at.port() == port && (state.is_none() || it.fact.state == state)
        });
        found
    }

    /// Every TCP socket with an address, and what is left of those that were closed.
    fn list(&mut self, now: Duration) -> Vec<Diag> {
        self.rests.retain(|_, rest| rest.until > now);
        let open = self.all.iter().filter_map(|(id, socket)| {
            let (Transport::Tcp, Some(Address::Inet(local))) = (socket.transport, &socket.local)
            else {
                return None;
            };
            let nobody = || SocketAddr::new(local.ip(), 0);
            let peer = match socket.connecting.as_ref().or(socket.peer.as_ref()) {
                Some(Address::Inet(peer)) => *peer,
                _ => nobody(),
            };
            Some(Diag {
                local: *local,
                peer,
                fact: socket.facts(),
                inode: u32::try_from(*id).unwrap_or(u32::MAX),
                uid: 1000,
            })
        });
        let rests = self.rests.iter().map(|((local, peer), rest)| {
            let left = rest.until.saturating_sub(now).as_millis();
            let fact = Fact {
                state: Some(rest.state),
                timer: Some(Timer::Wait),
                timer_ms: u32::try_from(left).ok(),
                ..Fact::default()
            };
            Diag {
                local: *local,
                peer: *peer,
                fact,
                inode: 0,
                uid: 0,
            }
        });
        open.chain(rests).collect()
    }

    /// A connection was closed without a reset: whoever ended it first waits, for the other end or for its time.
    pub(super) fn keep_rest(&mut self, socket: &Socket, now: Duration) {
        let (Transport::Tcp, Some(Address::Inet(local)), Some(Address::Inet(peer))) =
            (socket.transport, &socket.local, &socket.peer)
        else {
            return;
        };
        if socket.ended_first || !socket.ended {
            let state = if socket.ended {
                State::TimeWait
            } else {
                State::FinWait2
            };
            let until = now + KEPT;
            self.rests.insert((*local, *peer), Rest { state, until });
        } else if let Some(rest) = self.rests.get_mut(&(*peer, *local)) {
            *rest = Rest {
                state: State::TimeWait,
                until: now + KEPT,
            };
        }
    }
}

impl Socket {
    fn facts(&self) -> Fact {
        let state = match (self.listener.is_some(), self.connected, self.ends()) {
            (true, ..) => State::Listen,
            (false, true, (false, false)) => State::Established,
            (false, true, (true, false)) => State::FinWait2,
            (false, true, (false, true)) => State::CloseWait,
            // Nothing is ever lost here, so both ends are acknowledged at once.
            (false, true, (true, true)) => State::Closed,
            (false, false, _) if self.connecting.is_some() => State::SynSent,
            (false, false, _) => State::Closed,
        };
        Fact {
            state: Some(state),
            waiting: Some(u32::try_from(self.waiting()).unwrap_or(u32::MAX)),
            unsent: Some(0),
            in_flight: Some(u32::try_from(self.flying.len()).unwrap_or(u32::MAX)),
            backlog: self
                .seats()
                .map(|seats| u32::try_from(seats.saturating_sub(1)).unwrap_or(u32::MAX)),
            ..Fact::default()
        }
    }
}

pub(super) fn owner(inode: u32) -> Option<Process> {
    (inode > 0).then(|| Process {
        pid: PID,
        program: "simulated".to_owned(),
    })
}

pub(super) fn setting(path: &str) -> Option<u64> {
    match path {
        "net/core/somaxconn" => Some(4096),
        "net/ipv4/ip_unprivileged_port_start" => Some(1024),
        _ => None,
    }
}
