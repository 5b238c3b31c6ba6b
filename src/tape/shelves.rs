//! Bytes of tapes that lie in files which are there anyway, a recording or a capture: which run of them lies where, a
//! few bytes for each run, on a tape of their own. It opens no file and writes none.

use std::ops::Range;

use super::varint::{put, take};
use super::{Piece, Place, TapeId, Tapes};
use crate::event::Shelf;

/// Runs that are found together.
const SPACING: u32 = 256;

/// One file of [`Tapes::shelve`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShelfId(usize);

/// Bytes of a tape to be, and where they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The file and the first byte in it; nowhere if they are missing.
    pub place: Option<(ShelfId, u64)>,
    /// How many there are.
    pub len: u64,
}

/// The files, and the tape on which the index of all tapes' runs stands.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    all: Vec<Box<dyn Shelf>>,
    entries: Option<TapeId>,
}

/// Where the bytes of one tape lie.
#[derive(Debug, Default)]
pub(super) struct Shelved {
    /// In the order of their bytes.
    blocks: Vec<Block>,
    /// The entries of the last block, until there are [`SPACING`].
    open: Vec<u8>,
    /// How many those are.
    count: u32,
    /// Where the last run ends in its file.
    end: u64,
}

/// Runs of bytes that follow each other on the tape, all in one file.
#[derive(Clone, Debug)]
struct Block {
    start: u64,
    len: u64,
    /// Without one, all of it is missing.
    shelf: Option<ShelfId>,
    /// Where its entries stand on the tape of entries, once it is closed.
    entries: Option<Range<u64>>,
}

/// Bytes of a tape that follow each other in a file, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The first byte, and how many there are.
    pub(super) start: u64,
    pub(super) len: u64,
    /// Where it lies; nowhere if it is missing.
    pub(super) place: Option<(ShelfId, u64)>,
}

impl Run {
    /// Where it ends in its file.
    pub(super) fn end(&self) -> Option<u64> {
        self.place.map(|(_, at)| at + self.len)
    }
}

impl Tapes {
    /// A file in which bytes of tapes lie.
    pub fn shelve(&mut self, shelf: Box<dyn Shelf>) -> ShelfId {
        self.shelves.all.push(shelf);
        ShelfId(self.shelves.all.len() - 1)
    }

    /// Appends `len` bytes that lie in a file at `at`, and stay there; tells where they stand.
    pub fn adopt(&mut self, tape: TapeId, shelf: ShelfId, at: u64, len: u64) -> Range<u64> {
        self.extend(tape, len, Some((shelf, at)))
    }

    /// Appends `len` bytes that nobody has; tells where they stand.
    pub fn lack(&mut self, tape: TapeId, len: u64) -> Range<u64> {
        self.extend(tape, len, None)
    }

    /// Bytes of a tape were written to a file as well, at `at`: memory need not hold them any more. What is told of
    /// bytes before the last that were told of changes nothing.
    pub fn placed(&mut self, tape: TapeId, range: Range<u64>, shelf: ShelfId, at: u64) {
        let Some(known) = self.tapes.get_mut(tape.0) else {
            return;
        };
        let told = known.shelved.as_deref().map_or(0, Shelved::told);
        let start = range.start.max(told);
        let end = range.end.min(known.len);
        if start >= end {
            return;
        }
        let place = Some((shelf, at + (start - range.start)));
        let len = end - start;
        self.note(tape, Run { start, len, place });
        if self.held_bytes > self.budget_bytes {
            self.let_go_of(tape, start..end);
        }
    }

    /// Lets go of pieces of a part that was written. The oldest may wait for a spill file that takes nothing any more.
    fn let_go_of(&mut self, tape: TapeId, part: Range<u64>) {
        let Some(known) = self.tapes.get(tape.0) else {
            return;
        };
        let first = known
            .pieces
            .partition_point(|piece| piece.start + piece.len < part.start);
        let pieces = known.pieces.get(first..).unwrap_or_default();
        let starts: Vec<_> = pieces
            .iter()
            .take_while(|piece| piece.len > 0 && piece.start + piece.len <= part.end)
            .map(|piece| piece.start)
            .collect();
        for start in starts {
            self.let_go(tape.0, start);
        }
    }

    fn extend(&mut self, tape: TapeId, len: u64, place: Option<(ShelfId, u64)>) -> Range<u64> {
        let start = self.len(tape);
        let Some(known) = self.tapes.get_mut(tape.0).filter(|_| len > 0) else {
            return start..start;
        };
        // No two pieces start at one byte: what nothing was written to makes room.
        if let Some(Piece {
            len: 0,
            place: Place::Memory(buf),
            ..
        }) = known.pieces.last()
        {
            self.held_bytes -= buf.capacity();
            known.pieces.pop();
        }
        known.len += len;
        match known.pieces.last_mut() {
            Some(Piece {
                len: held,
                place: Place::Shelf,
                ..
            }) => *held += len,
            _ => {
                if known.pieces.is_empty() {
                    // It will stay the only one.
                    known.pieces.reserve_exact(1);
                }
                known.pieces.push(Piece {
                    start,
                    len,
                    place: Place::Shelf,
                });
            }
        }
        self.note(tape, Run { start, len, place });
        start..start + len
    }

