//! Clients of a datagram tap: each address that sends is one, with a conversation of its own. They have no descriptor:
//! the tap's receives for all of them and sends to each.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::Told;
use super::book::GUESTS_MAX;
use crate::endpoint::{Address, Endpoint, Place, Transport};
use crate::event::{Actor, ConnId, Dir, Role, What};
use crate::net::cx::Cx;
use crate::net::socket::Socket;

/// The key of the banner about clients that had to go.
const GUESTS: &str = "guests";

/// A client of a datagram tap.
#[derive(Debug)]
pub(in crate::net) struct Guest {
    host: ConnId,
    pub(in crate::net) address: Address,
    /// Where the datagrams end that came before there was somebody to pass them on to.
    pub(super) early: VecDeque<u64>,
}

impl Guest {
    /// The tap whose descriptor it has.
    pub(super) fn host(&self) -> ConnId {
        self.host
    }
}

impl Socket {
    /// Stores a datagram as its sender's, of which a new one is a new client; returns whose it is and where it stands.
    /// It lies in the scratch buffer.
    pub(in crate::net) fn hand_out(
        &mut self,
        from: &Address,
        len: usize,
        at: Duration,
        cx: &mut Cx,
    ) -> (ConnId, Range<u64>) {
        let whose = cx.shared.guests.heard(self.id, from);
        let whose = whose.unwrap_or_else(|| self.welcome(from, cx));
        let bytes = std::mem::take(&mut cx.shared.scratch);
        let room = cx.turn.capture.room(whose, len);
        room.extend_from_slice(&bytes);
        let range = cx.turn.capture.commit(whose, len, at);
        cx.shared.scratch = bytes;
        if whose != self.id {
            let told = Told::Datagram(range.end);
            cx.shared.told.push_back((whose, told));
        }
        (whose, range)
    }

    /// A new client; or none, where there are as many sockets as there may be: then its datagrams stay with the tap.
    fn welcome(&mut self, from: &Address, cx: &mut Cx) -> ConnId {
        self.make_way(cx);
        if cx.shared.open >= cx.shared.limit {
            cx.shared.shed += 1;
            let text = format!(
                "{} datagrams were not passed on: there are {} sockets, the most that may be",
                cx.shared.shed, cx.shared.limit
            );
            let (text, key) = (Some(text), "sockets".to_owned());
            cx.tell_all(Actor::Loop, What::Limit { text, key });
            return self.id;
        }
        let conn = cx.shared.conn();
        let events = cx.turn.events.len();
        let mut made = Self::new(conn, Role::Accepted, self.transport, true);
        made.keep = self.keep;
        made.guest = Some(Box::new(Guest {
            host: self.id,
            address: from.clone(),
            early: VecDeque::new(),
        }));
        made.open(None, Some(self.id), Actor::Loop, cx);
        (made.sock, made.connected) = (self.sock, true);
        let local = self
            .sock
            .and_then(|sock| cx.turn.os.local_address(sock).ok());
        let peer = Some(from.clone());
        made.ends = local.clone().zip(peer.clone());
        cx.tell(conn, Actor::Loop, What::Addressed { local, peer });
        made.settle(events, cx);
        cx.shared.guests.add(self.id, from, conn);
        cx.shared.born.push(made);
        conn
    }

    /// Where there are as many clients as there may be, the one that was heard of least lately goes.
    fn make_way(&mut self, cx: &mut Cx) {
        let Some(oldest) = cx.shared.guests.surplus(self.id) else {
            return;
        };
        cx.shared.told.push_back((oldest, Told::Closed));
        let gone = cx.shared.guests.gone;
        // Of many it is said now and then.
        if gone.is_power_of_two() {
            let text = format!(
                "{GUESTS_MAX} clients at once are the most: who was heard of least lately goes when another comes, \
                 {gone} so far"
            );
            let (text, key) = (Some(text), GUESTS.to_owned());
            cx.tell_all(Actor::Loop, What::Limit { text, key });
        }
    }

    /// Something is passed on to this client, if it is one: it is heard of.
    pub(super) fn hear_of_guest(&self, cx: &mut Cx) {
        if let Some(guest) = &self.guest {
            cx.shared.guests.heard(guest.host, &guest.address);
        }
    }

    /// A datagram came for this client.
    pub(super) fn take_datagram(&mut self, end: u64, cx: &mut Cx) {
        self.incoming.came = end;
        match &mut self.guest {
            Some(guest) if self.across.is_none() => guest.early.push_back(end),
            _ => self.tell_across(Told::Came(end), cx),
        }
    }

    /// A datagram that cannot be sent on is lost, and the next one comes. An error may be that of an earlier one, told
    /// late (udp(7)): then this one was not sent yet, and has another chance.
    pub(super) fn pass_over(&mut self, cx: &mut Cx) {
        let Some(inlet) = &mut self.inlet else {
            return;
        };
        if !std::mem::replace(&mut inlet.retried, true) {
            return;
        }
        if inlet.is_next(inlet.instead.front()) {
            inlet.pass_instead();
        } else {
            let before = inlet.passed;
            let end = inlet.pass_datagram();
            inlet.lost += end.map_or(0, |end| end.saturating_sub(before));
        }
        inlet.retried = false;
        cx.turn.capture.owe(inlet.from, Some(inlet.passed));
    }

    /// Where answers reach a socket that goes to a datagram target for a client: on Unix nobody has an address unless
    /// it binds one (unix(7)). It is abstract, so that nothing is left behind.
    pub(super) fn reply_address(&self, transport: Transport) -> Option<Endpoint> {
        if !(transport.is_unix() && transport.is_connectionless()) {
            return None;
        }
        let host = self.guest.as_ref().map_or(self.id, |guest| guest.host);
        let at = self
            .ends
            .as_ref()
            .map_or_else(String::new, |(local, _)| local.to_string());
        let name = format!("{at}#{}.{}", host.0, self.id.0).into_bytes();
        let place = Place::Abstract(name.into_iter().rev().take(100).rev().collect());
        Some(Endpoint { transport, place })
    }

    /// The client is gone; its descriptor stays with the tap.
    pub(in crate::net) fn leave_host(&mut self, cx: &mut Cx) {
        if self.guest.is_some() {
            self.hear_crowd(false, cx);
        }
        if let Some(guest) = self.guest.take() {
            cx.shared.guests.remove(guest.host, &guest.address, self.id);
        }
        self.end(Dir::In, None, cx);
    }

    /// A datagram tap is closed: so are its clients.
    pub(in crate::net) fn send_guests_away(&mut self, cx: &mut Cx) {
        if self.role != Role::Tap || !self.transport.is_connectionless() {
            return;
        }
        cx.shared.crowds.remove(&self.id);
        let own = cx.shared.guests.of(self.id);
        let told = own.into_iter().map(|guest| (guest, Told::Closed));
        cx.shared.told.extend(told);
    }
}
