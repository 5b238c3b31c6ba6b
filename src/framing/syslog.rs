//! `syslog`: messages counted by octets (RFC 6587, 3.4.1), in the format of RFC 5424 or the older one of RFC 3164. A
//! datagram is one message without a count (RFC 5426).

use std::borrow::Cow;

use super::dissect::{Dissect, Names, name_of, text_of};
use super::grammar::{Grammar, Part, Want};
use super::headed::number_of;
use super::reader::Reader;
use super::{Cx, Decoder, Field, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};

const FACILITIES: &Names = &[
    (0, "kern"),
    (1, "user"),
    (2, "mail"),
    (3, "daemon"),
    (4, "auth"),
    (5, "syslog"),
    (6, "lpr"),
    (7, "news"),
    (8, "uucp"),
    (9, "cron"),
    (10, "authpriv"),
    (11, "ftp"),
    (12, "ntp"),
    (13, "audit"),
    (14, "alert"),
    (15, "clock"),
    (16, "local0"),
    (17, "local1"),
    (18, "local2"),
    (19, "local3"),
    (20, "local4"),
    (21, "local5"),
    (22, "local6"),
    (23, "local7"),
];

const SEVERITIES: &Names = &[
    (0, "emergency"),
    (1, "alert"),
    (2, "critical"),
    (3, "error"),
    (4, "warning"),
    (5, "notice"),
    (6, "informational"),
    (7, "debug"),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syslog;

impl Framing for Syslog {
    fn name(&self) -> &'static str {
        "syslog"
    }

    fn usage(&self) -> &'static str {
        "syslog"
    }

    fn help(&self) -> &'static str {
        "syslog over a stream: the length in digits, a blank, the message"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Syslog {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Count::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.is_empty() {
            return Err("a syslog message has 1 byte or more".to_owned());
        }
        let count = format!("{} ", payload.len());
        Ok([count.as_bytes(), payload].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let digits = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if digits > 0 && bytes.get(digits) == Some(&b' ') {
            let length = dissect.skip(digits).and_then(number_of);
            let length = length.map_or(Value::Bytes, |length| Value::Number(length.into()));
            dissect.name("length", digits, length);
            dissect.skip(1);
        }
        told(&mut dissect);
        message.fields = dissect.finish();
        if let Some(note) = note(&message.fields) {
            message.note = note.into();
        }
    }
}

/// Facility and severity, who tells it, and what.
fn note(fields: &[Field]) -> Option<String> {
    let of = |name: &str| fields.iter().find(|field| field.name == name);
    let word = |field: &Field| match &field.value {
        Value::Named(_, word) | Value::Word(word) => word.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Bytes => String::new(),
    };
    let mut note = format!("{} {}", word(of("facility")?), word(of("severity")?));
    let who = ["host", "application"].into_iter().filter_map(of).map(word);
    let who: Vec<_> = who.filter(|word| word != "-").collect();
    if !who.is_empty() {
        note = format!("{note}, {}", who.join(" "));
    }
    if let Some(text) = of("message") {
        note = format!("{note}: {}", word(text));
    }
    Some(note)
}

/// Names the parts of the message.
fn told(dissect: &mut Dissect<'_>) -> Option<()> {
    let rest = dissect.rest();
    let end = memchr::memchr(b'>', rest.get(..rest.len().min(5))?)?;
    let digits = rest.get(..end)?.strip_prefix(b"<")?;
    let priority = number_of(digits).filter(|_| !digits.is_empty())?;
    dissect.skip(end)?;
    let (facility, severity) = (priority / 8, priority % 8);
    dissect.name("facility", end - 1, named(FACILITIES, facility))?;
    dissect.name("severity", end - 1, named(SEVERITIES, severity))?;
    dissect.skip(1)?;
    let rest = dissect.rest();
    let version = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if version == 0 || rest.get(version) != Some(&b' ') {
        return old(dissect);
    }
    let number = number_of(dissect.skip(version)?)?;
    dissect.name("version", version, Value::Number(number.into()))?;
    dissect.skip(1)?;
    for name in ["time", "host", "application", "process", "message id"] {
        let rest = dissect.rest();
        let width = memchr::memchr(b' ', rest).unwrap_or(rest.len());
        dissect.text(name, width)?;
        dissect.skip(1)?;
    }
    if dissect.rest().starts_with(b"-") {
        dissect.skip(1)?;
    }
    while dissect.rest().starts_with(b"[") {
        element(dissect)?;
    }
    if dissect.rest().starts_with(b" ") {
        dissect.skip(1)?;
    }
    // A byte order mark says that the text is UTF-8 (6.4).
    if dissect.rest().starts_with(b"\xef\xbb\xbf") {
        dissect.skip(3)?;
    }
    text(dissect)
}

