//! `mysql`: the protocol between client and server of `MySQL` and `MariaDB` (`MySQL` Internals): packets with a length
//! of three bytes and a sequence number; what a packet of the server is follows from those before it.

mod contents;
mod names;
mod replies;

use std::borrow::Cow;

use super::dissect::Dissect;
use super::encrypted;
use super::grammar::{Grammar, Part, Want};
use super::note::Note;
use super::reader::Reader;
use super::tls;
use super::{Cx, Decoder, Framing, Message, Rule, Side, Sight};
use crate::words::{Complaint, Words};
use replies::{Kind, Replies};

/// Length and sequence number.
const HEAD_BYTES: u16 = 4;

/// A packet of this length goes on in the next one.
const FULL: u32 = 0x00ff_ffff;

/// As much of a packet as tells what it is.
const FIRST_BYTES: u32 = 32;

/// The header of a packet of the compressed protocol: length, number, length before it was compressed.
const COMPRESSED_HEAD_BYTES: usize = 7;

/// Capabilities of a client: TLS, and two ways of compression.
const SSL: u32 = 0x0800;
const COMPRESS: u32 = 0x0400_0020;

/// What the client's direction tells of its login, which is message 0; commands that are answered count from 1.
const TOLD_COMPRESS: &str = "compress";

/// Behind the word for an answer, where the command that it is to was not seen.
const ASSUMED: &str = " assumed";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mysql;

impl Framing for Mysql {
    fn name(&self) -> &'static str {
        "mysql"
    }

    fn usage(&self) -> &'static str {
        "mysql"
    }

    fn help(&self) -> &'static str {
        "MySQL and MariaDB: commands, results, errors"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Mysql {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Packets {
            side: None,
            phase: Phase::Login,
            next: Next::Head,
            commands: 0,
            replies: Replies::default(),
            kind: Kind::Packet,
            is_assumed: false,
            header: (0, 0),
            payload: 0,
        }))
    }

    /// The payload is that of packets whose numbers begin with 0: as many as its length asks for.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let full = usize::try_from(FULL).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(payload.len() + usize::from(HEAD_BYTES));
        let mut rest = payload;
        let mut number: u8 = 0;
        loop {
            let (now, later) = rest.split_at(rest.len().min(full));
            let [low, middle, high, ..] = now.len().to_le_bytes();
            bytes.extend_from_slice(&[low, middle, high, number]);
            bytes.extend_from_slice(now);
            if now.len() < full {
                return Ok(bytes);
            }
            rest = later;
            number = number.wrapping_add(1);
        }
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        let (kind, assumed) = match message.note.strip_suffix(ASSUMED) {
            Some(word) => (Kind::of(word), " (the command was not seen)"),
            None => (Kind::of(&message.note), ""),
        };
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        contents::told(&mut dissect, kind, sight.side, &mut note);
        note.add(assumed);
        message.note = note.into();
        message.fields = dissect.finish();
    }

    fn is_two_sided(&self) -> bool {
        true
    }

    /// Without the headers of the packets behind the first.
    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        let full = usize::try_from(FULL).unwrap_or(usize::MAX);
        let mut payload = Vec::new();
        let mut rest = message.payload_in(bytes);
        while rest.len() > full {
            let (now, later) = rest.split_at(full);
            payload.extend_from_slice(now);
            rest = later.get(usize::from(HEAD_BYTES)..).unwrap_or_default();
        }
        payload.extend_from_slice(rest);
        payload
    }
}

/// How far the conversation is, and the packet in it.
#[derive(Clone, Debug)]
struct Packets {
    side: Option<Side>,
    phase: Phase,
    next: Next,
    /// How many commands there were, or answers to them.
    commands: u64,
    replies: Replies,
    kind: Kind,
    /// The kind follows from the packet alone, where the command would tell it.
    is_assumed: bool,
    /// Length and number of the first packet of the message.
    header: (u32, u8),
    /// The first byte behind the first header.
    payload: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Nothing came yet.
    Login,
    /// The greeting or the login came.
    Auth,
    /// The login asked for compression, which begins with the first command.
    Compressing,
    Command,
    Tls,
    Compressed,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Head,
    First,
    /// The last byte of the header of the first TLS record.
    Record([u8; 4]),
    /// The rest of a packet that is full.
    Full,
    /// The header of the one that it goes on in.
    Again,
}

impl Packets {
    fn first(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        let (length, number) = self.header;
        self.is_assumed = false;
        let side = *self.side.get_or_insert(guess(length, number, part.bytes));
        self.kind = match side {
            Side::Client => self.client(part.bytes, cx),
            Side::Server => self.server(part.bytes, cx),
        };
        if length < FULL {
            return self.whole(part, length - shown(length));
        }
        self.next = Next::Full;
        Want::Pass((FULL - shown(length)).into())
    }

