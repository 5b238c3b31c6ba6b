//! From the calls of the log to the acts of a program: one thread, in the order in which things happened, so that it
//! waits for nothing that the session did not get. A call that waited is made where it ended.

mod bytes;
mod sockets;

use std::collections::{HashMap, HashSet};

use super::act::{Act, Bytes, Deed, Made};
use super::book::{Bearer, Book};
use super::rows::{Row, Told};
use super::subjects::{Subjects, helper};
use crate::endpoint::Address;
use crate::event::{Actor, Call, ConnId, Dir, Errno, Outcome, Role, Syscall, option};
use crate::session::Session;

/// The acts, and what follows from them.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) acts: Vec<Act>,
    pub(super) subjects: Subjects,
    /// What of the session the acts lack, in words.
    pub(super) lacks: Vec<String>,
}

/// A plan that is being made.
struct Planner<'r> {
    rows: &'r [Row],
    book: Book,
    subjects: Subjects,
    acts: Vec<Act>,
    /// Where a call that waited ended, by its number.
    ends: HashMap<u32, usize>,
    /// Calls that waited and are made where they began.
    early: HashSet<u32>,
    /// Bytes that each stream will receive.
    wanted: HashMap<ConnId, u64>,
    /// Urgent data moves somewhere, or may come from others.
    urgent: bool,
    /// Somebody chose the size of a buffer.
    small: bool,
    /// A cable was pulled, which a program does not do.
    is_pulled: bool,
    /// A lab peer was talked to, which runs only beside us.
    is_lab: bool,
    /// The row that is looked at.
    at: usize,
}

/// The acts that the rows mean.
pub(super) fn plan(rows: &[Row], session: &Session) -> Plan {
    let subjects = Subjects::new(session);
    let book = Book::new(rows, &subjects);
    let mut planner = Planner {
        rows,
        book,
        subjects,
        acts: Vec::new(),
        ends: HashMap::new(),
        early: HashSet::new(),
        wanted: HashMap::new(),
        urgent: false,
        small: false,
        is_pulled: false,
        is_lab: false,
        at: 0,
    };
    planner.look_ahead();
    for at in 0..rows.len() {
        planner.at = at;
        planner.row();
    }
    planner.leave();
    let lacks = [
        (planner.is_pulled, "cables are not pulled"),
        (planner.is_lab, "lab peers must be started for it"),
    ];
    let lacks = lacks.into_iter().filter(|(is_so, _)| *is_so);
    let lacks = lacks.map(|(_, words)| words.to_owned()).collect();
    let Planner { acts, subjects, .. } = planner;
    Plan {
        acts,
        subjects,
        lacks,
    }
}

