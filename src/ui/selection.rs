//! The one selection that all panes share, and how it moves: to bytes, to messages, to what a call moved,
//! outwards. It is a range of a direction of the focused socket; how it looks is each pane's own matter.

mod sight;

use std::ops::Range;

use super::Ui;
use super::pane::{MESSAGES, TIMELINE};
use crate::event::{Call, ConnId, Dir, Outcome, What};
use crate::session::Session;
pub(super) use sight::Sight;

/// A stretch of bytes that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Whose bytes.
    pub conn: ConnId,
    /// Which direction, seen from that socket.
    pub dir: Dir,
    /// Offsets in that direction.
    pub range: Range<u64>,
    /// The pane that it was made in: a position in the table of panes.
    pub made_in: usize,
}

impl Ui {
    /// The range that is selected in the direction in view, else the byte under the cursor.
    pub(super) fn range(&self, session: &Session) -> Range<u64> {
        match &self.selection {
            Some(selection)
                if Some(selection.conn) == self.subject && selection.dir == self.dir =>
            {
                selection.range.clone()
            }
            _ => self.cursor..(self.cursor + 1).min(self.len(session)).max(self.cursor),
        }
    }

    /// Bytes of the direction in view.
    pub(super) fn len(&self, session: &Session) -> u64 {
        let lane = self.subject.and_then(|conn| session.lane(conn, self.dir));
        lane.map_or(0, crate::session::Lane::len)
    }

    /// Entries of the list of messages of the direction in view.
    pub(super) fn entries(&self, session: &Session) -> u64 {
        let lane = self.subject.and_then(|conn| session.lane(conn, self.dir));
        lane.map_or(0, crate::session::Lane::entry_count)
    }

    /// Selects bytes of the direction in view; a growing selection takes them in.
    pub(super) fn select(&mut self, range: Range<u64>, made_in: usize, session: &Session) {
        let Some(conn) = self.subject else { return };
        self.put_cursor(range.start, session);
        let range = match self.anchor() {
            Some(Selection { range: own, .. }) => {
                own.start.min(range.start)..own.end.max(range.end)
            }
            None => range,
        };
        self.selection = Some(Selection {
            conn,
            dir: self.dir,
            range,
            made_in,
        });
    }

    /// Selects a message.
    pub(super) fn select_entry(&mut self, index: u64, session: &Session) {
        self.entry = index.min(self.entries(session).saturating_sub(1));
        if let Some(entry) = self.entry(session) {
            let index = self.entry;
            self.select(entry.message.range.clone(), MESSAGES, session);
            // An empty message shares its offset with the next one.
            self.put_entry(index, session);
        }
    }

    /// Selects a part of the message under the cursor, which stays under it.
    pub(super) fn select_part(&mut self, range: Range<u64>, session: &Session) {
        let entry = self.entry;
        self.select(range, MESSAGES, session);
        self.put_entry(entry, session);
    }

    fn put_entry(&mut self, index: u64, session: &Session) {
        if self.entry != index {
            self.entry = index;
            self.keep_entry(session);
        }
    }

    /// Selects what the event did: the bytes that it moved, in the direction in which they went.
    pub(super) fn select_event(&mut self, seq: u64, session: &Session) {
        self.event = Some(seq);
        let Some(event) = session.event(seq) else {
            return;
        };
        let (Some(conn), What::Call(call)) = (event.conn, &event.what) else {
            return;
        };
        let Some(moved) = self.moved(conn, call, session) else {
            return;
        };
        let dir = if Some(conn) == self.subject {
            moved.0
        } else {
            moved.0.other()
        };
        self.dir = dir;
        self.end_range();
        self.select(moved.1, TIMELINE, session);
    }

    /// The bytes that a call moved, or that the end of a blocked call did.
    fn moved(&self, conn: ConnId, call: &Call, session: &Session) -> Option<(Dir, Range<u64>)> {
        let ended = match call.outcome {
            Outcome::Blocked => self
                .rows
                .end_of(conn, call.pending?)
                .and_then(|seq| session.event(seq)),
            _ => None,
        };
        let moved = match ended.map(|event| event.what) {
            Some(What::Call(end)) => end.moved,
            _ => call.moved.clone(),
        }?;
        Some((moved.dir, moved.range))
    }

    /// Shows the moment of an event: its socket, its row, its bytes.
    pub(super) fn go_to_event(&mut self, seq: u64, session: &Session) -> Result<(), String> {
        let event =
            session
                .event(seq)
                .ok_or_else(|| match session.event_count().checked_sub(1) {
                    None => self.locale.say("bytes.no-event-yet").to_owned(),
                    Some(_) if seq < session.first_event() => {
                        let first = session.first_event();
                        self.locale.fill("past.is-forgotten", &[&first])
                    }
                    Some(last) => self.locale.fill("bytes.no-event", &[&seq, &last]),
                })?;
        if let Some(conn) = event
            .conn
            .filter(|conn| !self.in_view(session).contains(conn))
        {
            self.look_at(conn, session)?;
        }
        self.stop_following(session);
        self.select_event(seq, session);
        self.reveal(session);
        Ok(())
    }

    /// Selects the smallest thing that holds the selection and more: a field, the payload, the message, all of it.
    pub(super) fn widen(&mut self, session: &Session) -> Result<(), String> {
        let len = self.len(session);
        if len == 0 {
            return Err(self.nothing_here());
        }
        let now = self.range(session);
        let mut wider: Vec<Range<u64>> = std::iter::once(0..len).collect();
        if let Some(entry) = self.entry(session) {
            wider.extend(entry.message.walk().map(|(_, field)| field.range.clone()));
            wider.extend([entry.message.payload.clone(), entry.message.range.clone()]);
        }
        let holds =
            |range: &Range<u64>| range.start <= now.start && range.end >= now.end && *range != now;
        let range = wider
            .into_iter()
            .filter(holds)
            .min_by_key(|range| range.end - range.start);
        self.stop_following(session);
        self.end_range();
        let cursor = self.cursor;
        self.select(range.unwrap_or(now), self.pane, session);
        self.put_cursor(cursor, session);
        Ok(())
    }

    /// The sockets whose calls the timeline shows: the one that is looked at, and its other end if that is ours; of a
    /// tapped conversation both sides.
    pub(super) fn in_view(&self, session: &Session) -> Vec<ConnId> {
        let across = |conn| session.conn(conn).and_then(|conn| conn.across);
        let other = |conn| across(conn).or_else(|| session.twin(conn));
        let other = self.subject.and_then(other);
        self.subject.into_iter().chain(other).collect()
    }
}

/// The offsets of a range as people read them: `0x07`, `0x07–0x0b`.
#[must_use]
pub(super) fn span(range: &Range<u64>) -> String {
    let last = range.end.saturating_sub(1);
    if last <= range.start {
        format!("0x{:02x}", range.start)
    } else {
        format!("0x{:02x}–0x{last:02x}", range.start)
    }
}
