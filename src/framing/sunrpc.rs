//! `sunrpc [fragments]`: ONC RPC over a stream (RFC 5531, 9 and 11). A record is joined of fragments, each with a
//! header of its length and whether it is the last; with `fragments` each is a message of its own.

mod call;
mod names;

use std::borrow::Cow;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::note::Note;
use super::reader::Reader;
use super::{Cx, Decoder, Exchange, Field, Framing, Message, Rule, Sight, Value, exchange};
use crate::words::{Complaint, Words};

/// The length and the mark of the last fragment.
const HEAD_BYTES: usize = 4;

/// The mark of the last fragment, above a length of 31 bits.
const LAST: u32 = 1 << 31;

/// The most fragments of a record that are looked at when it is told what it is.
const PIECES_MAX: usize = 1000;

/// The row.
#[derive(Debug)]
pub(super) struct Sunrpc;

impl Framing for Sunrpc {
    fn name(&self) -> &'static str {
        "sunrpc"
    }

    fn usage(&self) -> &'static str {
        "sunrpc [fragments]"
    }

    fn help(&self) -> &'static str {
        "ONC RPC (NFS, mount, portmapper): calls and replies; fragments leaves them apart"
    }

    fn examples(&self) -> &'static [&'static str] {
        &["sunrpc", "sunrpc fragments"]
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        Some(if before.is_empty() {
            &["fragments"]
        } else {
            &[]
        })
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let apart = words.take("fragments");
        Ok(Box::new(Records { apart }))
    }
}

/// The rule.
#[derive(Clone, Copy, Debug)]
struct Records {
    /// Each fragment is a message.
    apart: bool,
}

impl Rule for Records {
    fn words(&self) -> String {
        if self.apart {
            "sunrpc fragments".to_owned()
        } else {
            "sunrpc".to_owned()
        }
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Fragments {
            apart: self.apart,
            goes_on: false,
        }))
    }

    /// The payload becomes one fragment, the last.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u32::try_from(payload.len()).ok();
        let length = length.filter(|length| *length < LAST);
        let length = length.ok_or("the length of a fragment has 31 bits")?;
        Ok([&(length | LAST).to_be_bytes()[..], payload].concat())
    }

    /// The names of all parts are found in the joined record, and then put where its bytes stand in the stream.
    fn exchange(&self, message: &Message, _sight: Sight) -> Option<Exchange> {
        Exchange::by(exchange::number(message, "type")? == 0, message, "xid")
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let is_later = !message.fields.is_empty();
        let pieces: Vec<_> = pieces(bytes).take(PIECES_MAX).collect();
        let count = pieces.len();
        let mut dissect = Dissect::new(message, bytes);
        let mut whole = Vec::new();
        for piece in &pieces {
            piece.told(&mut dissect);
            whole.extend_from_slice(piece.bytes);
        }
        let mut fields = dissect.finish();
        let mut note = Note::default();
        if is_later {
            write!(note, "fragment, {}", byte_count(whole.len() as u64));
        } else {
            let record = Message::new(0..whole.len() as u64, 0..0, "");
            let mut dissect = Dissect::new(&record, &whole);
            call::record(&mut dissect, &mut note);
            let mut parts = dissect.finish();
            for part in &mut parts {
                place(part, &pieces, message.range.start);
            }
            fields.extend(parts);
        }
        if note.is_empty() && count > 0 {
            note.add(&byte_count(whole.len() as u64));
        }
        match pieces.last() {
            Some(piece) if self.apart && !piece.is_last => note.add(", more follows"),
            Some(_) if count == PIECES_MAX => write!(note, ", {count} fragments or more"),
            Some(_) if count > 1 => write!(note, ", {count} fragments"),
            _ => {}
        }
        message.fields = fields;
        message.note = note.into();
    }

    fn payload(&self, _message: &Message, bytes: &[u8]) -> Vec<u8> {
        pieces(bytes)
            .flat_map(|piece| piece.bytes)
            .copied()
            .collect()
    }
}

/// A fragment of a message.
#[derive(Debug)]
struct Piece<'a> {
    /// The offset of its header in the message.
    at: usize,
    is_last: bool,
    /// What it holds, as much as is at hand.
    bytes: &'a [u8],
}

impl Piece<'_> {
    fn told(&self, dissect: &mut Dissect<'_>) -> Option<()> {
        let length = dissect.unsigned(HEAD_BYTES)? & u64::from(LAST - 1);
        let what = if self.is_last { "last" } else { "more follows" };
        let value = Value::Named(length.into(), what.into());
        dissect.name("fragment", HEAD_BYTES, value)?;
        dissect.skip(self.bytes.len()).map(|_| ())
    }
}

/// The fragments of a message's bytes.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    let mut is_last = false;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|_| !is_last)?;
        let (head, rest) = rest.split_first_chunk()?;
        let (length, last) = fragment(*head);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let bytes = rest.get(..length.min(rest.len())).unwrap_or_default();
        let piece = Piece {
            at,
            is_last: last,
            bytes,
        };
        at += HEAD_BYTES + bytes.len();
        is_last = last;
        Some(piece)
    })
}

/// The length that a header tells, and whether its fragment is the last.
fn fragment(head: [u8; HEAD_BYTES]) -> (u32, bool) {
    let head = u32::from_be_bytes(head);
    (head & (LAST - 1), head & LAST != 0)
}

/// Moves a part of the joined record, and those within, to where it stands in the stream.
fn place(part: &mut Field, pieces: &[Piece<'_>], start: u64) {
    let from = offset(part.range.start, pieces);
    // The byte behind the last one may stand behind another header.
    let last = part.range.end.saturating_sub(1).max(part.range.start);
    let to = offset(last, pieces) + (part.range.end - last);
    part.range = start + from..start + to;
    for inner in &mut part.fields {
        place(inner, pieces, start);
    }
}

/// Where a byte of the joined record stands in the message.
fn offset(at: u64, pieces: &[Piece<'_>]) -> u64 {
    let mut joined = 0;
    for piece in pieces {
        let length = piece.bytes.len() as u64;
        if at < joined + length {
            return (piece.at + HEAD_BYTES) as u64 + at - joined;
        }
        joined += length;
    }
    pieces.last().map_or(0, |piece| {
        (piece.at + HEAD_BYTES + piece.bytes.len()) as u64
    })
}

/// Reads fragment by fragment.
#[derive(Clone, Copy, Debug)]
struct Fragments {
    apart: bool,
    /// The fragment that begins is not its record's first.
    goes_on: bool,
}

impl Grammar for Fragments {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        Want::Bytes(HEAD_BYTES)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        let Ok(head) = part.bytes.try_into() else {
            // A fragment passed by that was not the last.
            return Want::Bytes(HEAD_BYTES);
        };
        let (length, is_last) = fragment(head);
        if !is_last && !self.apart {
            return Want::Pass(length.into());
        }
        let payload = if self.apart {
            part.range.end
        } else {
            part.start + HEAD_BYTES as u64
        };
        let end = part.range.end + u64::from(length);
        let mut message = Message::new(part.start..end, payload..end, "");
        if self.goes_on {
            // That it is not the first cannot be seen from its bytes.
            let head = part.range.clone();
            message
                .fields
                .push(Field::new("fragment", head, Value::Bytes));
        }
        self.goes_on = self.apart && !is_last;
        Want::Message(message)
    }

    fn waits(&self, came: u64) -> Cow<'static, str> {
        if came < HEAD_BYTES as u64 {
            "waiting for the header of a fragment".into()
        } else {
            "waiting for the other fragments".into()
        }
    }
}

#[cfg(test)]
mod tests;
