//! Escaped text back to the bytes that it stands for. It reads the escapes and nothing else: quotes around the text are
//! the caller's.

use std::fmt;

/// An escape that means nothing, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscapeError {
    /// The column of its backslash, counted in characters from 1.
    pub column: usize,
    /// What is wrong with it and what would have fitted; printable.
    pub what: String,
}

impl fmt::Display for EscapeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "column {}: {}", self.column, self.what)
    }
}

impl std::error::Error for EscapeError {}

/// The bytes that escaped text stands for. A character that begins no escape stands for its own UTF-8.
///
/// # Errors
///
/// An unknown letter behind a backslash, too few digits, or a `\u{…}` that names no scalar.
pub fn unescape(text: &str) -> Result<Vec<u8>, EscapeError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    // In one go from backslash to backslash: a pasted megabyte is read anew with every key.
    while let Some((plain, behind)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let mut escape = behind.chars();
        read_escape(&mut escape, &mut bytes).map_err(|what| {
            let column = text.chars().count() - behind.chars().count();
            EscapeError { column, what }
        })?;
        rest = escape.as_str();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

fn read_escape(rest: &mut std::str::Chars<'_>, bytes: &mut Vec<u8>) -> Result<(), String> {
    match rest.next() {
        Some('n') => bytes.push(b'\n'),
        Some('r') => bytes.push(b'\r'),
        Some('t') => bytes.push(b'\t'),
        Some('0') => bytes.push(0),
        Some(same @ ('\\' | '"')) => push_scalar(bytes, same),
        Some('x') => bytes.push(read_byte(rest).ok_or(r"\x wants two hex digits, as in \x1b")?),
        Some('u') => push_scalar(
            bytes,
            read_scalar(rest).ok_or(r"\u wants a scalar in hex, as in \u{e9}")?,
        ),
        Some(other) => {
            let shown = super::escape(other.encode_utf8(&mut [0; 4]).as_bytes());
            return Err(format!(
                "`{shown}` is no escape behind a backslash; {KNOWN}"
            ));
        }
        None => return Err(format!("nothing behind the last backslash; {KNOWN}")),
    }
    Ok(())
}

const KNOWN: &str = r#"there are \n \r \t \0 \\ \" \xNN \u{…}"#;

fn read_byte(rest: &mut std::str::Chars<'_>) -> Option<u8> {
    let high = rest.next()?.to_digit(16)?;
    let low = rest.next()?.to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// `{` one to six hex digits `}`.
fn read_scalar(rest: &mut std::str::Chars<'_>) -> Option<char> {
    if rest.next()? != '{' {
        return None;
    }
    let mut code = rest.next()?.to_digit(16)?;
    for _ in 0..6 {
        match rest.next()? {
            '}' => return char::from_u32(code),
            digit => code = code.checked_mul(16)?.checked_add(digit.to_digit(16)?)?,
        }
    }
    None
}

fn push_scalar(bytes: &mut Vec<u8>, scalar: char) {
    bytes.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes());
}
