//! A tape whose first bytes are another's: what a tap passed on unchanged is stored once, where it was received.

use std::ops::Range;

use super::{Place, TapeId, Tapes, index};

impl Tapes {
    /// Appends the bytes of another tape, and tells where they stand. They are not stored again as long as all before
    /// them came from the same places of that tape; from the first that did not on, the tape has bytes of its own. What
    /// is missing there is missing here.
    pub fn pass(&mut self, to: TapeId, from: TapeId, range: Range<u64>) -> Range<u64> {
        let start = self.len(to);
        if let Some(tape) = self.tapes.get_mut(to.0)
            && start == range.start
            && tape.pieces.is_empty()
            && (tape.alias).map_or(start == 0, |(of, upto)| of == from && upto == start)
            && to != from
        {
            tape.alias = Some((from, range.end));
            tape.len = range.end;
            return range;
        }
        let mut parts: Vec<(u64, Option<Vec<u8>>)> = Vec::new();
        self.visit(from, range, &mut |part, bytes| {
            parts.push((part.end - part.start, bytes.map(<[u8]>::to_vec)));
        });
        for (len, bytes) in parts {
            match bytes {
                Some(bytes) => self.append(to, &bytes),
                None => self.lack(to, len),
            };
        }
        start..self.len(to)
    }

    /// Whether the bytes of a tape are another's up to that one.
    #[must_use]
    pub fn is_alias_upto(&self, tape: TapeId, end: u64) -> bool {
        let tape = self.tapes.get(tape.0);
        tape.is_some_and(|tape| tape.alias.is_some_and(|(_, upto)| end <= upto))
    }

    /// The tape whose bytes this one's are, while all of them are.
    #[must_use]
    pub fn is_alias(&self, tape: TapeId) -> bool {
        let tape = self.tapes.get(tape.0);
        tape.is_some_and(|tape| tape.alias.is_some_and(|(_, upto)| upto == tape.len))
    }

    /// The first byte that a tape has itself: not dropped, and not another's.
    #[must_use]
    pub fn own(&self, tape: TapeId) -> u64 {
        let tape = self.tapes.get(tape.0);
        tape.map_or(0, |tape| {
            tape.start.max(tape.alias.map_or(0, |(_, upto)| upto))
        })
    }

    /// Bytes as they lie in memory: from the start of a range as many as lie together, or all of it (`whole`), which
    /// may take a copy. None where they cannot be read back.
    pub fn slice(&mut self, tape: TapeId, range: Range<u64>, whole: bool) -> &[u8] {
        let mut together = None;
        if let Some(own) = self.tapes.get(tape.0) {
            let at = own
                .pieces
                .partition_point(|piece| piece.start + piece.len <= range.start);
            if let Some(piece) = own.pieces.get(at)
                && piece.start <= range.start
                && matches!(piece.place, Place::Memory(_))
            {
                let end = range.end.min(piece.start + piece.len);
                let inside = index(range.start - piece.start)..index(end - piece.start);
                together = Some((at, inside)).filter(|_| !whole || end == range.end);
            }
        }
        let Some((at, inside)) = together else {
            return self.read_back(tape, range);
        };
        let own = self.tapes.get(tape.0);
        match own
            .and_then(|own| own.pieces.get(at))
            .map(|piece| &piece.place)
        {
            Some(Place::Memory(bytes)) => bytes.get(inside).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Bytes that do not lie together in memory, in a buffer.
    fn read_back(&mut self, tape: TapeId, range: Range<u64>) -> &[u8] {
        let end = range.end.min(range.start + super::PIECE_MAX_BYTES as u64);
        let (bytes, is_whole) = self.copy(tape, range.start..end);
        self.back = bytes;
        if is_whole { &self.back } else { &[] }
    }
}
