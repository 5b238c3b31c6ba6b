//! Which pieces a fault hits: all, the n-th message, every n-th, those of a type, or some by chance.

use super::cx::Cx;
use super::piece::Piece;
use super::{fraction, percent};
use crate::command::compiled;
use crate::event::Pattern;
use crate::expr::{self, Expr};
use crate::words::{Complaint, Words};

/// The bytes of a message that are looked at for its type.
const TYPE_MAX_BYTES: u64 = 64 << 10;

/// Which pieces a fault hits.
#[derive(Clone, Debug, Default)]
pub enum When {
    /// All of them.
    #[default]
    Always,
    /// The message of that number.
    Message(u64),
    /// Each whose number is a multiple of it.
    Every(u64),
    /// Those of a type: their framing calls them so, or they or their payloads begin so.
    Type(Expr, Vec<u8>),
    /// So many of all, by chance.
    Chance(f64),
}

impl When {
    /// Reads `on [message] N|every N|type EXPR` and `chance P`, where one of them stands.
    pub(super) fn parse(words: &mut Words<'_>) -> Result<Option<Self>, Complaint> {
        if words.take("chance") {
            return fraction(words).map(Self::Chance).map(Some);
        }
        if !words.take("on") {
            return Ok(None);
        }
        let is_numbered = words.take("message");
        if words.take("every") {
            return counted(words).map(Self::Every).map(Some);
        }
        if words.take("type") {
            return of_type(words).map(Some);
        }
        let word = words.peek();
        match word.filter(|_| !is_numbered) {
            Some(word) if word.text.parse::<u64>().is_err() => Err(word.complain(
                format!("`{}` does not say which messages", word.text),
                "on message 3, on every 3, on type \"GET\"",
            )),
            _ => counted(words).map(Self::Message).map(Some),
        }
    }

    /// Its canonical words, with a blank before them.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Always => String::new(),
            Self::Message(number) => format!(" on message {number}"),
            Self::Every(number) => format!(" on every {number}"),
            Self::Type(expr, _) => format!(" on type {expr}"),
            Self::Chance(chance) => format!(" chance {}", percent(*chance)),
        }
    }

    /// Whether it speaks of messages.
    pub(super) fn is_of_messages(&self) -> bool {
        matches!(self, Self::Message(_) | Self::Every(_) | Self::Type(..))
    }

    /// Whether it hits a piece.
    pub(super) fn hits(&self, piece: &Piece, cx: &mut Cx<'_>) -> bool {
        let number = piece.whole.as_ref().map_or(0, |whole| whole.number);
        match self {
            Self::Always => true,
            Self::Message(wanted) => number == *wanted,
            Self::Every(wanted) => number > 0 && number.is_multiple_of(*wanted),
            Self::Type(_, bytes) => is_of_type(piece, bytes, cx),
            Self::Chance(chance) => cx.chance().happens(*chance),
        }
    }
}

/// Whether a message is of a type: what its framing calls it begins with this word, or it or its payload begins so.
fn is_of_type(piece: &Piece, wanted: &[u8], cx: &Cx<'_>) -> bool {
    let Some(whole) = &piece.whole else {
        return false;
    };
    let text = String::from_utf8_lossy(wanted).to_lowercase();
    let note = whole.message.note.to_lowercase();
    let is_named = note.strip_prefix(&text).is_some_and(|rest| {
        let next = rest.chars().next();
        !text.is_empty() && next.is_none_or(|next| !next.is_alphanumeric())
    });
    is_named || payload(piece, cx).starts_with(wanted) || cx.content(piece).starts_with(wanted)
}

/// What the message of a piece carries, as its framing unpacks it.
pub(super) fn payload(piece: &Piece, cx: &Cx<'_>) -> Vec<u8> {
    let Some(whole) = &piece.whole else {
        return cx.content(piece);
    };
    let range = &whole.message.range;
    let end = range.end.min(range.start.saturating_add(TYPE_MAX_BYTES));
    let bytes = cx.sight.bytes(range.start..end);
    whole.cut.rule.payload(&whole.message, &bytes)
}

fn counted(words: &mut Words<'_>) -> Result<u64, Complaint> {
    let word = words.peek();
    let number: u64 = words.number("a number of messages")?;
    match (number, word) {
        (0, Some(word)) => Err(word.complain("messages are counted from 1", "1")),
        (number, _) => Ok(number),
    }
}

fn of_type(words: &mut Words<'_>) -> Result<When, Complaint> {
    let (expr, bytes) = constant(words, &["seed", "chance"])?;
    Ok(When::Type(expr, bytes))
}

/// An expression that always means the same bytes, up to one of the words in `stop`.
pub(super) fn constant(words: &mut Words<'_>, stop: &[&str]) -> Result<(Expr, Vec<u8>), Complaint> {
    let column = words.column();
    let rest = words.rest();
    let complain = |at: usize, end: usize, what: String, fits: String| Complaint {
        column: column + at,
        end: (column + end).max(column + at + 1),
        what,
        fits,
    };
    let (expr, end) = expr::parse_prefix(rest, 0, stop)
        .map_err(|error| complain(error.column, error.end, error.what, error.fits))?;
    let taken = rest
        .char_indices()
        .nth(end)
        .map_or(rest.len(), |(at, _)| at);
    let bytes = expr
        .constant()
        .map_err(|error| complain(0, end, error.to_string(), String::new()))?;
    words.advance(taken);
    Ok((expr, bytes))
}

/// Something looked for in bytes: `EXPR` or `/re/`.
#[derive(Clone, Debug)]
pub enum Sought {
    /// These bytes.
    Bytes(Expr, Vec<u8>),
    /// A regular expression, with its text.
    Regex(String, regex::bytes::Regex),
}

impl Sought {
    /// Reads one, up to one of the words in `stop`.
    pub(super) fn parse(words: &mut Words<'_>, stop: &[&str]) -> Result<Self, Complaint> {
        if !words.rest().starts_with('/') {
            let (expr, bytes) = constant(words, stop)?;
            return Ok(Self::Bytes(expr, bytes));
        }
        let (text, regex) = compiled(words)?;
        Ok(Self::Regex(text, regex))
    }

    /// Its canonical words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Bytes(expr, _) => expr.to_string(),
            Self::Regex(text, _) => format!("/{text}/"),
        }
    }

    /// The first place from `from` on.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match self {
            Self::Bytes(_, bytes) => {
                let rest = text.get(from..)?;
                let at = memchr::memmem::find(rest, bytes)?;
                Some((from + at, from + at + bytes.len()))
            }
            Self::Regex(_, regex) => {
                let found = regex.find_at(text, from)?;
                Some((found.start(), found.end()))
            }
        }
    }
}

/// The pattern that a command has read, in words that `Sought::parse` reads.
#[must_use]
pub fn sought_words(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Bytes(bytes) => Expr::from_bytes(bytes).to_string(),
        Pattern::Regex(text) => format!("/{text}/"),
    }
}
