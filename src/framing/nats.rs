//! `nats`: the client protocol of NATS (docs.nats.io, Client Protocol): lines, of which PUB, HPUB, MSG and HMSG tell
//! how many bytes of payload follow. What they need beside the payload, a subject, this rule does not invent.

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, text_of};
use super::grammar::{Grammar, Part, Want};
use super::headed::{body_text, line_of, number_of};
use super::headers::headers;
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};

/// What a line may begin with, and the names of its arguments where a line of that many has them.
const OPERATIONS: &[(&[u8], &[&[&str]])] = &[
    (b"INFO", &[]),
    (b"CONNECT", &[]),
    (b"PING", &[]),
    (b"PONG", &[]),
    (b"+OK", &[]),
    (b"-ERR", &[]),
    (b"SUB", &[&["subject", "sid"], &["subject", "queue", "sid"]]),
    (b"UNSUB", &[&["sid"], &["sid", "messages"]]),
    (
        b"PUB",
        &[&["subject", "length"], &["subject", "reply", "length"]],
    ),
    (
        b"HPUB",
        &[
            &["subject", "headers length", "length"],
            &["subject", "reply", "headers length", "length"],
        ],
    ),
    (
        b"MSG",
        &[
            &["subject", "sid", "length"],
            &["subject", "sid", "reply", "length"],
        ],
    ),
    (
        b"HMSG",
        &[
            &["subject", "sid", "headers length", "length"],
            &["subject", "sid", "reply", "headers length", "length"],
        ],
    ),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nats;

impl Framing for Nats {
    fn name(&self) -> &'static str {
        "nats"
    }

    fn usage(&self) -> &'static str {
        "nats"
    }

    fn help(&self) -> &'static str {
        "NATS: lines, and the payload behind PUB and MSG"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Nats {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Control::default()))
    }

    fn encode(&self, _payload: &[u8]) -> Result<Vec<u8>, String> {
        Err("a NATS message needs its subject: write the line PUB too".to_owned())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        if let Some(note) = told(&mut dissect) {
            message.note = note.into();
        }
        message.fields = dissect.finish();
    }
}

/// Names the words of the line, headers and payload.
fn told(dissect: &mut Dissect<'_>) -> Option<String> {
    let rest = dissect.rest();
    let whole = rest.get(..=memchr::memchr(b'\n', rest)?)?;
    let line = line_of(whole);
    let (operation, names) = arguments_of(line);
    dissect.text("operation", operation.len())?;
    let note = if names.is_empty() {
        let width = line.len() - operation.len();
        let blanks = line.get(operation.len()..)?;
        let blanks = width - blanks.trim_ascii_start().len();
        dissect.skip(blanks)?;
        if blanks < width {
            dissect.text("arguments", width - blanks)?;
        }
        text_of(line)
    } else {
        dissect.within(line.len() - operation.len(), |dissect| {
            arguments(dissect, text_of(operation), names)
        })?
    };
    dissect.skip(whole.len() - line.len())?;
    if let Some(Ok((headers, length))) = lengths_of(line) {
        body(dissect, headers, length);
    }
    Some(note)
}

/// Names headers and payload behind a line that told how long they are.
fn body(dissect: &mut Dissect<'_>, headers_length: u64, length: u64) -> Option<()> {
    let payload = usize::try_from(length - headers_length).ok()?;
    let headers_length = usize::try_from(headers_length).ok()?;
    if headers_length > 0 {
        dissect.group("headers", |dissect| {
            dissect.within(headers_length, |dissect| {
                let rest = dissect.rest();
                let version = rest.get(..=memchr::memchr(b'\n', rest)?)?;
                let width = line_of(version).len();
                dissect.text("version", width)?;
                dissect.skip(version.len() - width)?;
                headers(dissect).map(|_| ())
            })
        })?;
    }
    let payload = payload.min(dissect.rest().len());
    if payload > 0 {
        body_text(dissect, "payload", payload)?;
    }
    Some(())
}

