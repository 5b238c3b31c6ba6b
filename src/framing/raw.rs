//! `raw`: each read or datagram a message. Made for streams that nobody told a framing; the only one whose cut depends
//! on how the bytes arrived.

use std::time::Duration;

use super::grammar::over;
use super::message::byte_count;
use super::{Cx, Decoder, Flaw, Framing, Message, Rule, Unfinished};
use crate::words::{Complaint, Words};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw;

impl Framing for Raw {
    fn name(&self) -> &'static str {
        "raw"
    }

    fn usage(&self) -> &'static str {
        "raw"
    }

    fn help(&self) -> &'static str {
        "each read or datagram a message"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Raw {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reads::default())
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        Ok(payload.to_vec())
    }
}

/// One read after the other.
#[derive(Clone, Debug, Default)]
struct Reads {
    start: u64,
    at: u64,
}

impl Reads {
    fn close(&mut self, cx: &mut Cx<'_>) {
        if self.start == self.at {
            return;
        }
        let bytes = self.at - self.start;
        let range = self.start..self.at;
        let message = Message::new(range.clone(), range, byte_count(bytes));
        cx.emit(if bytes > cx.max() {
            let why = over(bytes, cx.max());
            message.spoiled(Flaw {
                why,
                at: self.start,
            })
        } else {
            message
        });
        self.start = self.at;
    }
}

impl Decoder for Reads {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.start == self.at {
            self.start = cx.at();
        }
        self.at = cx.at() + bytes.len() as u64;
        bytes.len()
    }

    fn boundary(&mut self, _time: Duration, cx: &mut Cx<'_>) {
        self.close(cx);
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        self.close(cx);
    }

    fn unfinished(&self) -> Option<Unfinished> {
        (self.start < self.at)
            .then(|| Unfinished::waiting(self.start, None, "waiting for the end of the read"))
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
