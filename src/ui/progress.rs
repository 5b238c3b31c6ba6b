//! What the program is at besides the sockets, in a few words for the footer, and that something changed which no event
//! tells. Who works, and how far, the caller says.

use std::ops::Range;

use super::{Request, Ui};
use crate::event::{ConnId, Dir};
use crate::session::Session;

/// What runs.
#[derive(Debug, Default)]
pub(super) struct Progress {
    text: Option<String>,
    /// How long the recording is, while there is one, and whether it only waits for its disk.
    recorded: Option<(u64, bool)>,
    is_fresh: bool,
}

impl Ui {
    /// What runs and how far it is, for the footer; nothing where nothing runs.
    #[must_use]
    pub fn progress(&self) -> Option<&str> {
        self.progress.text.as_deref()
    }

    /// Says what runs and how far it is, or that nothing does.
    pub fn set_progress(&mut self, text: Option<String>) {
        if self.progress.text != text {
            self.progress.text = text;
            self.progress.is_fresh = true;
        }
    }

    /// How many bytes are recorded so far, while something is recorded, and whether it only waits for its disk.
    #[must_use]
    pub fn recorded(&self) -> Option<(u64, bool)> {
        self.progress.recorded
    }

    /// Says how many bytes are recorded so far and whether they only wait for their disk, or that nothing is recorded.
    pub fn set_recorded(&mut self, recorded: Option<(u64, bool)>) {
        if self.progress.recorded != recorded {
            self.progress.recorded = recorded;
            self.progress.is_fresh = true;
        }
    }

    /// The session is that of a file of this name.
    pub fn set_opened(&mut self, name: &str) {
        self.opened = Some(name.to_owned());
    }

    /// Something changed that is to be drawn, though nothing happened in the session.
    pub fn touch(&mut self) {
        self.progress.is_fresh = true;
    }

    /// Whether something changed so, since this was asked last.
    pub fn take_fresh(&mut self) -> bool {
        std::mem::take(&mut self.progress.is_fresh)
    }

    /// Whether somebody looks at a screen.
    #[must_use]
    pub fn is_on_screen(&self) -> bool {
        self.size != (0, 0)
    }

    /// What a command about bytes is about: the selection, else the message under the cursor.
    #[must_use]
    pub fn reach(&self, session: &Session) -> Option<(ConnId, Dir, Range<u64>)> {
        let selected = self.selection.as_ref();
        if let Some(selected) = selected.filter(|selected| !selected.range.is_empty()) {
            return Some((selected.conn, selected.dir, selected.range.clone()));
        }
        let range = self.entry(session)?.message.range.clone();
        Some((self.subject?, self.dir, range)).filter(|(.., range)| !range.is_empty())
    }

    /// Gives a text to the terminal's clipboard, as soon as the terminal's owner comes by.
    pub fn give_to_clipboard(&mut self, text: Vec<u8>) {
        self.request = Some(Request::Clipboard(text));
    }
}
