//! Untrusted bytes to printable text and back: the only way by which bytes reach a screen or a terminal. Total and
//! reversible; it encodes and never filters, so nothing that a peer sent can vanish or act. It knows no colour, no pane
//! and no stream: who cuts a stream into windows asks [`boundary`] where a scalar begins.
//!
//! The escapes are those of text in a byte expression: `\r` `\n` `\t` `\0` `\\` `\"` `\xNN` `\u{…}`. What stays as it
//! is stands on an allow list (see [`allowed`]); everything else is spelled out in ASCII. One byte or scalar is spelled
//! alike wherever it stands, so the text does not depend on how the bytes arrived.

use std::borrow::Cow;
use std::fmt;

use unicode_width::UnicodeWidthChar;

mod joining;
mod unescape;

pub use unescape::{EscapeError, unescape};

#[cfg(test)]
mod tests;

/// The longest UTF-8 sequence, in bytes (RFC 3629).
const SCALAR_MAX_BYTES: usize = 4;

/// The most columns that [`escape`] spends on one byte of its input: `\xNN`.
pub const COLUMNS_PER_BYTE_MAX: usize = 4;

/// What a piece of the input is spelled as. Its [`fmt::Display`] is that spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// An allowed scalar, as it is.
    Plain(char),
    /// A backslash and this character: `\\` `\"` `\n` `\r` `\t` `\0`.
    Short(char),
    /// A control byte, or one byte that is not part of valid UTF-8: `\xNN`.
    Byte(u8),
    /// A valid scalar that is not allowed: `\u{…}`.
    Scalar(char),
}

impl Piece {
    fn of_scalar(scalar: char) -> Self {
        match scalar {
            '\\' => Self::Short('\\'),
            '\n' => Self::Short('n'),
            '\r' => Self::Short('r'),
            '\t' => Self::Short('t'),
            '\0' => Self::Short('0'),
            '\u{01}'..='\u{1f}' | '\u{7f}' => Self::Byte(scalar as u8),
            _ if allowed(scalar) => Self::Plain(scalar),
            _ => Self::Scalar(scalar),
        }
    }

    /// The columns that it takes on a screen.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Plain(scalar) => scalar.width().unwrap_or(0),
            Self::Short(_) => 2,
            Self::Byte(_) => 4,
            Self::Scalar(scalar) => r"\u{}".len() + hex_digits(scalar),
        }
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Plain(scalar) => write!(out, "{scalar}"),
            Self::Short(letter) => write!(out, "\\{letter}"),
            Self::Byte(byte) => write!(out, "\\x{byte:02x}"),
            Self::Scalar(scalar) => write!(out, "\\u{{{:x}}}", u32::from(scalar)),
        }
    }
}

/// The pieces of `bytes` in their order, each with the number of bytes that it stands for (1 to 4).
pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = (usize, Piece)> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (len, piece) = first_piece(rest)?;
        rest = rest.get(len..)?;
        Some((len, piece))
    })
}

fn first_piece(bytes: &[u8]) -> Option<(usize, Piece)> {
    let first = *bytes.first()?;
    let piece = match first_scalar(bytes) {
        Some(scalar) => (scalar.len_utf8(), Piece::of_scalar(scalar)),
        None => (1, Piece::Byte(first)),
    };
    Some(piece)
}

/// The scalar that begins with the first byte, if a valid one does.
fn first_scalar(bytes: &[u8]) -> Option<char> {
    let first = *bytes.first()?;
    if first.is_ascii() {
        return Some(char::from(first));
    }
    let head = bytes.get(..bytes.len().min(SCALAR_MAX_BYTES))?;
    head.utf8_chunks().next()?.valid().chars().next()
}

/// Like [`escape`], but line feeds stay what they are: for text of many lines on a terminal.
#[must_use]
pub fn escape_lines(bytes: &[u8]) -> String {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| match line.strip_suffix(b"\n") {
            Some(line) => escape(line) + "\n",
            None => escape(line),
        })
        .collect()
}

/// Spells `bytes` so that the text may be shown anywhere; [`unescape`] gives the same bytes back.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for (_, piece) in pieces(bytes) {
        push(&mut text, piece);
    }
    text
}

