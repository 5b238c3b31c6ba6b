//! `tpkt`: packets of a transport service over TCP (RFC 1006, 6), with the transport PDU in them (ISO 8073, ITU-T
//! X.224, 13) and what a remote desktop adds to its first one (MS-RDPBCGR, 2.2.1.1). What the data mean is another
//! protocol's.

use std::ops::Range;

use super::dissect::{Dissect, Names, text_of, words_of};
use super::head::{Head, flaw};
use super::message::byte_count;
use super::note::Note;
use super::reader::Reader;
use super::{Decoder, Flaw, Framing, Message, Rule, Sight, Value};
use crate::expr::ByteOrder;
use crate::words::{Complaint, Words};

const VERSION: u8 = 3;

/// Version, a reserved byte, and the length of all.
const HEAD_BYTES: u16 = 4;

/// The upper four bits of a PDU's code.
const TYPES: &Names = &[
    (0x1, "expedited data"),
    (0x2, "expedited data acknowledgement"),
    (0x5, "reject"),
    (0x6, "data acknowledgement"),
    (0x7, "error"),
    (0x8, "disconnect request"),
    (0xc, "disconnect confirm"),
    (0xd, "connection confirm"),
    (0xe, "connection request"),
    (0xf, "data"),
];

/// Why a connection is refused or given up.
const REASONS: &Names = &[
    (0, "not specified"),
    (1, "congestion"),
    (2, "session not attached"),
    (3, "address unknown"),
    (128, "normal"),
    (129, "remote congestion"),
    (130, "class not supported"),
    (131, "duplicate source reference"),
    (132, "mismatched references"),
    (133, "protocol error"),
    (135, "reference overflow"),
    (136, "connection refused on this network"),
    (138, "header or parameter length invalid"),
];

const PARAMETERS: &Names = &[
    (0xc0, "TPDU size"),
    (0xc1, "calling selector"),
    (0xc2, "called selector"),
    (0xc3, "checksum"),
    (0xc4, "version"),
    (0xc5, "security"),
    (0xc6, "options"),
    (0xc7, "alternative classes"),
];

const NEGOTIATIONS: &Names = &[
    (1, "RDP negotiation request"),
    (2, "RDP negotiation response"),
    (3, "RDP negotiation failure"),
];

/// What a remote desktop puts before its own parameters.
const COOKIE: &[u8] = b"Cookie: ";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tpkt;

impl Framing for Tpkt {
    fn name(&self) -> &'static str {
        "tpkt"
    }

    fn usage(&self) -> &'static str {
        "tpkt"
    }

    fn help(&self) -> &'static str {
        "ISO transport over TCP (RDP, S7, H.323, X.400): the PDU and its references"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Tpkt {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Head::new(HEAD_BYTES.into(), extent)))
    }

    /// The payload is the transport PDU.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u16::try_from(payload.len()).ok();
        let length = length.and_then(|length| length.checked_add(HEAD_BYTES));
        let length = length.ok_or("a PDU has at most 65531 bytes")?;
        Ok([&[VERSION, 0], &length.to_be_bytes()[..], payload].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        packet(&mut dissect, &mut note);
        message.fields = dissect.finish();
        message.note = note.into();
    }
}

fn extent(head: &[u8]) -> Result<Range<u64>, Flaw> {
    let &[version, _, a, b] = head else {
        return flaw("no header", 0);
    };
    let length = u16::from_be_bytes([a, b]);
    if version != VERSION {
        return flaw(format!("version {version}, and {VERSION} must be"), 0);
    }
    if length < HEAD_BYTES {
        let why = format!("length {length}, less than the header of {HEAD_BYTES}");
        return flaw(why, 2);
    }
    Ok(HEAD_BYTES.into()..length.into())
}

fn packet(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("version", 1)?;
    dissect.skip(1)?;
    dissect.number("length", 2)?;
    if dissect.is_done() {
        note.add("empty");
        return None;
    }
    let header = usize::try_from(dissect.number("header length", 1)?).ok()?;
    dissect.within(header, |dissect| {
        let code = dissect.unsigned(1)?;
        let kind = words_of(TYPES, code >> 4);
        dissect.name("type", 1, Value::Named(code.into(), kind.clone().into()))?;
        note.add(&kind);
        unit(dissect, code >> 4, note)
    });
    let data = dissect.rest().len();
    if data > 0 {
        write!(note, ", {}", byte_count(data as u64));
        dissect.bytes("data", data)?;
    }
    Some(())
}

