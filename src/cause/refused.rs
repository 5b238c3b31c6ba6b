//! `ECONNREFUSED` of a connection: the machine answered, and nobody listens there. Datagrams that were refused are told
//! in `datagram`.

use super::Rule;
use super::case::{Case, Found};
use crate::endpoint::Address;
use crate::session::Turn;

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "refused-early",
        about: &["ECONNREFUSED"],
        find: bound_alone,
    },
    Rule {
        slug: "refused-closed",
        about: &["ECONNREFUSED"],
        find: closed,
    },
    Rule {
        slug: "refused-killed",
        about: &["ECONNREFUSED"],
        find: killed,
    },
    Rule {
        slug: "refused-path",
        about: &["ECONNREFUSED"],
        find: path,
    },
    Rule {
        slug: "refused-here",
        about: &["ECONNREFUSED"],
        find: here,
    },
    Rule {
        slug: "refused-there",
        about: &["ECONNREFUSED"],
        find: there,
    },
];

/// Where to, for what has a handshake.
fn target<'a>(case: &'a Case<'_>) -> Option<&'a Address> {
    case.address()
        .filter(|_| !case.own.transport.is_connectionless())
}

fn bound_alone(case: &Case<'_>) -> Option<Found> {
    let at = target(case)?;
    let holder = case.holder(at, |conn| {
        case.is_open(conn) && !case.listens(conn.id) && conn.peer.is_none()
    })?;
    let bound = case.newest(holder.id, |turn| turn == Turn::Bound)?;
    Some(Found::certain().text(&holder.name).at(bound).over("RST"))
}

fn closed(case: &Case<'_>) -> Option<Found> {
    let at = target(case)?;
    let listener = case.holder(at, |conn| !case.is_open(conn) && case.listens(conn.id))?;
    let closed = case.closed(listener.id)?;
    Some(Found::certain().text(&listener.name).at(closed).over("RST"))
}

fn killed(case: &Case<'_>) -> Option<Found> {
    let at = target(case)?;
    let listener = case.holder(at, |conn| case.killed(conn).is_some())?;
    let killed = case.killed(listener)?;
    let found = Found::certain().text(&listener.name);
    Some(found.at(killed).over("RST"))
}

fn path(case: &Case<'_>) -> Option<Found> {
    let at = target(case).filter(|_| case.own.transport.is_unix())?;
    Some(Found::certain().text(at))
}

fn here(case: &Case<'_>) -> Option<Found> {
    target(case).filter(|at| at.is_loopback() || at.is_any())?;
    Some(Found::certain().over("RST"))
}

fn there(case: &Case<'_>) -> Option<Found> {
    target(case).map(|_| Found::likely().over("RST"))
}
