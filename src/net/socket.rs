//! One socket of ours: what it is, what waits on it, and from that, computed anew each time, what the poller shall
//! tell of it. What is done with it stands in the sibling files, a concern each.

use std::collections::VecDeque;
use std::time::Duration;

use super::agenda::Todo;
use super::cable::Pulled;
use super::connect::Dial;
use super::crowd::Speech;
use super::cx::Cx;
use super::facts::Samples;
use super::kind::{self, Kind};
use super::listen::Binding;
use super::receive::Incoming;
use super::relay::{Guest, Inlet, Told};
use super::resolve::Lookup;
use super::send::Outgoing;
use super::timer::Alarm;
use crate::endpoint::{Address, Transport};
use crate::event::{Actor, ConnId, Dir, Errno, Role, Syscall, What};
use crate::os::{Interest, Sock};

/// Wakes for nothing in a row before a socket is left alone for a while.
const FRUITLESS_MAX: u32 = 8;

/// For how long.
const REST: Duration = Duration::from_millis(100);

/// A socket.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of their own, each set and read apart"
)]
pub(super) struct Socket {
    pub(super) id: ConnId,
    pub(super) transport: Transport,
    pub(super) kind: &'static Kind,
    pub(super) role: Role,
    /// The other end of a pair.
    pub(super) twin: Option<ConnId>,
    /// Its own address and its peer's.
    pub(super) ends: Option<(Address, Address)>,
    /// Its descriptor; none while a name is looked up, between two attempts, and after `close`.
    pub(super) sock: Option<Sock>,
    /// More descriptors of the same socket.
    pub(super) spares: Vec<Sock>,
    /// Its descriptors are forgotten.
    pub(super) leaked: bool,
    /// A person said when its silent peer is given up.
    pub(super) is_timed: bool,
    /// A person said how often the kernel tries again.
    pub(super) is_paced: bool,
    /// The calls that are made next for what was asked of it.
    pub(super) agenda: VecDeque<Todo>,
    /// Its cable is out.
    pub(super) pulled: Option<Box<Pulled>>,
    /// On its way to a peer.
    pub(super) dial: Option<Box<Dial>>,
    /// On its way to an address of its own.
    pub(super) binding: Option<Box<Binding>>,
    /// A name that is looked up for it.
    pub(super) lookup: Option<Box<Lookup>>,
    /// It has a peer.
    pub(super) connected: bool,
    /// It accepts.
    pub(super) listening: bool,
    /// `nonblock` as the user set it; beneath, every socket is.
    pub(super) nonblock: bool,
    /// Urgent data stays in the stream, by our own doing.
    pub(super) inline: bool,
    /// The banner about who can reach it stands.
    pub(super) exposed: bool,
    /// The most bytes of each direction that the session keeps of it, and of what it accepts.
    pub(super) keep: Option<u64>,
    pub(super) incoming: Incoming,
    pub(super) outgoing: Outgoing,
    /// How long `accept` was left alone last, while it finds no descriptor.
    pub(super) accept_pause: Option<Duration>,
    /// It is being closed.
    pub(super) drain: Option<Drain>,
    /// It is no more.
    pub(super) closed: bool,
    /// The first error that broke the connection, told to both directions.
    pub(super) broken: Option<Errno>,
    pub(super) sampled: Samples,
    /// The kernel tells of its connection by those addresses.
    pub(super) has_met: bool,
    /// It stands in the queue of those with something to do.
    pub(super) queued: bool,
    /// What it moved since the turn began, in bytes.
    pub(super) moved: usize,
    /// What questions to select(2) want the poller to tell, and how often it told and there was no answer.
    pub(super) asked: Interest,
    pub(super) roused: u32,
    /// What it says slowly.
    pub(super) speech: Option<Box<Speech>>,
    /// The other side of a tapped conversation.
    pub(super) across: Option<ConnId>,
    /// What comes to it from there.
    pub(super) inlet: Option<Box<Inlet>>,
    /// It is a client of a datagram tap, and its descriptor is the tap's.
    pub(super) guest: Option<Box<Guest>>,
    /// What the poller was told.
    pub(super) watched: Interest,
    fruitless: u32,
    /// Nothing is asked of the poller for a while.
    pub(super) resting: bool,
    held: (u64, u64),
}

