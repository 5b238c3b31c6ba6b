//! The order of all sockets: those that a listener or a tap made stand beneath it, a conversation in one row. A sorted
//! column orders the sockets of each, and those that made them by what all of theirs have together. It filters and
//! folds nothing.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::columns::{Column, Kind};
use crate::endpoint::Address;
use crate::event::{ConnId, Dir, Role};
use crate::session::{Conn, Lane, Session};

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) struct Row {
    /// Whose.
    pub(in crate::ui) conn: ConnId,
    /// Whether it stands beneath its listener.
    pub(in crate::ui) is_child: bool,
}

/// By which column the table is sorted.
#[derive(Clone, Copy, Debug)]
pub(in crate::ui) struct Sort {
    pub(in crate::ui) column: &'static Column,
    /// The largest first.
    pub(in crate::ui) falls: bool,
}

/// What is compared first: a number, or as much of a text or of two addresses as it holds. A hundred thousand of these
/// are sorted within a frame, where texts that lie all over the memory are not.
type Lead = u128;

/// Of two addresses that no [`Lead`] holds.
const LONG: Lead = 1 << 127;

/// An address as it is sorted: by its numbers, not by their digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End<'a> {
    Nowhere,
    Inet(IpAddr, u16),
    Name(&'a [u8]),
}

/// A listener without a group.
const ALONE: u32 = u32::MAX;

/// All sockets in order; without a column in that of their creation. Equal ones keep that order, too.
pub(in crate::ui) fn arrange(session: &Session, sort: Option<Sort>, now: Duration) -> Vec<Row> {
    let conns = session.conns();
    // Sockets beneath each listener, and the number of its group by that of the listener.
    let mut groups: Vec<Vec<ConnId>> = Vec::new();
    let mut group_of: HashMap<ConnId, u32> = HashMap::new();
    let mut heads = Vec::new();
    for conn in conns.iter() {
        if conn.role.is_maker() {
            let group = u32::try_from(groups.len()).unwrap_or(ALONE);
            group_of.insert(conn.id, group);
            groups.push(Vec::new());
        }
        if conn.is_beyond() {
            // The client's side stands for the whole conversation.
            continue;
        }
        let parent = conn.parent.filter(|_| !conn.role.is_maker());
        let group = parent.and_then(|parent| group_of.get(&parent));
        match group.and_then(|group| groups.get_mut(*group as usize)) {
            Some(group) => group.push(conn.id),
            None => heads.push(conn.id),
        }
    }
    let group = |head: ConnId| group_of.get(&head).copied().unwrap_or(ALONE) as usize;
    if let Some(sort) = sort {
        let own = |conn| lead(session, conn, sort.column, now);
        for children in &mut groups {
            sort_by(session, children, sort, own);
        }
        sort_by(session, &mut heads, sort, |head| {
            let children = groups.get(group(head)).filter(|_| sort.column.is_summed());
            own(head)
                + children
                    .into_iter()
                    .flatten()
                    .map(|child| own(*child))
                    .sum::<Lead>()
        });
    }
    let mut rows = Vec::with_capacity(conns.len());
    for conn in heads {
        rows.push(Row {
            conn,
            is_child: false,
        });
        let children = groups.get(group(conn)).into_iter().flatten();
        rows.extend(children.map(|conn| Row {
            conn: *conn,
            is_child: true,
        }));
    }
    rows
}

fn sort_by(session: &Session, conns: &mut Vec<ConnId>, sort: Sort, lead: impl Fn(ConnId) -> Lead) {
    let mut keyed: Vec<(Lead, ConnId)> = conns.iter().map(|conn| (lead(*conn), *conn)).collect();
    // Numbers that are equal are equal: no socket is looked at again for them.
    let is_cut = matches!(sort.column.kind, Kind::Name | Kind::Address);
    let tie = |one, other| {
        let order = is_cut.then(|| break_tie(session, one, other, sort.column));
        order.unwrap_or(Ordering::Equal)
    };
    // Both ways stable: equal sockets never change places.
    keyed.sort_by(|(a, one), (b, other)| {
        let order = a.cmp(b).then_with(|| tie(*one, *other));
        if sort.falls { order.reverse() } else { order }
    });
    conns.clear();
    conns.extend(keyed.into_iter().map(|(_, conn)| conn));
}

