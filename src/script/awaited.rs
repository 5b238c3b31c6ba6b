//! What a script waits for, held against the session: bytes from a cursor, messages, ends, outcomes of calls.

use crate::escape::escape;
use crate::event::{
    ConnId, Dir, Errno, Event, Expectation, Outcome, Pattern, State, Syscall, What,
};
use crate::session::{Ending, Lane, Session, compile};

use super::Cursor;

/// Bytes that a failure shows of what came.
const SHOWN_BYTES: usize = 64;

/// Events that a failure shows of the socket.
const SHOWN_EVENTS: usize = 5;

/// Bytes behind the cursor that one look searches.
const SEARCH_BYTES: u64 = 16 << 20;

/// An expectation in force.
#[derive(Debug)]
pub(super) struct Awaited {
    pub(super) what: Expectation,
    /// The next outcome must be this one; else others are passed over.
    pub(super) strict: bool,
}

/// How an expectation stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It came; the cursor stands behind it.
    Met,
    /// It cannot come any more, and what came instead.
    Failed(String),
    /// It may still come; what there is so far.
    NotYet(String),
}

impl Awaited {
    /// Looks from the cursor on; moves it over what was taken.
    pub(super) fn look(&self, session: &Session, conn: ConnId, cursor: &mut Cursor) -> Verdict {
        let Some(lane) = session.lane(conn, Dir::In) else {
            return Verdict::NotYet("nothing came".to_owned());
        };
        match &self.what {
            Expectation::Bytes(bytes) if self.strict => {
                self.next_bytes(session, conn, lane, cursor, bytes)
            }
            Expectation::Bytes(bytes) => {
                found(session, conn, lane, cursor, &Pattern::Bytes(bytes.clone()))
            }
            Expectation::Found(pattern) => found(session, conn, lane, cursor, pattern),
            Expectation::Message(pattern) => {
                self.message(session, conn, lane, cursor, pattern.as_ref())
            }
            Expectation::Eof => self.eof(session, conn, lane, cursor),
            outcome => self.outcome(session, conn, cursor, outcome),
        }
    }

