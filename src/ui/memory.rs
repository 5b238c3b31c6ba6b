//! What the screen remembers from one run to the next, its text, and how the memories of two runs become one. Where it
//! is kept is the caller's matter.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Ui;

/// The most lines of each kind that are kept.
const LINES_MAX: usize = 500;

/// Longer lines are pastes, and are not kept.
const LINE_MAX_BYTES: usize = 4096;

/// What a run leaves for the next one; what an older program did not know takes its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The arrangement of the panes, by its name; empty: the one that fits.
    pub layout: String,
    /// One pane alone.
    pub zoom: bool,
    /// Hints that were used and are told no more, by their key in the table of sentences.
    pub hints_used: BTreeSet<String>,
    /// Command lines that were typed, the oldest first.
    pub commands: Vec<String>,
    /// What was typed in the composer, the oldest first.
    pub messages: Vec<String>,
}

impl Memory {
    /// Reads what [`Memory::text`] wrote.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    /// As text that people can read and change.
    #[must_use]
    pub fn text(&self) -> String {
        // A table of strings, lists of strings and a bool is always TOML.
        toml::to_string(self).unwrap_or_default()
    }

    /// This memory and what another run left meanwhile: its lines, then those that came here since `then`, the memory
    /// of this run when they were last one. What was changed here counts, else what was changed there.
    #[must_use]
    pub fn merged(&self, then: &Self, other: Self) -> Self {
        Self {
            layout: changed(&self.layout, &then.layout, other.layout),
            zoom: changed(&self.zoom, &then.zoom, other.zoom),
            hints_used: self.hints_used.union(&other.hints_used).cloned().collect(),
            commands: joined(other.commands, added(&then.commands, &self.commands)),
            messages: joined(other.messages, added(&then.messages, &self.messages)),
        }
    }
}

fn changed<T: Clone + PartialEq>(ours: &T, then: &T, other: T) -> T {
    if ours == then { other } else { ours.clone() }
}

/// The lines of `now` behind those that it has in common with `then`, of which it may have lost the oldest.
fn added<'a>(then: &[String], now: &'a [String]) -> &'a [String] {
    let common = (0..=then.len()).filter_map(|lost| then.get(lost..));
    let behind = common
        .into_iter()
        .find_map(|common| now.strip_prefix(common));
    behind.unwrap_or(now)
}

fn joined(mut lines: Vec<String>, added: &[String]) -> Vec<String> {
    lines.extend_from_slice(added);
    lines.dedup();
    let surplus = lines.len().saturating_sub(LINES_MAX);
    lines.drain(..surplus);
    lines
}

impl Ui {
    /// Takes over what an earlier run remembered.
    pub fn recall(&mut self, memory: Memory) {
        // A layout that this program does not know is the one that fits.
        let _ = self.arrangement.choose(&memory.layout);
        self.arrangement.zoom = memory.zoom;
        self.hints_used = memory.hints_used;
        self.prompt.editor.recall_history(memory.commands);
        self.composer.editor.recall_history(memory.messages);
    }

    /// What the next run shall remember. A line that begins with a blank is not kept, as in shells: so a password need
    /// not be.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let kept = |lines: &[String]| {
            let fits = |line: &&String| line.len() <= LINE_MAX_BYTES && !line.starts_with(' ');
            lines.iter().filter(fits).cloned().collect()
        };
        Memory {
            layout: self.arrangement.name().to_owned(),
            zoom: self.arrangement.zoom,
            hints_used: self.hints_used.clone(),
            commands: kept(self.prompt.editor.history()),
            messages: kept(self.composer.editor.history()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(words: &str) -> Vec<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    fn of(commands: &str) -> Memory {
        Memory {
            commands: lines(commands),
            ..Memory::default()
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let memory = Memory {
            layout: "duet".to_owned(),
            zoom: true,
            hints_used: BTreeSet::from(["a-hint".to_owned()]),
            commands: vec!["send \"a\\r\\n\"".to_owned(), "é\u{202e}\u{1b}".to_owned()],
            messages: vec![String::new(), "'\"\"\"'".to_owned()],
        };
        assert_eq!(Memory::parse(&memory.text()), Ok(memory));
        assert_eq!(Memory::parse(""), Ok(Memory::default()));
        assert_eq!(Memory::parse("later = 1"), Ok(Memory::default()));
        assert!(Memory::parse("zoom = 1").is_err());
        assert!(Memory::parse("commands = [\"a").is_err());
    }

    #[test]
    fn the_lines_of_two_runs_are_all_there() {
        let check = |then: &str, ours: &str, other: &str, expected: &str| {
            let merged = of(ours).merged(&of(then), of(other));
            assert_eq!(merged.commands, lines(expected), "{then}, {ours}, {other}");
        };
        check("a b", "a b c", "a b", "a b c");
        check("a b", "a b c", "a b x y", "a b x y c");
        check("a b", "a b", "a b x", "a b x");
        check("", "c", "x", "x c");
        // The oldest was dropped here, since a history has an end.
        check("a b", "b c d", "a b x", "a b x c d");
        check("a b", "c d", "a b", "a b c d");
        check("a", "a c", "a c", "a c");
        check("a", "a c", "", "c");
    }

    #[test]
    fn what_was_changed_here_counts_and_else_what_was_changed_there() {
        let zoomed = |zoom, hint: &str| Memory {
            zoom,
            hints_used: BTreeSet::from([hint.to_owned()]),
            ..Memory::default()
        };
        let check = |ours, then, other, expected| {
            let merged = zoomed(ours, "a").merged(&zoomed(then, "a"), zoomed(other, "b"));
            assert_eq!(merged.zoom, expected);
            assert_eq!(merged.hints_used.len(), 2);
        };
        check(true, false, false, true);
        check(false, false, true, true);
        check(false, true, true, false);
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let many: Vec<String> = (0..LINES_MAX).map(|n| n.to_string()).collect();
        let merged = joined(many, &lines("x y"));
        assert_eq!(merged.len(), LINES_MAX);
        assert_eq!(merged.first().map(String::as_str), Some("2"));
        let mut ui = Ui::default();
        let long = "x".repeat(LINE_MAX_BYTES + 1);
        ui.recall(Memory {
            commands: vec!["a".to_owned(), " secret".to_owned(), long],
            ..Memory::default()
        });
        assert_eq!(ui.memory().commands, lines("a"));
    }
}
