//! `EADDRINUSE`: who holds the address, and since when. Of what is not of this session the kernel's table of sockets
//! tells, which was asked behind the refusal.

use std::time::Duration;

use super::Rule;
use super::case::{Case, Found};
use crate::endpoint::Address;
use crate::event::{Held, Holder, Syscall};
use crate::session::{Conn, Turn};

/// How long Linux keeps the end of a connection that closed first (`TCP_TIMEWAIT_LEN`).
const TIME_WAIT: Duration = Duration::from_secs(60);

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "in-use-path",
        about: &["EADDRINUSE"],
        find: path,
    },
    Rule {
        slug: "in-use-here",
        about: &["EADDRINUSE"],
        find: here,
    },
    Rule {
        slug: "in-use-time-wait",
        about: &["EADDRINUSE"],
        find: time_wait,
    },
    Rule {
        slug: "in-use-program",
        about: &["EADDRINUSE"],
        find: program,
    },
    Rule {
        slug: "in-use-user",
        about: &["EADDRINUSE"],
        find: user,
    },
    Rule {
        slug: "in-use-wait",
        about: &["EADDRINUSE"],
        find: wait,
    },
    Rule {
        slug: "in-use-elsewhere",
        about: &["EADDRINUSE"],
        find: elsewhere,
    },
];

/// The address that somebody has: named by the call, or the socket's own.
fn wanted<'a>(case: &'a Case<'_>) -> Option<&'a Address> {
    match &case.call.call {
        Syscall::Bind(at) => Some(at),
        _ => case.own.local.as_ref(),
    }
}

fn open_holder<'a>(case: &Case<'a>) -> Option<&'a Conn> {
    case.holder(wanted(case)?, |conn| case.is_open(conn))
}

/// Since when it has the address.
fn taken(case: &Case<'_>, holder: &Conn) -> (u64, Duration) {
    let bound = case.oldest(holder.id, |turn| {
        matches!(turn, Turn::Bound | Turn::Connected)
    });
    bound.map_or((holder.seq, holder.opened), |point| (point.seq, point.at))
}

fn here(case: &Case<'_>) -> Option<Found> {
    let holder = open_holder(case)?;
    let (seq, at) = taken(case, holder);
    let since = case.at.saturating_sub(at);
    let found = Found::certain().text(&holder.name).time(since);
    Some(found.event(seq))
}

/// A path that is no socket of ours, or is not one any more.
fn path(case: &Case<'_>) -> Option<Found> {
    let at = wanted(case).filter(|_| case.own.transport.is_unix())?;
    match open_holder(case) {
        None => Some(Found::certain().text(at)),
        Some(_) => None,
    }
}

/// A connection of ours that lingers: the newest that may still do.
fn time_wait(case: &Case<'_>) -> Option<Found> {
    let lingers = |conn: &Conn| {
        let left = conn
            .closed
            .filter(|_| conn.connected)
            .and_then(|closed| (closed + TIME_WAIT).checked_sub(case.at));
        left.is_some_and(|left| left > Duration::ZERO) && !case.is_open(conn)
    };
    let conn = case.holder(wanted(case)?, lingers)?;
    let closed = case.closed(conn.id)?;
    let at_most = (closed.at + TIME_WAIT).saturating_sub(case.at);
    let (found, left) = match told(case) {
        Some(holder) => (Found::certain(), left(holder)?),
        None => (Found::likely(), at_most),
    };
    Some(found.text(&conn.name).time(left).at(closed))
}

/// How long the kernel keeps it yet, where no program has it any more.
fn left(holder: &Holder) -> Option<Duration> {
    let left = holder.left_ms.filter(|_| holder.uid.is_none())?;
    Some(Duration::from_millis(left.into()))
}

/// Who has it, as the kernel told.
fn told<'a>(case: &Case<'a>) -> Option<&'a Holder> {
    let holder = case.own.holder.as_deref();
    holder.filter(|holder| holder.of == Held::Address)
}

fn program(case: &Case<'_>) -> Option<Found> {
    let holder = told(case)?;
    let found = Found::certain().text(holder.program.as_ref()?);
    Some(found.text(&holder.pid?))
}

fn user(case: &Case<'_>) -> Option<Found> {
    let holder = told(case)?;
    Some(Found::certain().text(&holder.uid?))
}

/// No program has the socket any more.
fn wait(case: &Case<'_>) -> Option<Found> {
    let holder = told(case)?;
    let found = Found::certain().text(holder.state.name());
    Some(found.time(left(holder)?))
}

fn elsewhere(case: &Case<'_>) -> Option<Found> {
    Some(Found::likely().text(&wanted(case)?.typed_short(case.own.transport)))
}
