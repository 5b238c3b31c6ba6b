//! HPACK (RFC 7541): header lines from their representations, with the dynamic table that earlier ones have filled. It
//! holds what a table of 4096 bytes holds, whatever was agreed, and says so of a line that needs more.

use std::collections::VecDeque;
use std::sync::Arc;

use super::huffman;
use super::names::STATIC;

/// The most bytes of a table, counted as in RFC 7541, 4.1, unless another size was agreed.
const TABLE_MAX_BYTES: usize = 4096;

/// What a line in the table counts beside its bytes.
const LINE_BYTES: usize = 32;

/// The most bytes of a string: a longer one is not waited for.
const STRING_MAX_BYTES: u64 = 16 << 10;

/// A header line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: Arc<[u8]>,
    pub(super) value: Arc<[u8]>,
}

impl Line {
    fn bytes(&self) -> usize {
        self.name.len() + self.value.len() + LINE_BYTES
    }
}

/// What stands at the beginning of a piece of a header block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A line.
    Line(Line),
    /// A new size of the table.
    Size,
}

/// Why a header block cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It breaks the rule.
    Flaw(String),
    /// It needs more than is kept.
    Large,
}

/// The dynamic table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The newest first.
    lines: VecDeque<Line>,
    bytes: usize,
    max: usize,
    /// All that was put into it is known, so an index beyond it is wrong and not merely unknown.
    is_whole: bool,
}

impl Table {
    /// An empty one; `is_whole` if no header came before.
    pub(super) fn new(is_whole: bool) -> Self {
        Self {
            lines: VecDeque::new(),
            bytes: 0,
            max: TABLE_MAX_BYTES,
            is_whole,
        }
    }

    /// Takes what stands at the beginning of `bytes`, and says how many of them it is; `None` if it is cut off there.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Option<(usize, Item)>, Stop> {
        let mut cursor = Cursor { bytes, at: 0 };
        let item = self.item(&mut cursor)?;
        Ok(item.map(|item| (cursor.at, item)))
    }

    fn item(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Item>, Stop> {
        let Some(&first) = cursor.bytes.first() else {
            return Ok(None);
        };
        let (prefix, is_kept) = match first {
            0x80.. => {
                let index = cursor.integer(7)?;
                return index
                    .map(|index| self.line(index).map(Item::Line))
                    .transpose();
            }
            0x40.. => (6, true),
            0x20.. => {
                let max = cursor.integer(5)?;
                return Ok(max.map(|max| self.resize(max)));
            }
            _ => (4, false),
        };
        let Some(index) = cursor.integer(prefix)? else {
            return Ok(None);
        };
        let name = match index {
            0 => cursor.string()?,
            index => Some(self.line(index)?.name),
        };
        let Some(name) = name else {
            return Ok(None);
        };
        let Some(value) = cursor.string()? else {
            return Ok(None);
        };
        let line = Line { name, value };
        if is_kept {
            self.keep(line.clone());
        }
        Ok(Some(Item::Line(line)))
    }

    /// The line at an index (RFC 7541, 2.3.3): first the static table, then this.
    fn line(&self, index: u64) -> Result<Line, Stop> {
        let nth = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(nth) = nth.checked_sub(1) else {
            return Err(Stop::Flaw("header index 0".to_owned()));
        };
        if let Some((name, value)) = STATIC.get(nth) {
            return Ok(Line {
                name: name.as_bytes().into(),
                value: value.as_bytes().into(),
            });
        }
        match self.lines.get(nth - STATIC.len()) {
            Some(line) => Ok(line.clone()),
            None if self.is_whole => Err(Stop::Flaw(format!(
                "header index {index}, and the last is {}",
                STATIC.len() + self.lines.len()
            ))),
            None => Ok(Line {
                name: b"unknown".as_slice().into(),
                value: format!("index {index}").into_bytes().into(),
            }),
        }
    }

    fn keep(&mut self, line: Line) {
        self.bytes += line.bytes();
        self.lines.push_front(line);
        self.evict();
    }

    fn evict(&mut self) {
        while self.bytes > self.max
            && let Some(line) = self.lines.pop_back()
        {
            self.bytes -= line.bytes();
        }
    }

    fn resize(&mut self, max: u64) -> Item {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        self.is_whole &= max <= TABLE_MAX_BYTES;
        self.max = max.min(TABLE_MAX_BYTES);
        self.evict();
        Item::Size
    }
}

/// Reads a representation.
#[derive(Debug)]
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    /// An integer whose first byte gives it so many bits (RFC 7541, 5.1); `None` if it is cut off.
    fn integer(&mut self, bits: u32) -> Result<Option<u64>, Stop> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some((first, rest)) = rest.split_first() else {
            return Ok(None);
        };
        let full = (1_u64 << bits) - 1;
        let mut number = u64::from(*first) & full;
        if number < full {
            self.at += 1;
            return Ok(Some(number));
        }
        for (nth, byte) in (0_u32..).zip(rest) {
            if nth > 4 {
                return Err(Stop::Flaw("an integer of more than 6 bytes".to_owned()));
            }
            number += u64::from(byte & 0x7f) << (7 * nth);
            if byte & 0x80 == 0 {
                self.at += 2 + nth as usize;
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// A string (RFC 7541, 5.2); `None` if it is cut off.
    fn string(&mut self) -> Result<Option<Arc<[u8]>>, Stop> {
        let is_huffman = self.bytes.get(self.at).is_some_and(|byte| byte & 0x80 != 0);
        let Some(length) = self.integer(7)? else {
            return Ok(None);
        };
        if length > STRING_MAX_BYTES {
            return Err(Stop::Large);
        }
        let end = self.at + usize::try_from(length).unwrap_or_default();
        let Some(string) = self.bytes.get(self.at..end) else {
            return Ok(None);
        };
        self.at = end;
        if is_huffman {
            let decoded = huffman::decode(string).map_err(Stop::Flaw)?;
            return Ok(Some(decoded.into()));
        }
        Ok(Some(string.into()))
    }
}

#[cfg(test)]
mod tests;
