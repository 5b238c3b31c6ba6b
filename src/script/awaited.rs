//! What a script waits for, held against the session: bytes from a cursor, messages, ends, outcomes of calls.

use regex::bytes::Regex;

use crate::event::{ConnId, Dir, Expectation, Pattern};
use crate::framing::{Message, Status};
use crate::session::{Ending, Lane, Matcher, Session, compile};

use super::Cursor;
use super::difference::{self, Place};
use super::outcome;
use super::told::{broken, fact, line, quoted, quoted_start};

/// Bytes that one look searches, and the most of a message that is held against a pattern.
const SEARCH_BYTES: u64 = 16 << 20;

/// Messages that are looked up at once, behind the first.
const ENTRIES_AT_ONCE: usize = 256;

/// What one look takes of the messages that it passes over; the cursor says where the next one goes on.
const LOOK_BYTES: u64 = 1 << 20;

/// What a message costs a look beside its bytes.
const ENTRY_COST_BYTES: u64 = 256;

/// An expectation in force.
#[derive(Debug)]
pub(super) struct Awaited {
    pub(super) what: Expectation,
    /// The next outcome must be this one; else others are passed over.
    strict: bool,
    /// What a message must carry.
    payload: Payload,
    /// What is searched for in the bytes, and the place before which no match begins.
    matcher: Option<Matcher>,
    searched: u64,
    /// The event from which on facts count: they say how something stands, and what stood before means nothing.
    since: Option<u64>,
    /// What was passed over last, in words.
    passed: Option<String>,
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
    /// Not all that is there was looked at: nothing can be said, whatever the time.
    Behind,
}

/// The payload that a message must have.
#[derive(Debug)]
enum Payload {
    Any,
    Bytes(Vec<u8>),
    Matching(Option<Regex>),
}

impl Payload {
    fn fits(&self, payload: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Bytes(bytes) => bytes == payload,
            Self::Matching(regex) => regex.as_ref().is_some_and(|regex| regex.is_match(payload)),
        }
    }
}

impl Awaited {
    /// An expectation of which nothing was looked at yet.
    pub(super) fn new(what: Expectation, strict: bool) -> Self {
        let payload = match &what {
            Expectation::Message(Some(Pattern::Bytes(bytes))) => Payload::Bytes(bytes.clone()),
            Expectation::Message(Some(Pattern::Regex(regex))) => Payload::Matching(compile(regex)),
            _ => Payload::Any,
        };
        let matcher = match &what {
            Expectation::Bytes(bytes) if !strict => Matcher::new(&Pattern::Bytes(bytes.clone())),
            Expectation::Found(pattern) => Matcher::new(pattern),
            _ => None,
        };
        Self {
            what,
            strict,
            payload,
            matcher,
            searched: 0,
            since: None,
            passed: None,
        }
    }

    /// Whether the kernel must be asked for it.
    pub(super) fn is_asked_for(&self) -> bool {
        matches!(self.what, Expectation::State(_) | Expectation::Fact { .. })
    }

    /// Looks from the cursor on; moves it over what was taken.
    pub(super) fn look(&mut self, session: &Session, conn: ConnId, cursor: &mut Cursor) -> Verdict {
        let Some(lane) = session.lane(conn, Dir::In) else {
            return Verdict::NotYet("nothing came".to_owned());
        };
        match &self.what {
            Expectation::Bytes(bytes) if self.strict => {
                next_bytes(session, conn, lane, cursor, bytes)
            }
            Expectation::Bytes(_) | Expectation::Found(_) => {
                self.found(session, conn, lane, cursor)
            }
            Expectation::Message(_) => self.message(session, conn, lane, cursor),
            Expectation::Eof => self.eof(session, conn, lane, cursor),
            fact @ Expectation::Fact { .. } => {
                let mut from = Cursor {
                    event: *self.since.get_or_insert(session.event_count()),
                    ..Cursor::default()
                };
                let passed = &mut self.passed;
                let verdict = outcome(session, conn, &mut from, (fact, self.strict), passed);
                self.since = Some(from.event);
                verdict
            }
            wanted => {
                let wanted = (wanted, self.strict);
                outcome(session, conn, cursor, wanted, &mut self.passed)
            }
        }
    }

