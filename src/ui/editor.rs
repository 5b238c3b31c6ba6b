//! One line being typed, with its history: what the prompt, the composer and the filter have in common. It
//! gives the text no meaning.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

/// The most lines that a history keeps.
const HISTORY_MAX: usize = 500;

/// The keys of editing, for the help; [`Editor::key`] does them.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("Left Right", "one character back or on"),
    ("C-Left C-Right", "one word back or on"),
    ("Home C-a", "to the start of the line"),
    ("End C-e", "to the end of the line"),
    ("C-w", "delete the word before"),
    ("C-k", "delete up to the end"),
];

/// A line and the lines before it.
#[derive(Debug, Default)]
pub(super) struct Editor {
    input: Input,
    history: Vec<String>,
    /// The line of the history that is shown, and what was typed before going there.
    recalled: Option<(usize, String)>,
}

impl Editor {
    /// The text.
    pub(super) fn text(&self) -> &str {
        self.input.value()
    }

    /// The cursor, in characters.
    pub(super) fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// Replaces the text; the cursor goes to its end.
    pub(super) fn set(&mut self, text: &str) {
        self.input = Input::new(text.to_owned());
    }

    /// Puts text in place of the characters from `from` to the cursor.
    pub(super) fn replace(&mut self, from: usize, text: &str) {
        let before: String = self.text().chars().take(from).chain(text.chars()).collect();
        let rest: String = self.text().chars().skip(self.cursor()).collect();
        let cursor = before.chars().count();
        self.input = Input::new(before + &rest).with_cursor(cursor);
    }

    /// Puts text at the cursor; in one go, since a paste may be long.
    pub(super) fn insert(&mut self, text: &str) {
        self.replace(self.cursor(), text);
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
        if line.is_empty() || self.history.last().is_some_and(|last| last == line) {
            return;
        }
        if self.history.len() == HISTORY_MAX {
            self.history.remove(0);
        }
        self.history.push(line.to_owned());
    }

    /// Goes through the history: back, or towards what was being typed.
    pub(super) fn recall(&mut self, older: bool) {
        let count = self.history.len();
        let (at, typed) = match self.recalled.take() {
            Some((at, typed)) => (at, typed),
            None => (count, self.text().to_owned()),
        };
        let to = if older {
            at.saturating_sub(1)
        } else {
            (at + 1).min(count)
        };
        let line = self.history.get(to).unwrap_or(&typed).clone();
        self.set(&line);
        if to < count {
            self.recalled = Some((to, typed));
        }
    }

    /// A key of editing; false for one that is none.
    pub(super) fn key(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let request = match key.code {
            KeyCode::Char('a') if control => InputRequest::GoToStart,
            KeyCode::Char('e') if control => InputRequest::GoToEnd,
            KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
            KeyCode::Char('k') if control => InputRequest::DeleteTillEnd,
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                InputRequest::InsertChar(c)
            }
            KeyCode::Backspace => InputRequest::DeletePrevChar,
            KeyCode::Delete => InputRequest::DeleteNextChar,
            KeyCode::Left if control => InputRequest::GoToPrevWord,
            KeyCode::Right if control => InputRequest::GoToNextWord,
            KeyCode::Left => InputRequest::GoToPrevChar,
            KeyCode::Right => InputRequest::GoToNextChar,
            KeyCode::Home => InputRequest::GoToStart,
            KeyCode::End => InputRequest::GoToEnd,
            _ => return false,
        };
        self.recalled = None;
        self.input.handle(request);
        true
    }

    /// The part of the text that fits into so many columns and holds the cursor, how many characters stand before it,
    /// and the cursor's column in it.
    pub(super) fn window(&self, columns: usize) -> (String, usize, u16) {
        let columns = columns.max(2);
        let cursor = self.cursor();
        // Everything that is typed is one or two columns wide, so half the columns of characters always fit.
        let first = if crate::escape::width(self.text()) < columns {
            0
        } else {
            cursor.saturating_sub(columns / 2)
        };
        let clean = |c: char| crate::escape::clean(c.encode_utf8(&mut [0; 4])).into_owned();
        let wide = |c| crate::escape::width(&clean(c));
        // What is spelled out takes more columns than it has characters: then fewer stand before the cursor.
        let before = || {
            self.text()
                .chars()
                .skip(first)
                .take(cursor - first)
                .map(wide)
        };
        let mut column: usize = before().sum();
        let mut skipped = 0;
        for wide in before() {
            if column < columns {
                break;
            }
            column -= wide;
            skipped += 1;
        }
        let first = first + skipped;
        let mut shown = String::new();
        let mut used = 0;
        for c in self.text().chars().skip(first) {
            used += wide(c);
            if used >= columns {
                break;
            }
            shown.push_str(&clean(c));
        }
        (shown, first, u16::try_from(column).unwrap_or(u16::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_gives_back_what_was_being_typed() {
        let mut editor = Editor::default();
        editor.remember("one");
        editor.remember("two");
        editor.set("half");
        let mut seen = Vec::new();
        for older in [true, true, true, false, false] {
            editor.recall(older);
            seen.push(editor.text().to_owned());
        }
        assert_eq!(seen, ["two", "one", "one", "two", "half"]);
    }

    #[test]
    fn a_long_line_is_shown_around_its_cursor() {
        let mut editor = Editor::default();
        editor.set(&"x".repeat(1000));
        let (shown, first, column) = editor.window(20);
        assert_eq!((shown.len(), first, column), (10, 990, 10));
        editor.set(&"\u{202e}".repeat(30));
        let (shown, first, column) = editor.window(20);
        assert_eq!(
            (shown.as_str(), first, column),
            (r"\u{202e}\u{202e}", 28, 16)
        );
        editor.set("漢字");
        assert_eq!(editor.window(20), ("漢字".to_owned(), 0, 4));
    }
}
