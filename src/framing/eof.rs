//! `eof`: all that a direction carries is one message, whole once the stream has ended. An empty stream is none.

use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Unfinished};
use crate::words::{Complaint, Words};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eof;

impl Framing for Eof {
    fn name(&self) -> &'static str {
        "eof"
    }

    fn usage(&self) -> &'static str {
        "eof"
    }

    fn help(&self) -> &'static str {
        "one message: all, up to the end"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Eof {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(All::default())
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        Ok(payload.to_vec())
    }
}

#[derive(Clone, Debug, Default)]
struct All {
    start: u64,
    at: u64,
    flaw: Option<Flaw>,
}

impl Decoder for All {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.start == self.at {
            self.start = cx.at();
        }
        self.at = cx.at() + bytes.len() as u64;
        if self.flaw.is_none() && self.at - self.start > cx.max() {
            let why = format!("longer than the limit of {} bytes", cx.max());
            self.flaw = Some(Flaw {
                why,
                at: self.start + cx.max(),
            });
        }
        bytes.len()
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        if self.start == self.at {
            return;
        }
        let range = self.start..self.at;
        let message = Message::new(range.clone(), range, "all");
        cx.emit(match self.flaw.take() {
            Some(flaw) => message.spoiled(flaw),
            None => message,
        });
        self.start = self.at;
    }

    fn unfinished(&self) -> Option<Unfinished> {
        (self.start < self.at).then(|| Unfinished {
            flaw: self.flaw.clone(),
            ..Unfinished::waiting(self.start, None, "waiting for the end of the stream")
        })
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
