//! The log and what follows from it: sockets with their names, addresses and states, the two directions of each with
//! their bytes, boundaries and messages. A session is a fold: the same events and bytes give the same session. It
//! cannot fail, cannot wait and knows no clock but the times of its events.

mod conn;
mod find;
mod fold;
mod hold;
pub mod json;
mod lane;
mod log;
mod names;
mod notes;
mod places;
mod rate;
mod trail;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::time::Duration;

pub use conn::{Conn, Pending, Trouble};
pub use find::{Find, Finding, HITS_MAX, Matcher, REGEX_REACH_BYTES, Tally, compile};
pub use lane::{Ending, Lane};
pub use places::Places;
pub use rate::{RATE_SECONDS, Rate};
pub use trail::{Point, Turn};

use crate::endpoint::{Address, Transport};
use crate::event::{Capture, ConnId, Dir, Event, Spill};
pub use crate::framing::Entry;
use crate::framing::{Cut, Message, Source};
use crate::tape::{Show, Tapes};
use crate::words::Words;
use hold::Held;
use lane::Beside;
use log::Log;
use names::Names;
use trail::Trail;

/// The least that framings cut of one direction in a turn.
const CUT_SHARE_BYTES: usize = 16 << 10;

/// The log, the sockets and their bytes.
#[derive(Debug)]
pub struct Session {
    tapes: Tapes,
    log: Log,
    conns: Vec<Conn>,
    /// Per socket, indexed by its number; made when the first byte or event comes, whichever is first.
    lanes: Vec<[Lane; 2]>,
    names: Names,
    /// Connections by their two addresses, so that both ends of one find each other.
    by_address: HashMap<(Transport, Address, Address), ConnId>,
    /// What turned for each socket, by its number: the log's own index for those who ask why.
    trails: Vec<Trail>,
    marks: BTreeMap<String, u64>,
    banners: Vec<(String, String)>,
    held: Held,
    /// Directions with bytes that no cutter has seen.
    uncut: Vec<(ConnId, Dir)>,
    /// Directions of which only the newest bytes are kept, and how far they were cut in the last round.
    kept: Vec<(ConnId, Dir, u64)>,
    now: Duration,
}

impl Session {
    /// An empty session that keeps about `memory_bytes` of bytes and log in memory and the rest in `spill`.
    #[must_use]
    pub fn new(memory_bytes: usize, spill: Option<Box<dyn Spill>>) -> Self {
        let mut tapes = Tapes::new(memory_bytes, spill);
        let log = Log::new(&mut tapes);
        Self {
            tapes,
            log,
            conns: Vec::new(),
            lanes: Vec::new(),
            names: Names::default(),
            by_address: HashMap::new(),
            trails: Vec::new(),
            marks: BTreeMap::new(),
            banners: Vec::new(),
            held: Held::default(),
            uncut: Vec::new(),
            kept: Vec::new(),
            now: Duration::ZERO,
        }
    }

    /// Takes the next event; returns its number in the log.
    pub fn apply(&mut self, event: Event) -> u64 {
        self.now = self.now.max(event.at);
        self.fold(&event);
        self.trace(&event, self.log.len());
        self.log.push(&mut self.tapes, event)
    }

    /// Runs framings over bytes that came in, about `budget_bytes` of them, a share for each direction; true while some
    /// are left.
    pub fn cut(&mut self, budget_bytes: usize) -> bool {
        self.let_go();
        let mut left = Vec::new();
        let budget_bytes = (budget_bytes / self.uncut.len().max(1)).max(CUT_SHARE_BYTES);
        for (conn, dir) in std::mem::take(&mut self.uncut) {
            let lanes = self.lanes.get_mut(conn.0 as usize);
            let is_left =
                lanes.is_some_and(|lanes| lane::cut(lanes, dir, &self.tapes, budget_bytes));
            if is_left {
                left.push((conn, dir));
            } else if self.conn(conn).is_some_and(|conn| conn.keep.is_some()) {
                let cut = self.lane(conn, dir).map_or(0, Lane::len);
                self.kept.push((conn, dir, cut));
            }
        }
        self.uncut = left;
        !self.uncut.is_empty()
    }

