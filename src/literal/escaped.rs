//! Text with escapes on one line, as the panes show bytes and the composer reads them back.

use super::Literal;
use crate::escape;

pub(super) struct Escaped;

impl Literal for Escaped {
    fn name(&self) -> &'static str {
        "escaped"
    }

    fn key(&self) -> char {
        'e'
    }

    fn help(&self) -> &'static str {
        "select.as-escaped"
    }

    fn write(&self, bytes: &[u8]) -> String {
        escape::escape(bytes)
    }
}
