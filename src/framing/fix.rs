//! `fix`: tag=value messages of the Financial Information eXchange (FIX 4.4, volume 1; FIXT 1.1): `BeginString`,
//! `BodyLength`, the body, and a `CheckSum`, which is verified. Behind a garbled message the next begins after a
//! `CheckSum` field.

mod tags;

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, name_of, text_of};
use super::grammar::{Grammar, PART_MAX_BYTES, Part, Want};
use super::headed::{number_of, text_in};
use super::reader::Reader;
use super::{Cx, Decoder, Field, Flaw, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};
use tags::{DATA, MSG_TYPE, NUMBERS, TAGS};

/// What ends each field.
const SOH: u8 = 1;

/// `10=123` and its end.
const CHECK_SUM_BYTES: u64 = 7;

/// The version that a payload is sent with, which tells none.
const BEGIN: &str = "8=FIX.4.4\x01";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fix;

impl Framing for Fix {
    fn name(&self) -> &'static str {
        "fix"
    }

    fn usage(&self) -> &'static str {
        "fix"
    }

    fn help(&self) -> &'static str {
        "FIX: tag=value fields, a body length, a checksum"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Fix {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Fields::default()))
    }

    /// The payload is the body, `35=` and all up to the last SOH; the version is FIX.4.4.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.last().is_some_and(|last| *last != SOH) {
            return Err("the last field of the body ends in SOH (01)".to_owned());
        }
        let mut bytes = format!("{BEGIN}9={}\x01", payload.len()).into_bytes();
        bytes.extend_from_slice(payload);
        let sum = sum_of(&bytes);
        bytes.extend_from_slice(format!("10={sum:03}\x01").as_bytes());
        Ok(bytes)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut length = None;
        while field(&mut dissect, &mut length).is_some() {}
        message.fields = dissect.finish();
        if let Some(note) = note(&message.fields) {
            message.note = note.into();
        }
    }
}

/// Names the next field; `length` is what the one before told of it.
fn field(dissect: &mut Dissect<'_>, length: &mut Option<usize>) -> Option<()> {
    let rest = dissect.rest();
    let equals = memchr::memchr(b'=', rest)?;
    let tag = number_of(rest.get(..equals)?)?;
    let behind = rest.get(equals + 1..)?;
    let told = length
        .take()
        .filter(|_| DATA.iter().any(|(_, of)| *of == tag));
    let width = match told {
        Some(width) => width,
        None => memchr::memchr(SOH, behind)?,
    };
    let value = behind.get(..width)?;
    if DATA.iter().any(|(of, _)| *of == tag) {
        *length = number_of(value).and_then(|length| usize::try_from(length).ok());
    }
    let name: Cow<'static, str> = match name_of(TAGS, tag) {
        Some(name) => name.into(),
        None => format!("tag {tag}").into(),
    };
    let len = equals + 1 + width;
    dissect.skip(len)?;
    dissect.name(name, len, value_of(tag, value))?;
    dissect.skip(1)?;
    Some(())
}

/// A value, with what it stands for where that is known.
fn value_of(tag: u64, value: &[u8]) -> Value {
    let text = text_of(value);
    let word = tags::word_of(tag, &text);
    let number = number_of(value).filter(|_| word.is_some() || NUMBERS.contains(&tag));
    match (number, word) {
        (Some(number), Some(word)) => Value::Named(number.into(), word.into()),
        (Some(number), None) if !value.is_empty() => Value::Number(number.into()),
        (None, Some(word)) => Value::Text(format!("{text} {word}")),
        _ => Value::Text(text),
    }
}

/// Type, sequence number, who to whom, and what an error says.
fn note(fields: &[Field]) -> Option<String> {
    let kind = fields.iter().find(|field| field.name == MSG_TYPE)?;
    let mut note = match &kind.value {
        Value::Named(_, word) | Value::Word(word) => word.to_string(),
        Value::Text(text) => match text.split_once(' ') {
            Some((_, word)) => word.to_owned(),
            None => format!("type {text}"),
        },
        Value::Number(number) => format!("type {number}"),
        Value::Bytes => return None,
    };
    let sequence = fields.iter().find(|field| field.name == "MsgSeqNum");
    if let Some(Value::Number(number)) = sequence.map(|field| &field.value) {
        note.extend([", seq ", &number.to_string()]);
    }
    let text = |name| text_in(fields, &[name]);
    if let (Some(sender), Some(target)) = (text("SenderCompID"), text("TargetCompID")) {
        note.extend([", ", sender, " to ", target]);
    }
    for name in ["ClOrdID", "TestReqID", "Symbol", "Text"] {
        if let Some(text) = text(name) {
            note.extend([", ", text]);
        }
    }
    Some(note)
}

