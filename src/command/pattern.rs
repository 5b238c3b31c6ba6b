//! What is searched for: `EXPR` or `/regex/`. The regular expression is compiled once to find its mistakes and thrown
//! away; who searches compiles it again.

use regex::bytes::{Regex, RegexBuilder};

use super::Cx;
use super::context::{complaint, expression};
use super::line::slash;
use crate::event::Pattern;
use crate::expr;
use crate::words::{Complaint, Words};

/// The largest that a regular expression may become: where its automaton gives up, a byte may cost a step for each of
/// its states.
const REGEX_MAX_BYTES: usize = 1 << 20;

/// `EXPR` for the socket that the command is about, or `/regex/`.
pub(super) fn pattern(
    words: &mut Words<'_>,
    cx: &mut Cx<'_>,
    stop: &[&str],
) -> Result<Pattern, Complaint> {
    if words.rest().starts_with('/') {
        regex(words)
    } else {
        cx.bytes(words, stop).map(Pattern::Bytes)
    }
}

/// Characters that make a word more than a word: with one of them, its author wrote an expression.
const NOT_BARE: &[char] = &['"', '\'', '(', ')', '{', '}', '[', ']', '*', '\\'];

/// `EXPR` that always means the same bytes, `/regex/`, or else one bare word, which means its text.
pub(super) fn sought(words: &mut Words<'_>) -> Result<Pattern, Complaint> {
    let rest = words.rest().trim_end();
    let bare = words
        .peek()
        .filter(|word| word.text == rest)
        .filter(|word| !word.text.starts_with('/') && !word.text.contains(NOT_BARE))
        .filter(|word| expr::parse(word.text).is_err());
    let Some(word) = bare else {
        return fixed(words);
    };
    words.advance(word.text.len());
    Ok(Pattern::Bytes(word.text.as_bytes().to_vec()))
}

/// `EXPR` that always means the same bytes, or `/regex/`.
fn fixed(words: &mut Words<'_>) -> Result<Pattern, Complaint> {
    if words.rest().starts_with('/') {
        return regex(words);
    }
    let (expr, columns) = expression(words, &[])?;
    expr.constant()
        .map(Pattern::Bytes)
        .map_err(|error| complaint(columns, error.to_string(), ""))
}

/// `/regex/`, as the crate `regex` reads it.
pub(super) fn regex(words: &mut Words<'_>) -> Result<Pattern, Complaint> {
    compiled(words).map(|(text, _)| Pattern::Regex(text))
}

/// The same, with the expression itself.
///
/// # Errors
///
/// That it is none, is empty, or does not end.
pub fn compiled(words: &mut Words<'_>) -> Result<(String, Regex), Complaint> {
    let column = words.column();
    let rest = words.rest();
    let fits = r"/…/, with \/ for a slash inside";
    let Some(inside) = rest.strip_prefix('/') else {
        let end = column + rest.chars().take_while(|c| !c.is_whitespace()).count();
        let end = end.max(column + 1);
        return Err(complaint(
            (column, end),
            "a regular expression is missing",
            fits,
        ));
    };
    let Some(text) = slash(inside).and_then(|end| inside.get(..end)) else {
        let end = column + rest.chars().count();
        return Err(complaint(
            (column, end),
            "the closing slash is missing",
            fits,
        ));
    };
    let length = text.chars().count();
    if text.is_empty() {
        return Err(complaint(
            (column, column + 2),
            "the regular expression is empty",
            "/hello/",
        ));
    }
    let regex = compile(text).map_err(|error| refusal(&error, column + 1, length))?;
    words.advance(text.len() + 2);
    if words
        .peek()
        .is_some_and(|next| next.column == column + length + 2)
    {
        let from = column + length + 2;
        let what = "something behind the closing slash";
        return Err(complaint((from, from + 1), what, fits));
    }
    Ok((text.to_owned(), regex))
}

/// A regular expression over bytes, as `find`, `expect` and `wait` read it.
///
/// # Errors
///
/// That it is not valid, or too large.
pub fn compile(source: &str) -> Result<Regex, regex::Error> {
    let mut builder = RegexBuilder::new(source);
    builder.size_limit(REGEX_MAX_BYTES).build()
}

/// The crate tells a mistake's place only by carets in its picture of the expression, which it indents by four blanks.
fn refusal(error: &regex::Error, column: usize, length: usize) -> Complaint {
    let message = error.to_string();
    let mut from = 0;
    let mut count = length;
    for line in message.lines() {
        let carets = line.trim();
        if !carets.is_empty() && carets.chars().all(|c| c == '^') {
            let indent = line.chars().take_while(|c| *c == ' ').count();
            from = indent.saturating_sub(4).min(length);
            count = carets.len();
        }
    }
    let what = match error {
        regex::Error::CompiledTooBig(_) => "it would take too much memory",
        _ => message
            .lines()
            .find_map(|line| line.strip_prefix("error: "))
            .unwrap_or("it is no regular expression"),
    };
    let columns = (column + from, column + from + count.max(1));
    complaint(
        columns,
        what,
        "a regular expression of the Rust crate regex",
    )
}
