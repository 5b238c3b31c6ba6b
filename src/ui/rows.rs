//! Which events are rows of the timeline, by socket: an index over the log, kept as the log grows, so that a
//! quiet socket among ten thousand busy ones is shown without a search. It keeps numbers of events, no event.

use std::collections::HashMap;

use crate::event::{Call, ConnId, Event, Outcome, What};
use crate::session::Session;

/// The most rows kept for a socket; older ones are reached by `goto`.
const ROWS_MAX: usize = 100_000;

/// Armed calls are rows behind all others, in the order in which they are made: nothing has happened yet.
const GHOSTS: u64 = 1 << 62;

/// A row of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The event that began it; of an armed call its place behind all events.
    pub(super) seq: u64,
    /// The event that ended its wait; of an armed call the one that armed it.
    pub(super) end: Option<u64>,
}

impl Row {
    /// Whether it is an armed call.
    pub(super) fn is_ghost(self) -> bool {
        self.seq >= GHOSTS
    }

    /// The event that stands in it.
    pub(super) fn event(self) -> u64 {
        self.end.filter(|_| self.is_ghost()).unwrap_or(self.seq)
    }
}

/// The index.
#[derive(Debug, Default)]
pub(super) struct Rows {
    of: HashMap<Option<ConnId>, Vec<Row>>,
    /// Calls that are armed, in their order.
    ghosts: HashMap<ConnId, Vec<Row>>,
    /// The waits of each socket, in the order of their numbers.
    waits: HashMap<ConnId, Vec<Wait>>,
    read: u64,
    /// Only events before this one are shown.
    until: Option<u64>,
    /// The calls that were armed then.
    ghosts_then: HashMap<ConnId, Vec<Row>>,
}

#[derive(Clone, Copy, Debug)]
struct Wait {
    number: u32,
    /// The event that began it.
    began: u64,
    ended: Option<u64>,
}

impl Rows {
    /// Takes in the events that came since the last time, and shows each.
    pub(super) fn read(&mut self, session: &Session, show: &mut dyn FnMut(u64, &Event)) {
        if session.event_count() <= self.read {
            // An earlier moment is looked at.
            return;
        }
        let first = std::mem::replace(&mut self.read, session.event_count());
        session.events_from(first, &mut |seq, event| {
            self.take(seq, event);
            show(seq, event);
            true
        });
    }

    /// The same without a row for any of them: nobody will ask for one.
    pub(super) fn pass_over(&mut self, session: &Session, show: &mut dyn FnMut(&Event)) {
        if session.event_count() <= self.read {
            return;
        }
        let first = std::mem::replace(&mut self.read, session.event_count());
        session.events_from(first, &mut |_, event| {
            show(event);
            true
        });
    }

    /// Sockets are forgotten, and their rows with them.
    pub(super) fn forget(&mut self, gone: &[ConnId]) {
        for conn in gone {
            self.of.remove(&Some(*conn));
            self.ghosts.remove(conn);
            self.waits.remove(conn);
        }
    }

    /// Shows the rows that there are at the moment for which the session answers.
    pub(super) fn see(&mut self, session: &Session) {
        self.until = session.past().map(|_| session.event_count());
        self.ghosts_then.clear();
        for seq in session.armed().filter(|_| self.until.is_some()) {
            if let Some(event) = session.event(seq)
                && let (What::Armed { number, .. }, Some(conn)) = (&event.what, event.conn)
            {
                let place = GHOSTS + u64::from(*number);
                let row = Row {
                    seq: place,
                    end: Some(seq),
                };
                self.ghosts_then.entry(conn).or_default().push(row);
            }
        }
    }

    /// Whether later rows are not shown.
    pub(super) fn is_cut_off(&self) -> bool {
        self.until.is_some()
    }

