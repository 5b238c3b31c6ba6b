//! Bytes as people paste them elsewhere: hex, text, a literal of a programming language, a line of ours. A format is
//! one row of [`LITERALS`]; nothing here knows a selection or a clipboard.

mod base64;
mod c;
mod escaped;
mod hex;
mod python;
mod rust;
mod send;
#[cfg(test)]
mod tests;
mod text;

use std::fmt::Write as _;

/// Every format, in the order of the menu.
pub static LITERALS: &[&dyn Literal] = &[
    &hex::Hex,
    &text::Text,
    &escaped::Escaped,
    &python::Python,
    &c::C,
    &rust::Rust,
    &base64::Base64,
    &send::Send,
];

/// A way to write bytes down.
pub trait Literal: Sync {
    /// The word behind `copy`.
    fn name(&self) -> &'static str;

    /// Its letter in the menu of formats; no two share one.
    fn key(&self) -> char;

    /// The key of its line of help in the tables of sentences.
    fn help(&self) -> &'static str;

    /// The bytes in this format: printable characters and line ends alone.
    fn write(&self, bytes: &[u8]) -> String;
}

/// The format of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static dyn Literal> {
    LITERALS
        .iter()
        .find(|literal| literal.name() == name)
        .copied()
}

/// Bytes between quotes with the escapes that C, Python and Rust share; `\x` has two digits here.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 2);
    text.push('"');
    for byte in bytes {
        push(&mut text, *byte);
    }
    text.push('"');
    text
}

/// One byte as it stands between quotes; true if it ended as an escape in hex digits.
fn push(text: &mut String, byte: u8) -> bool {
    match byte {
        b'\n' => text.push_str("\\n"),
        b'\r' => text.push_str("\\r"),
        b'\t' => text.push_str("\\t"),
        b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
        b' ' | b'!'..=b'~' => text.push(char::from(byte)),
        _ => {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
            return true;
        }
    }
    false
}
