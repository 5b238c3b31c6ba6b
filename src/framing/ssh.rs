//! `ssh`: the lines that SSH begins with, and packets up to the message that changes the keys (RFC 4253, 4.2, 6 and 7).
//! The rest is encrypted: one message that grows.

mod names;
mod told;

use std::borrow::Cow;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Field, Framing, Message, Rule, Side, Sight, Value};
use crate::words::{Complaint, Words};
use names::NEWKEYS;

/// What the line of identification begins with.
const IDENTIFICATION: &[u8] = b"SSH-";

/// The most bytes of that line, with its end.
const LINE_MAX_BYTES: u64 = 255;

/// Length, length of the padding, and the number of the message.
const HEAD_BYTES: usize = 6;

/// What the length of a packet can be: the smallest packet has 16 bytes with it, and OpenSSH takes no larger ones.
const LENGTHS: std::ops::RangeInclusive<u32> = 12..=262_144;

/// The least padding.
const PADDING_MIN_BYTES: u8 = 4;

/// Packets are multiples of this, or of the block of a cipher.
const BLOCK_BYTES: usize = 8;

/// What the decoder says of the rest.
const ENCRYPTED: &str = "encrypted from here on";

/// The row.
#[derive(Debug)]
pub(super) struct Ssh;

impl Framing for Ssh {
    fn name(&self) -> &'static str {
        "ssh"
    }

    fn usage(&self) -> &'static str {
        "ssh [client|server]"
    }

    fn help(&self) -> &'static str {
        "SSH: identification, then packets up to the change of keys"
    }

    fn examples(&self) -> &'static [&'static str] {
        &["ssh", "ssh client", "ssh server"]
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        Some(match before {
            [] => &["client", "server"],
            _ => &[],
        })
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let from = if words.take("client") {
            Some(Side::Client)
        } else if words.take("server") {
            Some(Side::Server)
        } else {
            None
        };
        Ok(Box::new(Transport { from }))
    }
}

/// The rule.
#[derive(Clone, Copy, Debug)]
struct Transport {
    /// Who sends the bytes, where the words tell it.
    from: Option<Side>,
}

impl Rule for Transport {
    fn words(&self) -> String {
        let from = match self.from {
            Some(Side::Client) => " client",
            Some(Side::Server) => " server",
            None => "",
        };
        format!("ssh{from}")
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Reading {
            from: self.from,
            phase: Phase::Lines,
            stage: Stage::First,
        }))
    }

    /// The line of identification where the payload looks so, else a packet that is not encrypted, padded with zeros.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.starts_with(IDENTIFICATION) {
            let has_end = payload.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
            let is_long = payload.len() as u64 + 2 > LINE_MAX_BYTES;
            if has_end || is_long {
                return Err("an identification is one line of at most 253 bytes".to_owned());
            }
            return Ok([payload, b"\r\n"].concat());
        }
        if payload.is_empty() {
            return Err("a packet holds the number of a message at least".to_owned());
        }
        let least = payload.len() + HEAD_BYTES - 1 + usize::from(PADDING_MIN_BYTES);
        let whole = least.next_multiple_of(BLOCK_BYTES).max(2 * BLOCK_BYTES);
        let padding = whole - least + usize::from(PADDING_MIN_BYTES);
        let length = u32::try_from(whole - 4).ok();
        let length = length.filter(|length| LENGTHS.contains(length));
        match (length, u8::try_from(padding)) {
            (Some(length), Ok(count)) => {
                let zeros = vec![0; padding];
                Ok([&length.to_be_bytes()[..], &[count], payload, &zeros].concat())
            }
            _ => Err(format!("a packet has at most {} bytes", LENGTHS.end() + 4)),
        }
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        if message.fields.iter().any(|field| field.name == ENCRYPTED) {
            message.fields.clear();
            return;
        }
        let mut dissect = Dissect::new(message, bytes);
        if let Some(note) = told::told(&mut dissect) {
            message.note = note.into();
        }
        message.fields = dissect.finish();
    }
}

#[derive(Clone, Debug)]
struct Reading {
    from: Option<Side>,
    phase: Phase,
    stage: Stage,
}

