//! `accept`: asked for or by itself, within the limit of sockets, and with patience while there are no descriptors.

use std::time::Duration;

use super::cx::{Cx, Waiting};
use super::receive::Ask;
use super::socket::Socket;
use super::timer::Alarm;
use crate::endpoint::Address;
use crate::event::{Actor, Call, Dir, Errno, Outcome, Role, Syscall, What};
use crate::os::{Got, Sock};

/// The first pause after `accept` found no descriptor; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest.
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// The most connections taken in a round.
const BURST_MAX: u32 = 64;

/// What came of an `accept`.
enum Taken {
    One,
    /// One that we could not keep was closed again.
    Shed,
    /// The error belongs to a connection that is gone: the next one may be good (accept(2)).
    Gone,
    Failed(Errno),
}

impl Socket {
    /// Serves an `accept` that was asked for; false when it waits.
    pub(super) fn accept_asked(&mut self, ask: &mut Waiting<Ask>, cx: &mut Cx) -> bool {
        let (got, took) = self.call_accept(cx);
        match got {
            Err(errno) if errno.would_block() && !self.nonblock => {
                let call = Call::new(Syscall::Accept, Outcome::Failed(errno), took);
                let woken = ask.pending.is_some();
                self.keep_waiting(ask, Syscall::Accept, call, cx);
                if woken {
                    self.was_fruitless(cx);
                }
                false
            }
            got => {
                self.take(got, took, ask, cx);
                true
            }
        }
    }

    /// Accepts what is there, up to the round's share; true if there may be more.
    pub(super) fn accept_by_itself(&mut self, cx: &mut Cx) -> bool {
        for call in 1.. {
            // Those who come are kept as their bytes are.
            if cx.turn.capture.is_behind() {
                self.stall(cx);
                return false;
            }
            let (got, took) = self.call_accept(cx);
            let ask = Waiting::new(Actor::Loop, Ask::Accept);
            match self.take(got, took, &ask, cx) {
                Taken::One | Taken::Shed => {}
                Taken::Gone => self.was_fruitless(cx),
                Taken::Failed(errno) if errno.would_block() => {
                    self.incoming.burst = 1;
                    if call == 1 {
                        self.was_fruitless(cx);
                    }
                    return false;
                }
                Taken::Failed(errno) if is_shortage(errno) => {
                    self.pause_accept(errno, cx);
                    return false;
                }
                Taken::Failed(errno) => {
                    self.end(Dir::In, Some(errno), cx);
                    return false;
                }
            }
            if call >= self.incoming.burst {
                break;
            }
        }
        self.incoming.burst = (self.incoming.burst * 2).min(BURST_MAX);
        false
    }

    fn call_accept(&mut self, cx: &mut Cx) -> (Got<(Sock, Address)>, Duration) {
        match self.sock {
            Some(sock) => cx.call(|os| os.accept(sock)),
            None => (Err(Errno::EBADF), Duration::ZERO),
        }
    }

    fn take(
        &mut self,
        got: Got<(Sock, Address)>,
        took: Duration,
        ask: &Waiting<Ask>,
        cx: &mut Cx,
    ) -> Taken {
        let (sock, peer) = match got {
            Ok(made) => made,
            Err(errno) => {
                let call = Call::new(Syscall::Accept, Outcome::Failed(errno), took);
                cx.log_end(self.id, ask.by, call, ask.pending);
                return if is_of_the_connection(errno) {
                    Taken::Gone
                } else {
                    Taken::Failed(errno)
                };
            }
        };
        self.progressed();
        if cx.shared.open >= cx.shared.limit {
            self.shed(sock, took, ask, cx);
            self.accepts_again(cx);
            return Taken::Shed;
        }
        let conn = cx.shared.conn();
        let outcome = Outcome::Accepted {
            conn,
            peer: peer.clone(),
        };
        let call = Call::new(Syscall::Accept, outcome, took);
        cx.log_end(self.id, ask.by, call, ask.pending);
        let from = cx.turn.events.len();
        let mut made = Self::new(conn, Role::Accepted, self.transport, self.incoming.auto);
        (made.keep, made.is_timed) = (self.keep, self.is_timed);
        // What a tap accepts is read when there is somebody to pass it on to.
        made.incoming.crowded = self.role == Role::Tap;
        made.open(None, Some(self.id), ask.by, cx);
        made.adopt(sock, peer, self.inline, cx);
        made.settle(from, cx);
        cx.shared.born.push(made);
        self.accepts_again(cx);
        Taken::One
    }

    /// More sockets than we may have: the connection is taken and closed, so that its peer learns at once.
    fn shed(&mut self, sock: Sock, took: Duration, ask: &Waiting<Ask>, cx: &mut Cx) {
        let call = Call::new(Syscall::Accept, Outcome::Returned(0), took);
        cx.log_end(self.id, ask.by, call, ask.pending);
        cx.turn.os.close(sock);
        cx.shared.shed += 1;
        let text = format!(
            "{} connections were accepted and closed: there are {} sockets, the most that may be",
            cx.shared.shed, cx.shared.limit
        );
        let (text, key) = (Some(text), "sockets".to_owned());
        cx.tell_all(Actor::Loop, What::Limit { text, key });
    }

    fn pause_accept(&mut self, errno: Errno, cx: &mut Cx) {
        let pause = longer(self.accept_pause);
        if self.accept_pause.replace(pause).is_none() {
            let text = format!(
                "{}: nothing is accepted until there is one free",
                errno.text()
            );
            cx.limit(self.id, self.accept_key(), Some(text));
        }
        self.incoming.paused = true;
        let until = cx.now() + pause;
        cx.shared.timers.set(self.id, Alarm::Accept, until);
    }

    /// There was a descriptor, whoever asked.
    fn accepts_again(&mut self, cx: &mut Cx) {
        if self.accept_pause.take().is_some() {
            cx.limit(self.id, self.accept_key(), None);
        }
    }

    /// The key of the banner that nothing is accepted.
    pub(super) fn accept_key(&self) -> String {
        format!("accept {}", self.id.0)
    }
}

/// How long `accept` is left alone after it was left alone for so long and still found no descriptor.
pub(super) fn longer(pause: Option<Duration>) -> Duration {
    pause.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LAST_PAUSE))
}

/// The errors of a connection that died before it was accepted (accept(2), "Error handling").
pub(super) fn is_of_the_connection(errno: Errno) -> bool {
    matches!(
        errno.name(),
        "ECONNABORTED"
            | "EPROTO"
            | "ENETDOWN"
            | "ENOPROTOOPT"
            | "EHOSTDOWN"
            | "ENONET"
            | "EHOSTUNREACH"
            | "EOPNOTSUPP"
            | "ENETUNREACH"
            | "EPERM"
            | "ETIMEDOUT"
    )
}

/// Something that all sockets share has run out.
pub(super) fn is_shortage(errno: Errno) -> bool {
    matches!(errno, Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS) || errno.name() == "ENOMEM"
}
