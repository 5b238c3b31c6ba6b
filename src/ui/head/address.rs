//! From where to where a socket goes and in which state, in a few columns. It draws nothing.

use crate::endpoint::Address;
use crate::escape;
use crate::event::{Role as Kind, Syscall, What};
use crate::session::{Conn, Session};
use crate::ui::ink::clip;

/// The most events that are looked through for the address that a failed socket tried.
const TRIED_EVENTS_MAX: u32 = 256;

/// The mark of a socket's role; of a conversation that of the tap between its two sides.
pub(in crate::ui) fn glyph(session: &Session, conn: &Conn) -> char {
    if session.is_tapped(conn.id) {
        Kind::Tap.glyph()
    } else {
        conn.role.glyph()
    }
}

/// `:52258→:7000`, `:7000←A`, `:7000`.
pub(in crate::ui) fn addresses(conn: &Conn, session: &Session, columns: usize) -> String {
    let text = between(conn, session);
    // One scheme serves both ends of a pair: a line of tabs is short.
    let scheme = format!("{}://", conn.transport.scheme());
    match text.split_once(&scheme) {
        Some((before, behind)) => {
            let text = format!("{before}{scheme}{}", behind.replace(&scheme, ""));
            clip(&text, columns)
        }
        None => clip(&text, columns),
    }
}

/// Both ends of a socket.
fn between(conn: &Conn, session: &Session) -> String {
    let short = |address: Option<&Address>| {
        address.map_or_else(
            || "?".to_owned(),
            |it| escape::clean(&it.typed_short(conn.transport)).into_owned(),
        )
    };
    let peer = session
        .twin(conn.id)
        .filter(|_| conn.role == Kind::Accepted)
        .map(|twin| session.name(twin).to_owned());
    let peer = peer.unwrap_or_else(|| short(conn.peer.as_ref()));
    match conn.role {
        Kind::Listener => short(conn.local.as_ref()),
        Kind::Tap => {
            let to = target(conn).unwrap_or_else(|| "?".to_owned());
            format!("{}⇄{to}", short(conn.local.as_ref()))
        }
        Kind::Accepted if session.is_tapped(conn.id) => {
            let parent = conn.parent.and_then(|parent| session.conn(parent));
            let to = parent.and_then(target).unwrap_or_else(|| "?".to_owned());
            format!("{}⇄{to}", short(conn.peer.as_ref()))
        }
        Kind::Accepted => format!("{}←{peer}", short(conn.local.as_ref())),
        Kind::Client | Kind::Datagram if conn.peer.is_none() => match tried(conn, session) {
            Some(tried) if conn.local.is_none() => format!("→{}", short(Some(&tried))),
            Some(tried) => format!("{}→{}", short(conn.local.as_ref()), short(Some(&tried))),
            None => short(conn.local.as_ref()),
        },
        Kind::Client | Kind::Datagram => format!("{}→{peer}", short(conn.local.as_ref())),
    }
}

/// The state of a socket; of a conversation those of both sides, where they differ.
pub(in crate::ui) fn states(session: &Session, conn: &Conn) -> String {
    let own = conn.state.name();
    let far = session.far_side(conn.id);
    let is_well = |conn: &Conn| conn.state == conn.connected_state();
    match far {
        Some(far) if far.state != conn.state && !(is_well(far) && is_well(conn)) => {
            format!("{own}⇄{}", far.state.name())
        }
        _ => own.to_owned(),
    }
}

/// Where a tap passes on, in a few columns: a port of this host, the last part of a path.
pub(in crate::ui) fn target(tap: &Conn) -> Option<String> {
    let whole = tap.target.as_deref()?.to_string();
    let place = whole.split_once("://").map_or(whole.as_str(), |it| it.1);
    let place = place.strip_prefix("127.0.0.1").unwrap_or(place);
    let last = if place.starts_with("unix") {
        place.rsplit('/').next().unwrap_or(place)
    } else {
        place
    };
    Some(escape::clean(last).into_owned())
}

/// The address that a socket without a peer tried to reach last.
fn tried(conn: &Conn, session: &Session) -> Option<Address> {
    if conn.role != Kind::Client {
        return None;
    }
    // What told of the trouble stands at the call that failed; before it, the calls since the socket came to be.
    let upto = conn
        .trouble
        .map_or(session.event_count(), |trouble| trouble.seq + 1);
    let mut found = None;
    let mut left = TRIED_EVENTS_MAX;
    session.events_before(upto, &mut |seq, event| {
        if let (Some(of), What::Call(call)) = (event.conn, &event.what)
            && of == conn.id
            && let Syscall::Connect(to) = &call.call
        {
            found = Some(to.clone());
        }
        left -= 1;
        found.is_none() && left > 0 && seq > conn.seq
    });
    found
}
