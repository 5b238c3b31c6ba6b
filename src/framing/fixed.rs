//! `fixed N`: every message has N bytes.

use super::message::byte_count;
use super::sized::{Head, Sized, Told};
use super::{Decoder, Framing, Message, Rule};
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
        Box::new(Sized::new(*self))
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

impl Head for Size {
    fn take(&mut self, _byte: u8, _at: u64, start: u64) -> Told {
        let range = start..start.saturating_add(self.bytes);
        Told::All(Message::new(range.clone(), range, byte_count(self.bytes)))
    }

    fn waits(&self) -> String {
        String::new()
    }
}
