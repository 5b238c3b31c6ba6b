//! The head of a message of text: a first line and headers (RFC 9112, 5; RFC 5322, 2.2), named as fields. Where it ends
//! and what it means for the cut is the rule's.

use super::dissect::{Dissect, text_of};
use super::{Field, Value};

/// Names the header lines up to and with the empty line that ends them, each as a field of its own name in lower case
/// with its value as text. A line without a colon is named `line`. True once the empty line was there.
pub(super) fn headers(dissect: &mut Dissect<'_>) -> Option<bool> {
    loop {
        let rest = dissect.rest();
        let Some(end) = memchr::memchr(b'\n', rest) else {
            return Some(false);
        };
        let line = rest.get(..end)?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let start = dissect.at();
        dissect.skip(end + 1)?;
        if line.is_empty() {
            return Some(true);
        }
        let (name, value) = match memchr::memchr(b':', line) {
            Some(colon) => (
                text_of(line.get(..colon)?).to_ascii_lowercase(),
                line.get(colon + 1..)?.trim_ascii(),
            ),
            None => ("line".to_owned(), line),
        };
        let range = start..start + line.len() as u64;
        dissect.push(Field::new(name, range, Value::Text(text_of(value))))?;
    }
}
