//! No way there: this machine knows no route, or somebody on the way said that there is none (icmp(7)).

use super::Rule;
use super::case::{Case, Found};

const ABOUT: &[&str] = &["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENONET"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "no-way-told",
        about: ABOUT,
        find: told,
    },
    Rule {
        slug: "no-way-known",
        about: &["ENETUNREACH", "EHOSTUNREACH"],
        find: known,
    },
];

/// The call had waited, or the connection stood: the news came from outside, or nobody answered to ARP.
fn told(case: &Case<'_>) -> Option<Found> {
    let to = case.address().or(case.own.peer.as_ref())?;
    let waited = case.call.blocked.is_some() || case.own.connected;
    waited.then(|| Found::likely().text(&to.typed_short(case.own.transport)))
}

/// The call failed at once: this kernel itself has no way.
fn known(case: &Case<'_>) -> Option<Found> {
    let to = case.address().or(case.own.peer.as_ref())?;
    Some(Found::certain().text(&to.typed_short(case.own.transport)))
}
