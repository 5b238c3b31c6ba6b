//! Frames that end in a byte which stands nowhere within them, because what would be it was put otherwise (stuffed).
//! The end is looked for as fast as memory gives the bytes; what stuffing forbids is each rule's own affair.

use std::fmt::Debug;

use memchr::{memchr, memchr_iter};

use super::dissect::Dissect;
use super::{Cx, Decoder, Field, Flaw, Message, Unfinished, Value};

/// How a rule stuffs, and what it remembers of the frame that has begun.
pub(super) trait Stuffing: Clone + Debug + Default + 'static {
    /// The byte that ends a frame and stands nowhere in it.
    const END: u8;

    /// What an unfinished frame waits for.
    const WAITS: &'static str;

    /// Why ends without a frame are skipped.
    const EMPTY: &'static str;

    /// Sees the next bytes of the frame, none of them the end; the first stands at `at`.
    fn look(&mut self, bytes: &[u8], at: u64) -> Option<Flaw>;

    /// The frame ends with the byte at `at`.
    fn close(&mut self, _at: u64) -> Option<Flaw> {
        None
    }
}

/// Cuts frames. What is broken reaches up to the next end; ends without a frame are skipped together.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames<S> {
    stuffing: S,
    start: u64,
    at: u64,
    /// Nothing but ends so far.
    is_empty: bool,
    flaw: Option<Flaw>,
    max: u64,
}

impl<S: Stuffing> Frames<S> {
    /// Takes ends; what is no end begins the next frame.
    fn pass(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        let ends = bytes.iter().take_while(|byte| **byte == S::END).count();
        self.at += ends as u64;
        if ends < bytes.len() {
            self.end(cx);
        }
        ends
    }

    fn frame(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        let end = memchr(S::END, bytes);
        let body = end.and_then(|end| bytes.get(..end)).unwrap_or(bytes);
        if self.flaw.is_none() {
            self.flaw = self.stuffing.look(body, self.at);
        }
        self.at += body.len() as u64;
        if end.is_none() {
            return body.len();
        }
        if self.flaw.is_none() {
            self.flaw = self.stuffing.close(self.at);
        }
        let message = Message::new(self.start..self.at + 1, self.start..self.at, "");
        self.at += 1;
        cx.emit(match self.flaw() {
            Some(flaw) => message.spoiled(flaw),
            None => message,
        });
        self.start = self.at;
        body.len() + 1
    }

    /// What breaks the frame: its stuffing, or that it is too long.
    fn flaw(&self) -> Option<Flaw> {
        let long = || Flaw {
            why: format!("longer than the limit of {} bytes", self.max),
            at: self.start + self.max,
        };
        let is_long = self.at - self.start > self.max;
        self.flaw.clone().or_else(|| is_long.then(long))
    }
}

impl<S: Stuffing> Decoder for Frames<S> {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        if self.start == self.at {
            *self = Self {
                start: cx.at(),
                is_empty: bytes.first() == Some(&S::END),
                ..Self::default()
            };
        }
        self.at = cx.at();
        self.max = cx.max();
        if self.is_empty {
            self.pass(bytes, cx)
        } else {
            self.frame(bytes, cx)
        }
    }

    fn end(&mut self, cx: &mut Cx<'_>) {
        if self.is_empty && self.start < self.at {
            cx.emit(Message::skipped(self.start..self.at, S::EMPTY));
            self.start = self.at;
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        if self.start == self.at {
            return None;
        }
        if self.is_empty {
            return Some(Unfinished::skipping(self.start, S::EMPTY));
        }
        Some(Unfinished {
            flaw: self.flaw(),
            ..Unfinished::waiting(self.start, None, S::WAITS)
        })
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// The bytes with each pair of the escape and another put back to what it stands for.
pub(super) fn unescaped(bytes: &[u8], escape: u8, original: fn(u8) -> u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr(escape, rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend(rest.get(at + 1).map(|byte| original(*byte)));
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// Names each pair of the escape and another as `escape`, with the byte that it stands for.
pub(super) fn name_escapes(dissect: &mut Dissect<'_>, escape: u8, original: fn(u8) -> u8) {
    let (base, bytes) = (dissect.at(), dissect.rest());
    let mut behind = 0;
    for at in memchr_iter(escape, bytes) {
        let Some(byte) = bytes.get(at + 1).filter(|_| at >= behind) else {
            continue;
        };
        behind = at + 2;
        let range = base + at as u64..base + behind as u64;
        let value = Value::Word(format!("{:02x}", original(*byte)).into());
        if dissect.push(Field::new("escape", range, value)).is_none() {
            return;
        }
    }
}
