//! The descriptors of a socket: how it gets and loses one, a second one by `dup`, of which `close` takes one only, and
//! those that a program forgets.

use super::cx::Cx;
use super::socket::Socket;
use crate::event::{Actor, Call, Errno, Outcome, Syscall, What};
use crate::os::{Interest, Sock};

/// A client of a tap for datagrams has no descriptor of its own to share or to leave.
const THE_TAPS: &str = "its descriptor is the tap's, which all its clients share";

impl Socket {
    /// Takes a new descriptor: the poller knows nothing of it yet.
    pub(super) fn take_descriptor(&mut self, sock: Sock, cx: &mut Cx) {
        self.sock = Some(sock);
        self.watched = Interest::default();
        self.inline = false;
        self.incoming.ready = false;
        cx.shared.descriptors.insert(sock, self.id);
        cx.shared.open += 1;
    }

    /// Goes on with another descriptor of the same socket, of which the poller knows nothing yet.
    pub(super) fn replace_descriptor(&mut self, sock: Sock) {
        self.sock = Some(sock);
        self.watched = Interest::default();
        self.incoming.ready = false;
    }

    /// Lets go of the descriptor without closing it: somebody else will.
    pub(super) fn lend_descriptor(&mut self) {
        self.sock = None;
    }

    /// Closes the descriptor, if there is one.
    pub(super) fn drop_descriptor(&mut self, by: Actor, cx: &mut Cx) {
        self.remove_bound(cx);
        while self.close_one(by, cx) {}
        let Some(sock) = self.sock.take() else {
            return;
        };
        if self.guest.is_some() {
            return self.leave_host(cx);
        }
        cx.shared.descriptors.remove(&sock);
        cx.shared.open -= 1;
        self.part(cx);
        let (_, took) = cx.call(|os| {
            os.close(sock);
            Ok(())
        });
        self.watched = Interest::default();
        let call = Call::new(Syscall::Close, Outcome::Returned(0), took);
        cx.log(self.id, by, call);
    }

    /// Makes a socket; the call is told as `by`'s.
    pub(super) fn make_descriptor(
        &mut self,
        v6: bool,
        by: Actor,
        cx: &mut Cx,
    ) -> Result<Sock, Errno> {
        let transport = self.transport;
        let (got, took) = cx.call(|os| os.socket(transport, v6));
        let outcome = got.map_or_else(Outcome::Failed, |_| Outcome::Returned(0));
        cx.log(
            self.id,
            by,
            Call::new(Syscall::Socket(transport), outcome, took),
        );
        let sock = got?;
        self.take_descriptor(sock, cx);
        Ok(sock)
    }

    /// `dup`: one more descriptor, which is held and never used while there is another.
    pub(super) fn dup(&mut self, by: Actor, cx: &mut Cx) {
        let Some(sock) = self.sock else {
            return cx.refuse(self.id, by, "there is no socket to duplicate yet");
        };
        if self.guest.is_some() {
            return cx.refuse(self.id, by, THE_TAPS);
        }
        if cx.shared.open >= cx.shared.limit {
            let text = format!("{} sockets are open, the most that may be", cx.shared.open);
            return cx.refuse(self.id, by, &text);
        }
        let (got, took) = cx.call(|os| os.dup(sock));
        let outcome = got.map_or_else(Outcome::Failed, |_| Outcome::Returned(0));
        cx.log(self.id, by, Call::new(Syscall::Dup, outcome, took));
        if let Ok(spare) = got {
            cx.shared.open += 1;
            self.spares.push(spare);
            self.tell_refs(cx);
        }
    }

    /// `close` of one descriptor of several: for the kernel and the peer nothing is over. False if it is the last.
    pub(super) fn close_one(&mut self, by: Actor, cx: &mut Cx) -> bool {
        let (Some(sock), Some(spare)) = (self.sock, self.spares.pop()) else {
            return false;
        };
        cx.shared.open -= 1;
        cx.shared.descriptors.remove(&sock);
        cx.shared.descriptors.insert(spare, self.id);
        self.replace_descriptor(spare);
        let (_, took) = cx.call(|os| {
            os.close(sock);
            Ok(())
        });
        cx.log(
            self.id,
            by,
            Call::new(Syscall::Close, Outcome::Returned(0), took),
        );
        self.tell_refs(cx);
        true
    }

    /// The descriptors stay open, and nobody will ever make a call on them.
    pub(super) fn leak(&mut self, by: Actor, cx: &mut Cx) {
        if self.sock.is_none() || self.is_opening() {
            return cx.refuse(self.id, by, "there is no socket to forget yet");
        }
        if self.guest.is_some() {
            return cx.refuse(self.id, by, THE_TAPS);
        }
        self.leaked = true;
        self.incoming.auto = false;
        self.cancel_asks("leak", cx);
        self.cancel_jobs("leak", cx);
        let staged = std::mem::take(&mut self.outgoing.staged).len();
        if staged > 0 {
            cx.note(self.id, by, format!("{staged} staged bytes were not sent"));
        }
        cx.shared.timers.cancel_all(self.id);
        self.tell_refs(cx);
    }

    fn tell_refs(&self, cx: &mut Cx) {
        let count = u32::try_from(self.spares.len()).unwrap_or(u32::MAX);
        let count = count.saturating_add(1);
        let leaked = self.leaked;
        cx.tell(self.id, Actor::Loop, What::Refs { count, leaked });
    }
}
