//! The other end of a connection, where another program of this host has it: its numbers by `sock_diag(7)`, and who
//! that is. An end of our own has its own; one on another machine is never told.

use std::time::Duration;

use super::cx::Cx;
use super::socket::Socket;
use crate::event::{Actor, Fact, Held, Holder, What};
use crate::os::{Diag, Process, Sought};

/// How many times as long as looking for a program took nobody is looked for, and how long at the most: where many come
/// and go, it takes a twentieth of the time.
const REST_TIMES: u32 = 20;
const REST_MAX: Duration = Duration::from_secs(1);

/// What is known of the other end.
#[derive(Debug, Default)]
pub(super) struct Other {
    place: Place,
    fact: Fact,
    told: Fact,
    inode: u32,
}

/// Where it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Not asked yet.
    #[default]
    Unknown,
    /// Nowhere that this kernel knows.
    Elsewhere,
    /// On this host.
    Here,
}

impl Other {
    /// Bytes wait there: nothing of ours tells when they are read.
    pub(super) fn has_unread(&self) -> bool {
        self.place == Place::Here && self.fact.waiting.is_some_and(|bytes| bytes > 0)
    }
}

impl Socket {
    /// Asks for the numbers of the other end, and tells what changed.
    pub(super) fn sample_other(&mut self, now: Duration, cx: &mut Cx) {
        let Some((local, peer)) = self.tuple() else {
            return;
        };
        // The other end of a pair is ours before its addresses are known.
        let is_ours = self.twin.is_some() || cx.shared.tuples.contains_key(&(peer, local));
        if self.sampled.other.place == Place::Elsewhere || is_ours {
            return;
        }
        let Ok(found) = cx.turn.os.diag(peer, local) else {
            return;
        };
        let sampled = &mut *self.sampled;
        let other = &mut sampled.other;
        if found.is_none() && other.place == Place::Unknown {
            other.place = Place::Elsewhere;
            return;
        }
        let is_first = std::mem::replace(&mut other.place, Place::Here) != Place::Here;
        let fact = found.map(|diag| diag.fact).unwrap_or_default();
        if fact.state != other.fact.state || fact.timeless() != other.fact.timeless() {
            sampled.changed = now;
        }
        other.fact = fact;
        if is_first || fact.state != other.told.state || fact.telling() != other.told.telling() {
            other.told = fact;
            cx.tell(self.id, Actor::Loop, What::Peer(fact));
        }
        // Until a program has it there is nobody to name: it may be our own listener that accepts next.
        if let Some(diag) = found.filter(|diag| diag.inode != other.inode) {
            if now < cx.shared.seek_from {
                sampled.changed = now;
                return;
            }
            // Until all descriptors were looked at it is asked again, with the numbers.
            let owner = sought(diag.inode, cx);
            if owner == Sought::Partly {
                sampled.changed = now;
                return;
            }
            other.inode = diag.inode;
            self.tell_holder(Held::Peer, &diag, owner, cx);
        }
    }

    /// Tells who has the socket that is in the way of one of ours.
    pub(super) fn tell_who_holds(&self, diag: &Diag, cx: &mut Cx) {
        // Somebody waits for just this answer.
        let owner = loop {
            let owner = sought(diag.inode, cx);
            if owner != Sought::Partly {
                break owner;
            }
        };
        self.tell_holder(Held::Address, diag, owner, cx);
    }

    fn tell_holder(&self, of: Held, diag: &Diag, owner: Sought, cx: &mut Cx) {
        let Some(state) = diag.fact.state else {
            return;
        };
        let is_held = diag.inode != 0;
        let (pid, program) = match owner {
            Sought::Found(Process { pid, program }) => (Some(pid), Some(program)),
            Sought::Nobody | Sought::Partly => (None, None),
        };
        let holder = Holder {
            of,
            state,
            pid,
            program,
            uid: is_held.then_some(diag.uid),
            left_ms: diag.fact.timer_ms.filter(|_| !is_held),
        };
        cx.tell(self.id, Actor::Loop, What::Holder(holder));
    }
}

/// Looks for the program that has the socket of that inode.
fn sought(inode: u32, cx: &mut Cx) -> Sought {
    if inode == 0 {
        return Sought::Nobody;
    }
    let begun = cx.now();
    let sought = cx.turn.os.owner(inode);
    let now = cx.now();
    let rest = now.saturating_sub(begun) * REST_TIMES;
    cx.shared.seek_from = now + rest.min(REST_MAX);
    sought
}
