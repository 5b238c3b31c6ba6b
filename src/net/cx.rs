//! What every part of the net works with: the turn that was handed in, the counters that sockets share, and the way in
//! which a call is made and told. It knows no socket's state.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::afterlife::Afterlives;
use super::facts::Ends;
use super::relay::{Guests, Told};
use super::socket::Socket;
use super::timer::Timers;
use crate::event::{Actor, Call, Capture, ConnId, Errno, Event, Outcome, Syscall, What};
use crate::os::{Got, Os, Sock};

/// What a step of the net works with: the system, the place for bytes, and the events that came of it, in order.
pub struct Turn<'a> {
    /// The system.
    pub os: &'a mut dyn Os,
    /// Where received and sent bytes go.
    pub capture: &'a mut dyn Capture,
    /// What happened is appended here.
    pub events: &'a mut Vec<Event>,
}

/// What all sockets share.
#[derive(Debug)]
pub(super) struct Shared {
    /// How many sockets may be open.
    pub(super) limit: usize,
    /// How many are.
    pub(super) open: usize,
    /// How many connections were accepted and closed since the limit was hit.
    pub(super) shed: u64,
    next_conn: u32,
    next_pending: u32,
    next_ticket: u64,
    pub(super) timers: Timers,
    /// Sockets with something to do, in the order in which that was told.
    pub(super) ready: VecDeque<ConnId>,
    /// Names being looked up, and for whom.
    pub(super) lookups: HashMap<u64, ConnId>,
    /// Which connection a descriptor belongs to; a descriptor that is not here is of the past.
    pub(super) descriptors: HashMap<Sock, ConnId>,
    /// Sockets made by a step, taken over by the net when it ends.
    pub(super) born: Vec<Socket>,
    /// Sockets that are not read because nothing more can be kept.
    pub(super) stalled: Vec<ConnId>,
    /// Whether the banner about that stands.
    pub(super) full: bool,
    /// Sockets that somebody looks at.
    pub(super) viewed: HashSet<ConnId>,
    /// The one whose numbers a script waits for.
    pub(super) awaited: Option<ConnId>,
    /// The other end of a connection that was sampled: it is next.
    pub(super) also: Option<ConnId>,
    /// The addresses of our connections.
    pub(super) tuples: HashMap<Ends, ConnId>,
    /// How often the kernel sends again at most, by the setting that says so, once that was asked.
    pub(super) retries: HashMap<&'static str, Option<u8>>,
    /// Connections that the kernel may still know.
    pub(super) afterlives: Afterlives,
    /// Calls are armed instead of made.
    pub(super) holding: bool,
    next_armed: u32,
    /// What sockets of a tap have told those across and nobody has heard yet.
    pub(super) told: VecDeque<(ConnId, Told)>,
    /// Clients of datagram taps, by the tap and their address.
    pub(super) guests: Guests,
    /// How many clients of a datagram tap have more waiting than should, by the tap.
    pub(super) crowds: HashMap<ConnId, u32>,
    /// When the program behind a socket may be looked for again: that takes as long as all programs have descriptors.
    pub(super) seek_from: Duration,
    /// Takes bytes that are only peeked at.
    pub(super) scratch: Vec<u8>,
}

impl Shared {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            open: 0,
            shed: 0,
            next_conn: 0,
            next_pending: 1,
            next_ticket: 1,
            timers: Timers::default(),
            ready: VecDeque::new(),
            lookups: HashMap::new(),
            descriptors: HashMap::new(),
            born: Vec::new(),
            stalled: Vec::new(),
            full: false,
            viewed: HashSet::new(),
            awaited: None,
            also: None,
            tuples: HashMap::new(),
            retries: HashMap::new(),
            afterlives: Afterlives::default(),
            holding: false,
            next_armed: 1,
            told: VecDeque::new(),
            guests: Guests::default(),
            crowds: HashMap::new(),
            seek_from: Duration::ZERO,
            scratch: Vec::new(),
        }
    }

    /// The next connection's number.
    pub(super) fn conn(&mut self) -> ConnId {
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        conn
    }

    /// The next waiting call's number.
    pub(super) fn pending_number(&mut self) -> u32 {
        let number = self.next_pending;
        self.next_pending += 1;
        number
    }

    /// The next armed call's number.
    pub(super) fn armed_number(&mut self) -> u32 {
        let number = self.next_armed;
        self.next_armed += 1;
        number
    }

    /// The next look-up's number.
    pub(super) fn ticket(&mut self) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        ticket
    }
}

