//! `imap`: commands and responses of IMAP (RFC 9051, 2.2; RFC 3501): lines that go on behind the literals which they
//! announce (RFC 9051, 4.3; RFC 7888). That a server may refuse a literal is left out: it is assumed to be sent.

use std::borrow::Cow;

use super::dissect::{Dissect, text_of};
use super::grammar::{Grammar, Part, Want};
use super::headed::{body_text, line_of, number_of};
use super::reader::Reader;
use super::reply::is_tls;
use super::{Cx, Decoder, Exchange, Framing, Message, Rule, Sight, Status, Tie, Value};
use crate::words::{Complaint, Words};

/// What a response is that only tells how something went.
const STATUSES: &[&[u8]] = &[b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];

/// Tags of lines that belong to no command.
const UNTAGGED: [&str; 2] = ["*", "+"];

/// The most digits of a literal's length: all of 64 bits.
const DIGITS_MAX: usize = 20;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Imap;

impl Framing for Imap {
    fn name(&self) -> &'static str {
        "imap"
    }

    fn usage(&self) -> &'static str {
        "imap"
    }

    fn help(&self) -> &'static str {
        "IMAP: lines, with the literals {n} that they announce"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Imap {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Lines::default()))
    }

    /// The payload is a whole command or response, line's end and literals and all.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut cx = Cx::new(0, u64::MAX, Sight::default());
        let taken = self.decoder().feed(payload, &mut cx);
        match cx.take().as_slice() {
            [message] if message.status == Status::Ok && taken == payload.len() => {
                Ok(payload.to_vec())
            }
            _ => Err("not one whole line of IMAP, with its end and its literals".to_owned()),
        }
    }

    fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        let is_tagged = |exchange: &Exchange| !UNTAGGED.map(Tie::of).contains(&exchange.tie);
        Exchange::by_side(sight, message, "tag").filter(is_tagged)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        if is_tls(bytes) {
            message.note = "TLS from here on".into();
            return;
        }
        if memchr::memchr(b'\n', bytes).is_none() {
            return;
        }
        let mut dissect = Dissect::new(message, bytes);
        told(&mut dissect);
        message.fields = dissect.finish();
        let line = bytes.split(|byte| *byte == b'\n').next();
        message.note = text_of(line_of(line.unwrap_or_default())).into();
    }
}

/// Names tag, command or response, and behind them arguments and literals in turn.
fn told(dissect: &mut Dissect<'_>) -> Option<()> {
    let tag = word(dissect, "tag")?;
    if tag == b"+" {
        return rest_of(dissect, "text");
    }
    let mut next = peek(dissect);
    if tag == b"*"
        && let Some(number) = number_of(next).filter(|_| !next.is_empty())
    {
        dissect.skip(next.len())?;
        dissect.name("number", next.len(), Value::Number(number.into()))?;
        blank(dissect);
        next = peek(dissect);
    }
    if STATUSES
        .iter()
        .any(|status| status.eq_ignore_ascii_case(next))
    {
        word(dissect, "status")?;
        if dissect.rest().starts_with(b"[")
            && let Some(end) = memchr::memchr(b']', line_ahead(dissect))
        {
            dissect.text("code", end + 1)?;
            blank(dissect);
        }
        return rest_of(dissect, "text");
    }
    if tag == b"*" {
        word(dissect, "response")?;
    } else if next.eq_ignore_ascii_case(b"UID") {
        // The command is the word behind it.
        word(dissect, "by")?;
        word(dissect, "command")?;
    } else {
        word(dissect, "command")?;
    }
    rest_of(dissect, "arguments")
}

/// Names what is left, literals apart.
fn rest_of(dissect: &mut Dissect<'_>, name: &'static str) -> Option<()> {
    while !dissect.is_done() {
        let whole = dissect.rest();
        let end = memchr::memchr(b'\n', whole).map_or(whole.len(), |end| end + 1);
        let whole = whole.get(..end)?;
        let line = line_of(whole);
        if !line.is_empty() {
            body_text(dissect, name, line.len())?;
        }
        dissect.skip(whole.len() - line.len())?;
        if let Some(length) = literal_of(whole).and_then(number_of) {
            let at_hand = dissect.rest().len();
            let length = usize::try_from(length).map_or(at_hand, |length| length.min(at_hand));
            body_text(dissect, "literal", length)?;
        }
    }
    Some(())
}

fn word<'a>(dissect: &mut Dissect<'a>, name: &'static str) -> Option<&'a [u8]> {
    let word = peek(dissect);
    if !word.is_empty() {
        dissect.text(name, word.len())?;
    }
    blank(dissect);
    Some(word)
}

/// The next word of the line.
fn peek<'a>(dissect: &Dissect<'a>) -> &'a [u8] {
    let line = line_ahead(dissect);
    let width = memchr::memchr(b' ', line).unwrap_or(line.len());
    line.get(..width).unwrap_or_default()
}

fn line_ahead<'a>(dissect: &Dissect<'a>) -> &'a [u8] {
    let line = dissect.rest().split(|byte| *byte == b'\n').next();
    line_of(line.unwrap_or_default())
}

