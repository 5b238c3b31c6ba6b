//! The values of a RESP message as a tree of fields, and what its line shows of them.

use super::super::dissect::{BRIEF_MAX_BYTES, Dissect, Names, brief_of, text_of};
use super::super::{Message, Side, Sight, Value};

/// A value that nobody asked for.
pub(super) const PUSH: &str = "push";

const NAMES: &Names = &[
    (b'+' as u64, "simple string"),
    (b'-' as u64, "error"),
    (b':' as u64, "integer"),
    (b'$' as u64, "bulk string"),
    (b'*' as u64, "array"),
    (b'_' as u64, "null"),
    (b'#' as u64, "boolean"),
    (b',' as u64, "double"),
    (b'(' as u64, "big number"),
    (b'!' as u64, "bulk error"),
    (b'=' as u64, "verbatim string"),
    (b'%' as u64, "map"),
    (b'~' as u64, "set"),
    (b'>' as u64, PUSH),
    (b'|' as u64, "attribute"),
    (b';' as u64, "chunk"),
    (b'.' as u64, "end"),
];

/// What a sign begins.
pub(super) fn name_of_sign(sign: u8) -> &'static str {
    super::super::dissect::name_of(NAMES, sign.into()).unwrap_or("line")
}

/// Names the values, and tells the first of them.
pub(super) fn dissect(message: &mut Message, bytes: &[u8], sight: Sight) {
    let mut dissect = Dissect::new(message, bytes);
    let mut told = String::new();
    match bytes.first() {
        Some(sign) if super::SIGNS.contains(sign) => {
            let is_command = is_command(bytes, sight.side);
            if is_command {
                command(&mut dissect, &mut told);
            } else {
                value(&mut dissect, &mut told);
            }
        }
        Some(_) => {
            inline(&mut dissect, &mut told);
        }
        None => {}
    }
    message.note = told.into();
    message.fields = dissect.finish();
}

/// Clients send arrays of strings; where the side is not known, one that begins with a word looks like a command.
fn is_command(bytes: &[u8], side: Option<Side>) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let is_array = lines.next().is_some_and(|line| line.starts_with(b"*"));
    let is_string = lines.next().is_some_and(|line| line.starts_with(b"$"));
    let word = lines.next().unwrap_or_default().trim_ascii_end();
    let is_word = word.len() > 2 && word.iter().all(u8::is_ascii_alphabetic);
    is_array && is_string && (side == Some(Side::Client) || side.is_none() && is_word)
}

fn inline(dissect: &mut Dissect<'_>, told: &mut String) -> Option<()> {
    let line = dissect.rest().trim_ascii_end();
    told.push_str(&brief_of(line));
    dissect.text("command", line.len()).map(|_| ())
}

/// An array of strings, of which the first is what to do.
fn command(dissect: &mut Dissect<'_>, told: &mut String) -> Option<()> {
    let start = dissect.at();
    let count = line(dissect)?;
    let len = usize::try_from(dissect.at() - start).ok()?;
    let count = super::number(count.get(1..)?)?;
    dissect.name("arguments", len, Value::Number(count.into()))?;
    for k in 0..count {
        let name = if k == 0 { "command" } else { "argument" };
        if dissect.rest().first() == Some(&b'$') {
            blob(dissect, name, told)?;
        } else {
            value(dissect, told)?;
        }
    }
    Some(())
}

