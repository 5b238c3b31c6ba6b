//! Panes that stand in the place of the bytes while there are none to show: the waiting room of a listener, and the
//! board of a select while somebody looks at it. The place, its size and its number stay those of the bytes.

use super::Ui;
use super::pane::{BYTES, INSPECTOR, MESSAGES, PANES, Pane, SEAMS};
use super::{board, room};
use crate::session::Session;

/// A pane that takes the place of the bytes.
pub(super) trait StandIn: Pane {
    /// Whether it does now.
    fn stands(&self, ui: &Ui, session: &Session) -> bool;
}

/// Every one; the first that stands counts.
static STAND_INS: &[&dyn StandIn] = &[&board::Lamps, &room::Room];

/// Whether a pane of that name is one of them.
pub(super) fn is_named(name: &str) -> bool {
    STAND_INS.iter().any(|pane| pane.name() == name)
}

impl Ui {
    /// The pane that stands in a place now.
    pub(super) fn pane_at(&self, place: usize, session: &Session) -> Option<&'static dyn Pane> {
        let stands_in = (place == BYTES).then(|| self.stand_in(session)).flatten();
        stands_in.or_else(|| PANES.get(place).copied())
    }

    /// Goes to what begins to stand there from a pane that is taken away by it.
    pub(super) fn follow_stand_in(&mut self, session: &Session) {
        let is_there = self.stand_in(session).is_some();
        let begins = is_there && !std::mem::replace(&mut self.stood_in, is_there);
        if begins && matches!(self.pane, MESSAGES | INSPECTOR | SEAMS) {
            self.pane = BYTES;
        }
    }

    /// What stands in the place of the bytes.
    pub(super) fn stand_in(&self, session: &Session) -> Option<&'static dyn Pane> {
        let mut all = STAND_INS.iter().copied();
        let standing = all.find(|pane| pane.stands(self, session))?;
        Some(standing)
    }
}
