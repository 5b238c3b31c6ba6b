//! `lsp`: the base protocol of the Language Server Protocol 3.17: headers, of which Content-Length must be there, then
//! a message of JSON-RPC 2.0. The cut does not look at the JSON.

use std::borrow::Cow;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::headers::headers;
use super::http1::{field_name, length_of};
use super::json::describe;
use super::lines::{Line, Lines, has_bare_end};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Exchange, Field, Framing, Message, Rule, Sight, Value, exchange};
use crate::words::{Complaint, Words};

/// The codes of errors, of JSON-RPC and of the Language Server Protocol.
const ERRORS: &[(i128, &str)] = &[
    (-32_700, "parse error"),
    (-32_600, "invalid request"),
    (-32_601, "method not found"),
    (-32_602, "invalid params"),
    (-32_603, "internal error"),
    (-32_002, "server not initialized"),
    (-32_001, "unknown error code"),
    (-32_803, "request failed"),
    (-32_802, "server cancelled"),
    (-32_801, "content modified"),
    (-32_800, "request cancelled"),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lsp;

impl Framing for Lsp {
    fn name(&self) -> &'static str {
        "lsp"
    }

    fn usage(&self) -> &'static str {
        "lsp"
    }

    fn help(&self) -> &'static str {
        "Language Server Protocol: Content-Length, then JSON"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Lsp {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Head::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let head = format!("Content-Length: {}\r\n\r\n", payload.len());
        Ok([head.as_bytes(), payload].concat())
    }

    fn exchange(&self, message: &Message, _sight: Sight) -> Option<Exchange> {
        let asks = exchange::field(message, "method").is_some();
        Exchange::by(asks, message, "id")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let is_whole = headers(&mut dissect) == Some(true);
        if !is_whole {
            message.fields = dissect.finish();
            return;
        }
        let content = dissect.rest().len();
        let head = bytes.get(..bytes.len() - content).unwrap_or_default();
        describe(message, dissect);
        let words = message.fields.last_mut().and_then(|content| {
            name_error(content);
            words_of(&content.fields)
        });
        let mut note = words.unwrap_or_else(|| std::mem::take(&mut message.note).into_owned());
        if note.is_empty() {
            note = byte_count(content as u64);
        }
        if has_bare_end(head) {
            note.push_str(", bare LF");
        }
        message.note = note.into();
    }
}

/// Adds to the code of an error what it stands for.
fn name_error(content: &mut Field) -> Option<()> {
    let code = part_of(part_of(content, "error")?, "code")?;
    if let Value::Number(number) = code.value {
        let (_, name) = ERRORS.iter().find(|(code, _)| *code == number)?;
        code.value = Value::Named(number, (*name).into());
    }
    Some(())
}

fn part_of<'f>(whole: &'f mut Field, name: &str) -> Option<&'f mut Field> {
    whole.fields.iter_mut().find(|part| part.name == name)
}

/// What a message is, by the members at its top.
fn words_of(fields: &[Field]) -> Option<String> {
    let id = text(fields, "id").map(|id| format!(", id {id}"));
    if let Some(method) = text(fields, "method") {
        return Some(format!("{method}{}", id.unwrap_or_default()));
    }
    let Some(error) = fields.iter().find(|field| field.name == "error") else {
        return id.map(|id| format!("reply{id}"));
    };
    let code = text(&error.fields, "code").unwrap_or_default();
    let why = text(&error.fields, "message").unwrap_or_default();
    Some(format!("error {code}: {why}{}", id.unwrap_or_default()))
}

fn text(fields: &[Field], name: &str) -> Option<String> {
    let field = fields.iter().find(|field| field.name == name)?;
    match &field.value {
        Value::Number(number) => Some(number.to_string()),
        Value::Named(number, name) => Some(format!("{number} {name}")),
        Value::Text(text) => Some(text.clone()),
        Value::Word(word) => Some(word.to_string()),
        Value::Bytes => None,
    }
}

#[derive(Clone, Debug, Default)]
struct Head {
    lines: Lines,
    length: Option<u64>,
    /// The line is the empty one that ends the head.
    is_last: bool,
}

impl Head {
    fn field(&mut self, line: &[u8]) -> Result<(), (String, usize)> {
        let (name, at) = field_name(line)?;
        if !name.eq_ignore_ascii_case(b"content-length") {
            return Ok(());
        }
        let length = length_of(line.get(at..).unwrap_or_default()).map_err(|why| (why, at))?;
        match self.length.replace(length) {
            Some(other) if other != length => {
                Err((format!("Content-Length {other} and {length}"), at))
            }
            _ => Ok(()),
        }
    }
}

