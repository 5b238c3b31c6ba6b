//! `hdlc`: octet-stuffed frames between flags 7E (RFC 1662, 4.2), as PPP and many serial protocols use them. 7D and
//! another byte stand for that byte xor 20. The checksum stays in the payload; which one fits is said of each frame.

use memchr::memchr_iter;

use super::dissect::{Dissect, Names, name_of};
use super::message::byte_count;
use super::stuffed::{Frames, Stuffing, name_escapes, unescaped};
use super::{Decoder, Field, Flaw, Framing, Message, Rule, Sight, Status, Value};
use crate::words::{Complaint, Words};

const FLAG: u8 = 0x7e;
const ESCAPE: u8 = 0x7d;

/// What a checksum over data and checksum leaves if it fits (RFC 1662, appendix C).
const FITS_16: u16 = 0xf0b8;
const FITS_32: u32 = 0xdebb_20e3;

/// The address and control of PPP (RFC 1662, 3.1): all stations, unnumbered information.
const PPP: [u8; 2] = [0xff, 0x03];

/// What PPP carries (RFC 1661, 2; the numbers of RFC 1700).
const PROTOCOLS: &Names = &[
    (0x0021, "IPv4"),
    (0x002d, "compressed TCP/IP"),
    (0x0057, "IPv6"),
    (0x00fd, "compressed"),
    (0x8021, "IPCP"),
    (0x8057, "IPV6CP"),
    (0x80fd, "CCP"),
    (0xc021, "LCP"),
    (0xc023, "PAP"),
    (0xc025, "LQR"),
    (0xc223, "CHAP"),
    (0xc227, "EAP"),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hdlc;

impl Framing for Hdlc {
    fn name(&self) -> &'static str {
        "hdlc"
    }

    fn usage(&self) -> &'static str {
        "hdlc"
    }

    fn help(&self) -> &'static str {
        "frames between flags 7e, as PPP has them: 7d escapes"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Hdlc {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Frames::<Escapes>::default())
    }

    /// No flag stands in front: that of the frame before opens this one too. The checksum, if any, is the payload's.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.is_empty() {
            return Err("a frame of nothing is only a flag".to_owned());
        }
        let mut out = Vec::with_capacity(payload.len() + 1);
        for byte in payload {
            match *byte {
                FLAG | ESCAPE => out.extend([ESCAPE, original(*byte)]),
                byte => out.push(byte),
            }
        }
        out.push(FLAG);
        Ok(out)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        if matches!(message.status, Status::Skipped { .. }) {
            return;
        }
        let mut dissect = Dissect::payload(message, bytes);
        let stuffed = dissect.rest();
        let base = dissect.at();
        let frame = unescaped(stuffed, ESCAPE, original);
        let carries = name_ppp(&mut dissect, &frame, base, stuffed);
        name_escapes(&mut dissect, ESCAPE, original);
        let is_whole = message.status == Status::Ok && bytes.len() as u64 == message.bytes();
        if is_whole {
            let fits = fitting(&frame);
            if let Some((name, width)) = fits {
                let check = frame.len().saturating_sub(width);
                let range = base + offset(stuffed, check)..base + stuffed.len() as u64;
                let value = number(frame.get(check..).unwrap_or_default());
                dissect.push(Field::new(name, range, Value::Number(value.into())));
            }
            let carries = carries.map(|name| format!("{name}, ")).unwrap_or_default();
            let len = byte_count(frame.len() as u64);
            let fits = fits.map_or("no FCS fits".to_owned(), |(name, _)| format!("{name} fits"));
            message.note = format!("{carries}{len}, {fits}").into();
        }
        message.fields = dissect.finish();
        message.fields.sort_by_key(|field| field.range.start);
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        let stuffed = message.payload_in(bytes);
        match message.status {
            Status::Bad { .. } => stuffed.to_vec(),
            _ => unescaped(stuffed, ESCAPE, original),
        }
    }
}

/// What the byte behind the escape stands for, and the other way round.
fn original(byte: u8) -> u8 {
    byte ^ 0x20
}

/// Names the head of a PPP frame, if it is one; what it carries.
fn name_ppp(
    dissect: &mut Dissect<'_>,
    frame: &[u8],
    base: u64,
    stuffed: &[u8],
) -> Option<&'static str> {
    let [address, control, high, low, ..] = frame else {
        return None;
    };
    if [*address, *control] != PPP {
        return None;
    }
    let range = |from, to| base + offset(stuffed, from)..base + offset(stuffed, to);
    let all = Value::Named((*address).into(), "all stations".into());
    dissect.push(Field::new("address", range(0, 1), all))?;
    let control_value = Value::Named((*control).into(), "unnumbered information".into());
    dissect.push(Field::new("control", range(1, 2), control_value))?;
    // An odd first byte is the whole of a compressed protocol number (RFC 1661, 6.5).
    let (protocol, end) = if high & 1 == 1 {
        (u64::from(*high), 3)
    } else {
        (u64::from(u16::from_be_bytes([*high, *low])), 4)
    };
    let name = name_of(PROTOCOLS, protocol);
    let value = match name {
        Some(name) => Value::Named(protocol.into(), name.into()),
        None => Value::Number(protocol.into()),
    };
    dissect.push(Field::new("protocol", range(2, end), value))?;
    name
}

