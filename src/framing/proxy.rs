//! `proxy`: the PROXY protocol, versions 1 and 2 (proxy-protocol.txt of HAProxy): one header that tells who connected
//! to what. What follows it is the next protocol's: `proxy then http1`.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::dissect::{Dissect, Names, name_of, text_of, words_of};
use super::grammar::{Grammar, Part, Want};
use super::headed::{line_of, number_of};
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};

/// How a line of version 1 begins.
const LINE: &[u8] = b"PROXY ";

/// The most bytes of that line, with its end.
const LINE_MAX_BYTES: usize = 107;

/// What follows the header.
const BEHIND: &str = "the next protocol’s: `proxy then …` cuts it";

/// How a header of version 2 begins.
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Version 2, the command LOCAL, no family.
const LOCAL: &[u8] = b"\x20\0";

const COMMANDS: &Names = &[(0, "LOCAL"), (1, "PROXY")];

const FAMILIES: &Names = &[(0, "UNSPEC"), (1, "INET"), (2, "INET6"), (3, "UNIX")];

const TRANSPORTS: &Names = &[(0, "UNSPEC"), (1, "STREAM"), (2, "DGRAM")];

const TYPES: &Names = &[
    (0x01, "ALPN"),
    (0x02, "AUTHORITY"),
    (0x03, "CRC32C"),
    (0x04, "NOOP"),
    (0x05, "UNIQUE_ID"),
    (0x20, "SSL"),
    (0x21, "SSL_VERSION"),
    (0x22, "SSL_CN"),
    (0x23, "SSL_CIPHER"),
    (0x24, "SSL_SIG_ALG"),
    (0x25, "SSL_KEY_ALG"),
    (0x30, "NETNS"),
];

/// The TLV that holds others behind five bytes.
const SSL: u64 = 0x20;

/// The TLVs whose values are text.
const TEXTS: &[u64] = &[0x01, 0x02, 0x21, 0x22, 0x23, 0x24, 0x25, 0x30];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proxy;

impl Framing for Proxy {
    fn name(&self) -> &'static str {
        "proxy"
    }

    fn usage(&self) -> &'static str {
        "proxy"
    }

    fn help(&self) -> &'static str {
        "PROXY protocol 1 and 2, once: who connected to what"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Proxy {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Header::default()))
    }

    /// A payload that begins with `PROXY ` is a line of version 1; all else is what stands behind the head of a header
    /// of version 2, whose command is LOCAL.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.starts_with(LINE) {
            if payload.contains(&b'\n') || payload.len() + 2 > LINE_MAX_BYTES {
                return Err("a line of version 1 has 107 bytes at most, with its end".to_owned());
            }
            return Ok([payload, b"\r\n"].concat());
        }
        let length = u16::try_from(payload.len());
        let length = length.map_err(|_| "a header of version 2 has 65535 bytes at most")?;
        Ok([SIGNATURE, LOCAL, &length.to_be_bytes(), payload].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let note = if bytes.starts_with(LINE) {
            line(&mut dissect)
        } else if bytes.starts_with(SIGNATURE) {
            header(&mut dissect)
        } else {
            None
        };
        if let Some(note) = note {
            message.note = note.into();
        }
        message.fields = dissect.finish();
    }
}

/// Names the words of a line of version 1.
fn line(dissect: &mut Dissect<'_>) -> Option<String> {
    let rest = dissect.rest();
    let whole = rest.get(..=memchr::memchr(b'\n', rest)?)?;
    dissect.skip(LINE.len())?;
    let len = line_of(whole).len() - LINE.len();
    dissect.within(len, |dissect| {
        let rest = dissect.rest();
        let family = rest.split(|byte| *byte == b' ').next()?;
        dissect.text("family", family.len())?;
        let mut words = Vec::new();
        for name in ["source", "destination", "source port", "destination port"] {
            if dissect.skip(1).is_none() {
                break;
            }
            let rest = dissect.rest();
            let word = rest.split(|byte| *byte == b' ').next()?;
            dissect.skip(word.len())?;
            let value = match number_of(word) {
                Some(port) if name.ends_with("port") && !word.is_empty() => {
                    Value::Number(port.into())
                }
                _ => Value::Text(text_of(word)),
            };
            dissect.name(name, word.len(), value)?;
            words.push(text_of(word));
        }
        let family = text_of(family);
        Some(match words.as_slice() {
            [from, to, port, to_port] if from.contains(':') => {
                format!("{family} [{from}]:{port} to [{to}]:{to_port}")
            }
            [from, to, port, to_port] => format!("{family} {from}:{port} to {to}:{to_port}"),
            _ => family,
        })
    })
}

/// Names the parts of a header of version 2.
fn header(dissect: &mut Dissect<'_>) -> Option<String> {
    dissect.skip(SIGNATURE.len())?;
    let byte = dissect.unsigned(1)?;
    dissect.name("version", 1, Value::Number((byte >> 4).into()))?;
    let command = half(dissect, "command", COMMANDS, byte & 0xf)?;
    let byte = dissect.unsigned(1)?;
    half(dissect, "family", FAMILIES, byte >> 4)?;
    let transport = half(dissect, "transport", TRANSPORTS, byte & 0xf)?;
    dissect.number("length", 2)?;
    let note = match byte >> 4 {
        1 => addresses(dissect, 4, &transport),
        2 => addresses(dissect, 16, &transport),
        3 => paths(dissect),
        _ => None,
    };
    while !dissect.is_done() {
        if tlv(dissect).is_none() {
            break;
        }
    }
    Some(match note {
        Some(note) if command == "PROXY" => note,
        Some(note) => format!("{command}, {note}"),
        None => command,
    })
}

