//! What each event does to the session. Every fact of a [`Conn`] comes from here and nowhere else.

use std::time::Duration;

use super::lane::Ending;
use super::{Conn, Pending, Session, Trouble};
use crate::endpoint::{Address, Transport};
use crate::event::{
    Call, ConnId, Dir, Errno, Event, Fact, Outcome, Owner, Role, State, Syscall, What,
};
use crate::framing::Cut;

impl Session {
    /// Takes an event into the state. Its number is the log's next.
    pub(super) fn fold(&mut self, event: &Event) {
        let seq = self.log.len();
        match (&event.what, event.conn) {
            (
                What::Opened {
                    name,
                    role,
                    transport,
                    parent,
                },
                Some(id),
            ) => {
                self.open(id, name.as_deref(), *role, (*transport, *parent), event);
            }
            (What::Addressed { local, peer }, Some(id)) => {
                self.address(id, local.as_ref(), peer.as_ref(), seq)
            }
            (What::Call(call), Some(id)) => self.call(id, call, seq, event.at),
            (What::Ended { dir, cause }, Some(id)) => self.end(id, *dir, *cause, seq),
            (What::Gone, Some(id)) => self.close(id, event.at, seq),
            (What::Framed { dir, rule, from }, Some(id)) => self.reframe(id, *dir, rule, *from),
            (What::Marked(name), _) => {
                self.marks.insert(name.clone(), seq);
            }
            (What::Unmarked(name), _) => {
                self.marks.remove(name);
            }
            (What::Limit { key, text }, _) => {
                self.banners.retain(|(known, _)| known != key);
                self.banners
                    .extend(text.iter().map(|text| (key.clone(), text.clone())));
            }
            (What::Holding(_) | What::Armed { .. } | What::Disarmed { .. }, _) => {
                self.held.take(seq, event);
            }
            (what, Some(id)) => {
                if let Some(conn) = self.conn_mut(id) {
                    conn.take(what, event.at, seq);
                }
            }
            _ => {}
        }
    }

    fn conn_mut(&mut self, id: ConnId) -> Option<&mut Conn> {
        self.conns.get_mut(id.0 as usize)
    }

    /// A socket as the listener that made another.
    fn listener(&mut self, parent: Option<ConnId>) -> Option<&mut Conn> {
        parent
            .and_then(|parent| self.conn_mut(parent))
            .filter(|parent| parent.role == Role::Listener)
    }

    /// Bytes moved through a socket: they count for it and for the listener that made it.
    fn count(&mut self, id: ConnId, dir: Dir, bytes: u64, at: Duration) {
        if bytes == 0 {
            return;
        }
        let Some(conn) = self.conn_mut(id) else {
            return;
        };
        conn.count(dir, bytes, at);
        let parent = conn.parent;
        if let Some(listener) = self.listener(parent) {
            listener.count(dir, bytes, at);
        }
    }

    fn open(
        &mut self,
        id: ConnId,
        name: Option<&str>,
        role: Role,
        (transport, parent): (Transport, Option<ConnId>),
        event: &Event,
    ) {
        let owner = Owner::of(event.by);
        let maker = parent.and_then(|parent| self.conn(parent));
        let maker = maker.map(|parent| (parent.name.clone(), parent.children + 1));
        let name = match (owner, maker) {
            (Owner::Me, _) => self.names.give(id, name, role),
            (Owner::Lab, maker) => self.names.give_peer(id, name, maker),
        };
        let mut conn = Conn::new(id, name, role, transport, event.at);
        conn.owner = owner;
        conn.parent = parent;
        conn.seq = self.log.len();
        conn.enter(State::Fresh, conn.seq);
        if let Some(listener) = self.listener(parent) {
            listener.children += 1;
        }
        // A pair's second end names the first as its parent; what a listener made has its twin by address.
        if let Some(other) = parent
            .and_then(|parent| self.conn_mut(parent))
            .filter(|p| p.role != Role::Listener)
        {
            other.twin = Some(id);
            conn.twin = parent;
        }
        self.lanes_of(id);
        self.conns.push(conn);
        if transport.keeps_boundaries() {
            for dir in Dir::BOTH {
                self.reframe(id, dir, &Cut::raw().words(), 0);
            }
        }
    }

