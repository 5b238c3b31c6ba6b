//! `cobs`: Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999), frames ended by 00. A code byte tells how far
//! the next one is; a 00 on the way is bad, and the next frame begins behind it. Frames of nothing are skipped.

use super::dissect::Dissect;
use super::message::byte_count;
use super::stuffed::{Frames, Stuffing};
use super::{Decoder, Flaw, Framing, Message, Rule, Sight, Status, Value};
use crate::words::{Complaint, Words};

/// The code of a run that no zero follows.
const LONGEST: u8 = 0xff;

/// The most bytes of a run.
const RUN_MAX_BYTES: usize = 254;

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cobs;

impl Framing for Cobs {
    fn name(&self) -> &'static str {
        "cobs"
    }

    fn usage(&self) -> &'static str {
        "cobs"
    }

    fn help(&self) -> &'static str {
        "frames without zeros, each ended by 00: code bytes count to the next zero"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Cobs {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Frames::<Runs>::default())
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = stuffed(payload);
        out.push(0);
        Ok(out)
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        describe(message, bytes);
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        let stuffed = message.payload_in(bytes);
        match message.status {
            Status::Bad { .. } => stuffed.to_vec(),
            _ => unstuffed(stuffed).0,
        }
    }
}

/// The payload in runs, without the 00 that ends the frame.
pub(super) fn stuffed(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + payload.len() / RUN_MAX_BYTES + 2);
    let pieces: Vec<&[u8]> = payload.split(|byte| *byte == 0).collect();
    for (k, piece) in pieces.iter().enumerate() {
        let is_last = k + 1 == pieces.len();
        let mut rest = *piece;
        // A run of full length stands for no zero, so that one has to follow where there is a zero.
        while rest.len() > RUN_MAX_BYTES || (rest.len() == RUN_MAX_BYTES && !is_last) {
            let (run, behind) = rest.split_at(RUN_MAX_BYTES);
            out.push(LONGEST);
            out.extend_from_slice(run);
            rest = behind;
        }
        out.push(u8::try_from(rest.len() + 1).unwrap_or(LONGEST));
        out.extend_from_slice(rest);
    }
    out
}

/// What the runs hold, and the code of the last one if that is shorter than its code tells.
pub(super) fn unstuffed(stuffed: &[u8]) -> (Vec<u8>, Option<u8>) {
    let mut out = Vec::with_capacity(stuffed.len());
    let mut rest = stuffed;
    while let Some((code, behind)) = rest.split_first() {
        let len = usize::from(*code).saturating_sub(1);
        let Some((run, behind)) = behind.split_at_checked(len) else {
            out.extend_from_slice(behind);
            return (out, Some(*code));
        };
        out.extend_from_slice(run);
        if *code != LONGEST && !behind.is_empty() {
            out.push(0);
        }
        rest = behind;
    }
    (out, None)
}

/// Names the code bytes, and says how many bytes a whole frame carries.
pub(super) fn describe(message: &mut Message, bytes: &[u8]) {
    if matches!(message.status, Status::Skipped { .. }) {
        return;
    }
    let mut dissect = Dissect::payload(message, bytes);
    let carried = codes(&mut dissect);
    message.fields = dissect.finish();
    if let Some(carried) = carried.filter(|_| message.status == Status::Ok) {
        message.note = byte_count(carried).into();
    }
}

/// How many bytes the runs hold; `None` if there are too many to name.
fn codes(dissect: &mut Dissect<'_>) -> Option<u64> {
    let mut carried = 0;
    while let Some([code]) = dissect.skip(1) {
        let code = *code;
        let run = usize::from(code).saturating_sub(1);
        let here = run.min(dissect.rest().len());
        dissect.name("code", 1, Value::Number(code.into()))?;
        dissect.skip(here)?;
        carried += here as u64;
        // Behind a run that is too short stands its code, in the reduced form.
        let adds = here < run || (code != LONGEST && !dissect.is_done());
        carried += u64::from(adds);
    }
    Some(carried)
}

#[derive(Clone, Debug, Default)]
struct Runs {
    /// The bytes up to the next code byte.
    left: usize,
}

impl Stuffing for Runs {
    const END: u8 = 0;
    const WAITS: &'static str = "waiting for 00";
    const EMPTY: &'static str = "no frame before 00";

    fn look(&mut self, bytes: &[u8], _at: u64) -> Option<Flaw> {
        let mut at = self.left;
        while let Some(code) = bytes.get(at) {
            at += usize::from(*code).max(1);
        }
        self.left = at - bytes.len();
        None
    }

    fn close(&mut self, at: u64) -> Option<Flaw> {
        let missing = byte_count(self.left as u64);
        let why = format!("00 within a run, of which {missing} should follow");
        (self.left > 0).then_some(Flaw { why, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::{check, check_fields, cut, run};

    #[test]
    fn frames_and_what_is_none() {
        check(
            "cobs",
            b"\x01\0\0\0\x03ab\x02c\0\x05a\0\x02b\0\x03",
            &[
                r"0..2 0 bytes: \x01",
                "2..4 skipped: no frame before 00",
                r"4..10 4 bytes: \x03ab\x02c",
                "10..13 bad at 12: 00 within a run, of which 3 bytes should follow",
                r"13..16 1 byte: \x02b",
                r"16..17 partial, waiting for 00: \x03",
            ],
        );
        check(
            "cobs max 3",
            b"\x03ab\0\x02a\0",
            &[
                "0..4 bad at 3: longer than the limit of 3 bytes",
                r"4..7 1 byte: \x02a",
            ],
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "cobs",
            b"\x03ab\x01\x01\0",
            &["0..1 code 3", "3..4 code 1", "4..5 code 1"],
        );
    }

    /// Every length about that of the longest run, with and without zeros behind it.
    #[test]
    fn runs_of_full_length() {
        for len in 250..520 {
            for zeros in 0..3 {
                let payload = [vec![7; len], vec![0; zeros], vec![7; zeros * 254]].concat();
                let stream = Cobs.encode(&payload).unwrap();
                assert!(!stream[..stream.len() - 1].contains(&0));
                let messages = run(&cut("cobs"), &stream, &[100]);
                assert_eq!(messages.len(), 1, "{len} {zeros}");
                assert_eq!(Cobs.payload(&messages[0], &stream), payload);
                let note = messages[0].note.clone();
                assert_eq!(note, byte_count(payload.len() as u64));
            }
        }
        assert_eq!(stuffed(&[1; 254]).len(), 255);
    }
}
