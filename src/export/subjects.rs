//! The sockets of a program: their identifiers, and what the acts so far made of them.

use std::collections::{BTreeMap, HashSet};

use super::book::Bearer;
use super::names::identifier;
use crate::endpoint::Transport;
use crate::event::{ConnId, Dir, Owner, Role};
use crate::session::{Conn, Session};

/// A socket.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of their own, each set and read apart"
)]
pub(super) struct Subject {
    pub(super) label: String,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) transport: Transport,
    /// The socket whose descriptor it uses: a client of a tap for datagrams has none of its own.
    pub(super) host: Option<ConnId>,
    /// The other end, where it is ours.
    pub(super) twin: Option<ConnId>,
    /// It is a lab peer's, in another process.
    pub(super) is_lab: bool,
    /// Its other descriptors.
    pub(super) spares: Vec<String>,
    /// Its own descriptor is open.
    pub(super) is_open: bool,
    /// Its variable is there.
    pub(super) is_declared: bool,
    pub(super) is_connected: bool,
    /// The listener of its pair is open.
    pub(super) has_helper: bool,
    pub(super) is_nonblocking: bool,
    pub(super) is_v6: bool,
    /// It has said itself that it sends no more.
    pub(super) is_shut: bool,
    /// The path that it made.
    pub(super) path: Option<Vec<u8>>,
    /// Bytes that it has sent and received so far.
    pub(super) sent: u64,
    pub(super) received: u64,
    /// The calls that sent what its peer has not read.
    pub(super) sends: u64,
}

/// All sockets of the session, by number.
#[derive(Debug)]
pub(super) struct Subjects(BTreeMap<ConnId, Subject>);

impl Subjects {
    pub(super) fn new(session: &Session) -> Self {
        let mut used = HashSet::new();
        let mut all: BTreeMap<ConnId, Subject> = BTreeMap::new();
        for conn in session.conns().iter() {
            let theirs = conn.parent.and_then(|host| all.get(&host));
            let theirs = theirs.filter(|host| is_guest(conn, host));
            let host = conn.parent.filter(|_| theirs.is_some());
            let names = theirs.map(|host| (host.label.clone(), host.name.clone()));
            let (label, name) =
                names.unwrap_or_else(|| (conn.name.clone(), unused(&conn.name, &mut used)));
            let subject = Subject {
                label,
                name,
                host,
                role: conn.role,
                transport: conn.transport,
                twin: conn
                    .twin
                    .filter(|twin| session.conn(*twin).is_some_and(is_ours)),
                is_lab: conn.owner != Owner::Me,
                spares: Vec::new(),
                is_open: false,
                is_declared: false,
                is_connected: false,
                has_helper: false,
                is_nonblocking: false,
                is_v6: false,
                is_shut: false,
                path: None,
                sent: 0,
                received: 0,
                sends: 0,
            };
            all.insert(conn.id, subject);
        }
        Self(all)
    }

    pub(super) fn get(&self, id: ConnId) -> Option<&Subject> {
        self.0.get(&id)
    }

    /// The socket that has the descriptor.
    pub(super) fn host(&self, id: ConnId) -> ConnId {
        self.get(id).and_then(|it| it.host).unwrap_or(id)
    }

    pub(super) fn get_mut(&mut self, id: ConnId) -> Option<&mut Subject> {
        self.0.get_mut(&id)
    }

    /// All, in the order of their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = &Subject> {
        self.0.values()
    }

    /// The identifier of a socket, or of the listener of its pair.
    pub(super) fn variable(&self, owner: Bearer) -> String {
        let name = self.get(owner.conn).map_or("s", |subject| &subject.name);
        if owner.is_helper {
            helper(name)
        } else {
            name.to_owned()
        }
    }

    /// Takes note of bytes that moved.
    pub(super) fn moved(&mut self, id: ConnId, dir: Dir, bytes: u64) {
        let Some(subject) = self.get_mut(id) else {
            return;
        };
        match dir {
            Dir::Out => {
                subject.sent += bytes;
                subject.sends += 1;
            }
            Dir::In => {
                subject.received += bytes;
                let (received, twin) = (subject.received, subject.twin);
                if let Some(twin) = twin.and_then(|twin| self.get_mut(twin))
                    && twin.sent <= received
                {
                    twin.sends = 0;
                }
            }
        }
    }
}

/// Whether it is a client of a tap for datagrams.
fn is_guest(conn: &Conn, host: &Subject) -> bool {
    conn.transport.is_connectionless() && conn.role == Role::Accepted && host.role == Role::Tap
}

fn is_ours(conn: &Conn) -> bool {
    conn.owner == Owner::Me
}

/// The identifier of the listener of a pair.
pub(super) fn helper(name: &str) -> String {
    format!("{name}_listener")
}

/// An identifier that no other socket has, and that is not what the program calls an address or a listener.
fn unused(name: &str, used: &mut HashSet<String>) -> String {
    let mut name = identifier(name);
    if name.ends_with("_at") || name.ends_with("_listener") {
        name.push('_');
    }
    let mut number = 2;
    let stem = name.clone();
    while !used.insert(name.clone()) {
        name = format!("{stem}_{number}");
        number += 1;
    }
    name
}
