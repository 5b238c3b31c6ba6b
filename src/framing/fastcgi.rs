//! `fastcgi`: records of `FastCGI` (Specification 1.0, M. R. Brown, 1996): a header of 8 bytes, content, padding.
//! Streams are cut where their records are; a name or value that goes on in the next record is told as far as it is
//! there.

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, Names, brief_of, text_of, words_of};
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::note::Note;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};

/// Version, type, request, length of the content and of the padding, and a reserved byte.
const HEAD_BYTES: u16 = 8;

const STDIN: u8 = 5;

const TYPES: &Names = &[
    (1, "BEGIN_REQUEST"),
    (2, "ABORT_REQUEST"),
    (3, "END_REQUEST"),
    (4, "PARAMS"),
    (5, "STDIN"),
    (6, "STDOUT"),
    (7, "STDERR"),
    (8, "DATA"),
    (9, "GET_VALUES"),
    (10, "GET_VALUES_RESULT"),
    (11, "UNKNOWN_TYPE"),
];

const ROLES: &Names = &[(1, "responder"), (2, "authorizer"), (3, "filter")];

const STATUSES: &Names = &[
    (0, "request complete"),
    (1, "cannot multiplex"),
    (2, "overloaded"),
    (3, "unknown role"),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fastcgi;

impl Framing for Fastcgi {
    fn name(&self) -> &'static str {
        "fastcgi"
    }

    fn usage(&self) -> &'static str {
        "fastcgi"
    }

    fn help(&self) -> &'static str {
        "FastCGI: records of requests, their names and values"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Fastcgi {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Header { content: None }))
    }

    /// The payload is the content of a STDIN record of request 1, padded to 8 bytes.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u16::try_from(payload.len());
        let length = length.map_err(|_| "a record has at most 65535 bytes of content")?;
        let [high, low] = length.to_be_bytes();
        let padding = (8 - low % 8) % 8;
        let head = [1, STDIN, 0, 1, high, low, padding, 0];
        Ok([&head, payload, &vec![0; padding.into()]].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        told(&mut dissect, &mut note);
        message.note = note.into();
        message.fields = dissect.finish();
    }
}

/// Names all fields; what the record is.
fn told(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("version", 1)?;
    let kind = dissect.named("type", 1, TYPES)?;
    note.add(&words_of(TYPES, kind));
    let request = dissect.number("request", 2)?;
    if request > 0 {
        write!(note, ", #{request}");
    }
    let length = dissect.number("length", 2)?;
    let padding = dissect.number("padding length", 1)?;
    dissect.skip(1)?;
    let len = usize::try_from(length).ok()?;
    let is_whole = dissect.rest().len() >= len;
    dissect.within(len, |dissect| content(dissect, kind, note));
    if is_whole && padding > 0 {
        dissect.bytes("padding", usize::try_from(padding).ok()?)?;
    }
    Some(())
}

fn content(dissect: &mut Dissect<'_>, kind: u64, note: &mut Note) -> Option<()> {
    match kind {
        1 => {
            let role = dissect.named("role", 2, ROLES)?;
            let flags = dissect.flags("flags", 1, &[(1, "keep-conn")])?;
            let keep = if flags & 1 == 0 { "" } else { ", keep conn" };
            write!(note, ": {}{keep}", words_of(ROLES, role));
        }
        3 => {
            let status = dissect.number("application status", 4)?;
            let protocol = dissect.named("status", 1, STATUSES)?;
            let protocol = words_of(STATUSES, protocol);
            write!(note, ": {protocol}, exit status {status}");
        }
        4 | 9 | 10 => {
            let mut mark = ':';
            if dissect.is_done() {
                note.add(": end");
            }
            while !dissect.is_done() {
                let (name, said) = pair(dissect)?;
                if mark == ':' || matches!(&*name, "REQUEST_METHOD" | "REQUEST_URI") {
                    write!(note, "{mark} {said}");
                    mark = ',';
                }
            }
        }
        11 => {
            let unknown = dissect.number("unknown type", 1)?;
            write!(note, ": {unknown}");
        }
        _ if dissect.is_done() => note.add(if matches!(kind, 5..=8) { ": end" } else { "" }),
        _ => {
            let len = dissect.rest().len();
            write!(note, ": {}", byte_count(i128::try_from(len).ok()?));
            dissect.text("content", len)?;
        }
    }
    Some(())
}

