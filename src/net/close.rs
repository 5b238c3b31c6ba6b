//! The end of a socket. `close` with unread input would destroy our own data on their way (RFC 9293, section 3.6.1, and
//! `tcp_close` in Linux): so sending is shut down, what still comes is read and recorded, and only then is it closed.

use std::time::Duration;

use super::agenda::{Step, Todo};
use super::cx::Cx;
use super::socket::{Drain, Socket};
use super::timer::Alarm;
use crate::event::{Actor, Dir, Errno, How, Syscall, What};

/// How long what still comes is read.
const DRAIN: Duration = Duration::from_secs(5);

/// How much of it.
const DRAIN_MAX_BYTES: usize = 1 << 20;

impl Socket {
    /// Whether `close` begins with the end of sending, and reads what is left before.
    pub(super) fn ends_in_peace(&self) -> bool {
        let talks = self.connected && !self.transport.is_connectionless();
        talks && self.broken.is_none() && !self.outgoing.over && self.spares.is_empty()
    }

    /// `shutdown`, now.
    pub(super) fn call_shutdown(&mut self, how: How, by: Actor, cx: &mut Cx) -> bool {
        let Some(sock) = self.sock else {
            return false;
        };
        if self.guest.is_some() {
            cx.refuse(
                self.id,
                by,
                "its descriptor is the tap's: other clients need it",
            );
            return false;
        }
        let done = cx.plain(self.id, by, Syscall::Shutdown(how), |os| {
            os.shutdown(sock, how)
        });
        // Without a peer a datagram socket says so, and is shut all the same (inet_shutdown in Linux).
        let without_peer = done == Err(Errno::ENOTCONN) && self.transport.is_connectionless();
        let shut = done.is_ok() || without_peer;
        // No read tells the end of a datagram socket, and the poller would tell it for ever (`epoll_ctl(2)`, EPOLLHUP).
        if shut && how != How::Write && self.transport.is_connectionless() {
            self.end(Dir::In, None, cx);
        }
        if shut && how != How::Read {
            self.end(Dir::Out, None, cx);
        }
        done.is_ok()
    }

    /// `close`, once everything before it is sent.
    pub(super) fn begin_close(&mut self, by: Actor, cx: &mut Cx) {
        if self.close_one(by, cx) {
            self.outgoing.reopen();
            return;
        }
        self.cancel_asks("close", cx);
        let graceful =
            self.connected && !self.transport.is_connectionless() && self.broken.is_none();
        if graceful && !self.outgoing.over {
            // After a reset it fails with `ENOTCONN`, and what came before the reset can still be read.
            let _ = self.call_shutdown(How::Write, by, cx);
        }
        if !graceful || self.incoming.over {
            return self.finish(by, "close", cx);
        }
        self.drain = Some(Drain {
            by,
            left: DRAIN_MAX_BYTES,
        });
        self.incoming.paused = false;
        let until = cx.now() + DRAIN;
        cx.shared.timers.set(self.id, Alarm::Drain, until);
    }

    /// Takes note of what a closing socket received, and closes it when that was all, or enough.
    pub(super) fn drained(&mut self, bytes: usize, cx: &mut Cx) {
        let Some(drain) = &mut self.drain else {
            return;
        };
        drain.left = drain.left.saturating_sub(bytes);
        let by = drain.by;
        if self.incoming.over {
            self.finish(by, "close", cx);
        } else if drain.left == 0 {
            self.stop_draining("1 MiB came after the end of sending", cx);
        }
    }

    /// The peer had its time to end the connection.
    pub(super) fn drain_expired(&mut self, cx: &mut Cx) {
        self.stop_draining("the peer did not end the connection in 5 s", cx);
    }

