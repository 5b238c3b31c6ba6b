//! `memcached`: its text protocol (`doc/protocol.txt` of memcached) and the binary one (`BinaryProtocolRevamped` of
//! its wiki), told apart by the first byte of each message. Each line is a message, with the data that it announces.

mod binary;
mod text;

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::only::only_message;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// A binary request and its reply begin with these.
const MAGICS: [u8; 2] = [0x80, 0x81];

/// As much of a line as can say how long its data is: a key has at most 250 bytes.
const LINE_MAX_BYTES: usize = 1024;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memcached;

impl Framing for Memcached {
    fn name(&self) -> &'static str {
        "memcached"
    }

    fn usage(&self) -> &'static str {
        "memcached"
    }

    fn help(&self) -> &'static str {
        "memcached, text and binary: commands with their data, and replies"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Memcached {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Lines {
            next: Next::First,
            body: None,
        }))
    }

    /// The payload is a line, with its block of data if it announces one, without the last CRLF.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let bytes = [payload, b"\r\n"].concat();
        let message = only_message(self, &bytes);
        let is_same = message.is_some_and(|message| message.payload_in(&bytes) == payload);
        let why = "neither one line nor one with the data that it announces";
        is_same.then_some(bytes).ok_or_else(|| why.to_owned())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut note = String::new();
        if bytes.first().is_some_and(|first| MAGICS.contains(first)) {
            binary::told(&mut dissect, &mut note);
        } else {
            text::told(&mut dissect, &mut note);
        }
        message.note = note.into();
        message.fields = dissect.finish();
    }
}

#[derive(Clone, Debug)]
struct Lines {
    next: Next,
    /// From the first byte of the payload to the end of the message.
    body: Option<Range<u64>>,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    First,
    /// A line that began with this byte.
    Line(u8),
    Head,
    Data,
    Mark,
}

impl Lines {
    fn line(&mut self, first: u8, part: &Part<'_>) -> Want {
        let shown = part.bytes.get(..LINE_MAX_BYTES).unwrap_or(part.bytes);
        let line = [&[first], shown].concat();
        match text::data_length(&line) {
            None => Want::Message(part.message(part.start..line_end(first, part))),
            Some(Err(at)) => {
                let at = part.start + at as u64;
                part.bad("the length of the data is no number", at)
            }
            Some(Ok(length)) => {
                let end = part.range.end.saturating_add(length).saturating_add(2);
                self.body = Some(part.start..end);
                self.next = Next::Data;
                Want::Pass(length)
            }
        }
    }
}

impl Grammar for Lines {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.next = Next::First;
        self.body = None;
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match (self.next, part.bytes) {
            (Next::First, b"\n") => Want::Message(part.message(part.start..part.start)),
            (Next::First, bytes) => {
                let first = bytes.first().copied().unwrap_or_default();
                if MAGICS.contains(&first) {
                    self.next = Next::Head;
                    return Want::Bytes(binary::HEAD_BYTES - 1);
                }
                self.next = Next::Line(first);
                Want::Through(b"\n")
            }
            (Next::Line(first), _) => self.line(first, part),
            (Next::Head, _) => packet(part),
            (Next::Data, _) => {
                self.next = Next::Mark;
                Want::Bytes(2)
            }
            (Next::Mark, b"\r\n") => Want::Message(part.message(part.start..part.range.end - 2)),
            // The server reads on from here, too.
            (Next::Mark, _) => part.bad("the data does not end in CRLF", part.range.start),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.next {
            Next::Head => "waiting for the header of 24 bytes".into(),
            _ => "waiting for the end of the line".into(),
        }
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.body.clone()
    }
}

/// The packet whose header ends with this part.
fn packet(part: &Part<'_>) -> Want {
    let payload = part.range.end;
    let length = part
        .bytes
        .get(7..11)
        .and_then(|length| length.try_into().ok());
    let end = payload + u64::from(u32::from_be_bytes(length.unwrap_or_default()));
    Want::Message(Message::new(part.start..end, payload..end, ""))
}

/// Where a line ends, without LF or CRLF.
fn line_end(first: u8, part: &Part<'_>) -> u64 {
    let has_return = part.bytes.ends_with(b"\r\n") || first == b'\r' && part.bytes == b"\n";
    part.range.end - if has_return { 2 } else { 1 }
}

#[cfg(test)]
mod tests;
