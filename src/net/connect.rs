//! Connecting: every address of a name in order, each with a socket of its own, within one deadline, again after a
//! while where that was asked for. It is one connection throughout.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use super::agenda::Step;
use super::cx::{Cx, Pending};
use super::kind::{self, Meaning};
use super::pair::{Arrival, Arrived};
use super::socket::Socket;
use super::timer::Alarm;
use crate::endpoint::{Address, Endpoint};
use crate::event::{Actor, Call, Errno, Outcome, Syscall};

/// All attempts together, unless told.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// The first pause before a Unix listener is asked again whose backlog is full; it doubles up to a second.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// The longest such pause.
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// A connection on its way.
#[derive(Debug)]
pub(super) struct Dial {
    pub(super) by: Actor,
    pub(super) to: Endpoint,
    pub(super) from: Option<Endpoint>,
    /// For all attempts together, where told.
    pub(super) timeout: Option<Duration>,
    pub(super) retry: Option<Duration>,
    /// Where the other end of a pair arrives.
    pub(super) arrival: Option<Arrival>,
    /// The poller told that `connect` is over.
    pub(super) told: bool,
    stage: Stage,
    /// What to bind to first, once it is known.
    source: Option<Address>,
    left: VecDeque<Address>,
    tried: usize,
    deadline: Option<Duration>,
}

#[derive(Debug)]
enum Stage {
    /// The address to bind to is looked up.
    Source,
    /// The address to connect to is looked up.
    Target,
    /// `connect` waits in the kernel.
    UnderWay(Address, Pending),
    /// `connect` found no room in the peer's backlog; it is tried again after a pause.
    NoRoom(Address, Pending, Duration),
    /// A failed round is over, the next one comes.
    Between,
    /// The other end of the pair is accepted.
    Arriving,
}

/// What came of one attempt.
enum Attempt {
    Connected,
    Waits,
    Failed(Errno),
}

impl Dial {
    pub(super) fn new(by: Actor, to: Endpoint) -> Self {
        Self {
            by,
            to,
            from: None,
            timeout: None,
            retry: None,
            arrival: None,
            told: false,
            stage: Stage::Between,
            source: None,
            left: VecDeque::new(),
            tried: 0,
            deadline: None,
        }
    }

    /// Where the `connect` that waits leads.
    pub(super) fn target(&self) -> Option<&Address> {
        match &self.stage {
            Stage::UnderWay(to, _) => Some(to),
            _ => None,
        }
    }

    /// Whether the end of a `connect` is to be told by the poller.
    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::UnderWay(..))
    }
}

impl Socket {
    /// Begins a round of attempts.
    pub(super) fn dial(&mut self, mut dial: Box<Dial>, cx: &mut Cx) {
        let now = cx.now();
        // A limit that was told holds for all rounds together; the usual one for each.
        let until = match (dial.timeout, dial.deadline) {
            (Some(_), Some(until)) => until,
            (timeout, _) => now + timeout.unwrap_or(TIMEOUT),
        };
        dial.deadline = Some(until);
        dial.tried = 0;
        if !cx.shared.holding {
            cx.shared.timers.set(self.id, Alarm::Connect, until);
        }
        let from = dial.from.as_ref();
        let meaning = from.map(|from| kind::meaning(&from.place, cx.turn.os));
        dial.stage = Stage::Source;
        self.dial_meant(dial, meaning.unwrap_or(Meaning::Known(Vec::new())), cx);
    }

    /// The names came; or none, and the attempt is over.
    pub(super) fn dial_named(&mut self, addresses: Vec<Address>, cx: &mut Cx) {
        let Some(dial) = self.dial.take() else {
            return;
        };
        if addresses.is_empty() {
            self.dial_failed(dial, cx);
        } else {
            self.dial_meant(dial, Meaning::Known(addresses), cx);
        }
    }

    fn dial_meant(&mut self, mut dial: Box<Dial>, meaning: Meaning, cx: &mut Cx) {
        match (meaning, &dial.stage) {
            (Meaning::Name { host, port }, _) => {
                self.dial = Some(dial);
                self.plan_first(Actor::Loop, vec![Step::Lookup { host, port }]);
                self.go_on(cx);
            }
            (Meaning::Nothing(why), _) => {
                cx.refuse(self.id, dial.by, &why);
                dial.retry = None;
                self.dial_failed(dial, cx);
            }
            (Meaning::Known(addresses), Stage::Source) => {
                dial.source = addresses.into_iter().next();
                dial.stage = Stage::Target;
                let meaning = kind::reach(&dial.to.place, cx.turn.os);
                self.dial_meant(dial, meaning, cx);
            }
            (Meaning::Known(addresses), _) => {
                dial.left = addresses.into();
                self.dial_next(dial, cx);
            }
        }
    }

