//! What came out well and has its reason at the other end: who was met by `connect` and `accept`, and bytes that the
//! kernel took for a peer that is gone.

use super::Rule;
use super::case::{Case, Found};
use crate::event::{Outcome, Role};
use crate::session::Turn;

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "sent-in-vain",
        about: &["vain"],
        find: in_vain,
    },
    Rule {
        slug: "met-listener",
        about: &["connected"],
        find: listener,
    },
    Rule {
        slug: "met-caller",
        about: &["accepted"],
        find: caller,
    },
];

fn in_vain(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let ended = case.closed(other.id).or_else(|| case.killed(other))?;
    Some(Found::certain().text(&other.name).at(ended))
}

fn listener(case: &Case<'_>) -> Option<Found> {
    let to = case
        .address()
        .filter(|_| !case.own.transport.is_connectionless())?;
    let listener = case.holder(to, |conn| conn.role == Role::Listener && case.is_open(conn))?;
    let listens = case.newest(listener.id, |turn| turn == Turn::Listening)?;
    Some(Found::certain().text(&listener.name).at(listens))
}

fn caller(case: &Case<'_>) -> Option<Found> {
    let Outcome::Accepted { conn, .. } = &case.call.outcome else {
        return None;
    };
    let made = case.session.conn(*conn)?;
    let caller = case.session.conn(made.twin?)?;
    let joined = case.newest(caller.id, |turn| {
        matches!(turn, Turn::Connected | Turn::Asked)
    })?;
    Some(Found::certain().text(&caller.name).at(joined))
}
