//! The net: carries out commands on sockets and reports what the kernel did, as events. It owns interest, outboxes,
//! calls that wait, and deadlines, and is the only room that asks [`Os`](crate::os::Os) about sockets. It never waits,
//! and knows neither screen nor session.

mod accept;
mod afterlife;
mod agenda;
mod cable;
mod close;
mod connect;
mod crowd;
mod cx;
mod facts;
mod hold;
mod kind;
mod listen;
mod make;
mod other;
mod pair;
mod probe;
mod reach;
mod reading;
mod receive;
mod refs;
mod relay;
mod resolve;
mod select;
mod send;
mod socket;
mod spin;
mod tcp;
mod timer;
mod udp;
mod unix;
mod valve;
mod want;

use std::collections::BTreeMap;
use std::time::Duration;

pub use cx::Turn;

use cx::{Cx, Shared};
use probe::Probes;
use relay::Told;
use socket::Socket;
use timer::Alarm;

use crate::event::{Actor, ConnId, Want, What};
use crate::os::{Sock, Wake};

/// What each ready socket may move before any other has its turn again, in bytes.
const ROUND_BYTES: usize = 64 << 10;

/// What each may move in the rounds after the first.
const LATER_ROUND_BYTES: usize = 256 << 10;

/// What one socket may move in a turn.
const TURN_BYTES: usize = 1 << 20;

/// All sockets of a session.
#[derive(Debug)]
pub struct Net {
    /// Those that are there.
    sockets: BTreeMap<ConnId, Box<Socket>>,
    shared: Shared,
    probes: Probes,
}

impl Net {
    /// A net of at most `socket_limit` open sockets.
    #[must_use]
    pub fn new(socket_limit: usize) -> Self {
        Self {
            sockets: BTreeMap::new(),
            shared: Shared::new(socket_limit),
            probes: Probes::default(),
        }
    }

    /// Carries out something of one socket.
    pub fn want(&mut self, by: Actor, conn: ConnId, want: Want, turn: &mut Turn) {
        if want == Want::Cancel && self.cancel_selects(Some(conn), turn) {
            return;
        }
        let known = match want {
            // The cable has two ends.
            Want::Unplug { heal } if self.may_call(conn) => {
                return self.unplug(by, conn, heal, turn);
            }
            Want::Plug if self.may_call(conn) => return self.plug(by, conn, turn),
            Want::Gate(gate) if self.socket(conn).is_none() => {
                return self.tell_heir(conn, Told::Gate(gate), turn);
            }
            Want::Instead { bytes, upto } if self.socket(conn).is_none() => {
                return self.tell_heir(conn, Told::Instead { bytes, upto }, turn);
            }
            want => self.with(conn, turn, |socket, cx| {
                want::wish(socket, by, want, cx);
            }),
        };
        if !known {
            let shared = &mut self.shared;
            Cx { shared, turn }.refuse(conn, by, "this socket is closed");
        }
    }

    /// Takes note of what ended a wait. Readiness is turned into calls by [`Net::serve`]; a descriptor that is not
    /// known is of the past.
    pub fn wake(&mut self, wake: &Wake, turn: &mut Turn) {
        match wake {
            Wake::Socket {
                sock,
                readable,
                writable,
            } => {
                let Some(conn) = self.shared.descriptors.get(sock).copied() else {
                    return self.wake_probe(wake, turn);
                };
                self.with(conn, turn, |socket, cx| {
                    // What only a question waits for is not read by the loop.
                    socket.incoming.ready |= *readable && !socket.is_only_asked();
                    socket.roused += u32::from(socket.is_only_asked());
                    if *writable {
                        socket.outgoing.may_try();
                        if let Some(dial) = &mut socket.dial {
                            dial.told = true;
                        }
                    }
                    socket.enqueue(cx);
                });
            }
            Wake::Named { ticket, answer } => {
                if let Some(conn) = self.shared.lookups.remove(ticket) {
                    self.with(conn, turn, |socket, cx| socket.answered(answer, cx));
                } else {
                    self.wake_probe(wake, turn);
                }
            }
            Wake::Disk => self.end_shortage(turn),
            other => self.wake_probe(other, turn),
        }
    }

