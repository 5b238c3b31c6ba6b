//! Which events are rows of the timeline, by socket: an index over the log, kept as the log grows, so that a
//! quiet socket among ten thousand busy ones is shown without a search. It keeps numbers of events, no event.

mod numbers;

use std::collections::HashMap;

use crate::event::{Call, ConnId, Event, Outcome, What};
use crate::session::Session;
use numbers::Numbers;

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
    of: HashMap<Option<ConnId>, Numbers>,
    /// Calls that are armed, in their order.
    ghosts: HashMap<ConnId, Vec<Row>>,
    /// The waits of each socket, in the order of their numbers, which is that in which they began.
    waits: HashMap<ConnId, Vec<Wait>>,
    read: u64,
    /// The log holds no event before this one.
    first: u64,
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
        if session.first_event() > self.first {
            self.forget_before(session.first_event());
        }
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

    /// The log lets go of its oldest events: nothing is left to be shown of their rows.
    fn forget_before(&mut self, first: u64) {
        self.first = first;
        self.of.retain(|_, rows| {
            rows.forget_before(first);
            rows.len() > 0
        });
        self.waits.retain(|_, waits| {
            let gone = waits.partition_point(|wait| wait.began < first);
            waits.drain(..gone);
            !waits.is_empty()
        });
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
        let until = self.until.unwrap_or(u64::MAX);
        let keys = conns.iter().map(|conn| Some(*conn)).chain([None]);
        let made = keys.filter_map(|key| {
            let waits = key.and_then(|conn| self.waits.get(&conn));
            Some(Made {
                rows: self.of.get(&key)?,
                waits: waits.map_or(&[], Vec::as_slice),
                until,
            })
        });
        let ghosts = match self.until {
            Some(_) => &self.ghosts_then,
            None => &self.ghosts,
        };
        let armed = conns.iter().filter_map(|conn| ghosts.get(conn));
        List {
            made: made.collect(),
            armed: armed.map(Vec::as_slice).collect(),
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
            rows.push(seq);
            rows.forget_beyond(ROWS_MAX);
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
    made: Vec<Made<'a>>,
    armed: Vec<&'a [Row]>,
}

/// Rows of one socket that were made before an event.
#[derive(Debug)]
struct Made<'a> {
    rows: &'a Numbers,
    waits: &'a [Wait],
    until: u64,
}

impl Made<'_> {
    /// How many stand before the event `seq`.
    fn rank(&self, seq: u64) -> u64 {
        self.rows.rank(seq.min(self.until)) as u64
    }

    /// Those from the event `seq` on.
    fn from(&self, seq: u64) -> impl Iterator<Item = Row> {
        let rows = self.rows.from(seq);
        rows.take_while(|row| *row < self.until).map(|seq| Row {
            seq,
            end: self.end(seq),
        })
    }

    /// The event that ended the wait that one began.
    fn end(&self, began: u64) -> Option<u64> {
        let waits = self.waits;
        let at = waits.binary_search_by_key(&began, |wait| wait.began);
        let ended = waits.get(at.ok()?)?.ended;
        ended.filter(|seq| *seq < self.until)
    }
}

impl List<'_> {
    /// How many.
    pub(super) fn count(&self) -> u64 {
        self.rank(u64::MAX)
    }

    /// How many stand before the event `seq`.
    pub(super) fn rank(&self, seq: u64) -> u64 {
        let made: u64 = self.made.iter().map(|rows| rows.rank(seq)).sum();
        let armed = self.armed.iter();
        let armed = armed.map(|rows| rows.partition_point(|row| row.seq < seq) as u64);
        made + armed.sum::<u64>()
    }

    /// How many stand before the row of an event, which may be armed still.
    pub(super) fn rank_of(&self, event: u64) -> u64 {
        let mut rows = self.armed.iter().copied().flatten();
        let ghost = rows.find(|row| row.event() == event);
        self.rank(ghost.map_or(event, |row| row.seq))
    }

    /// At most `count` rows from position `first` on.
    pub(super) fn window(&self, first: u64, count: usize) -> Vec<Row> {
        // The first event with `first` rows before it, by halving: the parts are sorted, their union is not stored.
        let made = self.made.iter().filter_map(|made| made.rows.last());
        let armed = self.armed.iter().filter_map(|rows| rows.last());
        let newest = made.chain(armed.map(|row| row.seq)).max().unwrap_or(0);
        let (mut low, mut high) = (0, newest + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.rank(middle + 1) > first {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let made = self.made.iter().flat_map(|made| made.from(low).take(count));
        let armed = self.armed.iter().flat_map(|rows| {
            let from = rows.partition_point(|row| row.seq < low);
            rows.iter().skip(from).take(count).copied()
        });
        let mut rows: Vec<Row> = made.chain(armed).collect();
        rows.sort_by_key(|row| row.seq);
        rows.truncate(count);
        rows
    }
}

#[cfg(test)]
mod tests;
