//! What the kernel keeps of a connection after the program has closed it: the rest of its data, its FIN, `TIME_WAIT`.
//! Asked by its addresses (`sock_diag(7)`), only while somebody looks at the closed socket or a script waits for it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::cx::Cx;
use super::facts::{Ends, OFTEN, QUIET, SELDOM, is_same_time, ring_time};
use super::socket::Socket;
use super::timer::Alarm;
use crate::endpoint::Address;
use crate::event::{Actor, ConnId, Fact, State, What};

/// The newest closed connections that may be asked for; what the kernel keeps is over in minutes.
const KEPT_MAX: usize = 4096;

/// Closed connections by their numbers.
#[derive(Debug, Default)]
pub(super) struct Afterlives {
    kept: HashMap<ConnId, Afterlife>,
    /// In the order in which they were closed.
    order: VecDeque<ConnId>,
}

/// A connection without a program.
#[derive(Debug)]
struct Afterlife {
    ends: Ends,
    told: Option<Fact>,
    rings: Option<Duration>,
    changed: Duration,
}

impl Afterlives {
    /// A connection was closed.
    pub(super) fn add(&mut self, conn: ConnId, ends: Ends, now: Duration) {
        if self.order.len() >= KEPT_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
        }
        self.order.push_back(conn);
        let afterlife = Afterlife {
            ends,
            told: None,
            rings: None,
            changed: now,
        };
        self.kept.insert(conn, afterlife);
    }

    fn forget(&mut self, conn: ConnId) {
        if self.kept.remove(&conn).is_some() {
            self.order.retain(|kept| *kept != conn);
        }
    }
}

impl Socket {
    /// Its connection has these addresses, by which the kernel tells of it.
    pub(super) fn meet(&mut self, local: Option<&Address>, peer: Option<&Address>, cx: &mut Cx) {
        let (Some(Address::Inet(local)), Some(Address::Inet(peer))) = (local, peer) else {
            return;
        };
        if self.kind.is_in_diag {
            self.has_met = true;
            cx.shared.tuples.insert((*local, *peer), self.id);
        }
    }

    /// Those addresses, while it has them.
    pub(super) fn tuple(&self) -> Option<Ends> {
        match self.ends.as_ref().filter(|_| self.has_met)? {
            (Address::Inet(local), Address::Inet(peer)) => Some((*local, *peer)),
            _ => None,
        }
    }

    /// Its addresses are nobody's of ours any more; the kernel may keep the connection for a while.
    pub(super) fn part(&mut self, cx: &mut Cx) {
        let Some(ends) = self.tuple() else {
            return;
        };
        self.has_met = false;
        if cx.shared.tuples.get(&ends) == Some(&self.id) {
            cx.shared.tuples.remove(&ends);
        }
        let now = cx.now();
        cx.shared.afterlives.add(self.id, ends, now);
    }
}

impl Cx<'_, '_> {
    /// Asks what is left of a closed connection, tells what changed, and sets the time of the next question.
    pub(super) fn sample_afterlife(&mut self, conn: ConnId, anew: bool) {
        let now = self.now();
        let is_looked_at = self.shared.viewed.contains(&conn);
        let Some(it) = self.shared.afterlives.kept.get_mut(&conn) else {
            return;
        };
        if !is_looked_at {
            return;
        }
        let is_reused = self.shared.tuples.contains_key(&it.ends);
        let found = self.turn.os.diag(it.ends.0, it.ends.1);
        let left = found.ok().flatten().filter(|_| !is_reused);
        let Some(fact) = left.map(|diag| diag.fact) else {
            if it.told.is_some() {
                self.tell(conn, Actor::Loop, What::State(State::Closed));
                self.tell(conn, Actor::Loop, What::Fact(Fact::default()));
            }
            self.shared.afterlives.forget(conn);
            return;
        };
        let told = it.told.unwrap_or_default();
        let rings = ring_time(&fact, now);
        let is_news = fact.state != told.state
            || fact.telling() != told.telling()
            || !is_same_time(rings, it.rings);
        if is_news {
            (it.told, it.rings, it.changed) = (Some(fact), rings, now);
        }
        let next = next_question(&fact, now, it.changed, rings);
        self.shared.timers.set(conn, Alarm::Sample, next);
        if let Some(state) = fact.state.filter(|state| told.state != Some(*state)) {
            self.tell(conn, Actor::Loop, What::State(state));
        }
        if is_news || anew {
            self.tell(conn, Actor::Loop, What::Fact(fact));
        }
    }
}

/// When to ask again: `TIME_WAIT` ends by the kernel's clock alone, all else by what the peer does.
fn next_question(
    fact: &Fact,
    now: Duration,
    changed: Duration,
    rings: Option<Duration>,
) -> Duration {
    let soonest = now + OFTEN;
    match rings {
        Some(rings) if fact.state == Some(State::TimeWait) => rings.max(soonest),
        _ if now < changed + QUIET => soonest,
        Some(rings) => rings.clamp(soonest, now + SELDOM),
        None => now + SELDOM,
    }
}
