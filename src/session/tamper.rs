//! What is done to bytes on their way, as the log tells it: the rules in force with their hits, the messages that are
//! held, and where bytes were changed. Nothing is done here.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use super::Session;
use crate::event::{ConnId, Dir, Event, Fault, Hit, Role, What};

/// The changed places that are kept of a direction.
const CHANGED_MAX: usize = 65_536;

/// A rule for bytes on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tampering {
    /// Its number.
    pub number: u32,
    /// Whose bytes: of a tap those of all its conversations.
    pub conn: ConnId,
    /// Which of them; both directions without.
    pub dir: Option<Dir>,
    /// Its canonical words.
    pub words: String,
    /// How often it has hit.
    pub hits: u64,
}

/// A message that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// Who received it.
    pub conn: ConnId,
    /// Its number among the messages of the direction.
    pub message: u64,
    /// Its bytes.
    pub range: Range<u64>,
    /// Since when.
    pub since: Duration,
    /// The event that told it.
    pub seq: u64,
}

/// What is true at a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Tampered {
    /// In the order of their beginning.
    rules: Vec<Tampering>,
    /// In the order in which they were caught.
    caught: Vec<Caught>,
    /// The number of the newest rule there ever was.
    newest: u32,
}

impl Tampered {
    /// Takes an event of that number.
    pub(super) fn take(&mut self, seq: u64, event: &Event) {
        let (What::Fault(fault), Some(conn)) = (&event.what, event.conn) else {
            return;
        };
        match fault {
            Fault::Begun { number, dir, words } => {
                self.newest = self.newest.max(*number);
                self.rules.push(Tampering {
                    number: *number,
                    conn,
                    dir: *dir,
                    words: words.clone(),
                    hits: 0,
                });
            }
            Fault::Over { number } => self.rules.retain(|rule| rule.number != *number),
            Fault::Hit(hit) => self.count(hit.number),
            Fault::Caught {
                number,
                message,
                range,
            } => {
                self.count(*number);
                self.caught.push(Caught {
                    conn,
                    message: *message,
                    range: range.clone(),
                    since: event.at,
                    seq,
                });
            }
            Fault::Freed { range, .. } => {
                let is_it = |held: &Caught| held.conn == conn && held.range == *range;
                if let Some(at) = self.caught.iter().position(is_it) {
                    self.caught.remove(at);
                }
            }
        }
    }

    fn count(&mut self, number: u32) {
        let rule = self.rules.iter_mut().find(|rule| rule.number == number);
        if let Some(rule) = rule {
            rule.hits += 1;
        }
    }

    /// What was held of these sockets goes nowhere.
    pub(super) fn close(&mut self, conns: &[ConnId]) {
        self.caught.retain(|held| !conns.contains(&held.conn));
    }

    /// Whether it says anything about a socket.
    pub(super) fn knows(&self, conn: ConnId) -> bool {
        self.caught.iter().any(|held| held.conn == conn)
    }
}

/// The places where bytes were changed on their way, in order, each with the event that told it.
pub(super) type Changed = HashMap<(ConnId, Dir), Vec<(Range<u64>, u64)>>;

impl Session {
    /// The rules in force for bytes on their way, in the order of their beginning.
    #[must_use]
    pub fn tamperings(&self) -> &[Tampering] {
        &self.moment().tampered.rules
    }

    /// The messages that are held, the oldest first.
    #[must_use]
    pub fn caught(&self) -> &[Caught] {
        &self.moment().tampered.caught
    }

    /// Whether a socket is a tap or a side of a conversation of one.
    #[must_use]
    pub fn is_of_taps(&self, conn: ConnId) -> bool {
        let made = |id: ConnId| self.conn(id).and_then(|conn| conn.parent);
        let parents = [Some(conn), made(conn), made(conn).and_then(made)];
        let mut roles = parents.into_iter().flatten().filter_map(|id| self.conn(id));
        roles.any(|conn| conn.role == Role::Tap)
    }

    /// The number of the newest rule there ever was.
    #[must_use]
    pub fn newest_tampering(&self) -> u32 {
        self.moment().tampered.newest
    }