    /// The rows of these sockets and of none, as one list.
    pub(super) fn list(&self, conns: &[ConnId]) -> List<'_> {
        let keys = conns.iter().map(|conn| Some(*conn)).chain([None]);
        let made = keys.filter_map(|key| self.of.get(&key));
        let ghosts = match self.until {
            Some(_) => &self.ghosts_then,
            None => &self.ghosts,
        };
        let armed = conns.iter().filter_map(|conn| ghosts.get(conn));
        List {
            parts: made
                .map(|rows| self.shown(rows))
                .chain(armed.map(Vec::as_slice))
                .collect(),
        }
    }

    /// The event that ended a wait.
    pub(super) fn end_of(&self, conn: ConnId, wait: u32) -> Option<u64> {
        let ended = self.wait(conn, wait)?.ended;
        ended.filter(|seq| self.until.is_none_or(|until| *seq < until))
    }

    fn wait(&self, conn: ConnId, number: u32) -> Option<&Wait> {
        let waits = self.waits.get(&conn)?;
        let at = waits.binary_search_by_key(&number, |wait| wait.number);
        waits.get(at.ok()?)
    }

    fn shown<'a>(&self, rows: &'a [Row]) -> &'a [Row] {
        let until = self.until.unwrap_or(u64::MAX);
        let count = rows.partition_point(|row| row.seq < until);
        rows.get(..count).unwrap_or_default()
    }

    /// The row in which an event stands: its own, that of the wait it belongs to, or the next one of its socket.
    pub(super) fn row_of(&self, seq: u64, event: &Event) -> u64 {
        let wait = match (&event.what, event.conn) {
            (What::Call(call), Some(conn)) => call.pending.and_then(|wait| self.wait(conn, wait)),
            _ => None,
        };
        if let Some(wait) = wait {
            return wait.began;
        }
        let conns: Vec<ConnId> = event.conn.into_iter().collect();
        let list = self.list(&conns);
        let row = list.window(list.rank(seq), 1).first().copied();
        // Behind the newest row stand only those of calls that are not made yet.
        let row = row.filter(|row| !row.is_ghost());
        row.map_or(seq, |row| row.seq)
    }

    /// Keeps the rows of armed calls.
    fn haunt(&mut self, seq: u64, event: &Event) {
        let Some(conn) = event.conn else { return };
        match event.what {
            What::Armed { number, .. } => {
                let place = GHOSTS + u64::from(number);
                let row = Row {
                    seq: place,
                    end: Some(seq),
                };
                self.ghosts.entry(conn).or_default().push(row);
            }
            What::Disarmed { number, .. } => {
                let place = GHOSTS + u64::from(number);
                if let Some(ghosts) = self.ghosts.get_mut(&conn) {
                    ghosts.retain(|row| row.seq != place);
                }
            }
            _ => {}
        }
    }

    fn take(&mut self, seq: u64, event: &Event) {
        self.haunt(seq, event);
        let is_row = match &event.what {
            What::Call(call) => self.begins(seq, event.conn, call),
            What::State(_)
            | What::Holder(_)
            | What::Marked(_)
            | What::Unmarked(_)
            | What::Cable(_)
            | What::Refs { .. }
            | What::Answers { .. }
            | What::Holding(_)
            | What::Note(_)
            | What::Say(_)
            | What::Refused(_)
            | What::Measured(_)
            | What::Fault(_)
            | What::Ended { cause: Some(_), .. } => true,
            What::Limit { text, .. } => text.is_some(),
            _ => false,
        };
        if is_row {
            let rows = self.of.entry(event.conn).or_default();
            if rows.len() >= 2 * ROWS_MAX {
                rows.drain(..ROWS_MAX);
            }
            rows.push(Row { seq, end: None });
        }
    }

    /// Whether a call is a row of its own: not the attempts beneath a blocked call, nor the one that ends it.
    fn begins(&mut self, seq: u64, conn: Option<ConnId>, call: &Call) -> bool {
        let (Some(conn), Some(number)) = (conn, call.pending) else {
            return true;
        };
        if call.outcome == Outcome::Blocked {
            let waits = self.waits.entry(conn).or_default();
            let wait = Wait {
                number,
                began: seq,
                ended: None,
            };
            match waits.binary_search_by_key(&number, |wait| wait.number) {
                Ok(at) => waits[at] = wait,
                Err(at) => waits.insert(at, wait),
            }
            return true;
        }
        let waits = self.waits.get_mut(&conn);
        let Some(wait) = waits.and_then(|waits| wait_mut(waits, number)) else {
            return true;
        };
        if call.blocked.is_some() || matches!(call.outcome, Outcome::Cancelled(_)) {
            wait.ended = Some(seq);
            let began = wait.began;
            let rows = self.of.entry(Some(conn)).or_default();
            if let Ok(at) = rows.binary_search_by_key(&began, |row| row.seq)
                && let Some(row) = rows.get_mut(at)
            {
                row.end = Some(seq);
            }
        }
        false
    }
}

