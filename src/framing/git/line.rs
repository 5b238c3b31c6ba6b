//! What a line of git says: a request, a reference, what is wanted or had, a band with what it carries.

use crate::framing::Value;
use crate::framing::dissect::{Dissect, text_of};
use crate::framing::message::byte_count;
use crate::framing::note::Note;

/// How many digits of an object's name are shown.
const SHORT_DIGITS: usize = 7;

/// The most bytes of a line that its note shows.
const NOTE_MAX_BYTES: usize = 200;

/// Words that a line may begin with, each with an object's name behind it.
const OBJECT_WORDS: &[&[u8]] = &[b"want ", b"have ", b"shallow ", b"unshallow ", ACK];

/// The server has an object; how, may stand behind it.
const ACK: &[u8] = b"ACK ";

/// Names what stands behind the length.
pub(super) fn line(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let rest = dissect.rest();
    match rest {
        [] => note.add("empty"),
        [1, data @ ..] => {
            band(dissect, 1, "data")?;
            write!(note, "band 1, {}", byte_count(data.len() as u64));
            if data.starts_with(super::PACK) {
                note.add(": ");
                pack(dissect, note);
            }
            if !dissect.is_done() {
                dissect.bytes("data", dissect.rest().len())?;
            }
        }
        [band @ (2 | 3), text @ ..] => {
            let what = if *band == 2 { "progress" } else { "error" };
            self::band(dissect, *band, what)?;
            write!(note, "{what}: {}", shown(text));
            if !text.is_empty() {
                dissect.text("text", text.len())?;
            }
        }
        _ => {
            let text = rest.strip_suffix(b"\n").unwrap_or(rest);
            told(dissect, text, note)?;
        }
    }
    Some(())
}

fn band(dissect: &mut Dissect<'_>, band: u8, name: &'static str) -> Option<()> {
    dissect.skip(1)?;
    dissect.name("band", 1, Value::Named(band.into(), name.into()))
}

/// A line of text, without the line feed at its end. What stands behind a zero byte are capabilities or parameters.
fn told(dissect: &mut Dissect<'_>, text: &[u8], note: &mut Note) -> Option<()> {
    let zero = memchr::memchr(0, text);
    let head = zero.and_then(|zero| text.get(..zero)).unwrap_or(text);
    for word in OBJECT_WORDS {
        if let Some(id) = head.strip_prefix(*word).and_then(object) {
            let behind = head.get(word.len() + id.len()..)?;
            write!(note, "{}{}", text_of(word), short(id));
            if *word == ACK && !behind.is_empty() {
                write!(note, " {}", shown(behind.trim_ascii()));
            }
            dissect.text("command", word.len() - 1)?;
            return with_object(dissect, id, behind);
        }
    }
    if let Some(id) = object(head) {
        return reference(dissect, id, head, note);
    }
    note.add(&shown(head));
    match memchr::memchr(b'=', head) {
        Some(equals) => {
            dissect.text("key", equals)?;
            dissect.skip(1)?;
            dissect.text("value", head.len() - equals - 1)?;
        }
        None => {
            dissect.text("line", head.len())?;
        }
    }
    let behind = text.get(head.len()..)?;
    for parameter in behind.split(|byte| *byte == 0).skip(1) {
        dissect.skip(1)?;
        if !parameter.is_empty() {
            write!(note, ", {}", shown(parameter));
            dissect.text("parameter", parameter.len())?;
        }
    }
    Some(())
}

/// The object of `want`, `have` or `ACK`; what is behind it says how, or what the client can do.
fn with_object(dissect: &mut Dissect<'_>, id: &[u8], behind: &[u8]) -> Option<()> {
    dissect.skip(1)?;
    dissect.text("object", id.len())?;
    if behind.len() > 1 {
        dissect.skip(1)?;
        dissect.text("capabilities", behind.len() - 1)?;
    }
    Some(())
}

/// A reference and its object, or what a push makes of it.
fn reference(dissect: &mut Dissect<'_>, id: &[u8], head: &[u8], note: &mut Note) -> Option<()> {
    dissect.text("object", id.len())?;
    let behind = head.get(id.len() + 1..)?;
    dissect.skip(1)?;
    let name = match object(behind) {
        Some(new) => {
            dissect.text("new object", new.len())?;
            let name = behind.get(new.len() + 1..)?;
            dissect.skip(1)?;
            let is_none = |id: &[u8]| id.iter().all(|digit| *digit == b'0');
            let (reference, from, to) = (shown(name), short(id), short(new));
            note.add(&match (is_none(id), is_none(new)) {
                (true, _) => format!("create {reference} at {to}"),
                (_, true) => format!("delete {reference}, was {from}"),
                _ => format!("update {reference} from {from} to {to}"),
            });
            name
        }
        None => {
            write!(note, "{} {}", short(id), shown(behind));
            behind
        }
    };
    dissect.text("reference", name.len())?;
    let left = dissect.rest();
    if let Some(words) = left.strip_prefix(b"\0") {
        dissect.skip(1)?;
        let words = words.strip_suffix(b"\n").unwrap_or(words);
        dissect.text("capabilities", words.len())?;
    }
    Some(())
}

/// The head of a pack: its version and how many objects it has.
pub(super) fn pack(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    note.add("pack");
    dissect.text("magic", super::PACK.len())?;
    dissect.number("version", 4)?;
    let objects = dissect.number("objects", 4)?;
    write!(note, ", {objects} objects");
    Some(())
}

/// The name of an object at the beginning of a text, in all its digits (SHA-1 or SHA-256).
fn object(text: &[u8]) -> Option<&[u8]> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_hexdigit());
    let digits = digits.count();
    let is_one = (digits == 40 || digits == 64) && matches!(text.get(digits), None | Some(b' '));
    text.get(..digits).filter(|_| is_one)
}

fn short(id: &[u8]) -> String {
    text_of(id.get(..SHORT_DIGITS).unwrap_or(id))
}

/// The beginning of a text, without the line's end.
fn shown(text: &[u8]) -> String {
    let text = text.trim_ascii_end();
    match text.get(..NOTE_MAX_BYTES) {
        Some(some) if some.len() < text.len() => format!("{}…", text_of(some)),
        _ => text_of(text),
    }
}
