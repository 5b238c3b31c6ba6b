//! `resp`: the serialization protocol of Redis, versions 2 and 3 (its documentation, "Redis serialization protocol
//! specification", and the RESP3 of <https://github.com/redis/redis-specifications>). Aggregates are counted, never
//! held.

mod tree;

use std::borrow::Cow;
use std::ops::Range;

use super::grammar::{Grammar, Part, Want};
use super::only::only_message;
use super::reader::Reader;
use super::{Cx, Decoder, Exchange, Flaw, Framing, Message, Rule, Side, Sight};
use crate::words::{Complaint, Words};

/// How deep aggregates may stand within each other.
const DEPTH_MAX: usize = 64;

/// The bytes that begin a value.
const SIGNS: &[u8] = b"+-:$*_#,(!=%~>|;.";

/// The row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resp;

/// The rule.
#[derive(Clone, Copy, Debug)]
struct Values {
    /// Lines of bare words are commands, too.
    inline: bool,
}

impl Framing for Resp {
    fn name(&self) -> &'static str {
        "resp"
    }

    fn usage(&self) -> &'static str {
        "resp [inline]"
    }

    fn help(&self) -> &'static str {
        "Redis, RESP 2 and 3: commands and values; inline: lines of bare words, too"
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        Some(if before.is_empty() { &["inline"] } else { &[] })
    }

    fn examples(&self) -> &'static [&'static str] {
        &["resp", "resp inline"]
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let inline = words.take("inline");
        Ok(Box::new(Values { inline }))
    }
}

impl Rule for Values {
    fn words(&self) -> String {
        let inline = if self.inline { " inline" } else { "" };
        format!("resp{inline}")
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Count {
            inline: self.inline,
            owed: Vec::new(),
            next: Next::Sign,
            flaw: None,
            end: None,
        }))
    }

    /// The payload is the value as it stands.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let message = only_message(self, payload).ok_or(r"not one whole value: `+OK\r\n` is")?;
        Ok(message.payload_in(payload).to_vec())
    }

    fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        // What is pushed answers nobody.
        let is_pushed = message
            .fields
            .first()
            .is_some_and(|value| value.name == tree::PUSH);
        Exchange::in_turn(sight).filter(|_| !is_pushed)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        tree::dissect(message, bytes, sight);
    }
}

/// What is owed of the aggregates that are open.
#[derive(Clone, Debug)]
struct Count {
    inline: bool,
    /// How many values of each are still to come, the outermost first; `None` of those that a `.` ends.
    owed: Vec<Option<u64>>,
    next: Next,
    /// The first value that is none: the message ends where its counts say all the same.
    flaw: Option<Flaw>,
    /// Where the message ends, if that is known.
    end: Option<Range<u64>>,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Sign,
    Line(u8),
    Inline(u8),
    Blob,
    Mark,
}

impl Count {
    fn sign(&mut self, part: &Part<'_>, cx: &Cx<'_>) -> Want {
        let &[sign] = part.bytes else {
            return Want::Bytes(1);
        };
        if SIGNS.contains(&sign) {
            self.next = Next::Line(sign);
            return Want::Through(b"\r\n");
        }
        let is_inline = self.inline || cx.sight().side == Some(Side::Client);
        if !is_inline || !self.owed.is_empty() {
            let why = format!("byte {sign:02x} begins no value");
            return Want::broken(why, part.range.start);
        }
        if sign == b'\n' {
            return empty_line(part);
        }
        self.next = Next::Inline(sign);
        Want::Through(b"\n")
    }

    fn line(&mut self, sign: u8, part: &Part<'_>) -> Want {
        let line = part.bytes.strip_suffix(b"\r\n");
        let at = part.range.start;
        match (sign, line) {
            (b'+' | b'-', _) => self.done(part),
            (b'$' | b'!' | b'=' | b';', Some(line)) => self.blob(sign, line, part),
            (b'*' | b'~' | b'>' | b'%' | b'|', Some(line)) => self.aggregate(sign, line, part),
            (b'.', Some(b"")) => self.close(part),
            (_, Some(line)) if is_scalar(sign, line) => self.done(part),
            _ => {
                let why = format!("not {}", tree::name_of_sign(sign));
                self.flaw.get_or_insert(Flaw { why, at });
                self.done(part)
            }
        }
    }