    /// The parts of `range` that were changed on their way: of what was received, what went on as something else; of
    /// what was sent, what came as something else. In order of their first bytes.
    #[must_use]
    pub fn changed(&self, conn: ConnId, dir: Dir, range: &Range<u64>) -> Vec<Range<u64>> {
        let Some(places) = self.altered.get(&(conn, dir)) else {
            return Vec::new();
        };
        let count = self.event_count();
        let first = places.partition_point(|(place, _)| place.end <= range.start);
        let places = places.iter().skip(first);
        let within = places.take_while(|(place, _)| place.start < range.end);
        within
            .filter(|(_, seq)| *seq < count)
            .map(|(place, _)| place.start.max(range.start)..place.end.min(range.end))
            .collect()
    }

    /// Whether anything of a direction was changed on its way.
    #[must_use]
    pub fn is_changed(&self, conn: ConnId, dir: Dir) -> bool {
        let first = self.altered.get(&(conn, dir)).and_then(|it| it.first());
        first.is_some_and(|(_, seq)| *seq < self.event_count())
    }

    /// Notes where the event `seq` says that bytes were changed.
    pub(super) fn note_change(&mut self, event: &Event, seq: u64) {
        let (What::Fault(fault), Some(conn)) = (&event.what, event.conn) else {
            return;
        };
        match fault {
            Fault::Hit(Hit {
                dir,
                range,
                deed,
                sent,
                ..
            }) => {
                if deed.changes() {
                    self.alter((conn, *dir), range, seq);
                }
                if let Some((conn, range)) = sent {
                    self.alter((*conn, Dir::Out), range, seq);
                }
            }
            Fault::Freed { range, deed } if deed.changes() => {
                self.alter((conn, Dir::In), range, seq);
            }
            _ => {}
        }
    }

    fn alter(&mut self, of: (ConnId, Dir), range: &Range<u64>, seq: u64) {
        let places = self.altered.entry(of).or_default();
        // They stand in order and apart, so that those in view are found by halving.
        let behind = places.last().map_or(0, |(last, _)| last.end);
        let range = range.start.max(behind)..range.end;
        if range.start >= range.end {
            return;
        }
        if places.len() >= CHANGED_MAX {
            places.drain(..CHANGED_MAX / 2);
        }
        places.push((range, seq));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Actor, Deed};

    fn event(what: Fault) -> Event {
        Event {
            at: Duration::from_secs(1),
            conn: Some(ConnId(0)),
            by: Actor::Loop,
            what: What::Fault(what),
        }
    }

    fn hit(number: u32, range: Range<u64>, deed: Deed) -> Event {
        let sent = deed.changes().then(|| (ConnId(1), range.clone()));
        event(Fault::Hit(Hit {
            number,
            dir: Dir::In,
            range,
            deed,
            sent,
        }))
    }

    fn session() -> Session {
        let mut session = Session::new(1 << 20, None);
        let words = "corrupt 0.1 seed 7".to_owned();
        session.apply(event(Fault::Begun {
            number: 3,
            dir: None,
            words,
        }));
        session
    }

    #[test]
    fn hits_are_counted_and_what_they_changed_is_marked_at_both_ends() {
        let mut session = session();
        session.apply(hit(3, 4..6, Deed::Changed(2)));
        session.apply(hit(3, 5..9, Deed::Dropped));
        session.apply(hit(3, 20..30, Deed::Delayed(Duration::from_secs(1))));
        let rules = session.tamperings();
        assert_eq!(rules.iter().map(|it| it.hits).collect::<Vec<_>>(), [3]);
        let changed = |conn, dir| session.changed(ConnId(conn), dir, &(5..100));
        assert_eq!(changed(0, Dir::In), [5..6, 6..9]);
        assert_eq!(changed(1, Dir::Out), [5..6, 6..9]);
        assert!(changed(1, Dir::In).is_empty());
        session.apply(event(Fault::Over { number: 3 }));
        assert!(session.tamperings().is_empty());
        assert_eq!(session.newest_tampering(), 3);
    }

    #[test]
    fn what_is_held_is_told_until_it_is_freed() {
        let mut session = session();
        for (message, range) in [(1, 0..4), (2, 4..9)] {
            session.apply(event(Fault::Caught {
                number: 3,
                message,
                range,
            }));
        }
        let (range, deed) = (0..4, Deed::Passed);
        session.apply(event(Fault::Freed { range, deed }));
        let held: Vec<_> = session.caught().iter().map(|it| it.message).collect();
        assert_eq!(held, [2]);
        session.apply(Event {
            what: What::Gone,
            ..event(Fault::Over { number: 9 })
        });
        assert!(session.caught().is_empty());
    }
}
