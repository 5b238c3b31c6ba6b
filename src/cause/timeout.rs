//! `ETIMEDOUT`: nobody answered. How often the kernel tried and for how long, and which option set the limit (tcp(7)).

use super::Rule;
use super::case::{Case, Found};
use crate::event::{Dir, Role, Syscall};
use crate::session::{Lane, Turn};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "timeout-full",
        about: &["ETIMEDOUT"],
        find: full,
    },
    Rule {
        slug: "timeout-tries",
        about: &["ETIMEDOUT"],
        find: tries,
    },
    Rule {
        slug: "timeout-connect",
        about: &["ETIMEDOUT"],
        find: connect,
    },
    Rule {
        slug: "timeout-user",
        about: &["ETIMEDOUT"],
        find: user_timeout,
    },
    Rule {
        slug: "timeout-keepalive",
        about: &["ETIMEDOUT"],
        find: keepalive,
    },
    Rule {
        slug: "timeout-resent",
        about: &["ETIMEDOUT"],
        find: resent,
    },
    Rule {
        slug: "timeout-peer",
        about: &["ETIMEDOUT"],
        find: peer,
    },
];

fn is_connect(case: &Case<'_>) -> bool {
    matches!(case.call.call, Syscall::Connect(_))
}

/// A listener of ours that nobody accepts from: when its waiting room is full it answers no one.
fn full(case: &Case<'_>) -> Option<Found> {
    let to = case.address().filter(|_| is_connect(case))?;
    let listener = case.holder(to, |conn| {
        let (waiting, seats) = (conn.fact.waiting, conn.fact.backlog);
        let is_full = waiting.is_some_and(|waiting| seats.is_none_or(|seats| waiting > seats));
        conn.role == Role::Listener && case.is_open(conn) && !conn.auto && is_full
    })?;
    let listens = case.newest(listener.id, |turn| turn == Turn::Listening)?;
    Some(Found::likely().text(&listener.name).at(listens))
}

fn tries(case: &Case<'_>) -> Option<Found> {
    let waited = case.waited().filter(|_| is_connect(case))?;
    let again = case.resent(case.at.saturating_sub(waited))?;
    Some(Found::certain().text(&(u16::from(again) + 1)).time(waited))
}

fn connect(case: &Case<'_>) -> Option<Found> {
    let waited = case.waited().filter(|_| is_connect(case))?;
    Some(Found::certain().time(waited))
}

/// The value of an option that was set and is not off, with the event.
fn limit(case: &Case<'_>, option: &'static str) -> Option<(u64, String)> {
    let set = case.own(|turn| turn == Turn::Set(option))?;
    let value = case
        .value(set.seq)
        .filter(|value| value != "off" && value != "0")?;
    Some((set.seq, value))
}

/// Certain where nothing else set a limit.
fn user_timeout(case: &Case<'_>) -> Option<Found> {
    let (seq, value) = limit(case, "user-timeout")?;
    let found = if limit(case, "keepalive").is_some() {
        Found::likely()
    } else {
        Found::certain()
    };
    Some(found.text(&milliseconds(&value)).event(seq))
}

fn keepalive(case: &Case<'_>) -> Option<Found> {
    let (seq, value) = limit(case, "keepalive")?;
    let sent = case
        .session
        .lane(case.own.id, Dir::Out)
        .map_or(0, Lane::len);
    // With bytes on their way the retransmissions may have been what ended it.
    let found = if sent == 0 || case.own.fact.in_flight == Some(0) {
        Found::certain()
    } else {
        Found::likely()
    };
    Some(found.text(&value).event(seq))
}

fn resent(case: &Case<'_>) -> Option<Found> {
    let again = case.resent(case.own.opened).filter(|_| !is_connect(case))?;
    Some(Found::certain().text(&again))
}

fn peer(case: &Case<'_>) -> Option<Found> {
    (!is_connect(case)).then(Found::likely)
}

/// Options hold times in milliseconds: `2000` as `2 s`.
fn milliseconds(value: &str) -> String {
    match value.parse::<u64>() {
        Ok(ms) if ms % 1000 == 0 => format!("{} s", ms / 1000),
        _ => format!("{value} ms"),
    }
}
