//! The values of a CBOR item as a tree of fields, from as much of it as is there.

use super::super::digest::Digest;
use super::super::dissect::{Dissect, Names, name_of, text_of};
use super::super::{Field, Message, Value};
use super::{ARRAY, BYTES, Head, MAP, NEGATIVE, SIMPLE, TAG, TEXT};

/// What tags say of the item behind them (RFC 8949, 3.4, and the registry of IANA).
const TAGS: &Names = &[
    (0, "date and time"),
    (1, "epoch time"),
    (2, "bignum"),
    (3, "negative bignum"),
    (4, "decimal fraction"),
    (5, "bigfloat"),
    (16, "COSE encrypted"),
    (17, "COSE MAC"),
    (18, "COSE signed"),
    (21, "to be base64url"),
    (22, "to be base64"),
    (23, "to be base16"),
    (24, "encoded CBOR"),
    (32, "URI"),
    (33, "base64url"),
    (34, "base64"),
    (36, "MIME message"),
    (37, "UUID"),
    (61, "web token"),
    (258, "set"),
    (55799, "CBOR"),
];

const SIMPLES: &Names = &[(20, "false"), (21, "true"), (22, "null"), (23, "undefined")];

/// Names all values; the note.
pub(super) fn describe(message: &mut Message, bytes: &[u8]) {
    let mut dissect = Dissect::new(message, bytes);
    let mut digest = Digest::default();
    if let Some((head, _)) = head(&dissect) {
        let name = match head.major() {
            BYTES => "bytes",
            TEXT => "text",
            ARRAY => "array",
            MAP => "map",
            TAG => "tag",
            SIMPLE if head.byte & 0x1f >= 25 => "float",
            SIMPLE => "simple value",
            _ => "integer",
        };
        item(&mut dissect, &mut digest, name.to_owned());
    }
    message.fields = dissect.finish();
    message.note = digest.finish().into();
}

/// The head at the cursor, and its length.
fn head(dissect: &Dissect<'_>) -> Option<(Head, usize)> {
    let (byte, rest) = dissect.rest().split_first()?;
    let width = Head::width(*byte)?;
    Some((Head::new(*byte, rest.get(..width)?), width + 1))
}

fn item(dissect: &mut Dissect<'_>, digest: &mut Digest, name: String) -> Option<()> {
    let (head, len) = head(dissect)?;
    let start = dissect.at();
    let value = match (head.major(), head.argument) {
        (BYTES | TEXT, None) => {
            digest.open("(");
            dissect.group(name, |dissect| {
                dissect.skip(len)?;
                items(dissect, digest, None, |_| "chunk".to_owned())
            })?;
            digest.close(")");
            return Some(());
        }
        (ARRAY, count) => {
            digest.open("[");
            dissect.group(name, |dissect| {
                dissect.skip(len)?;
                items(dissect, digest, count, |index| format!("[{index}]"))
            })?;
            digest.close("]");
            return Some(());
        }
        (MAP, count) => {
            digest.open("{");
            dissect.group(name, |dissect| {
                dissect.skip(len)?;
                pairs(dissect, digest, count)
            })?;
            digest.close("}");
            return Some(());
        }
        (TAG, Some(tag)) => return tagged(dissect, digest, name, (tag, len)),
        (major @ (BYTES | TEXT), Some(count)) => {
            dissect.skip(len)?;
            let bytes = dissect.skip(usize::try_from(count).ok()?)?;
            if major == BYTES {
                digest.word(&super::super::message::byte_count(count));
                Value::Bytes
            } else {
                let text = text_of(bytes);
                digest.quote(&text);
                Value::Text(text)
            }
        }
        (_, argument) => {
            dissect.skip(len)?;
            scalar(head, argument?, digest)
        }
    };
    dissect.push(Field::new(name, start..dissect.at(), value))
}

