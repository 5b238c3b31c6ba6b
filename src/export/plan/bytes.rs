//! How bytes move in a program: what is sent at once, and what is received until it is there.

use super::Planner;
use crate::event::{Call, ConnId, Dir, Outcome, Syscall};
use crate::export::act::{Bytes, Deed};

/// So much unread data of so few calls fits into every socket that nobody made smaller.
const ROOM_BYTES: u64 = 16 << 10;
const ROOM_SENDS: u64 = 16;

impl Planner<'_> {
    pub(super) fn sends(&mut self, conn: ConnId, call: &Call) {
        let mut made = self.made(conn, &call.call);
        let Some(moved) = &call.moved else {
            return;
        };
        let len = moved.range.end - moved.range.start;
        if let Syscall::Send { len: asked, .. } = &mut made.call {
            if *asked > len && call.pending.is_none() {
                self.remark(format!("of {asked} bytes the kernel took {len}"));
            }
            *asked = len;
        }
        made.bytes = Bytes::Sent(conn, moved.range.clone());
        self.subjects.moved(conn, Dir::Out, len);
        let Some(subject) = self.subjects.get(conn) else {
            return;
        };
        let twin = subject.twin.and_then(|twin| self.subjects.get(twin));
        let unread = twin.map_or(len, |twin| subject.sent.saturating_sub(twin.received));
        let fits = !self.small && unread <= ROOM_BYTES && subject.sends <= ROOM_SENDS;
        if fits || !subject.transport.is_stream() {
            self.act(Deed::Call(made));
        } else {
            self.act(Deed::Transmit(made));
        }
    }

    pub(super) fn receives(&mut self, conn: ConnId, call: &Call) {
        let (Syscall::Recv { max, flags }, Outcome::Received { len, .. }) =
            (&call.call, &call.outcome)
        else {
            return;
        };
        let (max, len, flags) = (*max, *len, *flags);
        let Some(subject) = self.subjects.get(conn) else {
            return;
        };
        let (name, transport) = (subject.name.clone(), subject.transport);
        if flags.peek {
            return self.act(Deed::Peek { name, len });
        }
        let Some(moved) = &call.moved else {
            if max == 0 {
                let made = self.made(conn, &call.call);
                return self.act(Deed::Call(made));
            }
            return self.act(Deed::End { name });
        };
        self.subjects.moved(conn, Dir::In, len);
        let deed = if transport.keeps_boundaries() {
            Deed::Message { name, max }
        } else if flags.oob {
            Deed::Urgent { name }
        } else {
            Deed::Receive { name, len, flags }
        };
        self.act(deed);
        if let Some(act) = self.acts.last_mut() {
            act.brings = Some((conn, moved.range.clone()));
        }
    }
}
