//! `reply`: numbered text replies of one line or more (RFC 959, 4.2; RFC 5321, 4.2; RFC 3977, 3.2): `250-` goes on,
//! `250 ` ends. Behind a reply of NNTP that announces one stands a block of text, which a line of one dot ends.

use std::borrow::Cow;

use super::dissect::{Dissect, text_of};
use super::dots;
use super::grammar::{Grammar, Part, Want};
use super::headed::{line_of, number_of};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};

/// Replies of NNTP behind which a block of text may stand. FTP and SMTP have replies of these numbers too, but what
/// follows those is a reply.
const ANNOUNCE_TEXT: &[&[u8; 3]] = &[
    b"100", b"101", b"211", b"215", b"220", b"221", b"222", b"224", b"225", b"230", b"231",
];

/// The code that a payload is sent with, which tells none: requested action completed.
const CODE: &str = "250";

/// How a TLS handshake begins, which no line of text does.
const TLS: &[u8] = b"\x16\x03";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reply;

impl Framing for Reply {
    fn name(&self) -> &'static str {
        "reply"
    }

    fn usage(&self) -> &'static str {
        "reply"
    }

    fn help(&self) -> &'static str {
        "numbered text replies, as of FTP, SMTP, NNTP: 250-one, 250 two"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Reply {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Replies {
            has_blocks: true,
            ..Replies::default()
        }))
    }

    /// The payload is the texts, a line each; the code is 250.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut lines = payload.split(|byte| *byte == b'\n').peekable();
        let mut bytes = Vec::new();
        while let Some(line) = lines.next() {
            let sign = if lines.peek().is_some() { '-' } else { ' ' };
            bytes.extend_from_slice(format!("{CODE}{sign}").as_bytes());
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
        Ok(bytes)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        if let Some(note) = told(&mut dissect) {
            message.note = note.into();
        }
        message.fields = dissect.finish();
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        match code_of(bytes) {
            Some((code, _)) => texts(bytes, code),
            None if bytes.ends_with(dots::END) => dots::unstuffed(bytes),
            None => message.payload_in(bytes).to_vec(),
        }
    }
}

/// Reads replies.
#[derive(Clone, Debug, Default)]
pub(super) struct Replies {
    state: State,
    /// The code of the reply, or of the last one.
    code: [u8; 3],
    /// Blocks of text may stand behind replies.
    has_blocks: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    First,
    More,
    Block,
    Tls,
}

impl Replies {
    fn first(&mut self, part: &Part<'_>) -> Want {
        if part.bytes.starts_with(TLS) {
            self.state = State::Tls;
            return Want::Rest;
        }
        match code_of(part.bytes) {
            Some((code, goes_on)) => {
                self.code = code;
                if goes_on {
                    self.state = State::More;
                    return Want::Through(b"\n");
                }
                reply(part)
            }
            None if self.is_block(part) => {
                self.state = State::Block;
                self.block(part)
            }
            None => part.bad("a line without a code of three digits", part.start),
        }
    }

    /// Whether a line without a code begins a block of text.
    fn is_block(&self, part: &Part<'_>) -> bool {
        let is_announced = ANNOUNCE_TEXT.contains(&&self.code);
        self.has_blocks && is_announced && part.last.ends_with(dots::LINE_END)
    }

    fn block(&mut self, part: &Part<'_>) -> Want {
        if part.bytes == dots::END {
            // Behind it stands the next reply.
            self.code = [0; 3];
            return Want::Message(part.message(part.start..part.range.end));
        }
        Want::Through(dots::LINE_END)
    }

    /// The code of the reply that was read last.
    pub(super) fn code(&self) -> [u8; 3] {
        self.code
    }
}

/// The reply that ends with the part; its payload goes from behind the first code to the last line's end.
fn reply(part: &Part<'_>) -> Want {
    let end = part.last.len() - line_of(part.last).len();
    let end = part.range.end - end as u64;
    Want::Message(part.message((part.start + 4).min(end)..end))
}

impl Grammar for Replies {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.state = State::First;
        Want::Through(b"\n")
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match self.state {
            State::First => self.first(part),
            State::More => match code_of(part.bytes) {
                Some((code, false)) if code == self.code => reply(part),
                _ => Want::Through(b"\n"),
            },
            State::Block => self.block(part),
            State::Tls => Want::Rest,
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.state {
            State::First => "waiting for the end of the line".into(),
            State::More => "waiting for the last line of the reply".into(),
            State::Block => "waiting for the line of one dot".into(),
            State::Tls => "TLS from here on".into(),
        }
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        matches!(self.state, State::Tls).then(|| part.message(part.start..part.range.end))
    }
}

/// Whether these bytes begin what replaces lines of text after STARTTLS.
pub(super) fn is_tls(bytes: &[u8]) -> bool {
    bytes.starts_with(TLS)
}

/// The code of a line, and whether others follow.
pub(super) fn code_of(bytes: &[u8]) -> Option<([u8; 3], bool)> {
    let (code, behind) = bytes.split_first_chunk::<3>()?;
    let is_code = code.iter().all(u8::is_ascii_digit);
    match behind.first() {
        Some(b'-') if is_code => Some((*code, true)),
        Some(b' ' | b'\r' | b'\n') if is_code => Some((*code, false)),
        _ => None,
    }
}

