//! Lines of the text protocol of memcached: the meta commands, the older ones, and the replies to both.

use super::super::Value;
use super::super::dissect::{BRIEF_MAX_BYTES, Dissect, brief_of, text_of};
use super::super::message::byte_count;
use super::super::note::Note;

/// What the words behind the first one are; the last of them is what all others are, too.
const LINES: &[(&str, &[&str])] = &[
    ("set", STORE),
    ("add", STORE),
    ("replace", STORE),
    ("append", STORE),
    ("prepend", STORE),
    (
        "cas",
        &["key", "flags", "expiry", "length", "cas", "option"],
    ),
    ("get", &["key"]),
    ("gets", &["key"]),
    ("gat", &["expiry", "key"]),
    ("gats", &["expiry", "key"]),
    ("delete", &["key", "option"]),
    ("incr", &["key", "value", "option"]),
    ("decr", &["key", "value", "option"]),
    ("touch", &["key", "expiry", "option"]),
    ("ms", &["key", "length", "flag"]),
    ("mg", &["key", "flag"]),
    ("md", &["key", "flag"]),
    ("ma", &["key", "flag"]),
    ("me", &["key", "flag"]),
    ("VALUE", &["key", "flags", "length", "cas"]),
    ("VA", &["length", "flag"]),
    ("HD", &["flag"]),
    ("STAT", &["name", "value"]),
    ("VERSION", &["version"]),
];

const STORE: &[&str] = &["key", "flags", "expiry", "length", "option"];

/// Replies of which the rest of the line says why.
const ERRORS: &[&[u8]] = &[b"CLIENT_ERROR", b"SERVER_ERROR"];

/// How long the data behind a line is, if some is announced; where the word stands that should say so and does not.
pub(super) fn data_length(line: &[u8]) -> Option<Result<u64, usize>> {
    let mut words = words(line);
    let (_, first) = words.next()?;
    let names = names_of(first);
    let behind = names.iter().position(|name| *name == "length")?;
    let (at, word) = words.nth(behind)?;
    let digits = word.iter().all(u8::is_ascii_digit).then_some(word);
    let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    Some(number.ok_or(at))
}

/// Names the words and the data; what the line is.
pub(super) fn told(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let all = dissect.rest();
    let end = memchr::memchr(b'\n', all).unwrap_or(all.len());
    let line = all.get(..end)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        note.add("an empty line");
        return Some(());
    }
    let data = data_length(line);
    let mut shown = 0;
    let mut names: &[&str] = &[];
    let mut read = 0;
    for (nth, (at, word)) in words(line).enumerate() {
        dissect.skip(at.checked_sub(read)?)?;
        if nth == 0 {
            names = names_of(word);
            dissect.text("command", word.len())?;
            if ERRORS.contains(&word) {
                read = at + word.len();
                break;
            }
        } else {
            let name = names.get(nth - 1).or(names.last()).unwrap_or(&"argument");
            let number = number(name, word);
            dissect.skip(word.len())?;
            let value = number.unwrap_or_else(|| Value::Text(text_of(word)));
            dissect.name(*name, word.len(), value)?;
        }
        read = at + word.len();
        if nth < 2 {
            shown = read;
        }
    }
    let rest = line.get(read..)?;
    if !rest.trim_ascii().is_empty() {
        dissect.skip(1)?;
        dissect.text("why", rest.len() - 1)?;
    }
    let Some(Ok(length)) = data else {
        note.add(&brief_of(line));
        return Some(());
    };
    note.add(&brief_of(
        line.get(..shown.min(BRIEF_MAX_BYTES))?.trim_ascii(),
    ));
    write!(note, ", {}", byte_count(length));
    dissect.skip((end + 1).checked_sub(read)?)?;
    let rest = dissect.rest().len();
    let data = usize::try_from(length).unwrap_or(usize::MAX).min(rest);
    dissect.text("data", data)?;
    Some(())
}

/// The words of a line, with the places where they stand.
fn words(line: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let line = line.trim_ascii_end();
    let mut next = 0;
    let words = line.split(|byte| *byte == b' ').map(move |word| {
        let at = next;
        next += word.len() + 1;
        (at, word)
    });
    words.filter(|(_, word)| !word.is_empty())
}

fn names_of(word: &[u8]) -> &'static [&'static str] {
    let found = LINES.iter().find(|(name, _)| name.as_bytes() == word);
    found.map_or(&[], |(_, names)| names)
}

/// What a word says that counts something.
fn number(name: &str, word: &[u8]) -> Option<Value> {
    let is_number = matches!(name, "flags" | "expiry" | "length" | "cas");
    let text = std::str::from_utf8(word).ok().filter(|_| is_number)?;
    text.parse().ok().map(Value::Number)
}
