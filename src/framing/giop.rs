//! `giop`: the messages between CORBA's object request brokers (OMG, CORBA 3.3, Part 2, 9.4: GIOP 1.0 to 1.2). A flag
//! tells the byte order of each. Numbers are aligned to their size, counted from the first byte of the message.

mod names;

use std::ops::Range;

use super::dissect::{Dissect, name_of, text_of, words_of};
use super::head::{Head, flaw};
use super::message::byte_count;
use super::note::Note;
use super::reader::Reader;
use super::{Decoder, Exchange, Flaw, Framing, Message, Rule, Sight, Value};
use crate::expr::ByteOrder;
use crate::words::{Complaint, Words};
use names::{LOCATED, REPLIED, TYPES};

const MAGIC: &[u8; 4] = b"GIOP";

/// Magic, version, flags, type and length.
const HEAD_BYTES: u64 = 12;

const LITTLE: u8 = 1;
const MORE: u64 = 2;

/// The most service contexts that are looked at.
const CONTEXTS_MAX: u64 = 64;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Giop;

impl Framing for Giop {
    fn name(&self) -> &'static str {
        "giop"
    }

    fn usage(&self) -> &'static str {
        "giop"
    }

    fn help(&self) -> &'static str {
        "CORBA GIOP: requests to objects and their replies"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Giop {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Head::new(12, extent)))
    }

    /// The payload is what stands behind the header, as a request of GIOP 1.2, big-endian.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u32::try_from(payload.len()).map_err(|_| "the length has 32 bits")?;
        Ok([&MAGIC[..], &[1, 2, 0, 0], &length.to_be_bytes(), payload].concat())
    }

    fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        Exchange::by_side(sight, message, "request id")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut body = Body {
            start: message.range.start,
            minor: 0,
            dissect: Dissect::new(message, bytes),
            note: Note::default(),
        };
        body.whole();
        message.fields = body.dissect.finish();
        message.note = body.note.into();
    }
}

fn extent(head: &[u8]) -> Result<Range<u64>, Flaw> {
    let &[ref magic @ .., major, _, flags, _, a, b, c, d] = head else {
        return flaw("no header", 0);
    };
    if magic != MAGIC {
        let same = magic.iter().zip(MAGIC).take_while(|(is, must)| is == must);
        return flaw("the message does not begin with GIOP", same.count() as u64);
    }
    if major != 1 {
        return flaw(format!("version {major}, and 1 must be"), 4);
    }
    let length = [a, b, c, d];
    let length = if flags & LITTLE == 0 {
        u32::from_be_bytes(length)
    } else {
        u32::from_le_bytes(length)
    };
    Ok(HEAD_BYTES..HEAD_BYTES + u64::from(length))
}

/// What is read of a message.
struct Body<'a> {
    /// Its first byte, from which numbers are aligned.
    start: u64,
    /// Of the version 1.x; it changes the order of the parts.
    minor: u64,
    dissect: Dissect<'a>,
    note: Note,
}

