//! Panes that stand in the place of the bytes while there are none to show: the waiting room of a listener, and the
//! board of a select while somebody looks at it. The place, its size and its number stay those of the bytes.

use super::Ui;
use super::pane::{BYTES, INSPECTOR, MESSAGES, PANES, Pane};
use super::{board, room};
use crate::event::Role;
use crate::session::Session;

/// Their names.
pub(super) const STAND_INS: &[&str] = &["room", "board"];

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
        if begins && matches!(self.pane, MESSAGES | INSPECTOR) {
            self.pane = BYTES;
        }
    }

    pub(super) fn stand_in(&self, session: &Session) -> Option<&'static dyn Pane> {
        if self.board.is_shown {
            return Some(&board::Pane);
        }
        let conn = session.conn(self.focus?)?;
        let is_room = conn.role == Role::Listener && conn.is_open();
        is_room.then_some(&room::Room as &dyn Pane)
    }
}
