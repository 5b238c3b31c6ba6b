//! Sending on what came from across, straight from where it was stored, and its end behind it.

use std::ops::Range;
use std::time::Duration;

use super::inlet::{End, Next};
use crate::endpoint::Address;
use crate::event::{Actor, Call, Dir, Errno, Flags, How, Moved, Outcome, Syscall};
use crate::net::cx::Cx;
use crate::net::send::Job;
use crate::net::socket::Socket;
use crate::os::Got;

/// The most calls in a round.
const CALLS_MAX: u32 = 64;

impl Socket {
    /// Sends on what came across and may pass, as far as the kernel takes it; true if there is more to do at once.
    pub(super) fn pass_on(&mut self, cx: &mut Cx) -> bool {
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
            // What cannot be sent any more is given up at once.
            if !goes_on && !self.outgoing.over {
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
        self.hear_of_guest(cx);
        let (Some(sock), Some(inlet)) = (self.sock, &mut self.inlet) else {
            return false;
        };
        let from = inlet.from;
        let is_whole = inlet.datagrams.is_some();
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
            if inlet.pass_datagram().is_none() {
                inlet.pass(part.end);
            }
            inlet.begun = range.start + offered as u64;
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
        let Some(whole) = &instead.bytes else {
            inlet.pass_instead();
            inlet.begun = inlet.passed;
            cx.turn.capture.owe(inlet.from, Some(inlet.passed));
            return true;
        };
        let bytes = whole.get(instead.taken..).unwrap_or_default();
        let offered = bytes.len();
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
            if sent == offered {
                instead.bytes = None;
            }
            if inlet.datagrams.is_none() {
                // What is replaced counts as begun until the last byte of what takes its place is sent.
                inlet.begun = instead.range.end;
            }
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

    /// The end of what came, once all of it was sent on; a reset as a reset. Behind bytes that could not be sent it
    /// would be a lie.
    fn pass_end(&mut self, end: End, cx: &mut Cx) -> bool {
        if let Some(inlet) = &mut self.inlet {
            inlet.over = true;
            cx.turn.capture.owe(inlet.from, None);
        }
        match end {
            End::Flushed if self.outgoing.failed => {}
            End::Flushed => self.post(Actor::Tap, Job::Shutdown(How::Write), cx),
            End::Reset => self.abort(Actor::Tap, cx),
        }
        false
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
    Call::new(syscall, outcome, Duration::ZERO)
}
