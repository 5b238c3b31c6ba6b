//! A tape shown for searching: pieces as they lie in memory, without a copy, and spilled ones in large reads into a
//! buffer that the caller keeps. It searches nothing itself.

use std::ops::Range;

use super::{Place, Scan, TapeId, Tapes, index};

impl Tapes {
    /// Shows a range in order, each part as long as its piece; `None` for a part that is missing. `show` says whether
    /// it wants more. `buf` takes what must be read back.
    pub fn scan(&self, tape: TapeId, range: Range<u64>, buf: &mut Vec<u8>, show: &mut Scan<'_>) {
        let Some(tape) = self.tapes.get(tape.0) else {
            return;
        };
        let mut show =
            |part: Range<u64>, bytes: Option<&[u8]>| part.is_empty() || show(part, bytes);
        let end = range.end.min(tape.len);
        let first = tape
            .pieces
            .partition_point(|piece| piece.start + piece.len <= range.start);
        for piece in tape.pieces.get(first..).unwrap_or_default() {
            let from = range.start.max(piece.start);
            let to = end.min(piece.start + piece.len);
            if from >= to {
                return;
            }
            let kept = from.max(tape.start.min(to));
            let inside = index(kept - piece.start)..index(to - piece.start);
            let goes_on = show(from..kept, None)
                && match &piece.place {
                    Place::Memory(bytes) => show(kept..to, bytes.get(inside)),
                    Place::Missing => show(kept..to, None),
                    Place::Disk(at) => {
                        buf.resize(inside.len(), 0);
                        let at = at + (kept - piece.start);
                        let spill = self.spill.as_ref();
                        let is_read = spill.is_some_and(|spill| spill.read(at, buf));
                        show(kept..to, is_read.then_some(buf))
                    }
                };
            if !goes_on {
                return;
            }
        }
    }
}
