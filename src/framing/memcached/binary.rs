//! Packets of the binary protocol of memcached: a header of 24 bytes, extras, key, value.

use super::super::dissect::{Dissect, Names, brief_of, words_of};
use super::super::note::Note;

/// From the magic byte to the body.
pub(super) const HEAD_BYTES: usize = 24;

const REPLY: u64 = 0x81;

const MAGIC_NAMES: &Names = &[(0x80, "request"), (REPLY, "reply")];

const OPCODES: &Names = &[
    (0x00, "get"),
    (0x01, "set"),
    (0x02, "add"),
    (0x03, "replace"),
    (0x04, "delete"),
    (0x05, "increment"),
    (0x06, "decrement"),
    (0x07, "quit"),
    (0x08, "flush"),
    (0x09, "get quietly"),
    (0x0a, "no-op"),
    (0x0b, "version"),
    (0x0c, "get with key"),
    (0x0d, "get with key quietly"),
    (0x0e, "append"),
    (0x0f, "prepend"),
    (0x10, "stat"),
    (0x11, "set quietly"),
    (0x12, "add quietly"),
    (0x13, "replace quietly"),
    (0x14, "delete quietly"),
    (0x15, "increment quietly"),
    (0x16, "decrement quietly"),
    (0x17, "quit quietly"),
    (0x18, "flush quietly"),
    (0x19, "append quietly"),
    (0x1a, "prepend quietly"),
    (0x1b, "verbosity"),
    (0x1c, "touch"),
    (0x1d, "get and touch"),
    (0x1e, "get and touch quietly"),
    (0x20, "SASL mechanisms"),
    (0x21, "SASL authentication"),
    (0x22, "SASL step"),
];

const STATUSES: &Names = &[
    (0x00, "no error"),
    (0x01, "key not found"),
    (0x02, "key exists"),
    (0x03, "value too large"),
    (0x04, "invalid arguments"),
    (0x05, "item not stored"),
    (0x06, "not a number"),
    (0x07, "wrong server"),
    (0x08, "authentication error"),
    (0x09, "authentication continues"),
    (0x81, "unknown command"),
    (0x82, "out of memory"),
    (0x83, "not supported"),
    (0x84, "internal error"),
    (0x85, "busy"),
    (0x86, "temporary failure"),
];

/// Names all fields; what the packet is.
pub(super) fn told(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let magic = dissect.named("magic", 1, MAGIC_NAMES)?;
    let opcode = dissect.named("opcode", 1, OPCODES)?;
    note.add(&words_of(OPCODES, opcode));
    let key_length = dissect.number("key length", 2)?;
    let extras_length = dissect.number("extras length", 1)?;
    dissect.number("data type", 1)?;
    let status = if magic == REPLY {
        let status = dissect.named("status", 2, STATUSES)?;
        Some(words_of(STATUSES, status))
    } else {
        dissect.number("bucket", 2)?;
        None
    };
    let length = dissect.number("length", 4)?;
    let opaque = dissect.number("opaque", 4)?;
    dissect.number("cas", 8)?;
    let extras_length = usize::try_from(extras_length).ok()?;
    let key_length = usize::try_from(key_length).ok()?;
    let rest = dissect.rest();
    let key_end = extras_length.checked_add(key_length)?;
    let key = rest.get(extras_length..key_end).unwrap_or_default();
    if !key.is_empty() {
        write!(note, " {}", brief_of(key));
    }
    if let Some(status) = status {
        write!(note, ": {status}");
    }
    write!(note, ", #{opaque}");
    dissect.within(usize::try_from(length).ok()?, |dissect| {
        if extras_length > 0 {
            extras(dissect, opcode, magic, extras_length)?;
        }
        if key_length > 0 {
            dissect.text("key", key_length)?;
        }
        let rest = dissect.rest().len();
        if rest > 0 {
            dissect.text("value", rest)?;
        }
        Some(())
    })
}

/// What stands between header and key, where it is known of the command.
fn extras(dissect: &mut Dissect<'_>, opcode: u64, magic: u64, len: usize) -> Option<()> {
    match (opcode, len) {
        (_, 4) if magic == REPLY => dissect.number("flags", 4).map(|_| ()),
        (1 | 2 | 3 | 0x11..=0x13, 8) => {
            dissect.number("flags", 4)?;
            dissect.number("expiry", 4).map(|_| ())
        }
        (5 | 6 | 0x15 | 0x16, 20) => {
            dissect.number("delta", 8)?;
            dissect.number("initial", 8)?;
            dissect.number("expiry", 4).map(|_| ())
        }
        (8 | 0x18 | 0x1c..=0x1e, 4) => dissect.number("expiry", 4).map(|_| ()),
        _ => dissect.bytes("extras", len).map(|_| ()),
    }
}
