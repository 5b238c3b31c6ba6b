//! `EPIPE`: writing where nobody reads. A C program that has not said otherwise is killed by SIGPIPE there (send(2),
//! signal(7)); which end had closed is told here.

use super::Rule;
use super::case::{Case, Found};
use super::reset;
use crate::event::{Errno, How, Role};
use crate::session::Turn;

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "pipe-own",
        about: &["EPIPE", "ESHUTDOWN"],
        find: own_shutdown,
    },
    Rule {
        slug: "broken-before",
        about: &["EPIPE"],
        find: reset::broken_before,
    },
    Rule {
        slug: "reset-abort",
        about: &["EPIPE"],
        find: reset::abort,
    },
    Rule {
        slug: "pipe-listener",
        about: &["EPIPE"],
        find: listener,
    },
    Rule {
        slug: "pipe-unconnected",
        about: &["EPIPE"],
        find: unconnected,
    },
    Rule {
        slug: "reset-unread",
        about: &["EPIPE"],
        find: reset::unread,
    },
    Rule {
        slug: "reset-vain",
        about: &["EPIPE"],
        find: reset::vain,
    },
    Rule {
        slug: "pipe-deaf",
        about: &["EPIPE"],
        find: deaf,
    },
    Rule {
        slug: "pipe-closed",
        about: &["EPIPE"],
        find: closed,
    },
    Rule {
        slug: "reset-killed",
        about: &["EPIPE"],
        find: reset::killed,
    },
    Rule {
        slug: "pipe-peer",
        about: &["EPIPE"],
        find: peer,
    },
];

pub(super) fn ends_writing(turn: Turn) -> bool {
    matches!(turn, Turn::Shut(How::Write | How::Both))
}

pub(super) fn ends_reading(turn: Turn) -> bool {
    matches!(turn, Turn::Shut(How::Read | How::Both))
}

fn own_shutdown(case: &Case<'_>) -> Option<Found> {
    let shut = case.own(ends_writing)?;
    Some(Found::certain().text(case.name()).at(shut))
}

fn listener(case: &Case<'_>) -> Option<Found> {
    let is_listener = case.own.role == Role::Listener;
    let listens = case.own(|turn| turn == Turn::Listening);
    let listens = listens.filter(|_| is_listener)?;
    Some(Found::certain().text(case.name()).at(listens))
}

fn unconnected(case: &Case<'_>) -> Option<Found> {
    let was = case.own.connected || case.own.peer.is_some();
    (!was).then(|| Found::certain().text(case.name()))
}

/// Between sockets of the file system the end of reading is told to who writes.
fn deaf(case: &Case<'_>) -> Option<Found> {
    let other = case.other.filter(|other| other.transport.is_unix())?;
    let shut = case.newest(other.id, ends_reading)?;
    Some(Found::certain().text(&other.name).at(shut))
}

fn closed(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let closed = case.closed(other.id)?;
    Some(Found::certain().text(&other.name).at(closed))
}

fn peer(case: &Case<'_>) -> Option<Found> {
    (case.call.outcome.errno() == Some(Errno::EPIPE)).then(Found::likely)
}
