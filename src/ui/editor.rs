//! A text being typed, with its history: what the prompt, the composer and the filters have in common. It gives the
//! text no meaning. Its cursor is kept as an offset, so that no key walks through a long paste.

mod window;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

pub(super) use window::Shown;

/// The most lines that a history keeps.
const HISTORY_MAX: usize = 500;

/// The most bytes of a text: a paste of 1 MiB of which every byte had to be spelled out.
pub(super) const TEXT_MAX_BYTES: usize = 4 << 20;

/// The keys of editing, for the help, each with the name of its sentence; [`Editor::key`] does them.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("Left Right", "edit-character"),
    ("C-Left C-Right", "edit-word"),
    ("Home C-a", "edit-start"),
    ("End C-e", "edit-end"),
    ("C-w", "edit-delete-word"),
    ("C-k", "edit-delete-rest"),
];

/// A text and the texts before it.
#[derive(Debug, Default)]
pub(super) struct Editor {
    text: String,
    /// Bytes before the cursor; always at the edge of a character.
    cursor: usize,
    history: Vec<String>,
    /// The line of the history that is shown, and what was typed before going there.
    recalled: Option<(usize, String)>,
}

impl Editor {
    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The cursor, in characters.
    pub(super) fn cursor(&self) -> usize {
        self.before().chars().count()
    }

    /// Replaces the text; the cursor goes to its end.
    pub(super) fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.cursor = self.text.len();
        self.recalled = None;
    }

    /// Puts text in place of the characters from `from` to the cursor.
    pub(super) fn replace(&mut self, from: usize, text: &str) {
        let from = self
            .text
            .char_indices()
            .nth(from)
            .map_or(self.text.len(), |(at, _)| at);
        self.take(from.min(self.cursor), self.cursor);
        self.insert(text);
    }

    /// Puts text at the cursor, as much as there is room for; how many bytes were left out.
    pub(super) fn insert(&mut self, text: &str) -> usize {
        let room = TEXT_MAX_BYTES.saturating_sub(self.text.len());
        let fits = (0..=room.min(text.len())).rev();
        let end = fits.into_iter().find(|at| text.is_char_boundary(*at));
        let kept = text.get(..end.unwrap_or(0)).unwrap_or_default();
        self.recalled = None;
        self.text.insert_str(self.cursor, kept);
        self.cursor += kept.len();
        text.len() - kept.len()
    }

    /// The lines that were kept, the oldest first.
    pub(super) fn history(&self) -> &[String] {
        &self.history
    }

    /// Takes the history of an earlier run over.
    pub(super) fn recall_history(&mut self, mut lines: Vec<String>) {
        let surplus = lines.len().saturating_sub(HISTORY_MAX);
        lines.drain(..surplus);
        self.history = lines;
    }

    /// Keeps a line in the history.
    pub(super) fn remember(&mut self, line: &str) {
        self.recalled = None;
        if line.trim().is_empty() || self.history.last().is_some_and(|last| last == line) {
            return;
        }
        if self.history.len() == HISTORY_MAX {
            self.history.remove(0);
        }
        self.history.push(line.to_owned());
    }

    /// Goes through the lines of the history that begin with what was typed: back, or towards it.
    pub(super) fn recall(&mut self, older: bool) {
        let count = self.history.len();
        let (at, typed) = match self.recalled.take() {
            Some((at, typed)) => (at, typed),
            None => (count, self.text.clone()),
        };
        let fits = |to: &usize| {
            let line = self.history.get(*to);
            line.is_some_and(|line| line.starts_with(&typed) && *line != typed)
        };
        let to = if older {
            (0..at).rev().find(fits).or((at < count).then_some(at))
        } else {
            (at + 1..count).find(fits)
        };
        let line = to.and_then(|to| self.history.get(to)).unwrap_or(&typed);
        let line = line.clone();
        self.set(&line);
        self.recalled = to.map(|to| (to, typed));
    }

    /// To the line above or below, as far to the right as before; false where there is none.
    pub(super) fn step(&mut self, up: bool) -> bool {
        let (start, end) = (self.line_start(self.cursor), self.line_end(self.cursor));
        let column = self
            .text
            .get(start..self.cursor)
            .map_or(0, |it| it.chars().count());
        let is_last = end == self.text.len() && self.line_start(end) == start;
        if up && start == 0 || !up && is_last {
            return false;
        }
        let from = if up { self.line_start(start - 1) } else { end };
        let line = self.text.get(from..self.line_end(from)).unwrap_or_default();
        let visible = line.trim_end_matches(['\r', '\n']);
        let to = visible.char_indices().nth(column);
        self.cursor = from + to.map_or(visible.len(), |(at, _)| at);
        true
    }

    /// A key of editing; false for one that is none.
    pub(super) fn key(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let cursor = self.cursor;
        match key.code {
            KeyCode::Char('a') if control => self.cursor = self.line_start(cursor),
            KeyCode::Char('e') if control => self.cursor = self.row_end(),
            KeyCode::Char('w') if control => self.take(self.word_before(), cursor),
            KeyCode::Char('k') if control => self.take(cursor, self.row_end()),
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            KeyCode::Backspace => self.take(self.one_before(), cursor),
            KeyCode::Delete => self.take(cursor, self.one_behind()),
            KeyCode::Left if control => self.cursor = self.word_before(),
            KeyCode::Right if control => self.cursor = self.word_behind(),
            KeyCode::Left => self.cursor = self.one_before(),
            KeyCode::Right => self.cursor = self.one_behind(),
            KeyCode::Home => self.cursor = self.line_start(cursor),
            KeyCode::End => self.cursor = self.row_end(),
            _ => return false,
        }
        self.recalled = None;
        true
    }

    fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn behind(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    fn one_before(&self) -> usize {
        let before = self.before().chars().next_back();
        self.cursor - before.map_or(0, char::len_utf8)
    }

    fn one_behind(&self) -> usize {
        self.cursor + self.behind().chars().next().map_or(0, char::len_utf8)
    }

    /// Where the word before the cursor begins; blanks behind it belong to it.
    fn word_before(&self) -> usize {
        let trimmed = self.before().trim_end();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let last = trimmed.chars().next_back().is_some_and(is_word);
        trimmed
            .trim_end_matches(|c: char| is_word(c) == last && !c.is_whitespace())
            .len()
    }

    fn word_behind(&self) -> usize {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let rest = self.behind();
        let first = rest.chars().next().is_some_and(is_word);
        let rest = rest.trim_start_matches(|c: char| is_word(c) == first && !c.is_whitespace());
        self.text.len() - rest.trim_start().len()
    }

    /// Takes these bytes out; the cursor goes where they were.
    fn take(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = from;
        self.recalled = None;
    }
}

#[cfg(test)]
mod tests;
