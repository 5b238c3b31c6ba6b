//! `websocket`: the messages of a WebSocket connection (RFC 6455, 5), without extensions. Ranges tile the stream, so a
//! control frame between the fragments of a message stands in the range of that message, which names it and leaves it
//! out of its payload; elsewhere it is a message. With `frames` each frame is one.

mod frame;
mod told;

use std::borrow::Cow;

use super::grammar::{Grammar, Part, Want};
use super::reader::Reader;
use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Side, Sight, Status};
use crate::words::{Complaint, Words};
use frame::{CLOSE, FINAL, HEAD_BYTES, Head, IN_2, IN_8, MASK, OPCODES, SHORT_MAX, TEXT};

/// The key of the examples in RFC 6455, 5.7. A key that cannot be foreseen is for browsers, not for who looks at bytes.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// The row.
#[derive(Debug)]
pub(super) struct WebSocket;

impl Framing for WebSocket {
    fn name(&self) -> &'static str {
        "websocket"
    }

    fn usage(&self) -> &'static str {
        "websocket [client|server] [frames]"
    }

    fn help(&self) -> &'static str {
        "WebSocket messages, fragments joined and masks taken off; frames: each frame"
    }

    fn examples(&self) -> &'static [&'static str] {
        &[
            "websocket",
            "websocket client",
            "websocket server",
            "websocket frames",
            "websocket server frames",
        ]
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        Some(match before {
            [] => &["client", "server", "frames"],
            ["client" | "server"] => &["frames"],
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
        let frames = words.take("frames");
        Ok(Box::new(Level { from, frames }))
    }
}

/// The rule.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// Who sends the bytes, where the words tell it.
    from: Option<Side>,
    /// Each frame is a message.
    frames: bool,
}

impl Rule for Level {
    fn words(&self) -> String {
        let from = match self.from {
            Some(Side::Client) => " client",
            Some(Side::Server) => " server",
            None => "",
        };
        format!(
            "websocket{from}{}",
            if self.frames { " frames" } else { "" }
        )
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Reading {
            level: *self,
            stage: Stage::Head,
            is_open: false,
            is_lost: false,
            payload: 0,
        }))
    }

    fn spoken_by(&self, side: Side) -> Option<Box<dyn Rule>> {
        let from = self.from.or(Some(side));
        Some(Box::new(Self { from, ..*self }))
    }

    /// One frame: text where the payload is UTF-8, else binary; masked unless a server sends it.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let opcode = if std::str::from_utf8(payload).is_ok() {
            TEXT
        } else {
            TEXT + 1
        };
        let key = (self.from != Some(Side::Server)).then_some(KEY);
        let mask = if key.is_some() { MASK } else { 0 };
        let mut bytes = vec![FINAL | opcode];
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(length @ ..=SHORT_MAX), _) => bytes.push(mask | length),
            (_, Ok(length)) => {
                bytes.push(mask | IN_2);
                bytes.extend(length.to_be_bytes());
            }
            _ => {
                bytes.push(mask | IN_8);
                bytes.extend((payload.len() as u64).to_be_bytes());
            }
        }
        bytes.extend(key.unwrap_or_default().iter().filter(|_| key.is_some()));
        bytes.extend(frame::masked(payload, key));
        Ok(bytes)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        if matches!(message.status, Status::Skipped { .. }) {
            return;
        }
        message.fields = told::fields(message, bytes);
        if let Some(note) = told::note(bytes) {
            message.note = note.into();
        }
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        if !matches!(message.status, Status::Ok | Status::Partial { .. }) {
            return message.payload_in(bytes).to_vec();
        }
        let all = frame::frames(bytes).enumerate();
        // A message that begins with a control frame has no other.
        let carried = all.filter(|(nth, frame)| *nth == 0 || !frame.head.is_control());
        carried.flat_map(|(_, frame)| frame.data()).collect()
    }
}

#[derive(Clone, Debug)]
struct Reading {
    level: Level,
    stage: Stage,
    /// Within a message, behind a fragment that is not its last.
    is_open: bool,
    /// The last fragments told were of a message that is broken, and more of it follow.
    is_lost: bool,
    /// The first byte of the message's payload.
    payload: u64,
}

#[derive(Clone, Debug)]
enum Stage {
    /// The first two bytes of a frame.
    Head,
    /// The rest of its head, behind those two, and what was wrong with them.
    More([u8; HEAD_BYTES], Option<Flaw>),
    /// Data of a frame that does not end the message.
    Data,
}

