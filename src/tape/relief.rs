//! Memory given back: pieces go to the spill file, stay only where they lie anyway, or are let go of. It reads nothing.

use super::shelves::Shelved;
use super::{PIECE_MAX_BYTES, Place, TapeId, Tapes};

/// Where large pieces begin in the spill file: the system then keeps them in large pages, from which they are read back
/// half again as fast (`benches/search.rs`). The gaps take no room on the disk.
const SPILL_ALIGNED_BYTES: u64 = 64 << 10;

impl Tapes {
    /// Lets go of all but the newest `keep` bytes.
    pub fn trim(&mut self, tape: TapeId, keep: u64) {
        let Some(tape) = self.tapes.get_mut(tape.0) else {
            return;
        };
        let gone = tape
            .pieces
            .partition_point(|piece| piece.start + piece.len <= tape.start);
        tape.start = tape.start.max(tape.len.saturating_sub(keep));
        for piece in tape
            .pieces
            .iter_mut()
            .skip(gone)
            .take_while(|piece| piece.start + piece.len <= tape.start)
        {
            if let Place::Memory(buf) = std::mem::replace(&mut piece.place, Place::Missing) {
                self.held_bytes -= buf.capacity();
            }
        }
    }

    /// What is not on tapes takes so much of their budget, of which a fifth is left to them at the least.
    pub fn leave(&mut self, bytes: usize) {
        let left = self.whole_bytes.saturating_sub(bytes);
        self.budget_bytes = left.max(self.whole_bytes / 5);
        self.relieve();
    }

    /// Lets go of the oldest pieces until the budget is kept: of those that lie in a file anyway at once, of others as
    /// far as the spill file takes them. Called by every append, and again when the disk has written.
    pub fn relieve(&mut self) {
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
        piece.place = Place::Shelf;
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
        let at = if is_large {
            self.spill_at.next_multiple_of(SPILL_ALIGNED_BYTES)
        } else {
            self.spill_at
        };
        match spill.write(at, buf) {
            Ok(()) => {
                piece.place = Place::Disk(at);
                self.spill_at = at + piece.len;
                self.held_bytes -= capacity;
                true
            }
            Err(buf) => {
                piece.place = Place::Memory(buf);
                false
            }
        }
    }

    /// Whether nothing more should be received: the budget is used up and the disk does not take more now.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.held_bytes > self.budget_bytes + PIECE_MAX_BYTES
    }

    /// Why the spill file takes nothing any more, once that is so.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.spill.as_ref().and_then(|spill| spill.trouble())
    }
}