/// The sum of bytes, as `CheckSum` has it.
fn sum_of(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

#[derive(Clone, Debug, Default)]
struct Fields {
    state: State,
    sum: u8,
    /// The body, once its length is known.
    body: Option<Range<u64>>,
}

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Start,
    Version,
    Length,
    Body,
    Sum,
    /// Something was wrong; these bytes of the next field were read already, unless it began unseen.
    Garbled(Flaw, Option<Vec<u8>>),
}

impl Fields {
    /// Looks for the `CheckSum` field that ends what is wrong. `read` are the last bytes that were read.
    fn garbled(&mut self, why: impl Into<String>, at: u64, read: &[u8], begins: bool) -> Want {
        let last = memchr::memrchr(SOH, read);
        let fragment = match last {
            Some(end) => read.get(end + 1..),
            None => Some(read).filter(|_| begins),
        };
        let why = why.into();
        self.body = None;
        self.state = State::Garbled(Flaw { why, at }, fragment.map(<[u8]>::to_vec));
        Want::Through(&[SOH])
    }

    fn length(&mut self, part: &Part<'_>) -> Want {
        let digits = part.bytes.strip_prefix(b"9=");
        let digits = digits.and_then(|digits| digits.strip_suffix(&[SOH]));
        let digits = digits.filter(|digits| !digits.is_empty());
        let Some(length) = digits.and_then(number_of) else {
            let why = "no BodyLength behind the BeginString";
            if part.bytes.starts_with(b"10=") {
                return part.bad(why, part.range.start);
            }
            return self.garbled(why, part.range.start, part.last, false);
        };
        let start = part.range.end;
        self.body = Some(start..start.saturating_add(length));
        self.sum = self.sum.wrapping_add(sum_of(part.bytes));
        self.state = State::Body;
        self.piece(start)
    }

    /// The next bytes of the body, or what stands behind it.
    fn piece(&mut self, at: u64) -> Want {
        let end = self.body.as_ref().map_or(at, |body| body.end);
        let missing = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
        if missing == 0 {
            self.state = State::Sum;
            return Want::Bytes(7);
        }
        Want::Bytes(missing.min(PART_MAX_BYTES))
    }

    fn check_sum(&mut self, part: &Part<'_>) -> Want {
        let start = part.range.start;
        let digits = part.bytes.strip_prefix(b"10=");
        let digits = digits.and_then(|digits| digits.strip_suffix(&[SOH]));
        let (Some(told), Some(body)) = (digits.and_then(number_of), self.body.clone()) else {
            let why = "no CheckSum where the body ends: its length is wrong";
            let begins = part.bytes.starts_with(b"10=");
            return self.garbled(why, start, part.bytes, begins);
        };
        if told != u64::from(self.sum) {
            let why = format!(
                "CheckSum {told:03}, and the bytes add up to {:03}",
                self.sum
            );
            return part.bad(why, start);
        }
        Want::Message(part.message(body))
    }
}

impl Grammar for Fields {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        Want::Bytes(2)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match &mut self.state {
            State::Start if part.bytes != b"8=" => {
                self.garbled("no BeginString", part.start, part.bytes, true)
            }
            State::Start => {
                self.sum = sum_of(part.bytes);
                self.state = State::Version;
                Want::Through(&[SOH])
            }
            State::Version if part.range.end - part.start > PART_MAX_BYTES as u64 => self.garbled(
                "a BeginString of more than 64 KiB",
                part.start,
                part.last,
                false,
            ),
            State::Version => {
                self.sum = self.sum.wrapping_add(sum_of(part.bytes));
                self.state = State::Length;
                Want::Through(&[SOH])
            }
            State::Length => self.length(part),
            State::Body => {
                self.sum = self.sum.wrapping_add(sum_of(part.bytes));
                self.piece(part.range.end)
            }
            State::Sum => self.check_sum(part),
            State::Garbled(flaw, fragment) => {
                let begun = fragment.replace(Vec::new());
                let head = part.bytes.get(..part.bytes.len().min(3));
                let field = begun.map(|begun| [&begun, head.unwrap_or_default()].concat());
                if field.is_some_and(|field| field.starts_with(b"10=")) {
                    let Flaw { why, at } = flaw.clone();
                    return part.bad(why, at);
                }
                Want::Through(&[SOH])
            }
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.state {
            State::Start | State::Version => "waiting for the BeginString".into(),
            State::Length => "waiting for the BodyLength".into(),
            _ => "waiting for the CheckSum".into(),
        }
    }

    fn outlook(&self) -> Option<Range<u64>> {
        let body = self.body.as_ref()?;
        Some(body.start..body.end.saturating_add(CHECK_SUM_BYTES))
    }

    fn flaw(&self) -> Option<Flaw> {
        match &self.state {
            State::Garbled(flaw, _) => Some(flaw.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
