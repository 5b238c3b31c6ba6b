//! The two sides of a tapped conversation: what one receives is sent on through the other, straight from where it was
//! stored. Each side knows what is on its way to it (its inlet) and tells the other what came; whose wish a gate is,
//! and what stands in the place of what came, is not known here.

mod book;
mod guests;
mod inlet;
mod pass;

pub(super) use book::Guests;
pub(super) use guests::Guest;
pub(super) use inlet::Inlet;

use super::Net;
use super::connect::Dial;
use super::cx::{Cx, Turn};
use super::socket::Socket;
use crate::endpoint::Endpoint;
use crate::event::{Actor, ConnId, Gate, How, Role};
use inlet::{Datagrams, End};

/// What a socket tells the one across.
#[derive(Debug)]
pub(super) enum Told {
    /// So many bytes came so far.
    Came(u64),
    /// No more come.
    Ended { is_reset: bool },
    /// Nothing can be sent here any more, though something may still come.
    Deaf,
    /// How far they may pass.
    Gate(Option<Gate>),
    /// Other bytes in the place of those up to an offset.
    Instead { bytes: Option<Vec<u8>>, upto: u64 },
    /// More waits here than should, or no more.
    Crowded(bool),
    /// A tap received a datagram for this client of it, which ends there.
    Datagram(u64),
    /// The tap whose descriptor it has is closed.
    Closed,
}

impl Net {
    /// What came of a socket that is gone waits with the one across still, if that one is there.
    pub(super) fn tell_heir(&mut self, gone: ConnId, told: Told, turn: &mut Turn) {
        let is_heir = |inlet: &Inlet| inlet.from == gone;
        let mut sockets = self.sockets.values();
        let heir = sockets.find(|socket| socket.inlet.as_deref().is_some_and(is_heir));
        if let Some(heir) = heir.map(|socket| socket.id) {
            self.with(heir, turn, |socket, cx| socket.hear(told, cx));
        }
    }
}

impl Socket {
    /// Makes the connection to the target, and links the two.
    pub(super) fn relay_to(&mut self, by: Actor, to: Endpoint, cx: &mut Cx) {
        if self.across.is_some() || self.role != Role::Accepted {
            return cx.refuse(
                self.id,
                by,
                "only what a tap accepted is passed on, and once",
            );
        }
        if !Net::has_room(by, cx) {
            return self.abort(by, cx);
        }
        let from = cx.turn.events.len();
        let mut server = Self::new(cx.shared.conn(), Role::Client, to.transport, true);
        server.keep = self.keep;
        let keeps_boundaries = self.transport.keeps_boundaries();
        let mut inlet = Inlet::new(self.id, self.incoming.came, keeps_boundaries);
        if let Some(guest) = &mut self.guest {
            let ends = std::mem::take(&mut guest.early);
            inlet.datagrams = Some(Box::new(Datagrams::new(ends)));
        }
        server.inlet = Some(Box::new(inlet));
        server.across = Some(self.id);
        self.inlet = Some(Box::new(Inlet::new(server.id, 0, keeps_boundaries)));
        self.across = Some(server.id);
        self.incoming.crowded = false;
        self.enqueue(cx);
        if self.incoming.came > 0 {
            cx.turn.capture.owe(self.id, Some(0));
        }
        server.open(None, Some(self.id), by, cx);
        let mut dial = Box::new(Dial::new(by, to));
        dial.from = self.reply_address(dial.to.transport);
        server.dial(dial, cx);
        server.settle(from, cx);
        cx.shared.born.push(server);
    }

    /// How far what it receives may pass.
    pub(super) fn set_gate(&mut self, by: Actor, gate: Option<Gate>, cx: &mut Cx) {
        self.relay(by, Told::Gate(gate), cx);
    }

    /// Other bytes in the place of those that it received.
    pub(super) fn replace(&mut self, by: Actor, bytes: Option<Vec<u8>>, upto: u64, cx: &mut Cx) {
        self.relay(by, Told::Instead { bytes, upto }, cx);
    }

    fn relay(&mut self, by: Actor, told: Told, cx: &mut Cx) {
        if self.across.is_none() {
            return cx.refuse(self.id, by, "no tap passes on what this socket receives");
        }
        self.tell_across(told, cx);
    }

    /// Tells the socket across, if there is one.
    pub(super) fn tell_across(&self, told: Told, cx: &mut Cx) {
        if let Some(across) = self.across {
            cx.shared.told.push_back((across, told));
        }
    }

