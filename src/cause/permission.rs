//! `EACCES` and `EPERM`: what this user may not do: low ports, everybody's address, a path, an option.

use super::Rule;
use super::case::{Case, Found};
use crate::endpoint::Address;
use crate::event::{Syscall, What};
use crate::session::Turn;

/// Ports below this one need a capability, where nobody told otherwise (ip(7), `ip_unprivileged_port_start`).
const LOW_PORTS: u16 = 1024;

/// How the net notes what the system was told.
const LIMIT: &str = "net.ipv4.ip_unprivileged_port_start = ";

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "low-port",
        about: &["EACCES", "EPERM"],
        find: low_port,
    },
    Rule {
        slug: "broadcast",
        about: &["EACCES"],
        find: broadcast,
    },
    Rule {
        slug: "path-forbidden",
        about: &["EACCES", "EPERM"],
        find: path,
    },
    Rule {
        slug: "option-forbidden",
        about: &["EACCES", "EPERM"],
        find: option,
    },
    Rule {
        slug: "firewall",
        about: &["EACCES", "EPERM"],
        find: firewall,
    },
];

fn low_port(case: &Case<'_>) -> Option<Found> {
    let Syscall::Bind(Address::Inet(at)) = &case.call.call else {
        return None;
    };
    let limit = case.asked(|what| match what {
        What::Note(text) => text.strip_prefix(LIMIT)?.parse().ok(),
        _ => None,
    });
    let (found, limit) = match limit {
        Some((_, limit)) => (Found::certain(), limit),
        None => (Found::likely(), LOW_PORTS),
    };
    let found = found.text(&at.port()).text(&limit);
    (1..limit).contains(&at.port()).then_some(found)
}

/// A datagram to everybody, which must be allowed before (ip(7), `SO_BROADCAST`).
fn broadcast(case: &Case<'_>) -> Option<Found> {
    let peer = case.own.peer.as_ref();
    let to = case.address().or(peer)?;
    let is_bind = matches!(case.call.call, Syscall::Bind(_));
    let is_datagram = case.own.transport.is_connectionless() && !case.own.transport.is_unix();
    let allowed = case.own(|turn| turn == Turn::Set("broadcast"));
    let is_allowed = allowed.is_some_and(|set| case.value(set.seq).as_deref() == Some("on"));
    let fits = is_datagram && !is_bind && !is_allowed;
    let is_all = matches!(to, Address::Inet(to) if is_broadcast(to.ip()));
    match (fits, is_all) {
        (false, _) => None,
        (true, true) => Some(Found::certain().text(to)),
        // The broadcast address of a network looks like any other.
        (true, false) => Some(Found::likely().text(to)),
    }
}

fn is_broadcast(ip: std::net::IpAddr) -> bool {
    matches!(ip, std::net::IpAddr::V4(ip) if ip.is_broadcast())
}

fn path(case: &Case<'_>) -> Option<Found> {
    let at = case.address().filter(|_| case.own.transport.is_unix())?;
    Some(Found::certain().text(at))
}

fn option(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::SetOption { name, .. } => Some(Found::certain().text(name)),
        _ => None,
    }
}

fn firewall(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::Connect(_) | Syscall::Send { .. } => Some(Found::likely()),
        _ => None,
    }
}
