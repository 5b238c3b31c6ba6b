//! What keeps the other end silent although it is there: a cable that is out, a program that is stopped, a descriptor
//! that is forgotten or held by another.

use super::Rule;
use super::case::{Case, Found};
use crate::event::Syscall;
use crate::session::Turn;

pub(super) const WAITS: &[&str] = &["EAGAIN", "blocked"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "unplugged",
        about: &["ETIMEDOUT", "EAGAIN", "blocked"],
        find: unplugged,
    },
    Rule {
        slug: "stopped",
        about: WAITS,
        find: stopped,
    },
    Rule {
        slug: "leaked",
        about: WAITS,
        find: leaked,
    },
    Rule {
        slug: "still-held",
        about: WAITS,
        find: still_held,
    },
];

/// The cable of this connection was pulled and is not plugged in again.
fn unplugged(case: &Case<'_>) -> Option<Found> {
    let cable = |turn| matches!(turn, Turn::Unplugged | Turn::Plugged);
    let out = case.own(cable).filter(|it| it.turn == Turn::Unplugged)?;
    Some(Found::certain().at(out))
}

fn is_recv(case: &Case<'_>) -> bool {
    matches!(case.call.call, Syscall::Recv { .. })
}

/// The program at the other end was stopped; its kernel goes on for it.
fn stopped(case: &Case<'_>) -> Option<Found> {
    let other = case.other.filter(|_| is_recv(case))?;
    let signal = |turn| matches!(turn, Turn::Stopped | Turn::Continued | Turn::Killed);
    let point = case.program(other, signal)?;
    let is_stopped = point.turn == Turn::Stopped;
    is_stopped.then(|| Found::certain().text(&other.name).at(point))
}

fn leaked(case: &Case<'_>) -> Option<Found> {
    let other = case.other.filter(|_| is_recv(case))?;
    let forgotten = case.newest(other.id, |turn| turn == Turn::Leaked)?;
    Some(Found::certain().text(&other.name).at(forgotten))
}

/// One descriptor of the other end was closed, and another keeps the connection.
fn still_held(case: &Case<'_>) -> Option<Found> {
    let other = case
        .other
        .filter(|other| is_recv(case) && case.is_open(other))?;
    case.newest(other.id, |turn| turn == Turn::Duplicated)?;
    let closed = case.newest(other.id, |turn| turn == Turn::Closed)?;
    Some(Found::certain().text(&other.name).at(closed))
}
