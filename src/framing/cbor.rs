//! `cbor`: a sequence of CBOR items (RFC 8949, RFC 8742), back to back. What is not well-formed tells nothing of where
//! the next item begins.

mod tree;

use std::borrow::Cow;
use std::ops::Range;

use super::digest::NESTING_MAX;
use super::grammar::{Grammar, Part, Want};
use super::only::as_it_is;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// The major types (RFC 8949, 3.1), the upper three bits of an item's first byte.
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cbor;

impl Framing for Cbor {
    fn name(&self) -> &'static str {
        "cbor"
    }

    fn usage(&self) -> &'static str {
        "cbor"
    }

    fn help(&self) -> &'static str {
        "CBOR items one behind the other, as a tree"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Cbor {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Items::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        as_it_is(self, payload, "one CBOR item")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        tree::describe(message, bytes);
    }
}

/// The first byte of an item and the number behind it.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    byte: u8,
    /// `None` where the length is not told.
    argument: Option<u64>,
}

impl Head {
    fn major(self) -> u8 {
        self.byte >> 5
    }

    /// How many bytes of the number follow the first byte; `None` where that byte can be no item's first.
    fn width(byte: u8) -> Option<usize> {
        match byte & 0x1f {
            info @ 24..=27 => Some(1 << (info - 24)),
            28..=30 => None,
            // Only strings, arrays and maps may leave their length open; the rest is the break.
            31 if matches!(byte >> 5, 0 | NEGATIVE | TAG) => None,
            _ => Some(0),
        }
    }

    /// With the bytes of the number.
    fn new(byte: u8, number: &[u8]) -> Self {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        let argument = match byte & 0x1f {
            31 => None,
            info @ 0..=23 => Some(info.into()),
            _ => Some(number.iter().fold(0, add)),
        };
        Self { byte, argument }
    }

    /// Whether it ends what has no length.
    fn is_break(self) -> bool {
        self.byte == 0xff
    }
}

/// What is open around an item.
#[derive(Clone, Copy, Debug)]
enum Level {
    /// So many items are to come, this one included.
    Left(u64),
    /// An array up to the break.
    Array,
    /// A map up to the break; whether a value is due.
    Map(bool),
    /// Chunks of a string of this major type up to the break.
    Chunks(u8),
}

/// Reads one item after the other.
#[derive(Clone, Debug, Default)]
struct Items {
    start: u64,
    open: Vec<Level>,
    state: State,
    /// Where the whole item ends, once that is known.
    end: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Head,
    /// The number behind such a byte, which stands there.
    Number(u8, u64),
    String,
}

impl Items {
    /// The head of an item, which begins at `at`, ends with the part.
    fn item(&mut self, head: Head, at: u64, part: &Part<'_>) -> Want {
        if head.is_break() {
            return self.ended(at, part);
        }
        let major = head.major();
        if let Some(Level::Chunks(of)) = self.open.last()
            && (*of != major || head.argument.is_none())
        {
            return Want::broken("a chunk of a string must be a string of its type", at);
        }
        let level = match (major, head.argument) {
            (BYTES | TEXT | ARRAY | MAP, Some(0)) => return self.done(part),
            (BYTES | TEXT, Some(len)) => return self.string(len, part),
            (BYTES | TEXT, None) => Level::Chunks(major),
            (ARRAY, Some(count)) => Level::Left(count),
            (ARRAY, None) => Level::Array,
            (MAP, Some(count)) => Level::Left(count.saturating_mul(2)),
            (MAP, None) => Level::Map(false),
            (TAG, _) => Level::Left(1),
            (SIMPLE, Some(value)) if head.byte & 0x1f == 24 && value < 32 => {
                let why = format!("the simple value {value} has to stand in one byte");
                return Want::broken(why, at);
            }
            _ => return self.done(part),
        };
        if self.open.len() == NESTING_MAX {
            return Want::broken(format!("nested deeper than {NESTING_MAX}"), at);
        }
        self.open.push(level);
        self.head()
    }

    fn head(&mut self) -> Want {
        self.state = State::Head;
        Want::Bytes(1)
    }

    fn string(&mut self, len: u64, part: &Part<'_>) -> Want {
        let is_last = |level: &Level| matches!(level, Level::Left(1));
        if self.open.iter().all(is_last) {
            self.end = Some(part.range.end.saturating_add(len));
        }
        self.state = State::String;
        Want::Pass(len)
    }

    /// A break stands at `at`.
    fn ended(&mut self, at: u64, part: &Part<'_>) -> Want {
        match self.open.pop() {
            Some(Level::Array | Level::Map(false) | Level::Chunks(_)) => self.done(part),
            Some(Level::Map(true)) => Want::broken("the break where a value must be", at),
            _ => Want::broken("a break, and nothing is open", at),
        }
    }

    /// An item ended with the part.
    fn done(&mut self, part: &Part<'_>) -> Want {
        loop {
            match self.open.last_mut() {
                None => return Want::Message(part.message(part.start..part.range.end)),
                Some(Level::Left(1)) => {
                    self.open.pop();
                }
                Some(Level::Left(left)) => {
                    *left -= 1;
                    return self.head();
                }
                Some(Level::Map(is_value)) => {
                    *is_value = !*is_value;
                    return self.head();
                }
                Some(Level::Array | Level::Chunks(_)) => return self.head(),
            }
        }
    }
}

impl Grammar for Items {
    fn begin(&mut self, start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self {
            start,
            ..Self::default()
        };
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match (self.state, part.bytes) {
            (State::Head, [byte]) => match Head::width(*byte) {
                Some(0) => self.item(Head::new(*byte, &[]), part.range.start, part),
                Some(width) => {
                    self.state = State::Number(*byte, part.range.start);
                    Want::Bytes(width)
                }
                None => Want::broken(format!("no item begins with {byte:02x}"), part.range.start),
            },
            (State::Number(byte, at), number) => self.item(Head::new(byte, number), at, part),
            _ => self.done(part),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.open.len() {
            0 => "waiting for the rest of the item".into(),
            depth => format!("waiting for the next item, {depth} deep").into(),
        }
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.end.map(|end| self.start..end)
    }
}

#[cfg(test)]
mod tests;