impl Planner<'_> {
    /// What must be known before the first act.
    fn look_ahead(&mut self) {
        for (at, row) in self.rows.iter().enumerate() {
            let Told::Call(call) = &row.what else {
                continue;
            };
            if let Some(number) = call.pending.filter(|_| call.blocked.is_some()) {
                self.ends.insert(number, at);
            }
            if let Some(moved) = call.moved.as_ref().filter(|moved| moved.dir == Dir::In) {
                *self.wanted.entry(row.conn).or_default() += moved.range.end - moved.range.start;
            }
            self.urgent |= matches!(&call.call, Syscall::Send { flags, .. } if flags.oob);
            self.small |= matches!(&call.call, Syscall::SetOption { name, .. }
                if matches!(name.as_str(), "sndbuf" | "rcvbuf" | "cork" | "nonblock"));
        }
        let is_foreign = |subject: &super::subjects::Subject| {
            subject.transport.is_stream()
                && subject.role != Role::Listener
                && subject.twin.is_none()
        };
        self.urgent |= self.subjects.all().any(is_foreign);
    }

    fn row(&mut self) {
        let Some(row) = self.rows.get(self.at) else {
            return;
        };
        if let Told::Call(call) = &row.what {
            self.call(row, call);
        }
        for owner in self.book.asked.remove(&self.at).unwrap_or_default() {
            let subject = self.subjects.get(owner.conn);
            let is_told = subject.is_some_and(|it| it.role != Role::Client) && !owner.is_helper;
            let label = subject.map_or(String::new(), |subject| subject.label.clone());
            let name = self.subjects.variable(owner);
            self.act(Deed::Address {
                name,
                label,
                is_told,
            });
        }
    }

    fn act(&mut self, deed: Deed) {
        let row = self.rows.get(self.at);
        let Some(row) = row.or(self.rows.last()) else {
            return;
        };
        self.acts.push(Act {
            seq: row.seq,
            at: row.at,
            by_itself: row.by == Actor::Loop,
            brings: None,
            deed,
        });
    }

    fn call(&mut self, row: &Row, call: &Call) {
        let conn = row.conn;
        match (&call.call, &call.outcome) {
            (Syscall::Getaddrinfo(name), Outcome::Names(found)) => {
                let found: Vec<String> = found.iter().map(ToString::to_string).collect();
                self.remark(format!("getaddrinfo({name}) gave {}", found.join(", ")));
            }
            (Syscall::Getaddrinfo(name), Outcome::Unresolved(why)) => {
                self.remark(format!("getaddrinfo({name}): {why}"));
            }
            (Syscall::Getaddrinfo(_), _) => {}
            (Syscall::Connect(_), Outcome::Blocked) => self.begins(conn, call),
            (_, Outcome::Blocked) if call.pending.is_some_and(|it| self.ends.contains_key(&it)) => {
            }
            (Syscall::Connect(_), Outcome::Cancelled(_)) => {}
            (Syscall::Connect(_), _) if call.pending.is_some_and(|it| self.early.contains(&it)) => {
            }
            (what, Outcome::Blocked | Outcome::Cancelled(_)) => {
                let name = self.name(conn);
                self.remark(format!("{name}: {what} waited, and nothing came of it"));
            }
            (Syscall::Accept, Outcome::Accepted { conn: made, .. }) => self.accepts(conn, *made),
            (Syscall::Recv { .. }, Outcome::Received { .. }) => self.receives(conn, call),
            (Syscall::Send { .. }, Outcome::Returned(_)) => self.sends(conn, call),
            (Syscall::TakeError, _) if call.pending.is_some() => {}
            (Syscall::GetOption { .. } | Syscall::TakeError, Outcome::Value(value)) => {
                let made = self.made(conn, &call.call);
                self.act(Deed::Asked(made, value.clone()));
            }
            (
                Syscall::Select { .. } | Syscall::Kill(_) | Syscall::Fork | Syscall::Thread,
                outcome,
            ) => {
                let name = self.name(conn);
                let what = outcome
                    .returned()
                    .map_or("-1".to_owned(), |it| it.to_string());
                self.remark(format!("{name}: {} gave {what} here", call.call));
            }
            (Syscall::SetOption { name, .. }, _)
                if name != "nonblock" && option(name).is_none() =>
            {
                self.remark(format!(
                    "{} was made here, to pull or plug the cable; this program does not",
                    call.call
                ));
                self.is_pulled = true;
            }
            (Syscall::SetOption { name, .. }, _) if row.by == Actor::Loop => {
                if self.urgent && name == "oobinline" {
                    self.plain(conn, call);
                }
            }
            _ => self.plain(conn, call),
        }
    }

    /// A call that is made as it was, and comes out as it did.
    fn plain(&mut self, conn: ConnId, call: &Call) {
        if let Some(errno) = call.outcome.errno() {
            return self.fails(conn, &call.call, errno);
        }
        match &call.call {
            Syscall::Socket(_) => return self.opens(conn, &call.call),
            Syscall::Socketpair(_) => return self.pairs(conn, &call.call),
            Syscall::Close => return self.closes(conn),
            Syscall::Dup => return self.duplicates(conn),
            Syscall::Accept => return self.sheds(conn),
            _ => {}
        }
        if self.book.is_to_lab(&call.call) {
            self.is_lab = true;
            self.remark("to a lab peer of Sockeye, which must be there".to_owned());
        }
        let made = self.made(conn, &call.call);
        self.act(Deed::Call(made));
        let Some(subject) = self.subjects.get_mut(conn) else {
            return;
        };
        match &call.call {
            Syscall::Bind(Address::Path(path)) => subject.path = Some(path.clone()),
            Syscall::Connect(_) => subject.is_connected = true,
            Syscall::Shutdown(how) => subject.is_shut |= *how != crate::event::How::Read,
            Syscall::SetOption { name, value } if name == "nonblock" => {
                subject.is_nonblocking = value == "on";
            }
            _ => {}
        }
    }

    fn fails(&mut self, conn: ConnId, call: &Syscall, errno: Errno) {
        // A path that a program left behind was removed before the next try, and is not there in another run.
        if let (Syscall::Bind(at @ Address::Path(_)), Errno::EADDRINUSE) = (call, errno) {
            let rest = self.rows.iter().skip(self.at + 1);
            let next = rest
                .filter(|row| row.conn == conn)
                .find_map(|row| match &row.what {
                    Told::Call(call) => Some(&call.call),
                    Told::Local(_) => None,
                });
            if next.is_some_and(|next| matches!(next, Syscall::Bind(again) if again == at)) {
                return self.remark(format!(
                    "removed {at}, left over from a program that is gone"
                ));
            }
        }
        let Some(subject) = self.subjects.get(conn) else {
            return;
        };
        let (name, is_shut) = (subject.name.clone(), subject.is_shut);
        let mut made = self.made(conn, call);
        match call {
            Syscall::Send { len, .. } if errno.would_block() => {
                let text = format!(
                    "{name}.send of {len} bytes: {}, none of them was taken",
                    errno.name()
                );
                self.remark(text);
            }
            Syscall::Send { len, .. } => {
                made.bytes = Bytes::Lost(*len);
                if matches!(errno.name(), "EPIPE" | "ECONNRESET" | "ECONNREFUSED") && !is_shut {
                    self.act(Deed::Settle { name });
                }
                self.act(Deed::Fails(made, errno));
            }
            _ if errno.would_block() => self.act(Deed::Tried(made)),
            _ => self.act(Deed::Fails(made, errno)),
        }
    }

    /// What the end of the session leaves.
    fn leave(&mut self) {
        self.at = self.rows.len();
        let paths: Vec<Vec<u8>> = self
            .subjects
            .all()
            .filter_map(|it| it.path.clone())
            .collect();
        for path in paths {
            self.act(Deed::Unlink(path));
        }
    }
}

