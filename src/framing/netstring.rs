//! `netstring`: the length in decimal digits, a colon, the payload, a comma (D. J. Bernstein, 1997,
//! <https://cr.yp.to/proto/netstrings.txt>). Nothing tells where the next one begins after a broken one.

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Words};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Netstring;

impl Framing for Netstring {
    fn name(&self) -> &'static str {
        "netstring"
    }

    fn usage(&self) -> &'static str {
        "netstring"
    }

    fn help(&self) -> &'static str {
        "5:hello, : the length in digits, a colon, the payload, a comma"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Netstring {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Digits::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut bytes = format!("{}:", payload.len()).into_bytes();
        bytes.extend_from_slice(payload);
        bytes.push(b',');
        Ok(bytes)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let digits = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let number = dissect
            .skip(digits)
            .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        if let Some(number) = number
            && bytes.get(digits) == Some(&b':')
        {
            message.note = format!("len {number}").into();
            dissect.name("length", digits, Value::Number(number));
        }
        message.fields = dissect.finish();
    }
}

/// The number so far; from the first byte of the payload to the end of the message once that is known.
#[derive(Clone, Debug, Default)]
struct Digits {
    length: Option<u64>,
    body: Option<Range<u64>>,
}

impl Digits {
    fn digit(&mut self, digit: u8, at: u64) -> Want {
        let digit = u64::from(digit);
        let length = match self.length {
            None => Some(digit),
            Some(0) => return Want::broken("the length has a leading 0", at),
            Some(length) => length
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(digit)),
        };
        if length.is_none() {
            return Want::broken("the length has more than 64 bits", at);
        }
        self.length = length;
        Want::Bytes(1)
    }
}

impl Grammar for Digits {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let at = part.range.start;
        match (part.bytes, self.length, &self.body) {
            (b",", _, Some(body)) => Want::Message(part.message(body.start..at)),
            ([byte], _, Some(_)) => {
                let why = format!("the message ends in {byte:02x}, not in {:02x}", b',');
                Want::broken(why, at)
            }
            (_, _, Some(_)) => Want::Bytes(1),
            ([digit @ b'0'..=b'9'], ..) => self.digit(digit - b'0', at),
            (b":", Some(length), None) => {
                let payload = part.range.end;
                let end = payload.saturating_add(length).saturating_add(1);
                self.body = Some(payload..end);
                Want::Pass(length)
            }
            (_, None, _) => Want::broken(
                format!("byte {} where the length must begin", hex(part.bytes)),
                at,
            ),
            (_, Some(_), _) => Want::broken(
                format!("byte {} where a digit or `:` must be", hex(part.bytes)),
                at,
            ),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the rest of the length and `:`".into()
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.body.clone()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
