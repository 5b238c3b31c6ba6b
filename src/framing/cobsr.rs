//! `cobsr`: COBS/R (of the Python package `cobs`, 2010), COBS whose last code byte may be the last byte of the data:
//! the run behind it is then shorter than it tells. No sequence of bytes breaks it.

use super::cobs::{describe, stuffed, unstuffed};
use super::stuffed::{Frames, Stuffing};
use super::{Decoder, Flaw, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cobsr;

impl Framing for Cobsr {
    fn name(&self) -> &'static str {
        "cobsr"
    }

    fn usage(&self) -> &'static str {
        "cobsr"
    }

    fn help(&self) -> &'static str {
        "cobs, whose last code byte may be the last byte of the data"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Cobsr {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Frames::<Ended>::default())
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = stuffed(payload);
        let code = last_code(&out);
        if let Some(last) = payload.last()
            && let Some(slot) = out.get_mut(code)
            && *last >= *slot
        {
            *slot = *last;
            out.pop();
        }
        out.push(0);
        Ok(out)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        describe(message, bytes);
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        let (mut data, last) = unstuffed(message.payload_in(bytes));
        data.extend(last);
        data
    }
}

/// The position of the last code byte.
fn last_code(stuffed: &[u8]) -> usize {
    let mut code = 0;
    loop {
        let next = code
            + stuffed
                .get(code)
                .map_or(1, |code| usize::from(*code).max(1));
        if next >= stuffed.len() {
            return code;
        }
        code = next;
    }
}

#[derive(Clone, Debug, Default)]
struct Ended;

impl Stuffing for Ended {
    const END: u8 = 0;
    const WAITS: &'static str = "waiting for 00";
    const EMPTY: &'static str = "no frame before 00";

    fn look(&mut self, _bytes: &[u8], _at: u64) -> Option<Flaw> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::{check, check_fields, cut, run};

    #[test]
    fn frames() {
        check(
            "cobsr",
            b"\x02\0\0\x03ab\0\x7ea\0\x01",
            &[
                r"0..2 1 byte: \x02",
                "2..3 skipped: no frame before 00",
                r"3..7 2 bytes: \x03ab",
                r"7..10 2 bytes: ~a",
                r"10..11 partial, waiting for 00: \x01",
            ],
        );
        check(
            "cobsr max 2",
            b"\x03ab\0\x09\0",
            &[
                "0..4 bad at 2: longer than the limit of 2 bytes",
                r"4..6 1 byte: \t",
            ],
        );
        check_fields("cobsr", b"\x02a\x09\0", &["0..1 code 2", "2..3 code 9"]);
    }

    #[test]
    fn the_last_byte_stands_in_for_its_code() {
        assert_eq!(
            Cobsr.encode(b"\x05\x04\x03\x02\x01").unwrap(),
            b"\x06\x05\x04\x03\x02\x01\0"
        );
        assert_eq!(Cobsr.encode(b"\x02").unwrap(), b"\x02\0");
        for last in [0, 1, 2, 5, 250, 255] {
            for len in [0, 1, 3, 252, 253, 254, 255, 508] {
                let payload = [vec![7; len], vec![last]].concat();
                let stream = Cobsr.encode(&payload).unwrap();
                let messages = run(&cut("cobsr"), &stream, &[100]);
                assert_eq!(messages.len(), 1);
                assert_eq!(
                    Cobsr.payload(&messages[0], &stream),
                    payload,
                    "{last} {len}"
                );
                assert_eq!(
                    messages[0].note.split(' ').next(),
                    Some(&*(len + 1).to_string())
                );
            }
        }
    }
}
