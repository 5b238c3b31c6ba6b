//! What RTSP, SIP and STOMP have in common (RFC 7826, 5; RFC 3261, 7; STOMP 1.2): a start line, headers up to an empty
//! line, and a body whose length a header tells. It knows no method and no status.

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, text_of};
use super::grammar::{Grammar, Part, Want};
use super::headers::headers;
use super::{Cx, Field, Message, Value};

/// The most bytes of a start line with its headers.
const HEAD_MAX_BYTES: u64 = 64 << 10;

/// In what the protocols differ.
#[derive(Debug)]
pub(super) struct Dialect {
    /// What is wrong with a line that begins no message.
    pub(super) refusal: &'static str,
    /// Whether a line begins a message.
    pub(super) is_start: fn(&[u8]) -> bool,
    /// What an empty line between messages is.
    pub(super) idle: &'static str,
    /// The headers that tell the length of the body, in lower case.
    pub(super) lengths: &'static [&'static [u8]],
    /// A NUL ends each message; without a length, the body too.
    pub(super) ends_in_nul: bool,
    /// Binary frames of `$`, a channel and a length stand between messages.
    pub(super) has_frames: bool,
}

/// Reads messages of a dialect.
#[derive(Clone, Debug)]
pub(super) struct Headed {
    dialect: &'static Dialect,
    state: State,
    /// The first byte of the start line, where it had to be looked at alone.
    first: Option<u8>,
    /// What the headers so far tell.
    length: Option<u64>,
    /// From the first byte of the body to the end of the message.
    body: Option<Range<u64>>,
    datagrams: bool,
    /// A message began in this stream or datagram.
    has_begun: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    First,
    Frame,
    Start,
    Headers,
    Counted,
    Nul,
    Open,
    Behind,
}

impl Headed {
    /// At the beginning of a message.
    pub(super) fn new(dialect: &'static Dialect) -> Self {
        Self {
            dialect,
            state: State::Start,
            first: None,
            length: None,
            body: None,
            datagrams: false,
            has_begun: false,
        }
    }

    fn first(&mut self, part: &Part<'_>) -> Want {
        self.first = part.bytes.first().copied();
        match self.first {
            Some(b'$') => {
                self.state = State::Frame;
                Want::Bytes(3)
            }
            Some(b'\n') => self.idle(part),
            _ => {
                self.state = State::Start;
                Want::Through(b"\n")
            }
        }
    }

    fn idle(&self, part: &Part<'_>) -> Want {
        Want::Message(Message::skipped(
            part.start..part.range.end,
            self.dialect.idle,
        ))
    }

    fn start(&mut self, part: &Part<'_>) -> Want {
        let mut line: Vec<u8> = self.first.into_iter().collect();
        line.extend_from_slice(part.bytes);
        let line = line_of(&line);
        if line.is_empty() {
            return self.idle(part);
        }
        if !(self.dialect.is_start)(line) {
            return Want::broken(self.dialect.refusal, part.start);
        }
        self.state = State::Headers;
        self.has_begun = true;
        Want::Through(b"\n")
    }

    fn header(&mut self, part: &Part<'_>) -> Want {
        let line = line_of(part.bytes);
        if line.is_empty() {
            return self.head_ends(part);
        }
        if let Some(colon) = memchr::memchr(b':', line)
            && let Some((name, value)) = line.split_at_checked(colon)
            && let name = name.trim_ascii().to_ascii_lowercase()
            && self.dialect.lengths.contains(&name.as_slice())
        {
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            let at = part.range.start;
            let Some(length) = number_of(value) else {
                let why = format!("`{}` is no length", text_of(value));
                return Want::broken(why, at);
            };
            match self.length {
                // Of repeated headers STOMP 1.2 takes the first.
                Some(_) if self.dialect.ends_in_nul => {}
                Some(old) if old != length => {
                    return Want::broken(format!("two lengths, {old} and {length}"), at);
                }
                _ => self.length = Some(length),
            }
        }
        Want::Through(b"\n")
    }

    fn head_ends(&mut self, part: &Part<'_>) -> Want {
        let start = part.range.end;
        let end = |length| start.saturating_add(length);
        match self.length {
            Some(length) if self.dialect.ends_in_nul => {
                self.body = Some(start..end(length).saturating_add(1));
                self.state = State::Counted;
                Want::Pass(length)
            }
            None if self.dialect.ends_in_nul => {
                self.body = Some(start..start);
                self.state = State::Open;
                Want::Through(b"\0")
            }
            None if self.datagrams => {
                self.body = Some(start..start);
                self.state = State::Open;
                Want::Rest
            }
            length => {
                let end = end(length.unwrap_or(0));
                Want::Message(Message::new(part.start..end, start..end, ""))
            }
        }
    }

    /// The message up to the end of the part, of which so many bytes at the end are no payload.
    fn message(&self, part: &Part<'_>, behind: u64) -> Message {
        let end = part.range.end - behind;
        let start = self.body.as_ref().map_or(end, |body| body.start.min(end));
        part.message(start..end)
    }
}

