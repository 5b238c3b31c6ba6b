//! The log and what follows from it: sockets with their names, addresses and states, the two directions of each with
//! their bytes, boundaries and messages. A session is a fold: the same events and bytes give the same session. It
//! cannot fail, cannot wait and knows no clock but the times of its events.
//!
//! It is kept in three parts: what only grows (`store`), what is true at a moment (`moment`), and the messages, which
//! follow from both (`lane`). So an earlier moment is looked at while the session goes on: [`Session::travel`] folds it
//! from the nearest snapshot, and in [`Session::seen`] everything that is asked answers for that moment.

mod at_hand;
mod bounds;
mod capture;
mod conn;
mod find;
mod fold;
mod forget;
mod hold;
pub mod json;
mod keep;
mod lane;
mod log;
mod machine;
mod moment;
mod names;
mod notes;
mod numbered;
mod places;
mod rate;
mod room;
mod shared;
mod snapshots;
mod store;
mod talk;
mod tamper;
mod tapped;
mod trail;
mod travel;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

pub use bounds::Datagram;
pub use capture::Reader;
pub use conn::{Conn, Numbers, Pending, Trouble};
pub use find::{Find, Finding, HITS_MAX, Matcher, REGEX_REACH_BYTES, Tally, compile};
pub use forget::{CLOSED_MAX, Wanted};
pub use lane::{Ending, Lane};
pub use machine::Machine;
pub use places::Places;
pub use rate::{RATE_SECONDS, Rate};
pub use shared::Shared;
pub use talk::{Asked, Split, Spoken, Talk};
pub use tamper::{Caught, Tampering};
pub use trail::{Point, Turn};
pub use travel::Past;

use crate::event::{ConnId, Dir, Event, Spill};
pub use crate::framing::Entry;
use crate::framing::{Message, Source};
use crate::tape::{Show, Tapes};
use at_hand::AtHand;
use forget::Forgetting;
use keep::Keeping;
use lane::{Beside, Framed, Traffic};
use moment::{Change, Moment};
use numbered::Numbered;
use snapshots::Snapshots;
use store::Store;
use tamper::Changed;
use trail::Trail;
use travel::Journey;

/// The least that framings cut of one direction in a turn.
const CUT_SHARE_BYTES: usize = 16 << 10;

/// The log, the sockets and their bytes.
#[derive(Debug)]
pub struct Session {
    store: Store,
    /// What is true now.
    live: Moment,
    /// The messages of each socket's directions.
    framed: Numbered<[Framed; 2]>,
    /// How many sockets there were when theirs were made.
    made: usize,
    /// What turned for each socket, by its number: the log's own index for those who ask why.
    trails: Numbered<Trail>,
    /// Where bytes were changed on their way.
    altered: Changed,
    /// Directions with bytes that no cutter has seen.
    uncut: Vec<(ConnId, Dir)>,
    at_hand: AtHand,
    keeping: Keeping,
    /// Room for what an event changes.
    changes: Vec<Change>,
    /// The facts as they were now and then.
    snapshots: Snapshots,
    /// The earlier moment that is looked at.
    journey: Journey,
    /// Who reads along and is behind.
    behind: BTreeSet<Reader>,
    /// No framing looks at what comes.
    is_blind: bool,
    /// Directions that are cut only where somebody asks, and somebody asked.
    asked: RefCell<Vec<(ConnId, Dir)>>,
    forgetting: Forgetting,
    /// How many sockets the tapes leave room for.
    roomed: usize,
}

impl Session {
    /// An empty session that keeps about `memory_bytes` of bytes and log in memory and the rest in `spill`.
    #[must_use]
    pub fn new(memory_bytes: usize, spill: Option<Box<dyn Spill>>) -> Self {
        Self {
            store: Store::new(Tapes::new(memory_bytes, spill)),
            live: Moment::default(),
            framed: Numbered::default(),
            made: 0,
            trails: Numbered::default(),
            altered: Changed::default(),
            uncut: Vec::new(),
            at_hand: AtHand::default(),
            keeping: Keeping::default(),
            changes: Vec::new(),
            snapshots: Snapshots::default(),
            journey: Journey::default(),
            behind: BTreeSet::new(),
            is_blind: false,
            asked: RefCell::default(),
            forgetting: Forgetting::default(),
            roomed: 0,
        }
    }

