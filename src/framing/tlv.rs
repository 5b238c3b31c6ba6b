//! `tlv TYPE TYPE`: a type, the length of the value, and the value. A value that is itself whole TLVs shows as a tree.

use std::borrow::Cow;

use super::dissect::{DEPTH_MAX, Dissect};
use super::grammar::{Grammar, Part, Want};
use super::len::{TYPES, unsigned};
use super::message::byte_count;
use super::note::Note;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::expr::{IntType, Step};
use crate::words::{Complaint, Words};

/// The row.
#[derive(Debug)]
pub(super) struct Tlv;

impl Framing for Tlv {
    fn name(&self) -> &'static str {
        "tlv"
    }

    fn usage(&self) -> &'static str {
        "tlv TYPE TYPE"
    }

    fn help(&self) -> &'static str {
        "a type, a length, a value; nested values show as a tree"
    }

    fn examples(&self) -> &'static [&'static str] {
        &[
            "tlv u8 u8",
            "tlv u8 u16be",
            "tlv u16le u32le",
            "tlv varint varint",
            "tlv dec2 hex4",
        ]
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        Some(if before.len() < 2 { TYPES } else { &[] })
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(Widths {
            kind: unsigned(words, "a type")?,
            length: unsigned(words, "a length")?,
        }))
    }
}

/// The rule.
#[derive(Clone, Copy, Debug)]
struct Widths {
    kind: IntType,
    length: IntType,
}

impl Widths {
    /// How many bytes the first of these have as a TLV, head and all, if the head is there and fits.
    fn whole(self, bytes: &[u8]) -> Option<usize> {
        let Step::Value(_, kind) = self.kind.decode(bytes) else {
            return None;
        };
        let Step::Value(value, length) = self.length.decode(bytes.get(kind..)?) else {
            return None;
        };
        let end = usize::try_from(value).ok()?.checked_add(kind + length)?;
        (end <= bytes.len()).then_some(end)
    }

    /// Whether the bytes are TLVs, one or more, and nothing else.
    fn are_whole(self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while let Some(end) = self.whole(rest) {
            rest = rest.get(end..).unwrap_or_default();
        }
        rest.is_empty() && !bytes.is_empty()
    }

    /// Names type, length and value, as far as they are there.
    fn parts(self, dissect: &mut Dissect<'_>, note: &mut Note, depth: usize) -> Option<()> {
        let kind = number(dissect, "type", self.kind)?;
        write!(note, "type {kind}");
        let length = number(dissect, "length", self.length)?;
        write!(note, ", {}", byte_count(length));
        let length = usize::try_from(length).ok()?;
        let value = dissect.rest();
        let value = value.get(..length.min(value.len()))?;
        if value.is_empty() {
            return Some(());
        }
        if value.len() < length || depth >= DEPTH_MAX || !self.are_whole(value) {
            return dissect.bytes("value", value.len()).map(|_| ());
        }
        dissect.group("value", |dissect| {
            dissect.within(length, |dissect| {
                while !dissect.is_done() {
                    let mut inner = Note::default();
                    dissect.group_of("tlv", |dissect| {
                        self.parts(dissect, &mut inner, depth + 2)?;
                        Some(Value::Text(inner.into()))
                    })?;
                }
                Some(())
            })
        })
    }
}

fn number(dissect: &mut Dissect<'_>, name: &'static str, kind: IntType) -> Option<i128> {
    let Step::Value(value, width) = kind.decode(dissect.rest()) else {
        return None;
    };
    dissect.skip(width)?;
    dissect.name(name, width, Value::Number(value))?;
    Some(value)
}

impl Rule for Widths {
    fn words(&self) -> String {
        format!("tlv {} {}", self.kind, self.length)
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Head {
            rule: *self,
            head: Vec::new(),
            kind: None,
        }))
    }

    /// The payload is the value; the type is 0.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let told = |kind: IntType, value: i128| {
            let bytes = kind.encode(value);
            bytes.map_err(|misfit| misfit.to_string())
        };
        let length = told(self.length, payload.len() as i128)?;
        Ok([told(self.kind, 0)?, length, payload.to_vec()].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        self.parts(&mut dissect, &mut note, 0);
        message.fields = dissect.finish();
        message.note = note.into();
    }
}

