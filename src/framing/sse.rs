//! `sse`: server-sent events (WHATWG HTML, 9.2.6). An event is the lines up to an empty one; its payload is the data,
//! line by line joined by LF. What has no data is no event: comments that keep the connection, a new `retry`.

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, text_of};
use super::grammar::{Grammar, PART_MAX_BYTES, Part, Want};
use super::reader::Reader;
use super::{Cx, Decoder, Field, Framing, Message, Rule, Sight, Status, Value};
use crate::words::{Complaint, Words};

/// What may stand at the beginning of the stream, once.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sse;

impl Framing for Sse {
    fn name(&self) -> &'static str {
        "sse"
    }

    fn usage(&self) -> &'static str {
        "sse"
    }

    fn help(&self) -> &'static str {
        "server-sent events: event, data, id, retry"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Sse {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Events::default()))
    }

    /// A line of data for each line of the payload.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.contains(&b'\r') {
            return Err("the data of an event cannot hold a carriage return".to_owned());
        }
        if std::str::from_utf8(payload).is_err() {
            return Err("the data of an event is UTF-8".to_owned());
        }
        let lines = payload.split(|byte| *byte == b'\n');
        let mut bytes: Vec<u8> = lines
            .flat_map(|line| [&b"data: "[..], line, b"\n"].concat())
            .collect();
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let (mut event, mut id) = (None, None);
        for (range, line) in lines(message, bytes) {
            let (name, value) = parts(line);
            if line.is_empty() {
                continue;
            }
            match name {
                b"event" => event = Some(text_of(value)),
                b"id" => id = Some(text_of(value)),
                _ => {}
            }
            if dissect.push(field(message, range, name, value)).is_none() {
                break;
            }
        }
        message.fields = dissect.finish();
        if !matches!(message.status, Status::Skipped { .. }) && !message.fields.is_empty() {
            let event = event.filter(|event| !event.is_empty());
            let event = event.unwrap_or_else(|| "message".to_owned());
            let id = id.map(|id| format!(", id {id}")).unwrap_or_default();
            message.note = format!("{event}{id}").into();
        }
    }

    /// The data.
    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        if !matches!(message.status, Status::Ok | Status::Partial { .. }) {
            return message.payload_in(bytes).to_vec();
        }
        let parts = lines(message, bytes).map(|(_, line)| parts(line));
        let data = parts.filter(|(name, _)| *name == b"data");
        let data: Vec<_> = data.map(|(_, value)| value).collect();
        data.join(&b'\n')
    }
}

/// A line as a field.
fn field(message: &Message, range: Range<usize>, name: &[u8], value: &[u8]) -> Field {
    let start = message.range.start;
    let range = start + range.start as u64..start + range.end as u64;
    let text = Value::Text(text_of(value));
    let digits = std::str::from_utf8(value).unwrap_or_default();
    match (name, digits.parse::<u64>()) {
        (b"", _) => Field::new("comment", range, text),
        (b"retry", Ok(number)) => Field::new("retry", range, Value::Number(number.into())),
        _ => Field::new(text_of(name), range, text),
    }
}

/// The lines of a message that are at hand, each with its range, its end and the mark before it not included.
fn lines<'b>(message: &Message, bytes: &'b [u8]) -> impl Iterator<Item = (Range<usize>, &'b [u8])> {
    let has_mark = message.range.start == 0 && bytes.starts_with(BYTE_ORDER_MARK);
    let mut at = if has_mark { BYTE_ORDER_MARK.len() } else { 0 };
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let len = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        let (line, end) = rest.split_at_checked(len)?;
        let start = at;
        at += len + if end.starts_with(b"\r\n") { 2 } else { 1 };
        Some((start..start + len, line))
    })
}

/// The name of a line's field and its value; the name of a comment is empty.
fn parts(line: &[u8]) -> (&[u8], &[u8]) {
    let colon = memchr::memchr(b':', line).unwrap_or(line.len());
    let (name, value) = line.split_at_checked(colon).unwrap_or((line, b""));
    let value = value.strip_prefix(b":").unwrap_or(value);
    (name, value.strip_prefix(b" ").unwrap_or(value))
}

/// Reads an event after the other.
#[derive(Clone, Debug, Default)]
struct Events {
    expects: Expects,
    /// The line is empty so far.
    is_empty: bool,
    /// A line had data.
    has_data: bool,
    /// A line was not empty.
    has_lines: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum Expects {
    /// The beginning of a line.
    #[default]
    Line,
    /// More of a line that is longer than a part.
    More,
    End,
    /// A LF, if one follows the CR.
    LineFeed,
}

impl Events {
    fn line(&mut self, part: &Part<'_>) -> Want {
        let text = part.bytes;
        if matches!(self.expects, Expects::Line) {
            let is_first = part.range.start == 0;
            let marked = text.strip_prefix(BYTE_ORDER_MARK).filter(|_| is_first);
            let text = marked.unwrap_or(text);
            self.is_empty = text.is_empty();
            self.has_lines |= !text.is_empty();
            self.has_data |= parts(text).0 == b"data";
        }
        if text.len() < PART_MAX_BYTES {
            self.expects = Expects::End;
            Want::Bytes(1)
        } else {
            self.expects = Expects::More;
            line()
        }
    }

