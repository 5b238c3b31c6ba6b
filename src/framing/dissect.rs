//! Names the parts of a message whose bytes are at hand, one after the other. What is not there ends it silently: the
//! fields so far stand. It is bounded by numbers of fields and by depth, never by trust.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use super::{Field, Message, Value};
use crate::expr::ByteOrder;

/// The most fields of a message, those within others included.
pub(super) const FIELDS_MAX: usize = 10_000;

/// How deep fields may stand within each other.
pub(super) const DEPTH_MAX: usize = 64;

/// The most bytes of a text that are shown as one.
const TEXT_MAX_BYTES: usize = 4 << 10;

/// The most bytes of a text that a note shows.
pub(super) const BRIEF_MAX_BYTES: usize = 60;

/// What numbers stand for.
pub(super) type Names = [(u64, &'static str)];

/// A cursor over the bytes of a message. Reading past the end gives `None`, so a body reads with `?` and stops there.
#[derive(Debug)]
pub(super) struct Dissect<'a> {
    bytes: &'a [u8],
    /// Offset of the first byte in the stream.
    base: u64,
    at: usize,
    order: ByteOrder,
    fields: Vec<Field>,
    /// How many more fields there may be.
    room: usize,
    depth: usize,
}

impl<'a> Dissect<'a> {
    /// From the first byte of a message on, whose bytes these are, or as many as are at hand.
    pub(super) fn new(message: &Message, bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            base: message.range.start,
            at: 0,
            order: ByteOrder::Big,
            fields: Vec::new(),
            room: FIELDS_MAX,
            depth: 0,
        }
    }

    /// From the first byte of the payload on, to its end.
    pub(super) fn payload(message: &Message, bytes: &'a [u8]) -> Self {
        let offset = |at: u64| usize::try_from(at - message.range.start).unwrap_or(usize::MAX);
        let end = offset(message.payload.end).min(bytes.len());
        let mut dissect = Self::new(message, bytes.get(..end).unwrap_or_default());
        dissect.at = offset(message.payload.start).min(end);
        dissect
    }

    /// The numbers that follow are in this order; big-endian until told.
    pub(super) fn set_order(&mut self, order: ByteOrder) {
        self.order = order;
    }

    /// What was named.
    pub(super) fn finish(self) -> Vec<Field> {
        self.fields
    }

    /// The offset of the next byte in the stream.
    pub(super) fn at(&self) -> u64 {
        self.base + self.at as u64
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Whether all is read.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next bytes, without a name.
    pub(super) fn skip(&mut self, len: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(len)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// Names the last `len` bytes that were read.
    pub(super) fn name(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        len: usize,
        value: Value,
    ) -> Option<()> {
        let range = self.at() - len as u64..self.at();
        self.push(Field::new(name, range, value))
    }

    /// Adds a field that was made otherwise.
    pub(super) fn push(&mut self, field: Field) -> Option<()> {
        self.room = self.room.checked_sub(1)?;
        self.fields.push(field);
        Some(())
    }

    /// An unsigned number of at most 8 bytes.
    pub(super) fn number(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        width: usize,
    ) -> Option<u64> {
        let number = self.unsigned(width)?;
        self.name(name, width, Value::Number(number.into()))?;
        Some(number)
    }

    /// An unsigned number that stands for something; one that is not listed has no name.
    pub(super) fn named(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        width: usize,
        names: &Names,
    ) -> Option<u64> {
        let number = self.unsigned(width)?;
        let value = match name_of(names, number) {
            Some(word) => Value::Named(number.into(), word.into()),
            None => Value::Number(number.into()),
        };
        self.name(name, width, value)?;
        Some(number)
    }

    /// An unsigned number whose bits stand for something: those that are set are told.
    pub(super) fn flags(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        width: usize,
        masks: &Names,
    ) -> Option<u64> {
        let number = self.unsigned(width)?;
        self.name(name, width, set_of(masks, number))?;
        Some(number)
    }

    /// An unsigned number of at most 8 bytes, without a name.
    pub(super) fn unsigned(&mut self, width: usize) -> Option<u64> {
        let bytes = self.skip(width)?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(match self.order {
            ByteOrder::Big => bytes.iter().fold(0, add),
            ByteOrder::Little => bytes.iter().rev().fold(0, add),
        })
    }

    /// Text of so many bytes.
    pub(super) fn text(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        len: usize,
    ) -> Option<&'a [u8]> {
        let bytes = self.skip(len)?;
        self.name(name, len, Value::Text(text_of(bytes)))?;
        Some(bytes)
    }

    /// So many bytes of which nothing more is said.
    pub(super) fn bytes(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        len: usize,
    ) -> Option<&'a [u8]> {
        let bytes = self.skip(len)?;
        self.name(name, len, Value::Bytes)?;
        Some(bytes)
    }

    /// Text up to and with a mark, which is no part of what is told and returned. Without the mark nothing is read.
    pub(super) fn text_to(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        mark: &[u8],
    ) -> Option<&'a [u8]> {
        let len = memchr::memmem::find(self.rest(), mark)?;
        let text = self.text(name, len)?;
        self.skip(mark.len())?;
        Some(text)
    }

    /// A field made of others: all that `read` reads. Where that ends early, what it has read so far is kept.
    pub(super) fn group(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        read: impl FnOnce(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.group_of(name, |dissect| read(dissect).map(|()| Value::Bytes))
    }

    /// The same, with what the whole says.
    pub(super) fn group_of(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        read: impl FnOnce(&mut Self) -> Option<Value>,
    ) -> Option<()> {
        if self.depth >= DEPTH_MAX {
            return None;
        }
        self.room = self.room.checked_sub(1)?;
        let start = self.at();
        let outer = std::mem::take(&mut self.fields);
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        let fields = std::mem::replace(&mut self.fields, outer);
        let is_whole = value.is_some();
        self.fields.push(Field {
            fields,
            ..Field::new(name, start..self.at(), value.unwrap_or(Value::Bytes))
        });
        is_whole.then_some(())
    }

    /// Reads within the next `len` bytes alone, and stands behind them afterwards whatever was read; with fewer at
    /// hand, within those.
    pub(super) fn within<T>(
        &mut self,
        len: usize,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let end = self.at.saturating_add(len).min(self.bytes.len());
        let all = self.bytes;
        self.bytes = all.get(..end).unwrap_or_default();
        let told = read(self);
        self.bytes = all;
        self.at = end;
        told
    }
}

