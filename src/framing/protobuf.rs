//! `protobuf`: the fields of one message of Protocol Buffers without its schema (protobuf.dev, Encoding). It ends with
//! the stream or the datagram. What bytes mean is guessed: text, a message within, or bytes.

mod tree;

use std::borrow::Cow;

use super::digest::NESTING_MAX;
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::only::as_it_is;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// The most bytes of a varint.
const VARINT_MAX_BYTES: u32 = 10;

/// Wire types, the lowest three bits of a field's key.
const VARINT: u64 = 0;
const I64: u64 = 1;
const LEN: u64 = 2;
const START: u64 = 3;
const END: u64 = 4;
const I32: u64 = 5;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Protobuf;

impl Framing for Protobuf {
    fn name(&self) -> &'static str {
        "protobuf"
    }

    fn usage(&self) -> &'static str {
        "protobuf"
    }

    fn help(&self) -> &'static str {
        "one Protocol Buffers message, up to the end: its fields without a schema"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Protobuf {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Fields::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.is_empty() {
            return Ok(Vec::new());
        }
        as_it_is(self, payload, "a Protocol Buffers message")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        tree::describe(message, bytes);
    }
}

/// Reads field by field.
#[derive(Clone, Debug, Default)]
struct Fields {
    /// The numbers of the groups that are open.
    groups: Vec<u64>,
    state: State,
    varint: Varint,
    /// The number of the field that is read.
    field: u64,
}

/// What the bytes that come are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Key,
    Varint,
    Len,
    /// So many bytes of a value.
    Value(u64),
}

/// A number that comes byte by byte, seven bits each, the lowest first.
#[derive(Clone, Copy, Debug, Default)]
struct Varint {
    value: u64,
    bytes: u32,
}

impl Varint {
    /// Adds a byte: the number, if that is the last one, or why it is none.
    fn add(&mut self, byte: u8) -> Result<Option<u64>, String> {
        let bits = u64::from(byte & 0x7f);
        let shift = 7 * self.bytes;
        self.bytes += 1;
        if self.bytes == VARINT_MAX_BYTES && byte > 1 {
            return Err("a varint of more than 64 bits".to_owned());
        }
        self.value |= bits << shift;
        Ok((byte & 0x80 == 0).then_some(self.value))
    }
}

/// The number and the wire type in a key.
fn split(key: u64) -> Result<(u64, u64), String> {
    let (number, kind) = (key >> 3, key & 7);
    match number {
        0 => Err("field 0, and numbers begin with 1".to_owned()),
        1..=0x1fff_ffff if kind > I32 => Err(format!("wire type {kind}, and 0 to 5 can be")),
        1..=0x1fff_ffff => Ok((number, kind)),
        _ => Err(format!("field {number}, and numbers have 29 bits")),
    }
}

impl Fields {
    /// A byte that ends or goes on with a varint.
    fn byte(&mut self, byte: u8, at: u64) -> Want {
        match self.varint.add(byte) {
            Err(why) => Want::broken(why, at),
            Ok(None) => Want::Bytes(1),
            Ok(Some(value)) => {
                self.varint = Varint::default();
                match self.state {
                    State::Key => self.key(value, at),
                    State::Len => self.value(value),
                    State::Varint | State::Value(_) => self.next(),
                }
            }
        }
    }

    /// A key that ends with the byte at `at`.
    fn key(&mut self, key: u64, at: u64) -> Want {
        let (number, kind) = match split(key) {
            Ok(parts) => parts,
            Err(why) => return Want::broken(why, at),
        };
        self.field = number;
        match kind {
            VARINT => self.state = State::Varint,
            LEN => self.state = State::Len,
            I64 => return self.value(8),
            I32 => return self.value(4),
            START if self.groups.len() == NESTING_MAX => {
                return Want::broken(format!("nested deeper than {NESTING_MAX}"), at);
            }
            START => self.groups.push(number),
            _ => match self.groups.pop() {
                Some(open) if open == number => {}
                Some(open) => {
                    let why = format!("the end of group {number} within group {open}");
                    return Want::broken(why, at);
                }
                None => return Want::broken(format!("the end of group {number}, not open"), at),
            },
        }
        Want::Bytes(1)
    }

    fn value(&mut self, bytes: u64) -> Want {
        self.state = State::Value(bytes);
        Want::Pass(bytes)
    }

    fn next(&mut self) -> Want {
        self.state = State::Key;
        Want::Bytes(1)
    }
}

impl Grammar for Fields {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match (self.state, part.bytes) {
            (State::Value(_), _) => self.next(),
            (_, [byte]) => self.byte(*byte, part.range.start),
            _ => Want::Bytes(1),
        }
    }

    fn waits(&self, came: u64) -> Cow<'static, str> {
        let field = self.field;
        match self.state {
            State::Value(bytes) => {
                let bytes = byte_count(bytes - came);
                format!("waiting for {bytes} of field {field}").into()
            }
            State::Key if self.varint.bytes > 0 => "waiting for the rest of a key".into(),
            State::Key => match self.groups.last() {
                Some(group) => format!("waiting for the end of group {group}").into(),
                None => "waiting for the end of the stream".into(),
            },
            State::Varint | State::Len => format!("waiting for the rest of field {field}").into(),
        }
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        let is_between = self.state == State::Key && self.varint.bytes == 0;
        let message = part.message(part.start..part.range.end);
        (is_between && self.groups.is_empty()).then_some(message)
    }
}

#[cfg(test)]
mod tests;
