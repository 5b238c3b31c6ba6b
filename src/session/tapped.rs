//! Tapped conversations as a session shows them: two sockets, and one talk in two directions.

use super::Session;
use crate::event::{ConnId, Dir};

impl Session {
    /// Whether it is the server's side of a tapped conversation: the same as the client's, seen from the target.
    #[must_use]
    pub fn is_beyond(&self, id: ConnId) -> bool {
        let conn = self.conn(id);
        conn.is_some_and(|conn| conn.across.is_some() && conn.across == conn.parent)
    }

    /// The word for a direction of a socket: on a tap's that of the conversation, c2s or s2c.
    #[must_use]
    pub fn way(&self, id: ConnId, dir: Dir) -> &'static str {
        let is_tapped = self.conn(id).is_some_and(|conn| conn.across.is_some());
        match (dir, is_tapped, self.is_beyond(id)) {
            (dir, false, _) => dir.word(),
            (Dir::In, _, false) | (Dir::Out, _, true) => "c2s",
            (Dir::Out, _, false) | (Dir::In, _, true) => "s2c",
        }
    }
}
