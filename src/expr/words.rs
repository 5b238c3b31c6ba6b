//! Bare words of byte expressions: hex digits, and what to say about a word that is nothing. Functions are
//! `arguments`' part.

use super::{ExprError, IntType, arguments};
use crate::endpoint::nearest;

/// What error messages quote of a long word.
const QUOTED_MAX_CHARS: usize = 32;

/// The hex digits of a word, without `0x`.
fn hex_digits(word: &str) -> Option<&str> {
    let digits = word
        .strip_prefix("0x")
        .or_else(|| word.strip_prefix("0X"))
        .unwrap_or(word);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

/// The bytes of a word that is whole pairs of hex digits.
pub(super) fn hex_bytes(word: &str) -> Option<Vec<u8>> {
    let digits = hex_digits(word)?.as_bytes();
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(value(*high)? << 4 | value(*low)?))
        .collect()
}

/// Why a word is no part of an expression, and what was probably meant: one of those that may stand behind it, too.
pub(super) fn unknown_word(begin: usize, word: &str, behind: &[&str]) -> ExprError {
    let end = begin + word.chars().count();
    let error = |what: &str, fits: String| ExprError {
        column: begin,
        end,
        what: what.to_owned(),
        fits,
    };
    if let Some(example) = arguments::example(word) {
        return error(&format!("{word} takes parentheses"), example);
    }
    if let Some(digits) = hex_digits(word) {
        return error(
            &format!("{} has half a byte too many", clipped(word)),
            both_readings(digits),
        );
    }
    if let Some(fits) = IntType::near(word) {
        return error(&format!("`{}` is no type", clipped(word)), fits);
    }
    let what = format!("`{}` is no byte expression", clipped(word));
    if let Some(meant) = nearest(word, behind.iter().copied()) {
        return error(&what, format!("did you mean `{meant}`?"));
    }
    match nearest(word, arguments::names()) {
        Some(name) => error(
            &what,
            arguments::example(name).unwrap_or_else(|| name.to_owned()),
        ),
        None => error(
            &what,
            format!("as text it stands in quotes, \"{}\"", clipped(word)),
        ),
    }
}

/// An odd count of digits, with the missing 0 put in front and put before the last one.
fn both_readings(digits: &str) -> String {
    if digits.len() > QUOTED_MAX_CHARS {
        return "an even count of digits".to_owned();
    }
    let pairs = |padded: Vec<char>| {
        padded
            .chunks(2)
            .map(|pair| pair.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let front: Vec<char> = std::iter::once('0').chain(digits.chars()).collect();
    let mut back: Vec<char> = digits.chars().collect();
    back.insert(back.len() - 1, '0');
    if front == back {
        pairs(front)
    } else {
        format!("{} or {}", pairs(front), pairs(back))
    }
}

/// As much of a word as a message quotes.
pub(super) fn clipped(word: &str) -> String {
    match word.char_indices().nth(QUOTED_MAX_CHARS) {
        Some(_) => word
            .chars()
            .take(QUOTED_MAX_CHARS - 1)
            .chain(['…'])
            .collect(),
        None => word.to_owned(),
    }
}