fn wait_mut(waits: &mut [Wait], number: u32) -> Option<&mut Wait> {
    let at = waits.binary_search_by_key(&number, |wait| wait.number);
    waits.get_mut(at.ok()?)
}

/// Rows of several sockets in the order of the log.
#[derive(Debug)]
pub(super) struct List<'a> {
    parts: Vec<&'a [Row]>,
}

impl List<'_> {
    /// How many.
    pub(super) fn count(&self) -> u64 {
        self.parts.iter().map(|part| part.len() as u64).sum()
    }

    /// How many stand before the event `seq`.
    pub(super) fn rank(&self, seq: u64) -> u64 {
        self.parts
            .iter()
            .map(|part| part.partition_point(|row| row.seq < seq) as u64)
            .sum()
    }

    /// How many stand before the row of an event, which may be armed still.
    pub(super) fn rank_of(&self, event: u64) -> u64 {
        let armed = self
            .parts
            .iter()
            .filter(|part| part.first().is_some_and(|row| row.is_ghost()));
        let mut rows = armed.flat_map(|part| part.iter());
        let ghost = rows.find(|row| row.event() == event);
        self.rank(ghost.map_or(event, |row| row.seq))
    }

    /// At most `count` rows from position `first` on.
    pub(super) fn window(&self, first: u64, count: usize) -> Vec<Row> {
        // The first event with `first` rows before it, by halving: the parts are sorted, their union is not stored.
        let newest = self
            .parts
            .iter()
            .filter_map(|part| part.last())
            .map(|row| row.seq)
            .max()
            .unwrap_or(0);
        let (mut low, mut high) = (0, newest + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.rank(middle + 1) > first {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let tail = |part: &&[Row]| {
            let from = part.partition_point(|row| row.seq < low);
            part.iter()
                .skip(from)
                .take(count)
                .copied()
                .collect::<Vec<_>>()
        };
        let mut rows: Vec<Row> = self.parts.iter().flat_map(tail).collect();
        rows.sort_by_key(|row| row.seq);
        rows.truncate(count);
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_several_sorted_parts_is_sorted_and_starts_where_it_should() {
        let rows = |seqs: &[u64]| {
            seqs.iter()
                .map(|seq| Row {
                    seq: *seq,
                    end: None,
                })
                .collect::<Vec<_>>()
        };
        let (a, b) = (rows(&[1, 4, 5, 9]), rows(&[2, 3, 20]));
        let list = List {
            parts: vec![&a, &b],
        };
        let window = |first, count| {
            list.window(first, count)
                .iter()
                .map(|row| row.seq)
                .collect::<Vec<_>>()
        };
        assert_eq!(list.count(), 7);
        assert_eq!(window(0, 10), [1, 2, 3, 4, 5, 9, 20]);
        assert_eq!(window(3, 2), [4, 5]);
        assert_eq!(window(6, 5), [20]);
        assert!(window(7, 5).is_empty());
        assert_eq!(list.rank(5), 4);
    }

    #[test]
    fn of_what_is_passed_over_all_is_shown_once_and_nothing_kept() {
        let mut session = Session::new(1 << 20, None);
        let note = |text: &str| Event {
            at: std::time::Duration::ZERO,
            conn: None,
            by: crate::event::Actor::Loop,
            what: What::Note(text.to_owned()),
        };
        session.apply(note("one"));
        let (mut rows, mut shown) = (Rows::default(), Vec::new());
        for text in ["two", "three"] {
            session.apply(note(text));
            rows.pass_over(&session, &mut |event| shown.push(event.clone()));
        }
        assert_eq!(shown, ["one", "two", "three"].map(note));
        assert_eq!(rows.list(&[]).count(), 0);
        session.apply(note("four"));
        rows.read(&session, &mut |seq, _| assert_eq!(seq, 3));
        assert_eq!(rows.list(&[]).count(), 1);
    }
}