/// A tag and the item that it is about.
fn tagged(
    dissect: &mut Dissect<'_>,
    digest: &mut Digest,
    name: String,
    (tag, len): (u64, usize),
) -> Option<()> {
    let means = name_of(TAGS, tag);
    digest.before(&means.map_or_else(|| format!("{tag}("), |means| format!("{means}(")));
    dissect.group_of(name, |dissect| {
        dissect.skip(len)?;
        item(dissect, digest, "content".to_owned())?;
        Some(match means {
            Some(means) => Value::Named(tag.into(), means.into()),
            None => Value::Number(tag.into()),
        })
    })?;
    digest.behind(")");
    Some(())
}

/// The items of an array, or up to the break.
fn items(
    dissect: &mut Dissect<'_>,
    digest: &mut Digest,
    count: Option<u64>,
    name: fn(u64) -> String,
) -> Option<()> {
    for index in 0..count.unwrap_or(u64::MAX) {
        if count.is_none() && is_break(dissect)? {
            break;
        }
        digest.part("");
        item(dissect, digest, name(index))?;
    }
    Some(())
}

/// The pairs of a map, or up to the break.
fn pairs(dissect: &mut Dissect<'_>, digest: &mut Digest, count: Option<u64>) -> Option<()> {
    for _ in 0..count.unwrap_or(u64::MAX) {
        if count.is_none() && is_break(dissect)? {
            break;
        }
        let Some(name) = key(dissect) else {
            // What is neither text nor number names nothing; it is a part of its own.
            digest.part("");
            item(dissect, digest, "key".to_owned())?;
            digest.word(": ");
            item(dissect, digest, "value".to_owned())?;
            continue;
        };
        digest.part(&name);
        item(dissect, digest, name)?;
    }
    Some(())
}

/// Reads a key that can be a name.
fn key(dissect: &mut Dissect<'_>) -> Option<String> {
    let (head, len) = head(dissect)?;
    let argument = head.argument?;
    let name = match head.major() {
        0 | NEGATIVE => integer(head, argument).to_string(),
        TEXT => {
            let count = usize::try_from(argument).ok()?;
            text_of(dissect.rest().get(len..len.checked_add(count)?)?)
        }
        _ => return None,
    };
    let text = if head.major() == TEXT { argument } else { 0 };
    dissect.skip(len + usize::try_from(text).ok()?)?;
    Some(name)
}

/// Passes the break, if it is there.
fn is_break(dissect: &mut Dissect<'_>) -> Option<bool> {
    let is_break = *dissect.rest().first()? == 0xff;
    if is_break {
        dissect.skip(1)?;
    }
    Some(is_break)
}

fn integer(head: Head, argument: u64) -> i128 {
    match head.major() {
        NEGATIVE => -1 - i128::from(argument),
        _ => argument.into(),
    }
}

/// A number, a simple value or a fraction.
fn scalar(head: Head, argument: u64, digest: &mut Digest) -> Value {
    let float = match head.byte & 0x1f {
        _ if head.major() != SIMPLE => {
            let number = integer(head, argument);
            digest.word(&number.to_string());
            return Value::Number(number);
        }
        25 => half(argument),
        26 => f32::from_bits(u32::try_from(argument).unwrap_or(0)).into(),
        27 => f64::from_bits(argument),
        _ => {
            let name = name_of(SIMPLES, argument);
            digest.word(&name.map_or_else(|| format!("simple({argument})"), str::to_owned));
            return match name {
                Some(name) => Value::Named(argument.into(), name.into()),
                None => Value::Number(argument.into()),
            };
        }
    };
    let word = format!("{float:?}");
    digest.word(&word);
    Value::Word(word.into())
}

/// A fraction of 16 bits (RFC 8949, appendix D).
pub(super) fn half(bits: u64) -> f64 {
    let fraction = f64::from(u16::try_from(bits & 0x3ff).unwrap_or(0));
    let exponent = i32::try_from(bits >> 10 & 0x1f).unwrap_or(0);
    let size = match exponent {
        0 => fraction * f64::powi(2.0, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * f64::powi(2.0, exponent - 25),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}