    /// Takes the next event; returns its number in the log.
    pub fn apply(&mut self, event: Event) -> u64 {
        debug_assert!(self.past().is_none(), "what happens, happens now");
        self.snapshots.note(&self.live);
        let mut changes = std::mem::take(&mut self.changes);
        let mut beside = fold::Folding {
            names: &mut self.store.names,
            pairs: &mut self.store.pairs,
            changes: &mut changes,
        };
        self.live.fold(&event, &mut beside);
        for at in self.made..self.live.tracks.ever() {
            // A recording may lack the beginning of a socket: its number stays free.
            if let Some(tracks) = self.live.tracks.get(at) {
                self.framed.make(at, || tracks.each_ref().map(Framed::new));
            }
        }
        self.made = self.live.tracks.ever();
        for change in changes.drain(..) {
            self.follow(change);
        }
        self.changes = changes;
        self.trace(&event, self.live.count - 1);
        self.note_change(&event, self.live.count - 1);
        self.forgetting.note(&event, self.live.count - 1);
        self.note_keep(&event);
        self.leave_room();
        self.store.log.push(&mut self.store.tapes, event)
    }

    /// Lets the messages follow what an event has changed.
    fn follow(&mut self, change: Change) {
        let (Change::Told(id, _) | Change::Reframed(id, _) | Change::Anew(id)) = change;
        let (Some(tracks), Some(framed)) =
            (self.live.tracks(id), self.framed.get_mut(id.0 as usize))
        else {
            return;
        };
        match change {
            Change::Told(_, dir) => framed[dir.index()].note(),
            Change::Reframed(_, dir) => framed[dir.index()].reframe(&tracks[dir.index()]),
            Change::Anew(_) => framed
                .iter_mut()
                .zip(tracks)
                .for_each(|(framed, track)| framed.cut_anew(track)),
        }
        match change {
            Change::Told(id, dir) | Change::Reframed(id, dir) => self.note_uncut(id, dir),
            Change::Anew(id) => Dir::BOTH
                .into_iter()
                .for_each(|dir| self.note_uncut(id, dir)),
        }
    }

    /// Runs framings over bytes that came in, about `budget_bytes` of them, a share for each direction; true while some
    /// are left.
    pub fn cut(&mut self, budget_bytes: usize) -> bool {
        self.let_go();
        self.answer_asked();
        let mut left = Vec::new();
        let budget_bytes = (budget_bytes / self.uncut.len().max(1)).max(CUT_SHARE_BYTES);
        for (conn, dir) in std::mem::take(&mut self.uncut) {
            self.at_hand.note(conn);
            let traffic = traffic(&self.store, &self.live, conn);
            let framed = self.framed.get_mut(conn.0 as usize);
            let is_left = framed.zip(traffic).is_some_and(|(framed, traffic)| {
                lane::cut(framed, &traffic, dir, &self.store.tapes, budget_bytes)
            });
            if is_left {
                left.push((conn, dir));
            } else if self.live.conn(conn).is_some_and(|conn| conn.keep.is_some()) {
                let tracks = self.live.tracks(conn);
                let cut = tracks.map_or(0, |tracks| tracks[dir.index()].len());
                self.keeping.note(conn, dir, cut);
            }
        }
        self.uncut = left;
        for id in self.at_hand.left_behind() {
            let framed = self.framed.get_mut(id.0 as usize);
            framed.into_iter().flatten().for_each(Framed::put_away);
        }
        self.cut_past(budget_bytes);
        self.is_uncut()
    }

    /// Whether bytes came in that no framing has seen.
    #[must_use]
    pub fn is_uncut(&self) -> bool {
        !self.uncut.is_empty() || self.is_past_uncut() || !self.asked.borrow().is_empty()
    }

    /// The disk has written: spilling can go on.
    pub fn relieve(&mut self) {
        self.store.tapes.relieve();
    }

    /// Why no more can be kept, once that is so.
    #[must_use]
    pub fn spill_trouble(&self) -> Option<String> {
        self.store.tapes.trouble()
    }

