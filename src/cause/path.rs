//! Paths of unix sockets: names that nobody has, or that belong to a socket of another kind (unix(7)).

use super::Rule;
use super::case::{Case, Found};
use crate::endpoint::Address;
use crate::session::Turn;

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "path-closed",
        about: &["ENOENT"],
        find: closed,
    },
    Rule {
        slug: "path-free",
        about: &["ENOENT"],
        find: free,
    },
    Rule {
        slug: "path-kind",
        about: &["EPROTOTYPE"],
        find: other_kind,
    },
];

fn target<'a>(case: &'a Case<'_>) -> Option<&'a Address> {
    case.address().filter(|_| case.own.transport.is_unix())
}

/// A socket of ours was there and took its path away when it was closed.
fn closed(case: &Case<'_>) -> Option<Found> {
    let at = target(case)?;
    let holder = case.holder(at, |conn| !case.is_open(conn))?;
    let closed = case.closed(holder.id)?;
    Some(Found::certain().text(&holder.name).at(closed))
}

fn free(case: &Case<'_>) -> Option<Found> {
    Some(Found::certain().text(target(case)?))
}

fn other_kind(case: &Case<'_>) -> Option<Found> {
    let at = target(case)?;
    let mut conns = case.session.conns().iter().rev();
    let holder = conns.find(|conn| conn.local.as_ref() == Some(at) && case.is_open(conn));
    let found = Found::certain().text(at);
    let bound = holder.and_then(|holder| case.newest(holder.id, |turn| turn == Turn::Bound));
    Some(match bound {
        Some(bound) => found.at(bound),
        None => found,
    })
}