impl Reading {
    /// What the first two bytes of a frame break, at `at`.
    fn flaw(&self, first: u8, second: u8, at: u64, side: Option<Side>) -> Option<Flaw> {
        let head = Head {
            first,
            second,
            length: u64::from(second & !MASK),
            key: None,
            bytes: 0,
        };
        let is_masked = frame::is_masked(second);
        let opcode = head.opcode();
        let is_known = OPCODES.iter().any(|(of, _)| *of == u64::from(opcode));
        let flaw = |why: String, at| Some(Flaw { why, at });
        if head.reserved() > 0 {
            let why = format!(
                "reserved bits {:03b}, which no extension gives a meaning",
                head.reserved()
            );
            return flaw(why, at);
        }
        if !is_known {
            return flaw(format!("the reserved opcode {opcode}"), at);
        }
        if head.is_control() && !head.is_final() {
            return flaw("a control frame in fragments".to_owned(), at);
        }
        if head.is_control() && head.length > SHORT_MAX.into() {
            return flaw("a control frame of more than 125 bytes".to_owned(), at + 1);
        }
        match side {
            Some(Side::Client) if !is_masked => {
                return flaw("no mask, and a client must mask".to_owned(), at + 1);
            }
            Some(Side::Server) if is_masked => {
                return flaw("a mask, and a server must not mask".to_owned(), at + 1);
            }
            _ => {}
        }
        if self.level.frames || !head.is_data() {
            return None;
        }
        match (head.is_continuation(), self.is_open) {
            (true, false) if !self.is_lost => {
                flaw("a continuation, and no message has begun".to_owned(), at)
            }
            (false, true) => flaw(
                "a new message before the end of the one in fragments".to_owned(),
                at,
            ),
            _ => None,
        }
    }

    /// A frame's head is whole; the part ends with it.
    fn frame(&mut self, head: &Head, flaw: Option<Flaw>, part: &Part<'_>) -> Want {
        let data = part.range.end;
        let end = data.saturating_add(head.length);
        let length_at = data - head.bytes as u64 + 1;
        if head.length > i64::MAX.unsigned_abs() {
            return Want::broken("a length with its first bit set", length_at + 1);
        }
        let flaw = flaw.or_else(|| {
            let why = format!(
                "the length {} in {} bytes, more than it needs",
                head.length,
                frame::extended(head.second)
            );
            head.is_wasteful().then_some(Flaw { why, at: length_at })
        });
        if let Some(flaw) = flaw {
            self.is_lost = if head.is_data() {
                !head.is_final()
            } else {
                self.is_open || self.is_lost
            };
            return Want::Message(Message::bad(part.start..end, flaw.why, flaw.at));
        }
        if self.level.frames {
            return Want::Message(Message::new(part.start..end, data..end, ""));
        }
        if head.is_control() && self.is_open {
            return self.inside(head, part);
        }
        if head.is_control() {
            return Want::Message(Message::new(part.start..end, data..end, ""));
        }
        if head.is_continuation() && !self.is_open {
            self.is_lost = !head.is_final();
            let why = "the rest of a message that is bad";
            return Want::Message(Message::skipped(part.start..end, why));
        }
        self.is_lost = false;
        if !self.is_open {
            self.payload = data;
        }
        if head.is_final() {
            return Want::Message(Message::new(part.start..end, self.payload..end, ""));
        }
        self.is_open = true;
        self.stage = Stage::Data;
        Want::Pass(head.length)
    }

    /// A control frame between fragments. Behind a close there will be no more of them.
    fn inside(&mut self, head: &Head, part: &Part<'_>) -> Want {
        if head.opcode() != CLOSE {
            self.stage = Stage::Data;
            return Want::Pass(head.length);
        }
        let end = part.range.end.saturating_add(head.length);
        Want::Message(Message {
            status: Status::Partial { need: None },
            waits: "closed in the middle".into(),
            ..Message::new(part.start..end, self.payload..end, "")
        })
    }
}

impl Grammar for Reading {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.is_open = false;
        self.stage = Stage::Head;
        Want::Bytes(HEAD_BYTES)
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        match std::mem::replace(&mut self.stage, Stage::Head) {
            Stage::Head => {
                let &[first, second] = part.bytes else {
                    return Want::Bytes(HEAD_BYTES);
                };
                let side = self.level.from.or(cx.sight().side);
                let flaw = self.flaw(first, second, part.range.start, side);
                self.stage = Stage::More([first, second], flaw);
                Want::Bytes(Head::more(second))
            }
            Stage::More(head, flaw) => match Head::read(&[&head, part.bytes].concat()) {
                Some(head) => self.frame(&head, flaw, part),
                None => Want::Bytes(HEAD_BYTES),
            },
            Stage::Data => Want::Bytes(HEAD_BYTES),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.stage {
            Stage::Head if self.is_open => "waiting for the next fragment",
            Stage::Head | Stage::More(..) => "waiting for the head of a frame",
            Stage::Data => "waiting for the rest of a fragment",
        }
        .into()
    }
}

#[cfg(test)]
mod tests;
