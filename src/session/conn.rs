//! A socket as the log tells it.

use std::ops::Deref;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use super::Rate;
use crate::endpoint::{Address, Endpoint, Transport};
use crate::event::{Cable, ConnId, Dir, Errno, Fact, Holder, Owner, Role, State, Timer};
use crate::framing::{Side, Sight};

/// The most states that are remembered of a socket; one that is tried again and again has more.
const PATH_MAX: usize = 32;

/// A socket of the session, open or closed.
#[derive(Clone, Debug)]
pub struct Conn {
    /// Its number.
    pub id: ConnId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Whose program has it.
    pub owner: Owner,
    /// What it speaks.
    pub transport: Transport,
    /// The listener or tap that made it, the other end of a pair, or the client for which a tap goes to its target.
    pub parent: Option<ConnId>,
    /// The socket to which a tap passes on what this one receives, and whose bytes this one is given.
    pub across: Option<ConnId>,
    /// Where a tap passes on what comes to it.
    pub target: Option<Box<Endpoint>>,
    /// The other end, once both addresses show that it is ours.
    pub twin: Option<ConnId>,
    /// Its own address.
    pub local: Option<Address>,
    /// Its peer's address.
    pub peer: Option<Address>,
    /// Who sent the newest datagram, where that can change.
    pub sender: Option<Box<Address>>,
    /// The state, as the kernel told last, or as it follows from the calls.
    pub state: State,
    /// The kernel's numbers, as told last.
    pub fact: Numbers,
    /// When they were told: what they say of time counts from here.
    pub fact_at: Duration,
    /// The kernel's numbers of the other end, where another program of this host has it.
    pub other: Option<Rc<Fact>>,
    /// Who has the other end, or the address that was refused.
    pub holder: Option<Rc<Holder>>,
    /// The states that it went through, each with the event that told it; the first of them where there are too many.
    pub path: Vec<(State, u64)>,
    /// Bytes asked to be sent that no call has taken yet.
    pub queued: u64,
    /// Bytes staged.
    pub staged: u64,
    /// Whether the loop reads or accepts by itself.
    pub auto: bool,
    /// The most bytes a second that are read, where limited.
    pub rate: Option<u64>,
    /// The most bytes that are kept, the newest, where limited: of both directions, and of all that one listener or tap
    /// accepted together.
    pub keep: Option<u64>,
    /// How its cable is pulled, while it is.
    pub cable: Option<Cable>,
    /// How many descriptors of it this program holds, while it is open.
    pub refs: u32,
    /// Those are forgotten: no call is made on them any more.
    pub leaked: bool,
    /// The rules that answer messages of it, or of what it accepts: their numbers and words.
    pub answers: Vec<(u32, String)>,
    /// Calls that a blocking program would wait in, oldest first.
    pub pending: Vec<Pending>,
    /// Whether it has, or had, a peer.
    pub connected: bool,
    /// The event that told that its `connect` was over and went well.
    pub joined: Option<u64>,
    /// How many connections it accepted.
    pub accepted: u64,
    /// How many sockets have it as the listener that made them.
    pub children: u64,
    /// The newest of them.
    pub newest: Option<ConnId>,
    /// Bytes that moved through it, by [`Dir::index`]; through a listener those of all that it made.
    pub moved: [u64; 2],
    /// The same by second, of the last few; none where nothing moved.
    rates: Option<Box<[Rate; 2]>>,
    /// The first error that ended something.
    pub trouble: Option<Trouble>,
    /// When it came to be.
    pub opened: Duration,
    /// The event that told so.
    pub seq: u64,
    /// When something last happened to it.
    pub active: Duration,
    /// When it was closed.
    pub closed: Option<Duration>,
}

/// The kernel's numbers of a socket, once it was asked: that is done for those that somebody looks at, and of ten
/// thousand a few.
#[derive(Clone, Debug, Default)]
pub struct Numbers(Option<Rc<Fact>>);

/// A call that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// The number that ties its parts together.
    pub number: u32,
    /// The event that began it.
    pub seq: u64,
    /// Since when.
    pub since: Duration,
}

/// Why a connection is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The error.
    pub errno: Errno,
    /// The event that told it.
    pub seq: u64,
}

impl From<Fact> for Numbers {
    fn from(fact: Fact) -> Self {
        Self(Some(Rc::new(fact)))
    }
}

impl Deref for Numbers {
    type Target = Fact;

    fn deref(&self) -> &Fact {
        static UNKNOWN: OnceLock<Fact> = OnceLock::new();
        match &self.0 {
            Some(fact) => fact,
            None => UNKNOWN.get_or_init(Fact::default),
        }
    }
}

