//! Not an error: `EAGAIN`, `EINPROGRESS`, and the same of a program that waits. What the call waits for.

use super::Rule;
use super::case::{Case, Found};
use super::silence::WAITS;
use crate::event::{ConnId, Outcome, Syscall, What};
use crate::session::Turn;

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "held-back",
        about: WAITS,
        find: held_back,
    },
    Rule {
        slug: "both-wait",
        about: &["blocked"],
        find: both_wait,
    },
    Rule {
        slug: "nothing-came",
        about: WAITS,
        find: nothing_came,
    },
    Rule {
        slug: "buffer-full",
        about: WAITS,
        find: buffer_full,
    },
    Rule {
        slug: "nobody-came",
        about: WAITS,
        find: nobody_came,
    },
    Rule {
        slug: "room-full",
        about: &["EAGAIN"],
        find: room_full,
    },
    Rule {
        slug: "under-way",
        about: &["EINPROGRESS", "blocked"],
        find: under_way,
    },
];

fn is_recv(case: &Case<'_>) -> bool {
    matches!(case.call.call, Syscall::Recv { .. })
}

/// The other end holds back in its program what would be read here.
fn held_back(case: &Case<'_>) -> Option<Found> {
    let other = case.other.filter(|other| other.staged > 0)?;
    let found = Found::certain().text(&other.name).bytes(other.staged);
    is_recv(case).then_some(found)
}

/// Both ends wait for the other to speak.
fn both_wait(case: &Case<'_>) -> Option<Found> {
    let other = case.other.filter(|_| is_recv(case))?;
    let mut waits = other.pending.iter();
    let since = waits.find(|wait| wait.seq != case.seq && reads(case, other.id, wait.seq))?;
    Some(Found::certain().text(&other.name).event(since.seq))
}

fn reads(case: &Case<'_>, id: ConnId, seq: u64) -> bool {
    case.session.event(seq).is_some_and(|event| {
        event.conn == Some(id)
            && matches!(&event.what, What::Call(call)
                if matches!(call.call, Syscall::Recv { .. }) && call.outcome == Outcome::Blocked)
    })
}

fn nothing_came(case: &Case<'_>) -> Option<Found> {
    is_recv(case).then(Found::certain)
}

fn buffer_full(case: &Case<'_>) -> Option<Found> {
    let is_send = matches!(case.call.call, Syscall::Send { .. });
    is_send.then(|| Found::certain().text(case.name()))
}

fn nobody_came(case: &Case<'_>) -> Option<Found> {
    (case.call.call == Syscall::Accept).then(|| Found::certain().text(case.name()))
}

/// `connect` to a socket of the file system does not wait where it may not (unix(7)).
fn room_full(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::Connect(to) if case.own.transport.is_unix() => {
            let listener = case.holder(to, |conn| case.is_open(conn));
            let found = Found::certain().text(to);
            let listens =
                listener.and_then(|it| case.newest(it.id, |turn| turn == Turn::Listening));
            Some(match listens {
                Some(listens) => found.at(listens),
                None => found,
            })
        }
        _ => None,
    }
}

fn under_way(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::Connect(to) => Some(Found::certain().text(&to.typed_short(case.own.transport))),
        _ => None,
    }
}
