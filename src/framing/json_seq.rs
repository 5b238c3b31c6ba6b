//! `json-seq`: JSON text sequences (RFC 7464): RS, a JSON text, LF. Each RS begins anew, whatever was before it. A text
//! without LF may be cut short; that does not matter where its own last byte tells its end.

use super::dissect::Dissect;
use super::json::{self, End, Text, describe, is_blank};
use super::only::as_it_is;
use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Sight, Status, Unfinished};
use crate::words::{Complaint, Words};

const RS: u8 = 0x1e;

/// Why an RS is skipped.
const EMPTY: &str = "no text behind the RS";

/// Why blanks are skipped.
const BLANKS: &str = "blanks";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct JsonSeq;

impl Framing for JsonSeq {
    fn name(&self) -> &'static str {
        "json-seq"
    }

    fn usage(&self) -> &'static str {
        "json-seq"
    }

    fn help(&self) -> &'static str {
        "JSON texts, each between the byte 1e and a line feed"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for JsonSeq {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Sequence::default())
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let text = as_it_is(&json::Json, payload, "one JSON text")?;
        Ok([&[RS], text.as_slice(), b"\n"].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        if matches!(message.status, Status::Skipped { .. }) {
            return;
        }
        let mut dissect = Dissect::new(message, bytes);
        if bytes.first() == Some(&RS) {
            dissect.skip(1);
        }
        describe(message, dissect);
    }
}

#[derive(Clone, Debug, Default)]
struct Sequence {
    start: u64,
    at: u64,
    state: State,
    max: u64,
}

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Between,
    /// Behind a text and its LF.
    Blanks,
    /// Behind an RS.
    Marked,
    Text(Text),
    /// The text is whole; what tells that it was not cut short is to come.
    Told {
        end: u64,
        /// It is a number or a word, which may go on.
        is_bare: bool,
    },
    Broken(Flaw),
}

impl Sequence {
    fn leave(&mut self, message: Message, cx: &mut Cx<'_>) {
        self.start = self.at;
        self.state = State::Between;
        cx.emit(message);
    }

    /// Leaves the message, whose text ends at `end`.
    fn whole(&mut self, end: u64, cx: &mut Cx<'_>) {
        let payload = self.start + 1..end;
        let message = Message::new(self.start..self.at, payload, "");
        let message = match self.long() {
            Some(flaw) => message.spoiled(flaw),
            None => message,
        };
        self.leave(message, cx);
    }

    fn long(&self) -> Option<Flaw> {
        (self.at - self.start > self.max).then(|| Flaw {
            why: format!("longer than the limit of {} bytes", self.max),
            at: self.start + self.max,
        })
    }

    fn bad(&mut self, why: impl Into<String>) {
        let (why, at) = (why.into(), self.at);
        self.state = State::Broken(Flaw { why, at });
    }

    /// An RS follows: what has begun ends before it.
    fn cut(&mut self, cx: &mut Cx<'_>) {
        let range = self.start..self.at;
        match &self.state {
            State::Between => {}
            State::Blanks => self.leave(Message::skipped(range, BLANKS), cx),
            State::Marked => self.leave(Message::skipped(range, EMPTY), cx),
            State::Told {
                end,
                is_bare: false,
            } => self.whole(*end, cx),
            State::Text(text) if !text.ends_here() => {
                let why = "the next RS before the end of the text";
                self.leave(Message::bad(range, why, self.at), cx);
            }
            State::Text(_) | State::Told { .. } => {
                let why = "no line feed behind a number or word, which may be cut short";
                self.leave(Message::bad(range, why, self.at), cx);
            }
            State::Broken(Flaw { why, at }) => {
                self.leave(Message::bad(range, why.clone(), *at), cx);
            }
        }
    }

