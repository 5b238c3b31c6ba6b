//! `http2`: the preface of a client and frames (RFC 9113, 3.4, 4 and 6) with their headers decoded (RFC 7541), which is
//! done while cutting, since each header block is read by what the ones before left in the table.

mod blocks;
mod hpack;
mod huffman;
mod names;
mod told;

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, name_of};
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};
use blocks::Blocks;
use names::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PRIORITIZED,
    PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, TYPES, WINDOW_UPDATE,
};

/// What a client says first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// As much of it as the head of a frame has, and none looks so.
const PREFACE_HEAD: &[u8] = b"PRI * HTT";

/// Length, type, flags and stream.
const FLAGS_AT: u64 = 4;
const HEAD_BYTES: usize = 9;

/// The most bytes of a frame unless more was agreed; with an unknown type at the very beginning it is no HTTP/2.
const FRAME_MAX_BYTES: u32 = 16_384;

/// The most bytes of a frame whose headers are decoded.
const BLOCK_MAX_BYTES: u32 = 32 << 10;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Http2;

impl Framing for Http2 {
    fn name(&self) -> &'static str {
        "http2"
    }

    fn usage(&self) -> &'static str {
        "http2"
    }

    fn help(&self) -> &'static str {
        "HTTP/2 frames: type, flags, stream, headers decoded"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Http2 {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Frames {
            stage: Stage::Head,
            is_begun: false,
            blocks: Blocks::new(false),
            open: None,
        }))
    }

    /// A DATA frame of stream 1.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u32::try_from(payload.len())
            .unwrap_or(u32::MAX)
            .to_be_bytes();
        let [0, length @ ..] = length else {
            return Err("a frame has at most 16777215 bytes".to_owned());
        };
        Ok([&length[..], &[0, 0, 0, 0, 0, 1], payload].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let headers = std::mem::take(&mut message.fields);
        let mut dissect = Dissect::new(message, bytes);
        if let Some(note) = told::told(&mut dissect, headers) {
            message.note = note.into();
        }
        message.fields = dissect.finish();
    }
}

#[derive(Clone, Debug)]
struct Frames {
    stage: Stage,
    /// The first frame or the preface has come.
    is_begun: bool,
    blocks: Blocks,
    /// The stream whose header block goes on.
    open: Option<u32>,
}

#[derive(Clone, Debug)]
enum Stage {
    Head,
    Preface,
    /// The length of the padding of a DATA frame.
    Padding(Head),
    /// All that a frame with headers holds.
    Block(Head),
}

/// The head of a frame, and where the rest stands.
#[derive(Clone, Debug)]
struct Head {
    length: u32,
    kind: u64,
    flags: u64,
    stream: u32,
    body: Range<u64>,
}

impl Head {
    fn read(bytes: &[u8], end: u64) -> Option<Self> {
        let (&[high, middle, low, kind, flags], stream) = bytes.split_first_chunk()?;
        let stream = u32::from_be_bytes(*stream.first_chunk()?);
        let length = u32::from_be_bytes([0, high, middle, low]);
        Some(Self {
            length,
            kind: kind.into(),
            flags: flags.into(),
            stream: stream & !(1 << 31),
            body: end..end + u64::from(length),
        })
    }

    fn has(&self, flag: u64) -> bool {
        self.flags & flag != 0
    }

    /// Why no frame looks so; 3 is where its type stands, 5 where its stream does.
    fn flaw(&self) -> Option<(String, u64)> {
        let (kind, length, stream) = (self.kind, self.length, self.stream);
        let name = name_of(TYPES, kind)?;
        let is_ack = self.has(END_STREAM);
        let is_sized = match kind {
            PRIORITY => length == 5,
            RST_STREAM | WINDOW_UPDATE => length == 4,
            SETTINGS if is_ack => length == 0,
            SETTINGS => length.is_multiple_of(6),
            PING => length == 8,
            GOAWAY => length >= 8,
            _ => true,
        };
        if !is_sized {
            return Some((format!("{name} of {}", byte_count(length)), 0));
        }
        match kind {
            DATA | HEADERS | PRIORITY | RST_STREAM | PUSH_PROMISE | CONTINUATION if stream == 0 => {
                Some((format!("{name} belongs to a stream, and this has none"), 5))
            }
            SETTINGS | PING | GOAWAY if stream != 0 => Some((
                format!("{name} belongs to no stream, and this to {stream}"),
                5,
            )),
            _ => None,
        }
    }

    /// The part of what a frame with headers holds that is of the header block.
    fn block(&self, bytes: &[u8]) -> Option<Range<usize>> {
        let is_padded = self.has(PADDED) && self.kind != CONTINUATION;
        let padding = if is_padded {
            usize::from(*bytes.first()?)
        } else {
            0
        };
        let before = match self.kind {
            HEADERS if self.has(PRIORITIZED) => 5,
            PUSH_PROMISE => 4,
            _ => 0,
        };
        let start = usize::from(is_padded) + before;
        let end = bytes.len().checked_sub(padding)?;
        (start <= end).then_some(start..end)
    }

