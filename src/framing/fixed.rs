//! `fixed N`: every message has N bytes.

use std::borrow::Cow;
use std::ops::Range;

use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Knob, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// The row.
#[derive(Debug)]
pub(super) struct Fixed;

impl Framing for Fixed {
    fn name(&self) -> &'static str {
        "fixed"
    }

    fn usage(&self) -> &'static str {
        "fixed N"
    }

    fn help(&self) -> &'static str {
        "every message has N bytes"
    }

    fn examples(&self) -> &'static [&'static str] {
        &["fixed 3"]
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        (!before.is_empty()).then_some(&[])
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let word = words.peek();
        let bytes = words.size("the bytes of a message")?;
        match word {
            Some(word) if bytes == 0 => {
                Err(word.complain("a message of 0 bytes has no end", "1 or more"))
            }
            _ => Ok(Box::new(Size { bytes })),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Size {
    /// At least 1.
    bytes: u64,
}

impl Rule for Size {
    fn words(&self) -> String {
        format!("fixed {}", self.bytes)
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(*self))
    }

    fn knobs(&self) -> Vec<Knob> {
        let sized = |bytes| Self { bytes }.words();
        vec![Knob {
            name: "bytes",
            value: self.bytes.to_string(),
            less: (self.bytes > 1).then(|| sized(self.bytes - 1)),
            more: self.bytes.checked_add(1).map(sized),
        }]
    }

    fn dissect(&self, message: &mut Message, _bytes: &[u8], _sight: Sight) {
        message.note = byte_count(self.bytes).into();
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.len() as u64 == self.bytes {
            Ok(payload.to_vec())
        } else {
            Err(format!(
                "the payload has {}, `{}` takes {}",
                byte_count(payload.len() as u64),
                self.words(),
                self.bytes
            ))
        }
    }
}

impl Grammar for Size {
    fn begin(&mut self, start: u64, _cx: &mut Cx<'_>) -> Want {
        let range = start..start.saturating_add(self.bytes);
        Want::Message(Message::new(range.clone(), range, ""))
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        self.begin(part.start, cx)
    }

    #[inline]
    fn glance(&self, _bytes: &[u8]) -> Option<(u64, Range<u64>)> {
        Some((self.bytes, 0..self.bytes))
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "".into()
    }
}
