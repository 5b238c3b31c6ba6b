//! `EADDRNOTAVAIL`: an address that this machine does not have, or a port that none is left of.

use super::Rule;
use super::case::{Case, Found};
use crate::event::Syscall;

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "not-here",
        about: &["EADDRNOTAVAIL"],
        find: bind,
    },
    Rule {
        slug: "no-port-left",
        about: &["EADDRNOTAVAIL"],
        find: connect,
    },
];

fn bind(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::Bind(at) => Some(Found::certain().text(at)),
        _ => None,
    }
}

fn connect(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::Connect(to) => Some(Found::likely().text(to)),
        _ => None,
    }
}