    /// Takes what the socket across told.
    pub(super) fn hear(&mut self, told: Told, cx: &mut Cx) {
        match told {
            Told::Datagram(end) => return self.take_datagram(end, cx),
            Told::Closed => return self.finish(Actor::Tap, "close", cx),
            Told::Crowded(crowded) => return self.hear_crowd(crowded, cx),
            _ => {}
        }
        let Some(inlet) = &mut self.inlet else {
            return;
        };
        match told {
            Told::Came(upto) => {
                if std::mem::replace(&mut inlet.came, upto) == 0 {
                    cx.turn.capture.owe(inlet.from, Some(0));
                }
                if let Some(datagrams) = &mut inlet.datagrams {
                    datagrams.ends.push_back(upto);
                }
            }
            Told::Datagram(_) | Told::Closed | Told::Crowded(_) => {}
            Told::Ended { is_reset } => {
                let end = if is_reset { End::Reset } else { End::Flushed };
                // An end may turn out to be a reset, though it was passed on as the end that it seemed to be.
                let is_worse = is_reset && inlet.end == Some(End::Flushed);
                if inlet.end.is_none() || is_worse {
                    inlet.end = Some(end);
                    inlet.over &= !is_worse;
                }
            }
            Told::Deaf => {
                if self.transport.is_unix() && !self.incoming.over {
                    self.call_shutdown(How::Read, Actor::Tap, cx);
                }
                return;
            }
            Told::Gate(gate) => inlet.gate = gate,
            Told::Instead { bytes, upto } => inlet.replace(bytes, upto),
        }
        if self.pump_out(cx) {
            self.enqueue(cx);
        }
    }

    /// Whether a part of what came was sent on and the rest of it comes first.
    fn owes(&self) -> bool {
        let inlet = self.inlet.as_ref();
        inlet.is_some_and(|inlet| inlet.passed < inlet.begun && !self.outgoing.over)
    }

    /// How many bytes wait to be passed on.
    pub(super) fn waits_to_pass(&self) -> u64 {
        let inlet = self.inlet.as_ref();
        inlet.map_or(0, |inlet| inlet.came.saturating_sub(inlet.passed))
    }

    /// Whether all that shall go through it has gone, in both directions.
    pub(super) fn is_passed_on(&self) -> bool {
        let is_sent = |inlet: &Inlet| inlet.over || self.outgoing.over;
        let is_sent = self.inlet.as_ref().is_some_and(|inlet| is_sent(inlet));
        is_sent && self.incoming.over && self.outgoing.jobs.is_empty() && !self.closed
    }

    /// Makes the calls of the sending queue until one waits, and passes on what came across; true if there is more to
    /// do at once.
    pub(super) fn pump_out(&mut self, cx: &mut Cx) -> bool {
        if self.inlet.is_none() {
            return self.make_calls(cx);
        }
        // What was begun to be passed on is not cut in two.
        let more = self.owes() && self.pass_on(cx);
        if self.owes() {
            return more;
        }
        self.make_calls(cx) | self.pass_on(cx)
    }

    /// Nothing can be sent here any more.
    pub(super) fn cannot_pass(&mut self, cx: &mut Cx) {
        self.outgoing.failed = true;
        if self.inlet.is_none() {
            return;
        }
        if self.incoming.over {
            self.tell_across(Told::Ended { is_reset: true }, cx);
        } else {
            self.tell_across(Told::Deaf, cx);
        }
    }

    /// The socket is no more: the one across learns how, and the log what was not passed on.
    pub(super) fn leave_tap(&mut self, why: &str, cx: &mut Cx) {
        let Some(mut inlet) = self.inlet.take() else {
            return;
        };
        inlet.give_up();
        cx.turn.capture.owe(inlet.from, None);
        if inlet.lost > 0 {
            let text = format!("{} bytes that came were not passed on", inlet.lost);
            cx.note(self.id, Actor::Tap, text);
        }
        if let Some(across) = self
            .across
            .filter(|_| !self.connected && self.role == Role::Client)
        {
            let why = self.broken.map_or(why, |errno| errno.name());
            let text = format!("the target was not reached ({why}): this client is reset");
            cx.note(across, Actor::Tap, text);
        }
        if !self.incoming.over || why == "abort" {
            self.tell_across(Told::Ended { is_reset: true }, cx);
        }
        if inlet.crowded {
            self.tell_across(Told::Crowded(false), cx);
        }
    }

    /// More waits across than should, or no more: it is read no further, or again. What a client of a datagram tap
    /// sends comes through the tap's descriptor, which is not read while any of them has too much waiting.
    fn hear_crowd(&mut self, crowded: bool, cx: &mut Cx) {
        let is_crowded = if self.role == Role::Tap {
            let guests = cx.shared.crowds.entry(self.id).or_default();
            *guests = if crowded {
                *guests + 1
            } else {
                guests.saturating_sub(1)
            };
            *guests > 0
        } else {
            crowded
        };
        if std::mem::replace(&mut self.incoming.crowded, is_crowded) == is_crowded {
            return;
        }
        if let Some(guest) = &self.guest {
            let host = guest.host();
            cx.shared.told.push_back((host, Told::Crowded(crowded)));
        }
        if !is_crowded {
            self.enqueue(cx);
        }
    }

    /// Has the other side read no further, or again.
    fn tell_crowd(&mut self, cx: &mut Cx) {
        let Some(inlet) = &mut self.inlet else {
            return;
        };
        let crowded = inlet.is_crowded();
        if std::mem::replace(&mut inlet.crowded, crowded) != crowded {
            self.tell_across(Told::Crowded(crowded), cx);
        }
    }
}
