//! `ECONNRESET`: a reset came, and who sent it. The kernel resets for a program that throws the connection away, that
//! closes without having read all, or that is gone when more comes (RFC 9293, section 3.10.7; `tcp_close` in Linux).

use super::Rule;
use super::case::{Case, Found, collide};
use crate::event::Role;
use crate::session::{Conn, Turn};

/// What a reset is called on the wire.
pub(super) const RST: &str = "RST";

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "broken-before",
        about: &["ECONNRESET"],
        find: broken_before,
    },
    Rule {
        slug: "reset-abort",
        about: &["ECONNRESET"],
        find: abort,
    },
    Rule {
        slug: "reset-unread",
        about: &["ECONNRESET"],
        find: unread,
    },
    Rule {
        slug: "reset-vain",
        about: &["ECONNRESET"],
        find: vain,
    },
    Rule {
        slug: "reset-killed",
        about: &["ECONNRESET"],
        find: killed,
    },
    Rule {
        slug: "reset-closed",
        about: &["ECONNRESET"],
        find: closed,
    },
    Rule {
        slug: "reset-unaccepted",
        about: &["ECONNRESET"],
        find: unaccepted,
    },
    Rule {
        slug: "reset-peer",
        about: &["ECONNRESET"],
        find: peer,
    },
];

/// `Some(RST)` where a reset goes over a wire, which it does not between sockets of the file system.
pub(super) fn over(case: &Case<'_>, found: Found) -> Found {
    if case.own.transport.is_unix() {
        found
    } else {
        found.over(RST)
    }
}

/// What broke before is met again.
pub(super) fn broken_before(case: &Case<'_>) -> Option<Found> {
    let (point, errno) = case.broke()?;
    Some(Found::certain().text(errno.name()).at(point))
}

pub(super) fn abort(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let closed = case.closed(other.id).filter(|_| case.resets(other.id))?;
    Some(over(case, Found::certain().text(&other.name).at(closed)))
}

pub(super) fn unread(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let closed = case.closed(other.id).filter(|point| point.unread > 0)?;
    let found = Found::certain().text(&other.name).bytes(closed.unread);
    Some(over(case, found.at(closed)))
}

pub(super) fn vain(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let sent = case.own(|turn| turn == Turn::InVain)?;
    let found = Found::certain().text(case.name()).text(&other.name);
    Some(over(case, found.at(sent)))
}

/// The kernel closes for a program that is killed: with bytes unread, or before more of them come.
pub(super) fn killed(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let killed = case.killed(other)?;
    Some(over(case, Found::certain().text(&other.name).at(killed)))
}

fn closed(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let closed = case.closed(other.id)?;
    Some(over(case, Found::certain().text(&other.name).at(closed)))
}

/// The listener whose waiting room it sat in is closed.
fn unaccepted(case: &Case<'_>) -> Option<Found> {
    let to = case.own.peer.as_ref().filter(|_| case.other.is_none())?;
    let is_gone = |conn: &Conn| conn.role == Role::Listener && !case.is_open(conn);
    let listener = case.holder(to, is_gone)?;
    let at = listener.local.as_ref()?;
    let closed = case.closed(listener.id).filter(|_| collide(at, to))?;
    let joined = case.own(|turn| turn == Turn::Connected)?;
    let waited = joined.seq < closed.seq;
    let found = Found::certain().text(&listener.name).text(case.name());
    waited.then(|| over(case, found.at(closed)))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of every rule")]
fn peer(case: &Case<'_>) -> Option<Found> {
    Some(over(case, Found::likely()))
}
