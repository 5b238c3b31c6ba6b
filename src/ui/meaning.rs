//! What a call did, in words that a student understands: one short clause a row, from the event alone. Nothing
//! is said that was not observed.

use super::cards;
use crate::event::{Call, Dir, Event, How, Outcome, State, Syscall, What};
use crate::session::Session;

/// What a call means; `told` is the call that ended its wait, or itself.
pub(super) fn of_call(event: &Event, told: &Call, session: &Session) -> String {
    let conn = event.conn.and_then(|conn| session.conn(conn));
    let is_stream = conn.is_some_and(|conn| conn.transport.is_stream());
    match (&told.call, &told.outcome) {
        (_, Outcome::Failed(errno)) => cards::explain(*errno).0.to_owned(),
        (_, Outcome::Cancelled(why)) if why.is_empty() => {
            "the wait was given up, nothing was done".to_owned()
        }
        (_, Outcome::Unresolved(why) | Outcome::Cancelled(why)) => why.clone(),
        (call, Outcome::Blocked) => waits(call).to_owned(),
        (Syscall::Send { len, .. }, Outcome::Returned(taken)) => sent(*len, *taken),
        (Syscall::Recv { flags, .. }, Outcome::Received { len, cut_from, .. }) => {
            match (len, cut_from) {
                (0, _) if is_stream => "the end: the peer sends no more".to_owned(),
                (0, _) => "an empty datagram".to_owned(),
                (_, Some(whole)) => {
                    format!("cut: the datagram had {whole} bytes, the rest is lost")
                }
                _ if flags.peek => "looked at, still in the queue".to_owned(),
                _ => "taken out of the queue".to_owned(),
            }
        }
        (_, Outcome::Names(names)) => match names.as_slice() {
            [] => "the name has no address".to_owned(),
            [only] => only.to_string(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        },
        (call, _) => done(call, told).to_owned(),
    }
}

/// What an event that is no call says.
pub(super) fn of_note(event: &Event, session: &Session) -> String {
    match &event.what {
        What::State(state) => format!("{}: {}", state.name(), state_words(*state)),
        What::Marked(name) => format!("mark {name}"),
        What::Unmarked(name) => format!("no mark {name} any more"),
        What::Note(text) | What::Say(text) | What::Refused(text) => text.clone(),
        What::Limit { text, .. } => text.clone().unwrap_or_default(),
        What::Ended {
            dir,
            cause: Some(errno),
        } => {
            let over = match dir {
                Dir::In => "nothing more can be received",
                Dir::Out => "nothing more can be sent",
            };
            format!("{over}: {} ({})", cards::explain(*errno).0, errno.name())
        }
        What::Opened { .. } => format!(
            "{} came to be",
            event.conn.map_or("?", |conn| session.name(conn))
        ),
        _ => String::new(),
    }
}

fn sent(len: u64, taken: i64) -> String {
    match u64::try_from(taken) {
        Ok(taken) if taken < len => format!("the kernel had room for {taken} of {len}"),
        _ if len == 0 => "no byte moved".to_owned(),
        _ => "all of it fitted".to_owned(),
    }
}

fn waits(call: &Syscall) -> &'static str {
    match call {
        Syscall::Recv { .. } => "queue empty, peer still open",
        Syscall::Send { .. } => "the kernel’s buffer is full",
        Syscall::Accept => "nobody has come yet",
        Syscall::Connect(_) => "asked, no answer yet",
        Syscall::Getaddrinfo(_) => "the resolver is asked",
        _ => "it waits",
    }
}

fn done(call: &Syscall, told: &Call) -> &'static str {
    match call {
        Syscall::Socket(_) => "an end point without an address",
        Syscall::Socketpair(_) => "two ends, connected with each other",
        Syscall::Getaddrinfo(_) => "the name’s addresses",
        Syscall::Bind(_) => "the address is ours",
        Syscall::Listen { .. } => "the kernel accepts for us from now on",
        Syscall::Accept => "a new socket for one conversation",
        Syscall::Connect(_) => "the kernels shook hands",
        Syscall::Shutdown(How::Write) => "we send no more; we still read",
        Syscall::Shutdown(How::Read) => "we read no more",
        Syscall::Shutdown(How::Both) => "we neither send nor read any more",
        Syscall::Close => "the descriptor is given back",
        Syscall::SetOption { name, .. } if name == "oobinline" => {
            "urgent bytes stay in their order"
        }
        Syscall::SetOption { .. } => "set",
        Syscall::TakeError if told.outcome.returned() == Some(0) => "no error",
        Syscall::Send { .. }
        | Syscall::Recv { .. }
        | Syscall::GetOption { .. }
        | Syscall::TakeError => "",
    }
}

/// A state of TCP in a few words (RFC 9293, section 3.3.2).
fn state_words(state: State) -> &'static str {
    match state {
        State::Established | State::Connected => "both ends may send",
        State::SynSent => "asked to connect",
        State::SynReceived => "was asked, answered",
        State::FinWait1 => "said that it sends no more",
        State::FinWait2 => "the peer knows that; it may still send",
        State::TimeWait => "both said so; waiting out late packets",
        State::Closed => "over",
        State::CloseWait => "the peer sends no more; we still may",
        State::LastAck => "said it, too; waiting for the answer",
        State::Listen => "waiting for callers",
        State::Closing => "both said it at once",
        State::Fresh => "no address yet",
        State::Bound => "has an address, no peer",
    }
}