    /// Tries the next address, or gives the round up.
    pub(super) fn dial_next(&mut self, mut dial: Box<Dial>, cx: &mut Cx) {
        let Some(to) = dial.left.pop_front() else {
            return self.dial_failed(dial, cx);
        };
        dial.tried += 1;
        let by = dial.by;
        let v6 = kind::is_v6(&to);
        let mut steps = vec![Step::Socket { v6 }];
        steps.extend(self.inline_step());
        steps.extend(dial.source.clone().map(Step::Bind));
        steps.push(Step::Connect(to));
        self.dial = Some(dial);
        self.plan_first(by, steps);
        self.go_on(cx);
    }

    /// `connect` of the address that is tried; false when it waits.
    pub(super) fn step_connect(&mut self, to: Address, cx: &mut Cx) -> Result<bool, Errno> {
        let Some(mut dial) = self.dial.take() else {
            return Err(Errno::EBADF);
        };
        if cx.shared.holding {
            // Before, the time was a person's.
            let until = cx.now() + dial.timeout.unwrap_or(TIMEOUT);
            dial.deadline = Some(until);
            cx.shared.timers.set(self.id, Alarm::Connect, until);
        }
        let attempt = self.call_connect(&mut dial, to, None, cx);
        self.dial = Some(dial);
        match attempt {
            Attempt::Connected => Ok(true),
            Attempt::Waits => Ok(false),
            Attempt::Failed(errno) => Err(errno),
        }
    }

    /// `connect`, for the first time or again after a pause.
    fn call_connect(
        &mut self,
        dial: &mut Dial,
        to: Address,
        waited: Option<(Pending, Duration)>,
        cx: &mut Cx,
    ) -> Attempt {
        let Some(sock) = self.sock else {
            return Attempt::Failed(Errno::EBADF);
        };
        let (got, took) = cx.call(|os| os.connect(sock, &to));
        let syscall = Syscall::Connect(to.clone());
        let outcome = got.map_or_else(Outcome::Failed, |()| Outcome::Returned(0));
        let call = Call::new(syscall.clone(), outcome, took);
        let (before, pause) = waited.map_or((None, FIRST_PAUSE), |(pending, pause)| {
            (Some(pending), pause)
        });
        match got {
            Err(errno) if errno.would_block() => {
                let pending = before.unwrap_or_else(|| cx.block(self.id, dial.by, syscall));
                cx.log_part(self.id, dial.by, call, pending);
                dial.stage = if errno == Errno::EINPROGRESS {
                    Stage::UnderWay(to, pending)
                } else {
                    let until = cx.now() + pause;
                    cx.shared.timers.set(self.id, Alarm::Retry, until);
                    Stage::NoRoom(to, pending, pause)
                };
                Attempt::Waits
            }
            Err(errno) => {
                cx.log_end(self.id, dial.by, call, before);
                Attempt::Failed(errno)
            }
            Ok(()) => {
                cx.log_end(self.id, dial.by, call, before);
                Attempt::Connected
            }
        }
    }

    /// The poller told that a `connect` is over: `SO_ERROR` tells how, once (connect(2)).
    pub(super) fn dial_ready(&mut self, cx: &mut Cx) {
        let Some(mut dial) = self.dial.take() else {
            return;
        };
        let (Some(sock), Stage::UnderWay(to, pending)) = (self.sock, &dial.stage) else {
            self.dial = Some(dial);
            return;
        };
        let (to, pending) = (to.clone(), *pending);
        if !mem::take(&mut dial.told) {
            self.dial = Some(dial);
            return;
        }
        let (got, took) = cx.call(|os| os.take_error(sock));
        let error = got.unwrap_or_else(Some);
        let value = error.map_or("0", Errno::name).to_owned();
        let call = Call::new(Syscall::TakeError, Outcome::Value(value), took);
        cx.log_part(self.id, Actor::Loop, call, pending);
        if error.is_none() && cx.turn.os.peer_address(sock) == Err(Errno::ENOTCONN) {
            // Woken for nothing: it is still under way.
            self.dial = Some(dial);
            return self.was_fruitless(cx);
        }
        let outcome = error.map_or(Outcome::Returned(0), Outcome::Failed);
        let call = Call::new(Syscall::Connect(to), outcome, Duration::ZERO);
        cx.log_end(self.id, dial.by, call, Some(pending));
        if let Some(errno) = error {
            self.note_failure(errno);
        }
        if error.is_none() {
            self.dial_done(dial, cx);
        } else if error == Some(Errno::ECONNRESET) && self.across.is_some() {
            // It was there and is gone: what it had sent is in the queue still, and is passed on before the reset.
            self.dial_done(dial, cx);
            self.broken = error;
            self.incoming.ready = true;
        } else {
            self.dial_on(dial, cx);
        }
    }

