//! What the session knows of a failure beside its errno: which of our own sockets holds the port, which end closed. It
//! tells only what the log holds; without that the errno's own words stand.

use crate::endpoint::Address;
use crate::escape;
use crate::event::{Call, ConnId, Dir, Errno, Held, Holder, Outcome, Role, Syscall};
use crate::locale::Locale;
use crate::session::{Conn, Ending, Session};

/// What replaces the words of a card.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) what: Option<String>,
    pub(super) hint: Option<String>,
}

/// What is known of a failure.
pub(super) fn of(
    locale: &Locale,
    session: &Session,
    conn: ConnId,
    call: &Call,
    errno: Errno,
) -> Told {
    let Some(own) = session.conn(conn) else {
        return Told::default();
    };
    let name = session.name(conn);
    let twin = session.twin(conn).and_then(|twin| session.conn(twin));
    let what = match (errno, &call.call) {
        (Errno::EADDRINUSE, Syscall::Bind(at) | Syscall::Connect(at)) => {
            held(locale, session, own, at).or_else(|| held_elsewhere(locale, own))
        }
        (Errno::EADDRINUSE, Syscall::Listen { .. }) => {
            let at = own.local.as_ref();
            at.and_then(|at| held(locale, session, own, at))
                .or_else(|| held_elsewhere(locale, own))
        }
        (Errno::ECONNREFUSED, Syscall::Connect(at)) => {
            let closed = holder(session, own, at, |conn| !conn.is_open());
            closed.map(|closed| locale.fill("cards.refused-closed", &[&closed]))
        }
        (Errno::EACCES, Syscall::Bind(at)) if is_low_port(at) => {
            return Told {
                what: Some(locale.say("cards.low-port").to_owned()),
                hint: Some(locale.say("cards.low-port-try").to_owned()),
            };
        }
        (Errno::ECONNRESET, _) => twin.map(|twin| locale.fill("cards.reset-by", &[&twin.name])),
        (Errno::ENOTCONN | Errno::EPIPE, _) if own.role == Role::Listener => {
            return Told {
                what: Some(locale.fill("cards.listener-unconnected", &[&name])),
                hint: Some(locale.say("cards.listener-try").to_owned()),
            };
        }
        (Errno::ENOTCONN, _) if own.connected && is_over(session, own) => {
            return Told {
                what: Some(locale.fill("cards.was-connected", &[&name])),
                hint: Some(locale.say("cards.was-connected-try").to_owned()),
            };
        }
        (Errno::EPIPE, _) => broken_pipe(locale, session, own, twin),
        (Errno::EINVAL, Syscall::Accept) if own.role != Role::Listener => {
            Some(locale.fill("cards.no-listener", &[&name]))
        }
        (Errno::ETIMEDOUT, Syscall::Connect(_)) => waited(session, own, call).map(|seconds| {
            let seconds = format!("{seconds:.1}");
            locale.fill("cards.silent-for", &[&seconds])
        }),
        _ => None,
    };
    Told { what, hint: None }
}

/// Who else of this host has the address, as the kernel told behind the call.
fn held_elsewhere(locale: &Locale, own: &Conn) -> Option<String> {
    let holder = own.holder.as_ref();
    Some(who_has(locale, holder.filter(|it| it.of == Held::Address)?))
}

/// Who has the other end, or the address, in words.
pub(in crate::ui) fn who_has(locale: &Locale, holder: &Holder) -> String {
    let keys = match holder.of {
        Held::Peer => ["cards.peer-program", "cards.peer-user", "cards.peer-nobody"],
        Held::Address => ["cards.held-program", "cards.held-user", "cards.held-nobody"],
    };
    let [by_program, by_user, by_nobody] = keys;
    match (&holder.program, holder.pid, holder.uid, holder.left_ms) {
        (Some(program), Some(pid), ..) => locale.fill(by_program, &[&escape::clean(program), &pid]),
        (_, _, Some(uid), _) => locale.fill(by_user, &[&uid]),
        (_, _, None, Some(ms)) if holder.of == Held::Address => {
            locale.fill("cards.held-wait", &[&(ms / 1000), &holder.state.name()])
        }
        _ => locale.fill(by_nobody, &[&holder.state.name()]),
    }
}

