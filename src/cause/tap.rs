//! What a tap does because of its other side: a target that is not reached, and a reset that is passed on. A tap never
//! ends a conversation by itself, so there is always somebody behind it.

use super::Rule;
use super::case::{Case, Found};
use super::reset::over;
use crate::event::Role;
use crate::session::{Conn, Point, Turn};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "tap-nobody",
        about: &["ECONNREFUSED", "ENOENT"],
        find: nobody,
    },
    Rule {
        slug: "tap-no-answer",
        about: &[
            "ETIMEDOUT",
            "EHOSTUNREACH",
            "ENETUNREACH",
            "EHOSTDOWN",
            "ENETDOWN",
            "EACCES",
            "EADDRNOTAVAIL",
        ],
        find: no_answer,
    },
    Rule {
        slug: "tap-not-reached",
        about: &["ECONNRESET"],
        find: not_reached,
    },
    Rule {
        slug: "tap-passed-on",
        about: &["ECONNRESET"],
        find: passed_on,
    },
];

/// The tap on whose behalf the calling socket goes to a target, and the client it does it for.
fn goer<'a>(case: &Case<'a>) -> Option<(&'a Conn, &'a Conn)> {
    let client = case.session.conn(case.own.parent?)?;
    let tap = maker(case, client)?;
    (case.own.role == Role::Client && !case.own.transport.is_connectionless())
        .then_some((tap, client))
}

/// The tap that a client came to.
fn maker<'a>(case: &Case<'a>, client: &Conn) -> Option<&'a Conn> {
    let maker = case.session.conn(client.parent?)?;
    (maker.role == Role::Tap).then_some(maker)
}

/// What the tap's target is, as it was written.
fn target(tap: &Conn) -> Option<String> {
    tap.target.as_ref().map(ToString::to_string)
}

fn nobody(case: &Case<'_>) -> Option<Found> {
    let (tap, client) = goer(case)?;
    case.address()?;
    let found = Found::certain().text(&target(tap)?).text(&client.name);
    Some(found.text(&tap.name))
}

fn no_answer(case: &Case<'_>) -> Option<Found> {
    nobody(case)
}

/// The side of a conversation that goes to the target, seen from the peer of its other side, which is ours.
fn far<'a>(case: &Case<'a>) -> Option<(&'a Conn, &'a Conn)> {
    let near = case.other?;
    maker(case, near)?;
    let far = case.session.conn(near.across?)?;
    Some((near, far))
}

fn failed(case: &Case<'_>, far: &Conn) -> Option<Point> {
    case.newest(far.id, |turn| matches!(turn, Turn::Failed(_)))
}

fn is_connected(case: &Case<'_>, far: &Conn) -> bool {
    case.newest(far.id, |turn| turn == Turn::Connected)
        .is_some()
}

fn not_reached(case: &Case<'_>) -> Option<Found> {
    let (near, far) = far(case)?;
    let tap = maker(case, near)?;
    let failed = failed(case, far).filter(|_| !is_connected(case, far))?;
    let found = Found::certain().text(&tap.name).text(&target(tap)?);
    Some(over(case, found.at(failed)))
}

fn passed_on(case: &Case<'_>) -> Option<Found> {
    let (near, far) = far(case)?;
    let tap = maker(case, near)?;
    let failed = failed(case, far).filter(|_| is_connected(case, far))?;
    let found = Found::certain().text(&tap.name).text(&far.name);
    Some(over(case, found.at(failed)))
}
