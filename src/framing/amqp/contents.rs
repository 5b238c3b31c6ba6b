//! The fields of each frame of AMQP, in the order in which they stand.

use super::super::Value;
use super::super::dissect::{Dissect, Names, brief_of, text_of, words_of};
use super::super::message::byte_count;
use super::super::note::Note;
use super::methods::{Kind, METHODS, PROPERTIES};
use super::{BODY, HEADER, METHOD, TYPES};

/// The longest note to which another argument is added.
const NOTE_MAX_BYTES: usize = 100;

/// Arguments that a line shows, beside text that says what it is.
const TOLD: &[&str] = &[
    "delivery-tag",
    "message-count",
    "prefetch-count",
    "heartbeat",
];

/// What a close or a return says (1.2 of the reference).
const CODES: &Names = &[
    (200, "success"),
    (311, "content too large"),
    (312, "no route"),
    (313, "no consumers"),
    (320, "connection forced"),
    (402, "invalid path"),
    (403, "access refused"),
    (404, "not found"),
    (405, "resource locked"),
    (406, "precondition failed"),
    (501, "frame error"),
    (502, "syntax error"),
    (503, "command invalid"),
    (504, "channel error"),
    (505, "unexpected frame"),
    (506, "resource error"),
    (530, "not allowed"),
    (540, "not implemented"),
    (541, "internal error"),
];

const CLASSES: &Names = &[
    (10, "connection"),
    (20, "channel"),
    (40, "exchange"),
    (50, "queue"),
    (60, "basic"),
    (85, "confirm"),
    (90, "tx"),
];

/// What stands before all frames.
pub(super) fn protocol(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    note.add("protocol header");
    dissect.text("protocol", 4)?;
    dissect.number("protocol id", 1)?;
    let major = dissect.number("version-major", 1)?;
    let minor = dissect.number("version-minor", 1)?;
    let revision = dissect.number("revision", 1)?;
    write!(note, ", version {major}-{minor}-{revision}");
    Some(())
}

/// A frame.
pub(super) fn frame(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let kind = dissect.named("type", 1, TYPES)?;
    note.add(&words_of(TYPES, kind));
    let channel = dissect.number("channel", 2)?;
    let length = dissect.number("length", 4)?;
    let len = usize::try_from(length).ok()?;
    dissect.within(len, |dissect| match u8::try_from(kind) {
        Ok(METHOD) => method(dissect, note),
        Ok(HEADER) => header(dissect, note),
        Ok(BODY) => {
            write!(note, ", {}", byte_count(length));
            let rest = dissect.rest().len();
            dissect.text("body", rest).map(|_| ())
        }
        _ => Some(()),
    });
    if channel > 0 {
        write!(note, ", channel {channel}");
    }
    Some(())
}

fn method(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let class = dissect.named("class", 2, CLASSES)?;
    let method = dissect.unsigned(2)?;
    let found = METHODS
        .iter()
        .find(|(of, nth, ..)| (*of, *nth) == (class, method));
    let Some((_, _, name, arguments)) = found else {
        dissect.name("method", 2, Value::Number(method.into()))?;
        write!(note, " {class}.{method}");
        let rest = dissect.rest().len();
        return dissect.bytes("arguments", rest).map(|_| ());
    };
    dissect.name("method", 2, Value::Named(method.into(), (*name).into()))?;
    *note = (*name).to_owned().into();
    let mut bits = 0;
    let mut octet = 0;
    for (name, kind) in *arguments {
        if *kind != Kind::Bit {
            bits = 0;
            argument(dissect, name, *kind, note)?;
            continue;
        }
        if bits == 0 {
            octet = dissect.unsigned(1)?;
        }
        let is_set = octet >> bits & 1 == 1;
        bits = (bits + 1) % 8;
        dissect.name(*name, 1, truth(is_set))?;
        if is_set {
            tell(note, name);
        }
    }
    Some(())
}

/// The length of the body, and the properties whose flags are set.
fn header(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.named("class", 2, CLASSES)?;
    dissect.number("weight", 2)?;
    let length = dissect.number("body length", 8)?;
    write!(note, ", body of {}", byte_count(length));
    let flags = dissect.number("property flags", 2)?;
    let mut more = flags;
    while more & 1 == 1 {
        more = dissect.number("property flags", 2)?;
    }
    for (nth, (name, kind)) in PROPERTIES.iter().enumerate() {
        if flags >> (15 - nth) & 1 == 1 {
            argument(dissect, name, *kind, note)?;
        }
    }
    Some(())
}

