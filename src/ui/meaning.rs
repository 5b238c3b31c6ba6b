//! What a call did, in words that a student understands: one short clause a row, from the event alone. Nothing
//! is said that was not observed.

use super::cards;
use crate::event::{Call, Dir, Event, How, Outcome, State, Syscall, What};
use crate::locale::Locale;
use crate::session::Session;

/// What a call means; `told` is the call that ended its wait, or itself.
pub(super) fn of_call(event: &Event, told: &Call, session: &Session, locale: &Locale) -> String {
    let conn = event.conn.and_then(|conn| session.conn(conn));
    let is_stream = conn.is_some_and(|conn| conn.transport.is_stream());
    let say = |key| locale.say(key).to_owned();
    match (&told.call, &told.outcome) {
        (_, Outcome::Failed(errno)) => cards::explain(locale, *errno),
        (_, Outcome::Cancelled(why)) if why.is_empty() => say("meaning.given-up"),
        (_, Outcome::Unresolved(why) | Outcome::Cancelled(why)) => why.clone(),
        (call, Outcome::Blocked) => say(waits(call)),
        (Syscall::Send { len, .. }, Outcome::Returned(taken)) => sent(*len, *taken, locale),
        (Syscall::Recv { flags, .. }, Outcome::Received { len, cut_from, .. }) => {
            match (len, cut_from) {
                (0, _) if is_stream => say("meaning.end"),
                (0, _) => say("meaning.empty-datagram"),
                (_, Some(whole)) => locale.fill("meaning.cut", &[whole]),
                _ if flags.peek => say("meaning.peeked"),
                _ => say("meaning.taken"),
            }
        }
        (_, Outcome::Names(names)) => match names.as_slice() {
            [] => say("meaning.no-names"),
            [only] => only.to_string(),
            [first, rest @ ..] => locale.fill("meaning.more-names", &[first, &rest.len()]),
        },
        (Syscall::Connect(_), _) if !is_stream => say("meaning.connect-fixed"),
        (Syscall::SetOption { name, value }, _) => set(name, value, locale),
        (Syscall::GetOption { name }, Outcome::Value(_)) => in_force(name, locale),
        (call, _) => done(call, told).map_or(String::new(), say),
    }
}

/// What an event that is no call says.
pub(super) fn of_note(event: &Event, session: &Session, locale: &Locale) -> String {
    match &event.what {
        What::State(state) => format!("{}: {}", state.name(), locale.say(state_words(*state))),
        What::Marked(name) => locale.fill("meaning.mark", &[name]),
        What::Unmarked(name) => locale.fill("meaning.unmark", &[name]),
        What::Note(text) | What::Say(text) | What::Refused(text) => text.clone(),
        What::Limit { text, .. } => text.clone().unwrap_or_default(),
        What::Ended {
            dir,
            cause: Some(errno),
        } => {
            let over = match dir {
                Dir::In => "meaning.in-over",
                Dir::Out => "meaning.out-over",
            };
            locale.fill(over, &[&cards::explain(locale, *errno), &errno.name()])
        }
        What::Opened { .. } => {
            let name = event.conn.map_or("?", |conn| session.name(conn));
            locale.fill("meaning.opened", &[&name])
        }
        _ => String::new(),
    }
}

fn sent(len: u64, taken: i64, locale: &Locale) -> String {
    match u64::try_from(taken) {
        Ok(taken) if taken < len => locale.fill("meaning.part-fitted", &[&taken, &len]),
        _ if len == 0 => locale.say("meaning.none-moved").to_owned(),
        _ => locale.say("meaning.all-fitted").to_owned(),
    }
}

/// What an option does from now on: a sentence for that value, or for the option with its value.
fn set(name: &str, value: &str, locale: &Locale) -> String {
    let of_value = format!("options.{name}-{value}");
    if locale.has(&of_value) {
        return locale.say(&of_value).to_owned();
    }
    let of_option = format!("options.{name}");
    if locale.has(&of_option) {
        locale.fill(&of_option, &[&value])
    } else {
        String::new()
    }
}

/// What the kernel made of it.
fn in_force(name: &str, locale: &Locale) -> String {
    let of_option = format!("options.{name}-is");
    let key = if locale.has(&of_option) {
        &of_option
    } else {
        "options.effective"
    };
    locale.say(key).to_owned()
}

/// The sentence of what a call waits for.
fn waits(call: &Syscall) -> &'static str {
    match call {
        Syscall::Recv { .. } => "meaning.waits-recv",
        Syscall::Send { .. } => "meaning.waits-send",
        Syscall::Accept => "meaning.waits-accept",
        Syscall::Connect(_) => "meaning.waits-connect",
        Syscall::Getaddrinfo(_) => "meaning.waits-resolver",
        _ => "meaning.waits",
    }
}

/// The sentence of what a call did.
fn done(call: &Syscall, told: &Call) -> Option<&'static str> {
    let key = match call {
        Syscall::Socket(_) => "meaning.socket",
        Syscall::Socketpair(_) => "meaning.socketpair",
        Syscall::Getaddrinfo(_) => "meaning.names",
        Syscall::Bind(_) => "meaning.bind",
        Syscall::Listen { .. } => "meaning.listen",
        Syscall::Accept => "meaning.accept",
        Syscall::Connect(_) => "meaning.connect",
        Syscall::Shutdown(How::Write) => "meaning.shutdown-write",
        Syscall::Shutdown(How::Read) => "meaning.shutdown-read",
        Syscall::Shutdown(How::Both) => "meaning.shutdown-both",
        Syscall::Close => "meaning.close",
        Syscall::TakeError if told.outcome.returned() == Some(0) => "meaning.no-error",
        Syscall::Send { .. }
        | Syscall::Recv { .. }
        | Syscall::SetOption { .. }
        | Syscall::GetOption { .. }
        | Syscall::TakeError => return None,
    };
    Some(key)
}

/// The sentence of a state of TCP (RFC 9293, section 3.3.2).
fn state_words(state: State) -> &'static str {
    match state {
        State::Established | State::Connected => "meaning.state-open",
        State::SynSent => "meaning.state-syn-sent",
        State::SynReceived => "meaning.state-syn-received",
        State::FinWait1 => "meaning.state-fin-wait-1",
        State::FinWait2 => "meaning.state-fin-wait-2",
        State::TimeWait => "meaning.state-time-wait",
        State::Closed => "meaning.state-closed",
        State::CloseWait => "meaning.state-close-wait",
        State::LastAck => "meaning.state-last-ack",
        State::Listen => "meaning.state-listen",
        State::Closing => "meaning.state-closing",
        State::Fresh => "meaning.state-fresh",
        State::Bound => "meaning.state-bound",
    }
}
