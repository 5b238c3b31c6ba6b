//! What a line or a packet says: its fields and its note.

use super::names::{
    DEBUG, DISCONNECT, EXT_INFO, KEX_INIT, KEX_REPLY, KEXINIT, LISTS, MESSAGES, REASONS,
    SERVICE_ACCEPT, SERVICE_REQUEST, UNIMPLEMENTED,
};
use super::{HEAD_BYTES, IDENTIFICATION, LENGTHS};
use crate::framing::Value;
use crate::framing::dissect::{Dissect, name_of, text_of, words_of};

/// The bytes of a random number against replay.
const COOKIE_BYTES: usize = 16;

/// Names all fields; what the message is. What is not at hand is left out.
pub(super) fn told(dissect: &mut Dissect<'_>) -> Option<String> {
    match dissect.rest() {
        [0, ..] => packet(dissect),
        _ => line(dissect),
    }
}

fn line(dissect: &mut Dissect<'_>) -> Option<String> {
    let rest = dissect.rest();
    let line = rest.strip_suffix(b"\n").unwrap_or(rest);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let told = text_of(line);
    if !line.starts_with(IDENTIFICATION) {
        dissect.text("line", line.len())?;
        return Some(format!("a line before: {told}"));
    }
    dissect.within(line.len(), identification);
    Some(told)
}

/// `SSH-protoversion-softwareversion comments` (RFC 4253, 4.2).
fn identification(dissect: &mut Dissect<'_>) -> Option<()> {
    dissect.skip(IDENTIFICATION.len())?;
    dissect.text_to("protocol version", b"-")?;
    match memchr::memchr(b' ', dissect.rest()) {
        Some(len) => {
            dissect.text("software version", len)?;
            dissect.skip(1)?;
            dissect.text("comments", dissect.rest().len())?;
        }
        None => {
            dissect.text("software version", dissect.rest().len())?;
        }
    }
    Some(())
}

fn packet(dissect: &mut Dissect<'_>) -> Option<String> {
    let length = dissect.number("packet length", 4)?;
    let is_one = LENGTHS.contains(&u32::try_from(length).ok()?);
    let padding = dissect.number("padding length", 1)?;
    let kind = dissect.named("message", 1, MESSAGES).filter(|_| is_one)?;
    let name = match name_of(MESSAGES, kind) {
        Some(name) => name.to_owned(),
        None => format!("message {kind}"),
    };
    let head = HEAD_BYTES as u64 - 4;
    let payload = usize::try_from(length.checked_sub(head + padding)?).ok()?;
    let mut note = vec![name];
    dissect.within(payload, |dissect| {
        let read = body(dissect, kind, &mut note);
        let rest = dissect.rest().len();
        if rest > 0 {
            dissect.bytes("data", rest)?;
        }
        read
    });
    let padding = usize::try_from(padding).ok()?;
    // Of a partial packet the padding may be missing, and its note is known all the same.
    let _ = dissect.bytes("padding", padding.min(dissect.rest().len()));
    Some(note.concat())
}

fn body(dissect: &mut Dissect<'_>, kind: u64, note: &mut Vec<String>) -> Option<()> {
    match kind {
        KEXINIT => kexinit(dissect, note),
        DISCONNECT => {
            let reason = dissect.named("reason", 4, REASONS)?;
            note.push(format!(": {}", words_of(REASONS, reason)));
            let description = string(dissect, "description")?;
            if !description.is_empty() {
                note.push(format!(", {}", text_of(description)));
            }
            string(dissect, "language")?;
            Some(())
        }
        UNIMPLEMENTED => {
            let sequence = dissect.number("sequence number", 4)?;
            note.push(format!(" #{sequence}"));
            Some(())
        }
        DEBUG => {
            dissect.number("always display", 1)?;
            let text = string(dissect, "text")?;
            note.push(format!(": {}", text_of(text)));
            string(dissect, "language")?;
            Some(())
        }
        SERVICE_REQUEST | SERVICE_ACCEPT => {
            let service = string(dissect, "service")?;
            note.push(format!(" {}", text_of(service)));
            Some(())
        }
        EXT_INFO => {
            let count = dissect.number("extensions", 4)?;
            note.push(format!(", {count} extensions"));
            while !dissect.is_done() {
                let name = string(dissect, "extension")?;
                string(dissect, text_of(name))?;
            }
            Some(())
        }
        KEX_INIT => blob(dissect, "client key"),
        KEX_REPLY => reply(dissect, note),
        _ => Some(()),
    }
}

/// The lists, and in the note what each prefers of key exchange, host key and encryption.
fn kexinit(dissect: &mut Dissect<'_>, note: &mut Vec<String>) -> Option<()> {
    dissect.bytes("cookie", COOKIE_BYTES)?;
    for (nth, name) in LISTS.into_iter().enumerate() {
        let list = string(dissect, name)?;
        let first = list.split(|byte| *byte == b',').next().unwrap_or_default();
        match nth {
            0 => note.push(format!(": {}", text_of(first))),
            1 | 2 => note.push(format!(", {}", text_of(first))),
            _ => {}
        }
    }
    dissect.number("first packet follows", 1)?;
    dissect.number("reserved", 4)?;
    Some(())
}

/// The key of the host, that of the exchange, and the signature (RFC 4253, 8). A reply of another exchange under the
/// same number has no name of a key first, and stays as it is.
fn reply(dissect: &mut Dissect<'_>, note: &mut Vec<String>) -> Option<()> {
    let (&head, rest) = dissect.rest().split_first_chunk::<8>()?;
    let [.., a, b, c, d] = head;
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
    let name = rest.get(..length)?;
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return Some(());
    }
    note.push(format!(", host key {}", text_of(name)));
    let length = usize::try_from(dissect.unsigned(4)?).ok()?;
    let is_whole = dissect.rest().len() >= length;
    dissect.group("host key", |dissect| {
        dissect.within(length, |dissect| {
            string(dissect, "key type")?;
            dissect.bytes("key", dissect.rest().len())?;
            Some(())
        })
    })?;
    if !is_whole {
        return None;
    }
    blob(dissect, "server key")?;
    blob(dissect, "signature")
}

/// A string that is text (RFC 4251, 5).
fn string<'a>(
    dissect: &mut Dissect<'a>,
    name: impl Into<std::borrow::Cow<'static, str>>,
) -> Option<&'a [u8]> {
    let length = dissect.unsigned(4)?;
    dissect.text(name, usize::try_from(length).ok()?)
}

/// A string that is none.
fn blob(dissect: &mut Dissect<'_>, name: &'static str) -> Option<()> {
    let length = dissect.unsigned(4)?;
    let length = usize::try_from(length).ok()?;
    dissect.skip(length)?;
    dissect.name(name, length, Value::Bytes)
}