    /// The attempt came to nothing: the next one. What is told of the descriptor until it is closed counts no more.
    fn dial_on(&mut self, mut dial: Box<Dial>, cx: &mut Cx) {
        let by = dial.by;
        dial.stage = Stage::Target;
        self.dial = Some(dial);
        self.start_over(by, cx);
    }

    /// A pause is over: the next round, or the same attempt again.
    pub(super) fn dial_again(&mut self, cx: &mut Cx) {
        let Some(mut dial) = self.dial.take() else {
            return;
        };
        match mem::replace(&mut dial.stage, Stage::Target) {
            Stage::Between => self.dial(dial, cx),
            Stage::Arriving => self.dial_done(dial, cx),
            Stage::NoRoom(to, pending, pause) => {
                let waited = (pending, (pause * 2).min(LAST_PAUSE));
                match self.call_connect(&mut dial, to, Some(waited), cx) {
                    Attempt::Connected => self.dial_done(dial, cx),
                    Attempt::Waits => self.dial = Some(dial),
                    Attempt::Failed(_) => self.dial_on(dial, cx),
                }
            }
            other => {
                dial.stage = other;
                self.dial = Some(dial);
            }
        }
    }

    pub(super) fn dial_done(&mut self, mut dial: Box<Dial>, cx: &mut Cx) {
        if let Some(arrival) = dial.arrival.take() {
            match self.arrive(arrival, dial.by, cx) {
                Arrived::There => {}
                Arrived::Later(arrival) => {
                    dial.arrival = Some(arrival);
                    dial.stage = Stage::Arriving;
                    self.dial = Some(dial);
                    return;
                }
                Arrived::Never(arrival) => {
                    dial.arrival = Some(arrival);
                    return self.give_up(dial, "the other end was not accepted", cx);
                }
            }
        }
        cx.shared.timers.cancel(self.id, Alarm::Connect);
        self.connected = true;
        self.broken = None;
        self.begin_speech(cx);
        self.tell_addresses(None, cx);
        if let Some(sock) = self.sock {
            let (local, peer) = (
                cx.turn.os.local_address(sock),
                cx.turn.os.peer_address(sock),
            );
            if local.is_ok() && local == peer && !self.transport.is_unix() {
                let text =
                    "connected to itself: the kernel chose the very port that it connects to";
                cx.note(self.id, Actor::Loop, text.to_owned());
            }
        }
        self.enqueue(cx);
    }

    /// No address is left.
    fn dial_failed(&mut self, mut dial: Box<Dial>, cx: &mut Cx) {
        if dial.tried > 1 {
            let text = format!("none of {} addresses answered", dial.tried);
            cx.note(self.id, Actor::Loop, text);
        }
        let next = dial.retry.map(|pause| cx.now() + pause);
        match next {
            Some(at) if dial.timeout.is_none() || dial.deadline.is_none_or(|until| at < until) => {
                cx.shared.timers.set(self.id, Alarm::Retry, at);
                if dial.timeout.is_none() {
                    cx.shared.timers.cancel(self.id, Alarm::Connect);
                }
                dial.stage = Stage::Between;
                self.dial = Some(dial);
            }
            _ => self.give_up(dial, "not connected", cx),
        }
    }

    /// Time is up for all attempts.
    pub(super) fn dial_expired(&mut self, cx: &mut Cx) {
        let Some(mut dial) = self.dial.take() else {
            return;
        };
        let waited = dial.timeout.unwrap_or(TIMEOUT).as_secs_f64();
        let why = format!("no answer in {waited} s");
        if self.dial_cancelled(&dial, &why, cx) && dial.retry.is_some() && dial.timeout.is_none() {
            dial.left.clear();
            return self.dial_on(dial, cx);
        }
        self.give_up(dial, &why, cx);
    }

    /// Tells that the call that waits is over without a result; returns whether one did.
    pub(super) fn dial_cancelled(&mut self, dial: &Dial, why: &str, cx: &mut Cx) -> bool {
        let looked = self.abandon_lookup(why, cx);
        match &dial.stage {
            Stage::UnderWay(to, pending) | Stage::NoRoom(to, pending, _) => {
                let syscall = Syscall::Connect(to.clone());
                cx.log_cancelled(self.id, dial.by, syscall, Some(*pending), why);
                true
            }
            _ => looked,
        }
    }

    /// Nothing comes of it: whatever waited for the connection is told, and the socket is no more.
    pub(super) fn give_up(&mut self, mut dial: Box<Dial>, why: &str, cx: &mut Cx) {
        if let Some(arrival) = dial.arrival.take() {
            self.no_arrival(arrival, dial.by, cx);
        }
        self.finish(dial.by, why, cx);
    }
}
