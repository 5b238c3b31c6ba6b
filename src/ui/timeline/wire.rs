//! What must have gone over the wire for a call to come out as it did: inferred from the call and the rules of TCP,
//! never seen. Where that does not follow, nothing is said.

use crate::event::{Call, Event, How, Outcome, Syscall, What};
use crate::session::Session;

/// The packets that an event speaks of, as an arrow of at most so many columns; `is_ours` if our end is the left one.
pub(super) fn packets(
    event: &Event,
    told: Option<&Call>,
    session: &Session,
    is_ours: bool,
    columns: u16,
) -> Option<String> {
    let conn = session.conn(event.conn?)?;
    let is_tcp = conn.transport.is_stream() && !conn.transport.is_unix();
    let call = match (&event.what, told) {
        (What::State(state), _) if is_tcp => return Some(format!("· {} ·", state.name())),
        (_, Some(call)) => call,
        _ => return None,
    };
    let away = |text: &str| arrow(text, is_ours, columns);
    let back = |text: &str| arrow(text, !is_ours, columns);
    match (&call.call, &call.outcome) {
        (Syscall::Send { .. }, Outcome::Returned(taken)) if *taken > 0 => {
            Some(away(&format!("{taken} B")))
        }
        (Syscall::Connect(_), Outcome::Returned(0)) if is_tcp => {
            let words = if is_ours {
                "SYN ▶ ◀ SYN+ACK  ACK ▶"
            } else {
                "◀ ACK  SYN+ACK ▶ ◀ SYN"
            };
            Some(words.to_owned())
        }
        (Syscall::Connect(_), Outcome::Failed(errno)) if is_tcp => match errno.name() {
            "ECONNREFUSED" if is_ours => Some("SYN ▶ ◀ RST".to_owned()),
            "ECONNREFUSED" => Some("RST ▶ ◀ SYN".to_owned()),
            _ => None,
        },
        (Syscall::Shutdown(How::Write | How::Both), Outcome::Returned(0)) if is_tcp => {
            Some(away("FIN"))
        }
        (_, Outcome::Failed(errno)) if is_tcp && errno.name() == "ECONNRESET" => Some(back("RST")),
        _ => None,
    }
}

/// `┈┈┈ 12 B ┈┈┈▶`, or to the left.
fn arrow(text: &str, is_right: bool, columns: u16) -> String {
    let room = usize::from(columns).saturating_sub(crate::escape::width(text) + 5);
    let (before, behind) = (room / 2, room - room / 2);
    let dashes = |count| "┈".repeat(count);
    if is_right {
        format!("{} {text} {}▶", dashes(before), dashes(behind))
    } else {
        format!("◀{} {text} {}", dashes(before), dashes(behind))
    }
}
