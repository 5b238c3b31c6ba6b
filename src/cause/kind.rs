//! The right call on the wrong kind of socket: `ENOTCONN`, `EISCONN`, `EINVAL`, `EOPNOTSUPP`.

use super::Rule;
use super::case::{Case, Found};
use super::reset::{self, broken_before};
use crate::event::{Dir, Role, Syscall};
use crate::session::Turn;

pub(super) const RULES: &[Rule] = &[
    Rule {
        slug: "not-conn-listener",
        about: &["ENOTCONN"],
        find: listener,
    },
    Rule {
        slug: "broken-before",
        about: &["ENOTCONN"],
        find: broken_before,
    },
    Rule {
        slug: "not-conn-reset",
        about: &["ENOTCONN"],
        find: thrown_away,
    },
    Rule {
        slug: "not-conn-over",
        about: &["ENOTCONN"],
        find: over,
    },
    Rule {
        slug: "not-conn-never",
        about: &["ENOTCONN"],
        find: never,
    },
    Rule {
        slug: "is-conn",
        about: &["EISCONN"],
        find: connected,
    },
    Rule {
        slug: "no-listener",
        about: &["EINVAL"],
        find: no_listener,
    },
    Rule {
        slug: "listen-connected",
        about: &["EINVAL"],
        find: listen_connected,
    },
    Rule {
        slug: "urgent-inline",
        about: &["EINVAL"],
        find: urgent_inline,
    },
    Rule {
        slug: "urgent-none",
        about: &["EINVAL"],
        find: urgent_none,
    },
    Rule {
        slug: "bad-value",
        about: &["EINVAL"],
        find: bad_value,
    },
    Rule {
        slug: "datagrams-wait-for-nobody",
        about: &["EOPNOTSUPP"],
        find: datagrams,
    },
    Rule {
        slug: "urgent-kind",
        about: &["EOPNOTSUPP"],
        find: urgent_kind,
    },
    Rule {
        slug: "no-such-option",
        about: &["ENOPROTOOPT", "EOPNOTSUPP"],
        find: no_option,
    },
];

fn listener(case: &Case<'_>) -> Option<Found> {
    let listens = case.own(|turn| turn == Turn::Listening);
    let listens = listens.filter(|_| case.own.role == Role::Listener)?;
    Some(Found::certain().text(case.name()).at(listens))
}

/// A reset came that no call of this socket has met yet.
fn thrown_away(case: &Case<'_>) -> Option<Found> {
    let other = case.other.filter(|_| case.own.connected)?;
    let closed = case.closed(other.id)?;
    let resets = case.resets(other.id) || closed.unread > 0;
    let found = Found::certain().text(&other.name).at(closed);
    resets.then(|| reset::over(case, found))
}

fn over(case: &Case<'_>) -> Option<Found> {
    let (read, written) = (case.over(Dir::In)?, case.over(Dir::Out)?);
    let last = if read.seq > written.seq {
        read
    } else {
        written
    };
    Some(Found::certain().text(case.name()).at(last))
}

fn never(case: &Case<'_>) -> Option<Found> {
    let never = case.own(|turn| turn == Turn::Connected).is_none() && case.own.peer.is_none();
    never.then(|| Found::certain().text(case.name()))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of every rule")]
fn connected(case: &Case<'_>) -> Option<Found> {
    let point = case.own(|turn| turn == Turn::Connected);
    let found = Found::certain().text(case.name());
    Some(match point {
        Some(point) => found.at(point),
        None => found,
    })
}

fn no_listener(case: &Case<'_>) -> Option<Found> {
    let accepts = case.call.call == Syscall::Accept;
    accepts.then(|| Found::certain().text(case.name()))
}

fn listen_connected(case: &Case<'_>) -> Option<Found> {
    let listens = matches!(case.call.call, Syscall::Listen { .. });
    (listens && case.own.connected).then(|| Found::certain().text(case.name()))
}

fn is_urgent_recv(case: &Case<'_>) -> bool {
    matches!(&case.call.call, Syscall::Recv { flags, .. } if flags.oob)
}

/// Urgent bytes that stay in the stream cannot be asked for apart (tcp(7), `SO_OOBINLINE`).
fn urgent_inline(case: &Case<'_>) -> Option<Found> {
    let set = case.own(|turn| turn == Turn::Set("oobinline"));
    let set = set.filter(|_| is_urgent_recv(case))?;
    let is_on = case.value(set.seq).as_deref() == Some("on");
    is_on.then(|| Found::certain().at(set))
}

fn urgent_none(case: &Case<'_>) -> Option<Found> {
    is_urgent_recv(case).then(Found::certain)
}

fn bad_value(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::SetOption { name, value } => Some(Found::certain().text(value).text(name)),
        _ => None,
    }
}

fn datagrams(case: &Case<'_>) -> Option<Found> {
    let waits = matches!(case.call.call, Syscall::Accept | Syscall::Listen { .. });
    let fits = waits && case.own.transport.is_connectionless();
    fits.then(|| Found::certain().text(case.name()))
}

fn urgent_kind(case: &Case<'_>) -> Option<Found> {
    let is_urgent = match &case.call.call {
        Syscall::Send { flags, .. } | Syscall::Recv { flags, .. } => flags.oob,
        _ => false,
    };
    is_urgent.then(|| Found::certain().text(case.own.transport.scheme()))
}

fn no_option(case: &Case<'_>) -> Option<Found> {
    match &case.call.call {
        Syscall::SetOption { name, .. } | Syscall::GetOption { name } => {
            let scheme = case.own.transport.scheme();
            Some(Found::certain().text(name).text(scheme))
        }
        _ => None,
    }
}
