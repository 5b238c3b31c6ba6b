//! A tree of values in few words, written while its parts are named: `{method: "subscribe", id: 1, params: {…}}`. What
//! all formats of nested values have in common stands here too.

use std::borrow::Cow;

/// How deep values may stand within each other where a decoder has to remember each level.
pub(super) const NESTING_MAX: usize = 1024;

/// The most characters of a note, and of a text in it.
const NOTE_CHARS: usize = 72;
const TEXT_CHARS: usize = 32;

/// The note so far: the outermost value and the first of its parts, those within as `{…}`.
#[derive(Debug, Default)]
pub(super) struct Digest {
    text: String,
    depth: usize,
    /// The outermost value has a part already.
    has_part: bool,
    /// Words around a value whose other half has not come.
    halves: usize,
    is_full: bool,
}

impl Digest {
    /// A value made of others begins.
    pub(super) fn open(&mut self, bracket: &str) {
        self.depth += 1;
        match self.depth {
            1 => self.put(bracket),
            2 => self.put(&format!("{bracket}…")),
            _ => {}
        }
    }

    /// It ends.
    pub(super) fn close(&mut self, bracket: &str) {
        if self.depth <= 2 {
            self.put(bracket);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// The next of its parts, which has this name if any.
    pub(super) fn part(&mut self, name: &str) {
        if self.depth != 1 {
            return;
        }
        if std::mem::replace(&mut self.has_part, true) {
            self.put(", ");
        }
        if !name.is_empty() {
            self.put(&brief(name));
            self.put(": ");
        }
    }

    /// A word in front of a value, which another will end.
    pub(super) fn before(&mut self, word: &str) {
        self.halves += 1;
        self.word(word);
    }

    /// The word behind it.
    pub(super) fn behind(&mut self, word: &str) {
        self.halves = self.halves.saturating_sub(1);
        self.word(word);
    }

    /// A value that has no parts.
    pub(super) fn word(&mut self, word: &str) {
        if self.depth <= 1 {
            self.put(&brief(word));
        }
    }

    /// A text as a value.
    pub(super) fn quote(&mut self, text: &str) {
        if self.depth <= 1 {
            self.put(&format!("\"{}\"", brief(text)));
        }
    }

    fn put(&mut self, text: &str) {
        self.is_full |= self.text.chars().count() >= NOTE_CHARS;
        if !self.is_full {
            self.text.push_str(text);
        }
    }

    /// The note; empty if nothing was there.
    pub(super) fn finish(self) -> String {
        let is_whole = !self.is_full && self.depth == 0 && self.halves == 0;
        if is_whole || self.text.is_empty() {
            return self.text;
        }
        let shown = self.text.trim_end_matches([' ', ',']);
        format!("{shown}…")
    }
}

/// The first characters of a text.
pub(super) fn brief(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(TEXT_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}