/// What a number stands for.
pub(super) fn name_of(names: &Names, number: u64) -> Option<&'static str> {
    let found = names.iter().find(|(of, _)| *of == number);
    found.map(|(_, name)| *name)
}

/// A number with what it stands for, in words: `5 (refused)`.
pub(super) fn words_of(names: &Names, number: u64) -> String {
    name_of(names, number).map_or_else(|| number.to_string(), str::to_owned)
}

/// A number with the names of the masks whose bits are all set in it.
pub(super) fn set_of(masks: &Names, number: u64) -> Value {
    let set = masks.iter().filter(|(mask, _)| number & mask == *mask);
    let names: Vec<_> = set.map(|(_, name)| *name).collect();
    if names.is_empty() {
        return Value::Number(number.into());
    }
    Value::Named(number.into(), names.join(" ").into())
}

/// The first words of a text, for a note.
pub(super) fn brief_of(bytes: &[u8]) -> String {
    let shown = bytes.get(..BRIEF_MAX_BYTES).unwrap_or(bytes);
    let mut text = text_of(shown);
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}

/// Bytes as the text that they are meant to be; what is no UTF-8 stands as `\xNN`.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let shown = bytes.get(..TEXT_MAX_BYTES).unwrap_or(bytes);
    let mut text = String::with_capacity(shown.len());
    for chunk in shown.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a text does not fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}

/// The offsets in the stream of a part of a message's bytes.
pub(super) fn range_of(message: &Message, part: Range<usize>) -> Range<u64> {
    message.range.start + part.start as u64..message.range.start + part.end as u64
}
