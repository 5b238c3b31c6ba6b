//! The stored messages as they are listed: names and the expressions as people wrote them. Where they are kept, and
//! what they mean, is not known here.

use super::Ui;

/// The stored messages, by name.
#[derive(Debug, Default)]
pub(super) struct Saved(pub(super) Vec<(String, String)>);

impl Ui {
    /// The stored messages are these from now on: names and expressions.
    pub fn set_saved(&mut self, saved: Vec<(String, String)>) {
        self.saved = Saved(saved);
        self.hands.library.changed();
        self.touch();
    }

    /// The stored messages: names and expressions.
    #[must_use]
    pub fn saved(&self) -> &[(String, String)] {
        &self.saved.0
    }
}
