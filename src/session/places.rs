//! Where the bytes of a direction are right now. A byte is always somewhere: held by the program, unsent or in flight
//! in its kernel, waiting in the peer's, or read; what was composed is the sum of the five.

use super::{Conn, Session};
use crate::event::{ConnId, Dir, Owner};

/// The five places and their bytes; what nobody observed is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Held by the sending program: staged, or asked to be sent and not taken yet.
    pub held: Option<u64>,
    /// In the sender's kernel, not sent.
    pub unsent: Option<u64>,
    /// Sent and not at the peer yet.
    pub in_flight: Option<u64>,
    /// In the receiver's kernel, not read.
    pub waiting: Option<u64>,
    /// Taken by the receiving program.
    pub read: Option<u64>,
}

impl Places {
    /// All bytes that are somewhere.
    #[must_use]
    pub fn sum(&self) -> u64 {
        let all = [
            self.held,
            self.unsent,
            self.in_flight,
            self.waiting,
            self.read,
        ];
        all.into_iter().flatten().sum()
    }

    /// Both ends are ours, so it is known how many bytes the two kernels have together. The kernels' own numbers are
    /// those of the last sample, and the sender's counts a byte as in flight until it is acknowledged, which may be
    /// long after it arrived: what is neither held back nor there is on its way.
    fn settle(&mut self, kernels: u64) {
        let (Some(unsent), Some(_), Some(waiting)) = (self.unsent, self.in_flight, self.waiting)
        else {
            return;
        };
        let waiting = waiting.min(kernels);
        let unsent = unsent.min(kernels - waiting);
        self.waiting = Some(waiting);
        self.unsent = Some(unsent);
        self.in_flight = Some(kernels - waiting - unsent);
    }
}

impl Session {
    /// Where the bytes of a direction are, seen from a socket: those that it sends, or those that it receives.
    #[must_use]
    pub fn places(&self, id: ConnId, dir: Dir) -> Places {
        let (one, twin) = (self.conn(id), self.twin(id).and_then(|id| self.conn(id)));
        let (sender, receiver) = match dir {
            Dir::Out => (one, twin),
            Dir::In => (twin, one),
        };
        let foreign = one
            .filter(|_| twin.is_none())
            .and_then(|one| one.other().copied());
        let fact = sender.map(|sender| *sender.fact).or(foreign);
        let fact = fact.unwrap_or_default();
        let at_peer = receiver.map(|receiver| *receiver.fact).or(foreign);
        let waiting = at_peer.and_then(|fact| fact.waiting);
        // What packets tell is what passed by on the wire: nothing of the programs at its ends.
        let told = |conn: &&Conn| conn.owner != Owner::Ext;
        let read = receiver.filter(told).map(|conn| conn.moved(Dir::In));
        let read = read.or_else(|| foreign.and_then(|fact| fact.taken()));
        let mut places = Places {
            held: sender.filter(told).map(|conn| conn.queued + conn.staged),
            unsent: fact.unsent.map(u64::from),
            in_flight: fact.in_flight.map(u64::from),
            waiting: waiting.map(u64::from),
            read,
        };
        if let (Some(sender), Some(receiver)) = (sender, receiver)
            && sender.transport.is_stream()
        {
            let sent = sender.moved(Dir::Out);
            places.settle(sent.saturating_sub(receiver.moved(Dir::In)));
        }
        places
    }
}
