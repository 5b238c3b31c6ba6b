//! The bytes of a session: append-only tapes under one budget of memory, whose oldest pieces go to a spill file unless
//! they lie in a file anyway. What cannot be read back is missing, and said to be; no error leaves this room. It knows
//! no sockets and no messages.

mod alias;
mod boundaries;
mod buffers;
mod relief;
mod scan;
mod shelves;
mod space;
mod varint;

use std::collections::VecDeque;
use std::ops::Range;

pub use boundaries::{Boundaries, Boundary};
pub use shelves::{Extent, ShelfId};

use crate::event::Spill;
use buffers::Buffers;
use shelves::{Shelved, Shelves};
use space::Space;

/// What is read back from the spill file at a time, unless somebody asks for more.
const READ_BYTES: usize = 64 << 10;

/// A piece of a tape in memory, at its largest; also what one spill writes.
const PIECE_MAX_BYTES: usize = 256 << 10;

/// The first piece of a tape; each further one is as long as all before it. A connection has several tapes, and ten
/// thousand quiet ones shall cost little.
const PIECE_MIN_BYTES: usize = 64;

/// Takes a part of a tape: its range, and its bytes unless they are missing.
pub type Show<'s> = dyn FnMut(Range<u64>, Option<&[u8]>) + 's;

/// The same, and says whether it wants more.
pub type Scan<'s> = dyn FnMut(Range<u64>, Option<&[u8]>) -> bool + 's;

/// A tape whose newest read was at least this long receives into its pieces; others by way of a buffer that all share,
/// so that a talkative connection does not take a whole piece for each short read.
const HOT_BYTES: usize = 16 << 10;

/// One tape of [`Tapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TapeId(usize);

impl TapeId {
    /// The tape of whatever has no bytes yet: it is empty and stays so.
    pub const NONE: Self = Self(usize::MAX);
}

/// All tapes of a session.
#[derive(Debug)]
pub struct Tapes {
    tapes: Vec<Tape>,
    /// Places of tapes that are forgotten: the next ones are made there.
    free: Vec<usize>,
    /// The same of which `oldest` may still tell: they are free once it does no more.
    freed: Vec<usize>,
    /// Pieces in memory, in the order of their creation: which tape, and where in it the piece starts.
    oldest: VecDeque<(usize, u64)>,
    /// How many of these are not in memory any more.
    stale: usize,
    held_bytes: usize,
    buffers: Buffers,
    budget_bytes: usize,
    /// The budget while nothing else takes of it.
    whole_bytes: usize,
    spill: Option<Box<dyn Spill>>,
    /// Where spilled pieces go in the spill file.
    space: Space,
    /// Takes what is read back to be passed on.
    back: Vec<u8>,
    shelves: Shelves,
    /// Takes what a cold tape receives, so that a quiet connection does not hold a large piece.
    scratch: Vec<u8>,
    /// The tape for which [`Tapes::room`] gave a buffer, whether that was `scratch`, and its length before.
    lent: Option<(usize, bool, usize)>,
}

#[derive(Debug, Default)]
struct Tape {
    pieces: Vec<Piece>,
    /// Where its bytes lie in files that are there anyway, if any do.
    shelved: Option<Box<Shelved>>,
    len: u64,
    /// What stands before was dropped.
    start: u64,
    /// How many bytes the newest read brought.
    newest: usize,
    /// The tape whose first bytes are this one's, too, and how many they are; its own pieces begin behind them.
    alias: Option<(TapeId, u64)>,
}

#[derive(Debug)]
struct Piece {
    start: u64,
    len: u64,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    Disk(u64),
    /// In files that are there anyway, as [`Tape::shelved`] tells.
    Shelf,
    Missing,
}

impl Tapes {
    /// Tapes that keep about `budget_bytes` in memory and the rest in `spill`; without one they are full at the budget.
    #[must_use]
    pub fn new(budget_bytes: usize, spill: Option<Box<dyn Spill>>) -> Self {
        Self {
            tapes: Vec::new(),
            free: Vec::new(),
            freed: Vec::new(),
            oldest: VecDeque::new(),
            stale: 0,
            held_bytes: 0,
            buffers: Buffers::default(),
            budget_bytes,
            whole_bytes: budget_bytes,
            spill,
            space: Space::default(),
            back: Vec::new(),
            shelves: Shelves::default(),
            scratch: Vec::new(),
            lent: None,
        }
    }

    /// A new, empty tape.
    pub fn create(&mut self) -> TapeId {
        if let Some(free) = self.free.pop() {
            return TapeId(free);
        }
        self.tapes.push(Tape::default());
        TapeId(self.tapes.len() - 1)
    }

    /// How many places there are for tapes.
    #[cfg(test)]
    pub(crate) fn places(&self) -> usize {
        self.tapes.len()
    }

    /// How many bytes are kept in memory now.
    #[cfg(test)]
    pub(crate) fn budget_bytes(&self) -> usize {
        self.budget_bytes
    }

    /// Appends bytes, and tells where they stand.
    pub fn append(&mut self, tape: TapeId, bytes: &[u8]) -> Range<u64> {
        let start = self.len(tape);
        let mut rest = bytes;
        while !rest.is_empty() {
            // While pieces are small a short read lies in one of them, and is recorded as one packet.
            let is_long = self.len(tape) >= PIECE_MAX_BYTES as u64;
            let want = if is_long {
                1
            } else {
                rest.len().min(HOT_BYTES)
            };
            let buf = self.last_piece(tape.0, want);
            let (now, later) = rest.split_at(rest.len().min(buf.capacity() - buf.len()));
            buf.extend_from_slice(now);
            rest = later;
            self.grow(tape.0, now.len());
        }
        self.relieve();
        start..self.len(tape)
    }

