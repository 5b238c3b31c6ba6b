//! No way there: this machine knows no route, or somebody on the way said that there is none (icmp(7)).

use super::Rule;
use super::case::{Case, Found};
use crate::endpoint::Address;
use crate::event::Syscall;

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
    Rule {
        slug: "no-way-kept",
        about: &["EINVAL"],
        find: thrown_away,
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

/// The call failed at once, and there is nothing wrong with the address: the route is a blackhole (ip-route(8)). IPv6
/// of the link itself wants a zone instead.
fn thrown_away(case: &Case<'_>) -> Option<Found> {
    let Syscall::Connect(to @ Address::Inet(at)) = &case.call.call else {
        return None;
    };
    let wants_zone = matches!(at, std::net::SocketAddr::V6(at)
        if at.ip().is_unicast_link_local() && at.scope_id() == 0);
    let is_at_once = case.call.blocked.is_none() && !case.own.connected && !wants_zone;
    is_at_once.then(|| Found::likely().text(&to.typed_short(case.own.transport)))
}
