//! Hex rows and byte classes, shared by the bytes pane and the headless output. It places bytes in rows and columns; it
//! knows no colour, no screen and no tape.

use std::fmt::Write as _;

use crate::escape;

/// What kind of byte it is, for the one colour that a byte may have. The classes are those of hexyl.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// 00.
    Null,
    /// 21 to 7e: what prints in ASCII.
    Printable,
    /// Blank, tab, line feed, form feed, carriage return.
    Space,
    /// The other control bytes of ASCII, 7f among them.
    Control,
    /// 80 to ff.
    High,
}

/// The class of a byte.
#[must_use]
pub const fn class(byte: u8) -> Class {
    match byte {
        0 => Class::Null,
        b'\t' | b'\n' | 0x0c | b'\r' | b' ' => Class::Space,
        0x21..=0x7e => Class::Printable,
        0x80..=0xff => Class::High,
        _ => Class::Control,
    }
}

/// The character that stands for a byte in the text column: itself if it prints, else `·`.
#[must_use]
pub const fn glyph(byte: u8) -> char {
    escape::cell(byte)
}

/// The character that stands for a byte where its class shall be seen without colour: hexyl's, `⋄` for 00, `_` for what
/// is blank, `•` for control bytes and `×` from 80 on.
#[must_use]
pub const fn class_glyph(byte: u8) -> char {
    match (class(byte), byte) {
        (Class::Printable, _) | (Class::Space, b' ') => byte as char,
        (Class::Null, _) => '⋄',
        (Class::Space, _) => '_',
        (Class::Control, _) => '•',
        (Class::High, _) => '×',
    }
}

/// The two lower-case hex digits of a byte, without an allocation.
#[must_use]
pub fn hex(byte: u8) -> &'static str {
    let start = usize::from(byte) * 2;
    HEX_TEXT.get(start..start + 2).unwrap_or("??")
}

/// `000102…feff`.
static HEX_TEXT: &str = match std::str::from_utf8(&HEX_DIGITS) {
    Ok(text) => text,
    Err(_) => "",
};

static HEX_DIGITS: [u8; 512] = {
    let digits = b"0123456789abcdef";
    let mut table = [0; 512];
    let mut at = 0;
    while at < 256 {
        table[at * 2] = digits[at >> 4];
        table[at * 2 + 1] = digits[at & 15];
        at += 1;
    }
    table
};

/// How many bytes stand in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    /// 8 bytes, for a narrow pane.
    Eight,
    /// 16 bytes, the usual.
    #[default]
    Sixteen,
    /// 32 bytes, for a wide one.
    ThirtyTwo,
}

impl Width {
    /// The bytes of a whole row.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Eight => 8,
            Self::Sixteen => 16,
            Self::ThirtyTwo => 32,
        }
    }

    /// The widest row that fits into `columns` when offsets up to `end` are shown; 8 bytes if none does.
    #[must_use]
    pub fn fitting(columns: usize, end: u64) -> Self {
        [Self::ThirtyTwo, Self::Sixteen]
            .into_iter()
            .find(|&width| Geometry::new(width, end).columns() <= columns)
            .unwrap_or(Self::Eight)
    }

    /// The offset at which the row that holds `offset` begins.
    #[must_use]
    pub const fn row_start(self, offset: u64) -> u64 {
        offset - offset % self.bytes() as u64
    }
}

/// One row. Rows begin at multiples of their width, so a dump that begins elsewhere has empty cells in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The offset of the row's first cell, empty or not.
    pub offset: u64,
    lead: usize,
    bytes: &'a [u8],
    width: Width,
}

impl Row<'_> {
    /// The byte in cell `at`, counted from 0; none if the cell is empty or there is no such cell.
    #[must_use]
    pub fn cell(&self, at: usize) -> Option<u8> {
        self.bytes.get(at.checked_sub(self.lead)?).copied()
    }

    /// All cells of the row, in order.
    pub fn cells(&self) -> impl Iterator<Item = Option<u8>> {
        (0..self.width.bytes()).map(|at| self.cell(at))
    }
}

/// The rows of `bytes`, the first of which is at `offset` of its stream.
pub fn rows(offset: u64, bytes: &[u8], width: Width) -> impl Iterator<Item = Row<'_>> {
    let mut start = width.row_start(offset);
    let mut lead = usize::try_from(offset - start).unwrap_or(0);
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (head, tail) = rest.split_at(rest.len().min(width.bytes() - lead));
        let row = Row {
            offset: start,
            lead,
            bytes: head,
            width,
        };
        (rest, lead) = (tail, 0);
        start = start.saturating_add(width.bytes() as u64);
        Some(row)
    })
}

/// Where things stand in a row, in columns from its left edge: offset, two blanks, hex pairs with a blank between two,
/// three blanks, text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// How many hex digits an offset takes: at least 4, always even.
    pub digits: usize,
    width: Width,
}

impl Geometry {
    /// For rows with offsets up to `end`.
    #[must_use]
    pub fn new(width: Width, end: u64) -> Self {
        let needed = end.max(1).ilog2() as usize / 4 + 1;
        Self {
            digits: needed.next_multiple_of(2).max(4),
            width,
        }
    }

    /// The column of the first hex digit of cell `at`.
    #[must_use]
    pub const fn hex_column(&self, at: usize) -> usize {
        self.digits + 2 + at * 3
    }

