//! `varint`: messages delimited as Protocol Buffers' libraries do (`writeDelimitedTo`): the length as a varint of 32
//! bits, least significant seven bits first, then the message. A varint need not be minimal.

use std::borrow::Cow;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::expr::{IntType, Step};
use crate::words::{Complaint, Words};

/// The most bytes of a varint of 32 bits.
const WIDTH_MAX: u32 = 5;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Varint;

impl Framing for Varint {
    fn name(&self) -> &'static str {
        "varint"
    }

    fn usage(&self) -> &'static str {
        "varint"
    }

    fn help(&self) -> &'static str {
        "protobuf-delimited: the length as a varint of at most 5 bytes, then the message"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Varint {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Length::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u32::try_from(payload.len()).map_err(|_| "the length has 32 bits")?;
        let mut bytes = IntType::Varint
            .encode(length.into())
            .map_err(|misfit| misfit.to_string())?;
        bytes.extend_from_slice(payload);
        Ok(bytes)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        if let Step::Value(value, width) = IntType::Varint.decode(bytes) {
            dissect.skip(width);
            dissect.name("length", width, Value::Number(value));
            message.note = format!("len {value}").into();
        }
        message.fields = dissect.finish();
    }
}

/// The length as far as it came.
#[derive(Clone, Debug, Default)]
struct Length {
    value: u64,
    width: u32,
}

impl Grammar for Length {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let byte = part.bytes.first().copied().unwrap_or_default();
        self.value |= u64::from(byte & 0x7f) << (7 * self.width);
        self.width += 1;
        if byte & 0x80 != 0 {
            return if self.width < WIDTH_MAX {
                Want::Bytes(1)
            } else {
                let why = format!("the varint goes on after {WIDTH_MAX} bytes");
                Want::broken(why, part.range.start)
            };
        }
        if self.value > u32::MAX.into() {
            return Want::broken("the length has more than 32 bits", part.range.start);
        }
        let payload = part.range.end;
        let end = payload.saturating_add(self.value);
        Want::Message(Message::new(part.start..end, payload..end, ""))
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the end of the varint".into()
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    #[test]
    fn lengths_and_what_is_none() {
        check(
            "varint",
            b"\x02ab\0\x81\x80\x80\x80\0c\x05de",
            &[
                "0..3 len 2: ab",
                "3..4 len 0: ",
                "4..10 len 1: c",
                "10..13 partial -3, waiting for 3 more bytes (len 5): de",
            ],
        );
        check(
            "varint",
            b"\x80",
            &[r"0..1 partial, waiting for the end of the varint: \x80"],
        );
        check(
            "varint",
            b"\x80\x80\x80\x80\x80\x01x",
            &["0..7 bad at 4: the varint goes on after 5 bytes"],
        );
        check(
            "varint",
            b"\x80\x80\x80\x80\x10x",
            &["0..6 bad at 4: the length has more than 32 bits"],
        );
        check(
            "varint max 3",
            b"\x03abc\x01d\xff\xff\xff\xff\x0f",
            &[
                "0..4 bad at 0: a message of 4 bytes, over the limit of 3",
                "4..6 len 1: d",
                "6..11 bad at 9: longer than the limit of 3 bytes",
            ],
        );
    }

    #[test]
    fn fields() {
        check_fields("varint", b"\x81\0a", &["0..2 length 1"]);
    }
}