impl Body<'_> {
    fn whole(&mut self) -> Option<()> {
        self.dissect.text("magic", MAGIC.len())?;
        let major = self.dissect.unsigned(1)?;
        self.minor = self.dissect.unsigned(1)?;
        let version = format!("{major}.{}", self.minor);
        self.dissect.name("version", 2, Value::Text(version))?;
        let flags = self.dissect.number("flags", 1)?;
        if flags & u64::from(LITTLE) != 0 {
            self.dissect.set_order(ByteOrder::Little);
        }
        let kind = self.dissect.named("type", 1, TYPES)?;
        let name = name_of(TYPES, kind);
        match name {
            Some(name) => self.note.add(name),
            None => write!(self.note, "type {kind}"),
        }
        self.dissect.number("length", 4)?;
        let told = self.parts(kind);
        if flags & MORE != 0 {
            self.note.add(", more follows");
        }
        told?;
        match self.dissect.rest().len() {
            0 => Some(()),
            len => self.dissect.bytes("body", len).map(|_| ()),
        }
    }

    fn parts(&mut self, kind: u64) -> Option<()> {
        match kind {
            0 => self.request(),
            1 => {
                if self.minor < 2 {
                    self.contexts()?;
                }
                self.id()?;
                let status = self.dissect.named("reply status", 4, REPLIED)?;
                write!(self.note, ": {}", words_of(REPLIED, status));
                if self.minor >= 2 {
                    self.contexts()?;
                }
                if status == 1 || status == 2 {
                    self.exception()?;
                }
                Some(())
            }
            4 => {
                self.id()?;
                let status = self.dissect.named("locate status", 4, LOCATED)?;
                write!(self.note, ": {}", words_of(LOCATED, status));
                Some(())
            }
            2 => self.id(),
            3 => {
                self.id()?;
                self.target()
            }
            7 if self.minor >= 2 => {
                self.id()?;
                let rest = self.dissect.rest().len() as u64;
                write!(self.note, ", {}", byte_count(rest));
                Some(())
            }
            _ => Some(()),
        }
    }

    fn id(&mut self) -> Option<()> {
        self.align(4)?;
        let id = self.dissect.number("request id", 4)?;
        write!(self.note, " {id}");
        Some(())
    }

    fn request(&mut self) -> Option<()> {
        if self.minor < 2 {
            self.contexts()?;
        }
        self.id()?;
        let answer = self.dissect.number("response flags", 1)?;
        if self.minor > 0 {
            self.dissect.skip(3)?;
        }
        self.target()?;
        let operation = self.string("operation")?;
        write!(self.note, " {operation}");
        if answer == 0 {
            self.note.add(", oneway");
        }
        if self.minor >= 2 {
            return self.contexts();
        }
        self.octets("principal")
    }

    /// Which object is meant: by its key alone before 1.2.
    fn target(&mut self) -> Option<()> {
        if self.minor < 2 {
            return self.octets("object key");
        }
        self.align(2)?;
        match self.dissect.number("addressing", 2)? {
            0 => self.octets("object key"),
            1 => self.profile(),
            2 => {
                self.align(4)?;
                self.dissect.number("selected profile", 4)?;
                self.string("object type")?;
                let profiles = self.dissect.number("profiles", 4)?;
                for _ in 0..profiles {
                    self.profile()?;
                }
                Some(())
            }
            _ => None,
        }
    }

    fn profile(&mut self) -> Option<()> {
        self.align(4)?;
        self.dissect.number("profile tag", 4)?;
        self.octets("profile")
    }

    fn contexts(&mut self) -> Option<()> {
        self.align(4)?;
        let count = self.dissect.number("service contexts", 4)?;
        for _ in 0..count.min(CONTEXTS_MAX) {
            self.align(4)?;
            self.dissect.number("context id", 4)?;
            self.octets("context")?;
        }
        (count <= CONTEXTS_MAX).then_some(())
    }

    /// The name of an exception, behind which its own data stand.
    fn exception(&mut self) -> Option<()> {
        if self.minor >= 2 && !self.dissect.is_done() {
            self.align(8)?;
        }
        let name = self.string("exception")?;
        write!(self.note, " {name}");
        Some(())
    }

    fn octets(&mut self, name: &'static str) -> Option<()> {
        self.align(4)?;
        let length = usize::try_from(self.dissect.unsigned(4)?).ok()?;
        self.dissect.bytes(name, length).map(|_| ())
    }

    /// A string has a zero byte at its end, which counts.
    fn string(&mut self, name: &'static str) -> Option<String> {
        self.align(4)?;
        let length = usize::try_from(self.dissect.unsigned(4)?).ok()?;
        let text = self.dissect.skip(length)?;
        let text = text_of(text.strip_suffix(b"\0").unwrap_or(text));
        self.dissect.name(name, length, Value::Text(text.clone()))?;
        Some(text)
    }

    fn align(&mut self, to: u64) -> Option<()> {
        let at = self.dissect.at() - self.start;
        let padding = usize::try_from(at.next_multiple_of(to) - at).ok()?;
        self.dissect.skip(padding).map(|_| ())
    }
}

#[cfg(test)]
mod tests;