    /// The frame, or the bytes of it as such that break the rule.
    fn message(&self, start: u64, flaw: Option<Flaw>) -> Message {
        let message = Message::new(start..self.body.end, self.body.clone(), "");
        match flaw {
            Some(flaw) => message.spoiled(flaw),
            None => message,
        }
    }
}

impl Frames {
    /// The head of a frame has come.
    fn head(&mut self, head: Head, start: u64) -> Want {
        if !self.is_begun {
            let is_first = head.kind == SETTINGS && !head.has(END_STREAM);
            self.blocks = Blocks::new(is_first);
            if name_of(TYPES, head.kind).is_none() && head.length > FRAME_MAX_BYTES {
                let why = format!(
                    "no HTTP/2: a first frame of type {}, {} bytes",
                    head.kind, head.length
                );
                return Want::broken(why, start);
            }
        }
        self.is_begun = true;
        let is_headers = matches!(head.kind, HEADERS | PUSH_PROMISE | CONTINUATION);
        let flaw = head.flaw().or_else(|| self.out_of_turn(&head));
        if let Some((why, at)) = flaw {
            if is_headers || self.open.is_some() {
                self.blocks.drop_rest();
                self.open = None;
            }
            let at = start + at;
            return Want::Message(head.message(start, Some(Flaw { why, at })));
        }
        if is_headers {
            self.open = (!head.has(END_HEADERS)).then_some(head.stream);
        }
        let length = usize::try_from(head.length).unwrap_or(usize::MAX);
        if is_headers && head.length <= BLOCK_MAX_BYTES {
            self.stage = Stage::Block(head);
            return Want::Bytes(length);
        }
        if is_headers {
            self.lose();
        }
        if head.kind == DATA && head.has(PADDED) {
            self.stage = Stage::Padding(head);
            return Want::Bytes(length.min(1));
        }
        Want::Message(head.message(start, None))
    }

    /// Nothing stands within a header block but what continues it (RFC 9113, 6.10).
    fn out_of_turn(&self, head: &Head) -> Option<(String, u64)> {
        match (self.open, head.kind) {
            (Some(open), CONTINUATION) if open == head.stream => None,
            (Some(open), _) => {
                let why = format!("the header block of stream {open} is not at its end");
                Some((why, 3))
            }
            (None, CONTINUATION) => Some((
                "a CONTINUATION, and no header block has begun".to_owned(),
                3,
            )),
            _ => None,
        }
    }

    /// A frame of a header block cannot be read.
    fn lose(&mut self) {
        self.blocks.lose();
        if self.open.is_none() {
            self.blocks.drop_rest();
        }
    }

    fn block(&mut self, head: &Head, part: &Part<'_>) -> Want {
        let Some(block) = head.block(part.bytes) else {
            self.lose();
            let flaw = padding_flaw(part);
            return Want::Message(head.message(part.start, Some(flaw)));
        };
        let bytes = part.bytes.get(block.clone()).unwrap_or_default();
        let at = part.range.start + block.start as u64;
        let (fields, flaw) = self.blocks.take(bytes, at, self.open.is_none());
        let message = Message {
            fields,
            ..head.message(part.start, None)
        };
        Want::Message(match flaw {
            Some(flaw) => message.spoiled(flaw),
            None => message,
        })
    }
}

/// Where there is no byte for its length, the flag shows it.
fn padding_flaw(part: &Part<'_>) -> Flaw {
    let at = if part.bytes.is_empty() {
        part.start + FLAGS_AT
    } else {
        part.range.start
    };
    let why = "more padding than there is room for".to_owned();
    Flaw { why, at }
}

impl Grammar for Frames {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        if matches!(self.stage, Stage::Block(_)) {
            // It was too long, and was never shown.
            self.lose();
        }
        self.stage = Stage::Head;
        Want::Bytes(HEAD_BYTES)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match std::mem::replace(&mut self.stage, Stage::Head) {
            Stage::Head => {
                if !self.is_begun && part.bytes == PREFACE_HEAD {
                    self.stage = Stage::Preface;
                    return Want::Bytes(PREFACE.len() - HEAD_BYTES);
                }
                match Head::read(part.bytes, part.range.end) {
                    Some(head) => self.head(head, part.start),
                    None => Want::Bytes(HEAD_BYTES),
                }
            }
            Stage::Preface if PREFACE.ends_with(part.bytes) => {
                self.is_begun = true;
                self.blocks = Blocks::new(true);
                Want::Message(part.message(part.range.end..part.range.end))
            }
            Stage::Preface => Want::broken("a preface that goes wrong", part.range.start),
            Stage::Padding(head) => {
                let padding = part.bytes.first().copied();
                let fits = padding.is_some_and(|padding| u32::from(padding) < head.length);
                let flaw = (!fits).then(|| padding_flaw(part));
                Want::Message(head.message(part.start, flaw))
            }
            Stage::Block(head) => self.block(&head, part),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.stage {
            Stage::Preface => "waiting for the preface of 24 bytes",
            _ => "waiting for the head of a frame of 9 bytes",
        }
        .into()
    }

    fn outlook(&self) -> Option<Range<u64>> {
        match &self.stage {
            Stage::Padding(head) | Stage::Block(head) => Some(head.body.clone()),
            Stage::Head | Stage::Preface => None,
        }
    }
}

#[cfg(test)]
mod tests;