fn blank(dissect: &mut Dissect<'_>) {
    if dissect.rest().starts_with(b" ") {
        dissect.skip(1);
    }
}

/// The digits of the length of the literal that a line announces at its end.
fn literal_of(line: &[u8]) -> Option<&[u8]> {
    let line = line_of(line).strip_suffix(b"}")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let line = line.strip_suffix(b"-").unwrap_or(line);
    let open = memchr::memrchr(b'{', line)?;
    let digits = line.get(open + 1..)?;
    let is_length =
        (1..=DIGITS_MAX).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_length.then_some(digits)
}

#[derive(Clone, Debug, Default)]
struct Lines {
    state: State,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    First,
    Line,
    /// So many bytes.
    Literal(u64),
    Tls,
}

impl Grammar for Lines {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.state = State::First;
        Want::Through(b"\n")
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match self.state {
            State::Literal(_) => {
                self.state = State::Line;
                return Want::Through(b"\n");
            }
            State::First if is_tls(part.bytes) => {
                self.state = State::Tls;
                return Want::Rest;
            }
            _ => {}
        }
        let Some(digits) = literal_of(part.last) else {
            return Want::Message(part.message(part.start..part.range.end));
        };
        let Some(length) = number_of(digits) else {
            let why = "the length of the literal has more than 64 bits";
            return Want::broken(why, part.start);
        };
        self.state = State::Literal(length);
        Want::Pass(length)
    }

    fn waits(&self, came: u64) -> Cow<'static, str> {
        match self.state {
            State::First | State::Line => "waiting for the end of the line".into(),
            State::Literal(length) => format!("{came} of {length} bytes of a literal").into(),
            State::Tls => "TLS from here on".into(),
        }
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        matches!(self.state, State::Tls).then(|| part.message(part.start..part.range.end))
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields, cut};

    #[test]
    fn lines_and_literals() {
        check(
            "imap",
            b"a LOGIN {2}\r\nx{ {3+}\r\n{9}\r\n* 1 FETCH (X ~{2-}\n\r\n)\n",
            &[
                r"0..27 a LOGIN {2}: a LOGIN {2}\r\nx{ {3+}\r\n{9}\r\n",
                r"27..50 * 1 FETCH (X ~{2-}: * 1 FETCH (X ~{2-}\n\r\n)\n",
            ],
        );
        check(
            "imap",
            b"a X {0}\r\n\r\nb {x}\r\n{}\r\n+ {1}y\r\n",
            &[
                r"0..11 a X {0}: a X {0}\r\n\r\n",
                r"11..18 b {x}: b {x}\r\n",
                r"18..22 {}: {}\r\n",
                r"22..30 + {1}y: + {1}y\r\n",
            ],
        );
    }

    #[test]
    fn what_is_not_whole() {
        check(
            "imap",
            b"a LOGIN {5}\r\nab",
            &[r"0..15 partial, 2 of 5 bytes of a literal (a LOGIN {5}): a LOGIN {5}\r\nab"],
        );
        check(
            "imap",
            b"a LO",
            &["0..4 partial, waiting for the end of the line: a LO"],
        );
    }

    #[test]
    fn what_breaks_the_rule() {
        check(
            "imap",
            b"a {99999999999999999999}\r\nb",
            &["0..27 bad at 0: the length of the literal has more than 64 bits"],
        );
        check(
            "imap max 9",
            b"a {3}\r\nxyz\r\nb OK\r\n",
            &[
                "0..12 bad at 9: longer than the limit of 9 bytes",
                r"12..18 b OK: b OK\r\n",
            ],
        );
    }

    #[test]
    fn the_literal_of_a_long_line_is_seen() {
        let long = "x".repeat(70_000);
        let stream = format!("a {long} {{4}}\r\n1\r\n2\r\nb OK\r\n");
        let cut = cut("imap");
        for lengths in [&[80_000][..], &[1], &[65_536, 3], &[65_535, 69_000]] {
            let messages = crate::framing::tests::run(&cut, stream.as_bytes(), lengths);
            let ends: Vec<_> = messages.iter().map(|message| message.range.end).collect();
            assert_eq!(ends, [70_014, 70_020], "{lengths:?}");
        }
    }

    #[test]
    fn fields() {
        check_fields(
            "imap",
            b"* OK [UIDNEXT 4] hi\r\n* 2 FETCH (X {1}\r\na)\r\nb UID STORE 1\r\n+ go\r\n",
            &[
                r#"0..1 tag "*""#,
                r#"2..4 status "OK""#,
                r#"5..16 code "[UIDNEXT 4]""#,
                r#"17..19 text "hi""#,
                r#"21..22 tag "*""#,
                "23..24 number 2",
                r#"25..30 response "FETCH""#,
                r#"31..37 arguments "(X {1}""#,
                r#"39..40 literal "a""#,
                r#"40..41 arguments ")""#,
                r#"43..44 tag "b""#,
                r#"45..48 by "UID""#,
                r#"49..54 command "STORE""#,
                r#"55..56 arguments "1""#,
                r#"58..59 tag "+""#,
                r#"60..62 text "go""#,
            ],
        );
    }
}