/// A name and its value behind their two lengths; the name, and both in words.
fn pair(dissect: &mut Dissect<'_>) -> Option<(String, String)> {
    let (mut told, mut said) = (String::new(), String::new());
    dissect.group_of("pair", |dissect| {
        let name_length = length(dissect, "name length")?;
        let value_length = length(dissect, "value length")?;
        let name = dissect.text("name", name_length)?;
        let value = dissect.text("value", value_length)?;
        said = format!("{}={}", brief_of(name), brief_of(value));
        told = text_of(name);
        Some(Value::Text(format!("{told}={}", text_of(value))))
    })?;
    Some((told, said))
}

/// One byte, or four whose first bit is set.
fn length(dissect: &mut Dissect<'_>, name: &'static str) -> Option<usize> {
    let is_long = dissect.rest().first()? & 128 != 0;
    let width = if is_long { 4 } else { 1 };
    let number = dissect.unsigned(width)? & 0x7fff_ffff;
    dissect.name(name, width, Value::Number(number.into()))?;
    usize::try_from(number).ok()
}

/// The record whose content has begun: from there to its end.
#[derive(Clone, Debug)]
struct Header {
    content: Option<Range<u64>>,
}

impl Grammar for Header {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.content = None;
        Want::Bytes(HEAD_BYTES.into())
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let &[version, _, _, _, high, low, padding, _] = part.bytes else {
            return Want::Bytes(HEAD_BYTES.into());
        };
        if version != 1 {
            return Want::broken(format!("version {version}, and FastCGI is 1"), part.start);
        }
        let from = part.range.end;
        let payload = from..from + u64::from(u16::from_be_bytes([high, low]));
        let end = payload.end + u64::from(padding);
        self.content = Some(from..end);
        Want::Message(Message::new(part.start..end, payload, ""))
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the header of 8 bytes".into()
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    #[test]
    fn records() {
        check(
            "fastcgi",
            b"\x01\x01\0\x01\0\x08\0\0\0\x01\x01\0\0\0\0\0\
              \x01\x04\0\x01\0\x17\x01\0\x0e\x03REQUEST_METHODGET\x01\x01ab\0\
              \x01\x04\0\x01\0\0\0\0\
              \x01\x06\0\x01\0\x02\x01\0hi\0\
              \x01\x03\0\x01\0\x08\0\0\0\0\0\x07\0\0\0\0\
              \x01\xc8\0\0\0\0\0\0",
            &[
                r"0..16 BEGIN_REQUEST, #1: responder, keep conn: \x00\x01\x01\x00\x00\x00\x00\x00",
                r"16..48 PARAMS, #1: REQUEST_METHOD=GET: \x0e\x03REQUEST_METHODGET\x01\x01ab",
                "48..56 PARAMS, #1: end: ",
                "56..67 STDOUT, #1: 2 bytes: hi",
                r"67..83 END_REQUEST, #1: request complete, exit status 7: \x00\x00\x00\x07\x00\x00\x00\x00",
                "83..91 200: ",
            ],
        );
    }

    #[test]
    fn what_waits_and_what_is_no_record() {
        let waits = r"0..3 partial, waiting for the header of 8 bytes (STDIN): \x01\x05\x00";
        check("fastcgi", b"\x01\x05\0", &[waits]);
        check(
            "fastcgi",
            b"\x01\x05\0\x01\0\x03\x05\0ab",
            &["0..10 partial -6, waiting for 6 more bytes (STDIN, #1: 2 bytes): ab"],
        );
        let why = "0..9 bad at 0: version 2, and FastCGI is 1";
        check("fastcgi", b"\x02\x01\0\x01\0\x01\0\0a", &[why]);
        // A pair that says more than is there ends the fields, not the message.
        check(
            "fastcgi",
            b"\x01\x04\0\x01\0\x05\0\0\xff\xff\xff\xff\x01",
            &[r"0..13 PARAMS, #1: \xff\xff\xff\xff\x01"],
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "fastcgi",
            b"\x01\x04\0\x01\0\x08\x02\0\x80\0\0\x02\x01abc\0\0",
            &[
                "0..1 version 1",
                "1..2 type 4 PARAMS",
                "2..4 request 1",
                "4..6 length 8",
                "6..7 padding length 2",
                r#"8..16 pair "ab=c""#,
                "  8..12 name length 2",
                "  12..13 value length 1",
                r#"  13..15 name "ab""#,
                r#"  15..16 value "c""#,
                "16..18 padding",
            ],
        );
    }
}
