//! The values of a JSON text as a tree of fields, from as much of it as is there.

use super::super::digest::Digest;
use super::super::dissect::{Dissect, text_of};
use super::super::{Field, Message, Value};

/// Names the values of the text at the cursor; its note.
pub(in crate::framing) fn describe(message: &mut Message, mut dissect: Dissect<'_>) {
    let mut digest = Digest::default();
    blanks(&mut dissect);
    let name = match dissect.rest().first() {
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b'"') => "string",
        Some(b'-' | b'0'..=b'9') => "number",
        _ => "value",
    };
    value(&mut dissect, &mut digest, name.to_owned());
    message.fields = dissect.finish();
    message.note = digest.finish().into();
}

fn blanks(dissect: &mut Dissect<'_>) {
    let is_blank = |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'\n' | b'\r');
    let count = dissect.rest().iter().take_while(is_blank).count();
    dissect.skip(count);
}

fn value(dissect: &mut Dissect<'_>, digest: &mut Digest, name: String) -> Option<()> {
    match dissect.rest().first()? {
        b'{' => {
            digest.open("{");
            dissect.group(name, |dissect| members(dissect, digest))?;
            digest.close("}");
        }
        b'[' => {
            digest.open("[");
            dissect.group(name, |dissect| elements(dissect, digest))?;
            digest.close("]");
        }
        b'"' => {
            let start = dissect.at();
            let text = string(dissect)?;
            digest.quote(&text);
            dissect.push(Field::new(name, start..dissect.at(), Value::Text(text)))?;
        }
        _ => scalar(dissect, digest, name)?,
    }
    Some(())
}

fn members(dissect: &mut Dissect<'_>, digest: &mut Digest) -> Option<()> {
    dissect.skip(1)?;
    blanks(dissect);
    while *dissect.rest().first()? != b'}' {
        let name = string(dissect)?;
        digest.part(&name);
        blanks(dissect);
        mark(dissect, b':')?;
        value(dissect, digest, name)?;
        blanks(dissect);
        comma(dissect, b'}')?;
    }
    dissect.skip(1).map(|_| ())
}

fn elements(dissect: &mut Dissect<'_>, digest: &mut Digest) -> Option<()> {
    dissect.skip(1)?;
    blanks(dissect);
    let mut index = 0;
    while *dissect.rest().first()? != b']' {
        digest.part("");
        value(dissect, digest, format!("[{index}]"))?;
        index += 1;
        blanks(dissect);
        comma(dissect, b']')?;
    }
    dissect.skip(1).map(|_| ())
}

/// Passes a mark and the blanks behind it.
fn mark(dissect: &mut Dissect<'_>, mark: u8) -> Option<()> {
    dissect.rest().first().filter(|byte| **byte == mark)?;
    dissect.skip(1)?;
    blanks(dissect);
    Some(())
}

/// Passes the comma, if this is not the end.
fn comma(dissect: &mut Dissect<'_>, end: u8) -> Option<()> {
    if *dissect.rest().first()? == end {
        return Some(());
    }
    mark(dissect, b',')
}

/// Reads a string; what it says.
fn string(dissect: &mut Dissect<'_>) -> Option<String> {
    let bytes = dissect.rest().strip_prefix(b"\"")?;
    let mut end = 0;
    loop {
        end += memchr::memchr2(b'"', b'\\', bytes.get(end..)?)?;
        if *bytes.get(end)? == b'"' {
            break;
        }
        end += 2;
    }
    dissect.skip(end + 2)?;
    Some(unescaped(&text_of(bytes.get(..end)?)))
}

/// The characters that a string's text stands for; an escape that is none stays.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        out.push_str(before);
        let (read, len) = escape(behind);
        match read {
            Some(read) => out.push(read),
            None => out.push('\\'),
        }
        rest = behind.get(len..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What stands behind a backslash, and its length.
fn escape(behind: &str) -> (Option<char>, usize) {
    let read = match behind.as_bytes().first() {
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(behind),
        _ => return (None, 0),
    };
    (Some(read), 1)
}

/// A character by its number, or by two: RFC 8259, 7.
fn unicode(behind: &str) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let digits = behind.get(at..at + 4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(1) else {
        return (None, 0);
    };
    let second = behind.get(5..7).filter(|mark| *mark == "\\u");
    let units = [Some(first), second.and_then(|_| unit(7))];
    let mut read = char::decode_utf16(units.into_iter().flatten());
    match read.next() {
        Some(Ok(read)) if read.len_utf16() == 2 => (Some(read), 11),
        Some(Ok(read)) => (Some(read), 5),
        _ => (None, 0),
    }
}

/// A number, true, false or null.
fn scalar(dissect: &mut Dissect<'_>, digest: &mut Digest, name: String) -> Option<()> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'+' | b'-' | b'.');
    let len = dissect.rest().iter().take_while(is_part).count();
    let text = text_of(dissect.skip(len).filter(|bytes| !bytes.is_empty())?);
    digest.word(&text);
    let value = match text.parse() {
        Ok(number) => Value::Number(number),
        Err(_) => Value::Word(text.into()),
    };
    dissect.name(name, len, value)
}
