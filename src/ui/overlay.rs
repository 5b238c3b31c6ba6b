//! What may lie over the panes, one at a time: a table of rows, each in a file of its own. While one lies there the
//! keys go to it.

use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::editor::Editor;
use super::motion::Motion;
use super::pane::Scene;
use super::{Ui, connections, help, library, measured, states, storm, tampered, tuner, xray};
use crate::keymap::leaves_keys;
use crate::session::Session;

/// The help, by its name in [`OVERLAYS`].
pub(super) const HELP: &str = "help";
/// The table of sockets.
pub(super) const TABLE: &str = "connections";
/// The saved messages.
pub(super) const SAVED: &str = "saved";
/// The card of the framing.
pub(super) const FRAMING: &str = "framing";
/// The split storm.
pub(super) const STORM: &str = "storm";
/// The map of states.
pub(super) const STATES: &str = "states";
/// The matrix of `reach`.
pub(super) const REACH: &str = "reach";
/// The bars of `race`.
pub(super) const RACE: &str = "race";
/// The loop's own X-ray.
pub(super) const LOOP: &str = "loop";

/// The faults.
pub(super) const FAULTS: &str = "faults";
/// The messages that are held.
pub(super) const HELD: &str = "held";

/// Every overlay, in the order of `show`.
pub(super) static OVERLAYS: &[&dyn Overlay] = &[
    &help::Help,
    &connections::Over,
    &library::Over,
    &tuner::Over,
    &storm::Over,
    &states::Over,
    &measured::Reach,
    &measured::Race,
    &xray::Over,
    &tampered::Faults,
    &tampered::Held,
];

/// Something over the panes.
pub(super) trait Overlay: Sync {
    /// Its name in `show NAME` and in the table of keys.
    fn name(&self) -> &'static str;

    /// Draws it over an area; returns where the cursor stands in a line of its own.
    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position>;

    /// Whether the panes are seen around it.
    fn is_card(&self) -> bool {
        false
    }

    /// Makes it ready, before it is laid over the panes.
    ///
    /// # Errors
    ///
    /// Why there is nothing to show.
    fn open(&self, _ui: &mut Ui, _session: &Session) -> Result<(), String> {
        Ok(())
    }

    /// Moves its cursor.
    fn go(&self, _ui: &mut Ui, _motion: Motion, _session: &Session) {}

    /// Scrolls it by the wheel.
    fn wheel(&self, _ui: &mut Ui, _rows: i64, _session: &Session) {}

    /// A press of the mouse.
    fn press(&self, _ui: &mut Ui, _at: Position, _session: &Session) {}

    /// Changes the line that is typed in it; returns how many characters had no room, or `None` if it has no line.
    fn edit(&self, _ui: &mut Ui, _edit: Edit<'_>, _session: &Session) -> Option<usize> {
        None
    }

    /// `Enter`: returns lines of the language to be run.
    fn accept(&self, ui: &mut Ui, _session: &Session) -> Vec<String> {
        ui.overlay = None;
        Vec::new()
    }

    /// It was taken away by `Esc`.
    fn leave(&self, _ui: &mut Ui, _session: &Session) {}
}

/// A change of a line.
#[derive(Clone, Copy)]
pub(super) enum Edit<'a> {
    /// By a key, at that time.
    Key(&'a KeyEvent, Duration),
    /// By pasted text.
    Paste(&'a str),
    /// It is emptied.
    Clear,
}

impl Edit<'_> {
    /// Changes a line; returns whether it changed and how many characters had no room.
    pub(super) fn apply(self, line: &mut Editor) -> (bool, usize) {
        match self {
            Self::Key(key, _) => (line.key(key), 0),
            Self::Paste(text) => (true, line.insert(text)),
            Self::Clear => {
                line.set("");
                (true, 0)
            }
        }
    }
}

impl Ui {
    /// What lies over the panes.
    pub(super) fn over(&self) -> Option<&'static dyn Overlay> {
        overlay(self.overlay?)
    }

    /// What lies over the panes and has the keys: one that leaves them to others has them not while a line is typed.
    pub(super) fn keyed(&self) -> Option<&'static str> {
        self.overlay
            .filter(|name| !(self.is_typing() && leaves_keys(name)))
    }

    /// Whether that lies over the panes.
    pub(super) fn is_over(&self, name: &str) -> bool {
        self.overlay == Some(name)
    }

    /// Lays something over the panes, or takes it away if it lies there; false if nothing has that name.
    pub(super) fn turn_over(&mut self, name: &str, session: &Session) -> Result<bool, String> {
        let Some(overlay) = overlay(name) else {
            return Ok(false);
        };
        if self.is_over(name) {
            self.overlay = None;
        } else {
            overlay.open(self, session)?;
            self.overlay = Some(overlay.name());
        }
        Ok(true)
    }
}

pub(super) fn overlay(name: &str) -> Option<&'static dyn Overlay> {
    let mut all = OVERLAYS.iter().copied();
    all.find(|overlay| overlay.name() == name)
}