impl Conn {
    /// A socket that just came to be.
    #[must_use]
    pub fn new(
        id: ConnId,
        name: String,
        role: Role,
        transport: Transport,
        opened: Duration,
    ) -> Self {
        Self {
            id,
            name,
            role,
            owner: Owner::Me,
            transport,
            parent: None,
            across: None,
            target: None,
            twin: None,
            local: None,
            peer: None,
            sender: None,
            state: State::Fresh,
            fact: Numbers::default(),
            fact_at: opened,
            other: None,
            holder: None,
            path: Vec::new(),
            queued: 0,
            staged: 0,
            auto: true,
            rate: None,
            keep: None,
            cable: None,
            refs: 1,
            leaked: false,
            answers: Vec::new(),
            pending: Vec::new(),
            connected: false,
            joined: None,
            accepted: 0,
            children: 0,
            newest: None,
            moved: [0; 2],
            rates: None,
            trouble: None,
            opened,
            seq: 0,
            active: opened,
            closed: None,
        }
    }

    /// The kernel's numbers of its peer, where the peer is on this host and not of this session.
    #[must_use]
    pub fn other(&self) -> Option<&Fact> {
        self.other.as_deref().filter(|fact| fact.state.is_some())
    }

    /// How long until the kernel's timer rings.
    #[must_use]
    pub fn timer_left(&self, now: Duration) -> Option<Duration> {
        let left = Duration::from_millis(self.fact.timer_ms?.into());
        Some((self.fact_at + left).saturating_sub(now))
    }

    /// How long it waits yet for stray segments before its addresses are free, or for a peer that does not end.
    #[must_use]
    pub fn waits_out(&self, now: Duration) -> Option<Duration> {
        self.timer_left(now)
            .filter(|_| self.fact.timer == Some(Timer::Wait))
    }

    /// It is in another state, as the event of this number tells.
    pub(super) fn enter(&mut self, state: State, seq: u64) {
        // That it is over with the descriptor was only concluded, where the kernel keeps the connection.
        if self.closed.is_some() && state != State::Closed {
            self.path.pop_if(|(last, _)| *last == State::Closed);
        }
        let is_news = self.path.last().is_none_or(|(last, _)| *last != state);
        if is_news && self.path.len() < PATH_MAX {
            self.path.push((state, seq));
        }
        self.state = state;
    }

    /// Bytes that moved through it in a direction.
    #[must_use]
    pub fn moved(&self, dir: Dir) -> u64 {
        self.moved[dir.index()]
    }

    /// Bytes of a direction by second.
    #[must_use]
    pub fn rate(&self, dir: Dir) -> &Rate {
        static STILL: [Rate; 2] = [Rate::STILL; 2];
        let rates = self.rates.as_deref().unwrap_or(&STILL);
        &rates[dir.index()]
    }

    /// What framings may know of a direction.
    #[must_use]
    pub fn sight(&self, dir: Dir) -> Sight {
        let side = match (self.role, dir) {
            (Role::Client, Dir::Out) | (Role::Accepted, Dir::In) => Some(Side::Client),
            (Role::Client, Dir::In) | (Role::Accepted, Dir::Out) => Some(Side::Server),
            (Role::Listener | Role::Tap | Role::Datagram, _) => None,
        };
        Sight {
            side,
            datagrams: self.transport.keeps_boundaries(),
        }
    }

    /// How long it has been there, or was when it was closed.
    #[must_use]
    pub fn age(&self, now: Duration) -> Duration {
        self.closed.unwrap_or(now).saturating_sub(self.opened)
    }

    /// `bytes` went through it at `at`.
    pub(super) fn count(&mut self, dir: Dir, bytes: u64, at: Duration) {
        self.moved[dir.index()] += bytes;
        self.rates.get_or_insert_default()[dir.index()].add(at, bytes);
    }

    /// Whether it was not closed yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether it is still on its way to what it is for: a name is looked up, a connect waits or is tried again.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.is_open()
            && self.owner != Owner::Ext
            && match self.role {
                Role::Client | Role::Accepted => !self.connected,
                // A peer's calls come one by one: it is there when its address is known.
                Role::Listener if self.owner == Owner::Lab => self.local.is_none(),
                Role::Listener | Role::Tap | Role::Datagram => self.state == State::Fresh,
            }
    }

    /// The state of a connection that works, in the words of its kind of socket.
    #[must_use]
    pub fn connected_state(&self) -> State {
        if self.transport.is_unix() || self.transport.is_connectionless() {
            State::Connected
        } else {
            State::Established
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_of_which_little_is_known_is_small() {
        // Two of them stand behind each tapped conversation, there may be ten thousand, and each is copied where an
        // earlier moment is kept. What few sockets have stands in a box of its own.
        assert!(size_of::<Conn>() <= 456, "{}", size_of::<Conn>());
    }
}