/// A call that a blocking program would wait in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    number: u32,
    since: Duration,
}

/// A call that waits: behind others, or in the kernel.
#[derive(Debug)]
pub(super) struct Waiting<T> {
    pub(super) by: Actor,
    pub(super) what: T,
    pub(super) pending: Option<Pending>,
}

impl<T> Waiting<T> {
    pub(super) fn new(by: Actor, what: T) -> Self {
        Self {
            by,
            what,
            pending: None,
        }
    }
}

/// A step's own view of the turn.
pub(super) struct Cx<'a, 'b> {
    pub(super) shared: &'a mut Shared,
    pub(super) turn: &'a mut Turn<'b>,
}

impl Cx<'_, '_> {
    pub(super) fn now(&self) -> Duration {
        self.turn.os.now()
    }

    /// Makes a call and measures it. Interruptions are none of the caller's business (signal(7)).
    pub(super) fn call<T>(
        &mut self,
        mut make: impl FnMut(&mut dyn Os) -> Got<T>,
    ) -> (Got<T>, Duration) {
        let start = self.now();
        let got = loop {
            match make(self.turn.os) {
                Err(Errno::EINTR) => {}
                got => break got,
            }
        };
        (got, self.now().saturating_sub(start))
    }

    /// Makes a call that returns nothing but success, and tells it.
    pub(super) fn plain(
        &mut self,
        conn: ConnId,
        by: Actor,
        syscall: Syscall,
        make: impl FnMut(&mut dyn Os) -> Got<()>,
    ) -> Got<()> {
        let (got, took) = self.call(make);
        let outcome = got.map_or_else(Outcome::Failed, |()| Outcome::Returned(0));
        self.log(conn, by, Call::new(syscall, outcome, took));
        got
    }

    pub(super) fn tell(&mut self, conn: ConnId, by: Actor, what: What) {
        let at = self.now();
        self.turn.events.push(Event {
            at,
            conn: Some(conn),
            by,
            what,
        });
    }

    /// Tells what concerns all sockets.
    pub(super) fn tell_all(&mut self, by: Actor, what: What) {
        let (at, conn) = (self.now(), None);
        self.turn.events.push(Event { at, conn, by, what });
    }

    pub(super) fn log(&mut self, conn: ConnId, by: Actor, call: Call) {
        self.tell(conn, by, What::Call(call));
    }

    pub(super) fn note(&mut self, conn: ConnId, by: Actor, text: String) {
        self.tell(conn, by, What::Note(text));
    }

    pub(super) fn refuse(&mut self, conn: ConnId, by: Actor, text: &str) {
        self.tell(conn, by, What::Refused(text.to_owned()));
    }

    pub(super) fn limit(&mut self, conn: ConnId, key: String, text: Option<String>) {
        self.tell(conn, Actor::Loop, What::Limit { text, key });
    }

    /// A call begins to wait: tells so, and gives it its number.
    pub(super) fn block(&mut self, conn: ConnId, by: Actor, syscall: Syscall) -> Pending {
        let pending = Pending {
            number: self.shared.pending_number(),
            since: self.now(),
        };
        let mut call = Call::new(syscall, Outcome::Blocked, Duration::ZERO);
        call.pending = Some(pending.number);
        self.log(conn, by, call);
        pending
    }

    /// Tells a call beneath one that goes on waiting.
    pub(super) fn log_part(&mut self, conn: ConnId, by: Actor, mut call: Call, pending: Pending) {
        call.pending = Some(pending.number);
        self.log(conn, by, call);
    }

    /// Tells the call that ends a wait, or that never had to wait.
    pub(super) fn log_end(
        &mut self,
        conn: ConnId,
        by: Actor,
        mut call: Call,
        pending: Option<Pending>,
    ) {
        if let Some(pending) = pending {
            call.pending = Some(pending.number);
            call.blocked = Some(self.now().saturating_sub(pending.since));
        }
        self.log(conn, by, call);
    }

    /// Tells that a wait was ended and nothing was done.
    pub(super) fn log_cancelled(
        &mut self,
        conn: ConnId,
        by: Actor,
        syscall: Syscall,
        pending: Option<Pending>,
        why: &str,
    ) {
        let call = Call::new(syscall, Outcome::Cancelled(why.to_owned()), Duration::ZERO);
        self.log_end(conn, by, call, pending);
    }
}
