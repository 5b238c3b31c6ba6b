//! The fields of each message of `PostgreSQL`, in the order in which they stand (chapter 54.7).

use super::super::dissect::{Dissect, brief_of, name_of, text_of, words_of};
use super::super::message::byte_count;
use super::super::note::Note;
use super::super::{Side, Value};
use super::names::{
    AUTHENTICATIONS, BACKEND, CODES, FORMATS, FRONTEND, OBJECTS, REPORTS, STATES, TYPES,
};

/// The longest note to which another value is added.
const NOTE_MAX_BYTES: usize = 80;

/// The length of a value that is NULL.
const NULL: i128 = -1;

/// A message without type: a startup with its parameters, an offer, or a request to cancel.
pub(super) fn startup(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    note.add("startup");
    dissect.number("length", 4)?;
    let code = dissect.named("code", 4, CODES)?;
    match u32::try_from(code).ok()? {
        super::SSL | super::GSS => *note = words_of(CODES, code).into(),
        super::CANCEL => {
            *note = words_of(CODES, code).into();
            let process = dissect.number("process", 4)?;
            write!(note, ", process {process}");
            let rest = dissect.rest().len();
            dissect.bytes("secret", rest)?;
        }
        _ => {
            write!(note, ", {}", words_of(CODES, code));
            while !dissect.rest().starts_with(b"\0") {
                dissect.group_of("parameter", |dissect| {
                    let name = dissect.text_to("name", b"\0")?;
                    let value = dissect.text_to("value", b"\0")?;
                    if matches!(name, b"user" | b"database") {
                        let name = text_of(name);
                        write!(note, ", {name} {}", brief_of(value));
                    }
                    Some(pair(name, value))
                })?;
            }
        }
    }
    Some(())
}

/// The bare byte that answers an offer.
pub(super) fn answer(dissect: &mut Dissect<'_>, was_offered: bool, note: &mut Note) -> Option<()> {
    let answers = &[
        (b'S'.into(), "accepts TLS"),
        (b'N'.into(), "refuses encryption"),
        (b'G'.into(), "accepts GSSAPI"),
    ];
    let answer = dissect.named("answer", 1, answers)?;
    note.add(&words_of(answers, answer));
    if u8::try_from(answer) != Ok(b'N') {
        note.add(": what follows is encrypted");
    }
    if !was_offered {
        note.add(" (the request was not seen)");
    }
    Some(())
}

/// A packet sealed by GSSAPI.
pub(super) fn sealed(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    note.add("GSSAPI");
    let length = dissect.number("length", 4)?;
    write!(note, ", {}", byte_count(length));
    let rest = dissect.rest().len();
    dissect.bytes("encrypted", rest)?;
    Some(())
}

/// A message with its type.
pub(super) fn typed(dissect: &mut Dissect<'_>, side: Side, note: &mut Note) -> Option<()> {
    let names = match side {
        Side::Client => FRONTEND,
        Side::Server => BACKEND,
    };
    let kind = dissect.named("type", 1, names)?;
    note.add(&words_of(names, kind));
    let length = dissect.number("length", 4)?;
    let kind = u8::try_from(kind).ok()?;
    let len = usize::try_from(length.checked_sub(4)?).ok()?;
    dissect.within(len, |dissect| match side {
        Side::Client => frontend(dissect, kind, note),
        Side::Server => backend(dissect, kind, note),
    })
}

fn frontend(dissect: &mut Dissect<'_>, kind: u8, note: &mut Note) -> Option<()> {
    match kind {
        b'Q' => said(dissect, "query", note),
        b'P' => {
            named(dissect, "statement", note)?;
            said(dissect, "query", note)?;
            for _ in 0..dissect.number("parameter types", 2)? {
                dissect.named("type", 4, TYPES)?;
            }
            Some(())
        }
        b'B' => {
            named(dissect, "portal", note)?;
            named(dissect, "statement", note)?;
            for _ in 0..dissect.number("parameter formats", 2)? {
                dissect.named("format", 2, FORMATS)?;
            }
            values(dissect, "parameters", "parameter", note)?;
            for _ in 0..dissect.number("result formats", 2)? {
                dissect.named("format", 2, FORMATS)?;
            }
            Some(())
        }
        b'C' | b'D' => {
            let kind = dissect.named("kind", 1, OBJECTS)?;
            write!(note, " {}", words_of(OBJECTS, kind));
            named(dissect, "name", note)
        }
        b'E' => {
            named(dissect, "portal", note)?;
            let rows = dissect.number("rows", 4)?;
            if rows > 0 {
                write!(note, ", at most {rows} rows");
            }
            Some(())
        }
        b'f' => said(dissect, "why", note),
        _ => other(dissect, kind, note),
    }
}

