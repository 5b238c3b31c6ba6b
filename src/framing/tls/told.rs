//! What a record says: its fields and its note.

use super::flow;
use super::hello::hello;
use super::names::{
    ALERT, ALERTS, APPLICATION_DATA, CERTIFICATE, CHANGE_CIPHER_SPEC, CLIENT_HELLO, HANDSHAKE,
    HANDSHAKES, LEVELS, NEW_SESSION_TICKET, RECORDS, SERVER_HELLO, VERSIONS,
};
use crate::framing::dissect::{Dissect, name_of, words_of};
use crate::framing::message::byte_count;
use crate::framing::{Field, Value};

/// How many bytes an alert has that is not encrypted.
const ALERT_BYTES: u64 = 2;

/// The most handshake messages that the note names.
const NAMED_MAX: usize = 6;

/// Names all fields; what the record is. What is not at hand is left out.
pub(super) fn told(
    dissect: &mut Dissect<'_>,
    continued: Option<Field>,
    is_encrypted: bool,
) -> Option<String> {
    let kind = dissect.named("type", 1, RECORDS)?;
    let name = name_of(RECORDS, kind)?;
    dissect.named("version", 2, VERSIONS)?;
    let length = dissect.number("length", 2)?;
    let counted = byte_count(length);
    match kind {
        HANDSHAKE if !is_encrypted => {
            let told = handshakes(dissect, continued);
            Some(told.unwrap_or_else(|| format!("{name}, {counted}")))
        }
        ALERT if length == ALERT_BYTES => {
            let told = alert(dissect);
            Some(told.map_or(name.to_owned(), |told| format!("{name}: {told}")))
        }
        CHANGE_CIPHER_SPEC => {
            left(dissect, "data");
            Some(name.to_owned())
        }
        HANDSHAKE | ALERT | APPLICATION_DATA => {
            left(dissect, "encrypted");
            Some(format!("{name}, {counted}, encrypted"))
        }
        _ => {
            left(dissect, "data");
            Some(format!("{name}, {counted}"))
        }
    }
}

fn alert(dissect: &mut Dissect<'_>) -> Option<String> {
    let level = dissect.named("level", 1, LEVELS)?;
    let alert = dissect.named("description", 1, ALERTS)?;
    Some(format!(
        "{} {}",
        words_of(LEVELS, level),
        words_of(ALERTS, alert)
    ))
}

/// The messages of a record, the first of which may have begun earlier, and the last may go on in the next.
fn handshakes(dissect: &mut Dissect<'_>, continued: Option<Field>) -> Option<String> {
    let mut told = Vec::new();
    if let Some(field) = continued {
        let bytes = usize::try_from(field.range.end - field.range.start).unwrap_or(usize::MAX);
        let name = match &field.value {
            Value::Named(_, name) => name.to_string(),
            Value::Number(kind) => format!("message {kind}"),
            Value::Word(_) | Value::Text(_) | Value::Bytes => String::new(),
        };
        told.push(format!("more of {name}"));
        dissect.push(field)?;
        dissect.skip(bytes)?;
    } else if !flow::is_plain(dissect.rest()) {
        left(dissect, "data");
        return None;
    }
    while !dissect.is_done() {
        let mut words = Vec::new();
        let is_whole = message(dissect, &mut words).is_some();
        if !is_whole {
            words.push("not all".to_owned());
        }
        told.push(words.join(", "));
        if !is_whole {
            break;
        }
    }
    let more = told.len().saturating_sub(NAMED_MAX);
    told.truncate(NAMED_MAX);
    if more > 0 {
        told.push(format!("{more} more"));
    }
    (!told.is_empty()).then(|| told.join("; "))
}

/// One message and what it is; `None` if not all of it is at hand.
fn message(dissect: &mut Dissect<'_>, words: &mut Vec<String>) -> Option<()> {
    let kind = *dissect.rest().first()?;
    let name = match name_of(HANDSHAKES, kind.into()) {
        Some(name) => name.to_owned(),
        None => format!("message {kind}"),
    };
    words.push(name.clone());
    dissect.group(name, |dissect| {
        let kind = dissect.named("type", 1, HANDSHAKES)?;
        let length = dissect.number("length", 3)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let is_cut = dissect.rest().len() < length;
        dissect.within(length, |dissect| {
            let read = body(dissect, kind, words);
            left(dissect, "data");
            read
        });
        (!is_cut).then_some(())
    })
}

fn body(dissect: &mut Dissect<'_>, kind: u64, words: &mut Vec<String>) -> Option<()> {
    match kind {
        CLIENT_HELLO | SERVER_HELLO => hello(dissect, kind, words)?,
        CERTIFICATE => {
            dissect.number("certificates length", 3)?;
            while !dissect.is_done() {
                let length = dissect.unsigned(3)?;
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                dissect.bytes("certificate", length.min(dissect.rest().len()))?;
            }
        }
        NEW_SESSION_TICKET => {
            dissect.number("lifetime", 4)?;
            dissect.number("ticket length", 2)?;
        }
        _ => {}
    }
    Some(())
}

/// The rest, if there is any.
fn left(dissect: &mut Dissect<'_>, name: &'static str) {
    let rest = dissect.rest().len();
    if rest > 0 {
        dissect.bytes(name, rest);
    }
}
