//! Which sockets the table shows: the filter as it is typed, and the last one that made sense, which stays in force
//! while the words do not fit. What the words mean is `tree`'s matter, how they are read `parse`'s.

mod parse;
#[cfg(test)]
mod tests;
mod tree;

pub(super) use tree::{Subject, Tree};

use super::Ui;
use crate::event::ConnId;
use crate::session::Session;
use crate::words::Complaint;

impl Ui {
    /// Applies what is typed as the filter; once a change of it, never while drawing.
    pub(super) fn sift(&mut self, session: &Session) {
        let read = parse::parse(self.filter.text(), &self.locale);
        self.table.sift(read, session);
        self.hold_row(session);
    }

    /// Takes the words of a command as the filter.
    ///
    /// # Errors
    ///
    /// Why they are none; then the filter that is in force stays.
    pub(super) fn set_filter(&mut self, words: &str, session: &Session) -> Result<(), String> {
        parse::parse(words, &self.locale).map_err(|Complaint { what, fits, .. }| {
            if fits.is_empty() {
                what
            } else {
                format!("{what}: {fits}")
            }
        })?;
        self.filter.set(words);
        self.sift(session);
        Ok(())
    }

    /// The socket in a row of the table.
    pub(super) fn listed(&self, row: u64) -> Option<ConnId> {
        self.table.row(row).map(|row| row.conn)
    }
}