/// Whether both directions have ended.
fn is_over(session: &Session, own: &Conn) -> bool {
    let ending = |dir| {
        session
            .lane(own.id, dir)
            .and_then(crate::session::Lane::ending)
    };
    Dir::BOTH.iter().all(|dir| ending(*dir).is_some())
}

/// Which socket of the session has the port; one that is open rather than one that lingers.
fn held(locale: &Locale, session: &Session, own: &Conn, at: &Address) -> Option<String> {
    if let Some(holder) = holder(session, own, at, Conn::is_open) {
        return Some(locale.fill("cards.held-here", &[&holder]));
    }
    let was_connected = |conn: &Conn| !conn.is_open() && conn.connected;
    let closed = holder(session, own, at, was_connected)?;
    Some(locale.fill("cards.held-closed", &[&closed]))
}

/// The newest other socket of the same transport that has or had the address.
fn holder<'a>(
    session: &'a Session,
    own: &Conn,
    at: &Address,
    fits: impl Fn(&Conn) -> bool,
) -> Option<&'a str> {
    let conns = session.conns().iter().rev();
    let mut holders = conns.filter(|conn| {
        let local = conn.local.as_ref();
        conn.id != own.id
            && conn.transport == own.transport
            && local.is_some_and(|local| collide(local, at))
            && fits(conn)
    });
    // A listener holds the port for the connections that it accepted, too.
    let first = holders.next()?;
    let holder = std::iter::once(first)
        .chain(holders)
        .find(|conn| conn.role == Role::Listener);
    Some(&holder.unwrap_or(first).name)
}

/// Whether one address is in the way of the other: the same, or the same port with one of them everywhere.
fn collide(a: &Address, b: &Address) -> bool {
    match (a, b) {
        (Address::Inet(a), Address::Inet(b)) => {
            let is_any = a.ip().is_unspecified() || b.ip().is_unspecified();
            a.port() == b.port() && a.port() != 0 && (is_any || a.ip() == b.ip())
        }
        (Address::Unnamed, _) => false,
        (a, b) => a == b,
    }
}

fn is_low_port(at: &Address) -> bool {
    matches!(at, Address::Inet(at) if (1..1024).contains(&at.port()))
}

/// Whether this end had ended its sending, or the other one, which is ours, is closed.
fn broken_pipe(
    locale: &Locale,
    session: &Session,
    own: &Conn,
    twin: Option<&Conn>,
) -> Option<String> {
    let ending = session
        .lane(own.id, Dir::Out)
        .and_then(crate::session::Lane::ending);
    if ending == Some(Ending::End) {
        return Some(locale.fill("cards.pipe-own", &[&own.name]));
    }
    let twin = twin.filter(|twin| !twin.is_open())?;
    Some(locale.fill("cards.pipe-peer", &[&twin.name]))
}

/// How long the call was under way, in seconds.
fn waited(session: &Session, own: &Conn, call: &Call) -> Option<f64> {
    if let Some(blocked) = call.blocked {
        return Some(blocked.as_secs_f64());
    }
    let mut began = None;
    session.events_from(own.seq, &mut |_, event| {
        if let (Some(conn), crate::event::What::Call(before)) = (event.conn, &event.what)
            && conn == own.id
            && before.call == call.call
            && matches!(
                before.outcome,
                Outcome::Blocked | Outcome::Failed(Errno::EINPROGRESS)
            )
        {
            began = Some(event.at);
        }
        began.is_none()
    });
    Some(session.now().saturating_sub(began?).as_secs_f64())
}
