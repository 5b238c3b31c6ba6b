//! The bytes of a session as they come, before the events that tell of them; or where they lie, if a file has them.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::Session;
use crate::event::{Capture, ConnId, Dir, Shelf};
use crate::tape::{Boundary, Extent, ShelfId};

/// Who reads along with what happens and may be slower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    /// The file that is recorded into.
    Recording,
    /// Standard output.
    Face,
}

impl Capture for Session {
    fn is_full(&self) -> bool {
        self.store.tapes.is_full()
    }

    fn is_behind(&self) -> bool {
        !self.behind.is_empty()
    }

    fn room(&mut self, conn: ConnId, want: usize) -> &mut Vec<u8> {
        let tape = self.store.strand(conn, Dir::In).tape;
        self.store.tapes.room(tape, want)
    }

    fn commit(&mut self, conn: ConnId, len: usize, at: Duration) -> Range<u64> {
        let tape = self.store.strand(conn, Dir::In).tape;
        let range = self.store.tapes.commit(tape);
        debug_assert_eq!(
            range.end - range.start,
            len as u64,
            "what was received is what is stored"
        );
        self.store.ended_here(conn, Dir::In, len as u64, at);
        range
    }

    fn sent(&mut self, conn: ConnId, bytes: &[u8], at: Duration) -> Range<u64> {
        let tape = self.store.strand(conn, Dir::Out).tape;
        let range = self.store.tapes.append(tape, bytes);
        self.store
            .ended_here(conn, Dir::Out, bytes.len() as u64, at);
        range
    }

    fn to_pass(&mut self, conn: ConnId, range: Range<u64>, whole: bool) -> &[u8] {
        let tape = self.store.strands(conn)[Dir::In.index()].tape;
        self.store.tapes.slice(tape, range, whole)
    }

    fn passed(&mut self, from: ConnId, range: Range<u64>, to: ConnId, at: Duration) -> Range<u64> {
        let source = self.store.strand(from, Dir::In);
        source.owed = Some(range.end);
        let (source, len) = (source.tape, range.end - range.start);
        let tape = self.store.strand(to, Dir::Out).tape;
        let range = self.store.tapes.pass(tape, source, range);
        self.store.ended_here(to, Dir::Out, len, at);
        range
    }

    fn owe(&mut self, conn: ConnId, from: Option<u64>) {
        if from.is_some() {
            self.store.strand(conn, Dir::In).owed = from;
        } else if let Some(strand) = self.store.known_strand(conn, Dir::In) {
            strand.owed = None;
        }
    }
}

/// No call moves as much: of one that a file tells of all bytes are missing, since copying them could fill memory.
const CALL_MAX_BYTES: u64 = 64 << 20;

impl Session {
    /// Nothing more is received or accepted by itself until everybody who reads along has caught up.
    pub fn hold_back(&mut self, reader: Reader, is_behind: bool) {
        if is_behind {
            self.behind.insert(reader);
        } else {
            self.behind.remove(&reader);
        }
    }

    /// Whose `In` direction, at the same offsets, these bytes of a direction are: a tap passed them on unchanged.
    #[must_use]
    pub fn source_of(&self, id: ConnId, dir: Dir, range: &Range<u64>) -> Option<ConnId> {
        let across = self.conn(id)?.across.filter(|_| dir == Dir::Out)?;
        let tape = self.lane(id, dir)?.tape();
        let is_shared = self.store.tapes.is_alias_upto(tape, range.end);
        (is_shared && !range.is_empty()).then_some(across)
    }

    /// Whether the banner of that limit stands.
    #[must_use]
    pub fn is_limited(&self, key: &str) -> bool {
        self.live.banners.iter().any(|(known, _)| known == key)
    }

    /// Limits and cautions that are in force, oldest first.
    pub fn banners(&self) -> impl Iterator<Item = &str> {
        let banners = self.moment().banners.iter();
        banners.map(|(_, text)| text.as_str())
    }

    /// A file in which bytes of the session lie.
    pub fn shelve(&mut self, shelf: Box<dyn Shelf>) -> ShelfId {
        self.store.tapes.shelve(shelf)
    }

    /// Takes what one read, datagram or send moved at `at` from where it lies; returns its range in that direction.
    pub fn adopt(
        &mut self,
        conn: ConnId,
        dir: Dir,
        extents: &[Extent],
        at: Duration,
    ) -> Range<u64> {
        let tape = self.store.strand(conn, dir).tape;
        let start = self.store.tapes.len(tape);
        for extent in extents {
            match extent.place {
                Some((shelf, at)) => self.store.tapes.adopt(tape, shelf, at, extent.len),
                None => self.store.tapes.lack(tape, extent.len),
            };
        }
        let range = start..self.store.tapes.len(tape);
        let len = range.end - range.start;
        self.store.ended_here(conn, dir, len, at);
        range
    }

    /// Takes what one call moved at `at` from another direction, where it stands from an offset on: it is stored once.
    pub fn alias(
        &mut self,
        (from, side, offset): (ConnId, Dir, u64),
        len: u64,
        (to, dir): (ConnId, Dir),
        at: Duration,
    ) -> Range<u64> {
        let source = self.store.strand(from, side).tape;
        let tape = self.store.strand(to, dir).tape;
        let range = offset..offset.saturating_add(len);
        let range = if len > CALL_MAX_BYTES {
            self.store.tapes.lack(tape, len)
        } else {
            self.store.tapes.pass(tape, source, range)
        };
        self.store.ended_here(to, dir, range.end - range.start, at);
        range
    }

    /// Bytes of a direction were written to a file as well, at `at`, where they stay.
    pub fn placed(
        &mut self,
        conn: ConnId,
        dir: Dir,
        range: Range<u64>,
        (shelf, at): (ShelfId, u64),
    ) {
        let tape = self.store.strand(conn, dir).tape;
        self.store.tapes.placed(tape, range, shelf, at);
    }

    /// How many bytes of a direction there are, those that no event has told of yet as well.
    #[must_use]
    pub fn stored_len(&self, conn: ConnId, dir: Dir) -> u64 {
        let tape = self.store.strands(conn)[dir.index()].tape;
        self.store.tapes.len(tape)
    }

    /// Bytes of a direction, those that no event has told of yet as well, with 0 for what is missing; and whether all
    /// were there.
    #[must_use]
    pub fn stored(&self, conn: ConnId, dir: Dir, range: Range<u64>) -> (Vec<u8>, bool) {
        let tape = self.store.strands(conn)[dir.index()].tape;
        self.store.tapes.copy(tape, range)
    }

    /// Fills `buf` from the byte `at` of a file in which bytes lie; false where that cannot be read.
    pub fn read_shelf(&self, shelf: ShelfId, at: u64, buf: &mut [u8]) -> bool {
        self.store.tapes.read_shelf(shelf, at, buf)
    }

    /// Where the calls of a direction ended, from that call on, as many as are found together.
    #[must_use]
    pub fn ends_from(&self, id: ConnId, dir: Dir, call: u64) -> VecDeque<Boundary> {
        let lane = self.lane(id, dir);
        lane.map_or_else(VecDeque::new, |lane| {
            lane.ends().some(&self.store.tapes, call)
        })
    }
}
