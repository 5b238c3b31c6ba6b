//! What datagrams meet: no room in one, nobody to send to, and the refusal of one that was sent before (udp(7)).

use super::Rule;
use super::case::{Case, Found};
use crate::event::Syscall;
use crate::session::Turn;

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "datagram-nobody",
        about: &["ECONNREFUSED"],
        find: nobody,
    },
    Rule {
        slug: "datagram-refused",
        about: &["ECONNREFUSED"],
        find: refused,
    },
    Rule {
        slug: "datagram-large",
        about: &["EMSGSIZE"],
        find: large,
    },
    Rule {
        slug: "datagram-to-whom",
        about: &["EDESTADDRREQ", "ENOTCONN"],
        find: to_whom,
    },
];

/// Between sockets of the file system the call that sends is refused itself.
fn nobody(case: &Case<'_>) -> Option<Found> {
    let transport = case.own.transport;
    if !(transport.is_unix() && transport.is_connectionless()) {
        return None;
    }
    let to = case.address().or(case.own.peer.as_ref())?;
    let gone = case.holder(to, |conn| !case.is_open(conn));
    let closed = gone.or(case.other).and_then(|conn| case.closed(conn.id));
    let found = Found::certain().text(to);
    Some(match closed {
        Some(closed) => found.at(closed),
        None => found,
    })
}

/// The refusal is that of an earlier datagram: on this machine of the newest, elsewhere likely.
fn refused(case: &Case<'_>) -> Option<Found> {
    let sent = case.own(|turn| turn == Turn::Datagram)?;
    let peer = case.own.peer.as_ref()?;
    let found = if peer.is_loopback() {
        Found::certain()
    } else {
        Found::likely()
    };
    Some(
        found
            .text(&peer.typed_short(case.own.transport))
            .at(sent)
            .over("ICMP"),
    )
}

fn large(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::Send { len, .. } => Some(Found::certain().bytes(*len)),
        _ => None,
    }
}

fn to_whom(case: &Case<'_>) -> Option<Found> {
    let is_send = matches!(case.call.call, Syscall::Send { to: None, .. });
    let fits = is_send && case.own.transport.is_connectionless();
    fits.then(|| Found::certain().text(case.name()))
}