    /// A buffer with at least `want` bytes of spare capacity; what is appended to it belongs to the tape once
    /// [`Tapes::commit`] was called, which must be the next call.
    pub fn room(&mut self, tape: TapeId, want: usize) -> &mut Vec<u8> {
        let hot = self
            .tapes
            .get(tape.0)
            .is_some_and(|tape| tape.newest >= HOT_BYTES);
        if hot && want <= PIECE_MAX_BYTES {
            let buf = self.last_piece(tape.0, want);
            let len = buf.len();
            self.lent = Some((tape.0, false, len));
            self.last_piece(tape.0, want)
        } else {
            self.lent = Some((tape.0, true, 0));
            self.scratch.clear();
            self.scratch.reserve(want);
            &mut self.scratch
        }
    }

    /// Takes what was appended to the buffer of [`Tapes::room`]; returns where it stands.
    pub fn commit(&mut self, tape: TapeId) -> Range<u64> {
        let start = self.len(tape);
        match self.lent.take() {
            Some((index, true, _)) if index == tape.0 => {
                let bytes = std::mem::take(&mut self.scratch);
                self.append(tape, &bytes);
                self.scratch = bytes;
                self.scratch.clear();
            }
            Some((index, false, before)) if index == tape.0 => {
                let added = self.last_piece(index, 0).len() - before;
                self.grow(index, added);
                self.relieve();
            }
            _ => {}
        }
        let range = start..self.len(tape);
        if let Some(tape) = self.tapes.get_mut(tape.0) {
            tape.newest = index(range.end - range.start);
        }
        range
    }

    /// How many bytes were ever appended.
    #[must_use]
    pub fn len(&self, tape: TapeId) -> u64 {
        self.tapes.get(tape.0).map_or(0, |tape| tape.len)
    }

    /// The first byte that was not dropped.
    #[must_use]
    pub fn start(&self, tape: TapeId) -> u64 {
        self.tapes.get(tape.0).map_or(0, |tape| match tape.alias {
            Some((of, upto)) => tape.start.max(self.start(of).min(upto)),
            None => tape.start,
        })
    }

    /// Shows a range piece by piece, in order, at most 64 KiB at a time where it must be read back; `None` for a part
    /// that is missing: dropped, or not readable.
    pub fn visit(&self, tape: TapeId, range: Range<u64>, show: &mut Show<'_>) {
        let read_bytes = index(range.end.saturating_sub(range.start)).min(READ_BYTES);
        let mut buf = Vec::new();
        self.scan(tape, range, (&mut buf, read_bytes), &mut |part, bytes| {
            show(part, bytes);
            true
        });
    }

    /// A copy of a range, with 0 for what is missing, and whether all of it was there.
    #[must_use]
    pub fn copy(&self, tape: TapeId, range: Range<u64>) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        let mut whole = true;
        self.visit(tape, range, &mut |part, piece| {
            if let Some(piece) = piece {
                bytes.extend_from_slice(piece);
            } else {
                whole = false;
                bytes.resize(bytes.len() + index(part.end - part.start), 0);
            }
        });
        (bytes, whole)
    }

    /// The piece that is being written, with at least `want` bytes of room.
    fn last_piece(&mut self, index_of: usize, want: usize) -> &mut Vec<u8> {
        let Some(tape) = self.tapes.get_mut(index_of) else {
            return &mut self.scratch;
        };
        let fits = matches!(tape.pieces.last(), Some(Piece { place: Place::Memory(buf), .. })
            if buf.capacity() - buf.len() >= want);
        if !fits {
            let usual = index(tape.len).clamp(PIECE_MIN_BYTES, PIECE_MAX_BYTES);
            let spill = &mut self.spill;
            let back = || spill.as_mut()?.back();
            let new = self.buffers.take(usual.next_power_of_two().max(want), back);
            self.held_bytes += new.capacity();
            let start = tape.len;
            match tape.pieces.last_mut() {
                // No two pieces start at one byte: what nothing was written to gets another buffer.
                Some(Piece {
                    place: Place::Memory(buf),
                    len: 0,
                    ..
                }) => {
                    self.held_bytes -= buf.capacity();
                    *buf = new;
                }
                last => {
                    if let Some(Piece {
                        place: Place::Memory(buf),
                        ..
                    }) = last
                    {
                        self.held_bytes -= buf.capacity();
                        if buf.len() < buf.capacity() / 4 * 3 {
                            buf.shrink_to_fit();
                        }
                        self.held_bytes += buf.capacity();
                    }
                    self.oldest.push_back((index_of, start));
                    if tape.pieces.is_empty() {
                        tape.pieces.reserve_exact(1);
                    }
                    tape.pieces.push(Piece {
                        start,
                        len: 0,
                        place: Place::Memory(new),
                    });
                }
            }
        }
        match tape.pieces.last_mut() {
            Some(Piece {
                place: Place::Memory(buf),
                ..
            }) => buf,
            _ => &mut self.scratch,
        }
    }

    /// Counts bytes that were written to the last piece.
    fn grow(&mut self, index: usize, bytes: usize) {
        if let Some(tape) = self.tapes.get_mut(index) {
            tape.len += bytes as u64;
            if let Some(piece) = tape.pieces.last_mut() {
                piece.len += bytes as u64;
            }
        }
    }
}

impl Tape {
    /// The position of the piece that starts at that byte.
    fn piece_at(&self, start: u64) -> Option<usize> {
        let at = self.pieces.partition_point(|piece| piece.start < start);
        let piece = self.pieces.get(at)?;
        (piece.start == start).then_some(at)
    }
}

/// An offset within memory.
fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
