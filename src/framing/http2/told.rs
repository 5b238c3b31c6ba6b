//! What a frame says: its fields and its note. The headers come from the decoder.

use super::names::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, ERRORS, GOAWAY, HEADERS, PADDED, PARAMETERS, PING,
    PRIORITIZED, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, TYPES, WINDOW_UPDATE,
};
use super::{PREFACE, PREFACE_HEAD};
use crate::framing::dissect::{Dissect, name_of, text_of, words_of};
use crate::framing::message::byte_count;
use crate::framing::{Field, Value};

/// The priority of a stream, and the weight that 0 stands for.
const EXCLUSIVE: u64 = 1 << 31;

/// Names all fields; what the frame is. What is not at hand is left out.
pub(super) fn told(dissect: &mut Dissect<'_>, headers: Vec<Field>) -> Option<String> {
    if dissect.rest().starts_with(PREFACE_HEAD) {
        dissect.text("preface", PREFACE.len())?;
        return Some("preface".to_owned());
    }
    let length = dissect.number("length", 3)?;
    let kind = dissect.named("type", 1, TYPES)?;
    let flags = dissect.unsigned(1)?;
    dissect.name("flags", 1, flag_words(kind, flags))?;
    let stream = dissect.unsigned(4)? & !EXCLUSIVE;
    dissect.name("stream", 4, Value::Number(stream.into()))?;
    let mut note = vec![match name_of(TYPES, kind) {
        Some(name) => name.to_owned(),
        None => format!("frame type {kind}"),
    }];
    if stream > 0 {
        note.push(format!(" stream {stream}"));
    }
    match kind {
        DATA | HEADERS | PUSH_PROMISE => padded(dissect, (kind, flags, length), headers, &mut note),
        _ => body(dissect, (kind, flags, length), headers, &mut note),
    };
    if matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0 {
        note.push(", end".to_owned());
    }
    Some(note.concat())
}

/// Frames that may be padded.
fn padded(
    dissect: &mut Dissect<'_>,
    (kind, flags, length): (u64, u64, u64),
    headers: Vec<Field>,
    note: &mut Vec<String>,
) -> Option<()> {
    let mut padding = 0;
    let mut length = length;
    if flags & PADDED != 0 {
        padding = dissect.number("padding length", 1)?;
        length = length.saturating_sub(1 + padding);
    }
    if kind == DATA {
        note.push(format!(", {}", byte_count(length)));
        if padding > 0 {
            note.push(format!(" and {padding} of padding"));
        }
    }
    if kind == HEADERS && flags & PRIORITIZED != 0 {
        priority(dissect)?;
        length = length.saturating_sub(5);
    }
    if kind == PUSH_PROMISE {
        let promised = dissect.unsigned(4)? & !EXCLUSIVE;
        dissect.name("promised stream", 4, Value::Number(promised.into()))?;
        note.push(format!(", promises {promised}"));
        length = length.saturating_sub(4);
    }
    if kind == DATA {
        left(dissect, "data", length)?;
    } else {
        lines(dissect, length, headers, note)?;
    }
    left(dissect, "padding", padding)
}

/// Frames that are not padded.
fn body(
    dissect: &mut Dissect<'_>,
    (kind, flags, length): (u64, u64, u64),
    headers: Vec<Field>,
    note: &mut Vec<String>,
) -> Option<()> {
    match kind {
        CONTINUATION => lines(dissect, length, headers, note),
        PRIORITY => {
            let (depends, weight) = priority(dissect)?;
            note.push(format!(", depends on {depends}, weight {weight}"));
            Some(())
        }
        RST_STREAM => {
            let error = dissect.named("error", 4, ERRORS)?;
            note.push(format!(": {}", words_of(ERRORS, error)));
            Some(())
        }
        SETTINGS if flags & END_STREAM != 0 => {
            note.push(" acknowledged".to_owned());
            Some(())
        }
        SETTINGS => settings(dissect, note),
        PING => {
            if flags & END_STREAM != 0 {
                note.push(" acknowledged".to_owned());
            }
            left(dissect, "data", length)
        }
        GOAWAY => {
            let last = dissect.unsigned(4)? & !EXCLUSIVE;
            dissect.name("last stream", 4, Value::Number(last.into()))?;
            let error = dissect.named("error", 4, ERRORS)?;
            note.push(format!(", last stream {last}: {}", words_of(ERRORS, error)));
            let debug = dissect.rest().len();
            if debug > 0 {
                let text = dissect.text("debug data", debug)?;
                note.push(format!(", {}", text_of(text)));
            }
            Some(())
        }
        WINDOW_UPDATE => {
            let increment = dissect.unsigned(4)? & !EXCLUSIVE;
            dissect.name("increment", 4, Value::Number(increment.into()))?;
            note.push(format!(" +{increment}"));
            Some(())
        }
        _ => {
            note.push(format!(", {}", byte_count(length)));
            left(dissect, "data", length)
        }
    }
}

