//! A lab peer's process: a machine on the net, without a session and without a screen. What happens goes to whoever
//! started us, on standard output; where standard input ends, so do we.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::time::Duration;

use super::Ending;
use super::outlet::Outlet;
use crate::endpoint::Endpoint;
use crate::event::{
    Actor, Call, Capture, ConnId, Dir, Event, Make, Moved, Outcome, Role, Syscall, Want, What,
};
use crate::net::{Net, Turn};
use crate::os::{Os, Wake};
use crate::peer::{Asked, Machine, Order, Told, Wishes};

/// Bytes that may wait to be told before nothing more is received and the machine is not asked.
const UNTOLD_MAX_BYTES: usize = 256 << 10;

/// The longest stretch in which readiness is turned into events.
const TURN: Duration = Duration::from_millis(4);

/// Plays a peer that listens at `at`, until its listener or whoever started it is gone.
pub fn lab(os: &mut dyn Os, at: Endpoint, machine: Box<dyn Machine>) -> Ending {
    let manual = machine.is_manual();
    let mut lab = Lab {
        net: Net::new(os.socket_limit()),
        machine,
        untold: Untold::default(),
        events: Vec::new(),
        outlet: Outlet::default(),
        alarms: BTreeMap::new(),
        open: BTreeSet::new(),
        asked: Vec::new(),
        over: false,
    };
    let make = Make::Listen {
        at,
        backlog: None,
        reuseport: false,
        keep: None,
        manual,
        name: None,
    };
    lab.net.make(
        Actor::Lab,
        make,
        &mut turn(os, &mut lab.untold, &mut lab.events),
    );
    os.watch_stdin(true);
    let mut wakes = Vec::new();
    loop {
        lab.react(os);
        lab.outlet.drain(os);
        if lab.over && lab.events.is_empty() && lab.outlet.is_empty()
            || lab.outlet.trouble().is_some()
        {
            return Ending::code(0);
        }
        wakes.clear();
        let timeout = lab.timeout(os.now());
        if let Err(errno) = os.wait(timeout, &mut wakes) {
            return Ending::failure(3, errno.text());
        }
        for wake in &wakes {
            match wake {
                Wake::Stdio => lab.listen_to_starter(os),
                wake => lab
                    .net
                    .wake(wake, &mut turn(os, &mut lab.untold, &mut lab.events)),
            }
        }
        lab.go_on(os);
    }
}

/// The state of a peer's process.
struct Lab {
    net: Net,
    machine: Box<dyn Machine>,
    untold: Untold,
    /// What happened and was not told yet.
    events: Vec<Event>,
    outlet: Outlet,
    /// When the machine wants to be told of a socket, each time with a number of its own.
    alarms: BTreeMap<(Duration, u32), ConnId>,
    /// The connections that are open.
    open: BTreeSet<ConnId>,
    /// What came from whoever started us and is not a whole message yet.
    asked: Vec<u8>,
    over: bool,
}

impl Lab {
    /// Whether so much waits to be told that nothing more may happen.
    fn is_full(&self) -> bool {
        self.outlet.waiting() > UNTOLD_MAX_BYTES
    }

    /// Lets the machine see what happened and carries out what it wishes, until nothing is left.
    fn react(&mut self, os: &mut dyn Os) {
        while !self.events.is_empty() && !self.is_full() {
            for event in std::mem::take(&mut self.events) {
                let mut wishes = Wishes::default();
                let bytes = self.untold.take(&event);
                self.show(os, &event, &bytes, &mut wishes);
                if !is_own_matter(&event) {
                    Told { event, bytes }.write(self.outlet.buf());
                }
                self.carry_out(os, wishes);
            }
        }
        self.untold.full = self.is_full();
    }

    /// Tells the machine of an event what it may know of it.
    fn show(&mut self, os: &mut dyn Os, event: &Event, bytes: &[u8], wishes: &mut Wishes) {
        let Some(conn) = event.conn else {
            return;
        };
        let listener = conn == LISTENER;
        match &event.what {
            What::Call(Call {
                call: Syscall::Listen { .. },
                outcome: Outcome::Returned(_),
                ..
            }) => self.machine.listening(conn, wishes),
            What::Opened {
                role: Role::Accepted,
                ..
            } => {
                self.open.insert(conn);
                self.machine.accepted(conn, os.wall(), wishes);
            }
            What::Call(Call {
                moved: Some(Moved { dir: Dir::In, .. }),
                ..
            }) => self.machine.received(conn, bytes, wishes),
            // All that was offered was taken: nothing waits behind it, since one send at a time is asked for.
            What::Call(Call {
                call: Syscall::Send { len, .. },
                outcome: Outcome::Returned(taken),
                ..
            }) if u64::try_from(*taken) == Ok(*len) => self.machine.sent(conn, wishes),
            What::Ended { dir: Dir::In, .. } if !listener => self.machine.ended(conn, wishes),
            What::Gone if listener => self.over = true,
            What::Gone => {
                self.open.remove(&conn);
                self.untold.forget(conn);
                self.machine.gone(conn);
            }
            _ => {}
        }
    }

    fn carry_out(&mut self, os: &mut dyn Os, wishes: Wishes) {
        for order in wishes.0 {
            match order {
                Order::Want(conn, want) => self.want(os, conn, want),
                Order::After(conn, time) => {
                    let at = os.now() + time;
                    let last = self.alarms.range((at, 0)..=(at, u32::MAX)).next_back();
                    let number = last.map_or(0, |((_, number), _)| number.saturating_add(1));
                    self.alarms.insert((at, number), conn);
                }
                Order::Note(conn, text) => self.events.push(Event {
                    at: os.now(),
                    conn: Some(conn),
                    by: Actor::Lab,
                    what: What::Note(text),
                }),
            }
        }
    }