    fn message(
        &self,
        session: &Session,
        id: ConnId,
        lane: Lane<'_>,
        cursor: &mut Cursor,
    ) -> Verdict {
        let (mut index, mut taken) = (first_entry(session, id, lane, cursor), 0);
        let mut batch = Vec::new().into_iter();
        let (mut count, mut looked) = (1, 0);
        while let Some(entry) = batch.next().or_else(|| {
            batch = session.entries(id, Dir::In, index, count).into_iter();
            count = ENTRIES_AT_ONCE;
            batch.next()
        }) {
            index += 1;
            if matches!(entry.message.status, Status::Partial { .. }) {
                // The end of a framing that another one followed: it will never be whole.
                if index < lane.entry_count() {
                    continue;
                }
                break;
            }
            let range = &entry.message.range;
            if entry.number.is_none() || range.start < cursor.byte {
                continue;
            }
            if range.is_empty() && range.start == cursor.byte {
                taken += 1;
                if taken <= cursor.empty {
                    continue;
                }
            }
            let payload = session.payload(id, Dir::In, &entry.message, SEARCH_BYTES);
            let good = entry.message.status == Status::Ok;
            if range.end > cursor.byte {
                taken = 0;
                cursor.move_to(range.end);
            } else {
                cursor.empty = taken;
            }
            if self.payload.fits(&payload) && good {
                return Verdict::Met;
            }
            if self.strict {
                let at = Place {
                    session,
                    conn: id,
                    from: entry.message.payload.start,
                };
                return Verdict::Failed(self.not_this(&at, &entry.message, &payload));
            }
            looked += range.end - range.start + ENTRY_COST_BYTES;
            if looked > LOOK_BYTES {
                return Verdict::Behind;
            }
        }
        if lane.is_cut() {
            short(session, id, lane, cursor)
        } else {
            Verdict::Behind
        }
    }

    /// What came in the place of the message that was expected.
    fn not_this(&self, at: &Place<'_>, message: &Message, payload: &[u8]) -> String {
        let bad = match &message.status {
            Status::Bad { why, .. } => format!("a bad message ({why}), "),
            _ => String::new(),
        };
        let difference = match &self.payload {
            Payload::Bytes(bytes) if bad.is_empty() => difference::told(at, bytes, payload),
            _ => String::new(),
        };
        format!("came {bad}{}{difference}", quoted(payload))
    }

    /// Somewhere behind the cursor; what was searched once is not searched again.
    fn found(
        &mut self,
        session: &Session,
        id: ConnId,
        lane: Lane<'_>,
        cursor: &mut Cursor,
    ) -> Verdict {
        let Some(matcher) = &mut self.matcher else {
            // No bytes at all are everywhere.
            return Verdict::Met;
        };
        let from = cursor.byte.max(self.searched);
        let to = lane.len().min(from + SEARCH_BYTES);
        let mut hits = Vec::new();
        matcher.scan(session, (id, Dir::In), from..to, 1, &mut hits);
        if let Some(hit) = hits.first() {
            cursor.move_to(hit.end);
            return Verdict::Met;
        }
        if to < lane.len() {
            self.searched = to;
            return Verdict::Behind;
        }
        // What stands at the end may become a match with what comes.
        self.searched = from.max(to.saturating_sub(matcher.reach()));
        short(session, id, lane, cursor)
    }

