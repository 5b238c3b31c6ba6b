//! `type`: the first byte names the message's type, and the type gives the length of the rest. The type belongs to the
//! payload, for without it the rest says nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Value};
use crate::words::{Complaint, Word, Words, size};

const FITS: &str =
    "a=4, or 0x1f=4: one printable character or 0xNN, =, and the bytes that follow it";

/// The row.
#[derive(Debug)]
pub(super) struct Typed;

impl Framing for Typed {
    fn name(&self) -> &'static str {
        "type"
    }

    fn usage(&self) -> &'static str {
        "type K=N … [else N]"
    }

    fn help(&self) -> &'static str {
        "the first byte names the type, the type gives the length of the rest"
    }

    fn examples(&self) -> &'static [&'static str] {
        &["type a=0 h=6 0x01=2", "type a=0 0x00=1 else 3"]
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        match before {
            [] | [.., "else"] => None,
            [.., "else", _] => Some(&[]),
            _ => Some(&["else"]),
        }
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let mut lengths = BTreeMap::new();
        while let Some(word) = words.peek() {
            let Some((kind, length)) = pair(word.text) else {
                break;
            };
            let length = size(length).ok_or_else(|| {
                let what = format!("`{length}` is not the bytes that follow");
                word.complain(what, "bytes: 4096, 64k, 8M or 1G")
            })?;
            if lengths.insert(kind, length).is_some() {
                let what = format!("type `{}` stands there twice", name(kind));
                return Err(word.complain(what, "each type once"));
            }
            words.next_word();
        }
        if lengths.is_empty() {
            let word = words.require("a type and its length");
            let missing = |word: Word<'_>| {
                word.complain(
                    format!("`{}` is not a type and its length", word.text),
                    FITS,
                )
            };
            return Err(word.map_or_else(
                |complaint| Complaint {
                    fits: FITS.to_owned(),
                    ..complaint
                },
                missing,
            ));
        }
        let otherwise = if words.take("else") {
            Some(words.size("the bytes that follow any other type")?)
        } else {
            None
        };
        Ok(Box::new(Types {
            lengths: lengths.into(),
            otherwise,
        }))
    }
}

/// The type and the length of a word, if it has their form.
fn pair(word: &str) -> Option<(u8, &str)> {
    let hex = word.strip_prefix("0x").and_then(|rest| {
        let (digits, length) = rest.split_once('=')?;
        let is_byte = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let kind = u8::from_str_radix(digits, 16).ok().filter(|_| is_byte)?;
        Some((kind, length))
    });
    hex.or_else(|| {
        let mut chars = word.chars();
        let kind = chars.next().filter(char::is_ascii_graphic)?;
        let length = chars.as_str().strip_prefix('=')?;
        Some((u8::try_from(kind).ok()?, length))
    })
}

/// A type as it is written: a quote would begin quoted text.
fn name(kind: u8) -> String {
    if kind.is_ascii_graphic() && kind != b'"' {
        char::from(kind).to_string()
    } else {
        format!("0x{kind:02x}")
    }
}

/// The rule, and its grammar: it keeps nothing.
#[derive(Clone, Debug)]
struct Types {
    /// How many bytes follow each type.
    lengths: Arc<BTreeMap<u8, u64>>,
    /// And any other.
    otherwise: Option<u64>,
}

impl Types {
    fn length(&self, kind: u8) -> Option<u64> {
        self.lengths.get(&kind).copied().or(self.otherwise)
    }
}

impl Rule for Types {
    fn words(&self) -> String {
        let pairs = self.lengths.iter();
        let pairs = pairs.map(|(kind, length)| format!(" {}={length}", name(*kind)));
        let otherwise = self.otherwise.map(|length| format!(" else {length}"));
        format!(
            "type{}{}",
            pairs.collect::<String>(),
            otherwise.unwrap_or_default()
        )
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(self.clone()))
    }

    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let (kind, rest) = payload.split_first().ok_or("the type is missing")?;
        let length = self.length(*kind);
        let length =
            length.ok_or_else(|| format!("no length is given for type {}", name(*kind)))?;
        if rest.len() as u64 == length {
            Ok(payload.to_vec())
        } else {
            let count = byte_count(rest.len() as u64);
            let name = name(*kind);
            Err(format!(
                "behind type {name} stand {count}, and {length} must"
            ))
        }
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        if let Some(&[kind]) = dissect.skip(1) {
            let named = Value::Named(kind.into(), name(kind).into());
            dissect.name("type", 1, named);
            let rest = dissect.rest().len();
            if rest > 0 {
                dissect.bytes("rest", rest);
            }
            message.note = format!("type {}", name(kind)).into();
        }
        message.fields = dissect.finish();
    }
}

impl Grammar for Types {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let kind = part.bytes.first().copied().unwrap_or_default();
        let Some(length) = self.length(kind) else {
            let why = format!("no length is given for type {}", name(kind));
            return Want::broken(why, part.start);
        };
        let range = part.start..part.range.end.saturating_add(length);
        Want::Message(Message::new(range.clone(), range, ""))
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the type".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::Cut;
    use crate::framing::tests::{check, check_fields, cut};

    #[test]
    fn the_type_gives_the_length() {
        let rule = "type a=2 b=0 0x01=1 ==3";
        check(
            rule,
            b"a12b\x01x=abca1",
            &[
                "0..3 type a: a12",
                "3..4 type b: b",
                r"4..6 type 0x01: \x01x",
                "6..10 type =: =abc",
                "10..12 partial -1, waiting for 1 more byte (type a): a1",
            ],
        );
        check(
            rule,
            b"bcxx",
            &[
                "0..1 type b: b",
                "1..4 bad at 1: no length is given for type c",
            ],
        );
        check(
            "type a=2 else 1 max 2",
            b"xyabcz1",
            &[
                "0..2 type x: xy",
                "2..5 bad at 2: a message of 3 bytes, over the limit of 2",
                "5..7 type z: z1",
            ],
        );
        check(
            "type a=1048576G",
            b"ab",
            &["0..2 bad at 0: a message of 1125899906842625 bytes, over the limit of 16777216"],
        );
        check_fields(rule, b"a12", &["0..1 type 97 a", "1..3 rest"]);
    }

    #[test]
    fn words() {
        for (words, canonical) in [
            ("type 0x61=2 0x22=1 0x20=4k", "type 0x20=4096 0x22=1 a=2"),
            ("type 0=5 else 7 max 9", "type 0=5 else 7 max 9"),
            ("type ==1 0x=3", "column 10"),
            ("type", "column 5: a type and its length is missing"),
            (
                "type else 3",
                "column 6: `else` is not a type and its length",
            ),
            ("type a=1 0x61=2", "column 10: type `a` stands there twice"),
            ("type a=x", "column 6: `x` is not the bytes that follow"),
            ("type é=1", "column 6: `é=1` is not a type and its length"),
        ] {
            let mut cursor = Words::new(words, 0);
            let told = Cut::parse(&mut cursor)
                .and_then(|cut| cursor.finish("").map(|()| cut.words()))
                .unwrap_or_else(|complaint| complaint.to_string());
            assert!(told.starts_with(canonical), "{words}: {told}");
        }
    }

    #[test]
    fn what_has_another_length_is_refused() {
        let refused = |payload| cut("type a=2").rule.encode(payload).unwrap_err();
        assert_eq!(refused(b"a1"), "behind type a stand 1 byte, and 2 must");
        assert_eq!(refused(b"b1"), "no length is given for type b");
        assert_eq!(refused(b""), "the type is missing");
    }
}