    /// Takes some of the bytes, none of which is an RS.
    fn step(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        let blanks = || bytes.iter().take_while(|byte| is_blank(**byte)).count();
        let mut count = 0;
        match &mut self.state {
            State::Between if blanks() > 0 => self.state = State::Blanks,
            State::Between => self.bad("no RS before the text"),
            State::Blanks => {
                count = blanks();
                self.at += count as u64;
                if count < bytes.len() {
                    self.leave(Message::skipped(self.start..self.at, BLANKS), cx);
                }
            }
            State::Marked => {
                count = blanks();
                self.at += count as u64;
                if count < bytes.len() {
                    self.state = State::Text(Text::default());
                }
            }
            State::Text(text) => {
                let (read, end) = text.read(bytes);
                let last = read.checked_sub(1).and_then(|last| bytes.get(last));
                let is_bare = !matches!(last, Some(b'}' | b']' | b'"'));
                count = read;
                self.at += count as u64;
                let at = self.at;
                match end {
                    None => {}
                    Some(End::Whole) => self.state = State::Told { end: at, is_bare },
                    Some(End::Broken(why)) => self.bad(why),
                }
            }
            State::Told { end, .. } => match bytes.first() {
                Some(b'\n') => {
                    let end = *end;
                    count = 1;
                    self.at += 1;
                    self.whole(end, cx);
                }
                Some(byte) if is_blank(*byte) => {
                    let (end, is_bare) = (*end, false);
                    count = 1;
                    self.at += 1;
                    self.state = State::Told { end, is_bare };
                }
                _ => self.bad("more behind the text"),
            },
            State::Broken(_) => {
                count = bytes.len();
                self.at += count as u64;
            }
        }
        count
    }
}

impl Decoder for Sequence {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if matches!(self.state, State::Between) {
            self.start = cx.at();
        }
        self.at = cx.at();
        self.max = cx.max();
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let (start, is_between) = (self.start, matches!(self.state, State::Between));
            if *first == RS && is_between {
                self.state = State::Marked;
                self.at += 1;
                rest = rest.get(1..).unwrap_or_default();
            } else if *first == RS {
                self.cut(cx);
            } else {
                let piece = memchr::memchr(RS, rest).and_then(|end| rest.get(..end));
                let count = self.step(piece.unwrap_or(rest), cx);
                rest = rest.get(count..).unwrap_or_default();
            }
            if self.start > start {
                break;
            }
        }
        bytes.len() - rest.len()
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        match self.state {
            State::Told { is_bare: false, .. } | State::Blanks => self.cut(cx),
            _ => {}
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        let waiting = |waits: String| Unfinished {
            flaw: self.long(),
            payload: (self.start + 1).min(self.at),
            ..Unfinished::waiting(self.start, None, waits)
        };
        match &self.state {
            State::Between => None,
            State::Blanks => Some(Unfinished::skipping(self.start, BLANKS)),
            State::Marked => Some(waiting("waiting for a JSON text".to_owned())),
            State::Text(text) => Some(waiting(text.waits())),
            State::Told { .. } => Some(waiting("waiting for a line feed".to_owned())),
            State::Broken(flaw) => Some(Unfinished::broken(self.start, flaw.clone())),
        }
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    #[test]
    fn texts_and_what_is_none() {
        check(
            "json-seq",
            b"\x1e{}\n\x1e [1,\n2] \r\n\n\x1e\x1etrue\n\x1e\"a\"",
            &[
                r"0..4 {}: {}",
                r"4..15 [1, 2]:  [1,\n2]",
                "15..16 skipped: blanks",
                "16..17 skipped: no text behind the RS",
                "17..23 true: true",
                r#"23..27 "a": \"a\""#,
            ],
        );
        check(
            "json-seq",
            b"x\n\x1e{\x1e1\x1e[1] 2\n\x1etrux\n\x1e{}\x1e12\n\x1e1",
            &[
                "0..2 bad at 0: no RS before the text",
                "2..4 bad at 4: the next RS before the end of the text",
                "4..6 bad at 6: no line feed behind a number or word, which may be cut short",
                "6..13 bad at 11: more behind the text",
                "13..19 bad at 17: `x` where true, false or null must go on",
                r"19..22 {}: {}",
                r"22..26 12: 12",
                r"26..28 partial, waiting for what ends the number (1): 1",
            ],
        );
        check(
            "json-seq max 4",
            b"\x1e[1]\n\x1e1\n\x1e[1,2",
            &[
                "0..5 bad at 4: longer than the limit of 4 bytes",
                "5..8 1: 1",
                "8..13 bad at 12: longer than the limit of 4 bytes",
            ],
        );
        check(
            "json-seq",
            b"\x1e",
            &["0..1 partial, waiting for a JSON text: "],
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "json-seq",
            b"\x1e{\"a\":1}\n",
            &["1..8 object", "  6..7 a 1"],
        );
    }
}
