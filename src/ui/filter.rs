//! Which sockets the table shows: all of them, or those with all words of the filter. It sorts nothing.

use super::Ui;
use super::pane::CONNECTIONS;
use crate::event::ConnId;
use crate::session::{Conn, Session};

impl Ui {
    /// The socket in a row of the table.
    pub(super) fn listed(&self, session: &Session, row: u64) -> Option<ConnId> {
        let row = usize::try_from(row).ok()?;
        match &self.listed {
            Some(listed) => listed.get(row).copied(),
            None => session.conns().get(row).map(|conn| conn.id),
        }
    }

    /// How many rows the table has.
    pub(super) fn listed_count(&self, session: &Session) -> u64 {
        self.listed.as_ref().map_or(session.conns().len(), Vec::len) as u64
    }

    /// Applies the filter anew; once a change of it or of the session, never while drawing.
    pub(super) fn sift(&mut self, session: &Session) {
        let words: Vec<String> = self
            .filter
            .text()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let fits = |conn: &&Conn| words.iter().all(|word| has(conn, word));
        self.listed = (!words.is_empty()).then(|| {
            session
                .conns()
                .iter()
                .filter(fits)
                .map(|conn| conn.id)
                .collect()
        });
        self.row = self.row.min(self.listed_count(session).saturating_sub(1));
    }

    /// Puts the cursor of the table on the focused socket.
    pub(super) fn put_row_on_focus(&mut self, session: &Session) {
        let Some(focus) = self.focus else { return };
        let row = match &self.listed {
            Some(listed) => listed.iter().position(|conn| *conn == focus),
            None => Some(focus.0 as usize),
        };
        self.row = row.map_or(self.row, |row| row as u64);
        if let Some(top) = self.tops.get_mut(CONNECTIONS) {
            *top = (*top).min(self.row);
        }
        self.reveal(session);
    }
}

/// Whether a socket has a word: `role:`, `state:`, `name:`, `port:`, or the word anywhere in its row.
fn has(conn: &Conn, word: &str) -> bool {
    let addresses = || {
        let both = [conn.local.as_ref(), conn.peer.as_ref()];
        both.into_iter().flatten().map(ToString::to_string)
    };
    let is_state = |wanted: &str| conn.state.name().to_lowercase().starts_with(wanted);
    let name = || conn.name.to_lowercase();
    match word.split_once(':') {
        Some(("role", wanted)) => conn.role.word().starts_with(wanted),
        Some(("state", wanted)) => is_state(wanted),
        // A key without its word yet leaves all.
        Some(("name" | "port", "")) => true,
        Some(("name", wanted)) => name() == wanted,
        Some(("port", wanted)) => addresses().any(|it| it.rsplit(':').next() == Some(wanted)),
        _ => {
            conn.role.word().contains(word)
                || is_state(word)
                || name().contains(word)
                || addresses().any(|it| it.to_lowercase().contains(word))
        }
    }
}