    /// The column of cell `at` in the text.
    #[must_use]
    pub const fn text_column(&self, at: usize) -> usize {
        self.hex_column(self.width.bytes()) + 2 + at
    }

    /// All columns of a row.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.text_column(self.width.bytes())
    }

    /// The cell at a column, in hex or in text: what a pointer there means. A blank belongs to the pair before it.
    #[must_use]
    pub fn cell_at(&self, column: usize) -> Option<usize> {
        let count = self.width.bytes();
        let in_text = column.checked_sub(self.text_column(0));
        let in_hex = column.checked_sub(self.hex_column(0)).map(|at| at / 3);
        in_text.or(in_hex).filter(|&at| at < count)
    }
}

/// One row as text, `0010  00 0c 77 6f …   ··wo`, without blanks at its end: the row that holds `offset`, with what of
/// `bytes` it has room for.
#[must_use]
pub fn line(offset: u64, bytes: &[u8], width: Width) -> String {
    rows(offset, bytes, width)
        .next()
        .map_or_else(String::new, |row| {
            row_text(&row, Geometry::new(width, offset))
        })
}

/// All rows of `bytes` as lines, their offsets equally long.
pub fn lines(offset: u64, bytes: &[u8], width: Width) -> impl Iterator<Item = String> {
    let geometry = Geometry::new(width, offset.saturating_add(bytes.len() as u64));
    rows(offset, bytes, width).map(move |row| row_text(&row, geometry))
}

fn row_text(row: &Row<'_>, geometry: Geometry) -> String {
    let mut text = String::with_capacity(geometry.columns() + row.width.bytes());
    // Writing to a string cannot fail.
    let _ = write!(text, "{:0digits$x}  ", row.offset, digits = geometry.digits);
    for cell in row.cells() {
        text.push_str(cell.map_or("  ", hex));
        text.push(' ');
    }
    text.push_str("  ");
    let filled = row.lead + row.bytes.len();
    text.extend(row.cells().take(filled).map(|cell| cell.map_or(' ', glyph)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_digits_and_class() {
        for byte in 0..=u8::MAX {
            assert_eq!(hex(byte), format!("{byte:02x}"));
            let expected = match byte {
                0 => Class::Null,
                _ if byte.is_ascii_graphic() => Class::Printable,
                _ if byte.is_ascii_whitespace() => Class::Space,
                _ if byte.is_ascii() => Class::Control,
                _ => Class::High,
            };
            assert_eq!(class(byte), expected, "{byte:02x}");
        }
    }

    #[test]
    fn dumps() {
        fn check(offset: u64, bytes: &[u8], width: Width, expected: &[&str]) {
            let found: Vec<String> = lines(offset, bytes, width).collect();
            assert_eq!(found, expected);
        }
        check(0, b"", Width::Eight, &[]);
        check(
            0x10,
            b"\x00\x0cwor\xc3\xa9\x1b[2J~ \\\x7f.",
            Width::Sixteen,
            &["0010  00 0c 77 6f 72 c3 a9 1b 5b 32 4a 7e 20 5c 7f 2e   ··wor···[2J~ \\·."],
        );
        check(
            5,
            b"abcdef",
            Width::Eight,
            &[
                "0000                 61 62 63        abc",
                "0008  64 65 66                  def",
            ],
        );
        check(
            0xfffe,
            b"ab",
            Width::Eight,
            &["00fff8                    61 62         ab"],
        );
        let end = u64::MAX - 1;
        check(
            end,
            b"ab",
            Width::Eight,
            &["fffffffffffffff8                    61 62         ab"],
        );
    }

    #[test]
    fn one_line_is_the_row_of_its_offset() {
        assert_eq!(
            line(0x0e, b"abcd", Width::Sixteen),
            format!("0000  {:42}61 62   {:14}ab", "", "")
        );
        assert_eq!(line(7, b"", Width::Sixteen), "");
    }

    #[test]
    fn columns_lead_back_to_cells() {
        for width in [Width::Eight, Width::Sixteen, Width::ThirtyTwo] {
            let geometry = Geometry::new(width, 0x1_0000);
            let count = width.bytes();
            for at in 0..count {
                for column in [0, 1, 2].map(|digit| geometry.hex_column(at) + digit) {
                    assert_eq!(geometry.cell_at(column), Some(at), "{width:?} {column}");
                }
                assert_eq!(
                    geometry.cell_at(geometry.text_column(at)),
                    Some(at),
                    "{width:?} {at}"
                );
            }
            let outside = [
                0,
                geometry.hex_column(0) - 1,
                geometry.text_column(0) - 1,
                geometry.columns(),
            ];
            assert_eq!(
                outside.map(|column| geometry.cell_at(column)),
                [None; 4],
                "{width:?}"
            );
            let full = lines(0, &vec![b'x'; count], width)
                .next()
                .map(|line| escape::width(&line));
            assert_eq!(full, Some(Geometry::new(width, 0).columns()));
        }
    }

    #[test]
    fn the_widest_row_that_fits() {
        fn check(columns: usize, end: u64, expected: Width) {
            assert_eq!(Width::fitting(columns, end), expected, "{columns} {end}");
        }
        check(0, 0, Width::Eight);
        check(71, 0xffff, Width::Eight);
        check(72, 0xffff, Width::Sixteen);
        check(72, 0x1_0000, Width::Eight);
        check(135, 0, Width::Sixteen);
        check(136, 0, Width::ThirtyTwo);
    }
}
