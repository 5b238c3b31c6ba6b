//! The kernel's numbers of the sockets that somebody looks at: sampled after each event and while they change or a
//! timer of the kernel runs, logged when they differ in what matters. Where nobody looks nothing is asked.

use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use std::time::Duration;

use super::cx::Cx;
use super::other::Other;
use super::socket::Socket;
use super::timer::Alarm;
use crate::endpoint::Address;
use crate::event::{Actor, ConnId, Fact, State, Timer, What};
use crate::os::{Diag, End};

/// Between two samples while something changes, or a script waits for it.
pub(super) const OFTEN: Duration = Duration::from_millis(100);

/// Between two samples of what nothing else tells: that the peer of a paused socket has gone, that somebody knocks at
/// a listener which is not asked, that a peer read what waited there.
pub(super) const SELDOM: Duration = Duration::from_secs(1);

/// After this long without a change sampling stops.
pub(super) const QUIET: Duration = Duration::from_secs(1);

/// Events that come closer than this share a sample.
const CLOSEST: Duration = Duration::from_millis(20);

/// A timer of the kernel that rings this much later or earlier than was told is another one.
const SAME: Duration = Duration::from_millis(100);

/// The two addresses of a connection: its own, and its peer's.
pub(super) type Ends = (SocketAddr, SocketAddr);

/// What was sampled last.
#[derive(Debug, Default)]
pub(super) struct Sampled {
    fact: Fact,
    /// What was told last, and when the kernel's timer rings by it.
    told: Fact,
    rings: Option<Duration>,
    /// When it was sampled.
    at: Option<Duration>,
    /// When it, or the log of the socket, changed last.
    pub(super) changed: Duration,
    pub(super) other: Other,
}

/// What was sampled of a socket, once somebody looked at it: of ten thousand that is a few, and it is large.
#[derive(Debug, Default)]
pub(super) struct Samples(Option<Box<Sampled>>);

impl Deref for Samples {
    type Target = Sampled;

    fn deref(&self) -> &Sampled {
        static NONE: OnceLock<Sampled> = OnceLock::new();
        match &self.0 {
            Some(sampled) => sampled,
            None => NONE.get_or_init(Sampled::default),
        }
    }
}

impl DerefMut for Samples {
    fn deref_mut(&mut self) -> &mut Sampled {
        self.0.get_or_insert_default()
    }
}

impl Socket {
    /// Something happened to the socket.
    pub(super) fn sample_after_event(&mut self, cx: &mut Cx) {
        if self.sock.is_none() || !cx.shared.viewed.contains(&self.id) {
            return;
        }
        let now = cx.now();
        self.sampled.changed = now;
        // What left here arrived there: the numbers of both ends are of one moment, or a byte would be in two places.
        let twin = self.viewed_twin(cx);
        match self.sampled.at {
            Some(at) if now < at + CLOSEST => {
                self.sample_at(at + CLOSEST, cx);
                if let Some(twin) = twin {
                    cx.shared.timers.set(twin, Alarm::Sample, at + CLOSEST);
                }
            }
            _ => {
                self.sample(cx);
                cx.shared.also = twin;
            }
        }
    }

    /// The other end of the connection, where it is ours and looked at.
    fn viewed_twin(&self, cx: &Cx) -> Option<ConnId> {
        let by_address = || {
            let (local, peer) = self.tuple()?;
            cx.shared.tuples.get(&(peer, local)).copied()
        };
        let twin = self.twin.or_else(by_address)?;
        cx.shared.viewed.contains(&twin).then_some(twin)
    }

    /// Asks for the numbers, tells what changed, and sets the time of the next sample.
    pub(super) fn sample(&mut self, cx: &mut Cx) {
        if cx.shared.viewed.contains(&self.id) {
            self.sample_now(false, cx);
        }
    }

    /// The same; `anew` tells the numbers changed or not.
    pub(super) fn sample_now(&mut self, anew: bool, cx: &mut Cx) {
        let Some(sock) = self.sock else {
            return;
        };
        let now = cx.now();
        let mut fact = cx.turn.os.facts(sock);
        self.ask_outside(&mut fact, cx);
        self.ask_timer(&mut fact, anew, now, cx);
        cx.ask_retries(&mut fact);
        let before = std::mem::replace(&mut self.sampled.fact, fact);
        self.sampled.at = Some(now);
        if fact.state != before.state || fact.timeless() != before.timeless() {
            self.sampled.changed = now;
        }
        if let Some(state) = fact.state.filter(|state| before.state != Some(*state)) {
            cx.tell(self.id, Actor::Loop, What::State(state));
        }
        let runs = runs_a_timer(&fact);
        let is_over = !runs && now >= self.sampled.changed + QUIET;
        self.tell_fact(fact, anew || is_over, anew, now, cx);
        self.sample_other(now, cx);
        self.sample_next(runs, now, cx);
    }

    /// Tells the numbers if there is news among them; where sampling ends, all that moved since.
    fn tell_fact(&mut self, fact: Fact, all: bool, anew: bool, now: Duration, cx: &mut Cx) {
        let rings = ring_time(&fact, now);
        let told = &self.sampled.told;
        let is_news = anew
            || fact.telling() != told.telling()
            || !is_same_time(rings, self.sampled.rings)
            || (all && fact.timeless() != told.timeless());
        if is_news {
            (self.sampled.told, self.sampled.rings) = (fact, rings);
            cx.tell(self.id, Actor::Loop, What::Fact(fact));
        }
    }