fn backend(dissect: &mut Dissect<'_>, kind: u8, note: &mut Note) -> Option<()> {
    match kind {
        b'R' => {
            let kind = dissect.named("authentication", 4, AUTHENTICATIONS)?;
            write!(note, " {}", words_of(AUTHENTICATIONS, kind));
            while kind == 10 && !dissect.rest().starts_with(b"\0") {
                said(dissect, "mechanism", note)?;
            }
            let rest = dissect.rest().len();
            if rest > 0 && kind != 10 {
                dissect.bytes("data", rest)?;
            }
        }
        b'K' => {
            let process = dissect.number("process", 4)?;
            write!(note, " process {process}");
            let rest = dissect.rest().len();
            dissect.bytes("secret", rest)?;
        }
        b'S' => {
            let name = dissect.text_to("name", b"\0")?;
            let value = dissect.text_to("value", b"\0")?;
            write!(note, " {}={}", brief_of(name), brief_of(value));
        }
        b'C' => said(dissect, "tag", note)?,
        b'D' => values(dissect, "columns", "column", note)?,
        b'T' => columns(dissect, note)?,
        b'E' | b'N' => report(dissect, note)?,
        b'Z' => {
            let state = dissect.named("state", 1, STATES)?;
            write!(note, " {}", words_of(STATES, state));
        }
        b'A' => {
            let process = dissect.number("process", 4)?;
            said(dissect, "channel", note)?;
            said(dissect, "message", note)?;
            write!(note, ", process {process}");
        }
        b't' => {
            for _ in 0..dissect.number("parameters", 2)? {
                dissect.named("type", 4, TYPES)?;
            }
        }
        b'G' | b'H' | b'W' => {
            dissect.named("format", 1, FORMATS)?;
            for _ in 0..dissect.number("columns", 2)? {
                dissect.named("format", 2, FORMATS)?;
            }
        }
        b'v' => {
            dissect.number("minor version", 4)?;
            for _ in 0..dissect.number("unknown options", 4)? {
                said(dissect, "option", note)?;
            }
        }
        _ => other(dissect, kind, note)?,
    }
    Some(())
}

/// What has no parts that are told.
fn other(dissect: &mut Dissect<'_>, kind: u8, note: &mut Note) -> Option<()> {
    let rest = dissect.rest().len();
    if rest == 0 {
        return Some(());
    }
    if kind == b'd' {
        write!(note, " {}", byte_count(i128::try_from(rest).ok()?));
        dissect.text("data", rest)?;
    } else {
        dissect.bytes("data", rest)?;
    }
    Some(())
}

/// Text up to a NUL, which the note shows.
fn said(dissect: &mut Dissect<'_>, name: &'static str, note: &mut Note) -> Option<()> {
    let text = dissect.text_to(name, b"\0")?;
    if note.len() < NOTE_MAX_BYTES {
        write!(note, " {}", brief_of(text.trim_ascii()));
    }
    Some(())
}

/// The same, which is empty for what has no name.
fn named(dissect: &mut Dissect<'_>, name: &'static str, note: &mut Note) -> Option<()> {
    let text = dissect.text_to(name, b"\0")?;
    if !text.is_empty() {
        write!(note, " {}:", brief_of(text));
    }
    Some(())
}

/// A count, and as many values behind their lengths.
fn values(
    dissect: &mut Dissect<'_>,
    count: &'static str,
    each: &'static str,
    note: &mut Note,
) -> Option<()> {
    for nth in 0..dissect.number(count, 2)? {
        dissect.group_of(each, |dissect| {
            let text = match signed(dissect, "length", 4)? {
                NULL => b"NULL",
                length => dissect.skip(usize::try_from(length).ok()?)?,
            };
            if note.len() < NOTE_MAX_BYTES {
                note.add(if nth > 0 { ", " } else { " " });
                note.add(&brief_of(text));
            }
            Some(Value::Text(text_of(text)))
        })?;
    }
    Some(())
}

fn columns(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    for nth in 0..dissect.number("columns", 2)? {
        dissect.group_of("column", |dissect| {
            let name = dissect.text_to("name", b"\0")?;
            if note.len() < NOTE_MAX_BYTES {
                note.add(if nth > 0 { ", " } else { " " });
                note.add(&brief_of(name));
            }
            dissect.number("table", 4)?;
            dissect.number("attribute", 2)?;
            dissect.named("type", 4, TYPES)?;
            signed(dissect, "size", 2)?;
            signed(dissect, "modifier", 4)?;
            dissect.named("format", 2, FORMATS)?;
            Some(Value::Text(text_of(name)))
        })?;
    }
    Some(())
}

/// An error or a notice: severity, code, message, and what else there is.
fn report(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    while !dissect.rest().starts_with(b"\0") {
        let kind = dissect.unsigned(1)?;
        let name = name_of(REPORTS, kind).unwrap_or("field");
        let text = dissect.text_to(name, b"\0")?;
        match u8::try_from(kind) {
            Ok(b'S' | b'C') => write!(note, " {}", brief_of(text)),
            Ok(b'M') => write!(note, ": {}", brief_of(text)),
            _ => {}
        }
    }
    Some(())
}

/// A number in two's complement.
fn signed(dissect: &mut Dissect<'_>, name: &'static str, width: usize) -> Option<i128> {
    let number = i128::from(dissect.unsigned(width)?);
    let limit = 1 << (8 * width);
    let number = if number < limit / 2 {
        number
    } else {
        number - limit
    };
    dissect.name(name, width, Value::Number(number))?;
    Some(number)
}

fn pair(name: &[u8], value: &[u8]) -> Value {
    Value::Text(format!("{}={}", text_of(name), text_of(value)))
}
