//! `mllp`: blocks of HL7 version 2 (HL7 Minimal Lower Layer Protocol, release 1): 0B, the message, 1C 0D. What stands
//! between blocks is bad, and the next 0B begins one.

use std::borrow::Cow;

use super::digest::brief;
use super::dissect::{Dissect, Names, text_of};
use super::grammar::{Grammar, Part, Want};
use super::reader::Reader;
use super::{Cx, Decoder, Field, Flaw, Framing, Message, Rule, Sight, Status, Value};
use crate::words::{Complaint, Words};

const START: u8 = 0x0b;
const END: &[u8] = b"\x1c\r";

/// The parts of the first segment that say most (HL7 2.5, 2.15.9), by their numbers.
const HEADER: &Names = &[
    (2, "encoding characters"),
    (3, "sending application"),
    (4, "sending facility"),
    (5, "receiving application"),
    (6, "receiving facility"),
    (7, "date and time"),
    (9, "message type"),
    (10, "control id"),
    (11, "processing id"),
    (12, "version"),
];

/// Those of an acknowledgement (2.15.8).
const ACKNOWLEDGEMENT: &Names = &[(1, "acknowledgement code"), (2, "control id"), (3, "text")];

/// What became of a message (HL7 table 0008).
const CODES: &[(&str, &str)] = &[
    ("AA", "accepted"),
    ("AE", "error"),
    ("AR", "rejected"),
    ("CA", "commit accepted"),
    ("CE", "commit error"),
    ("CR", "commit rejected"),
];

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mllp;

impl Framing for Mllp {
    fn name(&self) -> &'static str {
        "mllp"
    }

    fn usage(&self) -> &'static str {
        "mllp"
    }

    fn help(&self) -> &'static str {
        "HL7 messages: 0b, the segments, 1c 0d"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Mllp {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Block::default()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if memchr::memmem::find(payload, END).is_some() {
            return Err("the payload holds 1c 0d, which ends the block".to_owned());
        }
        Ok([&[START], payload, END].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        if bytes.first() != Some(&START) {
            return;
        }
        let mut dissect = Dissect::payload(message, bytes);
        if message.status != Status::Ok {
            dissect = Dissect::new(message, bytes);
            dissect.skip(1);
        }
        let note = told(&mut dissect);
        message.note = note.into();
        message.fields = dissect.finish();
    }
}

/// What is said of the segments so far.
#[derive(Default)]
struct Told {
    kind: Option<String>,
    control: Option<String>,
    answer: Option<String>,
}

