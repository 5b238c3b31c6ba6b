//! `line`: text lines ended by LF or CRLF; of `\r\r\n` one CR stays in the line.

use super::delim::delimiter;
use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Sight, Unfinished};
use crate::words::{Complaint, Words};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line;

impl Framing for Line {
    fn name(&self) -> &'static str {
        "line"
    }

    fn usage(&self) -> &'static str {
        "line"
    }

    fn help(&self) -> &'static str {
        "a line ended by LF or CRLF, without that end"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Line {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Lines::default())
    }

    /// Ends in LF, and in CRLF where the payload's own CR would be taken for a part of the end.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.contains(&b'\n') {
            return Err("a line cannot hold a line feed".to_owned());
        }
        let end: &[u8] = if payload.ends_with(b"\r") {
            b"\r\n"
        } else {
            b"\n"
        };
        Ok([payload, end].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        delimiter(message, bytes, "line", [b"\r\n".as_slice(), b"\n"]);
    }
}

/// One line after the other; a long one is not kept.
#[derive(Clone, Debug, Default)]
struct Lines {
    start: u64,
    at: u64,
    /// The last byte that came was a CR.
    is_return: bool,
    max: u64,
}

impl Lines {
    /// The line whose LF stands at `at` of the stream, behind a CR or not.
    #[inline]
    fn leave(&mut self, at: u64, is_return: bool, cx: &mut Cx<'_>) {
        let end = at + 1;
        let (range, payload) = (self.start..end, self.start..at - u64::from(is_return));
        match self.flaw(end) {
            None => cx.emit_good(range, payload),
            Some(flaw) => cx.emit(Message::bad(range, flaw.why, flaw.at)),
        }
        self.start = end;
        self.at = end;
    }

    #[inline]
    fn flaw(&self, end: u64) -> Option<Flaw> {
        (end - self.start > self.max).then(|| Flaw {
            why: format!("longer than the limit of {} bytes", self.max),
            at: self.start + self.max,
        })
    }
}

impl Decoder for Lines {
    #[inline]
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.start == self.at {
            self.start = cx.at();
        }
        self.max = cx.max();
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            self.at = cx.at() + bytes.len() as u64;
            self.is_return = bytes.last() == Some(&b'\r');
            return bytes.len();
        };
        let is_return = match end.checked_sub(1) {
            Some(before) => bytes.get(before) == Some(&b'\r'),
            None => self.is_return && self.start < self.at,
        };
        self.leave(cx.at() + end as u64, is_return, cx);
        end + 1
    }

    fn feed_all(&mut self, bytes: &[u8], cx: &mut Cx<'_>) {
        let mut rest = bytes;
        let lines = memchr::memchr_iter(b'\n', rest).count();
        // The first ends what has begun; lines that nobody wants to see are counted, not made.
        let passed = lines.saturating_sub(cx.keep());
        if passed > 0
            && let Some(end) = memchr::memrchr_iter(b'\n', rest).nth(cx.keep())
            && let Some(later) = rest.get(end + 1..)
        {
            cx.advance(end as u64 + 1);
            cx.pass_over(passed as u64, cx.at());
            self.start = cx.at();
            self.at = self.start;
            rest = later;
        }
        while !rest.is_empty() {
            let taken = self.feed(rest, cx);
            cx.advance(taken as u64);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        (self.start < self.at).then(|| Unfinished {
            flaw: self.flaw(self.at),
            ..Unfinished::waiting(self.start, None, "waiting for the end of the line")
        })
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
