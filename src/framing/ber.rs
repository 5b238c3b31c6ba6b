//! `ber`: ASN.1 values by the Basic Encoding Rules (ITU-T X.690, 8), of definite and indefinite length, as a tree of
//! their tags; what LDAP (RFC 4511) says with them is told in its words.

mod ldap;
mod tree;

use std::borrow::Cow;

use super::dissect::{DEPTH_MAX, Dissect};
use super::grammar::{Grammar, Part, Want};
use super::reader::Reader;
use super::{Cx, Decoder, Exchange, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// The tag of a SEQUENCE, which encode writes.
const SEQUENCE: u8 = 0x30;

/// The bit of a tag whose contents are values themselves.
const CONSTRUCTED: u8 = 0x20;

/// The bits of a tag whose number stands in the bytes behind it.
const LONG: u8 = 0x1f;

/// The bit of a byte behind which there are more, or of a length that stands in the bytes behind it.
const MORE: u8 = 0x80;

/// The most bytes of a tag's number.
const NUMBER_MAX_BYTES: u8 = 9;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ber;

impl Framing for Ber {
    fn name(&self) -> &'static str {
        "ber"
    }

    fn usage(&self) -> &'static str {
        "ber"
    }

    fn help(&self) -> &'static str {
        "ASN.1 BER (LDAP and others): a tree of tags"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Ber {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Values::default()))
    }

    /// The payload becomes the contents of a SEQUENCE.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut bytes = vec![SEQUENCE];
        match u8::try_from(payload.len()) {
            Ok(length) if length < MORE => bytes.push(length),
            _ => {
                let length = (payload.len() as u64).to_be_bytes();
                let zeros = length.iter().take_while(|byte| **byte == 0).count();
                let length = length.get(zeros..).unwrap_or_default();
                let width = u8::try_from(length.len()).unwrap_or_default();
                bytes.push(MORE | width);
                bytes.extend_from_slice(length);
            }
        }
        bytes.extend_from_slice(payload);
        Ok(bytes)
    }

    fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        Exchange::by_side(sight, message, "message id")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        tree::value(&mut dissect);
        let mut fields = dissect.finish();
        message.note = match fields.first_mut() {
            Some(value) => ldap::told(value)
                .unwrap_or_else(|| tree::summary(value))
                .into(),
            None => "".into(),
        };
        let length = tree::length(bytes, message.range.start);
        message.fields = length.into_iter().chain(fields).collect();
    }
}

/// A length of several bytes, unless it has more than 64 bits.
fn long_length(bytes: &[u8]) -> Option<u64> {
    bytes.iter().try_fold(0_u64, |length, byte| {
        (length >> 56 == 0).then_some(length << 8 | u64::from(*byte))
    })
}

/// Reads a value; of one of indefinite length also what is in it, down to its end.
#[derive(Clone, Copy, Debug, Default)]
struct Values {
    wanted: Wanted,
    /// How many values of indefinite length are open.
    open: usize,
    /// The first byte of the outermost one's contents.
    payload: u64,
    /// The first byte of the value that is read.
    value: u64,
    /// Its tag's first byte.
    tag: u8,
}

#[derive(Clone, Copy, Debug, Default)]
enum Wanted {
    #[default]
    Tag,
    /// That many bytes of the tag's number have come.
    Number(u8),
    Length,
    LongLength,
    Contents,
}

impl Values {
    fn next(&mut self, wanted: Wanted) -> Want {
        self.wanted = wanted;
        Want::Bytes(1)
    }

    fn length(&mut self, byte: u8, part: &Part<'_>) -> Want {
        match byte {
            0..MORE => self.contents(byte.into(), part),
            MORE if self.tag & CONSTRUCTED == 0 => {
                let why = "a value that is not constructed has an indefinite length";
                Want::broken(why, part.range.start)
            }
            MORE if self.open >= DEPTH_MAX => {
                let why =
                    format!("more than {DEPTH_MAX} values of indefinite length in each other");
                Want::broken(why, part.range.start)
            }
            MORE => {
                self.open += 1;
                if self.open == 1 {
                    self.payload = part.range.end;
                }
                self.next(Wanted::Tag)
            }
            0xff => Want::broken("length ff means nothing", part.range.start),
            _ => {
                self.wanted = Wanted::LongLength;
                Want::Bytes(usize::from(byte & !MORE))
            }
        }
    }

    fn contents(&mut self, length: u64, part: &Part<'_>) -> Want {
        let end = part.range.end.saturating_add(length);
        match (self.tag, self.open) {
            (0, 0) => {
                let why = "an end of contents, and nothing is open";
                Want::Message(Message::bad(part.start..end, why, part.start))
            }
            (_, 0) => Want::Message(Message::new(part.start..end, part.range.end..end, "")),
            (0, _) if length > 0 => {
                let why = format!("an end of contents with a length of {length}");
                Want::broken(why, part.range.start)
            }
            (0, 1) => Want::Message(part.message(self.payload..self.value)),
            (0, _) => {
                self.open -= 1;
                self.next(Wanted::Tag)
            }
            _ => {
                self.wanted = Wanted::Contents;
                Want::Pass(length)
            }
        }
    }
}

impl Grammar for Values {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let byte = part.bytes.first().copied().unwrap_or_default();
        match self.wanted {
            Wanted::Tag => {
                self.tag = byte;
                self.value = part.range.start;
                self.next(if byte & LONG == LONG {
                    Wanted::Number(0)
                } else {
                    Wanted::Length
                })
            }
            Wanted::Number(_) if byte & MORE == 0 => self.next(Wanted::Length),
            Wanted::Number(count) if count + 1 == NUMBER_MAX_BYTES => {
                let why = format!("the number of a tag goes on after {NUMBER_MAX_BYTES} bytes");
                Want::broken(why, part.range.start)
            }
            Wanted::Number(count) => self.next(Wanted::Number(count + 1)),
            Wanted::Length => self.length(byte, part),
            Wanted::LongLength => match long_length(part.bytes) {
                Some(length) => self.contents(length, part),
                None => Want::broken("a length of more than 64 bits", part.range.start),
            },
            Wanted::Contents => self.next(Wanted::Tag),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.wanted {
            _ if self.open > 0 => "waiting for the end of contents".into(),
            Wanted::Tag | Wanted::Number(_) | Wanted::Contents => "waiting for the tag".into(),
            Wanted::Length | Wanted::LongLength => "waiting for the length".into(),
        }
    }
}

#[cfg(test)]
mod tests;
