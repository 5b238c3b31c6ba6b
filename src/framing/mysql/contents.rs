//! The fields of each packet of `MySQL`, in the order in which they stand.

use super::super::dissect::{Dissect, brief_of, set_of, text_of, words_of};
use super::super::message::byte_count;
use super::super::{Side, Value};
use super::names::{CAPABILITIES, COMMANDS, STATUS, TYPES};
use super::replies::{Kind, integer};
use crate::expr::ByteOrder;
use crate::framing::encrypted;
use crate::framing::note::Note;

/// The longest note to which another value is added.
const NOTE_MAX_BYTES: usize = 80;

/// The first byte of a value that is NULL.
const NULL: u8 = 0xfb;

const CONNECT_WITH_DB: u64 = 0x0008;
const PROTOCOL_41: u64 = 0x0200;
const SECURE: u64 = 0x8000;
const PLUGIN: u64 = 0x0008_0000;
const ATTRIBUTES: u64 = 0x0010_0000;
const LONG_AUTH: u64 = 0x0020_0000;

/// Names all fields; what the packet is.
pub(super) fn told(
    dissect: &mut Dissect<'_>,
    kind: Kind,
    side: Option<Side>,
    note: &mut Note,
) -> Option<()> {
    if kind == Kind::Tls {
        return encrypted::told(dissect, note);
    }
    dissect.set_order(ByteOrder::Little);
    note.add(kind.word());
    let length = dissect.number("length", 3)?;
    let number = dissect.number("sequence", 1)?;
    if kind == Kind::Compressed {
        let whole = dissect.number("uncompressed length", 3)?;
        write!(note, " packet, {}", byte_count(length));
        if whole > 0 {
            write!(note, " for {whole}");
        }
        let rest = dissect.rest().len();
        dissect.bytes("compressed", rest)?;
        return Some(());
    }
    // A packet that is not whole was not told of; what a client begins with is a command all the same.
    let is_command = kind == Kind::Packet && side == Some(Side::Client) && number == 0;
    let kind = if is_command { Kind::Command } else { kind };
    match kind {
        Kind::Greeting => greeting(dissect, note),
        Kind::Login | Kind::Offer => login(dissect, note),
        Kind::Command => command(dissect, note),
        Kind::Done => done(dissect, note),
        Kind::Error => error(dissect, note),
        Kind::Eof => end(dissect, note),
        Kind::Count => {
            let count = number_of(dissect, "columns")?;
            *note = format!("{count} columns").into();
            Some(())
        }
        Kind::Column => column(dissect, note),
        Kind::Row => row(dissect, note),
        Kind::Prepared => prepared(dissect, note),
        Kind::Auth => authentication(dissect, note),
        Kind::File => {
            dissect.skip(1)?;
            rest_said(dissect, "file", note)
        }
        Kind::Text => rest_said(dissect, "text", note),
        _ => {
            write!(note, ", {}", byte_count(length));
            let rest = dissect.rest().len();
            if rest > 0 {
                dissect.bytes("data", rest)?;
            }
            Some(())
        }
    }
}

fn greeting(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("protocol", 1)?;
    let version = dissect.text_to("version", b"\0")?;
    write!(note, " {}", brief_of(version));
    let thread = dissect.number("thread", 4)?;
    write!(note, ", thread {thread}");
    dissect.bytes("challenge", 8)?;
    dissect.skip(1)?;
    let low = dissect.unsigned(2)?;
    dissect.name("capabilities", 2, set_of(CAPABILITIES, low))?;
    dissect.number("character set", 1)?;
    dissect.flags("status", 2, STATUS)?;
    let high = dissect.unsigned(2)? << 16;
    dissect.name("more capabilities", 2, set_of(CAPABILITIES, high))?;
    let len = usize::try_from(dissect.number("challenge length", 1)?).ok()?;
    dissect.skip(10)?;
    let rest = dissect.rest().len().min(len.saturating_sub(8).max(13));
    dissect.bytes("challenge", rest)?;
    let plugin = dissect.text_to("plugin", b"\0")?;
    write!(note, ", {}", brief_of(plugin));
    Some(())
}

fn login(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let flags = dissect.flags("capabilities", 4, CAPABILITIES)?;
    if flags & PROTOCOL_41 == 0 {
        let rest = dissect.rest().len();
        dissect.bytes("data", rest)?;
        return Some(());
    }
    dissect.number("most bytes of a packet", 4)?;
    dissect.number("character set", 1)?;
    dissect.skip(23)?;
    let user = dissect.text_to("user", b"\0")?;
    write!(note, " {}", brief_of(user));
    if flags & LONG_AUTH != 0 {
        let len = usize::try_from(number_of(dissect, "response length")?).ok()?;
        dissect.bytes("response", len)?;
    } else if flags & SECURE != 0 {
        let len = usize::try_from(dissect.number("response length", 1)?).ok()?;
        dissect.bytes("response", len)?;
    } else {
        dissect.text_to("response", b"\0")?;
    }
    if flags & CONNECT_WITH_DB != 0 {
        let database = dissect.text_to("database", b"\0")?;
        write!(note, ", database {}", brief_of(database));
    }
    if flags & PLUGIN != 0 {
        dissect.text_to("plugin", b"\0")?;
    }
    if flags & ATTRIBUTES == 0 {
        return Some(());
    }
    let len = usize::try_from(number_of(dissect, "attributes length")?).ok()?;
    dissect.within(len, |dissect| {
        while !dissect.is_done() {
            dissect.group_of("attribute", |dissect| {
                let name = said(dissect, "name")?;
                let value = said(dissect, "value")?;
                Some(Value::Text(format!("{}={}", text_of(name), text_of(value))))
            })?;
        }
        Some(())
    })
}

