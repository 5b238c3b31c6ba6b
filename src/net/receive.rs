//! The receiving queue of a socket: `recv` and `accept` as they were asked for, one behind the other, and the loop's
//! own reading when nobody asked. How bytes are cut into messages is no matter here.

mod asked;

use std::collections::VecDeque;
use std::time::Duration;

use super::agenda::Step;
use super::cx::{Cx, Waiting};
use super::relay::Told;
use super::socket::Socket;
use super::valve::Valve;
use crate::event::{Actor, Call, ConnId, Dir, Errno, Flags, Moved, Outcome, Role, Syscall};
use crate::os::{Got, Received};

/// The most that one `recv` takes, whoever asks.
const RECV_MAX_BYTES: u64 = 1 << 20;

/// The most calls in a round on a socket that gives its messages one by one.
const BURST_MAX: u32 = 64;

/// A call of the receiving queue.
#[derive(Debug)]
pub(super) enum Ask {
    Accept,
    Recv {
        /// The most bytes still to take.
        max: u64,
        flags: Flags,
    },
}

impl Ask {
    pub(super) fn syscall(&self) -> Syscall {
        match self {
            Self::Accept => Syscall::Accept,
            Self::Recv { max, flags } => Syscall::Recv {
                max: (*max).min(RECV_MAX_BYTES),
                flags: *flags,
            },
        }
    }
}

/// The receiving half of a socket.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of their own, each set and read apart"
)]
pub(super) struct Incoming {
    pub(super) asks: VecDeque<Waiting<Ask>>,
    /// The loop reads and accepts by itself.
    pub(super) auto: bool,
    pub(super) valve: Option<Box<Valve>>,
    /// The poller told that there is something.
    pub(super) ready: bool,
    /// Its end or its failure was told.
    pub(super) over: bool,
    /// Not read until there is room for what would come.
    pub(super) stalled: bool,
    /// Not read until the socket across has passed on more of it.
    pub(super) crowded: bool,
    /// How many bytes came.
    pub(super) came: u64,
    /// Not read until the valve opens, or not accepted from until there may be descriptors.
    pub(super) paused: bool,
    /// What the loop would do by itself is armed.
    pub(super) armed: bool,
    /// How many messages or connections are taken in a round: more after each round that was not enough.
    pub(super) burst: u32,
}

impl Incoming {
    pub(super) fn new(auto: bool) -> Self {
        Self {
            asks: VecDeque::new(),
            auto,
            valve: None,
            ready: false,
            over: false,
            stalled: false,
            crowded: false,
            came: 0,
            paused: false,
            armed: false,
            burst: 1,
        }
    }
}

impl Socket {
    /// Queues a call.
    pub(super) fn ask(&mut self, by: Actor, ask: Ask, cx: &mut Cx) {
        if self.guest.is_some() {
            return cx.refuse(self.id, by, "the tap receives for all its clients");
        }
        if self.refuses(by, &ask, cx) {
            return;
        }
        self.incoming.asks.push_back(Waiting::new(by, ask));
        // Behind a call that waits there is nothing to try yet.
        if self.incoming.asks.len() == 1 {
            self.pump_in(0, cx);
        }
    }

    /// Refuses a call that the loop makes by itself; false if it is the asker's to make.
    pub(super) fn refuses(&self, by: Actor, ask: &Ask, cx: &mut Cx) -> bool {
        let (automatic, text) = match ask {
            Ask::Accept => (
                self.listening,
                "this listener accepts by itself: `reading manual` first",
            ),
            Ask::Recv { .. } => (
                !self.listening,
                "this socket reads by itself: `reading manual` first",
            ),
        };
        let is_refused = self.incoming.auto && automatic;
        if is_refused {
            cx.refuse(self.id, by, text);
        }
        is_refused
    }

    /// Whether the poller shall tell when there is something.
    pub(super) fn wants_read(&self) -> bool {
        let it = &self.incoming;
        if it.stalled || it.crowded || it.paused || it.armed {
            return false;
        }
        if !self.incoming.asks.is_empty() {
            return true;
        }
        let open = self.connected || self.listening || self.transport.is_connectionless();
        open && self.reads_by_itself() && !self.incoming.over
    }

    fn reads_by_itself(&self) -> bool {
        self.incoming.auto || self.drain.is_some()
    }

    /// Serves the queue, then reads or accepts by itself up to `allowance` bytes; true if there is more to do at once.
    pub(super) fn pump_in(&mut self, allowance: usize, cx: &mut Cx) -> bool {
        if self.is_opening() || self.sock.is_none() || self.stands_still() {
            return false;
        }
        while let Some(ask) = self.incoming.asks.front() {
            // A socket that rests is asked nothing by itself; a call that somebody makes is made.
            let untried = ask.pending.is_none();
            let woken = self.incoming.ready && !self.resting;
            if !(untried || woken) || !self.serve_ask(cx) {
                self.incoming.ready = false;
                return false;
            }
        }
        let ready = self.incoming.ready && !self.resting && self.wants_read();
        if !ready || allowance == 0 {
            return ready;
        }
        if cx.shared.holding {
            self.incoming.armed = true;
            self.incoming.ready = false;
            self.plan(Actor::Loop, [Step::ByItself]);
            self.go_on(cx);
            return false;
        }
        let more = if self.listening {
            self.accept_by_itself(cx)
        } else {
            self.read_by_itself(allowance, cx)
        };
        self.incoming.ready = more;
        more
    }

