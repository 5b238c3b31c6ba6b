//! Quoted text: its escapes read and printed, and which bytes are worth showing as text. Whole words only; no
//! expression lives here.

use std::fmt::{self, Formatter, Write};

use super::{ExprError, Part};
use crate::escape;

/// Shorter printable runs between other bytes are left as hex: `00 41 00` says more than `00 "A" 00`.
const RUN_MIN_CHARS: usize = 4;

const ESCAPES: &str = r#"\r \n \t \0 \\ \" \x0a or \u{e9}"#;

/// Reads what stands between two `quote`s, the first of which is at `open`; gives the bytes and the index behind the
/// second.
pub(super) fn quoted(
    chars: &[char],
    open: usize,
    quote: char,
) -> Result<(Vec<u8>, usize), ExprError> {
    let mut bytes = Vec::new();
    let mut at = open + 1;
    loop {
        match chars.get(at) {
            None | Some('\n') => {
                let what = format!("the closing {quote} is missing");
                return Err(ExprError {
                    column: open,
                    end: at,
                    what,
                    fits: format!("{quote}hi{quote}"),
                });
            }
            Some(c) if *c == quote => return Ok((bytes, at + 1)),
            Some('\\') => at = escape(chars, at, &mut bytes)?,
            Some(c) => {
                push(&mut bytes, *c);
                at += 1;
            }
        }
    }
}

/// Reads the escape whose backslash is at `at`; gives the index behind it.
fn escape(chars: &[char], at: usize, bytes: &mut Vec<u8>) -> Result<usize, ExprError> {
    let simple = match chars.get(at + 1) {
        Some('r') => '\r',
        Some('n') => '\n',
        Some('t') => '\t',
        Some('0') => '\0',
        Some(c @ ('\\' | '"' | '\'')) => *c,
        Some('x') => return hex_escape(chars, at, bytes),
        Some('u') => return unicode_escape(chars, at, bytes),
        Some(c) => {
            let what = format!("unknown escape {c:?}");
            return Err(ExprError {
                column: at,
                end: at + 2,
                what,
                fits: ESCAPES.to_owned(),
            });
        }
        None => {
            let what = "nothing behind the backslash".to_owned();
            return Err(ExprError {
                column: at,
                end: at + 1,
                what,
                fits: ESCAPES.to_owned(),
            });
        }
    };
    push(bytes, simple);
    Ok(at + 2)
}

fn hex_escape(chars: &[char], at: usize, bytes: &mut Vec<u8>) -> Result<usize, ExprError> {
    let digit = |at: usize| {
        chars
            .get(at)
            .and_then(|c| c.to_digit(16))
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let (Some(high), Some(low)) = (digit(at + 2), digit(at + 3)) else {
        let what = "\\x takes two hex digits".to_owned();
        return Err(ExprError {
            column: at,
            end: at + 2,
            what,
            fits: "\\x0a".to_owned(),
        });
    };
    bytes.push(high << 4 | low);
    Ok(at + 4)
}

fn unicode_escape(chars: &[char], at: usize, bytes: &mut Vec<u8>) -> Result<usize, ExprError> {
    let digits: String = chars
        .iter()
        .skip(at + 3)
        .take_while(|c| c.is_ascii_hexdigit())
        .take(7)
        .collect();
    let end = at + 3 + digits.len();
    let scalar = u32::from_str_radix(&digits, 16)
        .ok()
        .filter(|_| digits.len() <= 6)
        .and_then(char::from_u32);
    match (chars.get(at + 2), chars.get(end), scalar) {
        (Some('{'), Some('}'), Some(c)) => {
            push(bytes, c);
            Ok(end + 1)
        }
        (Some('{'), Some('}'), None) => {
            let what = "no such character".to_owned();
            let fits = "\\u{0} to \\u{10ffff}, without d800 to dfff".to_owned();
            Err(ExprError {
                column: at,
                end: end + 1,
                what,
                fits,
            })
        }
        _ => {
            let what = "\\u takes hex digits in braces".to_owned();
            Err(ExprError {
                column: at,
                end: at + 2,
                what,
                fits: "\\u{e9}".to_owned(),
            })
        }
    }
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Prints bytes between quotes; what is neither plain ASCII nor a letter or digit of some script stands escaped.
pub(super) fn print(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_char('"')?;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\r' => f.write_str("\\r")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\0' => f.write_str("\\0")?,
                '"' | '\\' => write!(f, "\\{c}")?,
                _ if is_plain(c) => f.write_char(c)?,
                _ if c.is_ascii() => write!(f, "\\x{:02x}", u32::from(c))?,
                _ => write!(f, "\\u{{{:x}}}", u32::from(c))?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    f.write_char('"')
}

fn is_plain(c: char) -> bool {
    if c.is_ascii() {
        c == ' ' || c.is_ascii_graphic()
    } else {
        c.is_alphanumeric() && escape::allowed(c)
    }
}

/// Cuts bytes into text and hex: all text where all is printable, else each printable run of some length.
pub(super) fn runs(bytes: &[u8]) -> Vec<Part> {
    let is_text = |c: char| is_plain(c) || matches!(c, '\r' | '\n' | '\t');
    let mut parts = Vec::new();
    let mut run = String::new();
    let mut is_all_text = true;
    let mut flush = |run: &mut String, rest: &[u8], is_all_text: bool| {
        let text = std::mem::take(run);
        if is_all_text || text.chars().count() >= RUN_MIN_CHARS {
            parts.push(Part::Text(text.into_bytes()));
        } else if !text.is_empty() {
            parts.push(Part::Hex(text.into_bytes()));
        }
        if !rest.is_empty() {
            parts.push(Part::Hex(rest.to_vec()));
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_text(c) {
                run.push(c);
            } else {
                is_all_text = false;
                flush(&mut run, c.encode_utf8(&mut [0; 4]).as_bytes(), false);
            }
        }
        if !chunk.invalid().is_empty() {
            is_all_text = false;
            flush(&mut run, chunk.invalid(), false);
        }
    }
    if !run.is_empty() {
        flush(&mut run, &[], is_all_text);
    }
    parts
}