/// Any value with all that it holds.
fn value(dissect: &mut Dissect<'_>, told: &mut String) -> Option<()> {
    let sign = *dissect.rest().first()?;
    let name = name_of_sign(sign);
    match sign {
        b'$' | b'!' | b'=' | b';' => blob(dissect, name, told),
        b'*' | b'%' | b'~' | b'>' | b'|' => {
            dissect.group_of(name, |dissect| aggregate(dissect, sign, told))?;
            if sign == b'|' {
                value(dissect, told)?;
            }
            Some(())
        }
        _ => {
            let start = dissect.at();
            let line = line(dissect)?;
            let len = usize::try_from(dissect.at() - start).ok()?;
            let text = text_of(line.get(1..)?);
            let (words, value) = match sign {
                b'_' => ("null".to_owned(), Value::Bytes),
                b'#' if text == "t" => ("true".to_owned(), Value::Named(1, "true".into())),
                b'#' => ("false".to_owned(), Value::Named(0, "false".into())),
                b':' => {
                    let number = text.parse().map_or(Value::Text(text), Value::Number);
                    (brief_of(line), number)
                }
                _ => (brief_of(line), Value::Text(text)),
            };
            tell(told, &words);
            dissect.name(name, len, value)
        }
    }
}

/// The count and the values of an aggregate.
fn aggregate(dissect: &mut Dissect<'_>, sign: u8, told: &mut String) -> Option<Value> {
    let line = line(dissect)?;
    if line == b"*-1" {
        tell(told, "null");
        return Some(Value::Text("null".to_owned()));
    }
    if sign == b'>' {
        tell(told, "push");
    } else {
        tell(told, &brief_of(line));
    }
    let Some(count) = super::number(line.get(1..)?) else {
        while dissect.rest().first() != Some(&b'.') {
            value(dissect, told)?;
        }
        value(dissect, &mut String::new())?;
        return Some(Value::Text("streamed".to_owned()));
    };
    let each = if matches!(sign, b'%' | b'|') { 2 } else { 1 };
    for _ in 0..count.checked_mul(each)? {
        value(dissect, told)?;
    }
    Some(Value::Number(count.into()))
}

/// A string with its length before it, or the chunks of one.
fn blob(dissect: &mut Dissect<'_>, name: &'static str, told: &mut String) -> Option<()> {
    dissect.group_of(name, |dissect| {
        let start = dissect.at();
        let sign = *dissect.rest().first()?;
        let line = line(dissect)?;
        let len = usize::try_from(dissect.at() - start).ok()?;
        if line == b"$-1" {
            tell(told, "null");
            return Some(Value::Text("null".to_owned()));
        }
        if line == b"$?" {
            loop {
                let is_last = dissect.rest().starts_with(b";0\r\n");
                value(dissect, told)?;
                if is_last {
                    return Some(Value::Text("streamed".to_owned()));
                }
            }
        }
        let length = super::number(line.get(1..)?)?;
        dissect.name("length", len, Value::Number(length.into()))?;
        if sign == b';' && length == 0 {
            return Some(Value::Number(0));
        }
        let whole = usize::try_from(length).ok()?;
        let text = dissect.rest();
        let text = text.get(..whole).unwrap_or(text);
        match sign {
            b'=' => tell(told, &brief_of(text.get(4..).unwrap_or_default())),
            b'!' => tell(told, &format!("-{}", brief_of(text))),
            _ if text.is_empty() => tell(told, "\"\""),
            _ => tell(told, &brief_of(text)),
        }
        dissect.skip(text.len())?;
        if text.len() < whole {
            dissect.name("text", text.len(), Value::Text(text_of(text)));
            return None;
        }
        dissect.skip(2)?;
        Some(Value::Text(text_of(text)))
    })
}

/// A line up to and with CRLF, which is no part of what is returned.
fn line<'a>(dissect: &mut Dissect<'a>) -> Option<&'a [u8]> {
    let len = memchr::memmem::find(dissect.rest(), b"\r\n")?;
    let line = dissect.skip(len)?;
    dissect.skip(2)?;
    Some(line)
}

/// Adds a word to the note, as long as it is short.
fn tell(told: &mut String, word: &str) {
    if told.ends_with(" …") {
        return;
    }
    if !told.is_empty() {
        told.push(' ');
    }
    if told.len() > BRIEF_MAX_BYTES {
        told.push('…');
    } else {
        told.push_str(word);
    }
}
