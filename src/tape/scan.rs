//! A tape shown for searching: pieces as they lie in memory, without a copy, and spilled ones by reads into a buffer
//! that the caller keeps. It searches nothing itself.

use std::ops::Range;

use super::{Place, Scan, TapeId, Tapes, index};

impl Tapes {
    /// Shows a range in order, each part as long as its piece, or of `read_bytes` where it must be read back into
    /// `buf`; `None` for a part that is missing. `show` says whether it wants more.
    pub fn scan(
        &self,
        tape: TapeId,
        range: Range<u64>,
        (buf, read_bytes): (&mut Vec<u8>, usize),
        show: &mut Scan<'_>,
    ) {
        let Some(tape) = self.tapes.get(tape.0) else {
            return;
        };
        let mut range = range;
        if let Some((of, upto)) = tape.alias
            && range.start < upto
        {
            let mut goes_on = true;
            let theirs = range.start..range.end.min(upto);
            self.scan(of, theirs, (&mut *buf, read_bytes), &mut |part, bytes| {
                goes_on = show(part, bytes);
                goes_on
            });
            if !goes_on {
                return;
            }
            range.start = upto;
        }
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
                        // Filled once: what is read next only writes over it.
                        buf.resize(read_bytes.max(1), 0);
                        self.scan_disk(at + (kept - piece.start), kept..to, buf, &mut show)
                    }
                };
            if !goes_on {
                return;
            }
        }
    }

    /// Shows a part that stands at `at` in the spill file, a buffer at a time; whether more is wanted.
    fn scan_disk(&self, at: u64, part: Range<u64>, buf: &mut [u8], show: &mut Scan<'_>) -> bool {
        let mut from = part.start;
        while from < part.end {
            let len = index(part.end - from).min(buf.len());
            let Some(read) = buf.get_mut(..len).filter(|buf| !buf.is_empty()) else {
                return show(from..part.end, None);
            };
            let spill = self.spill.as_ref();
            let is_read = spill.is_some_and(|spill| spill.read(at + (from - part.start), read));
            let to = from + len as u64;
            if !show(from..to, is_read.then_some(read)) {
                return false;
            }
            from = to;
        }
        true
    }
}