    /// The expectation in the words of the language.
    pub(super) fn words(&self) -> String {
        match &self.what {
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

    fn next_bytes(
        &self,
        session: &Session,
        id: ConnId,
        lane: &Lane,
        cursor: &mut Cursor,
        bytes: &[u8],
    ) -> Verdict {
        let end = lane.len().min(cursor.byte + bytes.len() as u64);
        let (here, _) = session.bytes(id, Dir::In, cursor.byte..end);
        let same = here.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        if same == bytes.len() {
            cursor.byte = end;
            return Verdict::Met;
        }
        if same < here.len() {
            let (came, _) =
                session.bytes(id, Dir::In, cursor.byte..lane.len().min(cursor.byte + 4096));
            let place = if same == 0 {
                String::new()
            } else {
                format!(", different from byte {same} on")
            };
            return Verdict::Failed(format!("came {}{place}", quoted(&came)));
        }
        short(session, id, lane, cursor)
    }

    fn message(
        &self,
        session: &Session,
        id: ConnId,
        lane: &Lane,
        cursor: &mut Cursor,
        pattern: Option<&Pattern>,
    ) -> Verdict {
        let Some(mut index) = session
            .entry_at(id, Dir::In, cursor.byte)
            .or_else(|| at_end(lane, cursor))
        else {
            return short(session, id, lane, cursor);
        };
        loop {
            let entry = session.entries(id, Dir::In, index, 1).pop();
            let Some(entry) = entry.filter(|entry| {
                entry.message.status != crate::framing::Status::Partial { need: None }
                    && !matches!(entry.message.status, crate::framing::Status::Partial { .. })
            }) else {
                return short(session, id, lane, cursor);
            };
            index += 1;
            if entry.number.is_none() || entry.message.range.start < cursor.byte {
                continue;
            }
            let payload = session.payload(id, Dir::In, &entry.message, SEARCH_BYTES);
            let fits = pattern.is_none_or(|pattern| match pattern {
                Pattern::Bytes(bytes) => *bytes == payload,
                Pattern::Regex(_) => compile(pattern).is_some_and(|regex| regex.is_match(&payload)),
            });
            let good = entry.message.status == crate::framing::Status::Ok;
            if fits && good {
                cursor.byte = entry.message.range.end;
                return Verdict::Met;
            }
            if self.strict {
                let bad = if good { "" } else { "a bad message, " };
                return Verdict::Failed(format!("came {bad}{}", quoted(&payload)));
            }
            cursor.byte = entry.message.range.end;
        }
    }

    fn eof(&self, session: &Session, id: ConnId, lane: &Lane, cursor: &mut Cursor) -> Verdict {
        if cursor.byte < lane.len() {
            if self.strict {
                let (came, _) = session.bytes(id, Dir::In, cursor.byte..lane.len());
                return Verdict::Failed(format!("came {}", quoted(&came)));
            }
            cursor.byte = lane.len();
        }
        match lane.ending() {
            Some(Ending::End) => Verdict::Met,
            Some(_) => Verdict::Failed(broken(session, id)),
            None => Verdict::NotYet("the peer has not ended its side".to_owned()),
        }
    }

    /// Looks through the events of the socket behind the cursor.
    fn outcome(
        &self,
        session: &Session,
        id: ConnId,
        cursor: &mut Cursor,
        wanted: &Expectation,
    ) -> Verdict {
        let mut passed = None;
        while let Some(event) = session.event(cursor.event) {
            cursor.event += 1;
            if event.conn != Some(id) || !same_kind(wanted, &event.what) {
                continue;
            }
            if is(wanted, &event.what) {
                return Verdict::Met;
            }
            let came = line(cursor.event - 1, &event);
            if self.strict {
                return Verdict::Failed(format!("came {came}"));
            }
            passed = Some(came);
        }
        Verdict::NotYet(passed.map_or_else(
            || "nothing of the kind came".to_owned(),
            |last| format!("last came {last}"),
        ))
    }
}

/// The bytes end before the expectation does.
fn short(session: &Session, id: ConnId, lane: &Lane, cursor: &Cursor) -> Verdict {
    let (here, _) = session.bytes(id, Dir::In, cursor.byte..lane.len());
    let came = if here.is_empty() {
        "nothing came".to_owned()
    } else {
        format!("came {}", quoted(&here))
    };
    match lane.ending() {
        None => Verdict::NotYet(came),
        Some(Ending::End) => Verdict::Failed(format!("{came}, then the end")),
        Some(_) => Verdict::Failed(format!("{came}; {}", broken(session, id))),
    }
}

/// The position of the first entry that is not there yet, when the cursor stands at the end.
fn at_end(lane: &Lane, cursor: &Cursor) -> Option<u64> {
    (cursor.byte >= lane.len()).then(|| lane.entry_count())
}

fn found(
    session: &Session,
    id: ConnId,
    lane: &Lane,
    cursor: &mut Cursor,
    pattern: &Pattern,
) -> Verdict {
    let (bytes, _) = session.bytes(
        id,
        Dir::In,
        cursor.byte..lane.len().min(cursor.byte + SEARCH_BYTES),
    );
    if let Some(hit) = compile(pattern).and_then(|regex| regex.find(&bytes).map(|hit| hit.end())) {
        cursor.byte += hit as u64;
        return Verdict::Met;
    }
    let came = if bytes.is_empty() {
        "nothing came".to_owned()
    } else {
        format!("came {}", quoted(&bytes))
    };
    match lane.ending() {
        None => Verdict::NotYet(came),
        Some(Ending::End) => Verdict::Failed(format!("{came}, then the end")),
        Some(_) => Verdict::Failed(format!("{came}; {}", broken(session, id))),
    }
}

/// Whether an event is one that decides about the expectation, one way or the other.
fn same_kind(wanted: &Expectation, what: &What) -> bool {
    match wanted {
        Expectation::State(_) => matches!(what, What::State(_) | What::Fact(_)),
        Expectation::Errno(_) => {
            matches!(what, What::Call(call) if call.outcome.errno().is_some_and(|e| !e.would_block()))
        }
        Expectation::Call { name, .. } => {
            matches!(what, What::Call(call) if call.call.name() == name && call.outcome != Outcome::Blocked)
        }
        _ => [
            "connected",
            "accepted",
            "refused",
            "reset",
            "timeout",
            "closed",
        ]
        .contains(&word(what)),
    }
}

fn is(wanted: &Expectation, what: &What) -> bool {
    match (wanted, what) {
        (Expectation::State(state), What::State(is)) => state == is,
        (Expectation::State(state), What::Fact(fact)) => fact.state == Some(*state),
        (Expectation::Errno(errno), What::Call(call)) => call.outcome.errno() == Some(*errno),
        (Expectation::Call { result, .. }, What::Call(call)) => match result {
            None => true,
            Some(Ok(n)) => call.outcome.returned() == Some(*n),
            Some(Err(errno)) => call.outcome.errno() == Some(*errno),
        },
        (Expectation::Connected, _) => word(what) == "connected",
        (Expectation::Accepted, _) => word(what) == "accepted",
        (Expectation::Refused, _) => word(what) == "refused",
        (Expectation::Reset, _) => word(what) == "reset",
        (Expectation::Timeout, _) => word(what) == "timeout",
        (Expectation::Closed, _) => word(what) == "closed",
        _ => false,
    }
}

/// The outcome that an event is, in the words of the language; empty for one that is none.
fn word(what: &What) -> &'static str {
    let What::Call(call) = what else { return "" };
    match (&call.call, &call.outcome) {
        (Syscall::Connect(_), Outcome::Returned(_)) => "connected",
        (Syscall::Accept, Outcome::Accepted { .. }) => "accepted",
        (Syscall::Close, _) => "closed",
        (_, Outcome::Failed(Errno::ECONNREFUSED)) => "refused",
        (_, Outcome::Failed(Errno::ECONNRESET)) => "reset",
        (_, Outcome::Failed(Errno::ETIMEDOUT)) => "timeout",
        (Syscall::Connect(_), Outcome::Cancelled(_)) => "timeout",
        _ => "",
    }
}

fn broken(session: &Session, id: ConnId) -> String {
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
            && matches!(event.what, What::Call(_) | What::State(_) | What::Note(_))
        {
            lines.push(format!("    {}", line(seq, event)));
        }
        lines.len() < SHOWN_EVENTS
    });
    lines.reverse();
    lines.join("\n")
}

/// An event in a line.
fn line(seq: u64, event: &Event) -> String {
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
        What::State(state) => format!("#{seq} state {}", state.name()),
        What::Fact(fact) => format!("#{seq} state {}", fact.state.map_or("?", State::name)),
        What::Note(text) => format!("#{seq} {text}"),
        _ => format!("#{seq}"),
    }
}

fn pattern_words(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Bytes(bytes) => quoted(bytes),
        Pattern::Regex(source) => format!("/{source}/"),
    }
}

/// Bytes as people read them, shortened.
fn quoted(bytes: &[u8]) -> String {
    let shown = escape(
        bytes
            .get(..SHOWN_BYTES.min(bytes.len()))
            .unwrap_or_default(),
    );
    let more = bytes.len().saturating_sub(SHOWN_BYTES);
    if more == 0 {
        format!("\"{shown}\"")
    } else {
        format!("\"{shown}\" and {more} bytes more")
    }
}
