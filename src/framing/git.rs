//! `git`: packet lines (gitprotocol-common, -pack and -v2 of git's documentation): four hex digits count themselves and
//! the line; those below four mean something of their own. A pack that comes without lines, as a push sends it, is one
//! message up to the end of the stream.

mod line;

use std::borrow::Cow;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::note::Note;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};

/// The digits of the length.
const HEAD_BYTES: u64 = 4;

/// What git itself takes for the most: digits and all.
const LINE_MAX_BYTES: usize = 65_520;

/// What a pack begins with, in place of a length.
const PACK: &[u8] = b"PACK";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Git;

impl Framing for Git {
    fn name(&self) -> &'static str {
        "git"
    }

    fn usage(&self) -> &'static str {
        "git"
    }

    fn help(&self) -> &'static str {
        "git’s packet lines: what either end wants and has, bands, packs"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Git {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Lines))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = payload.len() + PACK.len();
        if length > LINE_MAX_BYTES {
            return Err(format!(
                "a line has at most {LINE_MAX_BYTES} bytes, 4 of them digits"
            ));
        }
        Ok([format!("{length:04x}").as_bytes(), payload].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        if bytes.starts_with(PACK) {
            line::pack(&mut dissect, &mut note);
        } else {
            whole(&mut dissect, &mut note);
        }
        message.fields = dissect.finish();
        message.note = note.into();
    }
}

/// What four bytes say where a length must be.
fn length(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let is_hex = text.bytes().all(|digit| digit.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| is_hex)
}

fn whole(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let length = length(dissect.skip(4)?)?;
    let special = match length {
        0 => Some("flush"),
        1 => Some("delimiter"),
        2 => Some("response end"),
        _ => None,
    };
    match special {
        Some(name) => {
            note.add(name);
            dissect.name("length", 4, Value::Named(length.into(), name.into()))
        }
        None => {
            dissect.name("length", 4, Value::Number(length.into()))?;
            line::line(dissect, note)
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Lines;

impl Grammar for Lines {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        Want::Bytes(PACK.len())
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        if part.bytes == PACK {
            return Want::Rest;
        }
        let payload = part.range.end;
        match length(part.bytes) {
            None => Want::broken("the length is not four hex digits", part.start),
            Some(3) => Want::broken("length 3 means nothing", part.start),
            Some(0..HEAD_BYTES) => Want::Message(part.message(payload..payload)),
            Some(length) => {
                let end = part.start.saturating_add(length);
                Want::Message(Message::new(part.start..end, payload..end, ""))
            }
        }
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        // Of the four bytes of a length some are missing; all else that is open is a pack.
        let is_pack = part.range.start > part.start;
        is_pack.then(|| part.message(part.start..part.range.end))
    }

    fn waits(&self, came: u64) -> Cow<'static, str> {
        if came < HEAD_BYTES {
            "waiting for the four digits of the length".into()
        } else {
            "a pack, up to the end".into()
        }
    }
}

#[cfg(test)]
mod tests;
