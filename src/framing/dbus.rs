//! `dbus`: D-Bus messages (D-Bus Specification 0.43), and before them what authenticates: a zero byte, then lines up to
//! BEGIN, each a message. The first byte tells which: a message begins with its byte order, `l` or `B`.

mod body;

use std::borrow::Cow;

use super::dissect::{Dissect, Names, name_of, text_of};
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::note::Note;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::expr::ByteOrder;
use crate::words::{Complaint, Words};

/// Byte order, type, flags, version, the length of the body, the serial, and the length of the fields.
const HEAD_BYTES: usize = 16;

/// The most bytes of a message, and of its fields (Message Format).
const MESSAGE_MAX_BYTES: u64 = 1 << 27;
const FIELDS_MAX_BYTES: u32 = 1 << 26;

/// The version in every message.
const VERSION: u8 = 1;

/// What ends a line, and the line that ends them all.
const LINE_END: &[u8] = b"\r\n";
const BEGIN: &[u8] = b"BEGIN";

const TYPES: &Names = &[(1, "call"), (2, "reply"), (3, "error"), (4, "signal")];

/// The type whose body begins with what went wrong, in words.
const ERROR: u64 = 3;

const FLAGS: &[(u64, &str)] = &[
    (1, "no reply expected"),
    (2, "no auto start"),
    (4, "allow interactive authorization"),
];

const FIELDS: &Names = &[
    (1, "path"),
    (2, "interface"),
    (3, "member"),
    (4, "error name"),
    (5, "reply serial"),
    (6, "destination"),
    (7, "sender"),
    (8, "signature"),
    (9, "descriptors"),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dbus;

impl Framing for Dbus {
    fn name(&self) -> &'static str {
        "dbus"
    }

    fn usage(&self) -> &'static str {
        "dbus"
    }

    fn help(&self) -> &'static str {
        "D-Bus: calls, replies and signals, and the lines before them"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Dbus {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Messages::default()))
    }

    /// A whole message stays as it is; a word in capitals and what follows it becomes a line.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let first = payload.first().copied().unwrap_or_default();
        if payload.get(..HEAD_BYTES).and_then(length) == Some(Ok(payload.len() as u64)) {
            return Ok(payload.to_vec());
        }
        let is_line = is_word(first) && memchr::memmem::find(payload, LINE_END).is_none();
        if is_line && !payload.ends_with(b"\r") {
            return Ok([payload, LINE_END].concat());
        }
        Err("neither a whole message nor a line such as AUTH ANONYMOUS".to_owned())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        // Only a line has something behind its payload.
        let is_line = message.payload.end < message.range.end;
        match bytes.first() {
            Some(0) => {
                note.add("zero byte");
                dissect.bytes("zero byte", 1);
            }
            Some(b'l' | b'B') if !is_line => {
                whole(&mut dissect, &mut note);
            }
            _ => {
                line(&mut dissect, &mut note);
            }
        }
        message.fields = dissect.finish();
        message.note = note.into();
    }
}

/// Whether a line can begin so, and a message cannot.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_uppercase() && byte != b'B'
}

/// The length of the message that begins with these bytes, or why none does and at which of them; nothing of fewer.
fn length(head: &[u8]) -> Option<Result<u64, (String, u64)>> {
    let &[
        order,
        kind,
        _,
        version,
        b0,
        b1,
        b2,
        b3,
        _,
        _,
        _,
        _,
        f0,
        f1,
        f2,
        f3,
    ] = head
    else {
        return None;
    };
    let number = match order {
        b'l' => u32::from_le_bytes,
        b'B' => u32::from_be_bytes,
        _ => {
            return Some(Err((
                format!("byte order {order:02x}, and l or B must be"),
                0,
            )));
        }
    };
    let (body, fields) = (number([b0, b1, b2, b3]), number([f0, f1, f2, f3]));
    if kind == 0 {
        return Some(Err(("type 0 is none".to_owned(), 1)));
    }
    if version != VERSION {
        return Some(Err((
            format!("version {version}, and {VERSION} must be"),
            3,
        )));
    }
    if fields > FIELDS_MAX_BYTES {
        let why = format!("{} of fields, and 64 MiB can be", byte_count(fields));
        return Some(Err((why, 12)));
    }
    let length = HEAD_BYTES as u64 + u64::from(fields).next_multiple_of(8) + u64::from(body);
    if length > MESSAGE_MAX_BYTES {
        let why = format!("a message of {}, and 128 MiB can be", byte_count(length));
        return Some(Err((why, 4)));
    }
    Some(Ok(length))
}

fn line(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let text = dissect.rest();
    let text = text.strip_suffix(LINE_END).unwrap_or(text);
    note.add(&text_of(text));
    let word = text.split(|byte| *byte == b' ').next()?;
    dissect.text("command", word.len())?;
    if word.len() < text.len() {
        dissect.skip(1)?;
        dissect.text("arguments", text.len() - word.len() - 1)?;
    }
    Some(())
}

/// What the fields of a message's head say.
#[derive(Debug, Default)]
struct Told {
    path: String,
    interface: String,
    member: String,
    error: String,
    reply: Option<u64>,
    signature: Vec<u8>,
}

