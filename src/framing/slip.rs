//! `slip`: packets on a serial line (RFC 1055). C0 ends a packet, DB DC stands for C0 and DB DD for DB; DB before
//! anything else is bad, and empty packets (many senders begin with C0 to flush noise) are skipped.

use memchr::memchr_iter;

use super::dissect::Dissect;
use super::message::byte_count;
use super::stuffed::{Frames, Stuffing, name_escapes, unescaped};
use super::{Decoder, Flaw, Framing, Message, Rule, Sight, Status};
use crate::words::{Complaint, Words};

const END: u8 = 0xc0;
const ESCAPE: u8 = 0xdb;
const ESCAPED_END: u8 = 0xdc;
const ESCAPED_ESCAPE: u8 = 0xdd;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slip;

impl Framing for Slip {
    fn name(&self) -> &'static str {
        "slip"
    }

    fn usage(&self) -> &'static str {
        "slip"
    }

    fn help(&self) -> &'static str {
        "packets on a serial line: c0 ends one, db escapes"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Slip {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Frames::<Escapes>::default())
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.is_empty() {
            return Err("an empty packet is skipped".to_owned());
        }
        let mut out = Vec::with_capacity(payload.len() + 1);
        for byte in payload {
            match *byte {
                END => out.extend([ESCAPE, ESCAPED_END]),
                ESCAPE => out.extend([ESCAPE, ESCAPED_ESCAPE]),
                byte => out.push(byte),
            }
        }
        out.push(END);
        Ok(out)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        if matches!(message.status, Status::Skipped { .. }) {
            return;
        }
        let mut dissect = Dissect::payload(message, bytes);
        name_escapes(&mut dissect, ESCAPE, original);
        message.fields = dissect.finish();
        if message.status == Status::Ok {
            let escapes = memchr_iter(ESCAPE, message.payload_in(bytes)).count() as u64;
            let len = message.payload.end - message.payload.start;
            message.note = byte_count(len.saturating_sub(escapes)).into();
        }
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        let stuffed = message.payload_in(bytes);
        match message.status {
            Status::Bad { .. } => stuffed.to_vec(),
            _ => unescaped(stuffed, ESCAPE, original),
        }
    }
}

/// What the byte behind the escape stands for.
fn original(byte: u8) -> u8 {
    match byte {
        ESCAPED_END => END,
        ESCAPED_ESCAPE => ESCAPE,
        byte => byte,
    }
}

#[derive(Clone, Debug, Default)]
struct Escapes {
    /// The last byte was the escape.
    open: bool,
}

impl Escapes {
    fn flaw(byte: u8, at: u64) -> Option<Flaw> {
        let is_escape = matches!(byte, ESCAPED_END | ESCAPED_ESCAPE);
        let why = format!("db {byte:02x} is no escape: db dc or db dd");
        (!is_escape).then_some(Flaw { why, at })
    }
}

impl Stuffing for Escapes {
    const END: u8 = END;
    const WAITS: &'static str = "waiting for c0";
    const EMPTY: &'static str = "no packet before c0";

    fn look(&mut self, bytes: &[u8], at: u64) -> Option<Flaw> {
        let (first, last) = (bytes.first()?, bytes.last()?);
        let before = std::mem::replace(&mut self.open, *last == ESCAPE);
        if let Some(flaw) = Self::flaw(*first, at).filter(|_| before) {
            return Some(flaw);
        }
        memchr_iter(ESCAPE, bytes).find_map(|escape| {
            let byte = bytes.get(escape + 1)?;
            Self::flaw(*byte, at + escape as u64 + 1)
        })
    }

    fn close(&mut self, at: u64) -> Option<Flaw> {
        Self::flaw(END, at).filter(|_| self.open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::{check, check_fields, cut, run};

    #[test]
    fn packets_and_what_is_none() {
        check(
            "slip",
            b"\xc0\xc0ab\xc0c\xdb\xdcd\xdb\xdd\xc0\xc0e",
            &[
                "0..2 skipped: no packet before c0",
                r"2..5 2 bytes: ab",
                r"5..12 4 bytes: c\xdb\xdcd\xdb\xdd",
                "12..13 skipped: no packet before c0",
                "13..14 partial, waiting for c0: e",
            ],
        );
        check("slip", b"\xc0", &["0..1 skipped: no packet before c0"]);
        check(
            "slip",
            b"a\xdbb\xc0c\xc0d\xdb\xc0e\xdb\xdb\xdc\xc0f\xdb",
            &[
                "0..4 bad at 2: db 62 is no escape: db dc or db dd",
                "4..6 1 byte: c",
                "6..9 bad at 8: db c0 is no escape: db dc or db dd",
                "9..14 bad at 11: db db is no escape: db dc or db dd",
                r"14..16 partial, waiting for c0: f\xdb",
            ],
        );
        check(
            "slip",
            b"a\xdbbc",
            &["0..4 bad at 2: db 62 is no escape: db dc or db dd"],
        );
    }

    #[test]
    fn what_is_too_long_ends_where_it_ends() {
        check(
            "slip max 3",
            b"abc\xc0ab\xc0abcd",
            &[
                "0..4 bad at 3: longer than the limit of 3 bytes",
                "4..7 2 bytes: ab",
                "7..11 bad at 10: longer than the limit of 3 bytes",
            ],
        );
    }

    #[test]
    fn payloads_and_escapes() {
        let stream = b"a\xdb\xdcb\xdb\xddc\xc0";
        let messages = run(&cut("slip"), stream, &[3]);
        assert_eq!(Slip.payload(&messages[0], stream), b"a\xc0b\xdbc");
        assert_eq!(Slip.encode(b"a\xc0b\xdbc").unwrap(), stream);
        check_fields("slip", stream, &["1..3 escape c0", "4..6 escape db"]);
    }
}
