//! The values of an object as a tree of fields, from as much of it as is there.

use super::super::digest::Digest;
use super::super::dissect::{Dissect, text_of};
use super::super::message::byte_count;
use super::super::{Field, Message, Value};
use super::{Kind, Shape};

/// Names all values; the note.
pub(super) fn describe(message: &mut Message, bytes: &[u8]) {
    let mut dissect = Dissect::new(message, bytes);
    let mut digest = Digest::default();
    if let Some(shape) = bytes.first().and_then(|byte| Shape::of(*byte)) {
        object(&mut dissect, &mut digest, shape.kind.name().to_owned());
    }
    message.fields = dissect.finish();
    message.note = digest.finish().into();
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
