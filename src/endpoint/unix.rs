//! Reads the part of a unix address behind its scheme: a path or `@name`, bare or quoted.

use super::parse::{Parsed, chars, refuse};
use super::{Endpoint, Place, Transport, UNIX_NAME_MAX_BYTES};

/// What stands behind the scheme and its colon, which is at `column` of the word.
pub(super) fn endpoint(transport: Transport, column: usize, text: &str) -> Parsed<Endpoint> {
    let place = if let Some(name) = text.strip_prefix('@') {
        if name.is_empty() {
            return refuse(column + 1, "the abstract name is empty", "unix:@name");
        }
        Place::Abstract(unix_name(column + 1, name)?)
    } else {
        if text.starts_with("//") {
            let fits = format!("{}:/{}", transport.scheme(), text.trim_start_matches('/'));
            return refuse(column, "a unix address has no `//`", fits);
        }
        let name = unix_name(column, text)?;
        if name.is_empty() {
            return refuse(
                column,
                "the path is empty",
                format!("{}:/run/x.sock", transport.scheme()),
            );
        }
        if name.contains(&0) {
            return refuse(
                column,
                "a path cannot hold a NUL",
                "unix:@name, where it can",
            );
        }
        Place::Path(name)
    };
    Ok(Endpoint { transport, place })
}

/// A bare or quoted name of at most 107 bytes.
fn unix_name(column: usize, text: &str) -> Parsed<Vec<u8>> {
    let name = match text.strip_prefix('"') {
        Some(inside) => unquoted(column + 1, inside)?,
        None => bare(column, text)?,
    };
    if name.len() > UNIX_NAME_MAX_BYTES {
        let what = format!("a unix name of {} bytes is too long", name.len());
        return refuse(column, what, format!("at most {UNIX_NAME_MAX_BYTES}"));
    }
    Ok(name)
}

fn bare(column: usize, text: &str) -> Parsed<Vec<u8>> {
    let needs_quotes = |c: char| c.is_whitespace() || c.is_control() || "\";#".contains(c);
    match text.chars().enumerate().find(|(_, c)| needs_quotes(*c)) {
        Some((at, '\0')) => refuse(column + at, "a path cannot hold a NUL", "unix:/run/x.sock"),
        Some((at, '"')) => refuse(
            column + at,
            "a quote within a name",
            "quotes around all of it: unix:\"/a \\\" b\"",
        ),
        Some((at, c)) => refuse(
            column + at,
            format!("{c:?} stands bare in a name"),
            "quotes around it: unix:\"/a b\"",
        ),
        None => Ok(text.as_bytes().to_vec()),
    }
}

/// What follows an opening quote, up to the closing one, which must be the word's end.
fn unquoted(column: usize, text: &str) -> Parsed<Vec<u8>> {
    let mut name = Vec::new();
    let mut rest = text.chars().enumerate();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => {
                return match rest.next() {
                    Some((at, _)) => refuse(
                        column + at,
                        "something behind the closing quote",
                        "the quote ends the address",
                    ),
                    None => Ok(name),
                };
            }
            '\\' => match rest.next().map(|(_, c)| c) {
                Some(c @ ('"' | '\\')) => {
                    name.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some('x') => {
                    let mut digit = || {
                        rest.next()
                            .and_then(|(_, c)| c.to_digit(16))
                            .and_then(|n| u8::try_from(n).ok())
                    };
                    let (Some(high), Some(low)) = (digit(), digit()) else {
                        return refuse(column + at, "\\x takes two hex digits", "\\x0a");
                    };
                    name.push(high << 4 | low);
                }
                _ => {
                    return refuse(
                        column + at,
                        "an unknown escape in a name",
                        "\\\" \\\\ or \\x0a",
                    );
                }
            },
            _ => name.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    refuse(
        column + chars(text),
        "the closing quote is missing",
        "unix:\"/a b\"",
    )
}
