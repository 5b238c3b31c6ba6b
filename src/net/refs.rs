//! The descriptors of a socket: a second one by `dup`, of which `close` takes one only, and those that a program
//! forgets.

use super::cx::Cx;
use super::socket::Socket;
use crate::event::{Actor, Call, Outcome, Syscall, What};

impl Socket {
    /// `dup`: one more descriptor, which is held and never used while there is another.
    pub(super) fn dup(&mut self, by: Actor, cx: &mut Cx) {
        let Some(sock) = self.sock else {
            return cx.refuse(self.id, by, "there is no socket to duplicate yet");
        };
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
