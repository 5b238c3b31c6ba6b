//! What a failed script tells: expectations, events and bytes in words. It decides nothing.

use std::ops::Range;

use crate::escape::quote;
use crate::event::{ConnId, Dir, Event, Expectation, Number, Outcome, Pattern, State, Unit, What};
use crate::session::Session;

/// Bytes that a failure shows of what came.
const SHOWN_BYTES: usize = 64;

/// Events that a failure shows of the socket.
const SHOWN_EVENTS: usize = 5;

/// The expectation in the words of the language.
pub(super) fn words(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Bytes(bytes) => quoted(bytes),
        Expectation::Found(pattern) => format!("bytes {}", pattern_words(pattern)),
        Expectation::Message(None) => "a message".to_owned(),
        Expectation::Message(Some(pattern)) => format!("message {}", pattern_words(pattern)),
        Expectation::Eof => "eof".to_owned(),
        Expectation::Connected => "connected".to_owned(),
        Expectation::Accepted => "accepted".to_owned(),
        Expectation::Refused => "refused".to_owned(),
        Expectation::Reset => "reset".to_owned(),
        Expectation::Timeout => "timeout".to_owned(),
        Expectation::Closed => "closed".to_owned(),
        Expectation::State(state) => format!("state {}", state.name()),
        Expectation::Fact { name, is, value } => {
            format!("fact {name} {} {}", is.sign(), number(name, *value))
        }
        Expectation::Errno(errno) => format!("errno {}", errno.name()),
        Expectation::Call { name, result: None } => format!("call {name}"),
        Expectation::Call {
            name,
            result: Some(Ok(n)),
        } => format!("call {name} = {n}"),
        Expectation::Call {
            name,
            result: Some(Err(errno)),
        } => format!("call {name} = {}", errno.name()),
    }
}

/// Why a connection carries nothing more.
pub(super) fn broken(session: &Session, id: ConnId) -> String {
    match session.conn(id).and_then(|conn| conn.trouble) {
        Some(trouble) => format!("the connection broke: {}", trouble.errno.name()),
        None => "the socket was closed".to_owned(),
    }
}

/// The last events of a socket, a line each, oldest first.
pub(super) fn last_events(session: &Session, id: ConnId) -> String {
    let mut lines = Vec::new();
    session.events_before(session.event_count(), &mut |seq, event| {
        if event.conn == Some(id)
            && matches!(
                event.what,
                What::Call(_) | What::State(_) | What::Gone | What::Note(_)
            )
        {
            lines.push(format!("    {}", line(seq, event)));
        }
        lines.len() < SHOWN_EVENTS
    });
    lines.reverse();
    lines.join("\n")
}

/// An event in a line.
pub(super) fn line(seq: u64, event: &Event) -> String {
    match &event.what {
        What::Call(call) => {
            let result = match &call.outcome {
                Outcome::Failed(errno) => errno.name().to_owned(),
                Outcome::Blocked => "blocked".to_owned(),
                Outcome::Cancelled(why) | Outcome::Unresolved(why) => why.clone(),
                Outcome::Value(value) => value.clone(),
                other => other.returned().map_or_else(String::new, |n| n.to_string()),
            };
            format!("#{seq} {} = {result}", call.call)
        }
        What::Gone => format!("#{seq} state {}", State::Closed.name()),
        What::State(state) => format!("#{seq} state {}", state.name()),
        What::Note(text) => format!("#{seq} {text}"),
        _ => format!("#{seq}"),
    }
}

/// The number that an expectation is about, as an event told it.
pub(super) fn fact(wanted: &Expectation, seq: u64, what: &What) -> Option<String> {
    let (Expectation::Fact { name, .. }, What::Fact(fact)) = (wanted, what) else {
        return None;
    };
    let value = fact.number(name)?;
    Some(format!("#{seq} {name} {}", number(name, value)))
}

/// A number of the kernel's as people write it.
fn number(name: &str, value: u64) -> String {
    match Number::named(name).map(|number| number.unit) {
        Some(Unit::Time) if value.is_multiple_of(1000) => format!("{}ms", value / 1000),
        Some(Unit::Time) => format!("{value}us"),
        _ => value.to_string(),
    }
}

fn pattern_words(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Bytes(bytes) => quoted(bytes),
        Pattern::Regex(source) => format!("/{source}/"),
    }
}

/// Bytes as people read them, shortened.
pub(super) fn quoted(bytes: &[u8]) -> String {
    shortened(bytes, bytes.len() as u64)
}

/// The same of received bytes, of which only the first are read.
pub(super) fn quoted_start(session: &Session, id: ConnId, range: Range<u64>) -> String {
    let len = range.end.saturating_sub(range.start);
    let start = range.start
        ..range
            .end
            .min(range.start.saturating_add(SHOWN_BYTES as u64));
    shortened(&session.bytes(id, Dir::In, start).0, len)
}

/// The first of `len` bytes.
fn shortened(bytes: &[u8], len: u64) -> String {
    let shown = quote(
        bytes
            .get(..SHOWN_BYTES.min(bytes.len()))
            .unwrap_or_default(),
    );
    let more = len.saturating_sub(SHOWN_BYTES as u64);
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} bytes more")
    }
}