/// What stands behind the code in the header of a PDU.
fn unit(dissect: &mut Dissect<'_>, kind: u64, note: &mut Note) -> Option<()> {
    match kind {
        0xf => {
            let number = dissect.number("number and end", 1)?;
            if number & 0x80 == 0 {
                note.add(", more follows");
            }
        }
        0x7 => {
            dissect.number("destination reference", 2)?;
            dissect.number("cause", 1)?;
        }
        0x1 | 0x2 | 0x5 | 0x6 => {
            dissect.number("destination reference", 2)?;
            dissect.number("number", 1)?;
        }
        0x8 | 0xc | 0xd | 0xe => {
            let theirs = dissect.number("destination reference", 2)?;
            let own = dissect.number("source reference", 2)?;
            write!(note, ", {own} to {theirs}");
            if kind == 0x8 {
                let reason = dissect.named("reason", 1, REASONS)?;
                write!(note, ": {}", words_of(REASONS, reason));
            } else if kind != 0xc {
                dissect.number("class", 1)?;
            }
        }
        _ => return None,
    }
    if dissect.rest().starts_with(COOKIE) {
        dissect.skip(COOKIE.len())?;
        let cookie = dissect.text_to("cookie", b"\r\n")?;
        write!(note, ", {}", text_of(cookie));
    }
    while !dissect.is_done() {
        parameter(dissect)?;
    }
    Some(())
}

fn parameter(dissect: &mut Dissect<'_>) -> Option<()> {
    let start = dissect.rest();
    let &[code, length, ..] = start else {
        return dissect.bytes("rest", start.len()).map(|_| ());
    };
    if (1..=3).contains(&code) {
        return dissect.group(words_of(NEGOTIATIONS, code.into()), |dissect| {
            dissect.set_order(ByteOrder::Little);
            dissect.named("type", 1, NEGOTIATIONS)?;
            dissect.number("flags", 1)?;
            dissect.number("length", 2)?;
            let what = if code == 3 { "failure" } else { "protocols" };
            dissect.number(what, 4)?;
            Some(())
        });
    }
    dissect.group(words_of(PARAMETERS, code.into()), |dissect| {
        dissect.named("code", 1, PARAMETERS)?;
        dissect.number("length", 1)?;
        match length {
            0 => Some(()),
            1..=4 => dissect.number("value", length.into()).map(|_| ()),
            _ => dissect.bytes("value", length.into()).map(|_| ()),
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    #[test]
    fn packets_and_what_is_none() {
        check(
            "tpkt",
            b"\x03\0\0\x0b\x06\xe0\0\0\0\x05\0\x03\0\0\x09\x02\xf0\x80ab\x03\0\0\x07\x02\xf0\0\x03\0\0\x04\x03\0",
            &[
                r"0..11 connection request, 5 to 0: \x06\xe0\x00\x00\x00\x05\x00",
                r"11..20 data, 2 bytes: \x02\xf0\x80ab",
                r"20..27 data, more follows: \x02\xf0\x00",
                "27..31 empty: ",
                r"31..33 partial, waiting for the header of 4 bytes: \x03\x00",
            ],
        );
        check(
            "tpkt",
            b"\x03\0\0\x0b\x06\x80\0\x01\0\x02\x82\x03\0\x01\0\x02\xf0",
            &[
                r"0..11 disconnect request, 2 to 1: class not supported: \x06\x80\x00\x01\x00\x02\x82",
                r"11..17 partial -250, waiting for 250 more bytes (data): \x02\xf0",
            ],
        );
        check(
            "tpkt",
            b"\x03\0\0\x03a",
            &["0..5 bad at 2: length 3, less than the header of 4"],
        );
        check(
            "tpkt",
            b"\x03\0\0\x05\0HTTP",
            &[r"0..5 : \x00", "5..9 bad at 5: version 72, and 3 must be"],
        );
    }

    #[test]
    fn a_header_that_lies_about_its_length_stays_within_the_packet() {
        check("tpkt", b"\x03\0\0\x06\xff\xf0", &[r"0..6 data: \xff\xf0"]);
    }

    #[test]
    fn parameters_and_the_cookie_of_a_remote_desktop() {
        check_fields(
            "tpkt",
            b"\x03\0\0\x12\x0d\xe0\0\0\0\x01\0\xc0\x01\x0a\xc1\x02\x01\0",
            &[
                "0..1 version 3",
                "2..4 length 18",
                "4..5 header length 13",
                "5..6 type 224 connection request",
                "6..8 destination reference 0",
                "8..10 source reference 1",
                "10..11 class 0",
                "11..14 TPDU size",
                "  11..12 code 192 TPDU size",
                "  12..13 length 1",
                "  13..14 value 10",
                "14..18 calling selector",
                "  14..15 code 193 calling selector",
                "  15..16 length 2",
                "  16..18 value 256",
            ],
        );
        let packet = b"\x03\0\0\x1e\x19\xe0\0\0\0\0\0Cookie: m\r\n\x01\0\x08\0\x03\0\0\0";
        check(
            "tpkt",
            packet,
            &[&format!(
                "0..30 connection request, 0 to 0, m: {}",
                packet[4..].escape_ascii()
            )],
        );
        check_fields(
            "tpkt",
            packet,
            &[
                "0..1 version 3",
                "2..4 length 30",
                "4..5 header length 25",
                "5..6 type 224 connection request",
                "6..8 destination reference 0",
                "8..10 source reference 0",
                "10..11 class 0",
                "19..20 cookie \"m\"",
                "22..30 RDP negotiation request",
                "  22..23 type 1 RDP negotiation request",
                "  23..24 flags 0",
                "  24..26 length 8",
                "  26..30 protocols 3",
            ],
        );
    }
}