impl Planner<'_> {
    fn remark(&mut self, text: String) {
        self.act(Deed::Remark(text));
    }

    fn watch(&mut self, conn: ConnId) {
        let Some(subject) = self.subjects.get(conn) else {
            return;
        };
        // Nothing is received from a listener, and its own calls name it.
        if subject.role == Role::Listener {
            return;
        }
        let wanted = self.wanted.get(&conn).copied().unwrap_or(0);
        let deed = Deed::Watch {
            name: subject.name.clone(),
            label: subject.label.clone(),
            wanted: if subject.transport.is_stream() {
                wanted
            } else {
                0
            },
        };
        self.act(deed);
    }

    fn name(&self, conn: ConnId) -> String {
        self.subjects.variable(Bearer {
            conn,
            is_helper: false,
        })
    }

    fn is_v6(&self, conn: ConnId) -> bool {
        let host = self.subjects.get(self.subjects.host(conn));
        host.is_some_and(|host| host.is_v6)
    }

    /// A call on a socket, with the names of what it names.
    fn made(&self, conn: ConnId, call: &Syscall) -> Made {
        let Some(subject) = self.subjects.get(conn) else {
            return plain(call.clone(), false);
        };
        let is_helpers = matches!(
            call,
            Syscall::Bind(_) | Syscall::Listen { .. } | Syscall::SetOption { .. }
        ) && subject.has_helper
            && !subject.is_open;
        let is_accept = matches!(call, Syscall::Accept) && subject.has_helper;
        let name = if is_helpers || is_accept {
            helper(&subject.name)
        } else {
            subject.name.clone()
        };
        Made {
            name,
            address: self
                .book
                .place(subject.transport, call, self.at, &self.subjects),
            ..plain(call.clone(), self.is_v6(conn))
        }
    }
}

fn plain(call: Syscall, v6: bool) -> Made {
    Made {
        call,
        name: String::new(),
        made: None,
        again: false,
        v6,
        address: None,
        bytes: Bytes::None,
    }
}
