//! What each event does to the facts of a session. Every fact of a [`Conn`] comes from here and nowhere else, whether
//! the event comes now or an earlier moment is looked at.

mod conn;

use std::rc::Rc;
use std::time::Duration;

use super::lane::{Ending, Track};
use super::moment::{Change, Moment};
use super::names::Names;
use super::store::{Pair, Pairs};
use super::{Conn, Numbers, Trouble};
use crate::endpoint::Address;
use crate::event::{Call, ConnId, Dir, Errno, Event, Owner, Role, State, What};
use crate::framing::Cut;
use crate::words::Words;

/// What a fold works with beside the moment.
#[derive(Debug)]
pub(super) struct Folding<'a> {
    /// The names that were given. Of an event that was folded before it says what it said then, as the next.
    pub(super) names: &'a mut Names,
    /// Who has which addresses.
    pub(super) pairs: &'a mut Pairs,
    /// What follows for the messages.
    pub(super) changes: &'a mut Vec<Change>,
}

impl Moment {
    /// Takes the next event.
    pub(super) fn fold(&mut self, event: &Event, beside: &mut Folding<'_>) {
        let seq = self.count;
        self.now = self.now.max(event.at);
        self.take(seq, event, beside);
        beside.pairs.close(seq + 1);
        self.count += 1;
    }

    fn take(&mut self, seq: u64, event: &Event, beside: &mut Folding<'_>) {
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
                let mut conn = Conn::new(id, String::new(), *role, *transport, event.at);
                (conn.owner, conn.parent, conn.seq) = (Owner::of(event.by), *parent, seq);
                conn.enter(State::Fresh, seq);
                self.open(conn, name.as_deref(), beside);
            }
            (What::Addressed { local, peer }, Some(id)) => {
                self.address(id, local.as_ref(), peer.as_ref(), beside)
            }
            (What::Call(call), Some(id)) => self.call(id, call, event.at, beside),
            (What::Ended { dir, cause }, Some(id)) => self.end(id, *dir, *cause, beside),
            (What::Gone, Some(id)) => self.close(id, event.at, beside),
            (What::Framed { dir, rule, from }, Some(id)) => {
                self.reframe(id, *dir, rule, *from, beside)
            }
            (What::Marked(name), _) => {
                Rc::make_mut(&mut self.marks).insert(name.clone(), seq);
            }
            (What::Unmarked(name), _) => {
                Rc::make_mut(&mut self.marks).remove(name);
            }
            (What::Limit { key, text }, _) => {
                let banners = Rc::make_mut(&mut self.banners);
                banners.retain(|(known, _)| known != key);
                banners.extend(text.iter().map(|text| (key.clone(), text.clone())));
            }
            (What::Holding(_) | What::Armed { .. } | What::Disarmed { .. }, _) => {
                Rc::make_mut(&mut self.held).take(seq, event);
            }
            (What::Fault(_), _) => Rc::make_mut(&mut self.tampered).take(seq, event),
            (what, Some(id)) => {
                if let Some(conn) = self.conn_mut(id) {
                    conn.take(what, event.at, seq);
                }
            }
            _ => {}
        }
    }

    /// A socket as the listener that made another.
    fn listener(&mut self, parent: Option<ConnId>) -> Option<&mut Conn> {
        parent
            .and_then(|parent| self.conn_mut(parent))
            .filter(|parent| parent.role.is_maker())
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

    /// Whether it is a client's side of a tapped conversation.
    fn is_tapped(&self, conn: &Conn) -> bool {
        let maker = conn.parent.and_then(|parent| self.conn(parent));
        maker.is_some_and(|maker| maker.role == Role::Tap)
    }

    fn open(&mut self, mut conn: Conn, name: Option<&str>, beside: &mut Folding<'_>) {
        let (id, transport, parent) = (conn.id, conn.transport, conn.parent);
        let maker = parent.and_then(|parent| self.conn(parent));
        let tapped = maker
            .filter(|maker| self.is_tapped(maker))
            .map(|maker| maker.id);
        let is_client = maker.is_some_and(|maker| maker.role == Role::Tap);
        let maker = maker.map(|parent| (parent.name.clone(), parent.children + 1));
        conn.name = match (conn.owner, maker) {
            (Owner::Me, Some((tap, nth))) if is_client => beside.names.give_client(id, &tap, nth),
            (Owner::Me, Some((client, _))) if tapped.is_some() => {
                beside.names.give_server(id, &client)
            }
            (Owner::Me | Owner::Ext, _) => beside.names.give(id, name, conn.role),
            (Owner::Lab, maker) => beside.names.give_peer(id, name, maker),
        };
        if let Some(listener) = self.listener(parent) {
            listener.children += 1;
            listener.newest = Some(id);
        }
        // A pair's second end names the first as its parent; what a listener made has its twin by address.
        if let Some(other) = parent
            .and_then(|parent| self.conn_mut(parent))
            .filter(|p| !p.role.is_maker())
        {
            let (theirs, ours) = if tapped.is_some() {
                (&mut other.across, &mut conn.across)
            } else {
                (&mut other.twin, &mut conn.twin)
            };
            (*theirs, *ours) = (Some(id), parent);
        }
        self.tracks_mut(id);
        // A recording may begin when others before it are forgotten.
        self.conns.skip(id.0 as usize);
        self.conns.push(conn);
        if transport.keeps_boundaries() {
            for dir in Dir::BOTH {
                self.reframe(id, dir, &Cut::raw().words(), 0, beside);
            }
        }
        self.inherit(id, parent, beside);
    }

    /// What a listener or tap accepts is cut as that was told to be, which has no bytes itself; so is the other side.
    fn inherit(&mut self, id: ConnId, listener: Option<ConnId>, beside: &mut Folding<'_>) {
        let Some(maker) = listener.and_then(|maker| self.conn(maker)) else {
            return;
        };
        // The other side of a conversation sees it from the other end.
        let is_across = maker.across == Some(id);
        if !is_across && !maker.role.is_maker() {
            return;
        }
        let maker = maker.id;
        for dir in Dir::BOTH {
            let theirs = if is_across { dir.other() } else { dir };
            let tracks = self.tracks(maker);
            let cut = tracks.map(|tracks| tracks[theirs.index()].rule());
            if let Some(cut) = cut.filter(|cut| !cut.is_raw()) {
                self.reframe(id, dir, &cut.words(), 0, beside);
            }
        }
    }

    fn address(
        &mut self,
        id: ConnId,
        local: Option<&Address>,
        peer: Option<&Address>,
        beside: &mut Folding<'_>,
    ) {
        let seq = self.count;
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
        let pairs = &mut *beside.pairs;
        pairs.note(seq, (transport, local.clone(), peer.clone()), Some(id));
        let twin = pairs
            .conn(&(transport, peer, local), seq)
            .filter(|twin| *twin != id);
        if let Some(twin) = twin {
            for (one, other) in [(id, twin), (twin, id)] {
                if let Some(conn) = self.conn_mut(one) {
                    conn.twin = Some(other);
                    // It has numbers of its own.
                    conn.other = None;
                }
            }
        }
    }

    fn call(&mut self, id: ConnId, call: &Call, at: Duration, beside: &mut Folding<'_>) {
        let seq = self.count;
        if let Some(moved) = &call.moved {
            if let Some(tracks) = self.tracks_mut(id) {
                let bytes = tracks[moved.dir.index()].tell(&moved.range);
                self.count(id, moved.dir, bytes, at);
            }
            beside.changes.push(Change::Told(id, moved.dir));
        }
        let Some(conn) = self.conn_mut(id) else {
            return;
        };
        conn.active = at;
        conn.wait(call, seq, at);
        conn.advance(call, seq);
    }
}

