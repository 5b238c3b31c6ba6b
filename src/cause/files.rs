//! `EMFILE` and `ENFILE`: no descriptor is left, for this program or for the whole machine.

use super::Rule;
use super::case::{Case, Found};

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "descriptors",
        about: &["EMFILE"],
        find: ours,
    },
    Rule {
        slug: "descriptors-everybody",
        about: &["ENFILE"],
        find: ours,
    },
];

#[expect(clippy::unnecessary_wraps, reason = "the form of every rule")]
fn ours(case: &Case<'_>) -> Option<Found> {
    let conns = case.session.conns().iter();
    let open = conns.filter(|conn| conn.is_open()).count();
    Some(Found::certain().text(&open))
}