fn named(names: &Names, number: u64) -> Value {
    match name_of(names, number) {
        Some(word) => Value::Named(number.into(), word.into()),
        None => Value::Number(number.into()),
    }
}

/// Structured data: `[id name="value" …]`, in which a backslash stands before `"`, `\` and `]`.
fn element(dissect: &mut Dissect<'_>) -> Option<()> {
    let rest = dissect.rest();
    let is_end = |byte: &u8| matches!(byte, b' ' | b']');
    let width = rest.iter().position(is_end)?;
    let id = text_of(rest.get(1..width)?);
    dissect.group(id, |dissect| {
        dissect.skip(width)?;
        while dissect.rest().starts_with(b" ") {
            dissect.skip(1)?;
            let rest = dissect.rest();
            let width = memchr::memchr(b'=', rest)?;
            let name = text_of(rest.get(..width)?);
            let quoted = rest.get(width + 1..)?.strip_prefix(b"\"")?;
            let value = value(quoted)?;
            let len = width + 2 + value.len() + 1;
            dissect.skip(len)?;
            dissect.name(name, len, Value::Text(unescaped(value)))?;
        }
        let closes = dissect.rest().starts_with(b"]");
        closes.then(|| dissect.skip(1))?.map(|_| ())
    })
}

/// The value up to its quote.
fn value(quoted: &[u8]) -> Option<&[u8]> {
    let mut is_escaped = false;
    let end = quoted.iter().position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    })?;
    quoted.get(..end)
}

fn unescaped(value: &[u8]) -> String {
    let text = text_of(value);
    let mut chars = text.chars().peekable();
    let mut unescaped = String::with_capacity(text.len());
    while let Some(char) = chars.next() {
        let escaped = (char == '\\').then(|| chars.next_if(|next| "\"\\]".contains(*next)));
        unescaped.push(escaped.flatten().unwrap_or(char));
    }
    unescaped
}

/// The older format: a time of 15 characters, the host, and a tag before a colon (RFC 3164, 4.1).
fn old(dissect: &mut Dissect<'_>) -> Option<()> {
    let rest = dissect.rest();
    let is_time = rest.get(6) == Some(&b' ')
        && rest.get(9) == Some(&b':')
        && rest.get(12) == Some(&b':')
        && rest.get(15) == Some(&b' ');
    if !is_time {
        return text(dissect);
    }
    dissect.text("time", 15)?;
    dissect.skip(1)?;
    dissect.text_to("host", b" ")?;
    let rest = dissect.rest();
    let is_in_tag = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
    let width = rest.iter().take_while(is_in_tag).count();
    if width > 0 && matches!(rest.get(width), Some(b':' | b'[')) {
        dissect.text("application", width)?;
        if dissect.rest().starts_with(b"[") {
            dissect.skip(1)?;
            dissect.text_to("process", b"]")?;
        }
        if dissect.rest().starts_with(b":") {
            dissect.skip(1)?;
        }
        if dissect.rest().starts_with(b" ") {
            dissect.skip(1)?;
        }
    }
    text(dissect)
}

fn text(dissect: &mut Dissect<'_>) -> Option<()> {
    let rest = dissect.rest().len();
    if rest > 0 {
        dissect.text("message", rest)?;
    }
    Some(())
}

#[derive(Clone, Debug, Default)]
struct Count {
    length: Option<u64>,
    is_datagram: bool,
}

impl Grammar for Count {
    fn begin(&mut self, _start: u64, cx: &mut Cx<'_>) -> Want {
        self.length = None;
        self.is_datagram = cx.sight().datagrams;
        if self.is_datagram {
            return Want::Rest;
        }
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let at = part.range.start;
        match (part.bytes, self.length) {
            (b" ", Some(length)) => {
                let start = part.range.end;
                let end = start.saturating_add(length);
                Want::Message(Message::new(part.start..end, start..end, ""))
            }
            (b"0", None) => Want::broken("the length has a leading 0", at),
            ([digit @ b'0'..=b'9'], length) => {
                let digit = u64::from(digit - b'0');
                let tens = length.unwrap_or(0).checked_mul(10);
                self.length = tens.and_then(|tens| tens.checked_add(digit));
                if self.length.is_none() {
                    return Want::broken("the length has more than 64 bits", at);
                }
                Want::Bytes(1)
            }
            (b"<", None) => {
                let why = "no length: this sender ends messages otherwise, as `line` cuts them";
                Want::broken(why, at)
            }
            (_, None) => Want::broken("no digit where the length must begin", at),
            (_, Some(_)) => Want::broken("neither a digit nor a blank in the length", at),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the rest of the length".into()
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        self.is_datagram
            .then(|| part.message(part.start..part.range.end))
    }
}

#[cfg(test)]
mod tests;