    fn address(&mut self, id: ConnId, local: Option<&Address>, peer: Option<&Address>, seq: u64) {
        let Some(conn) = self.conn_mut(id) else {
            return;
        };
        if let Some(local) = local {
            conn.local = Some(local.clone());
            if conn.state == State::Fresh && peer.is_none() {
                conn.enter(State::Bound, seq);
            }
        }
        if let Some(peer) = peer {
            conn.peer = Some(peer.clone());
            conn.connected = true;
            conn.trouble = None;
        }
        let (Some(local), Some(peer)) = (conn.local.clone(), conn.peer.clone()) else {
            return;
        };
        if matches!(conn.state, State::Fresh | State::Bound | State::SynSent) {
            conn.enter(conn.connected_state(), seq);
        }
        let transport = conn.transport;
        // Every client of a unix listener has the same two addresses: they tell nothing about who belongs together.
        if [&local, &peer].contains(&&Address::Unnamed) {
            return;
        }
        self.by_address
            .insert((transport, local.clone(), peer.clone()), id);
        let twin = self
            .by_address
            .get(&(transport, peer, local))
            .copied()
            .filter(|twin| *twin != id);
        if let Some(twin) = twin {
            for (one, other) in [(id, twin), (twin, id)] {
                if let Some(conn) = self.conn_mut(one) {
                    conn.twin = Some(other);
                }
            }
        }
    }

    fn call(&mut self, id: ConnId, call: &Call, seq: u64, at: Duration) {
        if let Some(moved) = &call.moved {
            if let Some(lane) = self.lanes_of(id).get_mut(moved.dir.index()) {
                let before = lane.len();
                lane.tell(moved.range.end);
                // What was only peeked at is told again, and counts once.
                let bytes = lane.len() - before;
                self.count(id, moved.dir, bytes, at);
            }
            self.note_uncut(id, moved.dir);
        }
        let Some(conn) = self.conns.get_mut(id.0 as usize) else {
            return;
        };
        conn.active = at;
        conn.wait(call, seq, at);
        conn.advance(call, seq);
    }
}

impl Session {
    /// A direction is over: ended, or broken by an error, of which the first stays.
    fn end(&mut self, id: ConnId, dir: Dir, cause: Option<Errno>, seq: u64) {
        if let Some(lane) = self.lanes_of(id).get_mut(dir.index()) {
            lane.finish(if cause.is_some() {
                Ending::Broken
            } else {
                Ending::End
            });
        }
        if let (Some(errno), Some(conn)) = (cause, self.conn_mut(id)) {
            conn.trouble.get_or_insert(Trouble { errno, seq });
        }
        self.note_uncut(id, dir);
    }

    /// A socket is gone for good: its last descriptor was closed, or it never came to be.
    fn close(&mut self, id: ConnId, at: Duration, seq: u64) {
        if let Some(conn) = self.conn_mut(id) {
            conn.closed = Some(at);
            conn.enter(State::Closed, seq);
            conn.fact = Fact::default();
            conn.other = None;
            conn.pending.clear();
            // Its port may be used again.
            let (transport, local, peer) = (conn.transport, conn.local.clone(), conn.peer.clone());
            if let (Some(local), Some(peer)) = (local, peer) {
                let key = (transport, local, peer);
                if self.by_address.get(&key) == Some(&id) {
                    self.by_address.remove(&key);
                }
            }
        }
        for dir in Dir::BOTH {
            if let Some(lane) = self.lanes_of(id).get_mut(dir.index()) {
                lane.finish(Ending::Closed);
            }
            self.note_uncut(id, dir);
        }
    }
}

