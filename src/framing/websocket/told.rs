//! What the frames of a message say: names for their parts, and the note.

use super::frame::{self, CLOSE, Frame, OPCODES, TEXT};
use crate::framing::dissect::{FIELDS_MAX, Names, name_of, range_of, text_of, words_of};
use crate::framing::message::byte_count;
use crate::framing::{Field, Message, Value};

/// The most characters of a text that stand in the note.
const SHOWN_MAX_CHARS: usize = 120;

/// The most fields of a frame.
const FRAME_FIELDS: usize = 10;

/// RFC 6455, 7.4.1, and the registry since.
const CODES: &Names = &[
    (1000, "normal closure"),
    (1001, "going away"),
    (1002, "protocol error"),
    (1003, "unsupported data"),
    (1005, "no status"),
    (1006, "abnormal closure"),
    (1007, "invalid data"),
    (1008, "policy violation"),
    (1009, "message too big"),
    (1010, "extension missing"),
    (1011, "internal error"),
    (1012, "service restart"),
    (1013, "try again later"),
    (1014, "bad gateway"),
    (1015, "TLS handshake failed"),
];

/// The fields of one frame, or one field for each of several.
pub(super) fn fields(message: &Message, bytes: &[u8]) -> Vec<Field> {
    let mut all = frame::frames(bytes).take(FIELDS_MAX / FRAME_FIELDS);
    let Some(first) = all.next() else {
        return Vec::new();
    };
    let mut rest = all.peekable();
    if rest.peek().is_none() && first.head.is_final() {
        return of_frame(message, &first);
    }
    std::iter::once(first)
        .chain(rest)
        .map(|frame| {
            let range = range_of(message, frame.at..frame.end());
            Field {
                fields: of_frame(message, &frame),
                ..Field::new(name(&frame), range, Value::Bytes)
            }
        })
        .collect()
}

fn of_frame(message: &Message, frame: &Frame<'_>) -> Vec<Field> {
    let head = &frame.head;
    let field = |name: &'static str, from: usize, to: usize, value| {
        Field::new(
            name,
            range_of(message, frame.at + from..frame.at + to),
            value,
        )
    };
    let opcode = head.opcode().into();
    let kind = match name_of(OPCODES, opcode) {
        Some(word) => Value::Named(opcode.into(), word.into()),
        None => Value::Number(opcode.into()),
    };
    let bit = |is_set| Value::Number(i128::from(u8::from(is_set)));
    let length = frame::HEAD_BYTES + frame::extended(head.second);
    let mut fields = vec![
        field("type", 0, 1, kind),
        field("final", 0, 1, bit(head.is_final())),
    ];
    if head.reserved() > 0 {
        let reserved = Value::Number(head.reserved().into());
        fields.push(field("reserved", 0, 1, reserved));
    }
    fields.push(field("masked", 1, 2, bit(head.key.is_some())));
    fields.push(field(
        "length",
        1,
        length,
        Value::Number(head.length.into()),
    ));
    if head.key.is_some() {
        fields.push(field("key", length, head.bytes, Value::Bytes));
    }
    let data = frame.data();
    let (from, to) = (head.bytes, frame.end() - frame.at);
    match (head.opcode(), data.split_first_chunk()) {
        _ if data.is_empty() => {}
        (CLOSE, Some((code, reason))) => {
            let code = u16::from_be_bytes(*code).into();
            let value = match name_of(CODES, code) {
                Some(word) => Value::Named(code.into(), word.into()),
                None => Value::Number(code.into()),
            };
            fields.push(field("code", from, from + 2, value));
            if !reason.is_empty() {
                fields.push(field("reason", from + 2, to, Value::Text(text_of(reason))));
            }
        }
        (TEXT, _) => fields.push(field("data", from, to, Value::Text(text_of(&data)))),
        _ => fields.push(field("data", from, to, Value::Bytes)),
    }
    fields
}

fn name(frame: &Frame<'_>) -> &'static str {
    name_of(OPCODES, frame.head.opcode().into()).unwrap_or("reserved")
}

/// What a message is: its type, how it was sent, and what it says.
pub(super) fn note(bytes: &[u8]) -> Option<String> {
    let mut all = frame::frames(bytes);
    let first = all.next()?;
    let opcode = first.head.opcode();
    if first.head.is_control() {
        return Some(of_control(&first));
    }
    let mut data = first.data();
    let mut fragments = 1;
    let mut is_final = first.head.is_final();
    let mut inside = Vec::new();
    for frame in all {
        if frame.head.is_control() {
            inside.push(name(&frame));
        } else {
            data.extend(frame.data());
            fragments += 1;
            is_final = frame.head.is_final();
        }
    }
    let mut note = vec![words_of(OPCODES, opcode.into())];
    match (fragments, is_final, first.head.is_continuation()) {
        (1, true, true) => note.push(", the last".to_owned()),
        (1, true, false) => {}
        (1, false, true) => note.push(", not the last".to_owned()),
        (1, false, false) => note.push(", the first fragment".to_owned()),
        _ => note.push(format!(" in {fragments} fragments")),
    }
    match inside.as_slice() {
        [] => {}
        [one] => note.push(format!(", {one} inside")),
        more => note.push(format!(", {} control frames inside", more.len())),
    }
    let is_whole = is_final && frame::frames(bytes).all(|frame| frame.is_whole());
    if opcode == TEXT {
        note.push(of_text(&data, is_whole));
    } else {
        note.push(format!(", {}", byte_count(data.len() as u64)));
    }
    Some(note.concat())
}

/// The text itself, and where it is none. What is not whole may end within a character.
fn of_text(data: &[u8], is_whole: bool) -> String {
    let flaw = match std::str::from_utf8(data) {
        Err(error) if is_whole || error.error_len().is_some() => {
            format!(", no UTF-8 at {}", error.valid_up_to())
        }
        _ => String::new(),
    };
    format!("{flaw}: {}", shown(data))
}

fn of_control(frame: &Frame<'_>) -> String {
    let (name, data) = (name(frame), frame.data());
    match (frame.head.opcode(), data.split_first_chunk()) {
        (CLOSE, Some((code, reason))) => {
            let code = u16::from_be_bytes(*code);
            let words = name_of(CODES, code.into()).map(|words| format!(" {words}"));
            let words = words.unwrap_or_default();
            match reason {
                [] => format!("{name} {code}{words}"),
                reason => format!("{name} {code}{words}: {}", shown(reason)),
            }
        }
        _ if data.is_empty() => name.to_owned(),
        _ => format!("{name}, {}", byte_count(data.len() as u64)),
    }
}

/// The beginning of a text.
fn shown(data: &[u8]) -> String {
    let text = text_of(data.get(..4 * SHOWN_MAX_CHARS).unwrap_or(data));
    match text.char_indices().nth(SHOWN_MAX_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