/// The head as far as it came.
#[derive(Clone, Debug)]
struct Head {
    rule: Widths,
    head: Vec<u8>,
    /// How many bytes the type takes, once it is there.
    kind: Option<usize>,
}

impl Head {
    /// What is wanted of the head, all of which ends at `at`.
    fn want(&mut self, start: u64, at: u64) -> Want {
        let kind = match (self.kind, self.rule.kind.decode(&self.head)) {
            (Some(kind), _) => kind,
            (None, Step::Value(_, kind)) => kind,
            (None, Step::Need(bytes)) => return Want::Bytes(bytes),
            (None, Step::Bad(why)) => return Want::broken(format!("the type: {why}"), start),
        };
        self.kind = Some(kind);
        let length = self.head.get(kind..).unwrap_or_default();
        match self.rule.length.decode(length) {
            Step::Need(bytes) => Want::Bytes(bytes),
            Step::Bad(why) => Want::broken(format!("the length: {why}"), start + kind as u64),
            Step::Value(value, _) => {
                let end = at.saturating_add(u64::try_from(value).unwrap_or(u64::MAX));
                Want::Message(Message::new(start..end, at..end, ""))
            }
        }
    }
}

impl Grammar for Head {
    fn begin(&mut self, start: u64, _cx: &mut Cx<'_>) -> Want {
        self.head.clear();
        self.kind = None;
        self.want(start, start)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        self.head.extend_from_slice(part.bytes);
        self.want(part.start, part.range.end)
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        match self.kind {
            None => "waiting for the type".into(),
            Some(_) => "waiting for the length".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields, cut, run};

    #[test]
    fn types_lengths_and_values() {
        check(
            "tlv u8 u16be",
            b"\x01\0\x02ab\x02\0\0\x03\0\x05c",
            &[
                "0..5 type 1, 2 bytes: ab",
                "5..8 type 2, 0 bytes: ",
                "8..12 partial -4, waiting for 4 more bytes (type 3, 5 bytes): c",
            ],
        );
        check(
            "tlv u8 u16be",
            b"\x01\0",
            &[r"0..2 partial, waiting for the length (type 1): \x01\x00"],
        );
        check(
            "tlv u16le u8",
            b"\x01",
            &[r"0..1 partial, waiting for the type: \x01"],
        );
        check(
            "tlv varint varint",
            b"\x81\x01\x80\0\x01\x01z",
            &["0..4 type 129, 0 bytes: ", "4..7 type 1, 1 byte: z"],
        );
        check(
            "tlv dec2 hex2",
            b"01zzab",
            &["0..6 bad at 2: the length: byte 0 of hex2 is 7a, not a digit"],
        );
        check(
            "tlv u8 u64be max 12",
            b"\x01\0\0\0\0\0\0\0\x04abcd\x02\xff\xff\xff\xff\xff\xff\xff\xff",
            &[
                "0..13 bad at 0: a message of 13 bytes, over the limit of 12",
                "13..22 bad at 13: a message of 18446744073709551602 bytes, over the limit of 12",
            ],
        );
    }

    #[test]
    fn a_value_of_whole_tlvs_is_a_tree() {
        check_fields(
            "tlv u8 u8",
            b"\x30\x06\x02\x01\x05\x04\x01\x01",
            &[
                "0..1 type 48",
                "1..2 length 6",
                "2..8 value",
                "  2..5 tlv \"type 2, 1 byte\"",
                "    2..3 type 2",
                "    3..4 length 1",
                "    4..5 value",
                "  5..8 tlv \"type 4, 1 byte\"",
                "    5..6 type 4",
                "    6..7 length 1",
                "    7..8 value",
            ],
        );
        let flat = ["0..1 type 48", "1..2 length 3", "2..5 value"];
        check_fields("tlv u8 u8", b"\x30\x03\x02\x02\x05", &flat);
    }

    #[test]
    fn nesting_without_end_stops() {
        let mut stream = Vec::new();
        for _ in 0..1000 {
            stream = [vec![1, 0, 0, 0], stream].concat();
            let length = u32::try_from(stream.len() - 4).unwrap().to_be_bytes();
            stream[1..4].copy_from_slice(&length[1..]);
        }
        let messages = run(&cut("tlv u8 u24be"), &stream, &[4096]);
        assert_eq!(messages.len(), 1);
        assert!(messages[0].walk().count() < 300);
    }
}