/// Names segments and their fields; what the message is.
fn told(dissect: &mut Dissect<'_>) -> String {
    let mut told = Told::default();
    let mut count = 0;
    let separator = dissect.rest().get(3).copied().unwrap_or(b'|');
    while !dissect.is_done() && segment(dissect, separator, &mut told).is_some() {
        count += 1;
    }
    let segments = match count {
        1 => "1 segment".to_owned(),
        count => format!("{count} segments"),
    };
    let control = told.control.map(|id| format!("control id {id}"));
    let parts = [told.kind, told.answer, control, Some(segments)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Names one segment, which ends in CR, or in LF as careless senders have it.
fn segment(dissect: &mut Dissect<'_>, separator: u8, told: &mut Told) -> Option<()> {
    let rest = dissect.rest();
    let len = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
    if len > 0 {
        let name = rest.get(..len.min(3)).map(text_of)?;
        let is_header = name == "MSH";
        dissect.within(len, |dissect| {
            dissect.group(name.clone(), |dissect| {
                dissect.skip(name.len())?;
                if dissect.skip(1).is_none() {
                    return Some(());
                }
                // The separator itself is the first field of the header.
                let first = if is_header { 2 } else { 1 };
                parts(dissect, separator, &name, first, told)
            })
        })?;
    }
    dissect.skip(1.min(rest.len() - len))?;
    Some(())
}

/// Names the fields of a segment that are not empty.
fn parts(
    dissect: &mut Dissect<'_>,
    separator: u8,
    segment: &str,
    first: u64,
    told: &mut Told,
) -> Option<()> {
    let names: &Names = match segment {
        "MSH" => HEADER,
        "MSA" => ACKNOWLEDGEMENT,
        _ => &[],
    };
    for number in first.. {
        let rest = dissect.rest();
        let start = dissect.at();
        let len = memchr::memchr(separator, rest).unwrap_or(rest.len());
        let text = text_of(dissect.skip(len)?);
        if !text.is_empty() {
            tell(segment, number, &text, told);
            let name = super::dissect::name_of(names, number)
                .map_or_else(|| Cow::Owned(format!("{segment}-{number}")), Cow::Borrowed);
            dissect.push(Field::new(
                name,
                start..start + len as u64,
                Value::Text(text),
            ))?;
        }
        if dissect.skip(1).is_none() {
            break;
        }
    }
    Some(())
}

/// Keeps what belongs into the note.
fn tell(segment: &str, number: u64, text: &str, told: &mut Told) {
    let text = brief(text);
    match (segment, number) {
        ("MSH", 9) => told.kind = Some(text.into_owned()),
        ("MSH", 10) => told.control = Some(text.into_owned()),
        ("MSA", 1) => {
            let means = CODES.iter().find(|(code, _)| *code == text);
            told.answer = Some(match means {
                Some((code, means)) => format!("{code} ({means})"),
                None => text.into_owned(),
            });
        }
        ("MSA", 2) => {
            let answer = told.answer.take().unwrap_or_default();
            told.answer = Some(format!("{answer} to {text}"));
        }
        _ => {}
    }
}

#[derive(Clone, Debug, Default)]
struct Block {
    /// The byte that is no start.
    flaw: Option<Flaw>,
    is_open: bool,
}

impl Grammar for Block {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        *self = Self::default();
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        if let Some(Flaw { why, at }) = self.flaw.take() {
            return part.bad(why, at);
        }
        if self.is_open {
            let payload = part.start + 1..part.range.end - END.len() as u64;
            return Want::Message(part.message(payload));
        }
        if let [byte] = *part.bytes
            && byte != START
        {
            let why = format!("byte {byte:02x} where 0b must begin a block");
            self.flaw = Some(Flaw {
                why,
                at: part.start,
            });
            return Want::Until(START);
        }
        self.is_open = true;
        Want::Through(END)
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for 1c 0d".into()
    }

    fn flaw(&self) -> Option<Flaw> {
        self.flaw.clone()
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    #[test]
    fn blocks_and_what_stands_between() {
        check(
            "mllp",
            b"\x0bMSH|^~\\&|A|B|||20260101||ADT^A01|17|P|2.5\rPID|1\r\x1c\r\n\x0bMSH|x\x1c",
            &[
                r"0..51 ADT^A01, control id 17, 2 segments: MSH|^~\\&|A|B|||20260101||ADT^A01|17|P|2.5\rPID|1\r",
                "51..52 bad at 51: byte 0a where 0b must begin a block",
                r"52..59 partial, waiting for 1c 0d (1 segment): \x0bMSH|x\x1c",
            ],
        );
        check(
            "mllp",
            b"\x0bMSH|^~\\&|||||||ACK|9\rMSA|AE|17|gone\x1c\r",
            &[
                r"0..38 ACK, AE (error) to 17, control id 9, 2 segments: MSH|^~\\&|||||||ACK|9\rMSA|AE|17|gone",
            ],
        );
        check("mllp", b"\x0b\x1c\r", &["0..3 0 segments: "]);
        check(
            "mllp",
            b"xyz",
            &["0..3 bad at 0: byte 78 where 0b must begin a block"],
        );
        check(
            "mllp max 6",
            b"\x0babcd\x1c\r\x0ba\x1c\r",
            &[
                "0..7 bad at 6: longer than the limit of 6 bytes",
                "7..11 1 segment: a",
            ],
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "mllp",
            b"\x0bMSH|^~\\&|||||||ACK|9\rMSA|AA|17\rZZZ|a||b\r\x1c\r",
            &[
                "1..21 MSH",
                r#"  5..9 encoding characters "^~\\&""#,
                r#"  16..19 message type "ACK""#,
                r#"  20..21 control id "9""#,
                "22..31 MSA",
                r#"  26..28 acknowledgement code "AA""#,
                r#"  29..31 control id "17""#,
                "32..40 ZZZ",
                r#"  36..37 ZZZ-1 "a""#,
                r#"  39..40 ZZZ-3 "b""#,
            ],
        );
    }
}
