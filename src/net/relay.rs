//! The two sides of a tapped conversation: what one receives is sent on through the other, straight from where it was
//! stored. Each side knows what is on its way to it (its inlet) and tells the other what came; whose wish a gate is,
//! and what stands in the place of what came, is not known here.

mod guests;
mod inlet;

use std::ops::Range;

pub(super) use guests::Guest;
pub(super) use inlet::Inlet;

use super::Net;
use super::connect::Dial;
use super::cx::Cx;
use super::send::Job;
use super::socket::Socket;
use crate::endpoint::{Address, Endpoint};
use crate::event::{Actor, Call, Dir, Errno, Flags, How, Moved, Outcome, Role, Syscall};
use crate::os::Got;
use inlet::{End, Next};

/// The most calls in a round.
const CALLS_MAX: u32 = 64;

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
    Gate(Option<u64>),
    /// Other bytes in the place of those up to an offset.
    Instead { bytes: Vec<u8>, upto: u64 },
    /// More waits here than should, or no more.
    Crowded(bool),
    /// A tap received a datagram for this client of it, which ends there.
    Datagram(u64),
    /// The tap whose descriptor it has is closed.
    Closed,
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
            inlet.ends = Some(std::mem::take(&mut guest.early));
        }
        server.inlet = Some(Box::new(inlet));
        server.across = Some(self.id);
        self.inlet = Some(Box::new(Inlet::new(server.id, 0, keeps_boundaries)));
        self.across = Some(server.id);
        self.incoming.crowded = false;
        self.enqueue(cx);
        cx.turn.capture.owe(self.id, Some(0));
        cx.turn.capture.owe(server.id, Some(0));
        server.open(None, Some(self.id), by, cx);
        let mut dial = Box::new(Dial::new(by, to));
        dial.from = self.reply_address(dial.to.transport);
        server.dial(dial, cx);
        server.settle(from, cx);
        cx.shared.born.push(server);
    }

    /// How far what it receives may pass.
    pub(super) fn set_gate(&mut self, by: Actor, upto: Option<u64>, cx: &mut Cx) {
        self.relay(by, Told::Gate(upto), cx);
    }

    /// Other bytes in the place of those that it received.
    pub(super) fn replace(&mut self, by: Actor, bytes: Vec<u8>, upto: u64, cx: &mut Cx) {
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
            _ => {}
        }
        let Some(inlet) = &mut self.inlet else {
            return;
        };
        match told {
            Told::Came(upto) => {
                inlet.came = upto;
                if let Some(ends) = &mut inlet.ends {
                    ends.push_back(upto);
                }
            }
            Told::Datagram(_) | Told::Closed => {}
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
            Told::Gate(upto) => inlet.gate = upto,
            Told::Instead { bytes, upto } => inlet.replace(bytes, upto),
            Told::Crowded(crowded) => {
                self.incoming.crowded = crowded;
                if !crowded {
                    self.enqueue(cx);
                }
                return;
            }
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

    /// Sends on what came across and may pass, as far as the kernel takes it; true if there is more to do at once.
    fn pass_on(&mut self, cx: &mut Cx) -> bool {
        let mut calls = 0;
        let more = loop {
            let Some(inlet) = self.inlet.as_mut().filter(|_| !self.closed) else {
                return false;
            };
            if self.outgoing.over {
                inlet.give_up();
            } else if calls == CALLS_MAX {
                break true;
            }
            let next = inlet.next();
            if matches!(next, Next::Nothing) || !self.may_pass() {
                break false;
            }
            calls += 1;
            let goes_on = match next {
                Next::Came(range) => self.pass_range(range, cx),
                Next::Instead => self.pass_instead(cx),
                Next::End(end) => self.pass_end(end, cx),
                Next::Nothing => false,
            };
            if !goes_on {
                break false;
            }
        };
        self.tell_crowd(cx);
        more
    }

    fn may_pass(&self) -> bool {
        let is_there = self.sock.is_some() && !self.is_opening() && self.lookup.is_none();
        is_there && !self.leaked && !self.stands_still() && self.outgoing.may_send()
    }

    /// Sends on what came, from where it was stored; whether more can be sent at once.
    fn pass_range(&mut self, range: Range<u64>, cx: &mut Cx) -> bool {
        let (Some(sock), Some(inlet)) = (self.sock, &mut self.inlet) else {
            return false;
        };
        let from = inlet.from;
        let is_whole = inlet.ends.is_some();
        let to = self.guest.as_ref().map(|guest| guest.address.clone());
        let bytes = cx.turn.capture.to_pass(from, range.clone(), is_whole);
        let offered = bytes.len();
        if offered == 0 && !range.is_empty() {
            // Nothing could bring them back. What would follow is not what was sent to us.
            let text = "bytes to be passed on cannot be read back: the conversation ends here";
            cx.note(self.id, Actor::Tap, text.to_owned());
            self.abort(Actor::Tap, cx);
            return false;
        }
        let start = cx.turn.os.now();
        let got = loop {
            match cx.turn.os.send(sock, bytes, Flags::default(), to.as_ref()) {
                Err(Errno::EINTR) => {}
                got => break got,
            }
        };
        let now = cx.now();
        let mut call = sending(offered, to, got);
        call.took = now.saturating_sub(start);
        if let Ok(sent) = got {
            let part = range.start..range.start + sent as u64;
            inlet.pass(part.end);
            inlet.begun = range.start + offered as u64;
            inlet
                .ends
                .as_mut()
                .and_then(std::collections::VecDeque::pop_front);
            let range = cx.turn.capture.passed(from, part, self.id, now);
            let dir = Dir::Out;
            call.moved = Some(Moved { dir, range });
        }
        self.take_sent(offered, got, call, cx)
    }

    /// Sends what stands in the place of what came.
    fn pass_instead(&mut self, cx: &mut Cx) -> bool {
        let (Some(sock), Some(inlet)) = (self.sock, &mut self.inlet) else {
            return false;
        };
        let Some(instead) = inlet.instead.front_mut() else {
            return false;
        };
        let bytes = instead.bytes.get(instead.taken..).unwrap_or_default();
        let offered = bytes.len();
        if offered == 0 {
            let end = instead.range.end;
            inlet.instead.pop_front();
            inlet.pass(end);
            inlet.drop_ends(end);
            inlet.begun = inlet.passed;
            cx.turn.capture.owe(inlet.from, Some(inlet.passed));
            return true;
        }
        let to = self.guest.as_ref().map(|guest| guest.address.clone());
        let (got, took) = cx.call(|os| os.send(sock, bytes, Flags::default(), to.as_ref()));
        let mut call = sending(offered, to, got);
        call.took = took;
        if let Ok(sent) = got {
            let now = cx.now();
            let bytes = bytes.get(..sent).unwrap_or(bytes);
            let range = cx.turn.capture.sent(self.id, bytes, now);
            let dir = Dir::Out;
            call.moved = Some(Moved { dir, range });
            instead.taken += sent;
            // What is replaced counts as begun until the last byte of what takes its place is sent.
            inlet.begun = instead.range.end;
        }
        self.take_sent(offered, got, call, cx)
    }

    /// Tells a send, and what follows from it; whether another can be made at once.
    fn take_sent(&mut self, offered: usize, got: Got<usize>, call: Call, cx: &mut Cx) -> bool {
        cx.log(self.id, Actor::Tap, call);
        match got {
            Ok(sent) => {
                self.progressed();
                self.sent_well();
                if sent < offered {
                    self.outgoing.is_full();
                }
                sent == offered
            }
            Err(Errno::ENOBUFS) => {
                self.pause_sending(cx);
                false
            }
            // It is writable as far as it knows: the queue that is full is its destination's (unix(7)), or a tap's own.
            Err(errno) if errno.would_block() && self.transport.is_connectionless() => {
                self.pause_sending(cx);
                false
            }
            Err(errno) if errno.would_block() => {
                self.outgoing.is_full();
                false
            }
            Err(_) if self.transport.is_connectionless() => {
                self.pass_over(cx);
                true
            }
            Err(errno) => {
                self.fail(Dir::Out, errno, cx);
                false
            }
        }
    }

    /// The end of what came, once all of it was sent on; a reset as a reset.
    fn pass_end(&mut self, end: End, cx: &mut Cx) -> bool {
        if let Some(inlet) = &mut self.inlet {
            inlet.over = true;
            cx.turn.capture.owe(inlet.from, None);
        }
        match end {
            End::Flushed => self.post(Actor::Tap, Job::Shutdown(How::Write), cx),
            End::Reset => self.abort(Actor::Tap, cx),
        }
        false
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
        if !self.incoming.over || why == "abort" {
            self.tell_across(Told::Ended { is_reset: true }, cx);
        }
        if inlet.crowded {
            self.tell_across(Told::Crowded(false), cx);
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

/// The call that offers so many bytes, and what came of it.
fn sending(offered: usize, to: Option<Address>, got: Got<usize>) -> Call {
    let syscall = Syscall::Send {
        len: offered as u64,
        flags: Flags::default(),
        to,
    };
    let outcome = match got {
        Ok(sent) => Outcome::Returned(i64::try_from(sent).unwrap_or(i64::MAX)),
        Err(errno) => Outcome::Failed(errno),
    };
    Call::new(syscall, outcome, std::time::Duration::ZERO)
}