    fn client(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> Kind {
        let (length, number) = self.header;
        let flags = bytes
            .first_chunk()
            .map_or(0, |flags| u32::from_le_bytes(*flags));
        match (self.phase, number) {
            (Phase::Login, 1..) if length == FIRST_BYTES && flags & SSL != 0 => {
                self.phase = Phase::Tls;
                Kind::Offer
            }
            (Phase::Login, 1..) => {
                self.phase = Phase::Auth;
                if flags & COMPRESS != 0 {
                    cx.post(0, TOLD_COMPRESS);
                    self.phase = Phase::Compressing;
                }
                Kind::Login
            }
            (_, 0) => {
                self.phase = Phase::Command;
                let code = bytes.first().copied().unwrap_or_default();
                self.commands += u64::from(replies::is_answered(code));
                if let Some(what) = replies::unusual(code) {
                    cx.post(self.commands, what);
                }
                Kind::Command
            }
            _ => Kind::Data,
        }
    }

    fn server(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> Kind {
        let (length, number) = self.header;
        match (self.phase, bytes.first()) {
            (Phase::Login, Some(0xff)) => return Kind::Error,
            (Phase::Login, _) if number == 0 => {
                self.phase = Phase::Auth;
                return Kind::Greeting;
            }
            (Phase::Auth, first) => {
                return match first {
                    Some(0) => {
                        let is_compressed = cx.mail(0) == Some(TOLD_COMPRESS);
                        self.phase = if is_compressed {
                            Phase::Compressed
                        } else {
                            Phase::Command
                        };
                        Kind::Done
                    }
                    Some(0xff) => Kind::Error,
                    _ => Kind::Auth,
                };
            }
            _ => self.phase = Phase::Command,
        }
        if self.replies.is_new(number) {
            self.is_assumed = !cx.has_counterpart();
            self.commands += 1;
            self.replies.begin(cx.mail(self.commands));
        }
        self.replies.next(bytes, length, number)
    }

    /// The message that ends so many bytes behind this part.
    fn whole(&self, part: &Part<'_>, behind: u32) -> Want {
        let end = part.range.end + u64::from(behind);
        let payload = self.payload..end;
        let mut message = Message::new(part.start..end, payload, self.kind.word());
        if self.is_assumed && matches!(self.kind, Kind::Done | Kind::Count) {
            message.note.to_mut().push_str(ASSUMED);
        }
        Want::Message(message)
    }

    fn head(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        let &[a, b, c, number] = part.bytes else {
            return Want::Bytes(HEAD_BYTES.into());
        };
        let length = length_of([a, b, c]);
        if self.phase == Phase::Compressing && number == 0 {
            // The first command: its header is already that of a compressed packet.
            self.phase = Phase::Compressed;
            self.kind = Kind::Compressed;
            let end = part.range.end + 3;
            let message = end..end + u64::from(length);
            let note = self.kind.word();
            return Want::Message(Message::new(part.start..message.end, message, note));
        }
        if self.phase == Phase::Auth && matches!([a, b, c], [encrypted::HANDSHAKE, 3, 1..=3]) {
            // No packet of a login is that long: TLS was asked for and begins.
            self.phase = Phase::Tls;
            self.next = Next::Record([a, b, c, number]);
            return Want::Bytes(1);
        }
        self.header = (length, number);
        self.payload = part.range.end;
        self.next = Next::First;
        if length == 0 {
            return self.first(
                &Part {
                    bytes: &[],
                    ..part.clone()
                },
                cx,
            );
        }
        Want::Bytes(usize::try_from(shown(length)).unwrap_or_default())
    }
}

impl Grammar for Packets {
    fn begin(&mut self, _start: u64, cx: &mut Cx<'_>) -> Want {
        self.side = self.side.or(cx.sight().side);
        self.next = Next::Head;
        match self.phase {
            Phase::Tls => Want::Bytes(tls::HEAD_BYTES),
            Phase::Compressed => Want::Bytes(COMPRESSED_HEAD_BYTES),
            _ => Want::Bytes(HEAD_BYTES.into()),
        }
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        match (self.next, self.phase) {
            (Next::Head, Phase::Tls) => encrypted::record(part.bytes, part, Kind::Tls.word()),
            (Next::Head, Phase::Compressed) => compressed(part),
            (Next::Head, _) => self.head(part, cx),
            (Next::First, _) => self.first(part, cx),
            (Next::Record(header), _) => {
                let header = [&header, part.bytes].concat();
                encrypted::record(&header, part, Kind::Tls.word())
            }
            (Next::Full, _) => {
                self.next = Next::Again;
                Want::Bytes(HEAD_BYTES.into())
            }
            (Next::Again, _) => {
                let length = part
                    .bytes
                    .first_chunk()
                    .map_or(0, |bytes| length_of(*bytes));
                if length < FULL {
                    return self.whole(part, length);
                }
                self.next = Next::Full;
                Want::Pass(FULL.into())
            }
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match (self.next, self.phase) {
            (_, Phase::Tls) => "waiting for the header of a TLS record".into(),
            (Next::Head, Phase::Compressed) => "waiting for the header of 7 bytes".into(),
            (Next::Full | Next::Again, _) => "waiting for the packet that it goes on in".into(),
            _ => "waiting for the header of 4 bytes".into(),
        }
    }

    fn outlook(&self) -> Option<std::ops::Range<u64>> {
        let (length, _) = self.header;
        let is_known = matches!(self.next, Next::First) && length < FULL;
        is_known.then(|| self.payload..self.payload + u64::from(length))
    }
}

/// The packet of the compressed protocol whose header this part is.
fn compressed(part: &Part<'_>) -> Want {
    let length = part
        .bytes
        .first_chunk()
        .map_or(0, |bytes| length_of(*bytes));
    let payload = part.range.end;
    let end = payload + u64::from(length);
    let note = Kind::Compressed.word();
    Want::Message(Message::new(part.start..end, payload..end, note))
}

fn length_of([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0])
}

/// How many bytes of a packet of that length are looked at.
fn shown(length: u32) -> u32 {
    length.min(FIRST_BYTES)
}

/// Who sends the first packet, where that is not known: a server greets with 0, and a client answers with 1.
fn guess(length: u32, number: u8, bytes: &[u8]) -> Side {
    let greets = length > 2 * FIRST_BYTES / 3 && matches!(bytes.first(), Some(9 | 10 | 0xff));
    match number {
        0 if greets => Side::Server,
        0 => Side::Client,
        _ if length >= FIRST_BYTES => Side::Client,
        _ => Side::Server,
    }
}

#[cfg(test)]
mod tests;
