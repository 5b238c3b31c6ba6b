//! The note of a message as it is told piece by piece, while its parts are named.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// The most characters of a note: it may be made of what a peer sent, and is shown in one line.
const NOTE_MAX_CHARS: usize = 300;

/// What a message is, in a few words.
#[derive(Debug, Default)]
pub(super) struct Note(String);

impl Note {
    /// Adds words.
    pub(super) fn add(&mut self, words: &str) {
        self.0.push_str(words);
    }

    /// Adds what `write!` prints.
    pub(super) fn write_fmt(&mut self, words: fmt::Arguments<'_>) {
        // Writing to a text does not fail.
        let _ = self.0.write_fmt(words);
    }

    /// How many bytes it has so far.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is told yet.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Note {
    fn from(words: String) -> Self {
        Self(words)
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0
    }
}

impl From<Note> for Cow<'static, str> {
    fn from(note: Note) -> Self {
        note.0.into()
    }
}

/// Leaves the first of what is too long.
pub(super) fn shorten(note: &mut Cow<'static, str>) {
    if let Some((end, _)) = note.char_indices().nth(NOTE_MAX_CHARS) {
        note.to_mut().truncate(end);
        note.to_mut().push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_no_longer_than_a_line() {
        let shortened = |note: String| {
            let mut note = note.into();
            shorten(&mut note);
            note.into_owned()
        };
        assert_eq!(shortened("é".repeat(300)), "é".repeat(300));
        assert_eq!(shortened("é".repeat(301)), "é".repeat(300) + "…");
    }
}