impl Grammar for Head {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        Lines::want()
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match self.lines.take(part) {
            Line::Text(line, want) => {
                self.is_last = line.is_empty();
                match self.field(line) {
                    Err((why, at)) if !self.is_last => {
                        Want::broken(why, part.range.start + at as u64)
                    }
                    _ => want,
                }
            }
            Line::Over if self.is_last => {
                let Some(length) = self.length else {
                    return Want::broken("no Content-Length", part.range.start);
                };
                let start = part.range.end;
                match start.checked_add(length) {
                    Some(end) => Want::Message(Message::new(part.start..end, start..end, "")),
                    None => Want::broken("a content longer than a stream can be", part.start),
                }
            }
            Line::Over => Lines::want(),
            Line::Goes(want) => want,
            Line::Broken(flaw) => Want::Broken(flaw),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the end of the head".into()
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    /// A message with this content.
    fn framed(content: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{content}", content.len())
    }

    #[test]
    fn requests_replies_and_notifications() {
        for (content, note) in [
            (
                r#"{"id":1,"method":"initialize","params":{"id":[2,"}"]}}"#,
                "initialize, id 1",
            ),
            (
                r#"{"params":["}",{"id":9}],"id":1,"method":"m"}"#,
                "m, id 1",
            ),
            (r#"{ "method" : "exit" }"#, "exit"),
            (r#"{"id":"a\"b","result":null}"#, r#"reply, id a"b"#),
            (
                r#"{"id":2,"error":{"code":-32601,"message":"no"}}"#,
                "error -32601 method not found: no, id 2",
            ),
            (
                r#"{"error":{"code":7,"message":"no"},"id":null}"#,
                "error 7: no, id null",
            ),
            (r#"{"error":"no"}"#, "error : "),
            ("{}", "{}"),
            (r#"[{"id":1},{"id":2}]"#, "[{…}, {…}]"),
            (r#"{"id":1"#, "reply, id 1"),
            ("", "0 bytes"),
        ] {
            let stream = framed(content);
            let shown = content.as_bytes().escape_ascii();
            let expected = format!("0..{} {note}: {shown}", stream.len());
            check("lsp", stream.as_bytes(), &[&expected]);
        }
    }

    #[test]
    fn heads() {
        check(
            "lsp",
            b"Content-Type: a\r\ncontent-length:2\r\n\r\n{}Content-Length: 0\n\nContent-Length: 9\r\n\r\n{\"id\":1,",
            &[
                "0..39 {}: {}",
                "39..58 0 bytes, bare LF: ",
                "58..87 partial -1, waiting for 1 more byte (reply, id 1): {\\\"id\\\":1,",
            ],
        );
        for (head, why) in [
            ("\r\n", "bad at 1: no Content-Length"),
            ("A: b\r\n\r\n", "bad at 7: no Content-Length"),
            ("{}\r\n", "bad at 0: a header without a name"),
            (
                "Content-Length: x\r\n",
                "bad at 15: Content-Length `x` is no number",
            ),
            (
                "Content-Length: 1\r\nContent-Length: 2\r\n",
                "bad at 34: Content-Length 1 and 2",
            ),
            (
                "Content-Length: 18446744073709551615\r\n\r\n",
                "bad at 0: a content longer than a stream can be",
            ),
            ("Content-Length: 1\rx", "bad at 17: a CR without LF"),
        ] {
            check(
                "lsp",
                head.as_bytes(),
                &[&format!("0..{} {why}", head.len())],
            );
        }
        let long = format!("{}{}", framed("123456"), framed("1"));
        check(
            "lsp max 25",
            long.as_bytes(),
            &[
                "0..27 bad at 0: a message of 27 bytes, over the limit of 25",
                "27..49 1: 1",
            ],
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "lsp",
            framed(r#"{"id":2,"error":{"code":-32700,"message":"no"}, "a":[1]}"#).as_bytes(),
            &[
                r#"0..18 content-length "56""#,
                "22..78 object",
                "  28..29 id 2",
                "  38..68 error",
                "    46..52 code -32700 parse error",
                r#"    63..67 message "no""#,
                "  74..77 a",
                "    75..76 [0] 1",
            ],
        );
    }
}
