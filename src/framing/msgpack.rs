//! `msgpack`: objects of `MessagePack` (the specification at github.com/msgpack/msgpack), back to back. Any byte but C1
//! begins one, so that garbage seldom looks broken.

mod tree;

use std::borrow::Cow;
use std::ops::Range;

use super::digest::NESTING_MAX;
use super::grammar::{Grammar, Part, Want};
use super::only::as_it_is;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Msgpack;

impl Framing for Msgpack {
    fn name(&self) -> &'static str {
        "msgpack"
    }

    fn usage(&self) -> &'static str {
        "msgpack"
    }

    fn help(&self) -> &'static str {
        "MessagePack objects one behind the other, as a tree"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Msgpack {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Objects::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        as_it_is(self, payload, "one MessagePack object")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        tree::describe(message, bytes);
    }
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Nil,
    Boolean,
    /// The first byte is the number.
    Small,
    Unsigned,
    Signed,
    Float,
    Text,
    Bytes,
    Array,
    Map,
    /// Bytes with a type of the application.
    Extension,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Boolean => "boolean",
            Self::Small | Self::Unsigned | Self::Signed => "integer",
            Self::Float => "float",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Array => "array",
            Self::Map => "map",
            Self::Extension => "extension",
        }
    }
}

/// What the first byte tells.
#[derive(Clone, Copy, Debug)]
struct Shape {
    kind: Kind,
    /// The bytes behind it that tell the count.
    width: usize,
    /// Bytes, elements or pairs that follow, if no byte tells the count.
    count: u64,
}

impl Shape {
    /// `None` for the byte that begins no object.
    fn of(byte: u8) -> Option<Self> {
        let low = |mask| u64::from(byte & mask);
        let (kind, width, count) = match byte {
            0..=0x7f | 0xe0.. => (Kind::Small, 0, 0),
            0x80..=0x8f => (Kind::Map, 0, low(0xf)),
            0x90..=0x9f => (Kind::Array, 0, low(0xf)),
            0xa0..=0xbf => (Kind::Text, 0, low(0x1f)),
            0xc0 => (Kind::Nil, 0, 0),
            0xc1 => return None,
            0xc2 | 0xc3 => (Kind::Boolean, 0, 0),
            0xc4..=0xc6 => (Kind::Bytes, 1 << (byte - 0xc4), 0),
            0xc7..=0xc9 => (Kind::Extension, 1 << (byte - 0xc7), 0),
            0xca | 0xcb => (Kind::Float, 0, 4 << (byte - 0xca)),
            0xcc..=0xcf => (Kind::Unsigned, 0, 1 << (byte - 0xcc)),
            0xd0..=0xd3 => (Kind::Signed, 0, 1 << (byte - 0xd0)),
            0xd4..=0xd8 => (Kind::Extension, 0, 1 << (byte - 0xd4)),
            0xd9..=0xdb => (Kind::Text, 1 << (byte - 0xd9), 0),
            0xdc | 0xdd => (Kind::Array, 2 << (byte - 0xdc), 0),
            0xde | 0xdf => (Kind::Map, 2 << (byte - 0xde), 0),
        };
        Some(Self { kind, width, count })
    }
}

/// Reads one object after the other.
#[derive(Clone, Debug, Default)]
struct Objects {
    start: u64,
    /// How many objects are to come in what is open, the outermost first.
    open: Vec<u64>,
    state: State,
    /// Where the whole object ends, once that is known.
    end: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    First,
    Count(Kind, u64),
    Body,
}

impl Objects {
    /// The head of an object, which begins at `at`, ends with the part.
    fn object(&mut self, kind: Kind, count: u64, at: u64, part: &Part<'_>) -> Want {
        let parts = match kind {
            Kind::Array => count,
            Kind::Map => count.saturating_mul(2),
            Kind::Extension => return self.body(count.saturating_add(1), part),
            _ if count > 0 => return self.body(count, part),
            _ => 0,
        };
        if parts == 0 {
            return self.done(part);
        }
        if self.open.len() == NESTING_MAX {
            return Want::broken(format!("nested deeper than {NESTING_MAX}"), at);
        }
        self.open.push(parts);
        self.state = State::First;
        Want::Bytes(1)
    }

    fn body(&mut self, len: u64, part: &Part<'_>) -> Want {
        if self.open.iter().all(|left| *left == 1) {
            self.end = Some(part.range.end.saturating_add(len));
        }
        self.state = State::Body;
        Want::Pass(len)
    }

    /// An object ended with the part.
    fn done(&mut self, part: &Part<'_>) -> Want {
        while let Some(left) = self.open.last_mut() {
            if *left > 1 {
                *left -= 1;
                self.state = State::First;
                return Want::Bytes(1);
            }
            self.open.pop();
        }
        Want::Message(part.message(part.start..part.range.end))
    }
}

impl Grammar for Objects {
    fn begin(&mut self, start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self {
            start,
            ..Self::default()
        };
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let at = part.range.start;
        match (self.state, part.bytes) {
            (State::First, [byte]) => match Shape::of(*byte) {
                None => Want::broken("no object begins with c1", at),
                Some(Shape {
                    kind,
                    width: 0,
                    count,
                }) => self.object(kind, count, at, part),
                Some(Shape { kind, width, .. }) => {
                    self.state = State::Count(kind, at);
                    Want::Bytes(width)
                }
            },
            (State::Count(kind, at), bytes) => {
                let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
                self.object(kind, bytes.iter().fold(0, add), at, part)
            }
            _ => self.done(part),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.open.len() {
            0 => "waiting for the rest of the object".into(),
            depth => format!("waiting for the next object, {depth} deep").into(),
        }
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.end.map(|end| self.start..end)
    }
}

#[cfg(test)]
mod tests;
