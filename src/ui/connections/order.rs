//! The order of all sockets: those that a listener made stand beneath it, and a sorted column orders the sockets of
//! each listener, and the listeners by what all of theirs have together. It filters and folds nothing.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use super::columns::{Column, Kind};
use crate::endpoint::Address;
use crate::event::{ConnId, Role};
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

/// What is compared; all of a column are of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Number(u64),
    Text(Cow<'a, str>),
    Ends([End<'a>; 2]),
}

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
    let mut group_of = vec![ALONE; conns.len()];
    let mut heads = Vec::new();
    for conn in conns {
        if conn.role == Role::Listener
            && let Some(group) = group_of.get_mut(conn.id.0 as usize)
        {
            *group = u32::try_from(groups.len()).unwrap_or(ALONE);
            groups.push(Vec::new());
        }
        let parent = conn.parent.filter(|_| conn.role != Role::Listener);
        let group = parent.and_then(|parent| group_of.get(parent.0 as usize));
        match group.and_then(|group| groups.get_mut(*group as usize)) {
            Some(group) => group.push(conn.id),
            None => heads.push(conn.id),
        }
    }
    let group = |head: ConnId| group_of.get(head.0 as usize).copied().unwrap_or(ALONE) as usize;
    if let Some(sort) = sort {
        for children in &mut groups {
            sort_by(children, sort, |child| {
                key(session, child, sort.column, now)
            });
        }
        sort_by(&mut heads, sort, |head| {
            let own = key(session, head, sort.column, now);
            match (groups.get(group(head)), own) {
                (Some(children), Key::Number(own)) if sort.column.is_summed() => {
                    Key::Number(own + sum(session, children, sort.column, now))
                }
                (_, own) => own,
            }
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

fn sort_by<'a>(conns: &mut Vec<ConnId>, sort: Sort, key: impl Fn(ConnId) -> Key<'a>) {
    let mut keyed: Vec<(Key<'a>, ConnId)> = conns.iter().map(|conn| (key(*conn), *conn)).collect();
    // Both ways stable: equal sockets never change places.
    if sort.falls {
        keyed.sort_by(|(one, _), (other, _)| other.cmp(one));
    } else {
        keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
    }
    conns.clear();
    conns.extend(keyed.into_iter().map(|(_, conn)| conn));
}

fn sum(session: &Session, conns: &[ConnId], column: &Column, now: Duration) -> u64 {
    let keys = conns.iter().map(|conn| key(session, *conn, column, now));
    keys.map(|key| match key {
        Key::Number(number) => number,
        _ => 0,
    })
    .sum()
}

fn key<'a>(session: &'a Session, id: ConnId, column: &Column, now: Duration) -> Key<'a> {
    let Some(conn) = session.conn(id) else {
        return Key::Number(0);
    };
    match column.kind {
        Kind::Name => Key::Text(Cow::Borrowed(&conn.name)),
        Kind::Address => Key::Ends([end(conn.local.as_ref()), end(conn.peer.as_ref())]),
        Kind::State => Key::Text(Cow::Borrowed(conn.state.name())),
        Kind::Moved(dir) => Key::Number(conn.moved(dir)),
        Kind::Rate(dir) => Key::Number(conn.rate(dir).sum(now)),
        Kind::Waiting => Key::Number(waiting(conn)),
        Kind::Unsent => Key::Number(unsent(conn)),
        Kind::Age => Key::Number(u64::try_from(conn.age(now).as_micros()).unwrap_or(u64::MAX)),
        Kind::Frame => Key::Text(Cow::Owned(frame(session, conn))),
    }
}

fn end(address: Option<&Address>) -> End<'_> {
    match address {
        None | Some(Address::Unnamed) => End::Nowhere,
        Some(Address::Inet(end)) => End::Inet(end.ip(), end.port()),
        Some(Address::Path(name) | Address::Abstract(name)) => End::Name(name),
    }
}

/// Bytes, or connections, that wait in the kernel for us to take them.
pub(in crate::ui) fn waiting(conn: &Conn) -> u64 {
    conn.fact.waiting.map_or(0, u64::from)
}

/// Bytes that no kernel has sent yet: those that the program still holds, and those that its kernel does.
pub(in crate::ui) fn unsent(conn: &Conn) -> u64 {
    conn.queued + conn.fact.unsent.map_or(0, u64::from)
}

/// The framing of what comes in.
pub(in crate::ui) fn frame(session: &Session, conn: &Conn) -> String {
    use crate::event::Dir;
    if conn.role == Role::Listener {
        return String::new();
    }
    let lane = session.lane(conn.id, Dir::In).map(Lane::rule);
    lane.map(crate::framing::Cut::words).unwrap_or_default()
}
