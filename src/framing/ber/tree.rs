//! A value of BER as a field with fields in it, named by its tag.

use super::{CONSTRUCTED, LONG, MORE, long_length};
use crate::framing::dissect::{Dissect, Names, name_of, text_of};
use crate::framing::message::byte_count;
use crate::framing::{Field, Value};

const UNIVERSAL: &Names = &[
    (0, "end of contents"),
    (1, "BOOLEAN"),
    (2, "INTEGER"),
    (3, "BIT STRING"),
    (4, "OCTET STRING"),
    (5, "NULL"),
    (6, "OBJECT IDENTIFIER"),
    (7, "ObjectDescriptor"),
    (8, "EXTERNAL"),
    (9, "REAL"),
    (10, "ENUMERATED"),
    (12, "UTF8String"),
    (13, "RELATIVE-OID"),
    (16, "SEQUENCE"),
    (17, "SET"),
    (18, "NumericString"),
    (19, "PrintableString"),
    (20, "T61String"),
    (22, "IA5String"),
    (23, "UTCTime"),
    (24, "GeneralizedTime"),
    (26, "VisibleString"),
    (27, "GeneralString"),
    (30, "BMPString"),
];

/// The tag and the length of a value.
#[derive(Debug)]
struct Head {
    /// The upper two bits of the tag: universal, application, context, private.
    class: u8,
    is_constructed: bool,
    number: u64,
    /// How many bytes the tag takes, and tag and length together.
    tag: usize,
    bytes: usize,
    /// How many bytes of contents follow, unless an end of contents tells.
    length: Option<u64>,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (&tag, mut rest) = bytes.split_first()?;
        let mut number = u64::from(tag & LONG);
        if tag & LONG == LONG {
            number = 0;
            loop {
                let (&byte, behind) = rest.split_first()?;
                number = number << 7 | u64::from(byte & !MORE);
                rest = behind;
                if byte & MORE == 0 {
                    break;
                }
            }
        }
        let tag_bytes = bytes.len() - rest.len();
        let (&first, mut rest) = rest.split_first()?;
        let length = match first {
            0..MORE => Some(first.into()),
            MORE => None,
            _ => {
                let (length, behind) = rest.split_at_checked(usize::from(first & !MORE))?;
                rest = behind;
                Some(long_length(length)?)
            }
        };
        Some(Self {
            class: tag >> 6,
            is_constructed: tag & CONSTRUCTED != 0,
            number,
            tag: tag_bytes,
            bytes: bytes.len() - rest.len(),
            length,
        })
    }

    fn name(&self) -> String {
        let number = self.number;
        match self.class {
            0 => name_of(UNIVERSAL, number)
                .map_or_else(|| format!("[UNIVERSAL {number}]"), str::to_owned),
            1 => format!("[APPLICATION {number}]"),
            2 => format!("[{number}]"),
            _ => format!("[PRIVATE {number}]"),
        }
    }

    fn is_end(&self) -> bool {
        self.class == 0 && self.number == 0
    }
}

/// The length that the first of these bytes tell of their value, if they tell one; `start` is where they stand.
pub(super) fn length(bytes: &[u8], start: u64) -> Option<Field> {
    let head = Head::read(bytes)?;
    let range = start + head.tag as u64..start + head.bytes as u64;
    let length = Value::Number(head.length?.into());
    Some(Field::new("length", range, length))
}

/// Reads a value and those within it, as much as is there.
pub(super) fn value(dissect: &mut Dissect<'_>) -> Option<()> {
    let head = Head::read(dissect.rest())?;
    let length = match head.length {
        Some(length) => usize::try_from(length).ok()?,
        None => usize::MAX,
    };
    dissect.group_of(head.name(), |dissect| {
        dissect.skip(head.bytes)?;
        if head.length.is_none() {
            return inner(dissect, true);
        }
        let is_whole = dissect.rest().len() >= length;
        let told = dissect.within(length, |dissect| {
            if head.is_constructed {
                inner(dissect, false)
            } else {
                let bytes = dissect.rest();
                dissect.skip(bytes.len())?;
                Some(simple(&head, bytes))
            }
        });
        told.filter(|_| is_whole)
    })
}

/// The values within one, up to its end, which for an indefinite length is a value of its own.
fn inner(dissect: &mut Dissect<'_>, to_mark: bool) -> Option<Value> {
    while !dissect.is_done() {
        let is_end = Head::read(dissect.rest())?.is_end();
        value(dissect)?;
        if to_mark && is_end {
            return Some(Value::Bytes);
        }
    }
    (!to_mark).then_some(Value::Bytes)
}

/// What the contents of a value without values in it say.
fn simple(head: &Head, bytes: &[u8]) -> Value {
    let is_text = bytes
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~' | 0xc2..));
    match (head.class, head.number, bytes) {
        (0, 1, [byte]) => {
            let word = if *byte == 0 { "false" } else { "true" };
            Value::Named((*byte).into(), word.into())
        }
        (0, 2 | 10, _) => integer(bytes).map_or(Value::Bytes, Value::Number),
        (0, 6, _) => identifier(bytes).map_or(Value::Bytes, Value::Text),
        (0, 7 | 12 | 18..=27, _) => Value::Text(text_of(bytes)),
        (0, 4, _) | (1.., _, [_, ..]) if is_text && std::str::from_utf8(bytes).is_ok() => {
            Value::Text(text_of(bytes))
        }
        (1.., _, [_]) => integer(bytes).map_or(Value::Bytes, Value::Number),
        _ => Value::Bytes,
    }
}

/// A number with its sign, of at most 16 bytes.
fn integer(bytes: &[u8]) -> Option<i128> {
    let (&first, rest) = bytes.split_first()?;
    let first = i128::from(first.cast_signed());
    let add = |number: i128, byte: &u8| number << 8 | i128::from(*byte);
    (bytes.len() <= 16).then(|| rest.iter().fold(first, add))
}

/// The arcs of an object identifier: `1.3.6.1`.
fn identifier(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut arc = 0_u64;
    for byte in bytes {
        if arc >> 57 != 0 {
            return None;
        }
        arc = arc << 7 | u64::from(byte & !MORE);
        if byte & MORE != 0 {
            continue;
        }
        if text.is_empty() {
            let first = (arc / 40).min(2);
            text = format!("{first}.{}", arc - first * 40);
        } else {
            text.push('.');
            text.push_str(&arc.to_string());
        }
        arc = 0;
    }
    let is_whole = bytes.last().is_some_and(|byte| byte & MORE == 0);
    is_whole.then_some(text)
}

/// What a value is in a few words: its tag, and what it says or how long it is.
pub(super) fn summary(value: &Field) -> String {
    let name = &value.name;
    match &value.value {
        Value::Number(number) => format!("{name} {number}"),
        Value::Named(_, word) | Value::Word(word) => format!("{name} {word}"),
        Value::Text(text) => format!("{name} {text}"),
        Value::Bytes => {
            let bytes = value.range.end - value.range.start;
            format!("{name}, {}", byte_count(bytes))
        }
    }
}
