//! `tls`: records with the handshake messages in them (RFC 8446, 4 and 5; RFC 5246, 6 and 7). Nothing is decrypted:
//! what is encrypted is told so.

mod flow;
mod hello;
mod names;
mod told;

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, name_of};
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Field, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};
use flow::{Begins, Flow};
use names::{CHANGE_CIPHER_SPEC, HANDSHAKE, HANDSHAKES};
pub(super) use names::{RECORDS, VERSIONS};

/// Type, version and length.
pub(super) const HEAD_BYTES: usize = 5;

/// The most bytes of a record behind its head, with what encryption adds (RFC 5246, 6.2.3).
pub(super) const RECORD_MAX_BYTES: u16 = 16_384 + 2048;

/// The note that the decoder leaves on a handshake record that cannot be read.
const ENCRYPTED: &str = "encrypted";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tls;

impl Framing for Tls {
    fn name(&self) -> &'static str {
        "tls"
    }

    fn usage(&self) -> &'static str {
        "tls"
    }

    fn help(&self) -> &'static str {
        "TLS records: handshake messages, alerts, what is encrypted"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Tls {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Records {
            flow: Flow::default(),
            body: None,
        }))
    }

    /// A record of application data, which is not encrypted.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u16::try_from(payload.len()).ok();
        let length = length.filter(|length| *length <= RECORD_MAX_BYTES);
        let length =
            length.ok_or_else(|| format!("a record has at most {RECORD_MAX_BYTES} bytes"))?;
        Ok([&[23, 3, 3], &length.to_be_bytes()[..], payload].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let continued = std::mem::take(&mut message.fields);
        let is_encrypted = message.note == ENCRYPTED;
        let mut dissect = Dissect::new(message, bytes);
        if let Some(note) = told::told(&mut dissect, continued.into_iter().next(), is_encrypted) {
            message.note = note.into();
        }
        message.fields = dissect.finish();
    }
}

#[derive(Clone, Debug)]
struct Records {
    flow: Flow,
    /// The rest of a handshake record that is wanted.
    body: Option<Range<u64>>,
}

impl Records {
    fn head(&mut self, kind: u8, version: [u8; 2], length: u16, part: &Part<'_>) -> Want {
        let start = part.start;
        if name_of(RECORDS, kind.into()).is_none() {
            return Want::broken(format!("no TLS record: type {kind}"), start);
        }
        let [major, minor] = version;
        if major != 3 {
            let why = format!("no TLS record: version {major}.{minor}");
            return Want::broken(why, start + 1);
        }
        let payload = part.range.end;
        let end = payload + u64::from(length);
        if length > RECORD_MAX_BYTES {
            let why = format!(
                "a record of {}, and {RECORD_MAX_BYTES} can be",
                byte_count(length)
            );
            return Want::Message(Message::bad(start..end, why, start + 3));
        }
        match u64::from(kind) {
            HANDSHAKE => {
                self.body = Some(payload..end);
                return Want::Bytes(length.into());
            }
            CHANGE_CIPHER_SPEC => self.flow.encrypt(),
            _ => {}
        }
        Want::Message(Message::new(start..end, payload..end, ""))
    }

    fn handshake(&mut self, part: &Part<'_>) -> Message {
        let message = part.message(part.range.clone());
        match self.flow.take(part.bytes) {
            Begins::Message => message,
            Begins::Encrypted => Message {
                note: ENCRYPTED.into(),
                ..message
            },
            Begins::Continued { kind, bytes } => {
                let range = part.range.start..part.range.start + bytes as u64;
                Message {
                    fields: vec![continued(kind.into(), range)],
                    ..message
                }
            }
        }
    }
}

/// What a record has of a message that began earlier.
fn continued(kind: u64, range: Range<u64>) -> Field {
    let value = match name_of(HANDSHAKES, kind) {
        Some(name) => Value::Named(kind.into(), name.into()),
        None => Value::Number(kind.into()),
    };
    Field::new("continued", range, value)
}

impl Grammar for Records {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.body = None;
        Want::Bytes(HEAD_BYTES)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        if self.body.take().is_some() {
            return Want::Message(self.handshake(part));
        }
        match part.bytes {
            &[kind, major, minor, a, b] => {
                let length = u16::from_be_bytes([a, b]);
                self.head(kind, [major, minor], length, part)
            }
            _ => Want::Bytes(HEAD_BYTES),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the head of a record of 5 bytes".into()
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.body.clone()
    }
}

#[cfg(test)]
mod tests;