impl Conn {
    /// Takes what is no call.
    fn take(&mut self, what: &What, at: Duration, seq: u64) {
        match what {
            What::Fact(fact) => {
                (self.fact, self.fact_at) = (*fact, at);
                if let Some(state) = fact.state {
                    self.enter(state, seq);
                }
            }
            What::Peer(fact) => self.other = Some(*fact),
            What::Holder(holder) => self.holder = Some(holder.clone()),
            What::State(state) => self.enter(*state, seq),
            What::Held { queued, staged } => (self.queued, self.staged) = (*queued, *staged),
            What::Cable(cable) => self.cable = *cable,
            What::Refs { count, leaked } => (self.refs, self.leaked) = (*count, *leaked),
            What::Reading { auto, rate, keep } => {
                (self.auto, self.rate, self.keep) = (*auto, *rate, *keep);
            }
            _ => {}
        }
    }

    /// Keeps the list of calls that wait.
    fn wait(&mut self, call: &Call, seq: u64, at: Duration) {
        let Some(number) = call.pending else { return };
        match call.outcome {
            Outcome::Blocked => self.pending.push(Pending {
                number,
                seq,
                since: at,
            }),
            _ if call.blocked.is_some() => self.pending.retain(|pending| pending.number != number),
            _ => {}
        }
    }

    /// Follows the state from what a call gave.
    fn advance(&mut self, call: &Call, seq: u64) {
        match (&call.call, &call.outcome) {
            // A pair's first end makes a listener, too, and throws it away.
            (Syscall::Listen { .. }, Outcome::Returned(_)) if self.role != Role::Client => {
                self.enter(State::Listen, seq);
            }
            (Syscall::Connect(_), Outcome::Returned(_)) => {
                // getpeername may fail already: a reset can come between the two calls.
                self.connected = true;
                self.joined = Some(seq);
                self.enter(self.connected_state(), seq);
            }
            (Syscall::Connect(_), Outcome::Blocked) => self.enter(State::SynSent, seq),
            (Syscall::Connect(_), Outcome::Failed(errno)) if !errno.would_block() => {
                self.trouble = Some(Trouble { errno: *errno, seq });
            }
            (Syscall::Accept, Outcome::Accepted { .. }) => self.accepted += 1,
            (
                Syscall::Recv { .. },
                Outcome::Received {
                    from: Some(from), ..
                },
            ) => self.sender = Some(from.clone()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::event::Actor;

    fn tell(session: &mut Session, conn: u32, what: What) {
        session.apply(Event {
            at: Duration::ZERO,
            conn: Some(ConnId(conn)),
            by: Actor::User,
            what,
        });
    }

    fn open(session: &mut Session, conn: u32, transport: Transport, ends: [&Address; 2]) {
        let opened = What::Opened {
            name: None,
            role: Role::Client,
            transport,
            parent: None,
        };
        tell(session, conn, opened);
        let [local, peer] = ends.map(|end| Some(end.clone()));
        tell(session, conn, What::Addressed { local, peer });
    }

    fn twins(session: &Session) -> Vec<Option<u32>> {
        session
            .conns()
            .iter()
            .map(|conn| conn.twin.map(|twin| twin.0))
            .collect()
    }

    #[test]
    fn addresses_that_many_share_make_no_twins() {
        let mut session = Session::new(1 << 20, None);
        let (none, path) = (Address::Unnamed, Address::Path("s".into()));
        for conn in [0, 2] {
            open(&mut session, conn, Transport::UnixStream, [&none, &path]);
            open(
                &mut session,
                conn + 1,
                Transport::UnixStream,
                [&path, &none],
            );
        }
        assert_eq!(twins(&session), [None; 4]);
    }

    #[test]
    fn a_port_used_again_belongs_to_the_new_connection() {
        let mut session = Session::new(1 << 20, None);
        let [a, b] =
            [5000, 7000].map(|port| Address::Inet(SocketAddr::from(([127, 0, 0, 1], port))));
        open(&mut session, 0, Transport::Tcp, [&a, &b]);
        open(&mut session, 1, Transport::Tcp, [&b, &a]);
        for conn in [0, 1] {
            tell(&mut session, conn, What::Gone);
        }
        open(&mut session, 2, Transport::Tcp, [&a, &b]);
        assert_eq!(twins(&session), [Some(1), Some(0), None]);
        open(&mut session, 3, Transport::Tcp, [&b, &a]);
        assert_eq!(twins(&session), [Some(1), Some(0), Some(3), Some(2)]);
    }
}