    /// A string whose length is told; the null string; or one that comes in chunks.
    fn blob(&mut self, sign: u8, line: &[u8], part: &Part<'_>) -> Want {
        match (sign, line, number(line)) {
            (b'$', b"-1", _) => self.done(part),
            (b'$', b"?", _) => self.open(None, part),
            (b';', _, Some(0)) => self.close(part),
            (_, _, Some(length)) => {
                if self.owed.is_empty() {
                    let end = part.range.end.saturating_add(length).saturating_add(2);
                    self.end = Some(part.start..end);
                }
                self.next = Next::Blob;
                Want::Pass(length)
            }
            _ => Want::broken("not the length of a string", part.range.start),
        }
    }

    fn aggregate(&mut self, sign: u8, line: &[u8], part: &Part<'_>) -> Want {
        let count = number(line);
        let count = match sign {
            b'%' => count.and_then(|count| count.checked_mul(2)),
            // The attributes stand before the value that they are about, and count as one with it.
            b'|' => count.and_then(|count| count.checked_mul(2)?.checked_add(1)),
            _ => count,
        };
        match (sign, line, count) {
            (b'*', b"-1", _) | (_, _, Some(0)) => self.done(part),
            (b'*' | b'~' | b'%', b"?", _) => self.open(None, part),
            (_, _, Some(count)) => self.open(Some(count), part),
            _ => Want::broken("not the length of an aggregate", part.range.start),
        }
    }

    fn open(&mut self, count: Option<u64>, part: &Part<'_>) -> Want {
        if self.owed.len() >= DEPTH_MAX {
            let why = format!("nested deeper than {DEPTH_MAX}");
            return Want::broken(why, part.range.start.saturating_sub(1));
        }
        self.owed.push(count);
        self.sign_next()
    }

    /// The end of an aggregate or a string whose length was not told.
    fn close(&mut self, part: &Part<'_>) -> Want {
        if self.owed.pop() == Some(None) {
            return self.done(part);
        }
        Want::broken("nothing is open that it could end", part.range.start - 1)
    }

    /// A value is whole, and perhaps all that hold it.
    fn done(&mut self, part: &Part<'_>) -> Want {
        while let Some(owed) = self.owed.last_mut() {
            let Some(count) = owed else {
                return self.sign_next();
            };
            *count = count.saturating_sub(1);
            if *count > 0 {
                return self.sign_next();
            }
            self.owed.pop();
        }
        let message = part.message(part.start..part.range.end);
        Want::Message(match self.flaw.take() {
            Some(flaw) => message.spoiled(flaw),
            None => message,
        })
    }

    fn sign_next(&mut self) -> Want {
        self.next = Next::Sign;
        Want::Bytes(1)
    }
}

impl Grammar for Count {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.owed.clear();
        self.flaw = None;
        self.end = None;
        self.sign_next()
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        match self.next {
            Next::Sign => self.sign(part, cx),
            Next::Line(sign) => self.line(sign, part),
            Next::Inline(b'\r') if part.bytes == b"\n" => empty_line(part),
            Next::Inline(_) => self.done(part),
            Next::Blob => {
                self.next = Next::Mark;
                Want::Bytes(2)
            }
            Next::Mark if part.bytes == b"\r\n" => self.done(part),
            Next::Mark => Want::broken("the string does not end in CRLF", part.range.start),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match (self.next, self.owed.last()) {
            (Next::Line(_) | Next::Inline(_), _) => "waiting for the end of the line".into(),
            (Next::Blob | Next::Mark, _) => "waiting for the rest of a string".into(),
            (Next::Sign, Some(Some(1))) => "waiting for 1 more value".into(),
            (Next::Sign, Some(Some(count))) => format!("waiting for {count} more values").into(),
            (Next::Sign, Some(None)) => "waiting for more values, up to `.`".into(),
            (Next::Sign, None) => "waiting for a value".into(),
        }
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.end.clone()
    }
}

/// Redis answers nothing to it.
fn empty_line(part: &Part<'_>) -> Want {
    Want::Message(Message::skipped(
        part.start..part.range.end,
        "an empty line",
    ))
}

/// A length: digits alone.
fn number(line: &[u8]) -> Option<u64> {
    let digits = line.iter().all(u8::is_ascii_digit).then_some(line)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Whether the rest of a line is what its sign says.
fn is_scalar(sign: u8, line: &[u8]) -> bool {
    let text = std::str::from_utf8(line).unwrap_or_default();
    let digits = line.strip_prefix(b"-").or(line.strip_prefix(b"+"));
    let digits = digits.unwrap_or(line);
    match sign {
        b':' => text.parse::<i64>().is_ok(),
        b'_' => line.is_empty(),
        b'#' => matches!(line, b"t" | b"f"),
        b',' => text.parse::<f64>().is_ok(),
        b'(' => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