    fn eof(&self, session: &Session, id: ConnId, lane: Lane<'_>, cursor: &mut Cursor) -> Verdict {
        if cursor.byte < lane.len() {
            if self.strict {
                let (came, _) = session.bytes(id, Dir::In, cursor.byte..lane.len());
                return Verdict::Failed(format!("came {}", quoted(&came)));
            }
            cursor.move_to(lane.len());
        }
        match lane.ending() {
            Some(Ending::End) => Verdict::Met,
            Some(_) => Verdict::Failed(broken(session, id)),
            None => Verdict::NotYet("the peer has not ended its side".to_owned()),
        }
    }
}

/// Looks through the events of the socket behind the cursor. `passed` is what was passed over last, in words.
fn outcome(
    session: &Session,
    id: ConnId,
    cursor: &mut Cursor,
    (wanted, strict): (&Expectation, bool),
    passed: &mut Option<String>,
) -> Verdict {
    let (mut met, mut failed) = (false, false);
    let from = cursor.event;
    cursor.event = session.event_count();
    session.events_from(from, &mut |seq, event| {
        if event.conn != Some(id) || !outcome::is_about(wanted, &event.what) {
            return true;
        }
        met = outcome::is(wanted, &event.what);
        if !met {
            *passed = fact(wanted, seq, &event.what).or_else(|| Some(line(seq, event)));
            failed = strict;
        }
        let ends = met || strict;
        if ends {
            cursor.event = seq + 1;
        }
        !ends
    });
    match passed {
        _ if met => Verdict::Met,
        Some(came) if failed => Verdict::Failed(format!("came {came}")),
        Some(last) => Verdict::NotYet(format!("last came {last}")),
        None => Verdict::NotYet("nothing of the kind came".to_owned()),
    }
}

/// The next bytes, one by one.
fn next_bytes(
    session: &Session,
    id: ConnId,
    lane: Lane<'_>,
    cursor: &mut Cursor,
    bytes: &[u8],
) -> Verdict {
    let end = lane.len().min(cursor.byte + bytes.len() as u64);
    let (here, whole) = session.bytes(id, Dir::In, cursor.byte..end);
    if !whole {
        return Verdict::Failed("some of these bytes were let go by `keep`, or lost".to_owned());
    }
    let same = here.iter().zip(bytes).take_while(|(a, b)| a == b).count();
    if same == bytes.len() {
        cursor.move_to(end);
        return Verdict::Met;
    }
    if same < here.len() {
        let (came, _) = session.bytes(id, Dir::In, cursor.byte..lane.len().min(cursor.byte + 4096));
        let place = if same == 0 {
            String::new()
        } else {
            format!(", different from byte {same} on (counted from 0)")
        };
        let from = cursor.byte;
        let conn = id;
        let at = Place {
            session,
            conn,
            from,
        };
        let shown = came.get(..bytes.len()).unwrap_or(&came);
        let difference = difference::told(&at, bytes, shown);
        return Verdict::Failed(format!("came {}{place}{difference}", quoted(&came)));
    }
    short(session, id, lane, cursor)
}

/// The bytes end before the expectation does.
fn short(session: &Session, id: ConnId, lane: Lane<'_>, cursor: &Cursor) -> Verdict {
    let came = if cursor.byte >= lane.len() {
        "nothing came".to_owned()
    } else {
        format!(
            "came {}",
            quoted_start(session, id, cursor.byte..lane.len())
        )
    };
    match lane.ending() {
        None => Verdict::NotYet(came),
        Some(Ending::End) => Verdict::Failed(format!("{came}, then the end")),
        Some(_) => Verdict::Failed(format!("{came}; {}", broken(session, id))),
    }
}

/// The position of the first entry at the cursor: the one that holds its byte, or empty ones before that.
fn first_entry(session: &Session, id: ConnId, lane: Lane<'_>, cursor: &Cursor) -> u64 {
    let mut index = session
        .entry_at(id, Dir::In, cursor.byte)
        .unwrap_or_else(|| lane.entry_count());
    while let Some(before) = index.checked_sub(1)
        && let Some(entry) = session.entries(id, Dir::In, before, 1).pop()
        && entry.message.range.start >= cursor.byte
    {
        index = before;
    }
    index
}