/// A socket whose last bytes are read before it is closed.
#[derive(Debug)]
pub(super) struct Drain {
    pub(super) by: Actor,
    /// How many bytes may still come.
    pub(super) left: usize,
}

impl Socket {
    /// A socket that has no descriptor yet.
    pub(super) fn new(id: ConnId, role: Role, transport: Transport, auto: bool) -> Self {
        Self {
            id,
            transport,
            kind: kind::of(transport),
            role,
            twin: None,
            ends: None,
            sock: None,
            spares: Vec::new(),
            leaked: false,
            is_timed: false,
            is_paced: false,
            agenda: VecDeque::new(),
            pulled: None,
            dial: None,
            binding: None,
            lookup: None,
            connected: false,
            listening: false,
            nonblock: false,
            inline: false,
            exposed: false,
            keep: None,
            incoming: Incoming::new(auto),
            outgoing: Outgoing::default(),
            accept_pause: None,
            drain: None,
            closed: false,
            broken: None,
            sampled: Samples::default(),
            has_met: false,
            queued: false,
            moved: 0,
            asked: Interest::default(),
            roused: 0,
            speech: None,
            across: None,
            inlet: None,
            guest: None,
            watched: Interest::default(),
            fruitless: 0,
            resting: false,
            held: (0, 0),
        }
    }

    /// Whether it is still on its way to what it was made for.
    pub(super) fn is_opening(&self) -> bool {
        self.dial.is_some() || self.binding.is_some()
    }

    /// What the poller shall tell: a function of the state, never remembered.
    pub(super) fn interest(&self) -> Interest {
        let is_quiet = self.resting || self.leaked || self.stands_still();
        if self.sock.is_none() || self.guest.is_some() || is_quiet {
            return Interest::default();
        }
        let (own, asked) = (self.own_interest(), self.asked());
        Interest {
            read: own.read || asked.read,
            write: own.write || asked.write,
            urgent: own.urgent || asked.urgent,
        }
    }

