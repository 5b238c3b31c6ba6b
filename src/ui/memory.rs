//! What the screen remembers from one run to the next. Where it is kept is the caller's matter.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Ui;

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

    /// What the next run shall remember.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory {
            layout: self.arrangement.name().to_owned(),
            zoom: self.arrangement.zoom,
            hints_used: self.hints_used.clone(),
            commands: self.prompt.editor.history().to_vec(),
            messages: self.composer.editor.history().to_vec(),
        }
    }
}
