//! Which addresses the kernel chose, and for whom: they are others in each run, so a program asks for them and calls
//! them by a name.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::act::{Place, target};
use super::rows::{Row, Told};
use super::subjects::Subjects;
use crate::endpoint::{Address, Transport};
use crate::event::{ConnId, Outcome, Role, Syscall};

/// An address and since when it is somebody's.
#[derive(Clone, Debug)]
struct Known {
    transport: Transport,
    at: SocketAddr,
    /// The row of the call that gave it.
    since: usize,
    owner: Bearer,
    /// The kernel chose its port.
    is_chosen: bool,
}

/// Whose an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bearer {
    pub(super) conn: ConnId,
    /// The listener that a pair needs for a moment.
    pub(super) is_helper: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Book {
    known: Vec<Known>,
    /// The sockets whose addresses calls name, with the row after which the program asks for them.
    pub(super) asked: HashMap<usize, Vec<Bearer>>,
    /// Where lab peers are, which run only beside us.
    labs: Vec<SocketAddr>,
    /// Rows of `socket` that make the listener of a pair.
    helpers: Vec<usize>,
}

/// What is known of a socket while the rows are read.
#[derive(Debug, Default)]
struct Opening {
    socket: Option<usize>,
    bind: Option<(usize, bool)>,
    connect: Option<usize>,
    helper: Option<usize>,
}

impl Book {
    pub(super) fn new(rows: &[Row], subjects: &Subjects) -> Self {
        let mut book = Self::default();
        let mut openings: HashMap<ConnId, Opening> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let Some(subject) = subjects.get(row.conn) else {
                continue;
            };
            let opening = openings.entry(row.conn).or_default();
            match &row.what {
                Told::Call(call) if matches!(call.outcome, Outcome::Returned(0)) => {
                    book.call(
                        at,
                        row.conn,
                        &call.call,
                        subject.role,
                        subject.transport,
                        opening,
                    );
                }
                Told::Call(call) => {
                    if let Syscall::Connect(to) = &call.call {
                        book.helper(row.conn, to, subject.transport, opening);
                        opening.connect.get_or_insert(at);
                    }
                }
                Told::Local(Address::Inet(local)) if subject.is_lab => book.labs.push(*local),
                Told::Local(Address::Inet(local))
                    if subject.role != Role::Accepted || opening.bind.is_some() =>
                {
                    let since = opening
                        .bind
                        .map(|(bind, _)| bind)
                        .or(opening.connect)
                        .unwrap_or(at);
                    book.known.push(Known {
                        transport: subject.transport,
                        at: *local,
                        since,
                        owner: Bearer {
                            conn: row.conn,
                            is_helper: false,
                        },
                        is_chosen: opening.bind.is_none_or(|(_, is_chosen)| is_chosen),
                    });
                }
                Told::Local(_) => {}
            }
        }
        book.ask(rows, subjects);
        book
    }

    fn call(
        &mut self,
        at: usize,
        conn: ConnId,
        call: &Syscall,
        role: Role,
        transport: Transport,
        opening: &mut Opening,
    ) {
        match call {
            Syscall::Socket(_) => {
                let helper = opening.helper;
                *opening = Opening {
                    socket: Some(at),
                    helper,
                    ..Opening::default()
                };
            }
            Syscall::Bind(Address::Inet(to)) => opening.bind = Some((at, to.port() == 0)),
            // Only the listener that lives for a pair belongs to a socket that connects.
            Syscall::Listen { .. } if role == Role::Client => {
                self.helpers.extend(opening.socket);
                opening.helper = opening.bind.take().map(|(bind, _)| bind);
            }
            Syscall::Connect(to) => {
                self.helper(conn, to, transport, opening);
                opening.connect.get_or_insert(at);
            }
            _ => {}
        }
    }

    /// The address of a pair's listener is that to which the other end connects.
    fn helper(&mut self, conn: ConnId, to: &Address, transport: Transport, opening: &mut Opening) {
        let (Address::Inet(at), Some(since)) = (to, opening.helper.take()) else {
            return;
        };
        self.known.push(Known {
            transport,
            at: *at,
            since,
            owner: Bearer {
                conn,
                is_helper: true,
            },
            is_chosen: true,
        });
    }

    /// Notes after which rows the program asks for an address.
    fn ask(&mut self, rows: &[Row], subjects: &Subjects) {
        let mut wanted = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let Told::Call(call) = &row.what else {
                continue;
            };
            let transport = subjects.get(row.conn).map(|subject| subject.transport);
            let (Some(transport), Some(to)) =
                (transport, target(&call.call).filter(|to| to.port() != 0))
            else {
                continue;
            };
            wanted.extend(self.find(transport, to, at).map(|known| known.owner));
        }
        for known in self.known.iter().filter(|known| known.is_chosen) {
            let is_server = subjects
                .get(known.owner.conn)
                .is_some_and(|it| matches!(it.role, Role::Listener | Role::Datagram));
            if is_server || wanted.contains(&known.owner) {
                let row = listens_at(rows, known.since);
                let owners = self.asked.entry(row).or_default();
                if !owners.contains(&known.owner) {
                    owners.push(known.owner);
                }
            }
        }
    }

    /// Who had that address when the call of that row was made.
    fn find(&self, transport: Transport, to: SocketAddr, row: usize) -> Option<&Known> {
        let fits = |known: &&Known| {
            let any = known.at.ip().is_unspecified();
            let same = known.at.ip() == to.ip() || any;
            known.transport == transport
                && known.since < row
                && known.at.port() == to.port()
                && same
        };
        let found = self.known.iter().filter(fits);
        found
            .max_by_key(|known| known.since)
            .filter(|known| known.is_chosen)
    }

    /// How the address of a call is spelled where the kernel chose its port.
    pub(super) fn place(
        &self,
        transport: Transport,
        call: &Syscall,
        row: usize,
        subjects: &Subjects,
    ) -> Option<Place> {
        let to = target(call).filter(|to| to.port() != 0)?;
        let known = self.find(transport, to, row)?;
        let name = subjects.variable(known.owner);
        Some(if known.at.ip() == to.ip() {
            Place::Same(name)
        } else {
            Place::Near(to.ip(), name)
        })
    }

    /// Whether a call goes to a lab peer.
    pub(super) fn is_to_lab(&self, call: &Syscall) -> bool {
        target(call).is_some_and(|to| self.labs.contains(&to))
    }

    /// Whether the `socket` of that row is the listener of a pair.
    pub(super) fn is_helper(&self, row: usize) -> bool {
        self.helpers.contains(&row)
    }
}

/// The row of the `listen` that follows a `bind` at once, before which nobody is told where to connect; else its own.
fn listens_at(rows: &[Row], bind: usize) -> usize {
    let is_listen = |row: &Row| matches!(&row.what, Told::Call(call) if matches!(call.call, Syscall::Listen { .. }));
    let conn = rows.get(bind).map(|row| row.conn);
    let mut own = rows
        .iter()
        .enumerate()
        .skip(bind)
        .take_while(|(_, row)| Some(row.conn) == conn);
    own.find(|(_, row)| is_listen(row))
        .map_or(bind, |(at, _)| at)
}
