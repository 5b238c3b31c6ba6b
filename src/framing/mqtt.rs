//! `mqtt`: MQTT 3.1.1 and 5 (OASIS, 2014 and 2019). A packet is a byte of type and flags, a length of one to four
//! bytes, and the rest. Which version is spoken the client says in CONNECT; the server's direction hears it, or sees
//! it by its own CONNACK.

mod names;
mod packets;

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::reader::Reader;
use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Sight, Status};
use crate::words::{Complaint, Words};

/// The most bytes of a length.
const LENGTH_MAX_BYTES: u32 = 4;

/// The most that they can say.
const REST_MAX_BYTES: usize = 268_435_455;

/// A PUBLISH that is delivered at most once.
const PUBLISH: u8 = 0x30;

/// The notes that the decoder leaves for the dissection where the version is known.
const VERSION_3: &str = "3";
const VERSION_5: &str = "5";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mqtt;

impl Framing for Mqtt {
    fn name(&self) -> &'static str {
        "mqtt"
    }

    fn usage(&self) -> &'static str {
        "mqtt"
    }

    fn help(&self) -> &'static str {
        "MQTT 3.1.1 and 5: packets with their topics and codes"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Mqtt {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Packets {
            version: None,
            next: Next::Type,
            kind: 0,
            length: 0,
            body: None,
        }))
    }

    /// The payload is what follows the length; the packet is a PUBLISH, at most once.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut left = payload.len();
        if left > REST_MAX_BYTES {
            return Err(format!("a packet has at most {REST_MAX_BYTES} bytes"));
        }
        let mut bytes = vec![PUBLISH];
        loop {
            let digit = u8::try_from(left % 128).unwrap_or_default();
            left /= 128;
            bytes.push(if left > 0 { digit | 128 } else { digit });
            if left == 0 {
                break;
            }
        }
        bytes.extend_from_slice(payload);
        Ok(bytes)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let is_5 = message.note == VERSION_5;
        let is_assumed = message.status == Status::Ok && message.note.is_empty();
        let mut dissect = Dissect::new(message, bytes);
        let mut note = packets::told(&mut dissect, is_5);
        let kind = bytes.first().map_or(0, |first| first >> 4);
        if is_assumed && names::DIFFERENT.contains(&kind) {
            note.add(" (as 3.1.1: no CONNECT was seen)");
        }
        message.note = note.into();
        message.fields = dissect.finish();
    }

    fn is_two_sided(&self) -> bool {
        true
    }
}

/// What version is spoken, and how far the packet is read.
#[derive(Clone, Debug)]
struct Packets {
    /// The word of the version, once it is known.
    version: Option<&'static str>,
    next: Next,
    /// Type and flags.
    kind: u8,
    length: u64,
    /// From behind the length to the end.
    body: Option<Range<u64>>,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Type,
    Length(u32),
    Protocol,
}

impl Packets {
    fn length(&mut self, nth: u32, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        let &[digit] = part.bytes else {
            return Want::Bytes(1);
        };
        self.length |= u64::from(digit & 127) << (7 * nth);
        if digit & 128 != 0 {
            if nth + 1 == LENGTH_MAX_BYTES {
                return Want::broken("the length goes on after 4 bytes", part.range.start);
            }
            self.next = Next::Length(nth + 1);
            return Want::Bytes(1);
        }
        let payload = part.range.end;
        self.body = Some(payload..payload + self.length);
        match self.kind >> 4 {
            names::CONNECT => {
                // The longer name, `MQIsdp` behind its length, and the level.
                self.next = Next::Protocol;
                return Want::Bytes(usize::try_from(self.length.min(9)).unwrap_or(9));
            }
            // Only in version 5 do properties follow the code.
            names::CONNACK => self.version = Some(version(self.length > 2)),
            // Who was not seen to connect: the other side tells of version 5 alone.
            _ if self.version.is_none() && cx.has_counterpart() => {
                self.version = Some(version(cx.mail(0) == Some(VERSION_5)));
            }
            _ => {}
        }
        self.whole(part)
    }

    /// The version stands in the first bytes of CONNECT.
    fn protocol(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        let level = match part.bytes {
            [0, 4, b'M', b'Q', b'T', b'T', level, ..]
            | [0, 6, b'M', b'Q', b'I', b's', b'd', b'p', level, ..] => *level,
            _ => 0,
        };
        self.version = Some(version(level == 5));
        if level == 5 {
            cx.post(0, VERSION_5);
        }
        self.whole(part)
    }

    fn whole(&self, part: &Part<'_>) -> Want {
        let body = self.body.clone().unwrap_or(part.range.clone());
        let note = self.version.unwrap_or_default();
        let message = Message::new(part.start..body.end, body, note);
        let flags = self.kind & 15;
        let at = part.start;
        let why = match (self.kind >> 4, flags) {
            (names::PUBLISH, flags) if flags & 6 == 6 => "QoS 3".to_owned(),
            (names::PUBLISH, _) | (6 | 8 | 10, 2) => return Want::Message(message),
            (6 | 8 | 10, _) => format!("flags {flags}, and they must be 2"),
            (_, 0) => return Want::Message(message),
            _ => format!("flags {flags}, and they must be 0"),
        };
        Want::Message(message.spoiled(Flaw { why, at }))
    }
}

impl Grammar for Packets {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.next = Next::Type;
        self.length = 0;
        self.body = None;
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        match (self.next, part.bytes) {
            (Next::Type, [0..=15]) => Want::broken("packet type 0 is reserved", part.start),
            (Next::Type, bytes) => {
                self.kind = bytes.first().copied().unwrap_or_default();
                self.next = Next::Length(0);
                Want::Bytes(1)
            }
            (Next::Length(nth), _) => self.length(nth, part, cx),
            (Next::Protocol, _) => self.protocol(part, cx),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the rest of the length".into()
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.body.clone()
    }
}

fn version(is_5: bool) -> &'static str {
    if is_5 { VERSION_5 } else { VERSION_3 }
}

#[cfg(test)]
mod tests;