/// The stream that this one depends on, and its weight.
fn priority(dissect: &mut Dissect<'_>) -> Option<(u64, u64)> {
    let depends = dissect.unsigned(4)?;
    let stream = depends & !EXCLUSIVE;
    dissect.name("depends on", 4, Value::Number(stream.into()))?;
    if depends != stream {
        dissect.name("exclusive", 4, Value::Number(1))?;
    }
    let weight = dissect.unsigned(1)? + 1;
    dissect.name("weight", 1, Value::Number(weight.into()))?;
    Some((stream, weight))
}

fn settings(dissect: &mut Dissect<'_>, note: &mut Vec<String>) -> Option<()> {
    while !dissect.is_done() {
        let name = words_of(PARAMETERS, dissect.unsigned(2)?);
        let value = dissect.unsigned(4)?;
        note.push(format!(", {name} {value}"));
        dissect.name(name, 6, Value::Number(value.into()))?;
    }
    Some(())
}

/// Header lines, and in the note what they are about.
fn lines(
    dissect: &mut Dissect<'_>,
    length: u64,
    headers: Vec<Field>,
    note: &mut Vec<String>,
) -> Option<()> {
    let value = |name: &str| {
        let found = headers.iter().find(|field| field.name == name)?;
        match &found.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        }
    };
    // CONNECT has no path.
    let target = value(":path").or_else(|| value(":authority"));
    match (value(":method"), target, value(":status")) {
        (Some(method), Some(target), _) => note.push(format!(": {method} {target}")),
        (Some(first), None, _) | (None, _, Some(first)) => note.push(format!(": {first}")),
        _ if headers.is_empty() => {}
        _ => note.push(format!(
            ": {} header{}",
            headers.len(),
            if headers.len() == 1 { "" } else { "s" }
        )),
    }
    let at = dissect.at();
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let length = length.min(dissect.rest().len());
    dissect.skip(length)?;
    if let Some(last) = headers.last() {
        dissect.push(Field {
            range: at..last.range.end,
            fields: headers,
            ..Field::new("headers", at..at, Value::Bytes)
        })?;
    } else if length > 0 {
        dissect.name("headers", length, Value::Bytes)?;
    }
    Some(())
}

/// So many bytes, or those of them that are at hand, if there are any.
fn left(dissect: &mut Dissect<'_>, name: &'static str, length: u64) -> Option<()> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    match length.min(dissect.rest().len()) {
        0 => Some(()),
        length => dissect.bytes(name, length).map(|_| ()),
    }
}

/// The flags of a frame with their names.
fn flag_words(kind: u64, flags: u64) -> Value {
    let names: &[(u64, &str)] = match kind {
        DATA => &[(END_STREAM, "END_STREAM"), (PADDED, "PADDED")],
        HEADERS => &[
            (END_STREAM, "END_STREAM"),
            (END_HEADERS, "END_HEADERS"),
            (PADDED, "PADDED"),
            (PRIORITIZED, "PRIORITY"),
        ],
        SETTINGS | PING => &[(END_STREAM, "ACK")],
        PUSH_PROMISE => &[(END_HEADERS, "END_HEADERS"), (PADDED, "PADDED")],
        CONTINUATION => &[(END_HEADERS, "END_HEADERS")],
        _ => &[],
    };
    let set = names.iter().filter(|(bit, _)| flags & bit != 0);
    let words: Vec<_> = set.map(|(_, name)| *name).collect();
    match words.as_slice() {
        [] => Value::Number(flags.into()),
        words => Value::Named(flags.into(), words.join(" ").into()),
    }
}