    /// What the poller was asked to tell, as letters.
    pub(super) fn armed(&self) -> String {
        let Interest {
            read,
            write,
            urgent,
        } = self.watched;
        let letters = [(read, 'r'), (write, 'w'), (urgent, 'x')];
        letters
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, letter)| letter)
            .collect()
    }

    /// What the loop itself has to do with it.
    fn own_interest(&self) -> Interest {
        let (read, write) = match &self.dial {
            Some(dial) => (false, dial.is_under_way()),
            // What is not bound yet is not read, whatever it is woken for.
            None if self.binding.is_some() => (false, self.outgoing.waits_for_room()),
            None => (self.wants_read(), self.outgoing.waits_for_room()),
        };
        Interest {
            read,
            write,
            urgent: false,
        }
    }

    /// Whether nobody but a question to select(2) waits for it.
    pub(super) fn is_only_asked(&self) -> bool {
        self.asked() != Interest::default() && self.own_interest() == Interest::default()
    }

    /// Tells the poller, the log and the sampler what a step changed; `from` is where its events begin.
    pub(super) fn settle(&mut self, from: usize, cx: &mut Cx) {
        if self.is_passed_on() {
            self.finish(Actor::Tap, "close", cx);
        }
        if self.agenda.is_empty() && self.agenda.capacity() > 0 {
            // It is made once; of ten thousand connections none shall hold the room that it took.
            self.agenda = VecDeque::new();
        }
        let held = (
            self.outgoing.queued_bytes + self.waits_to_pass(),
            self.outgoing.staged.len() as u64,
        );
        if held != self.held {
            self.held = held;
            let (queued, staged) = held;
            cx.tell(self.id, Actor::Loop, What::Held { queued, staged });
        }
        let interest = self.interest();
        if interest != self.watched {
            let watched = self
                .sock
                .map_or(Ok(()), |sock| cx.turn.os.watch(sock, interest));
            if watched.is_ok() {
                self.watched = interest;
            } else {
                // The kernel has no memory for it now. Nothing would wake us then, so time must.
                let again = cx.now() + REST;
                cx.shared.timers.set(self.id, Alarm::Rest, again);
            }
        }
        let mut events = cx.turn.events.iter().skip(from);
        // What sampling itself tells is no reason to sample again.
        if events.any(|event| {
            !matches!(
                event.what,
                What::Fact(_) | What::State(_) | What::Peer(_) | What::Holder(_)
            )
        }) {
            self.sample_after_event(cx);
        }
    }

    /// Sets an option, and tells so.
    pub(super) fn set(
        &mut self,
        name: &str,
        value: &str,
        by: Actor,
        cx: &mut Cx,
    ) -> Result<(), Errno> {
        let Some(sock) = self.sock else {
            return Err(Errno::EBADF);
        };
        let syscall = Syscall::SetOption {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        cx.plain(self.id, by, syscall, |os| os.set_option(sock, name, value))
    }

    /// Keeps urgent data in the stream while the loop reads, so that it is recorded in its order (tcp(7)).
    pub(super) fn set_inline(&mut self, cx: &mut Cx) {
        let inline = self.incoming.auto;
        if !self.kind.has_urgent || self.sock.is_none() || self.inline == inline {
            return;
        }
        let value = if inline { "on" } else { "off" };
        if self.set("oobinline", value, Actor::Loop, cx).is_ok() {
            self.inline = inline;
        }
    }

    /// Tells the addresses; `peer` where a call told it.
    pub(super) fn tell_addresses(&mut self, peer: Option<Address>, cx: &mut Cx) {
        let Some(sock) = self.sock else {
            return;
        };
        let local = cx.turn.os.local_address(sock).ok();
        let peer = peer.or_else(|| cx.turn.os.peer_address(sock).ok());
        self.meet(local.as_ref(), peer.as_ref(), cx);
        self.ends = local.clone().zip(peer.clone());
        cx.tell(self.id, Actor::Loop, What::Addressed { local, peer });
    }

    /// Tells the end of a direction, once.
    pub(super) fn end(&mut self, dir: Dir, cause: Option<Errno>, cx: &mut Cx) {
        let over = match dir {
            Dir::In => &mut self.incoming.over,
            Dir::Out => &mut self.outgoing.over,
        };
        if std::mem::replace(over, true) {
            return;
        }
        cx.tell(self.id, Actor::Loop, What::Ended { dir, cause });
        if dir == Dir::In {
            let is_reset = cause.is_some() || self.outgoing.failed;
            self.tell_across(Told::Ended { is_reset }, cx);
        }
    }

    /// An error that ends the connection: the first is the cause, in both directions. `EPIPE` says only that nobody
    /// reads; what was sent to us before may still be read to its true end.
    pub(super) fn fail(&mut self, dir: Dir, errno: Errno, cx: &mut Cx) {
        if errno != Errno::EPIPE && self.broken.is_none() {
            self.broken = Some(errno);
        }
        self.end(dir, Some(self.broken.unwrap_or(errno)), cx);
        if dir == Dir::Out {
            self.cannot_pass(cx);
        }
        if dir == Dir::In && errno != Errno::EPIPE {
            self.end(Dir::Out, self.broken, cx);
        }
    }

    /// Queues it for [`super::Net::serve`].
    pub(super) fn enqueue(&mut self, cx: &mut Cx) {
        if !std::mem::replace(&mut self.queued, true) {
            cx.shared.ready.push_back(self.id);
        }
    }

    /// A call did something: the wake before it was worth it.
    pub(super) fn progressed(&mut self) {
        self.fruitless = 0;
    }

    /// A wake led to nothing. After some in a row the socket is left alone for a while: HUP, ERR and urgent data
    /// wake whoever asks for something else (`epoll_ctl(2)`).
    pub(super) fn was_fruitless(&mut self, cx: &mut Cx) {
        self.fruitless += 1;
        if self.fruitless >= FRUITLESS_MAX {
            // Until a call does something, the next wake for nothing is enough: ten a second are left of them.
            self.fruitless = FRUITLESS_MAX - 1;
            self.resting = true;
            let until = cx.now() + REST;
            cx.shared.timers.set(self.id, Alarm::Rest, until);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_that_does_nothing_is_small() {
        // Two of them stand behind each tapped conversation, and there may be ten thousand: what few sockets need, and
        // what is needed only for a while, stands in a box.
        assert!(size_of::<Socket>() <= 512, "{}", size_of::<Socket>());
        assert!(size_of::<Inlet>() <= 128, "{}", size_of::<Inlet>());
    }
}