/// Names half of the last byte.
fn half(
    dissect: &mut Dissect<'_>,
    name: &'static str,
    names: &Names,
    number: u64,
) -> Option<String> {
    let word = name_of(names, number);
    let value = match word {
        Some(word) => Value::Named(number.into(), word.into()),
        None => Value::Number(number.into()),
    };
    dissect.name(name, 1, value)?;
    Some(words_of(names, number))
}

fn addresses(dissect: &mut Dissect<'_>, width: usize, transport: &str) -> Option<String> {
    let source = address(dissect, "source", width)?;
    let destination = address(dissect, "destination", width)?;
    let port = dissect.number("source port", 2)?;
    let to_port = dissect.number("destination port", 2)?;
    Some(format!(
        "{transport} {source}:{port} to {destination}:{to_port}"
    ))
}

/// An address; as it stands before a port.
fn address(dissect: &mut Dissect<'_>, name: &'static str, width: usize) -> Option<String> {
    let bytes = dissect.skip(width)?;
    let (text, note) = match <[u8; 4]>::try_from(bytes) {
        Ok(bytes) => {
            let text = Ipv4Addr::from(bytes).to_string();
            (text.clone(), text)
        }
        Err(_) => {
            let text = Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).to_string();
            let note = format!("[{text}]");
            (text, note)
        }
    };
    dissect.name(name, width, Value::Text(text))?;
    Some(note)
}

/// Two paths of 108 bytes, filled up with NUL.
fn paths(dissect: &mut Dissect<'_>) -> Option<String> {
    let mut texts = Vec::new();
    for name in ["source", "destination"] {
        let bytes = dissect.skip(108)?;
        let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
        let text = text_of(bytes.get(..end)?);
        dissect.name(name, 108, Value::Text(text.clone()))?;
        texts.push(text);
    }
    Some(format!("UNIX {}", texts.join(" to ")))
}

/// A type, a length, a value.
fn tlv(dissect: &mut Dissect<'_>) -> Option<()> {
    let [kind, high, low] = dissect.rest().first_chunk::<3>()?;
    let (kind, length) = (u64::from(*kind), u16::from_be_bytes([*high, *low]));
    dissect.group(words_of(TYPES, kind), |dissect| {
        dissect.named("type", 1, TYPES)?;
        dissect.number("length", 2)?;
        dissect.within(length.into(), |dissect| {
            if kind == SSL {
                dissect.number("client", 1)?;
                dissect.number("verify", 4)?;
                while !dissect.is_done() {
                    tlv(dissect)?;
                }
                return Some(());
            }
            let rest = dissect.rest().len();
            let read = if TEXTS.contains(&kind) {
                dissect.text("value", rest)
            } else {
                dissect.bytes("value", rest)
            };
            read.map(|_| ())
        })
    })
}

#[derive(Clone, Debug, Default)]
struct Header {
    state: State,
    /// How many bytes of the line or the signature were read, and the last of them.
    count: usize,
    last: u8,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    First,
    Line,
    Signature,
    Head,
    /// The header was there.
    Done,
    Behind,
}

impl Header {
    /// The next byte of the line or the signature.
    fn byte(&mut self, part: &Part<'_>) -> Want {
        let byte = part.bytes.first().copied().unwrap_or_default();
        let (last, index, at) = (self.last, self.count, part.range.start);
        (self.last, self.count) = (byte, self.count + 1);
        if matches!(self.state, State::First) {
            let is_line = LINE.first() == Some(&byte);
            self.state = if is_line {
                State::Line
            } else {
                State::Signature
            };
        }
        let is_line = matches!(self.state, State::Line);
        let mark = if is_line { LINE } else { SIGNATURE };
        match mark.get(index) {
            Some(expected) if byte != *expected => Want::broken(
                "neither `PROXY ` of version 1 nor the signature of version 2",
                at,
            ),
            Some(_) if !is_line && self.count == SIGNATURE.len() => {
                self.state = State::Head;
                Want::Bytes(4)
            }
            None if [last, byte] == *b"\r\n" => {
                self.state = State::Done;
                Want::Message(part.message(part.start..at - 1))
            }
            None if self.count == LINE_MAX_BYTES => {
                let why = format!("a line of more than {LINE_MAX_BYTES} bytes");
                Want::broken(why, at)
            }
            _ => Want::Bytes(1),
        }
    }

    fn head(&mut self, part: &Part<'_>) -> Want {
        let &[version, _, high, low] = part.bytes else {
            return Want::Bytes(4);
        };
        if version >> 4 != 2 {
            let why = format!("version {}, and this signature is of 2", version >> 4);
            return Want::broken(why, part.range.start);
        }
        self.state = State::Done;
        let start = part.range.end;
        let end = start + u64::from(u16::from_be_bytes([high, low]));
        let command = u64::from(version & 0xf);
        Want::Message(match name_of(COMMANDS, command) {
            Some(_) => Message::new(part.start..end, start..end, ""),
            None => {
                let why = format!("command {command}, neither LOCAL (0) nor PROXY (1)");
                Message::bad(part.start..end, why, part.range.start)
            }
        })
    }
}

impl Grammar for Header {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        if matches!(self.state, State::Done | State::Behind) {
            self.state = State::Behind;
            return Want::Rest;
        }
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match self.state {
            State::First | State::Line | State::Signature => self.byte(part),
            State::Head => self.head(part),
            State::Done | State::Behind => Want::Rest,
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.state {
            State::Line => "waiting for the end of the line".into(),
            State::Behind => BEHIND.into(),
            _ => "waiting for the end of the header".into(),
        }
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        let range = part.start..part.range.end;
        matches!(self.state, State::Behind).then(|| Message::skipped(range, BEHIND))
    }
}

#[cfg(test)]
mod tests;
