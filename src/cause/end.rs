//! A stream's read of 0: the end, which is no error. Who ended the stream, and by which call.

use super::Rule;
use super::case::{Case, Found};
use super::pipe::{ends_reading, ends_writing};
use super::reset::broken_before;

const FIN: &str = "FIN";

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "broken-before",
        about: &["end"],
        find: broken_before,
    },
    Rule {
        slug: "end-own",
        about: &["end"],
        find: own_shutdown,
    },
    Rule {
        slug: "end-shutdown",
        about: &["end"],
        find: shutdown,
    },
    Rule {
        slug: "end-closed",
        about: &["end"],
        find: closed,
    },
    Rule {
        slug: "end-killed",
        about: &["end"],
        find: killed,
    },
    Rule {
        slug: "end-peer",
        about: &["end"],
        find: peer,
    },
];

fn over(case: &Case<'_>, found: Found) -> Found {
    if case.own.transport.is_unix() {
        found
    } else {
        found.over(FIN)
    }
}

/// The end of our own reading gives 0 only where the other one has not ended: its end comes first.
fn own_shutdown(case: &Case<'_>) -> Option<Found> {
    let shut = case.own(ends_reading)?;
    let ended = case
        .other
        .and_then(|other| case.oldest(other.id, ends_writing));
    let is_first = ended.is_none_or(|ended| ended.seq > shut.seq);
    is_first.then(|| Found::certain().text(case.name()).at(shut))
}

fn shutdown(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let shut = case.oldest(other.id, ends_writing)?;
    Some(over(case, Found::certain().text(&other.name).at(shut)))
}

fn closed(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let closed = case.closed(other.id)?;
    Some(over(case, Found::certain().text(&other.name).at(closed)))
}

/// The kernel closes for a program that ends without having closed.
fn killed(case: &Case<'_>) -> Option<Found> {
    let other = case.other?;
    let killed = case.killed(other)?;
    Some(over(case, Found::certain().text(&other.name).at(killed)))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of every rule")]
fn peer(case: &Case<'_>) -> Option<Found> {
    Some(over(case, Found::certain()))
}