fn whole(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let order = *dissect.text("byte order", 1)?.first()?;
    if order == b'l' {
        dissect.set_order(ByteOrder::Little);
    }
    let kind = dissect.named("type", 1, TYPES)?;
    let flags = dissect.unsigned(1)?;
    let words = FLAGS.iter().filter(|(bit, _)| flags & bit != 0);
    let words: Vec<_> = words.map(|(_, word)| *word).collect();
    dissect.name(
        "flags",
        1,
        Value::Named(flags.into(), words.join(", ").into()),
    )?;
    dissect.number("version", 1)?;
    let body = usize::try_from(dissect.number("body length", 4)?).ok()?;
    let serial = dissect.number("serial", 4)?;
    let length = usize::try_from(dissect.number("fields length", 4)?).ok()?;
    let mut told = Told::default();
    let read = dissect.within(length, |dissect| fields(dissect, &mut told));
    summary(kind, serial, &told, note);
    read?;
    dissect.skip(length.next_multiple_of(8) - length)?;
    if body == 0 {
        return Some(());
    }
    let signature = told.signature;
    if kind == ERROR
        && signature.starts_with(b"s")
        && let Some(text) = first_text(dissect.rest(), order == b'l')
    {
        write!(note, ": {text}");
    }
    dissect.within(body, |dissect| {
        dissect.group("body", |dissect| {
            if body::values(dissect, &signature).is_none() && !dissect.is_done() {
                dissect.bytes("rest", dissect.rest().len())?;
            }
            Some(())
        })
    })
}

fn fields(dissect: &mut Dissect<'_>, told: &mut Told) -> Option<()> {
    let start = dissect.at();
    while !dissect.is_done() {
        let at = dissect.at() - start;
        dissect.skip(usize::try_from(at.next_multiple_of(8) - at).ok()?)?;
        let code = dissect.unsigned(1)?;
        let width = usize::try_from(dissect.unsigned(1)?).ok()?;
        let signature = dissect.skip(width + 1)?.get(..width)?;
        let name = name_of(FIELDS, code);
        let name = name.map_or_else(|| format!("field {code}").into(), Cow::Borrowed);
        match signature {
            b"u" => {
                let number = dissect.number(name, 4)?;
                if code == 5 {
                    told.reply = Some(number);
                }
            }
            b"s" | b"o" | b"g" => {
                let width = if signature == b"g" { 1 } else { 4 };
                let length = usize::try_from(dissect.unsigned(width)?).ok()?;
                let text = dissect.text(name, length)?;
                dissect.skip(1)?;
                match code {
                    1 => told.path = text_of(text),
                    2 => told.interface = text_of(text),
                    3 => told.member = text_of(text),
                    4 => told.error = text_of(text),
                    8 => told.signature = text.to_vec(),
                    _ => {}
                }
            }
            _ => return None,
        }
    }
    Some(())
}

fn summary(kind: u64, serial: u64, told: &Told, note: &mut Note) {
    let name = name_of(TYPES, kind);
    note.add(&name.map_or_else(|| format!("type {kind}"), str::to_owned));
    if !told.error.is_empty() {
        write!(note, " {}", told.error);
    }
    if !told.member.is_empty() {
        let dot = if told.interface.is_empty() { "" } else { "." };
        write!(note, " {}{dot}{}", told.interface, told.member);
    }
    if !told.path.is_empty() {
        write!(note, " on {}", told.path);
    }
    match told.reply {
        Some(reply) => write!(note, ", serial {serial}, to {reply}"),
        None => write!(note, ", serial {serial}"),
    }
}

/// The text that a body begins with.
fn first_text(body: &[u8], is_little: bool) -> Option<String> {
    let (length, text) = body.split_first_chunk()?;
    let length = if is_little {
        u32::from_le_bytes(*length)
    } else {
        u32::from_be_bytes(*length)
    };
    text.get(..usize::try_from(length).ok()?).map(text_of)
}

/// Reads lines and messages.
#[derive(Clone, Copy, Debug, Default)]
struct Messages {
    /// After the zero byte there are lines, up to BEGIN.
    has_lines: bool,
    /// The first byte of what is read.
    first: u8,
}

impl Messages {
    fn begun(&mut self, first: u8, part: &Part<'_>) -> Want {
        self.first = first;
        match first {
            0 => {
                self.has_lines = true;
                Want::Message(part.message(part.range.clone()))
            }
            b'l' | b'B' if !self.has_lines => Want::Bytes(HEAD_BYTES - 1),
            first if self.has_lines || is_word(first) => Want::Through(LINE_END),
            first => {
                let why =
                    format!("byte {first:02x} where a byte order, l or B, or a line must begin");
                Want::broken(why, part.start)
            }
        }
    }

    fn message(self, rest: &[u8], start: u64) -> Want {
        let head = [&[self.first], rest].concat();
        match length(&head) {
            Some(Ok(length)) => {
                let range = start..start.saturating_add(length);
                Want::Message(Message::new(range.clone(), range, ""))
            }
            Some(Err((why, at))) => Want::broken(why, start + at),
            None => Want::broken("no header", start),
        }
    }
}

impl Grammar for Messages {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        if let (&[first], true) = (part.bytes, part.range.start == part.start) {
            return self.begun(first, part);
        }
        if !self.has_lines && !is_word(self.first) {
            return self.message(part.bytes, part.start);
        }
        let line = part.bytes.strip_suffix(LINE_END);
        if BEGIN.split_first() == line.map(|line| (&self.first, line)) {
            self.has_lines = false;
        }
        let end = part.range.end - LINE_END.len() as u64;
        Want::Message(part.message(part.start..end))
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        if !self.has_lines && !is_word(self.first) {
            "waiting for the head of 16 bytes".into()
        } else {
            "waiting for the end of the line".into()
        }
    }
}

#[cfg(test)]
mod tests;