fn lead(session: &Session, id: ConnId, column: &Column, now: Duration) -> Lead {
    let Some(conn) = session.conn(id) else {
        return 0;
    };
    match column.kind {
        Kind::Name => beginning(&conn.name),
        Kind::Address => ends(conn).map_or(LONG, |[local, peer]| local << 64 | peer),
        Kind::State => beginning(conn.state.name()),
        Kind::Moved(dir) => conn.moved(dir).into(),
        Kind::Rate(dir) => conn.rate(dir).sum(now).into(),
        Kind::Waiting => waiting(session, conn).into(),
        Kind::Unsent => unsent(session, conn).into(),
        Kind::Age => conn.age(now).as_micros(),
        Kind::Owner => beginning(conn.owner.word()),
        Kind::Frame => beginning(&frame(session, conn)),
    }
}

/// The order of two sockets that begin alike.
fn break_tie(session: &Session, one: ConnId, other: ConnId, column: &Column) -> Ordering {
    let (Some(one), Some(other)) = (session.conn(one), session.conn(other)) else {
        return Ordering::Equal;
    };
    match column.kind {
        Kind::Name => one.name.cmp(&other.name),
        Kind::Address => {
            let locals = end(one.local.as_ref()).cmp(&end(other.local.as_ref()));
            locals.then_with(|| end(one.peer.as_ref()).cmp(&end(other.peer.as_ref())))
        }
        _ => Ordering::Equal,
    }
}

/// The first bytes of a text.
fn beginning(text: &str) -> Lead {
    let bytes = text.bytes().chain(std::iter::repeat(0)).take(16);
    bytes.fold(0, |lead, byte| lead << 8 | Lead::from(byte))
}

/// Both addresses as numbers of at most 48 bits; `None` if one is none of IPv4.
fn ends(conn: &Conn) -> Option<[Lead; 2]> {
    let number = |address: Option<&Address>| match address {
        None | Some(Address::Unnamed) => Some(0),
        Some(Address::Inet(SocketAddr::V4(end))) => {
            Some(Lead::from(u32::from(*end.ip())) << 16 | Lead::from(end.port()))
        }
        _ => None,
    };
    Some([number(conn.local.as_ref())?, number(conn.peer.as_ref())?])
}

fn end(address: Option<&Address>) -> End<'_> {
    match address {
        None | Some(Address::Unnamed) => End::Nowhere,
        Some(Address::Inet(end)) => End::Inet(end.ip(), end.port()),
        Some(Address::Path(name) | Address::Abstract(name)) => End::Name(name),
    }
}

/// Bytes, or connections, that wait in the kernel for us to take them; of a conversation on both sides.
pub(in crate::ui) fn waiting(session: &Session, conn: &Conn) -> u64 {
    let sides = [Some(conn), session.far_side(conn.id)]
        .into_iter()
        .flatten();
    let waiting = sides.filter_map(|side| side.fact.waiting);
    waiting.map(u64::from).sum()
}

/// Bytes that no kernel has sent yet: those that the program still holds, and those that its kernel does.
pub(in crate::ui) fn unsent(session: &Session, conn: &Conn) -> u64 {
    let sides = [Some(conn), session.far_side(conn.id)]
        .into_iter()
        .flatten();
    let unsent = sides.map(|side| side.queued + side.fact.unsent.map_or(0, u64::from));
    unsent.sum()
}

/// The framing of what comes in.
pub(in crate::ui) fn frame(session: &Session, conn: &Conn) -> String {
    if conn.role == Role::Listener {
        return String::new();
    }
    let lane = session.lane(conn.id, Dir::In).map(Lane::rule);
    lane.map(crate::framing::Cut::words).unwrap_or_default()
}
