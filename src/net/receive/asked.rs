//! A `recv` or `accept` that somebody asked for: one call, or one that waits as a blocking program would.

use std::time::Duration;

use super::{Ask, RECV_MAX_BYTES};
use crate::event::{Call, Flags, Outcome, Syscall};
use crate::net::cx::{Cx, Waiting};
use crate::net::socket::Socket;
use crate::os::Received;

impl Socket {
    /// Makes the call at the front; false when it waits.
    pub(super) fn serve_ask(&mut self, cx: &mut Cx) -> bool {
        let Some(mut ask) = self.incoming.asks.pop_front() else {
            return false;
        };
        let done = match ask.what {
            Ask::Accept => self.accept_asked(&mut ask, cx),
            Ask::Recv { max, flags } => self.recv_asked(&mut ask, max, flags, cx),
        };
        if !done {
            self.incoming.asks.push_front(ask);
        }
        done
    }

    fn recv_asked(
        &mut self,
        ask: &mut Waiting<Ask>,
        mut max: u64,
        flags: Flags,
        cx: &mut Cx,
    ) -> bool {
        loop {
            if !flags.peek && !self.has_room(cx) {
                return false;
            }
            let whole = ask.what.syscall();
            let (got, call, whose) = self.recv(max.min(RECV_MAX_BYTES), flags, cx);
            match got {
                Err(errno) if errno.would_block() && !self.nonblock => {
                    let woken = ask.pending.is_some();
                    self.keep_waiting(ask, whole, call, cx);
                    if self.is_shut_for_reading() {
                        self.end_wait(ask, cx);
                        return true;
                    }
                    if woken {
                        self.was_fruitless(cx);
                    }
                    return false;
                }
                Ok(ref received) if self.is_short(received, max, flags) => {
                    self.keep_waiting(ask, whole, call, cx);
                    max -= received.len as u64;
                    ask.what = Ask::Recv { max, flags };
                }
                _ => {
                    cx.log_end(whose, ask.by, call, ask.pending);
                    self.note_received(&got, max, flags, cx);
                    return true;
                }
            }
        }
    }

    /// `shutdown` of a datagram socket ends no stream: what came before is still received, and then a call that waits
    /// returns 0 while one that does not says `EAGAIN` (`__skb_wait_for_more_packets` in Linux).
    fn is_shut_for_reading(&self) -> bool {
        self.transport.is_connectionless() && self.incoming.over
    }

    /// Tells what a blocking program would see there, and that it is not what our call returned.
    fn end_wait(&self, ask: &Waiting<Ask>, cx: &mut Cx) {
        let outcome = Outcome::Received {
            len: 0,
            from: None,
            cut_from: None,
        };
        let call = Call::new(ask.what.syscall(), outcome, Duration::ZERO);
        cx.log_end(self.id, ask.by, call, ask.pending);
        let text =
            "a recv that waits returns 0 after shutdown(read); one that does not wait says EAGAIN";
        cx.note(self.id, ask.by, text.to_owned());
    }

    /// `MSG_WAITALL` on a stream: a blocking program would wait for the rest (recv(2)).
    fn is_short(&self, received: &Received, max: u64, flags: Flags) -> bool {
        flags.waitall
            && !flags.peek
            && !self.nonblock
            && self.transport.is_stream()
            && received.len > 0
            && (received.len as u64) < max
    }

    /// A call stays in the queue: the first time its row begins, each time the real call is told beneath.
    pub(in crate::net) fn keep_waiting<T>(
        &self,
        waiting: &mut Waiting<T>,
        whole: Syscall,
        call: Call,
        cx: &mut Cx,
    ) {
        let pending = match waiting.pending {
            Some(pending) => pending,
            None => cx.block(self.id, waiting.by, whole),
        };
        waiting.pending = Some(pending);
        cx.log_part(self.id, waiting.by, call, pending);
    }
}