    /// The time of the newest event.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.moment().now
    }

    /// How many events there are; they are numbered from 0.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        self.moment().count
    }

    /// An event by its number.
    #[must_use]
    pub fn event(&self, seq: u64) -> Option<Event> {
        let is_there = seq < self.event_count();
        is_there.then(|| self.store.log.event(&self.store.tapes, seq))?
    }

    /// The event that was taken last.
    #[must_use]
    pub fn newest(&self) -> Option<&Event> {
        self.store.log.newest()
    }

    /// Shows events backwards, newest first, beginning before `seq`, until `show` returns false.
    pub fn events_before(&self, seq: u64, show: &mut dyn FnMut(u64, &Event) -> bool) {
        let seq = seq.min(self.event_count());
        self.store.log.backwards(&self.store.tapes, seq, show);
    }

    /// Shows events forwards from the event `seq` on until `show` returns false; what cannot be read back is left out.
    pub fn events_from(&self, seq: u64, show: &mut dyn FnMut(u64, &Event) -> bool) {
        let end = self.event_count();
        self.store
            .log
            .forwards(&self.store.tapes, seq, &mut |seq, event| {
                seq < end && show(seq, event)
            });
    }

    /// Every socket of the session, closed ones too, in the order of their numbers.
    #[must_use]
    pub fn conns(&self) -> &Shared<Conn> {
        &self.moment().conns
    }

    /// A socket.
    #[must_use]
    pub fn conn(&self, id: ConnId) -> Option<&Conn> {
        self.moment().conn(id)
    }

    /// The socket of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<ConnId> {
        let conn = self.store.names.conn(name);
        let conn = conn.or_else(|| self.newest_side(name));
        conn.filter(|conn| self.conn(*conn).is_some())
    }

    /// Whether a name was never given.
    #[must_use]
    pub fn is_name_free(&self, name: &str) -> bool {
        self.store.names.is_free(name)
    }

    /// The name of a socket; `?` for one that is not here.
    #[must_use]
    pub fn name(&self, id: ConnId) -> &str {
        self.conn(id).map_or("?", |conn| &conn.name)
    }

    /// The other end of a connection, when both are ours.
    #[must_use]
    pub fn twin(&self, id: ConnId) -> Option<ConnId> {
        self.conn(id)?.twin
    }

    /// A direction of a socket.
    #[must_use]
    pub fn lane(&self, id: ConnId, dir: Dir) -> Option<Lane<'_>> {
        let traffic = traffic(&self.store, self.moment(), id)?;
        Some(Lane::new(self, id, dir, traffic[dir.index()]))
    }

    /// What is true at the moment that is looked at.
    fn moment(&self) -> &Moment {
        self.journey.moment().unwrap_or(&self.live)
    }

    /// What a direction is looked at with.
    fn beside(&self, id: ConnId, dir: Dir) -> Beside<'_> {
        Beside {
            tapes: &self.store.tapes,
            other: self.framed(id, dir.other()),
        }
    }

    /// All that moved in a direction, for a second rule to cut.
    #[must_use]
    pub fn source(&self, id: ConnId, dir: Dir) -> Option<Source<'_>> {
        self.lane(id, dir).map(|lane| lane.all(&self.store.tapes))
    }

    /// Bytes of a direction, with 0 for what is missing, and whether all were there.
    #[must_use]
    pub fn bytes(&self, id: ConnId, dir: Dir, range: Range<u64>) -> (Vec<u8>, bool) {
        self.lane(id, dir).map_or((Vec::new(), true), |lane| {
            let range = range.start..range.end.min(lane.len());
            self.store.tapes.copy(lane.tape(), range)
        })
    }

    /// Shows bytes of a direction piece by piece, in order; `None` for a part that is missing.
    pub fn visit(&self, id: ConnId, dir: Dir, range: Range<u64>, show: &mut Show<'_>) {
        if let Some(lane) = self.lane(id, dir) {
            let range = range.start..range.end.min(lane.len());
            self.store.tapes.visit(lane.tape(), range, show);
        }
    }

    /// The entry that holds the byte at `offset`, by its position.
    #[must_use]
    pub fn entry_at(&self, id: ConnId, dir: Dir, offset: u64) -> Option<u64> {
        self.lane(id, dir)?.entry_at(self.beside(id, dir), offset)
    }

    /// What a message carries, at most `limit` bytes of it, as its framing unpacks it.
    #[must_use]
    pub fn payload(&self, id: ConnId, dir: Dir, message: &Message, limit: u64) -> Vec<u8> {
        let Some(lane) = self.lane(id, dir) else {
            return Vec::new();
        };
        let end = message
            .range
            .end
            .min(message.range.start.saturating_add(limit));
        let (bytes, _) = self.store.tapes.copy(lane.tape(), message.range.start..end);
        lane.rule_at(message.range.start)
            .rule
            .payload(message, &bytes)
    }

    /// Marks, by name, with the number of the event that came next.
    #[must_use]
    pub fn marks(&self) -> &BTreeMap<String, u64> {
        &self.moment().marks
    }
}

/// What moved in the directions of a socket, as of a moment.
fn traffic<'a>(store: &'a Store, moment: &'a Moment, id: ConnId) -> Option<[Traffic<'a>; 2]> {
    let (tracks, strands) = (moment.tracks(id)?, store.strands(id));
    Some(Dir::BOTH.map(|dir| Traffic::new(&tracks[dir.index()], &strands[dir.index()])))
}

#[cfg(test)]
mod tests;
