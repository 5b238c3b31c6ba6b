//! `json`: JSON texts one behind the other (RFC 8259), with or without blanks between, which are skipped. A number ends
//! by what follows. A text that breaks reaches to where its brackets close or to a line that begins with one.

mod text;
mod tree;

use super::dissect::Dissect;
use super::only::as_it_is;
use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Sight, Status, Unfinished};
use crate::words::{Complaint, Words};

pub(super) use text::{End, Text};
pub(super) use tree::describe;

/// Why blanks are skipped.
const BLANKS: &str = "blanks";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json;

impl Framing for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn usage(&self) -> &'static str {
        "json"
    }

    fn help(&self) -> &'static str {
        "JSON texts one behind the other, line by line or not"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Json {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Texts::default())
    }

    /// A number is followed by a line feed, without which nobody would know that it has ended.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut bytes = as_it_is(self, payload, "one JSON text")?;
        if bytes.last().is_some_and(u8::is_ascii_digit) {
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        if !matches!(message.status, Status::Skipped { .. }) {
            describe(message, Dissect::new(message, bytes));
        }
    }
}

/// Whether the byte means nothing between two values.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[derive(Clone, Debug, Default)]
struct Texts {
    start: u64,
    at: u64,
    state: State,
    max: u64,
}

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Between,
    Blanks,
    Text(Text),
    Rubble(Rubble, Flaw),
}

impl Texts {
    /// Leaves the message that ends here.
    fn leave(&mut self, mut message: Message, cx: &mut Cx<'_>) {
        message.range.end = self.at;
        message.payload.end = self.at;
        self.start = self.at;
        self.state = State::Between;
        cx.emit(message);
    }

    /// The text is whole.
    fn whole(&mut self, cx: &mut Cx<'_>) {
        let range = self.start..self.at;
        let message = Message::new(range.clone(), range, "");
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

    /// Takes some of the bytes: how many, and whether a message was left.
    fn step(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> (usize, bool) {
        match &mut self.state {
            State::Between => {
                let blank = bytes.first().is_some_and(|byte| is_blank(*byte));
                self.state = if blank {
                    State::Blanks
                } else {
                    State::Text(Text::default())
                };
                (0, false)
            }
            State::Blanks => {
                let count = bytes.iter().take_while(|byte| is_blank(**byte)).count();
                self.at += count as u64;
                if count < bytes.len() {
                    self.leave(Message::skipped(self.start..self.at, BLANKS), cx);
                }
                (count, count < bytes.len())
            }
            State::Text(text) => {
                let (count, end) = text.read(bytes);
                self.at += count as u64;
                match end {
                    None => {}
                    Some(End::Whole) => self.whole(cx),
                    Some(End::Broken(why)) => {
                        let rubble = Rubble::of(text);
                        self.state = State::Rubble(rubble, Flaw { why, at: self.at });
                        return (count, false);
                    }
                }
                (count, matches!(self.state, State::Between))
            }
            State::Rubble(rubble, flaw) => {
                let (count, is_over) = rubble.pass(bytes);
                self.at += count as u64;
                if is_over {
                    let bad = Message::bad(self.start..self.at, flaw.why.clone(), flaw.at);
                    self.leave(bad, cx);
                }
                (count, is_over)
            }
        }
    }
}

impl Decoder for Texts {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if matches!(self.state, State::Between) {
            self.start = cx.at();
        }
        self.at = cx.at();
        self.max = cx.max();
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            let (count, is_left) = self.step(rest, cx);
            taken += count;
            if is_left {
                break;
            }
        }
        taken
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        match &self.state {
            State::Blanks => self.leave(Message::skipped(self.start..self.at, BLANKS), cx),
            State::Text(text) if text.ends_here() => self.whole(cx),
            _ => {}
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        match &self.state {
            State::Between => None,
            State::Blanks => Some(Unfinished::skipping(self.start, BLANKS)),
            State::Text(text) => Some(Unfinished {
                flaw: self.long(),
                ..Unfinished::waiting(self.start, None, text.waits())
            }),
            State::Rubble(_, flaw) => Some(Unfinished::broken(self.start, flaw.clone())),
        }
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// What is left of a text behind the byte that broke it: only brackets, quotes and lines count.
#[derive(Clone, Debug)]
struct Rubble {
    depth: usize,
    is_quoted: bool,
    is_escaped: bool,
    at_line: bool,
}

impl Rubble {
    fn of(text: &Text) -> Self {
        Self {
            depth: text.depth(),
            is_quoted: text.is_quoted(),
            is_escaped: false,
            at_line: text.is_at_line(),
        }
    }

    /// How many of the bytes belong to it, and whether it ends with them: where the last bracket closes, with a line
    /// outside of brackets, or before a line that begins with a bracket, as texts do that stand on lines of their own.
    fn pass(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, byte) in bytes.iter().enumerate() {
            if self.at_line && matches!(byte, b'{' | b'[') {
                return (at, true);
            }
            if self.takes_last(*byte) {
                return (at + 1, true);
            }
            self.at_line = *byte == b'\n';
        }
        (bytes.len(), false)
    }

    fn takes_last(&mut self, byte: u8) -> bool {
        let was_escaped = std::mem::replace(&mut self.is_escaped, false);
        match byte {
            // No string goes over a line, so that this one was not closed.
            b'\n' => {
                self.is_quoted = false;
                return self.depth == 0;
            }
            _ if was_escaped => {}
            b'\\' => self.is_escaped = self.is_quoted,
            b'"' => self.is_quoted = !self.is_quoted,
            _ if self.is_quoted => {}
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests;