    /// One `recv`, recorded but not told yet; and whose it is, where a tap receives for its clients.
    fn recv(&mut self, max: u64, flags: Flags, cx: &mut Cx) -> (Got<Received>, Call, ConnId) {
        let syscall = Syscall::Recv { max, flags };
        let Some(sock) = self.sock else {
            let outcome = Outcome::Failed(Errno::EBADF);
            let call = Call::new(syscall, outcome, Duration::ZERO);
            return (Err(Errno::EBADF), call, self.id);
        };
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        let start = cx.now();
        let got = loop {
            let buf = if flags.peek || self.role == Role::Tap {
                cx.shared.scratch.clear();
                cx.shared.scratch.reserve(max);
                &mut cx.shared.scratch
            } else {
                cx.turn.capture.room(self.id, max)
            };
            match cx.turn.os.recv(sock, buf, max, flags) {
                Err(Errno::EINTR) => {}
                got => break got,
            }
        };
        let now = cx.now();
        let outcome = match &got {
            Err(errno) => Outcome::Failed(*errno),
            Ok(received) => Outcome::Received {
                len: received.len as u64,
                from: received.from.clone(),
                cut_from: received.cut_from,
            },
        };
        let mut call = Call::new(syscall, outcome, now.saturating_sub(start));
        let mut whose = self.id;
        if let Ok(received) = &got {
            let is_end = received.len == 0 && !self.transport.is_connectionless();
            if !flags.peek && !is_end {
                let range = match &received.from {
                    Some(from) if self.role == Role::Tap => {
                        let handed = self.hand_out(from, received.len, now, cx);
                        whose = handed.0;
                        handed.1
                    }
                    _ => cx.turn.capture.commit(self.id, received.len, now),
                };
                if whose == self.id {
                    self.incoming.came = range.end;
                    self.tell_across(Told::Came(range.end), cx);
                }
                call.moved = Some(Moved {
                    dir: Dir::In,
                    range,
                });
                self.moved += received.len;
                self.progressed();
            }
        }
        (got, call, whose)
    }

    /// Takes note of an end or a failure. On sequenced packets an empty packet cannot be told from the end (recv(2)).
    fn note_received(&mut self, got: &Got<Received>, max: u64, flags: Flags, cx: &mut Cx) {
        let connectionless = self.transport.is_connectionless();
        match got {
            Ok(received) if received.len == 0 && max > 0 && !flags.peek && !connectionless => {
                self.end(Dir::In, self.broken, cx);
            }
            Err(errno) if (self.kind.breaks)(*errno) => self.fail(Dir::In, *errno, cx),
            _ => {}
        }
    }

    pub(super) fn read_by_itself(&mut self, allowance: usize, cx: &mut Cx) -> bool {
        let mut left = allowance;
        let mut calls = 0;
        while left > 0 && self.wants_read() && self.has_room(cx) {
            let max = if self.transport.keeps_boundaries() {
                self.kind.read_max_bytes
            } else {
                left.min(self.kind.read_max_bytes)
            };
            let Some(max) = self.valve_room(max, cx) else {
                return false;
            };
            let (got, call, whose) = self.recv(max as u64, Flags::default(), cx);
            cx.log(whose, Actor::Loop, call);
            calls += 1;
            match &got {
                Err(errno) if errno.would_block() => {
                    self.incoming.burst = 1;
                    if calls == 1 {
                        self.was_fruitless(cx);
                    }
                    return false;
                }
                // Errors of one datagram are told once each, and the socket goes on.
                Err(errno) if !self.transport.is_connectionless() => {
                    self.fail(Dir::In, *errno, cx);
                    self.drained(0, cx);
                    return false;
                }
                Err(_) => {
                    // The errors of datagrams come to an end; one that does not is left alone for a while.
                    self.was_fruitless(cx);
                    if self.resting {
                        return false;
                    }
                }
                Ok(received) => {
                    self.note_received(&got, max as u64, Flags::default(), cx);
                    left = left.saturating_sub(received.len);
                    if let Some(valve) = &mut self.incoming.valve {
                        valve.take(received.len);
                    }
                    self.drained(received.len, cx);
                    if self.closed {
                        return false;
                    }
                    if self.transport.is_stream() && received.len < max {
                        // All that there was (epoll(7)); if not, the poller tells.
                        return false;
                    }
                }
            }
            if self.transport.keeps_boundaries() && calls >= self.incoming.burst {
                self.incoming.burst = (self.incoming.burst * 2).min(BURST_MAX);
                return false;
            }
        }
        left == 0 && self.wants_read()
    }

    /// Ends all calls of the queue.
    pub(super) fn cancel_asks(&mut self, why: &str, cx: &mut Cx) {
        for ask in std::mem::take(&mut self.incoming.asks) {
            cx.log_cancelled(self.id, ask.by, ask.what.syscall(), ask.pending, why);
        }
    }
}
