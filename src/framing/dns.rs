//! `dns`: messages of the Domain Name System (RFC 1035, 4), over TCP behind a length of two bytes, in datagrams
//! without. The cut asks for no more than the length; what is in the message is read when it is looked at.

mod names;
mod records;

use std::borrow::Cow;

use super::dissect::{Dissect, set_of, words_of};
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Exchange, Framing, Message, Rule, Sight, Value, exchange};
use crate::words::{Complaint, Words};
use names::{CLASSES, FLAGS, OPCODES, RCODES, TYPES};
use records::Whole;

/// The identifier, the flags and four counts.
const HEAD_BYTES: usize = 12;

/// A message with this bit in its flags is an answer.
const RESPONSE: u64 = 0x8000;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dns;

impl Framing for Dns {
    fn name(&self) -> &'static str {
        "dns"
    }

    fn usage(&self) -> &'static str {
        "dns"
    }

    fn help(&self) -> &'static str {
        "DNS over TCP, and datagrams: queries, answers, records"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Dns {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Length))
    }

    /// As over TCP.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u16::try_from(payload.len());
        let length = length.map_err(|_| "a message over TCP has at most 65535 bytes")?;
        Ok([&length.to_be_bytes(), payload].concat())
    }

    fn exchange(&self, message: &Message, _sight: Sight) -> Option<Exchange> {
        let flags = exchange::number(message, "flags")?;
        Exchange::by(flags & i128::from(RESPONSE) == 0, message, "id")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let told = told(&mut dissect, sight.datagrams);
        message.note = told.unwrap_or_default().into();
        message.fields = dissect.finish();
    }
}

/// Names all fields; what the message is.
fn told(dissect: &mut Dissect<'_>, is_datagram: bool) -> Option<String> {
    if !is_datagram {
        dissect.number("length", 2)?;
    }
    let message = Whole {
        bytes: dissect.rest(),
        base: dissect.at(),
    };
    if message.bytes.len() < HEAD_BYTES {
        let len = byte_count(i128::try_from(message.bytes.len()).ok()?);
        return Some(format!("no message: {len}, and its head has 12"));
    }
    let id = dissect.number("id", 2)?;
    let flags = flags(dissect)?;
    let questions = dissect.number("questions", 2)?;
    let answers = dissect.number("answers", 2)?;
    let authorities = dissect.number("authorities", 2)?;
    let additional = dissect.number("additional", 2)?;
    let mut asked = String::new();
    let read = read_all(
        dissect,
        &message,
        [questions, answers, authorities, additional],
        &mut asked,
    );
    let opcode = flags >> 11 & 15;
    let kind = if flags & RESPONSE == 0 {
        words_of(OPCODES, opcode)
    } else {
        "answer".to_owned()
    };
    let asked = if asked.is_empty() {
        asked
    } else {
        format!(" {asked}")
    };
    let damage = if read.is_some() { "" } else { ", malformed" };
    if flags & RESPONSE == 0 {
        return Some(format!("{kind}{asked}, #{id}{damage}"));
    }
    let rcode = words_of(RCODES, flags & 15);
    let records = if answers == 1 { "record" } else { "records" };
    Some(format!(
        "{kind} #{id}: {answers} {records}, {rcode},{asked}{damage}"
    ))
}

/// The flags by name, with the kind of query and the code of the answer.
fn flags(dissect: &mut Dissect<'_>) -> Option<u64> {
    let start = dissect.at();
    let flags = dissect.unsigned(2)?;
    dissect.name("flags", 2, set_of(FLAGS, flags))?;
    let mut named = |name, at, names, number: u64| {
        let value = match super::dissect::name_of(names, number) {
            Some(word) => Value::Named(number.into(), word.into()),
            None => Value::Number(number.into()),
        };
        dissect.push(super::Field::new(name, at, value))
    };
    named("opcode", start..start + 1, OPCODES, flags >> 11 & 15)?;
    named("rcode", start + 1..start + 2, RCODES, flags & 15)?;
    Some(flags)
}

/// The questions and the three sections of records, up to what cannot be read.
fn read_all(
    dissect: &mut Dissect<'_>,
    message: &Whole<'_>,
    counts: [u64; 4],
    asked: &mut String,
) -> Option<()> {
    let [questions, sections @ ..] = counts;
    for _ in 0..questions {
        dissect.group_of("question", |dissect| {
            let name = records::name(dissect, message, "name")?;
            let kind = dissect.named("type", 2, TYPES)?;
            dissect.named("class", 2, CLASSES)?;
            let kind = words_of(TYPES, kind);
            if asked.is_empty() {
                *asked = format!("{kind} {name}");
            }
            Some(Value::Text(format!("{kind} {name}")))
        })?;
    }
    for (section, count) in ["answer", "authority", "additional"]
        .into_iter()
        .zip(sections)
    {
        for _ in 0..count {
            dissect.group_of(section, |dissect| records::record(dissect, message))?;
        }
    }
    Some(())
}

#[derive(Clone, Debug)]
struct Length;

impl Grammar for Length {
    fn begin(&mut self, _start: u64, cx: &mut Cx<'_>) -> Want {
        if cx.sight().datagrams {
            return Want::Rest;
        }
        Want::Bytes(2)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let &[a, b] = part.bytes else {
            return Want::Bytes(2);
        };
        let payload = part.range.end;
        let end = payload + u64::from(u16::from_be_bytes([a, b]));
        Want::Message(Message::new(part.start..end, payload..end, ""))
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        // Of a stream, only the first byte of a length can be what is left.
        (part.bytes.is_empty()).then(|| part.message(part.start..part.range.end))
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the length of 2 bytes".into()
    }
}

#[cfg(test)]
mod tests;