    /// Sets the time of the next sample, where there is to be one.
    fn sample_next(&mut self, runs: bool, now: Duration, cx: &mut Cx) {
        let sampled = &self.sampled;
        let is_awaited = cx.shared.awaited == Some(self.id);
        if is_awaited || runs || now < sampled.changed + QUIET {
            self.sample_at(now + OFTEN, cx);
        } else if self.is_deaf() || sampled.other.has_unread() {
            self.sample_at(now + SELDOM, cx);
        } else if let Some(rings) = ring_time(&sampled.fact, now) {
            self.sample_at(rings.max(now + OFTEN), cx);
        }
    }

    fn sample_at(&self, at: Duration, cx: &mut Cx) {
        cx.shared.timers.set(self.id, Alarm::Sample, at);
    }

    /// A connection whose end the poller would not tell, or a listener at which it tells of nobody.
    fn is_deaf(&self) -> bool {
        let is_open = (self.connected && !self.incoming.over) || self.listening;
        is_open && !self.wants_read()
    }

    /// The kernel's timer, which `sock_diag(7)` alone tells: asked for when it rings, and when anything else changed.
    fn ask_timer(&self, fact: &mut Fact, anew: bool, now: Duration, cx: &mut Cx) {
        let before = &self.sampled.fact;
        let is_due = self.sampled.rings.is_some_and(|rings| rings <= now);
        let is_changed = fact.telling()
            != Fact {
                timer: None,
                ..before.telling()
            };
        let is_unknown = self.sampled.rings.is_none() && runs_a_timer(fact);
        if anew || is_due || is_changed || is_unknown || fact.state != before.state {
            let Some((local, peer)) = self.ends(cx) else {
                return;
            };
            if let Ok(Some(diag)) = cx.turn.os.diag(local, peer) {
                (fact.timer, fact.timer_ms) = (diag.fact.timer, diag.fact.timer_ms);
                // The socket itself has no part in what its connection goes through behind its end.
                if fact.state == Some(State::Closed) {
                    fact.state = diag.fact.state;
                }
            }
            return;
        }
        fact.timer = before.timer;
        let left = self.sampled.rings.map(|rings| rings.saturating_sub(now));
        fact.timer_ms = left.and_then(|left| u32::try_from(left.as_millis()).ok());
    }

    /// The addresses of the connection, or of the one that is under way.
    fn ends(&self, cx: &mut Cx) -> Option<Ends> {
        let met = self.tuple();
        if met.is_some() || !self.kind.is_in_diag {
            return met;
        }
        let Address::Inet(peer) = self.dial.as_ref()?.target()? else {
            return None;
        };
        match cx.turn.os.local_address(self.sock?) {
            Ok(Address::Inet(local)) => Some((local, *peer)),
            _ => None,
        }
    }

    /// Who of this host knocks at a listener and has no answer: asked while it is full, and until none is left.
    fn ask_outside(&self, fact: &mut Fact, cx: &mut Cx) {
        let (Some(taken), Some(backlog)) = (fact.waiting, fact.backlog) else {
            return;
        };
        let were_some = self.sampled.fact.outside.is_some_and(|count| count > 0);
        if !self.kind.is_in_diag || !(taken > backlog || were_some) {
            return;
        }
        let local = self.sock.map(|sock| cx.turn.os.local_address(sock));
        let Some(Ok(Address::Inet(at))) = local else {
            return;
        };
        // Of thousands that are connected the kernel need not tell.
        let knocking = cx.turn.os.diags(End::Peer, at.port(), Some(State::SynSent));
        fact.outside = knocking.ok().map(|found| {
            let is_here =
                |it: &&Diag| at.ip().is_unspecified() || it.peer.ip() == at.ip().to_canonical();
            u32::try_from(found.iter().filter(is_here).count()).unwrap_or(u32::MAX)
        });
    }
}

impl Cx<'_, '_> {
    /// How often the kernel sends again before it gives up: a setting of the system, read when it first matters.
    fn ask_retries(&mut self, fact: &mut Fact) {
        if fact.retransmits.unwrap_or(0) == 0 {
            return;
        }
        let path = match fact.state {
            Some(State::SynSent) => "net/ipv4/tcp_syn_retries",
            _ => "net/ipv4/tcp_retries2",
        };
        let os = &mut *self.turn.os;
        let known = self.shared.retries.entry(path);
        let most = || os.setting(path).and_then(|most| u8::try_from(most).ok());
        fact.retries_max = *known.or_insert_with(most);
    }
}

/// When the kernel's timer rings.
pub(super) fn ring_time(fact: &Fact, now: Duration) -> Option<Duration> {
    Some(now + Duration::from_millis(fact.timer_ms?.into()))
}

/// Whether two times are one, as exactly as the kernel's clock tells.
pub(super) fn is_same_time(one: Option<Duration>, other: Option<Duration>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.abs_diff(other) < SAME,
        (one, other) => one == other,
    }
}

/// The kernel itself will change the numbers: something is on its way, or an answer is due.
fn runs_a_timer(fact: &Fact) -> bool {
    let busy = |count: Option<u32>| count.unwrap_or(0) > 0;
    let waits = matches!(
        fact.state,
        Some(
            State::SynSent | State::SynReceived | State::FinWait1 | State::Closing | State::LastAck
        )
    );
    let probes = fact.timer == Some(Timer::Window) || fact.probes.unwrap_or(0) > 0;
    waits || probes || busy(fact.unsent) || busy(fact.in_flight) || busy(fact.outside)
}