/// Names the arguments of a line; what the line says.
fn arguments(
    dissect: &mut Dissect<'_>,
    mut note: String,
    names: &[&'static str],
) -> Option<String> {
    for name in names {
        let rest = dissect.rest();
        dissect.skip(rest.len() - rest.trim_ascii_start().len())?;
        let rest = dissect.rest();
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let width = rest.iter().position(is_blank).unwrap_or(rest.len());
        let word = dissect.skip(width)?;
        let number = number_of(word).filter(|_| *name != "subject" && *name != "reply");
        let value = match number {
            Some(number) => Value::Number(number.into()),
            None => Value::Text(text_of(word)),
        };
        dissect.name(*name, width, value)?;
        match (*name, number) {
            ("subject", _) => note.extend([" ", &text_of(word)]),
            ("length", Some(number)) => note.extend([", ", &byte_count(number)]),
            ("headers length", _) => {}
            _ => note.extend([", ", name, " ", &text_of(word)]),
        }
    }
    Some(note)
}

/// The operation of a line, and the names of its arguments.
fn arguments_of(line: &[u8]) -> (&[u8], &'static [&'static str]) {
    let mut words = words_of(line);
    let operation = words.next().unwrap_or_default();
    let count = words.count();
    let known = OPERATIONS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(operation));
    let names = known.and_then(|(_, all)| all.iter().find(|names| names.len() == count));
    (operation, names.copied().unwrap_or_default())
}

fn words_of(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let words = line.split(|byte| matches!(byte, b' ' | b'\t'));
    words.filter(|word| !word.is_empty())
}

/// The lengths of headers and of headers and payload together that a line tells, where it has to; or that it does not.
fn lengths_of(line: &[u8]) -> Option<Result<(u64, u64), &'static str>> {
    let operation = words_of(line).next()?;
    let [has_headers, has_payload] =
        [&[&b"HPUB"[..], b"HMSG"], &[&b"PUB"[..], b"MSG"]].map(|names| {
            names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(operation))
        });
    if !has_headers && !has_payload {
        return None;
    }
    let (_, names) = arguments_of(line);
    let words: Vec<_> = words_of(line).collect();
    let mut numbers = words.iter().rev().map(|word| number_of(word));
    let length = numbers.next().flatten().filter(|_| !names.is_empty());
    let headers_length = if has_headers {
        numbers.next().flatten()
    } else {
        Some(0)
    };
    Some(match (headers_length, length) {
        (Some(headers), Some(length)) if headers <= length => Ok((headers, length)),
        (Some(_), Some(_)) => Err("the headers are longer than all"),
        _ => Err("no lengths where the line must tell them"),
    })
}

#[derive(Clone, Debug, Default)]
struct Control {
    state: State,
    /// The lengths that the line told.
    headers: u64,
    length: u64,
    /// From the first byte behind the line to the end of the message.
    body: Option<Range<u64>>,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Line,
    Payload,
    End,
}

impl Control {
    fn line(&mut self, part: &Part<'_>) -> Want {
        let line = line_of(part.bytes);
        let operation = words_of(line).next().unwrap_or_default();
        let known = |(name, _): &(&[u8], _)| name.eq_ignore_ascii_case(operation);
        let is_cut = part.range.end - part.range.start > part.bytes.len() as u64;
        match lengths_of(line) {
            _ if !OPERATIONS.iter().any(known) => {
                part.bad("no operation of NATS begins the line", part.start)
            }
            Some(_) if is_cut => Want::broken("a line of more than 64 KiB", part.start),
            Some(Err(why)) => Want::broken(why, part.start),
            Some(Ok((headers, length))) => {
                (self.headers, self.length) = (headers, length);
                let start = part.range.end;
                self.body = Some(start..start.saturating_add(length).saturating_add(2));
                self.state = State::Payload;
                Want::Pass(length)
            }
            None => {
                let line_end = part.last.len() - line_of(part.last).len();
                let end = part.range.end - line_end as u64;
                Want::Message(part.message(part.start..end))
            }
        }
    }
}

impl Grammar for Control {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        Want::Through(b"\n")
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match (self.state, &self.body) {
            (State::Payload, _) => {
                self.state = State::End;
                Want::Bytes(2)
            }
            (State::End, Some(body)) if part.bytes == b"\r\n" => {
                let start = body.start.saturating_add(self.headers);
                Want::Message(part.message(start..part.range.start))
            }
            (State::End, _) => Want::broken(
                "no CRLF behind the payload: its length is wrong",
                part.range.start,
            ),
            (State::Line, _) => self.line(part),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the end of the line".into()
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.body.clone()
    }
}

#[cfg(test)]
mod tests;
