//! JSON as text that may go to a terminal as it is.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::escape;

/// Writes a value without blanks and line breaks. What may not be shown as it is becomes a `\u` escape (RFC 8259, 7),
/// which means the same to whoever reads it.
///
/// # Errors
///
/// What the writer says.
pub fn write(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Shown);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// A value as [`write()`] writes it.
#[must_use]
pub fn line(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    // A vector takes everything, and all that is told here has strings for keys.
    let _ = write(&mut bytes, value);
    String::from_utf8(bytes).unwrap_or_default()
}

struct Shown;

impl Formatter for Shown {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, scalar)) = rest
            .char_indices()
            .find(|(_, scalar)| !escape::allowed(*scalar))
        {
            let (shown, hidden) = rest.split_at(at);
            writer.write_all(shown.as_bytes())?;
            for unit in scalar.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = hidden.get(scalar.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn what_may_not_be_shown_is_escaped_and_means_the_same() {
        for (text, shown) in [
            ("é \u{9b}31m", "\"é \\u009b31m\""),
            ("\u{202e}a\u{7f}\n", "\"\\u202ea\\u007f\\n\""),
            ("\u{e0041}", "\"\\udb40\\udc41\""),
        ] {
            assert_eq!(line(&text), shown);
            assert_eq!(serde_json::from_str::<String>(shown).unwrap(), text);
        }
    }
}