    /// Whether bytes came in that no framing has seen.
    #[must_use]
    pub fn is_uncut(&self) -> bool {
        !self.uncut.is_empty()
    }

    /// The disk has written: spilling can go on.
    pub fn relieve(&mut self) {
        self.tapes.relieve();
    }

    /// Why no more can be kept, once that is so.
    #[must_use]
    pub fn spill_trouble(&self) -> Option<String> {
        self.tapes.trouble()
    }

    /// The time of the newest event.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.now
    }

    /// How many events there are; they are numbered from 0.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        self.log.len()
    }

    /// An event by its number.
    #[must_use]
    pub fn event(&self, seq: u64) -> Option<Event> {
        self.log.event(&self.tapes, seq)
    }

    /// Shows events backwards, newest first, beginning before `seq`, until `show` returns false.
    pub fn events_before(&self, seq: u64, show: &mut dyn FnMut(u64, &Event) -> bool) {
        self.log.backwards(&self.tapes, seq, show);
    }

    /// Shows events forwards from the event `seq` on until `show` returns false; what cannot be read back is left out.
    pub fn events_from(&self, seq: u64, show: &mut dyn FnMut(u64, &Event) -> bool) {
        self.log.forwards(&self.tapes, seq, show);
    }

    /// Every socket of the session, closed ones too, in the order of their numbers.
    #[must_use]
    pub fn conns(&self) -> &[Conn] {
        &self.conns
    }

    /// A socket.
    #[must_use]
    pub fn conn(&self, id: ConnId) -> Option<&Conn> {
        self.conns.get(id.0 as usize)
    }

    /// The socket of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<ConnId> {
        self.names.conn(name)
    }

    /// Whether a name was never given.
    #[must_use]
    pub fn is_name_free(&self, name: &str) -> bool {
        self.names.is_free(name)
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
    pub fn lane(&self, id: ConnId, dir: Dir) -> Option<&Lane> {
        self.lanes.get(id.0 as usize)?.get(dir.index())
    }

    /// What a direction is looked at with.
    fn beside(&self, id: ConnId, dir: Dir) -> Beside<'_> {
        Beside {
            tapes: &self.tapes,
            other: self.lane(id, dir.other()),
        }
    }

    /// All that moved in a direction, for a second rule to cut.
    #[must_use]
    pub fn source(&self, id: ConnId, dir: Dir) -> Option<Source<'_>> {
        self.lane(id, dir).map(|lane| lane.all(&self.tapes))
    }

    /// Bytes of a direction, with 0 for what is missing, and whether all were there.
    #[must_use]
    pub fn bytes(&self, id: ConnId, dir: Dir, range: Range<u64>) -> (Vec<u8>, bool) {
        self.lane(id, dir).map_or((Vec::new(), true), |lane| {
            self.tapes.copy(lane.tape(), range)
        })
    }

    /// Shows bytes of a direction piece by piece, in order; `None` for a part that is missing.
    pub fn visit(&self, id: ConnId, dir: Dir, range: Range<u64>, show: &mut Show<'_>) {
        if let Some(lane) = self.lane(id, dir) {
            self.tapes.visit(lane.tape(), range, show);
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
        let (bytes, _) = self.tapes.copy(lane.tape(), message.range.start..end);
        lane.rule_at(message.range.start)
            .rule
            .payload(message, &bytes)
    }

    /// Where reads and sends ended in a part of a direction: offsets behind their last bytes.
    #[must_use]
    pub fn boundaries(&self, id: ConnId, dir: Dir, range: Range<u64>) -> Vec<u64> {
        let mut ends = Vec::new();
        if let Some(lane) = self.lane(id, dir) {
            lane.ends().from(&self.tapes, range.start, &mut |boundary| {
                let inside = boundary.end <= range.end;
                if inside {
                    ends.push(boundary.end);
                }
                inside
            });
        }
        ends
    }

    /// Lets go of all but the newest `keep` bytes of a direction.
    pub fn keep(&mut self, id: ConnId, dir: Dir, keep: u64) {
        let tape = self.lanes_of(id)[dir.index()].tape();
        self.tapes.trim(tape, keep);
    }

    /// Marks, by name, with the number of the event that came next.
    #[must_use]
    pub fn marks(&self) -> &BTreeMap<String, u64> {
        &self.marks
    }

    /// Limits and cautions that are in force, oldest first.
    pub fn banners(&self) -> impl Iterator<Item = &str> {
        self.banners.iter().map(|(_, text)| text.as_str())
    }

    /// The two directions of a socket, made now if nothing came yet.
    fn lanes_of(&mut self, id: ConnId) -> &mut [Lane; 2] {
        let index = id.0 as usize;
        while self.lanes.len() <= index {
            let lanes = [Lane::new(&mut self.tapes), Lane::new(&mut self.tapes)];
            self.lanes.push(lanes);
        }
        &mut self.lanes[index]
    }

    /// A direction has something for its framing to look at.
    fn note_uncut(&mut self, id: ConnId, dir: Dir) {
        if !self.uncut.ends_with(&[(id, dir)]) {
            self.uncut.push((id, dir));
        }
    }

    /// Lets go of the oldest bytes where only so many are kept. What is cut in a round can be read until the next one,
    /// however much came at once, and what is not cut yet stays.
    fn let_go(&mut self) {
        for (id, dir, cut) in std::mem::take(&mut self.kept) {
            let tape = self.lanes_of(id)[dir.index()].tape();
            let uncut = self.tapes.len(tape).saturating_sub(cut);
            if let Some(keep) = self.conn(id).and_then(|conn| conn.keep) {
                self.tapes.trim(tape, keep.max(uncut));
            }
        }
    }

    /// Cuts a direction by another rule from an offset on.
    fn reframe(&mut self, id: ConnId, dir: Dir, rule: &str, from: u64) {
        let Ok(cut) = Cut::parse(&mut Words::new(rule, 0)) else {
            return;
        };
        let sight = self
            .conn(id)
            .map(|conn| conn.sight(dir))
            .unwrap_or_default();
        if lane::reframe(self.lanes_of(id), dir, cut, from, sight) {
            self.note_uncut(id, dir.other());
        }
        self.note_uncut(id, dir);
    }
}

