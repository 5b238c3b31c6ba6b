//! `netstring`: the length in decimal digits, a colon, the payload, a comma (D. J. Bernstein, 1997,
//! <https://cr.yp.to/proto/netstrings.txt>). Nothing tells where the next one begins after a broken one.

use std::ops::Range;

use super::sized::{Head, Sized, Told};
use super::{Decoder, Field, Framing, Message, Rule, Value};
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
        Box::new(Sized::new(Digits::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut bytes = format!("{}:", payload.len()).into_bytes();
        bytes.extend_from_slice(payload);
        bytes.push(b',');
        Ok(bytes)
    }
}

#[derive(Clone, Debug, Default)]
struct Digits {
    length: Option<u64>,
}

impl Digits {
    fn digit(&mut self, digit: u8) -> Told {
        let digit = u64::from(digit);
        let length = match self.length {
            None => Some(digit),
            Some(0) => return Told::Nothing("the length has a leading 0".to_owned()),
            Some(length) => length
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(digit)),
        };
        if length.is_none() {
            return Told::Nothing("the length has more than 64 bits".to_owned());
        }
        self.length = length;
        Told::More
    }
}

impl Head for Digits {
    fn take(&mut self, byte: u8, at: u64, start: u64) -> Told {
        match (byte, self.length) {
            (b'0'..=b'9', _) => self.digit(byte - b'0'),
            (b':', Some(length)) => Told::All(message(start..at, length)),
            (_, None) => Told::Nothing(format!("byte {byte:02x} where the length must begin")),
            (_, Some(_)) => Told::Nothing(format!("byte {byte:02x} where a digit or `:` must be")),
        }
    }

    fn waits(&self) -> String {
        "waiting for the rest of the length and `:`".to_owned()
    }

    fn last(&self) -> Option<u8> {
        Some(b',')
    }
}

fn message(digits: Range<u64>, length: u64) -> Message {
    let payload = digits.end.saturating_add(1);
    let comma = payload.saturating_add(length);
    let mut message = Message::new(
        digits.start..comma.saturating_add(1),
        payload..comma,
        format!("len {length}"),
    );
    message.fields.push(Field {
        name: "length".into(),
        range: digits,
        value: Value::Number(length.into()),
    });
    message
}
