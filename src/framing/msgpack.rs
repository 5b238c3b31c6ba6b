//! `msgpack`: MessagePack objects (the specification at github.com/msgpack/msgpack), back to back. Any byte but C1
//! begins one, so that garbage seldom looks broken.

use std::borrow::Cow;
use std::ops::Range;

use super::digest::{Digest, NESTING_MAX, as_it_is};
use super::dissect::{Dissect, text_of};
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Field, Framing, Message, Rule, Sight, Value};
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
        let mut dissect = Dissect::new(message, bytes);
        let mut digest = Digest::default();
        let shape = bytes.first().and_then(|byte| Shape::of(*byte));
        if let Some(shape) = shape {
            object(&mut dissect, &mut digest, shape.kind.name().to_owned());
        }
        message.fields = dissect.finish();
        message.note = digest.finish().into();
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

/// Names the object at the cursor.
fn object(dissect: &mut Dissect<'_>, digest: &mut Digest, name: String) -> Option<()> {
    let first = *dissect.rest().first()?;
    let shape = Shape::of(first)?;
    let start = dissect.at();
    match shape.kind {
        Kind::Array => {
            digest.open("[");
            dissect.group(name, |dissect| {
                for index in 0..counted(dissect, shape)? {
                    digest.part("");
                    object(dissect, digest, format!("[{index}]"))?;
                }
                Some(())
            })?;
            digest.close("]");
            return Some(());
        }
        Kind::Map => {
            digest.open("{");
            dissect.group(name, |dissect| {
                let count = counted(dissect, shape)?;
                (0..count).try_for_each(|_| pair(dissect, digest))
            })?;
            digest.close("}");
            return Some(());
        }
        Kind::Extension => {
            return dissect.group(name, |dissect| {
                let count = counted(dissect, shape)?;
                extension(dissect, digest, count)
            });
        }
        _ => {}
    }
    let count = counted(dissect, shape)?;
    let bytes = dissect.skip(usize::try_from(count).ok()?)?;
    let value = scalar(shape.kind, first, bytes, digest);
    dissect.push(Field::new(name, start..dissect.at(), value))
}

/// Passes the head; the count that it tells.
fn counted(dissect: &mut Dissect<'_>, shape: Shape) -> Option<u64> {
    dissect.skip(1)?;
    match shape.width {
        0 => Some(shape.count),
        width => dissect.unsigned(width),
    }
}

/// A key and its value, which has the key's name if that is text or a number.
fn pair(dissect: &mut Dissect<'_>, digest: &mut Digest) -> Option<()> {
    let first = *dissect.rest().first()?;
    let shape = Shape::of(first)?;
    let is_name = matches!(
        shape.kind,
        Kind::Text | Kind::Small | Kind::Unsigned | Kind::Signed
    );
    if !is_name {
        digest.part("");
        object(dissect, digest, "key".to_owned())?;
        digest.word(": ");
        return object(dissect, digest, "value".to_owned());
    }
    let count = counted(dissect, shape)?;
    let bytes = dissect.skip(usize::try_from(count).ok()?)?;
    let name = match scalar(shape.kind, first, bytes, &mut Digest::default()) {
        Value::Text(text) => text,
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    digest.part(&name);
    object(dissect, digest, name)
}

/// The type of an extension and its bytes; the type -1 is a time.
fn extension(dissect: &mut Dissect<'_>, digest: &mut Digest, count: u64) -> Option<()> {
    let kind = i8::from_be_bytes([*dissect.skip(1)?.first()?]);
    let count = usize::try_from(count).ok()?;
    if kind != -1 || !matches!(count, 4 | 8 | 12) {
        digest.word(&format!("extension {kind}, {}", byte_count(count as u64)));
        dissect.name("type", 1, Value::Number(kind.into()))?;
        dissect.bytes("data", count)?;
        return Some(());
    }
    dissect.name("type", 1, Value::Named(-1, "timestamp".into()))?;
    let (nanoseconds, seconds) = match count {
        4 => (0, dissect.unsigned(4)?.into()),
        8 => {
            let both = dissect.unsigned(8)?;
            (both >> 34, i128::from(both & 0x3_ffff_ffff))
        }
        _ => {
            let nanoseconds = dissect.unsigned(4)?;
            (
                nanoseconds,
                i64::from_be_bytes(dissect.unsigned(8)?.to_be_bytes()).into(),
            )
        }
    };
    digest.word(&format!("timestamp {seconds}"));
    dissect.name("seconds", count.min(8), Value::Number(seconds))?;
    let range = dissect.at() - count as u64..dissect.at();
    dissect.push(Field::new(
        "nanoseconds",
        range,
        Value::Number(nanoseconds.into()),
    ))
}

/// What an object without parts says.
fn scalar(kind: Kind, first: u8, bytes: &[u8], digest: &mut Digest) -> Value {
    let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    let unsigned = bytes.iter().fold(0, add);
    let word = match kind {
        Kind::Nil => "nil".to_owned(),
        Kind::Boolean if first == 0xc3 => "true".to_owned(),
        Kind::Boolean => "false".to_owned(),
        Kind::Float if bytes.len() == 4 => {
            format!("{:?}", f32::from_bits(u32::try_from(unsigned).unwrap_or(0)))
        }
        Kind::Float => format!("{:?}", f64::from_bits(unsigned)),
        Kind::Text => {
            let text = text_of(bytes);
            digest.quote(&text);
            return Value::Text(text);
        }
        Kind::Small | Kind::Unsigned | Kind::Signed => {
            let number = match kind {
                Kind::Small => i8::from_be_bytes([first]).into(),
                Kind::Signed => signed(unsigned, bytes.len()),
                _ => i128::from(unsigned),
            };
            digest.word(&number.to_string());
            return Value::Number(number);
        }
        Kind::Bytes | Kind::Array | Kind::Map | Kind::Extension => {
            digest.word(&byte_count(bytes.len() as u64));
            return Value::Bytes;
        }
    };
    digest.word(&word);
    Value::Word(word.into())
}

/// A number of so many bytes, whose highest bit is its sign.
fn signed(number: u64, width: usize) -> i128 {
    let bits = width * 8;
    let is_negative = bits > 0 && number >> (bits - 1) & 1 == 1;
    i128::from(number) - if is_negative { 1 << bits } else { 0 }
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