/// What the next message is.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Lines,
    Packets,
    Encrypted,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// The first byte of a line; a packet begins with zero, so packets without lines before are known by it.
    First,
    /// The rest of the line that begins so.
    Line(u8),
    /// The head of a packet, perhaps without the zero that was read for a line.
    Head,
}

impl Reading {
    fn line(&mut self, first: u8, part: &Part<'_>, side: Option<Side>) -> Want {
        let line = [&[first], part.bytes].concat();
        let ends = [&b"\r\n"[..], b"\n"];
        let end = ends
            .iter()
            .find(|end| line.ends_with(end))
            .map_or(0, |end| end.len());
        let payload = part.start..part.range.end - end as u64;
        if !line.starts_with(IDENTIFICATION) {
            if side == Some(Side::Client) {
                return Want::broken("a client begins with SSH-", part.start);
            }
            return Want::Message(part.message(payload));
        }
        self.phase = Phase::Packets;
        let bytes = part.range.end - part.start;
        if bytes > LINE_MAX_BYTES {
            let why = format!("an identification of {bytes} bytes, and {LINE_MAX_BYTES} can be");
            return part.bad(why, part.start + LINE_MAX_BYTES);
        }
        Want::Message(part.message(payload))
    }

    fn packet(&mut self, head: [u8; HEAD_BYTES], start: u64) -> Want {
        let [a, b, c, d, padding, kind] = head;
        let length = u32::from_be_bytes([a, b, c, d]);
        if !LENGTHS.contains(&length) {
            let why = format!(
                "a packet of length {length}, and {} to {} can be",
                LENGTHS.start(),
                LENGTHS.end()
            );
            return Want::broken(why, start);
        }
        self.phase = Phase::Packets;
        let end = start + 4 + u64::from(length);
        let bad = |why, at| Want::Message(Message::bad(start..end, why, at));
        if !(length + 4).is_multiple_of(8) {
            let why = format!("a packet of {}, no multiple of 8", byte_count(length + 4));
            return bad(why, start);
        }
        if padding < PADDING_MIN_BYTES || u32::from(padding) + 2 > length {
            let why = format!(
                "{} of padding in a packet of length {length}",
                byte_count(padding)
            );
            return bad(why, start + 4);
        }
        if u64::from(kind) == NEWKEYS {
            self.phase = Phase::Encrypted;
        }
        Want::Message(Message::new(
            start..end,
            start + 5..end - u64::from(padding),
            "",
        ))
    }
}

impl Grammar for Reading {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        match self.phase {
            Phase::Lines => {
                self.stage = Stage::First;
                Want::Bytes(1)
            }
            Phase::Packets => {
                self.stage = Stage::Head;
                Want::Bytes(HEAD_BYTES)
            }
            Phase::Encrypted => Want::Rest,
        }
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        let side = self.from.or(cx.sight().side);
        match (self.stage, part.bytes) {
            (Stage::First, [0]) => {
                self.stage = Stage::Head;
                Want::Bytes(HEAD_BYTES - 1)
            }
            (Stage::First, [b'\n']) => Want::Message(part.message(part.start..part.start)),
            (Stage::First, bytes) => {
                self.stage = Stage::Line(bytes.first().copied().unwrap_or_default());
                Want::Through(b"\n")
            }
            (Stage::Line(first), _) => self.line(first, part, side),
            (Stage::Head, &[b, c, d, padding, kind]) => {
                self.packet([0, b, c, d, padding, kind], part.start)
            }
            (Stage::Head, bytes) => match bytes.first_chunk() {
                Some(head) => self.packet(*head, part.start),
                None => Want::Bytes(HEAD_BYTES),
            },
        }
    }

    /// The rest looks like nothing: a dissection must know that it is encrypted.
    fn marks(&self, start: u64) -> Vec<Field> {
        match self.phase {
            Phase::Encrypted => vec![Field::new(ENCRYPTED, start..start, Value::Bytes)],
            _ => Vec::new(),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match (self.phase, self.stage) {
            (Phase::Encrypted, _) => ENCRYPTED,
            (_, Stage::Head) => "waiting for the head of a packet of 6 bytes",
            _ => "waiting for the end of the line",
        }
        .into()
    }
}

#[cfg(test)]
mod tests;