/// Like [`escape`], between double quotes, with `"` as `\"`: a byte expression that stands for exactly these bytes.
#[must_use]
pub fn quote(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 2);
    text.push('"');
    for (_, piece) in pieces(bytes) {
        push(
            &mut text,
            if piece == Piece::Plain('"') {
                Piece::Short('"')
            } else {
                piece
            },
        );
    }
    text.push('"');
    text
}

/// Spells as many bytes as fit into `width_max` columns, and says how many bytes that were. No scalar and no escape is
/// ever cut.
///
/// A window of a stream is shown alike wherever it was cut if it begins at a [`boundary`] and if `bytes` goes on for
/// three bytes past what can be shown (`4 * width_max + 3` bytes are always enough), or to the end of the stream.
#[must_use]
pub fn escape_prefix(bytes: &[u8], width_max: usize) -> (String, usize) {
    let mut text = String::new();
    let mut left = width_max;
    let mut consumed = 0;
    for (len, piece) in pieces(bytes) {
        let Some(remaining) = left.checked_sub(piece.width()) else {
            break;
        };
        left = remaining;
        consumed += len;
        push(&mut text, piece);
    }
    (text, consumed)
}

/// Where the piece that holds the byte at `at` begins: `at` itself, or up to three bytes before it when `at` is inside
/// of a valid scalar. Only the three bytes before `at` and the three behind it matter, since UTF-8 is self-
/// synchronising
/// (RFC 3629, section 3); past the end of `bytes` the answer is `at`.
#[must_use]
pub fn boundary(bytes: &[u8], at: usize) -> usize {
    (at.saturating_sub(SCALAR_MAX_BYTES - 1)..at)
        .find(|&start| {
            let scalar = bytes.get(start..).and_then(first_scalar);
            at < bytes.len() && scalar.is_some_and(|scalar| start + scalar.len_utf8() > at)
        })
        .unwrap_or(at)
}

fn push(text: &mut String, piece: Piece) {
    match piece {
        Piece::Plain(scalar) => text.push(scalar),
        _ => text.push_str(&piece.to_string()),
    }
}

/// Spells out what may not be shown in text of this host: file names, messages of the system, names. A backslash stays
/// as it is, so the text reads naturally and is not meant to be read back.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(allowed) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + SCALAR_MAX_BYTES);
    for scalar in text.chars() {
        if allowed(scalar) {
            cleaned.push(scalar);
        } else {
            push(&mut cleaned, Piece::of_scalar(scalar));
        }
    }
    Cow::Owned(cleaned)
}

/// Whether a scalar may be shown as it is: printable and assigned, one or two columns wide, and alone in its cell
/// whatever stands beside it. That leaves out controls, everything invisible or of another width (joiners, selectors,
/// tags, soft hyphen, byte order mark), bidirectional controls, line separators, all blanks but the plain one, private
/// use, non-characters, and all that would join its neighbour (combining marks, jamo, regional indicators, skin tones).
#[must_use]
pub fn allowed(scalar: char) -> bool {
    match scalar {
        // Most of any screen: ASCII, rules, blocks.
        ' '..='~' | '\u{2500}'..='\u{259f}' => true,
        // `escape_debug` knows what is unassigned, a format character, a separator or private, as of the standard
        // library's own Unicode tables; it leaves what prints by itself as the one character that it is.
        _ => {
            scalar.escape_debug().len() == 1
                && matches!(scalar.width(), Some(1 | 2))
                && !joining::joins_neighbour(scalar)
        }
    }
}

/// A byte as one column of a text column beside hex: itself from 20 to 7e, else `·`.
#[must_use]
pub const fn cell(byte: u8) -> char {
    match byte {
        0x20..=0x7e => byte as char,
        _ => '·',
    }
}

/// The columns that escaped or cleaned text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(|scalar| scalar.width().unwrap_or(0)).sum()
}

/// The last check on a finished screen cell: whether its symbol may go to the terminal. It may if it is empty (the cell
/// lies under its wide neighbour) or a single allowed scalar.
#[must_use]
pub fn gate(symbol: &str) -> bool {
    if let [byte] = symbol.as_bytes() {
        return matches!(byte, b' '..=b'~');
    }
    let mut scalars = symbol.chars();
    scalars.next().is_none_or(allowed) && scalars.next().is_none()
}

fn hex_digits(scalar: char) -> usize {
    (u32::from(scalar).max(1).ilog2() / 4 + 1) as usize
}
