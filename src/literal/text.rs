//! Characters as they are, line ends and tabs too; what cannot be printed stands escaped. It cannot be read back where
//! backslashes were in the bytes: `escaped` can.

use super::Literal;
use crate::escape::{Piece, pieces};

pub(super) struct Text;

impl Literal for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn key(&self) -> char {
        't'
    }

    fn help(&self) -> &'static str {
        "select.as-text"
    }

    fn write(&self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len());
        let mut pieces = pieces(bytes).map(|(_, piece)| piece).peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Short('n') => text.push('\n'),
                Piece::Short('t') => text.push('\t'),
                Piece::Short('\\') => text.push('\\'),
                // Part of a line's end; alone it would overwrite the line where it is shown.
                Piece::Short('r') if pieces.peek() == Some(&Piece::Short('n')) => text.push('\r'),
                piece => text.push_str(&piece.to_string()),
            }
        }
        text
    }
}