    /// A line is over.
    fn over(&mut self, part: &Part<'_>) -> Want {
        self.expects = Expects::Line;
        if self.is_empty {
            Want::Message(self.message(part.start..part.range.end))
        } else {
            line()
        }
    }

    /// The lines so far, of which the last is empty.
    fn message(&self, range: Range<u64>) -> Message {
        if self.has_data {
            Message::new(range.clone(), range, "")
        } else if self.has_lines {
            Message::skipped(range, "no data: no event")
        } else {
            Message::skipped(range, "an empty line")
        }
    }
}

impl Grammar for Events {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        line()
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match self.expects {
            Expects::Line | Expects::More => self.line(part),
            Expects::End if part.bytes == b"\r" => {
                self.expects = Expects::LineFeed;
                Want::While(|byte| byte == b'\n', 1)
            }
            Expects::End | Expects::LineFeed => self.over(part),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the empty line".into()
    }

    /// A CR alone ends the event, once no LF can follow it.
    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        let is_over = matches!(self.expects, Expects::LineFeed) && self.is_empty;
        is_over.then(|| self.message(part.start..part.range.end))
    }
}

fn line() -> Want {
    Want::Line(PART_MAX_BYTES)
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields, cut, run};

    #[test]
    fn events_and_what_is_none() {
        check(
            "sse",
            b"data: a\n\n: alive\n\n\nevent: add\r\nid: 7\r\ndata:b\r\n\r\nid\rdata\r\r\nretry: 5\n\nda",
            &[
                r"0..9 message: data: a\n\n",
                "9..18 skipped: no data: no event",
                "18..19 skipped: an empty line",
                r"19..48 add, id 7: event: add\r\nid: 7\r\ndata:b\r\n\r\n",
                r"48..58 message, id : id\rdata\r\r\n",
                "58..68 skipped: no data: no event",
                "68..70 partial, waiting for the empty line (message): da",
            ],
        );
        check("sse", b"data\r\r", &[r"0..6 message: data\r\r"]);
        check(
            "sse",
            b"data: a\r\n\r\n\ndata: b\n\n",
            &[
                r"0..11 message: data: a\r\n\r\n",
                "11..12 skipped: an empty line",
                r"12..21 message: data: b\n\n",
            ],
        );
        check(
            "sse",
            b"data: a\r",
            &[r"0..8 partial, waiting for the empty line (message): data: a\r"],
        );
        check(
            "sse max 8",
            b"data: abc\n\ndata:\n\n",
            &[
                "0..11 bad at 8: longer than the limit of 8 bytes",
                r"11..18 message: data:\n\n",
            ],
        );
    }

    #[test]
    fn the_data_of_all_lines_is_the_payload() {
        for (stream, payload) in [
            (&b"data: a\n:\ndata:  b\ndata\n\n"[..], &b"a\n b\n"[..]),
            (b"\xef\xbb\xbfdata: a\n\n", b"a"),
            (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\ndata:b\n\n", b"b"),
            (b"data: a\rdata: b\r\n\r\n", b"a\nb"),
        ] {
            let cut = cut("sse");
            let messages = run(&cut, stream, &[1]);
            assert_eq!(messages.len(), 1);
            assert_eq!(cut.rule.payload(&messages[0], stream), payload);
        }
        let long = format!("data: {}\ndata: b\n\n", "a".repeat(200_000));
        let messages = run(&cut("sse"), long.as_bytes(), &[777]);
        assert_eq!(messages.len(), 1);
        let payload = cut("sse").rule.payload(&messages[0], long.as_bytes());
        assert_eq!(payload.len(), 200_002);
    }

    #[test]
    fn data_is_text_without_carriage_returns() {
        let rule = cut("sse").rule;
        assert_eq!(rule.encode(b"a\nb").unwrap(), b"data: a\ndata: b\n\n");
        let refused = rule.encode(b"a\r").unwrap_err();
        assert_eq!(
            refused,
            "the data of an event cannot hold a carriage return"
        );
        assert_eq!(
            rule.encode(b"\xff").unwrap_err(),
            "the data of an event is UTF-8"
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "sse",
            b": hi\nevent: add\nretry: 10\nretry: x\nfoo: a: b\ndata\n\n",
            &[
                r#"0..4 comment "hi""#,
                r#"5..15 event "add""#,
                "16..25 retry 10",
                r#"26..34 retry "x""#,
                r#"35..44 foo "a: b""#,
                r#"45..49 data """#,
            ],
        );
    }
}