/// Where in the stuffed bytes the one at `index` of the frame begins.
fn offset(stuffed: &[u8], index: usize) -> u64 {
    let mut at = 0;
    for _ in 0..index {
        at += if stuffed.get(at) == Some(&ESCAPE) {
            2
        } else {
            1
        };
    }
    at.min(stuffed.len()) as u64
}

/// Which checksum fits, and its width: that of 32 bits first, for it fits more rarely by chance.
fn fitting(frame: &[u8]) -> Option<(&'static str, usize)> {
    if frame.len() > 4 && fcs32(frame) == FITS_32 {
        return Some(("FCS-32", 4));
    }
    (frame.len() > 2 && fcs16(frame) == FITS_16).then_some(("FCS-16", 2))
}

/// The checksum's bytes, the first the lowest.
fn number(bytes: &[u8]) -> u32 {
    let add = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
    bytes.iter().rev().fold(0, add)
}

fn fcs16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |fcs, byte| {
        let shift = |fcs: u16, _| fcs >> 1 ^ if fcs & 1 == 1 { 0x8408 } else { 0 };
        (0..8).fold(fcs ^ u16::from(*byte), shift)
    })
}

fn fcs32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |fcs, byte| {
        let shift = |fcs: u32, _| fcs >> 1 ^ if fcs & 1 == 1 { 0xedb8_8320 } else { 0 };
        (0..8).fold(fcs ^ u32::from(*byte), shift)
    })
}

#[derive(Clone, Debug, Default)]
struct Escapes {
    /// The last byte was an escape that nothing escapes.
    open: bool,
}

impl Stuffing for Escapes {
    const END: u8 = FLAG;
    const WAITS: &'static str = "waiting for the flag 7e";
    const EMPTY: &'static str = "flags";

    fn look(&mut self, bytes: &[u8], _at: u64) -> Option<Flaw> {
        let mut behind = usize::from(self.open && !bytes.is_empty());
        self.open &= bytes.is_empty();
        for at in memchr_iter(ESCAPE, bytes) {
            if at >= behind {
                behind = at + 2;
                self.open = behind > bytes.len();
            }
        }
        None
    }

    /// The sender gave the frame up (RFC 1662, 4.3).
    fn close(&mut self, at: u64) -> Option<Flaw> {
        let why = "7d before the flag: the sender aborted the frame".to_owned();
        self.open.then_some(Flaw { why, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::{check, check_fields, cut, run};

    #[test]
    fn frames_flags_and_aborts() {
        check(
            "hdlc",
            b"~~a}^b~c~~d}~e}}~f}",
            &[
                "0..2 skipped: flags",
                "2..7 3 bytes, no FCS fits: a}^b",
                "7..9 1 byte, no FCS fits: c",
                "9..10 skipped: flags",
                "10..13 bad at 12: 7d before the flag: the sender aborted the frame",
                "13..17 2 bytes, no FCS fits: e}}",
                "17..19 partial, waiting for the flag 7e: f}",
            ],
        );
        check(
            "hdlc max 3",
            b"abc~ab~abcd",
            &[
                "0..4 bad at 3: longer than the limit of 3 bytes",
                "4..7 2 bytes, no FCS fits: ab",
                "7..11 bad at 10: longer than the limit of 3 bytes",
            ],
        );
    }

    /// The LCP request of a PPP link; the checksum is the complement, the lowest byte first.
    #[test]
    fn ppp_and_its_checksums() {
        let data = b"\xff\x03\xc0\x21\x01\x01\0\x04";
        let short = !fcs16(data);
        let frame = [&data[..], &short.to_le_bytes()].concat();
        let stream = Hdlc.encode(&frame).unwrap();
        let messages = run(&cut("hdlc"), &stream, &[4]);
        assert_eq!(messages[0].note, "LCP, 10 bytes, FCS-16 fits");
        assert_eq!(Hdlc.payload(&messages[0], &stream), frame);
        let last = format!("8..10 FCS-16 {short}");
        check_fields(
            "hdlc",
            &stream,
            &[
                "0..1 address 255 all stations",
                "1..2 control 3 unnumbered information",
                "2..4 protocol 49185 LCP",
                &last,
            ],
        );
        let long = (!fcs32(data)).to_le_bytes();
        let stream = Hdlc.encode(&[&data[..], &long].concat()).unwrap();
        let messages = run(&cut("hdlc"), &stream, &[4]);
        assert_eq!(messages[0].note, "LCP, 12 bytes, FCS-32 fits");
        // CRC-16/IBM-SDLC and CRC-32/ISO-HDLC in the catalogue.
        assert_eq!(!fcs16(b"123456789"), 0x906e);
        assert_eq!(!fcs32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn escaped_parts_keep_their_places() {
        check_fields(
            "hdlc",
            b"\xff\x7d\x23\0\x21ab~",
            &[
                "0..1 address 255 all stations",
                "1..3 control 3 unnumbered information",
                "1..3 escape 03",
                "3..5 protocol 33 IPv4",
            ],
        );
    }
}