fn argument(
    dissect: &mut Dissect<'_>,
    name: &'static str,
    kind: Kind,
    note: &mut Note,
) -> Option<()> {
    match kind {
        Kind::Number(width) => {
            let number = dissect.number(name, width)?;
            if TOLD.contains(&name) {
                tell(note, &format!("{name} {number}"));
            }
        }
        Kind::Code => {
            let code = dissect.named(name, 2, CODES)?;
            tell(note, &words_of(CODES, code));
        }
        Kind::Short => {
            let text = string(dissect, name, 1)?;
            let text = if text.is_empty() {
                "\"\"".to_owned()
            } else {
                brief_of(text)
            };
            tell(note, &format!("{name} {text}"));
        }
        Kind::Long => string(dissect, name, 4).map(|_| ())?,
        Kind::Table => table(dissect, name)?,
        Kind::Time => dissect.number(name, 8).map(|_| ())?,
        Kind::Reserved => dissect.skip(2).map(|_| ())?,
        Kind::Ticket => {
            let len = dissect.unsigned(1)?;
            dissect.skip(usize::try_from(len).ok()?)?;
        }
        Kind::Bit => {}
    }
    Some(())
}

/// Adds to the note, as long as it is short.
fn tell(note: &mut Note, what: &str) {
    if note.len() < NOTE_MAX_BYTES {
        note.add(", ");
        note.add(what);
    }
}

/// Text behind a length of that width.
fn string<'a>(dissect: &mut Dissect<'a>, name: &'static str, width: usize) -> Option<&'a [u8]> {
    let len = dissect.unsigned(width)?;
    dissect.text(name, usize::try_from(len).ok()?)
}

/// Names with values of any kind, behind their length.
fn table(dissect: &mut Dissect<'_>, name: &'static str) -> Option<()> {
    dissect.group(name, |dissect| {
        let len = usize::try_from(dissect.number("length", 4)?).ok()?;
        let is_whole = dissect.rest().len() >= len;
        let read = dissect.within(len, |dissect| {
            while !dissect.is_done() {
                let len = usize::try_from(dissect.unsigned(1)?).ok()?;
                let name = text_of(dissect.skip(len)?);
                value(dissect, name)?;
            }
            Some(())
        });
        is_whole.then_some(read).flatten()
    })
}

/// A value behind the byte that tells its kind, as `RabbitMQ` reads them.
fn value(dissect: &mut Dissect<'_>, name: String) -> Option<()> {
    let kind = u8::try_from(dissect.unsigned(1)?).ok()?;
    let (width, is_signed) = match kind {
        b't' => {
            let is_set = dissect.unsigned(1)? != 0;
            return dissect.name(name, 1, truth(is_set));
        }
        b'S' | b'x' => {
            let len = usize::try_from(dissect.unsigned(4)?).ok()?;
            return dissect.text(name, len).map(|_| ());
        }
        b'F' => return nested(dissect, name, true),
        b'A' => return nested(dissect, name, false),
        b'V' => return dissect.name(name, 0, Value::Text("void".to_owned())),
        b'D' => return dissect.bytes(name, 5).map(|_| ()),
        b'f' => {
            let number = f32::from_bits(u32::try_from(dissect.unsigned(4)?).ok()?);
            return dissect.name(name, 4, Value::Text(number.to_string()));
        }
        b'd' => {
            let number = f64::from_bits(dissect.unsigned(8)?);
            return dissect.name(name, 8, Value::Text(number.to_string()));
        }
        b'b' => (1, true),
        b'B' => (1, false),
        b'U' | b's' => (2, true),
        b'u' => (2, false),
        b'I' => (4, true),
        b'i' => (4, false),
        b'L' | b'l' => (8, true),
        b'T' => (8, false),
        _ => return None,
    };
    let number = i128::from(dissect.unsigned(width)?);
    let limit = 1 << (8 * width);
    let is_negative = is_signed && number >= limit / 2;
    let number = if is_negative { number - limit } else { number };
    dissect.name(name, width, Value::Number(number))
}

/// A table or an array within another.
fn nested(dissect: &mut Dissect<'_>, name: String, is_table: bool) -> Option<()> {
    dissect.group(name, |dissect| {
        let len = usize::try_from(dissect.unsigned(4)?).ok()?;
        dissect.within(len, |dissect| {
            while !dissect.is_done() {
                let name = if is_table {
                    let len = usize::try_from(dissect.unsigned(1)?).ok()?;
                    text_of(dissect.skip(len)?)
                } else {
                    "item".to_owned()
                };
                value(dissect, name)?;
            }
            Some(())
        })
    })
}

fn truth(is_set: bool) -> Value {
    let word = if is_set { "yes" } else { "no" };
    Value::Named(is_set.into(), word.into())
}
