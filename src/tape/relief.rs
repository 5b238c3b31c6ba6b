//! Memory given back: pieces go to the spill file, stay only where they lie anyway, or are let go of. It reads nothing.

use super::shelves::Shelved;
use super::{PIECE_MAX_BYTES, Piece, Place, Tape, TapeId, Tapes};

/// Where large pieces begin in the spill file: the system then keeps them in large pages, from which they are read back
/// half again as fast (`benches/search.rs`). The gaps take no room on the disk.
const SPILL_ALIGNED_BYTES: u64 = 64 << 10;

/// Pieces are given to the disk several at a time: its thread is woken once for all of them, and does not take turns
/// with ours for each.
const BATCH_MAX_BYTES: usize = 2 << 20;

/// What the budget may be exceeded by before they are, as a part of it.
const BATCH_PART: usize = 128;

/// So many entries about pieces that are gone cost less than to look for them.
const STALE_MIN: usize = 64;

impl Tapes {
    /// Lets go of all but the newest `keep` bytes.
    pub fn trim(&mut self, tape: TapeId, keep: u64) {
        let Some(trimmed) = self.tapes.get_mut(tape.0) else {
            return;
        };
        let is_gone = |piece: &Piece, start| piece.start + piece.len <= start;
        let before = trimmed
            .pieces
            .partition_point(|piece| is_gone(piece, trimmed.start));
        let start = trimmed.start.max(trimmed.len.saturating_sub(keep));
        trimmed.start = start;
        let now = trimmed
            .pieces
            .partition_point(|piece| is_gone(piece, start));
        if now == before {
            return;
        }
        let mut gone = Vec::new();
        for piece in trimmed.pieces.get_mut(before..now).unwrap_or_default() {
            let place = std::mem::replace(&mut piece.place, Place::Missing);
            gone.push((place, piece.len));
        }
        if now > trimmed.pieces.len() / 2 {
            trimmed.pieces.drain(..now);
        }
        for (place, len) in gone {
            self.give_back(place, len);
        }
        self.pass_over_stale();
    }

    /// Lets go of tapes with all that they hold. Nobody may ask for them again, nor may another have their bytes.
    pub fn forget(&mut self, tapes: &[TapeId]) {
        for id in tapes {
            let Some(tape) = self.tapes.get_mut(id.0) else {
                continue;
            };
            for piece in std::mem::take(tape).pieces {
                self.give_back(piece.place, piece.len);
            }
        }
        self.freed.extend(tapes.iter().map(|id| id.0));
        self.pass_over_stale();
        self.relieve();
    }

    /// Gives back what a piece took.
    fn give_back(&mut self, place: Place, len: u64) {
        match place {
            Place::Memory(buf) => {
                self.held_bytes -= buf.capacity();
                self.buffers.put(buf);
                self.stale += 1;
            }
            Place::Disk(at) => {
                let free = self.space.give(at..at + len);
                if let Some(spill) = &mut self.spill {
                    spill.release(at..at + len, free);
                }
            }
            Place::Shelf | Place::Missing => {}
        }
    }

    /// Keeps the order of pieces as short as what it is about.
    fn pass_over_stale(&mut self) {
        let is_stale = self.stale > STALE_MIN && self.stale * 2 > self.oldest.len();
        let is_forgotten = self.freed.len() > STALE_MIN && self.freed.len() * 4 > self.tapes.len();
        if is_stale || is_forgotten {
            self.drop_stale();
        }
    }

    fn drop_stale(&mut self) {
        let tapes = &self.tapes;
        let is_held = |tape: &Tape, start| {
            let piece = tape.piece_at(start).and_then(|at| tape.pieces.get(at));
            piece.is_some_and(|piece| matches!(piece.place, Place::Memory(_)))
        };
        self.oldest
            .retain(|(tape, start)| tapes.get(*tape).is_some_and(|tape| is_held(tape, *start)));
        self.stale = 0;
        // Only now, for what stands at a place that is used again is not what stood there before.
        self.free.append(&mut self.freed);
    }

    /// What is not on tapes takes so much of their budget, of which a fifth is left to them at the least.
    pub fn leave(&mut self, bytes: usize) {
        let left = self.whole_bytes.saturating_sub(bytes);
        self.budget_bytes = left.max(self.whole_bytes / 5);
        self.relieve();
    }

    /// Lets go of the oldest pieces, once they are enough, until the budget is kept: of those that lie in a file anyway
    /// at once, of others as far as the spill file takes them. Called by every append, and again when the disk has
    /// written.
    pub fn relieve(&mut self) {
        if self.held_bytes <= self.budget_bytes + self.batch_bytes() {
            return;
        }
        while self.held_bytes > self.budget_bytes {
            let Some((index, start)) = self.oldest.pop_front() else {
                return;
            };
            if self.let_go(index, start) {
                continue;
            }
            if !self.spill(index, start) {
                self.oldest.push_front((index, start));
                return;
            }
        }
    }

    /// Lets go of the piece of a tape that starts at `start` if that costs nothing: it lies in a file, nothing was
    /// written to it, or it is not held in memory any more. False if it must be spilled.
    pub(super) fn let_go(&mut self, index: usize, start: u64) -> bool {
        let Some(tape) = self.tapes.get_mut(index) else {
            return true;
        };
        let Some(at) = tape.piece_at(start) else {
            return true;
        };
        let Some(piece) = tape.pieces.get_mut(at) else {
            return true;
        };
        let Place::Memory(buf) = &piece.place else {
            return true;
        };
        let capacity = buf.capacity();
        if piece.len == 0 {
            // It was made for a read that found nothing, and is the tape's last.
            tape.pieces.pop();
            self.held_bytes -= capacity;
            return true;
        }
        let range = piece.start..piece.start + piece.len;
        let lies_there = |shelved: &Shelved| shelved.holds(range);
        if !tape.shelved.as_deref().is_some_and(lies_there) {
            return false;
        }
        if let Place::Memory(buf) = std::mem::replace(&mut piece.place, Place::Shelf) {
            self.buffers.put(buf);
        }
        self.held_bytes -= capacity;
        true
    }

    /// Gives a piece to the spill file; whether that took it.
    fn spill(&mut self, index: usize, start: u64) -> bool {
        let (Some(spill), Some(tape)) = (self.spill.as_mut(), self.tapes.get_mut(index)) else {
            return false;
        };
        let Some(piece) = tape.piece_at(start).and_then(|at| tape.pieces.get_mut(at)) else {
            return true;
        };
        let Place::Memory(buf) = std::mem::replace(&mut piece.place, Place::Missing) else {
            return true;
        };
        let capacity = buf.capacity();
        let is_large = buf.len() >= PIECE_MAX_BYTES;
        let aligned = if is_large { SPILL_ALIGNED_BYTES } else { 1 };
        let at = self.space.take(piece.len, aligned);
        match spill.write(at, buf) {
            Ok(()) => {
                piece.place = Place::Disk(at);
                self.held_bytes -= capacity;
                true
            }
            Err(buf) => {
                piece.place = Place::Memory(buf);
                self.space.give(at..at + piece.len);
                false
            }
        }
    }

    /// Whether nothing more should be received: the budget is used up and the disk does not take more now.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.held_bytes > self.budget_bytes + self.batch_bytes() + PIECE_MAX_BYTES
    }

    fn batch_bytes(&self) -> usize {
        (self.budget_bytes / BATCH_PART).min(BATCH_MAX_BYTES)
    }

    /// Why the spill file takes nothing any more, once that is so.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.spill.as_ref().and_then(|spill| spill.trouble())
    }
}