fn lane_mut(lanes: &mut [[Lane; 2]], id: ConnId, dir: Dir) -> Option<&mut Lane> {
    lanes.get_mut(id.0 as usize)?.get_mut(dir.index())
}

impl Capture for Session {
    fn is_full(&self) -> bool {
        self.tapes.is_full()
    }

    fn room(&mut self, conn: ConnId, want: usize) -> &mut Vec<u8> {
        let tape = self.lanes_of(conn)[Dir::In.index()].tape();
        self.tapes.room(tape, want)
    }

    fn commit(&mut self, conn: ConnId, len: usize, at: Duration) -> Range<u64> {
        let tape = self.lanes_of(conn)[Dir::In.index()].tape();
        let range = self.tapes.commit(tape);
        debug_assert_eq!(
            range.end - range.start,
            len as u64,
            "what was received is what is stored"
        );
        if let Some(lane) = lane_mut(&mut self.lanes, conn, Dir::In) {
            lane.ended_here(&mut self.tapes, len as u64, at);
        }
        range
    }

    fn sent(&mut self, conn: ConnId, bytes: &[u8], at: Duration) -> Range<u64> {
        let tape = self.lanes_of(conn)[Dir::Out.index()].tape();
        let range = self.tapes.append(tape, bytes);
        if let Some(lane) = lane_mut(&mut self.lanes, conn, Dir::Out) {
            lane.ended_here(&mut self.tapes, bytes.len() as u64, at);
        }
        range
    }
}

#[cfg(test)]
mod tests;