fn command(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let code = dissect.named("command", 1, COMMANDS)?;
    *note = words_of(COMMANDS, code).into();
    match code {
        0x03 => {
            if dissect.rest().starts_with(b"\0\x01") {
                // Attributes of the query: none.
                dissect.number("parameters", 1)?;
                dissect.number("parameter sets", 1)?;
            }
            rest_said(dissect, "query", note)
        }
        0x02 => rest_said(dissect, "database", note),
        0x16 => rest_said(dissect, "query", note),
        0x17..=0x1a | 0x1c => {
            let statement = dissect.number("statement", 4)?;
            write!(note, " #{statement}");
            rest(dissect)
        }
        0x0c => {
            let thread = dissect.number("thread", 4)?;
            write!(note, " {thread}");
            Some(())
        }
        _ => rest(dissect),
    }
}

/// OK, also in place of an end of rows.
fn done(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("header", 1)?;
    let rows = number_of(dissect, "affected rows")?;
    let id = number_of(dissect, "last insert id")?;
    if rows > 0 {
        write!(note, ", {rows} rows");
    }
    if id > 0 {
        write!(note, ", id {id}");
    }
    dissect.flags("status", 2, STATUS)?;
    let warnings = dissect.number("warnings", 2)?;
    if warnings > 0 {
        write!(note, ", {warnings} warnings");
    }
    let rest = dissect.rest().len();
    if rest > 0 {
        dissect.text("info", rest)?;
    }
    Some(())
}

fn error(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("header", 1)?;
    let code = dissect.number("code", 2)?;
    write!(note, " {code}");
    if dissect.rest().starts_with(b"#") {
        dissect.skip(1)?;
        let state = dissect.text("SQL state", 5)?;
        write!(note, " ({})", text_of(state));
    }
    note.add(":");
    rest_said(dissect, "message", note)
}

fn end(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("header", 1)?;
    let warnings = dissect.number("warnings", 2)?;
    if warnings > 0 {
        write!(note, ", {warnings} warnings");
    }
    dissect.flags("status", 2, STATUS)?;
    Some(())
}

fn column(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    for name in ["catalog", "schema", "table", "original table"] {
        said(dissect, name)?;
    }
    let name = said(dissect, "name")?;
    write!(note, " {}", brief_of(name));
    said(dissect, "original name")?;
    number_of(dissect, "length of the rest")?;
    dissect.number("character set", 2)?;
    dissect.number("width", 4)?;
    let kind = dissect.named("type", 1, TYPES)?;
    write!(note, " {}", words_of(TYPES, kind));
    dissect.number("flags", 2)?;
    dissect.number("decimals", 1)?;
    Some(())
}

fn row(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let mut mark = " ";
    while !dissect.is_done() {
        let text = if dissect.rest().first() == Some(&NULL) {
            dissect.skip(1)?;
            dissect.name("value", 1, Value::Text("NULL".to_owned()))?;
            b"NULL"
        } else {
            said(dissect, "value")?
        };
        if note.len() < NOTE_MAX_BYTES {
            write!(note, "{mark}{}", brief_of(text));
        }
        mark = ", ";
    }
    Some(())
}

fn prepared(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("header", 1)?;
    let statement = dissect.number("statement", 4)?;
    let columns = dissect.number("columns", 2)?;
    let parameters = dissect.number("parameters", 2)?;
    dissect.skip(1)?;
    dissect.number("warnings", 2)?;
    write!(
        note,
        " #{statement}, {parameters} parameters, {columns} columns"
    );
    Some(())
}

/// Another way to prove who one is, or more data for it.
fn authentication(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let names = &[(1, "more data"), (0xfe, "switch")];
    let kind = dissect.named("header", 1, names)?;
    if kind == 0xfe {
        let plugin = dissect.text_to("plugin", b"\0")?;
        write!(note, " switches to {}", brief_of(plugin));
    }
    rest(dissect)
}

/// What is not told further.
fn rest(dissect: &mut Dissect<'_>) -> Option<()> {
    let rest = dissect.rest().len();
    if rest > 0 {
        dissect.bytes("data", rest)?;
    }
    Some(())
}

/// Text up to the end, which the note shows.
fn rest_said(dissect: &mut Dissect<'_>, name: &'static str, note: &mut Note) -> Option<()> {
    let rest = dissect.rest();
    dissect.text(name, rest.len())?;
    write!(note, " {}", brief_of(rest.trim_ascii()));
    Some(())
}

/// Text behind its length.
fn said<'a>(dissect: &mut Dissect<'a>, name: &'static str) -> Option<&'a [u8]> {
    let (len, width) = integer(dissect.rest())?;
    dissect.skip(width)?;
    dissect.text(name, usize::try_from(len).ok()?)
}

/// A number of one to nine bytes.
fn number_of(dissect: &mut Dissect<'_>, name: &'static str) -> Option<u64> {
    let (number, width) = integer(dissect.rest())?;
    dissect.skip(width)?;
    dissect.name(name, width, Value::Number(number.into()))?;
    Some(number)
}