    /// Adds a run to the index of a tape; a block that is full goes to the tape of entries.
    fn note(&mut self, tape: TapeId, run: Run) {
        let Some(known) = self.tapes.get_mut(tape.0) else {
            return;
        };
        let shelved = known.shelved.get_or_insert_default();
        let full = if shelved.takes(&run) {
            None
        } else {
            shelved.close()
        };
        shelved.add(&run);
        if let Some((block, full)) = full {
            let entries = match self.shelves.entries {
                Some(entries) => entries,
                None => self.create(),
            };
            self.shelves.entries = Some(entries);
            let range = self.append(entries, &full);
            let shelved = self
                .tapes
                .get_mut(tape.0)
                .and_then(|it| it.shelved.as_mut());
            if let Some(block) = shelved.and_then(|shelved| shelved.blocks.get_mut(block)) {
                block.entries = Some(range);
            }
        }
    }

    /// Shows the runs of a part in order, what no file has as missing, until `show` returns false.
    pub(super) fn runs(&self, tape: TapeId, part: Range<u64>, show: &mut dyn FnMut(Run) -> bool) {
        let shelved = self.tapes.get(tape.0).and_then(|it| it.shelved.as_deref());
        let Some(shelved) = shelved else { return };
        let mut from = part.start;
        let lost = |from: u64, to: u64| Run {
            start: from,
            len: to - from,
            place: None,
        };
        for block in shelved
            .blocks
            .get(shelved.first(from)..)
            .unwrap_or_default()
        {
            if from >= part.end || block.start >= part.end {
                break;
            }
            if block.start > from && !show(lost(from, block.start)) {
                return;
            }
            from = from.max(block.start);
            for run in self.runs_of(shelved, block) {
                let to = (run.start + run.len).min(part.end);
                if to <= from || run.start > from {
                    continue;
                }
                let inside = from - run.start;
                let shown = Run {
                    start: from,
                    len: to - from,
                    place: run.place.map(|(shelf, at)| (shelf, at + inside)),
                };
                if !show(shown) {
                    return;
                }
                from = to;
            }
        }
        if from < part.end {
            show(lost(from, part.end));
        }
    }

    /// The runs of a block; none of them if its entries are lost.
    fn runs_of(&self, shelved: &Shelved, block: &Block) -> Vec<Run> {
        let (entries, whole) = match (&block.entries, self.shelves.entries) {
            (Some(range), Some(entries)) => self.copy(entries, range.clone()),
            _ => (shelved.open.clone(), true),
        };
        let mut rest = if whole { entries.as_slice() } else { &[] };
        let (mut start, mut end) = (block.start, 0_u64);
        std::iter::from_fn(|| {
            let word = take(&mut rest)?;
            let len = word >> 1;
            let mut place = None;
            if word & 1 == 0 {
                let at = end.wrapping_add_signed(unfold(take(&mut rest)?));
                place = Some((block.shelf?, at));
                end = at.checked_add(len)?;
            }
            let run = Run { start, len, place };
            start = start.checked_add(len)?;
            Some(run)
        })
        .collect()
    }

    /// Fills `buf` from a file; false where that cannot be read.
    pub fn read_shelf(&self, shelf: ShelfId, at: u64, buf: &mut [u8]) -> bool {
        let shelf = self.shelves.all.get(shelf.0);
        shelf.is_some_and(|shelf| shelf.read(at, buf))
    }
}

impl Shelved {
    /// Whether all bytes of a range lie in files.
    pub(super) fn holds(&self, range: Range<u64>) -> bool {
        let mut from = range.start;
        for block in self.blocks.get(self.first(from)..).unwrap_or_default() {
            if block.start > from || from >= range.end {
                break;
            }
            from = block.start + block.len;
        }
        from >= range.end
    }

    /// The offset behind the last byte that was told of.
    fn told(&self) -> u64 {
        self.blocks.last().map_or(0, |last| last.start + last.len)
    }

    /// The position of the first block that ends behind an offset.
    fn first(&self, offset: u64) -> usize {
        self.blocks
            .partition_point(|block| block.start + block.len <= offset)
    }

    /// Whether the last block can take a run.
    fn takes(&self, run: &Run) -> bool {
        let fits = |last: &Block| match (last.shelf, run.place) {
            (Some(known), Some((shelf, _))) => known == shelf,
            _ => true,
        };
        let follows = |last: &Block| last.start + last.len == run.start && fits(last);
        self.count < SPACING && self.blocks.last().is_some_and(follows)
    }

    /// Ends the last block: its position and its entries.
    fn close(&mut self) -> Option<(usize, Vec<u8>)> {
        self.count = 0;
        let last = self.blocks.len().checked_sub(1)?;
        Some((last, std::mem::take(&mut self.open)))
    }

    fn add(&mut self, run: &Run) {
        if self.count == 0 {
            self.end = 0;
            if self.blocks.is_empty() {
                // Most conversations are short, and there are many of them.
                self.blocks.reserve_exact(1);
            }
            self.blocks.push(Block {
                start: run.start,
                len: 0,
                shelf: None,
                entries: None,
            });
        }
        put(
            &mut self.open,
            run.len << 1 | u64::from(run.place.is_none()),
        );
        if let Some((_, at)) = run.place {
            put(
                &mut self.open,
                fold(at.wrapping_sub(self.end).cast_signed()),
            );
            self.end = at + run.len;
        }
        self.count += 1;
        if let Some(last) = self.blocks.last_mut() {
            last.len += run.len;
            last.shelf = last.shelf.or(run.place.map(|(shelf, _)| shelf));
        }
    }
}

/// A difference as a number that is small where the difference is.
fn fold(difference: i64) -> u64 {
    (difference << 1 ^ difference >> 63).cast_unsigned()
}

fn unfold(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests;
