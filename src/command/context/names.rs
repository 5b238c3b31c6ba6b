//! What a name of a socket looks like: those that people choose, and those of a tap's conversations.

use super::clipped;
use crate::words::{Complaint, Word};

/// A name that may have been given: people's have no dot, those of a tap's conversations have one.
pub(super) fn check_reference(word: Word<'_>, name: &str) -> Result<(), Complaint> {
    let is_side = |(tap, side): (&str, &str)| {
        let number = side.strip_suffix(['c', 's']);
        check_name(word, tap).is_ok() && number.is_some_and(|it| it.parse::<u64>().is_ok())
    };
    if name.split_once('.').is_some_and(is_side) {
        return Ok(());
    }
    check_name(word, name)
}

/// A letter, then letters, digits, `-` and `_`.
pub(in crate::command) fn check_name(word: Word<'_>, name: &str) -> Result<(), Complaint> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_part) {
        return Ok(());
    }
    let what = match name {
        "" => "a name is missing".to_owned(),
        name => format!("`{}` is no name", clipped(name)),
    };
    Err(word.complain(what, "a letter, then letters, digits, - and _"))
}

/// Where a word begins and ends.
pub(super) fn columns(word: Word<'_>) -> (usize, usize) {
    (word.column, word.column + word.text.chars().count())
}
