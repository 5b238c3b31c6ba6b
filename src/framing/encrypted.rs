//! What a protocol carries once its ends went over to TLS: records (RFC 8446, 5.1), cut and not opened.

use super::Message;
use super::dissect::{Dissect, Names, add, words_of};
use super::grammar::{Part, Want};
use super::message::byte_count;

/// Type, version, length.
pub(super) const HEAD_BYTES: usize = 5;

/// The type of the record that begins it all.
pub(super) const HANDSHAKE: u8 = 22;

/// The most bytes behind the header (5.2).
const LENGTH_MAX: u16 = (1 << 14) + 2048;

const TYPES: &Names = &[
    (20, "change cipher spec"),
    (21, "alert"),
    (22, "handshake"),
    (23, "application data"),
];

/// The record whose header ends with this part, as a message with that note.
pub(super) fn record(header: &[u8], part: &Part<'_>, note: &'static str) -> Want {
    let &[20..=23, 3, _, high, low] = header else {
        return Want::broken("no TLS record, where TLS was begun", part.start);
    };
    let length = u16::from_be_bytes([high, low]);
    if length > LENGTH_MAX {
        let why = format!("a TLS record of {length} bytes, and {LENGTH_MAX} can be");
        return Want::broken(why, part.start + 3);
    }
    let payload = part.range.end;
    let end = payload + u64::from(length);
    Want::Message(Message::new(part.start..end, payload..end, note))
}

/// Names the header; what the record is.
pub(super) fn told(dissect: &mut Dissect<'_>, note: &mut String) -> Option<()> {
    note.push_str("TLS");
    let kind = dissect.named("type", 1, TYPES)?;
    add(note, format_args!(" {}", words_of(TYPES, kind)));
    dissect.number("version", 2)?;
    let length = dissect.number("length", 2)?;
    add(note, format_args!(", {}", byte_count(length)));
    let rest = dissect.rest().len();
    dissect.bytes("encrypted", rest)?;
    Some(())
}