    /// Turns readiness into calls: a share for each socket in the order in which they were ready, then around again
    /// until `until`; whoever had no turn is first the next time.
    pub fn serve(&mut self, until: Duration, turn: &mut Turn) {
        self.end_shortage(turn);
        self.serve_probes(until, turn);
        let mut served = Vec::new();
        let mut round = self.shared.ready.len();
        let mut share = ROUND_BYTES;
        while let Some(conn) = self.shared.ready.pop_front() {
            self.with(conn, turn, |socket, cx| {
                socket.queued = false;
                let share = share.min(TURN_BYTES.saturating_sub(socket.moved));
                if step(socket, share, cx) {
                    socket.enqueue(cx);
                }
            });
            served.push(conn);
            round = round.saturating_sub(1);
            if round == 0 {
                share = LATER_ROUND_BYTES;
                round = self.shared.ready.len();
            }
            if turn.os.now() >= until || self.all_had_enough() {
                break;
            }
        }
        for conn in served {
            if let Some(socket) = self.socket_mut(conn) {
                socket.moved = 0;
            }
        }
    }

    /// Whether [`Net::serve`] has something to do at once.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.shared.ready.is_empty() || self.is_spinning()
    }

    /// Whether sockets wait for room in the capture: [`Net::serve`] reads them again once there is some.
    #[must_use]
    pub fn is_short(&self) -> bool {
        !self.shared.stalled.is_empty()
    }

    /// The socket of a descriptor.
    #[must_use]
    pub fn conn_of(&self, sock: Sock) -> Option<ConnId> {
        self.shared.descriptors.get(&sock).copied()
    }

    /// What the poller is asked to tell of each socket, as letters: `r`, `w`, `x`.
    #[must_use]
    pub fn armed(&self) -> Vec<(ConnId, String)> {
        let sockets = self.sockets.values();
        let armed = sockets.map(|socket| (socket.id, socket.armed()));
        armed.filter(|(_, letters)| !letters.is_empty()).collect()
    }

    /// When [`Net::expire`] has something to do.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.shared
            .timers
            .next()
            .into_iter()
            .chain(self.probe_deadline())
            .min()
    }

    /// Does what is due.
    pub fn expire(&mut self, now: Duration, turn: &mut Turn) {
        self.expire_probes(now, turn);
        // What a deadline sets anew lies behind `now`, but for a clock that stands still.
        for _ in 0..=self.sockets.len() {
            let Some((conn, alarm)) = self.shared.timers.pop(now) else {
                return;
            };
            let stirred = self.probes.stirred;
            let is_open = if alarm == Alarm::Plug {
                self.plug(Actor::Loop, conn, turn);
                true
            } else {
                self.with(conn, turn, |socket, cx| alarm.ring(socket, cx))
            };
            // That its numbers were looked at changes nothing that anybody asks about.
            if alarm == Alarm::Sample {
                self.probes.stirred = stirred;
            }
            if !is_open && alarm == Alarm::Sample {
                let shared = &mut self.shared;
                Cx { shared, turn }.sample_afterlife(conn, false);
            }
        }
    }

    /// Whose numbers are sampled from now on.
    pub fn look_at(&mut self, conns: &[ConnId], turn: &mut Turn) {
        let same = conns.len() == self.shared.viewed.len()
            && conns.iter().all(|conn| self.shared.viewed.contains(conn));
        if same {
            return;
        }
        let before = std::mem::replace(&mut self.shared.viewed, conns.iter().copied().collect());
        for conn in before.iter().filter(|conn| !conns.contains(conn)) {
            self.shared.timers.cancel(*conn, Alarm::Sample);
        }
        for conn in conns.iter().filter(|conn| !before.contains(conn)) {
            if !self.with(*conn, turn, Socket::sample_after_event) {
                let shared = &mut self.shared;
                Cx { shared, turn }.sample_afterlife(*conn, false);
            }
        }
    }

    /// The socket whose numbers a script waits for, or none: they are sampled until it waits no more, and where it
    /// began to wait just now (`anew`) told at once, changed or not.
    pub fn wait_for(&mut self, conn: Option<ConnId>, anew: bool, turn: &mut Turn) {
        let is_other = std::mem::replace(&mut self.shared.awaited, conn) != conn;
        let Some(conn) = conn.filter(|_| anew || is_other) else {
            return;
        };
        if !self.with(conn, turn, |socket, cx| socket.sample_now(anew, cx)) {
            let shared = &mut self.shared;
            Cx { shared, turn }.sample_afterlife(conn, anew);
        }
    }

    /// Whether a call can be made on it: it is not being closed, and somebody knows its descriptor.
    fn may_call(&self, conn: ConnId) -> bool {
        let socket = self.socket(conn);
        socket.is_some_and(|socket| !socket.is_closing() && !socket.leaked)
    }

    /// The number of a socket that another program has: it comes into the session before any other is made.
    pub fn number(&mut self) -> ConnId {
        self.shared.conn()
    }

    /// The number of a call of another program that waits.
    pub fn pending_number(&mut self) -> u32 {
        self.shared.pending_number()
    }

    fn socket(&self, conn: ConnId) -> Option<&Socket> {
        self.sockets.get(&conn).map(Box::as_ref)
    }

    fn socket_mut(&mut self, conn: ConnId) -> Option<&mut Socket> {
        self.sockets.get_mut(&conn).map(Box::as_mut)
    }

    /// A step of one socket, and what follows from it; false if there is none of that number.
    fn with(
        &mut self,
        conn: ConnId,
        turn: &mut Turn,
        step: impl FnOnce(&mut Socket, &mut Cx),
    ) -> bool {
        let is_known = self.touch(conn, turn, step);
        // What came is passed on within the same step.
        while let Some((across, told)) = self.shared.told.pop_front() {
            self.touch(across, turn, |socket, cx| socket.hear(told, cx));
        }
        if let Some(twin) = self.shared.also.take() {
            self.touch(twin, turn, Socket::sample);
        }
        is_known
    }

    /// The step alone.
    fn touch(
        &mut self,
        conn: ConnId,
        turn: &mut Turn,
        step: impl FnOnce(&mut Socket, &mut Cx),
    ) -> bool {
        let Some(socket) = self.sockets.get_mut(&conn) else {
            return false;
        };
        let mut cx = Cx {
            shared: &mut self.shared,
            turn,
        };
        let from = cx.turn.events.len();
        self.probes.stirred = true;
        step(socket, &mut cx);
        socket.settle(from, &mut cx);
        if socket.closed {
            self.sockets.remove(&conn);
        }
        self.absorb();
        true
    }

    /// Takes over the sockets that a step made.
    fn absorb(&mut self) {
        for socket in self.shared.born.drain(..).filter(|socket| !socket.closed) {
            self.sockets.insert(socket.id, Box::new(socket));
        }
    }

    /// Every socket that is ready has moved what it may in a turn.
    fn all_had_enough(&self) -> bool {
        let mut ready = self.shared.ready.iter();
        // The queue is in order of service: if the first has had enough, so have the others.
        ready.next().is_some_and(|conn| {
            self.socket(*conn)
                .is_some_and(|socket| socket.moved >= TURN_BYTES)
        })
    }

    /// Reads the sockets again that waited for room in the capture.
    fn end_shortage(&mut self, turn: &mut Turn) {
        if turn.capture.is_full() || turn.capture.is_behind() {
            return;
        }
        let shared = &mut self.shared;
        if std::mem::take(&mut shared.full) {
            let (text, key) = (None, "room".to_owned());
            Cx { shared, turn }.tell_all(Actor::Loop, What::Limit { text, key });
        }
        for conn in std::mem::take(&mut self.shared.stalled) {
            self.with(conn, turn, |socket, cx| {
                socket.incoming.stalled = false;
                socket.enqueue(cx);
            });
        }
    }
}

/// All that a socket can do now; true if there is more.
fn step(socket: &mut Socket, share: usize, cx: &mut Cx) -> bool {
    socket.dial_ready(cx);
    let out = socket.pump_out(cx);
    let incoming = socket.pump_in(share, cx);
    !socket.closed && (out || incoming)
}
