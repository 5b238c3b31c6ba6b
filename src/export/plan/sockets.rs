//! How sockets come and go in a program: `socket`, `socketpair`, `connect` that waits, `accept`, `close`.

use super::Planner;
use super::plain;
use crate::endpoint::Address;
use crate::event::{Actor, Call, ConnId, Outcome, Syscall};
use crate::export::act::{Deed, Made};
use crate::export::rows::{Row, Told};
use crate::export::subjects::helper;

impl Planner<'_> {
    /// A `connect` that waits. It is one call of the program, here, where its end needed nobody of ours but the one who
    /// accepted it, which can come later as well. Else it is begun here and made again where it ended.
    pub(super) fn begins(&mut self, conn: ConnId, call: &Call) {
        let end = call.pending.and_then(|number| self.ends.get(&number));
        let ended = end.and_then(|end| match &self.rows.get(*end)?.what {
            Told::Call(ended) => Some((*end, ended)),
            Told::Local(_) => None,
        });
        let ended = ended.filter(|(_, ended)| !matches!(ended.outcome, Outcome::Cancelled(_)));
        let Some((end, ended)) = ended else {
            let made = self.made(conn, &call.call);
            return self.act(Deed::Tried(made));
        };
        let twin = self.subjects.get(conn).and_then(|subject| subject.twin);
        let is_harmless = |row: &Row| match &row.what {
            Told::Local(_) => true,
            Told::Call(call) => match &call.outcome {
                Outcome::Accepted { conn, .. } => Some(*conn) == twin,
                _ => row.by == Actor::Loop && matches!(call.call, Syscall::SetOption { .. }),
            },
        };
        let between = self.rows.get(self.at + 1..end).unwrap_or_default();
        if between.iter().all(is_harmless) {
            self.early.extend(call.pending);
            self.plain(conn, ended);
        } else {
            let made = self.made(conn, &call.call);
            self.act(Deed::Tried(made));
        }
    }

    pub(super) fn opens(&mut self, conn: ConnId, call: &Syscall) {
        let mut made = self.made(conn, call);
        let v6 = self.family();
        made.v6 = v6;
        if self.book.is_helper(self.at) {
            made.name = helper(&made.name);
            self.act(Deed::Call(made));
            if let Some(subject) = self.subjects.get_mut(conn) {
                subject.has_helper = true;
            }
            return;
        }
        if let Some(subject) = self.subjects.get_mut(conn) {
            made.again = subject.is_declared;
            (subject.is_declared, subject.is_open, subject.is_v6) = (true, true, v6);
            subject.is_connected = false;
        }
        self.act(Deed::Call(made));
        self.watch(conn);
    }

    /// The family of the socket that is made here: that of the address which it is then used with.
    pub(super) fn family(&self) -> bool {
        let Some(row) = self.rows.get(self.at) else {
            return false;
        };
        let later = self.rows.iter().skip(self.at + 1);
        let calls = later
            .filter(|later| later.conn == row.conn)
            .filter_map(|later| match &later.what {
                Told::Call(call) => Some(&call.call),
                Told::Local(_) => None,
            });
        calls
            .take_while(|call| !matches!(call, Syscall::Socket(_)))
            .find_map(|call| match call {
                Syscall::Bind(Address::Inet(at)) | Syscall::Connect(Address::Inet(at)) => {
                    Some(at.is_ipv6())
                }
                _ => None,
            })
            .unwrap_or(false)
    }

    pub(super) fn pairs(&mut self, conn: ConnId, call: &Syscall) {
        let mut made = self.made(conn, call);
        let twin = self.subjects.get(conn).and_then(|subject| subject.twin);
        made.made = twin.map(|twin| self.name(twin));
        self.act(Deed::Call(made));
        for id in [Some(conn), twin].into_iter().flatten() {
            self.connects(id);
            self.watch(id);
        }
    }

    pub(super) fn accepts(&mut self, conn: ConnId, made_conn: ConnId) {
        let mut made = self.made(conn, &Syscall::Accept);
        if self
            .subjects
            .get(conn)
            .is_some_and(|subject| subject.is_nonblocking)
        {
            let name = made.name.clone();
            self.act(Deed::Wait { name });
        }
        let v6 = made.v6;
        made.made = Some(self.name(made_conn));
        self.act(Deed::Call(made));
        self.connects(made_conn);
        if let Some(subject) = self.subjects.get_mut(made_conn) {
            subject.is_v6 = v6;
        }
        self.watch(made_conn);
    }

    /// More connections than there may be sockets: it was taken and closed.
    pub(super) fn sheds(&mut self, conn: ConnId) {
        let mut made = self.made(conn, &Syscall::Accept);
        let name = format!("{}_shed_{}", made.name, self.at);
        made.made = Some(name.clone());
        let v6 = made.v6;
        self.act(Deed::Call(made));
        self.act(Deed::Call(Made {
            name,
            ..plain(Syscall::Close, v6)
        }));
    }

    pub(super) fn connects(&mut self, conn: ConnId) {
        if let Some(subject) = self.subjects.get_mut(conn) {
            (subject.is_declared, subject.is_open, subject.is_connected) = (true, true, true);
        }
    }

    pub(super) fn closes(&mut self, conn: ConnId) {
        let made = self.made(conn, &Syscall::Close);
        let Some(subject) = self.subjects.get_mut(conn) else {
            return;
        };
        // The listener of a pair is closed once both ends are there, or when neither will be.
        if subject.has_helper && (subject.is_connected || !subject.is_open) {
            subject.has_helper = false;
            let name = helper(&made.name);
            return self.act(Deed::Call(Made { name, ..made }));
        }
        // Which of several descriptors is closed is all one to the kernel.
        if let Some(name) = subject.spares.pop() {
            return self.act(Deed::Call(Made { name, ..made }));
        }
        subject.is_open = false;
        let path = subject.path.take();
        if let Some(path) = path {
            self.act(Deed::Unlink(path));
        }
        self.act(Deed::Call(made));
    }

    /// One more descriptor of the same socket.
    pub(super) fn duplicates(&mut self, conn: ConnId) {
        let mut made = self.made(conn, &Syscall::Dup);
        let name = format!("{}_dup_{}", made.name, self.at);
        made.made = Some(name.clone());
        self.act(Deed::Call(made));
        if let Some(subject) = self.subjects.get_mut(conn) {
            subject.spares.push(name);
        }
    }
}
