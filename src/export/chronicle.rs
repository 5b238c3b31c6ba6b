//! All that happened, in order: each event, and behind it the messages that became whole by it. What a line of it looks
//! like is the form's matter.

use std::collections::{HashMap, VecDeque};
use std::fmt::Debug;

use super::document::{Choice, Summary, Writing};
use crate::event::{ConnId, Dir, Event, What};
use crate::framing::Status;
use crate::session::{Entry, Session};

/// Bytes of output that one piece has, about.
const PIECE_BYTES: usize = 256 << 10;

/// Events that one piece looks at.
const EVENTS_A_PIECE: u64 = 4_096;

/// Messages that are looked up at once.
const ENTRIES_AT_ONCE: usize = 64;

/// How a line looks.
pub(super) trait Lines: Debug {
    /// An event.
    fn event(&self, session: &Session, seq: u64, event: &Event, out: &mut Vec<u8>);

    /// A message.
    fn message(&self, session: &Session, lane: (ConnId, Dir), entry: &Entry, out: &mut Vec<u8>);
}

/// All that happened, being written.
#[derive(Debug)]
pub(super) struct Chronicle<L> {
    lines: L,
    choice: Choice,
    /// The next event, and the one that is not written any more.
    next: u64,
    end: u64,
    lanes: HashMap<(ConnId, Dir), Ahead>,
    /// All events are written, and what is unfinished of the messages is not.
    left: Option<Vec<(ConnId, Dir)>>,
    count: u64,
}

/// The messages of a direction that are not written yet.
#[derive(Debug, Default)]
struct Ahead {
    /// The next to be looked up.
    next: u64,
    found: VecDeque<Entry>,
}

impl<L: Lines> Chronicle<L> {
    /// All that was logged so far.
    pub(super) fn new(lines: L, choice: Choice, session: &Session) -> Self {
        Self {
            lines,
            choice,
            next: 0,
            end: session.event_count(),
            lanes: HashMap::new(),
            left: None,
            count: 0,
        }
    }

    fn event(&mut self, session: &Session, seq: u64, event: &Event, out: &mut Vec<u8>) {
        let Some(id) = event.conn else {
            if self.choice.conn.is_none() {
                self.lines.event(session, seq, event, out);
                self.count += 1;
            }
            return;
        };
        if self.choice.conn.is_some_and(|only| only != id) {
            return;
        }
        let moved = match &event.what {
            What::Call(call) => call.moved.as_ref(),
            _ => None,
        };
        if moved.is_none_or(|moved| self.choice.has(id, moved.dir)) {
            self.lines.event(session, seq, event, out);
            self.count += 1;
            if let Some(moved) = moved {
                self.messages(session, (id, moved.dir), moved.range.end, false, out);
            }
        }
        if matches!(event.what, What::Gone) {
            for dir in Dir::BOTH {
                self.rest(session, (id, dir), out);
            }
        }
    }

    /// Writes the messages of a direction that end up to `end`; the unfinished one only if it shall be.
    fn messages(
        &mut self,
        session: &Session,
        (id, dir): (ConnId, Dir),
        end: u64,
        tails: bool,
        out: &mut Vec<u8>,
    ) {
        let ahead = self.lanes.entry((id, dir)).or_default();
        loop {
            if ahead.found.is_empty() {
                let found = session.entries(id, dir, ahead.next, ENTRIES_AT_ONCE);
                ahead.next = found.last().map_or(ahead.next, |last| last.index + 1);
                ahead.found = found.into();
            }
            let is_due = ahead.found.front().is_some_and(|entry| {
                let is_whole = !matches!(entry.message.status, Status::Partial { .. });
                entry.message.range.end <= end && (is_whole || tails)
            });
            if !is_due {
                return;
            }
            let Some(entry) = ahead.found.pop_front() else {
                return;
            };
            self.lines.message(session, (id, dir), &entry, out);
            self.count += 1;
        }
    }

    /// Writes what is left of a direction, the unfinished message last.
    fn rest(&mut self, session: &Session, lane: (ConnId, Dir), out: &mut Vec<u8>) {
        if self.choice.has(lane.0, lane.1) && self.lanes.contains_key(&lane) {
            self.messages(session, lane, u64::MAX, true, out);
            self.lanes.remove(&lane);
        }
    }
}

impl<L: Lines> Writing for Chronicle<L> {
    fn next(&mut self, session: &Session, out: &mut Vec<u8>) -> Result<bool, String> {
        // What is not cut has no messages yet.
        if session.is_uncut() {
            return Ok(true);
        }
        let start = out.len();
        let stop = self.end.min(self.next + EVENTS_A_PIECE);
        if self.next < stop {
            let mut reached = stop;
            session.events_from(self.next, &mut |seq, event| {
                if seq >= stop {
                    return false;
                }
                self.event(session, seq, event, out);
                let is_enough = out.len() - start > PIECE_BYTES;
                if is_enough {
                    reached = seq + 1;
                }
                !is_enough
            });
            self.next = reached;
            return Ok(true);
        }
        let left = self.left.get_or_insert_with(|| {
            let mut left: Vec<_> = self.lanes.keys().copied().collect();
            left.sort_by_key(|(id, dir)| std::cmp::Reverse((*id, dir.index())));
            left
        });
        let Some(lane) = left.pop() else {
            return Ok(false);
        };
        self.rest(session, lane, out);
        Ok(true)
    }

    fn percent(&self) -> u64 {
        self.next.saturating_mul(100) / self.end.max(1)
    }

    fn summary(&self) -> Summary {
        Summary {
            count: self.count,
            limit: None,
        }
    }
}
