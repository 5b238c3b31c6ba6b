//! The bytes of directions in rows of sixteen, as `xxd` writes them, which reads them back with `-r`. Several
//! directions stand one after the other, each under its name.

use super::document::{Choice, Document, Summary, Writing};
use crate::event::{ConnId, Dir};
use crate::session::{Lane, Session};

/// Bytes that one piece takes.
const PIECE_BYTES: u64 = 1 << 20;

/// Bytes of a row.
const ROW: usize = 16;

/// Columns of a row behind its offset, with what ends it: `: `, eight groups, a blank, the text.
const COLUMNS: usize = 2 + 40 + 1 + ROW + 1;

pub(super) struct Hex;

impl Document for Hex {
    fn name(&self) -> &'static str {
        "hex"
    }

    fn help(&self) -> &'static str {
        "the bytes in rows of sixteen, as xxd writes them"
    }

    fn unit(&self) -> &'static str {
        "bytes in hex"
    }

    fn sentence(&self) -> &'static str {
        "select.exported-bytes"
    }

    fn begin(&self, choice: Choice, session: &Session) -> Result<Box<dyn Writing>, String> {
        let ids = session.conns().iter().map(|conn| conn.id);
        let lanes = ids.flat_map(|id| Dir::BOTH.map(|dir| (id, dir)));
        let len = |(id, dir)| session.lane(id, dir).map_or(0, Lane::len);
        let chosen = lanes.filter(|(id, dir)| choice.has(*id, *dir));
        let lanes = chosen.map(|lane| (lane, len(lane)));
        let lanes: Vec<_> = lanes.filter(|(_, len)| *len > 0).collect();
        let all = lanes.iter().map(|(_, len)| *len).sum();
        Ok(Box::new(Dump {
            lanes,
            all,
            ..Dump::default()
        }))
    }
}

/// A dump that is being written.
#[derive(Debug, Default)]
struct Dump {
    lanes: Vec<((ConnId, Dir), u64)>,
    /// Bytes of all of them.
    all: u64,
    /// The direction that is being written, and how far.
    lane: usize,
    at: u64,
    done: u64,
    rows: Rows,
}

impl Writing for Dump {
    fn next(&mut self, session: &Session, out: &mut Vec<u8>) -> Result<bool, String> {
        let Some(((id, dir), len)) = self.lanes.get(self.lane).copied() else {
            return Ok(false);
        };
        if self.at == 0 && self.lanes.len() > 1 {
            let gap = if self.lane > 0 { "\n" } else { "" };
            let (name, dir) = (session.name(id), dir.word());
            out.extend_from_slice(format!("{gap}# {name} {dir}, {len} bytes\n").as_bytes());
        }
        let end = len.min(self.at + PIECE_BYTES);
        let rows = &mut self.rows;
        session.visit(id, dir, self.at..end, &mut |part, bytes| match bytes {
            Some(bytes) => rows.take(bytes, out),
            None => {
                rows.end(out);
                let (from, to) = (part.start, part.end - 1);
                let words = format!("# bytes {from} to {to} are missing, let go or lost\n");
                out.extend_from_slice(words.as_bytes());
                rows.offset = part.end;
            }
        });
        self.done += end - self.at;
        self.at = end;
        if end == len {
            self.rows.end(out);
            self.rows = Rows::default();
            (self.lane, self.at) = (self.lane + 1, 0);
        }
        Ok(true)
    }

    fn percent(&self) -> u64 {
        self.done.saturating_mul(100) / self.all.max(1)
    }

    fn summary(&self) -> Summary {
        Summary {
            count: self.done,
            limit: None,
        }
    }
}

/// Bytes on their way into rows.
#[derive(Debug, Default)]
struct Rows {
    /// Offset of the next row.
    offset: u64,
    /// The first bytes of it.
    begun: Vec<u8>,
}

impl Rows {
    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let missing = if self.begun.is_empty() {
            0
        } else {
            ROW - self.begun.len()
        };
        let (head, rest) = bytes.split_at(missing.min(bytes.len()));
        self.begun.extend_from_slice(head);
        if self.begun.len() == ROW {
            self.end(out);
        }
        let (rows, tail) = rest.as_chunks::<ROW>();
        out.reserve(rows.len() * (8 + COLUMNS));
        for bytes in rows {
            row(self.offset, bytes, ROW, out);
            self.offset += ROW as u64;
        }
        self.begun.extend_from_slice(tail);
    }

    /// Writes the row that has begun, if one has.
    fn end(&mut self, out: &mut Vec<u8>) {
        let len = self.begun.len();
        if len > 0 {
            let mut bytes = [0; ROW];
            for (cell, byte) in bytes.iter_mut().zip(&self.begun) {
                *cell = *byte;
            }
            row(self.offset, &bytes, len, out);
            self.offset += len as u64;
            self.begun.clear();
        }
    }
}

/// `00000010: 6865 6c6c 6f0a                           hello.`: a row with the first `len` of these bytes.
fn row(offset: u64, bytes: &[u8; ROW], len: usize, out: &mut Vec<u8>) {
    let [.., a, b, c, d] = offset.to_be_bytes();
    if offset > u64::from(u32::MAX) {
        let high = format!("{:x}", offset >> 32);
        out.extend_from_slice(high.as_bytes());
    }
    for byte in [a, b, c, d] {
        out.extend_from_slice(&HEX[usize::from(byte)]);
    }
    let mut columns = [b' '; COLUMNS];
    columns[0] = b':';
    let (cells, text) = columns.split_at_mut(COLUMNS - ROW - 1);
    let groups = cells.get_mut(2..42).unwrap_or_default().chunks_exact_mut(5);
    let pairs = bytes.as_chunks::<2>().0;
    for (group, [first, second]) in groups.zip(pairs) {
        let [a, b] = HEX[usize::from(*first)];
        let [c, d] = HEX[usize::from(*second)];
        group[..4].copy_from_slice(&[a, b, c, d]);
    }
    for (cell, byte) in text.iter_mut().zip(bytes) {
        *cell = if matches!(byte, b' '..=b'~') {
            *byte
        } else {
            b'.'
        };
    }
    if len < ROW {
        // What is not there is blank.
        let cells = cells.iter_mut().skip(2 + len / 2 * 5 + len % 2 * 2);
        cells.for_each(|cell| *cell = b' ');
    }
    let shown = COLUMNS - 1 - (ROW - len);
    columns[shown] = b'\n';
    out.extend_from_slice(columns.get(..=shown).unwrap_or_default());
}

/// The digits of each byte.
static HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = [digits[at >> 4], digits[at & 15]];
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&[u8]], expected: &str) {
        let (mut rows, mut out) = (Rows::default(), Vec::new());
        for piece in pieces {
            rows.take(piece, &mut out);
        }
        rows.end(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn rows_are_those_of_xxd() {
        check(&[], "");
        check(
            &[b"h"],
            "00000000: 68                                       h\n",
        );
        check(
            &[b"he\x00"],
            "00000000: 6865 00                                  he.\n",
        );
        let whole = "00000000: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef\n";
        check(&[b"0123456789abcdef"], whole);
        check(&[b"012", b"3456789abcde", b"f"], whole);
        let more = "00000010: ff7f 7e20                                ..~ \n";
        check(
            &[b"0123456789abcdef\xff\x7f", b"~ "],
            &format!("{whole}{more}"),
        );
    }

    #[test]
    fn long_offsets_have_more_digits() {
        let mut out = Vec::new();
        row(0xf_ffff_fff0, &[b'a'; ROW], 1, &mut out);
        assert!(out.starts_with(b"ffffffff0: 61 "), "{out:?}");
    }
}