impl Grammar for Headed {
    fn begin(&mut self, _start: u64, cx: &mut Cx<'_>) -> Want {
        let has_begun = self.has_begun;
        *self = Self::new(self.dialect);
        self.datagrams = cx.sight().datagrams;
        if self.datagrams && has_begun {
            self.state = State::Behind;
            return Want::Rest;
        }
        if self.dialect.has_frames {
            self.state = State::First;
            return Want::Bytes(1);
        }
        Want::Through(b"\n")
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let in_head = matches!(self.state, State::Start | State::Headers);
        if in_head && part.range.end - part.start > HEAD_MAX_BYTES {
            let why = format!("a head of more than {HEAD_MAX_BYTES} bytes");
            return Want::broken(why, part.start + HEAD_MAX_BYTES);
        }
        match self.state {
            State::First => self.first(part),
            State::Frame => {
                let length = match part.bytes {
                    &[_, a, b] => u64::from(u16::from_be_bytes([a, b])),
                    _ => 0,
                };
                let end = part.range.end + length;
                Want::Message(Message::new(part.start..end, part.range.end..end, ""))
            }
            State::Start => self.start(part),
            State::Headers => self.header(part),
            State::Counted => {
                self.state = State::Nul;
                Want::Bytes(1)
            }
            State::Nul if part.bytes != b"\0" => Want::broken(
                "the body ends in no NUL: its length is wrong",
                part.range.start,
            ),
            State::Nul | State::Open | State::Behind => Want::Message(self.message(part, 1)),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.state {
            State::Frame => "waiting for the length of the frame".into(),
            State::Open if self.dialect.ends_in_nul => "waiting for the NUL".into(),
            State::First | State::Start => "waiting for the start line".into(),
            _ => "waiting for the end of the headers".into(),
        }
    }

    fn outlook(&self) -> Option<Range<u64>> {
        let is_counted = matches!(self.state, State::Counted | State::Nul);
        self.body.clone().filter(|_| is_counted)
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        match self.state {
            State::Open if !self.dialect.ends_in_nul => Some(self.message(part, 0)),
            // RFC 3261, 18.3: what a datagram holds behind its message is discarded.
            State::Behind => {
                let why = "behind the end of the message";
                Some(Message::skipped(part.start..part.range.end, why))
            }
            _ => None,
        }
    }
}

/// A line without its end.
pub(super) fn line_of(bytes: &[u8]) -> &[u8] {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The number that digits, and nothing but digits, make.
pub(super) fn number_of(digits: &[u8]) -> Option<u64> {
    let is_number = digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_number);
    digits?.parse().ok()
}

/// Names the start line, which `start` reads without its end, then headers and body; what the start line says, once it
/// is there.
pub(super) fn told<'a, T>(
    dissect: &mut Dissect<'a>,
    name: &'static str,
    start: impl FnOnce(&mut Dissect<'a>) -> Option<T>,
) -> Option<T> {
    let rest = dissect.rest();
    let whole = rest.get(..memchr::memchr(b'\n', rest)? + 1)?;
    let line = line_of(whole);
    let mut said = None;
    let read = |dissect: &mut Dissect<'a>| {
        said = dissect.within(line.len(), start);
        said.as_ref().map(|_| ())
    };
    dissect.group(name, read);
    dissect.skip(whole.len() - line.len())?;
    if headers(dissect) == Some(true) && !dissect.is_done() {
        let body = dissect.rest();
        let body = body.strip_suffix(b"\0").unwrap_or(body);
        body_text(dissect, "body", body.len());
    }
    said
}

/// Names bytes as text where they are that.
pub(super) fn body_text(dissect: &mut Dissect<'_>, name: &'static str, len: usize) -> Option<()> {
    let bytes = dissect.skip(len)?;
    let value = match std::str::from_utf8(bytes) {
        Ok(_) => Value::Text(text_of(bytes)),
        Err(_) => Value::Bytes,
    };
    dissect.name(name, len, value)
}

/// A request line or a status line, as HTTP has them; without its version, as the note of a message.
pub(super) fn request_or_status(dissect: &mut Dissect<'_>, protocol: &[u8]) -> Option<String> {
    if dissect.rest().starts_with(protocol) {
        dissect.text_to("version", b" ")?;
        let rest = dissect.rest();
        let width = memchr::memchr(b' ', rest).unwrap_or(rest.len());
        let (digits, reason) = rest.split_at_checked(width)?;
        let reason = text_of(reason.trim_ascii());
        dissect.skip(width)?;
        let value = match number_of(digits) {
            Some(code) if reason.is_empty() => Value::Number(code.into()),
            Some(code) => Value::Named(code.into(), reason.clone().into()),
            None => Value::Text(text_of(digits)),
        };
        dissect.name("status", width, value)?;
        let note = format!("{} {reason}", text_of(digits));
        return Some(note.trim_end().to_owned());
    }
    let method = dissect.text_to("method", b" ")?;
    let target = dissect.text_to("uri", b" ")?;
    dissect.text("version", dissect.rest().len())?;
    Some(format!("{} {}", text_of(method), text_of(target)))
}

/// What the first field of one of these names says.
pub(super) fn text_in<'f>(fields: &'f [Field], names: &[&str]) -> Option<&'f str> {
    fields
        .iter()
        .find_map(|Field { name, value, .. }| match value {
            Value::Text(text) if names.contains(&name.as_ref()) => Some(text.as_str()),
            _ => None,
        })
}
