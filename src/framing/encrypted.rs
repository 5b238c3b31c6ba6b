//! What a protocol carries once its ends went over to TLS: records (RFC 8446, 5.1), cut and not opened.

use super::Message;
use super::dissect::{Dissect, words_of};
use super::grammar::{Part, Want};
use super::message::byte_count;
use super::note::Note;
use super::tls::{RECORD_MAX_BYTES, RECORDS, VERSIONS};

/// The type of the record that begins it all.
pub(super) const HANDSHAKE: u8 = 22;

/// The record whose header ends with this part, as a message with that note.
pub(super) fn record(header: &[u8], part: &Part<'_>, note: &'static str) -> Want {
    let &[20..=23, 3, _, high, low] = header else {
        return Want::broken("no TLS record, where TLS was begun", part.start);
    };
    let length = u16::from_be_bytes([high, low]);
    if length > RECORD_MAX_BYTES {
        let why = format!("a TLS record of {length} bytes, and {RECORD_MAX_BYTES} can be");
        return Want::broken(why, part.start + 3);
    }
    let payload = part.range.end;
    let end = payload + u64::from(length);
    Want::Message(Message::new(part.start..end, payload..end, note))
}

/// Names the header; what the record is.
pub(super) fn told(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    note.add("TLS");
    let kind = dissect.named("type", 1, RECORDS)?;
    write!(note, " {}", words_of(RECORDS, kind));
    dissect.named("version", 2, VERSIONS)?;
    let length = dissect.number("length", 2)?;
    write!(note, ", {}", byte_count(length));
    let rest = dissect.rest().len();
    dissect.bytes("encrypted", rest)?;
    Some(())
}