    fn want(&mut self, os: &mut dyn Os, conn: ConnId, want: Want) {
        self.net.want(
            Actor::Lab,
            conn,
            want,
            &mut turn(os, &mut self.untold, &mut self.events),
        );
    }

    /// How long may be waited; not at all while there is work.
    fn timeout(&self, now: Duration) -> Option<Duration> {
        if self.is_full() {
            // Only room for what is untold lets anything go on.
            return None;
        }
        if self.net.is_ready() || !self.events.is_empty() {
            return Some(Duration::ZERO);
        }
        let alarm = self.alarms.keys().next().map(|(at, _)| *at);
        let next = [self.net.deadline(), alarm].into_iter().flatten().min();
        next.map(|next| next.saturating_sub(now))
    }

    /// Turns readiness into events, and does what is due.
    fn go_on(&mut self, os: &mut dyn Os) {
        let now = os.now();
        self.untold.full = self.is_full();
        self.net
            .expire(now, &mut turn(os, &mut self.untold, &mut self.events));
        self.net.serve(
            now + TURN,
            &mut turn(os, &mut self.untold, &mut self.events),
        );
        while !self.is_full()
            && let Some(entry) = self.alarms.first_entry()
            && entry.key().0 <= now
        {
            let conn = entry.remove();
            let mut wishes = Wishes::default();
            self.machine.due(conn, &mut wishes);
            self.carry_out(os, wishes);
        }
    }

    /// Reads what whoever started us asks for; without anybody there is nothing to play for.
    fn listen_to_starter(&mut self, os: &mut dyn Os) {
        match os.read_stdin(&mut self.asked) {
            Ok(0) => self.over = true,
            Err(errno) if !errno.would_block() => self.over = true,
            _ => {}
        }
        while let Some(asked) = Asked::read(&mut self.asked) {
            match asked {
                Asked::Look(conns) => {
                    let conns: Vec<_> = conns.into_iter().map(ConnId).collect();
                    self.net
                        .look_at(&conns, &mut turn(os, &mut self.untold, &mut self.events));
                }
                Asked::Vanish => self.vanish(os),
            }
        }
    }

    /// Ends every connection so that its other end does not learn of it: what the kernel says for us at the end comes
    /// through no cable.
    fn vanish(&mut self, os: &mut dyn Os) {
        for conn in std::mem::take(&mut self.open) {
            self.want(os, conn, Want::Unplug { heal: None });
            self.want(os, conn, Want::Abort);
        }
        self.over = true;
    }
}

/// The listener is the first socket of a peer.
const LISTENER: ConnId = ConnId(0);

/// Whether an event says something of the process alone: that what it tells is not taken quickly enough.
fn is_own_matter(event: &Event) -> bool {
    matches!(&event.what, What::Limit { key, .. } if key == "room")
}

fn turn<'a>(os: &'a mut dyn Os, untold: &'a mut Untold, events: &'a mut Vec<Event>) -> Turn<'a> {
    Turn {
        os,
        capture: untold,
        events,
    }
}

/// Bytes that moved and whose event was not told yet: what a session would keep passes through here.
#[derive(Debug, Default)]
struct Untold {
    full: bool,
    /// For each direction how many bytes moved before those that are here, and these.
    lanes: HashMap<(ConnId, Dir), (u64, Vec<u8>)>,
    /// Where bytes are received.
    room: Vec<u8>,
}

impl Untold {
    fn keep(&mut self, conn: ConnId, dir: Dir, bytes: &[u8]) -> Range<u64> {
        let (before, kept) = self.lanes.entry((conn, dir)).or_default();
        let start = *before + kept.len() as u64;
        kept.extend_from_slice(bytes);
        start..start + bytes.len() as u64
    }

    /// A socket that is no more.
    fn forget(&mut self, conn: ConnId) {
        self.lanes.retain(|(each, _), _| *each != conn);
    }

    /// The bytes of an event, which are here no longer.
    fn take(&mut self, event: &Event) -> Vec<u8> {
        let (What::Call(call), Some(conn)) = (&event.what, event.conn) else {
            return Vec::new();
        };
        let moved = call.moved.as_ref();
        let lane = moved.and_then(|moved| self.lanes.get_mut(&(conn, moved.dir)));
        let (Some(moved), Some((before, kept))) = (moved, lane) else {
            return Vec::new();
        };
        let len = usize::try_from(moved.range.end.saturating_sub(*before)).unwrap_or(usize::MAX);
        let rest = kept.split_off(len.min(kept.len()));
        *before = moved.range.end;
        std::mem::replace(kept, rest)
    }
}

impl Capture for Untold {
    fn is_full(&self) -> bool {
        self.full
    }

    fn room(&mut self, _conn: ConnId, want: usize) -> &mut Vec<u8> {
        self.room.clear();
        self.room.reserve(want);
        &mut self.room
    }

    fn commit(&mut self, conn: ConnId, _len: usize, _at: Duration) -> Range<u64> {
        let bytes = std::mem::take(&mut self.room);
        let range = self.keep(conn, Dir::In, &bytes);
        self.room = bytes;
        range
    }

    fn sent(&mut self, conn: ConnId, bytes: &[u8], _at: Duration) -> Range<u64> {
        self.keep(conn, Dir::Out, bytes)
    }
}