/// The texts of a reply's lines, without codes, joined by line feeds.
pub(super) fn texts(bytes: &[u8], code: [u8; 3]) -> Vec<u8> {
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines = body.split(|byte| *byte == b'\n').map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        text_behind(line, code)
    });
    lines.collect::<Vec<_>>().join(&b'\n')
}

/// What stands behind the code; all, where another or none is there.
fn text_behind(line: &[u8], code: [u8; 3]) -> &[u8] {
    match line.strip_prefix(&code) {
        Some([b' ' | b'-', text @ ..]) => text,
        Some([]) => &[],
        _ => line,
    }
}

/// Names code and texts; what the reply is.
pub(super) fn told(dissect: &mut Dissect<'_>) -> Option<String> {
    let rest = dissect.rest();
    if is_tls(rest) {
        return Some("TLS from here on".to_owned());
    }
    let Some((code, _)) = code_of(rest) else {
        return block(dissect);
    };
    let number = number_of(&code)?;
    dissect.skip(3)?;
    dissect.name("code", 3, Value::Named(number.into(), class(number).into()))?;
    dissect.skip(usize::from(matches!(rest.get(3), Some(b' ' | b'-'))))?;
    let mut first = None;
    let mut count = 0;
    while let Some(end) = memchr::memchr(b'\n', dissect.rest()) {
        let whole = dissect.rest().get(..=end)?;
        let line = line_of(whole);
        let text = if count == 0 {
            line
        } else {
            text_behind(line, code)
        };
        dissect.skip(line.len())?;
        dissect.name("text", text.len(), Value::Text(text_of(text)))?;
        dissect.skip(whole.len() - line.len())?;
        first.get_or_insert(text);
        count += 1;
    }
    let note = format!("{number:03} {}", text_of(first.unwrap_or_default()));
    let lines = if count > 1 {
        format!(", {count} lines")
    } else {
        String::new()
    };
    Some(format!("{}{lines}", note.trim_end()))
}

/// Names the lines of a block of text.
fn block(dissect: &mut Dissect<'_>) -> Option<String> {
    let rest = dissect.rest();
    let is_whole = rest.ends_with(dots::END);
    let len = rest.len() - if is_whole { dots::END.len() } else { 0 };
    memchr::memchr(b'\n', rest)?;
    super::headed::body_text(dissect, "text", len)?;
    Some(format!("text, {}", byte_count(len as u64)))
}

/// What the first digit means.
fn class(code: u64) -> &'static str {
    match code / 100 {
        1 => "preliminary",
        2 => "completed",
        3 => "more is wanted",
        4 => "failed for now",
        5 => "failed",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields, cut, run};

    #[test]
    fn replies_of_one_line_and_of_many() {
        check(
            "reply",
            b"220 ready\r\n250-a\r\n250 b\r\n123-x\r\n234 y\r\n z\n123\r\n354\n",
            &[
                "0..11 220 ready: ready",
                r"11..25 250 a, 2 lines: a\r\n250 b",
                r"25..47 123 x, 4 lines: x\r\n234 y\r\n z\n123",
                "47..51 354: ",
            ],
        );
    }

    #[test]
    fn what_is_no_reply() {
        let why = "a line without a code of three digits";
        check(
            "reply",
            b"hello\r\n25 x\r\n250 ok\r\n2500\n",
            &[
                &format!("0..7 bad at 0: {why}"),
                &format!("7..13 bad at 7: {why}"),
                "13..21 250 ok: ok",
                &format!("21..26 bad at 21: {why}"),
            ],
        );
    }

    #[test]
    fn what_is_not_whole() {
        check(
            "reply",
            b"250-a\r\n250",
            &[r"0..10 partial, waiting for the last line of the reply (250 a): 250-a\r\n250"],
        );
        check(
            "reply",
            b"250 a",
            &["0..5 partial, waiting for the end of the line (250): 250 a"],
        );
        check(
            "reply max 8",
            b"250-a\r\n250 b\r\n250 ok\r\n",
            &[
                "0..14 bad at 8: longer than the limit of 8 bytes",
                "14..22 250 ok: ok",
            ],
        );
    }

    #[test]
    fn texts_of_nntp_and_tls() {
        check(
            "reply",
            b"220 1 <a@b>\r\nSubject: x\r\n..y\r\n.\r\n205 bye\r\n",
            &[
                "0..13 220 1 <a@b>: 1 <a@b>",
                r"13..33 text, 17 bytes: Subject: x\r\n..y\r\n.\r\n",
                "33..42 205 bye: bye",
            ],
        );
        check(
            "reply",
            b"220 go\r\n\x16\x03\x01\0\n\0",
            &[
                "0..8 220 go: go",
                r"8..14 TLS from here on: \x16\x03\x01\x00\n\x00",
            ],
        );
        let stream = b"101 x\r\n..a\r\n.\r\n";
        let messages = run(&cut("reply"), stream, &[4]);
        let payload = cut("reply").rule.payload(&messages[1], &stream[7..]);
        assert_eq!(payload, b".a\r\n");
    }

    #[test]
    fn fields() {
        check_fields(
            "reply",
            b"550-no\r\n550 such\r\n",
            &[
                "0..3 code 550 failed",
                r#"4..6 text "no""#,
                r#"12..16 text "such""#,
            ],
        );
    }
}