impl Moment {
    /// Cuts a direction by another rule from an offset on.
    fn reframe(&mut self, id: ConnId, dir: Dir, rule: &str, from: u64, beside: &mut Folding<'_>) {
        let Ok(cut) = Cut::parse(&mut Words::new(rule, 0)) else {
            return;
        };
        let sight = self
            .conn(id)
            .map(|conn| conn.sight(dir))
            .unwrap_or_default();
        let Some(tracks) = self.tracks_mut(id) else {
            return;
        };
        tracks[dir.index()].reframe(cut, from, sight);
        beside.changes.push(Change::Reframed(id, dir));
        if tracks[dir.other().index()].is_two_sided() {
            // What the earlier framings of this direction were told comes anew as well.
            tracks.iter_mut().for_each(Track::cut_anew);
            beside.changes.push(Change::Anew(id));
        }
    }

    /// A direction is over: ended, or broken by an error, of which the first stays.
    fn end(&mut self, id: ConnId, dir: Dir, cause: Option<Errno>, beside: &mut Folding<'_>) {
        let seq = self.count;
        if let Some(tracks) = self.tracks_mut(id) {
            tracks[dir.index()].finish(if cause.is_some() {
                Ending::Broken
            } else {
                Ending::End
            });
        }
        if let (Some(errno), Some(conn)) = (cause, self.conn_mut(id)) {
            conn.trouble.get_or_insert(Trouble { errno, seq });
        }
        beside.changes.push(Change::Told(id, dir));
    }

    /// A socket is gone for good: its last descriptor was closed, or it never came to be.
    fn close(&mut self, id: ConnId, at: Duration, beside: &mut Folding<'_>) {
        let seq = self.count;
        if let Some(conn) = self.conn_mut(id) {
            conn.closed = Some(at);
            conn.enter(State::Closed, seq);
            conn.fact = Numbers::default();
            conn.other = None;
            conn.pending.clear();
            // Its port may be used again.
            if let (Some(local), Some(peer)) = (conn.local.clone(), conn.peer.clone()) {
                let pair: Pair = (conn.transport, local, peer);
                if beside.pairs.conn(&pair, seq) == Some(id) {
                    beside.pairs.note(seq, pair, None);
                }
            }
        }
        // What is held of a tap's side that is gone goes on still, as long as there is somebody to whom.
        let is_gone = |conn: &ConnId| self.conn(*conn).is_none_or(|conn| !conn.is_open());
        let across = self.conn(id).and_then(|conn| conn.across);
        let nowhere = across.is_none_or(|across| is_gone(&across)).then_some(id);
        let ends: Vec<ConnId> = nowhere.into_iter().chain(across.filter(is_gone)).collect();
        if ends.iter().any(|end| self.tampered.knows(*end)) {
            Rc::make_mut(&mut self.tampered).close(&ends);
        }
        for dir in Dir::BOTH {
            if let Some(tracks) = self.tracks_mut(id) {
                tracks[dir.index()].finish(Ending::Closed);
            }
            beside.changes.push(Change::Told(id, dir));
        }
    }
}

#[cfg(test)]
mod tests;
