//! `amqp`: AMQP 0-9-1 (Advanced Message Queuing Protocol, 2008, and its `amqp0-9-1.xml`): a protocol header, then
//! frames of methods, content headers, bodies and heartbeats, each ended by one byte.

mod contents;
mod methods;

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, Names};
use super::grammar::{Grammar, Part, Want};
use super::note::Note;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// Type, channel and length.
const HEAD_BYTES: usize = 7;

/// The byte that ends a frame.
const FRAME_END: u8 = 0xce;

/// The protocol header: `AMQP` and what version is asked for.
const PROTOCOL_BYTES: usize = 8;

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;

const TYPES: &Names = &[
    (METHOD as u64, "method"),
    (HEADER as u64, "content header"),
    (BODY as u64, "body"),
    (8, "heartbeat"),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amqp;

impl Framing for Amqp {
    fn name(&self) -> &'static str {
        "amqp"
    }

    fn usage(&self) -> &'static str {
        "amqp"
    }

    fn help(&self) -> &'static str {
        "AMQP 0-9-1, RabbitMQ: methods, headers, bodies"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Amqp {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Frames {
            next: Next::First,
            frame: None,
        }))
    }

    /// The payload is a body on channel 1.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u32::try_from(payload.len());
        let length = length.map_err(|_| "a frame has at most 4294967295 bytes")?;
        let head = [&[BODY, 0, 1], &length.to_be_bytes()[..]].concat();
        Ok([&head, payload, &[FRAME_END]].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        if bytes.first() == Some(&b'A') {
            contents::protocol(&mut dissect, &mut note);
        } else {
            contents::frame(&mut dissect, &mut note);
        }
        message.note = note.into();
        message.fields = dissect.finish();
    }
}

#[derive(Clone, Debug)]
struct Frames {
    next: Next,
    /// From the first byte of the payload to the byte that ends the frame, and behind it.
    frame: Option<Range<u64>>,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    First,
    Protocol,
    Head,
    Payload,
    End,
}

impl Grammar for Frames {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.next = Next::First;
        self.frame = None;
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match (self.next, part.bytes) {
            (Next::First, b"A") => {
                self.next = Next::Protocol;
                Want::Bytes(PROTOCOL_BYTES - 1)
            }
            (Next::First, [METHOD | HEADER | BODY | 8]) => {
                self.next = Next::Head;
                Want::Bytes(HEAD_BYTES - 1)
            }
            (Next::First, bytes) => {
                let kind = bytes.first().copied().unwrap_or_default();
                Want::broken(format!("{kind} is no type of a frame"), part.start)
            }
            (Next::Protocol, [b'M', b'Q', b'P', ..]) => {
                let end = part.range.end;
                Want::Message(part.message(end..end))
            }
            (Next::Protocol, _) => Want::broken("no protocol header", part.start),
            (Next::Head, &[_, _, a, b, c, d]) => {
                let length = u64::from(u32::from_be_bytes([a, b, c, d]));
                let payload = part.range.end;
                self.frame = Some(payload..payload + length + 1);
                self.next = Next::Payload;
                Want::Pass(length)
            }
            (Next::Head, _) => Want::Bytes(HEAD_BYTES - 1),
            (Next::Payload, _) => {
                self.next = Next::End;
                Want::Bytes(1)
            }
            (Next::End, &[FRAME_END]) => {
                let payload = part.start + HEAD_BYTES as u64;
                Want::Message(part.message(payload..part.range.start))
            }
            (Next::End, bytes) => {
                let end = bytes.first().copied().unwrap_or_default();
                let why = format!("the frame ends in {end:02x}, not in {FRAME_END:02x}");
                Want::broken(why, part.range.start)
            }
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.next {
            Next::Protocol => "waiting for the protocol header of 8 bytes".into(),
            _ => "waiting for the header of 7 bytes".into(),
        }
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.frame.clone()
    }
}

#[cfg(test)]
mod tests;
