//! `modbus`: Modbus over TCP (Modbus Messaging on TCP/IP 1.0b, 3.1.3): a header of 7 bytes whose length counts from its
//! last byte on, then the function and its data. Without a side known, a request and a reply look alike.

use std::borrow::Cow;

use super::dissect::{Dissect, Names, words_of};
use super::grammar::{Grammar, Part, Want};
use super::reader::Reader;
use super::{Cx, Decoder, Exchange, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// Transaction, protocol and length.
const HEAD_BYTES: u16 = 6;

/// The unit and the function at least, and at most what a unit's buffer holds.
const LENGTHS: std::ops::RangeInclusive<u16> = 2..=254;

/// A reply with this bit in its function refuses.
const REFUSED: u64 = 0x80;

const FUNCTIONS: &Names = &[
    (1, "read coils"),
    (2, "read discrete inputs"),
    (3, "read holding registers"),
    (4, "read input registers"),
    (5, "write single coil"),
    (6, "write single register"),
    (8, "diagnostics"),
    (15, "write multiple coils"),
    (16, "write multiple registers"),
    (22, "mask write register"),
    (23, "read and write multiple registers"),
    (43, "encapsulated interface"),
];

const EXCEPTIONS: &Names = &[
    (1, "illegal function"),
    (2, "illegal data address"),
    (3, "illegal data value"),
    (4, "server device failure"),
    (5, "acknowledge"),
    (6, "server device busy"),
    (8, "memory parity error"),
    (10, "gateway path unavailable"),
    (11, "gateway target did not answer"),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Modbus;

impl Framing for Modbus {
    fn name(&self) -> &'static str {
        "modbus"
    }

    fn usage(&self) -> &'static str {
        "modbus"
    }

    fn help(&self) -> &'static str {
        "Modbus over TCP: transaction, unit, function"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Modbus {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Header))
    }

    /// The payload is unit, function and data; the transaction is 0.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u16::try_from(payload.len()).ok();
        let length = length.filter(|length| LENGTHS.contains(length));
        let length = length.ok_or("unit, function and data have 2 to 254 bytes")?;
        Ok([&[0; 4], &length.to_be_bytes()[..], payload].concat())
    }

    fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        Exchange::by_side(sight, message, "transaction")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        if let Some(note) = told(&mut dissect) {
            message.note = note.into();
        }
        message.fields = dissect.finish();
    }
}

/// Names all fields; what the message is.
fn told(dissect: &mut Dissect<'_>) -> Option<String> {
    let transaction = dissect.number("transaction", 2)?;
    dissect.number("protocol", 2)?;
    dissect.number("length", 2)?;
    let unit = dissect.number("unit", 1)?;
    let function = dissect.number("function", 1)?;
    let name = words_of(FUNCTIONS, function & !REFUSED);
    if function & REFUSED != 0 {
        let exception = dissect.named("exception", 1, EXCEPTIONS)?;
        let why = words_of(EXCEPTIONS, exception);
        return Some(format!(
            "{name} refused: {why}, unit {unit}, #{transaction}"
        ));
    }
    let rest = dissect.rest().len();
    if rest > 0 {
        dissect.bytes("data", rest)?;
    }
    Some(format!("{name}, unit {unit}, #{transaction}"))
}

#[derive(Clone, Debug)]
struct Header;

impl Grammar for Header {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        Want::Bytes(HEAD_BYTES.into())
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let &[_, _, a, b, c, d] = part.bytes else {
            return Want::Bytes(HEAD_BYTES.into());
        };
        let (protocol, length) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        if protocol != 0 {
            let why = format!("protocol {protocol}, and Modbus is 0");
            return Want::broken(why, part.start + 2);
        }
        if !LENGTHS.contains(&length) {
            let why = format!("length {length}, and 2 to 254 can be");
            return Want::broken(why, part.start + 4);
        }
        let payload = part.range.end;
        let end = payload + u64::from(length);
        Want::Message(Message::new(part.start..end, payload..end, ""))
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the header of 6 bytes".into()
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    #[test]
    fn requests_replies_and_what_is_none() {
        check(
            "modbus",
            b"\0\x01\0\0\0\x06\x11\x03\0\x6b\0\x03\0\x01\0\0\0\x03\x11\x83\x02\0\x02",
            &[
                r"0..12 read holding registers, unit 17, #1: \x11\x03\x00k\x00\x03",
                r"12..21 read holding registers refused: illegal data address, unit 17, #1: \x11\x83\x02",
                r"21..23 partial, waiting for the header of 6 bytes: \x00\x02",
            ],
        );
        check(
            "modbus",
            b"\0\x01\0\0\0\x06\x11\x03",
            &[
                "0..8 partial -4, waiting for 4 more bytes (read holding registers, unit 17, #1): \\x11\\x03",
            ],
        );
        let why = "0..7 bad at 4: length 0, and 2 to 254 can be";
        check("modbus", b"\0\x01\0\0\0\0\x11", &[why]);
        let why = "0..7 bad at 2: protocol 256, and Modbus is 0";
        check("modbus", b"\0\x01\x01\0\0\0\x11", &[why]);
    }

    #[test]
    fn fields() {
        check_fields(
            "modbus",
            b"\0\x05\0\0\0\x03\x11\x83\x02",
            &[
                "0..2 transaction 5",
                "2..4 protocol 0",
                "4..6 length 3",
                "6..7 unit 17",
                "7..8 function 131",
                "8..9 exception 2 illegal data address",
            ],
        );
    }
}
