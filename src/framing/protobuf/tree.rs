//! The fields of a message by their numbers and wire types, and those of the messages within that bytes may be.

use super::super::digest::Digest;
use super::super::dissect::{Dissect, text_of};
use super::super::message::byte_count;
use super::super::{Field, Message, Value};
use super::{END, I32, I64, LEN, START, VARINT, Varint, split};
use crate::expr::ByteOrder;

/// Names all fields; the note.
pub(super) fn describe(message: &mut Message, bytes: &[u8]) {
    let mut dissect = Dissect::new(message, bytes);
    dissect.set_order(ByteOrder::Little);
    let mut digest = Digest::default();
    digest.open("{");
    if fields(&mut dissect, &mut digest).is_some() {
        digest.close("}");
    }
    message.fields = dissect.finish();
    message.note = digest.finish().into();
}

fn fields(dissect: &mut Dissect<'_>, digest: &mut Digest) -> Option<()> {
    while !dissect.is_done() {
        field(dissect, digest)?;
    }
    Some(())
}

/// A varint at the beginning of the bytes, and its length.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut varint = Varint::default();
    for (at, byte) in bytes.iter().enumerate() {
        if let Some(value) = varint.add(*byte).ok()? {
            return Some((value, at + 1));
        }
    }
    None
}

/// Names one field with its key.
fn field(dissect: &mut Dissect<'_>, digest: &mut Digest) -> Option<()> {
    let start = dissect.at();
    let (key, key_len) = varint(dissect.rest())?;
    let (number, kind) = split(key).ok()?;
    digest.part(&number.to_string());
    let name = |kind: &str| format!("{number} {kind}");
    if kind == START {
        digest.open("{");
        dissect.group(name("group"), |dissect| {
            dissect.skip(key_len)?;
            group(dissect, digest, number)
        })?;
        digest.close("}");
        return Some(());
    }
    let behind = dissect.rest().get(key_len..)?;
    let (name, value) = match kind {
        VARINT => {
            let (value, len) = varint(behind)?;
            dissect.skip(key_len + len)?;
            digest.word(&value.to_string());
            (name("varint"), whole(value))
        }
        I64 => {
            dissect.skip(key_len)?;
            let value = dissect.unsigned(8)?;
            let means = format!("{:?} as a double", f64::from_bits(value));
            digest.word(&value.to_string());
            (name("i64"), Value::Named(value.into(), means.into()))
        }
        I32 => {
            dissect.skip(key_len)?;
            let value = u32::try_from(dissect.unsigned(4)?).ok()?;
            let means = format!("{:?} as a float", f32::from_bits(value));
            digest.word(&value.to_string());
            (name("i32"), Value::Named(value.into(), means.into()))
        }
        LEN => return bytes(dissect, digest, name("len"), key_len),
        _ => return None,
    };
    dissect.push(Field::new(name, start..dissect.at(), value))
}

/// A number that has more than 63 bits is most often a negative one.
fn whole(value: u64) -> Value {
    match i64::from_be_bytes(value.to_be_bytes()) {
        0.. => Value::Number(value.into()),
        signed => Value::Named(value.into(), format!("{signed} if signed").into()),
    }
}

/// Fields up to the end of their group.
fn group(dissect: &mut Dissect<'_>, digest: &mut Digest, number: u64) -> Option<()> {
    loop {
        let (key, len) = varint(dissect.rest())?;
        if key == number << 3 | END {
            return dissect.skip(len).map(|_| ());
        }
        field(dissect, digest)?;
    }
}

/// A field of bytes: text, a message, or neither.
fn bytes(
    dissect: &mut Dissect<'_>,
    digest: &mut Digest,
    name: String,
    key_len: usize,
) -> Option<()> {
    let start = dissect.at();
    let (len, width) = varint(dissect.rest().get(key_len..)?)?;
    let len = usize::try_from(len).ok()?;
    let behind = dissect.rest().get(key_len + width..)?;
    let content = behind.get(..len)?;
    if is_message(content) && !is_text(content, |c| !c.is_control()) {
        digest.open("{");
        dissect.group(name, |dissect| {
            dissect.skip(key_len + width)?;
            dissect.within(len, |dissect| fields(dissect, digest))
        })?;
        digest.close("}");
        return Some(());
    }
    dissect.skip(key_len + width + len)?;
    let value = if is_text(content, |c| !c.is_control() || c.is_whitespace()) {
        let text = text_of(content);
        digest.quote(&text);
        Value::Text(text)
    } else {
        digest.word(&byte_count(len as u64));
        Value::Bytes
    };
    dissect.push(Field::new(name, start..dissect.at(), value))
}

/// Whether the bytes are UTF-8 of such characters alone.
fn is_text(bytes: &[u8], fits: fn(char) -> bool) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(fits))
}

/// Whether the bytes are nothing but fields, at least one.
fn is_message(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut groups = 0_u64;
    while !rest.is_empty() {
        let Some(behind) = behind_field(rest, &mut groups) else {
            return false;
        };
        rest = behind;
    }
    !bytes.is_empty() && groups == 0
}

/// What stands behind the first field, or behind the key that begins or ends a group.
fn behind_field<'b>(bytes: &'b [u8], groups: &mut u64) -> Option<&'b [u8]> {
    let (key, len) = varint(bytes)?;
    let (_, kind) = split(key).ok()?;
    let rest = bytes.get(len..)?;
    match kind {
        VARINT => rest.get(varint(rest)?.1..),
        I64 => rest.get(8..),
        I32 => rest.get(4..),
        LEN => {
            let (len, width) = varint(rest)?;
            rest.get(width..)?.get(usize::try_from(len).ok()?..)
        }
        START => {
            *groups += 1;
            Some(rest)
        }
        _ => {
            *groups = groups.checked_sub(1)?;
            Some(rest)
        }
    }
}