    fn stop_draining(&mut self, why: &str, cx: &mut Cx) {
        let Some(drain) = &self.drain else {
            return;
        };
        let by = drain.by;
        let fact = self
            .sock
            .map(|sock| cx.turn.os.facts(sock))
            .unwrap_or_default();
        let ours = fact.unsent.unwrap_or(0) + fact.in_flight.unwrap_or(0);
        let text = if fact.waiting.unwrap_or(0) > 0 && self.kind.can_reset {
            format!(
                "{why}: closed with unread input, which resets; up to {ours} B of ours may be lost"
            )
        } else {
            format!("{why}: closed")
        };
        cx.note(self.id, by, text);
        self.finish(by, "close", cx);
    }

    /// `close`, with nothing before it: what waits is dropped, and what is unread makes it a reset.
    pub(super) fn close_now(&mut self, by: Actor, cx: &mut Cx) {
        if !self.close_one(by, cx) {
            self.finish(by, "close", cx);
        }
    }

    /// `abort`: whatever waits is dropped, and a TCP peer gets a reset.
    pub(super) fn abort(&mut self, by: Actor, cx: &mut Cx) {
        if let Some(dial) = self.dial.take() {
            self.dial_cancelled(&dial, "abort", cx);
            return self.give_up(dial, "abort", cx);
        }
        if self.connected && self.kind.can_reset {
            // Refused or not, the socket is closed next.
            let _ = self.set("linger", "0", by, cx);
        }
        if self.close_one(by, cx) {
            return;
        }
        self.finish(by, "abort", cx);
    }

    /// `cancel`: ends what waits.
    pub(super) fn cancel(&mut self, by: Actor, cx: &mut Cx) {
        if let Some(dial) = self.dial.take() {
            self.dial_cancelled(&dial, "cancel", cx);
            return self.give_up(dial, "cancel", cx);
        }
        if self.binding.is_some() {
            return self.cancel_binding("cancel", cx);
        }
        if self.drain.is_some() {
            return self.stop_draining("cancel", cx);
        }
        if self.incoming.asks.is_empty() && self.outgoing.jobs.is_empty() {
            return cx.refuse(self.id, by, "nothing waits on this socket");
        }
        self.abandon_lookup("cancel", cx);
        self.cancel_asks("cancel", cx);
        self.cancel_jobs("cancel", cx);
        // What a tap passes on waited behind them.
        self.enqueue(cx);
    }

    /// The socket is no more: what waits is told so, the descriptor is closed, banners and deadlines go.
    pub(super) fn finish(&mut self, by: Actor, why: &str, cx: &mut Cx) {
        if !cx.shared.holding || self.sock.is_none() {
            return self.finish_now(by, why, cx);
        }
        let is_planned = |todo: &Todo| matches!(todo.step, Step::Finish(_));
        if !self.agenda.iter().any(is_planned) {
            self.disarm(cx, |_| true);
            self.plan(by, [Step::Finish(why.to_owned())]);
            self.go_on(cx);
        }
    }

    /// The same, without arming its `close` first.
    pub(super) fn finish_now(&mut self, by: Actor, why: &str, cx: &mut Cx) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        self.leave_tap(why, cx);
        self.send_guests_away(cx);
        self.disarm(cx, |_| true);
        self.drain = None;
        self.binding = None;
        self.abandon_lookup(why, cx);
        self.cancel_asks(why, cx);
        self.cancel_jobs(why, cx);
        let staged = std::mem::take(&mut self.outgoing.staged).len();
        if staged > 0 {
            cx.note(self.id, by, format!("{staged} staged bytes were not sent"));
        }
        self.drop_descriptor(by, cx);
        cx.shared.timers.cancel_all(self.id);
        if self.exposed {
            cx.limit(self.id, self.exposed_key(), None);
        }
        if self.accept_pause.is_some() {
            cx.limit(self.id, self.accept_key(), None);
        }
        if cx.shared.shed > 0 && cx.shared.open < cx.shared.limit {
            cx.shared.shed = 0;
            let (text, key) = (None, "sockets".to_owned());
            cx.tell_all(Actor::Loop, What::Limit { text, key });
        }
        cx.tell(self.id, Actor::Loop, What::Gone);
        cx.sample_afterlife(self.id, false);
    }
}
