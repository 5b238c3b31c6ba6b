//! Tapped conversations as a session shows them: two sockets, and one talk in two directions.

use super::Session;
use crate::event::{ConnId, Dir, Role};

impl Session {
    /// Whether it is the server's side of a tapped conversation: the same as the client's, seen from the target.
    #[must_use]
    pub fn is_beyond(&self, id: ConnId) -> bool {
        let conn = self.conn(id);
        conn.is_some_and(|conn| conn.across.is_some() && conn.across == conn.parent)
    }

    /// The socket that a tap's name with `c` or `s` behind it means: that side of its newest conversation.
    pub(super) fn newest_side(&self, name: &str) -> Option<ConnId> {
        let tap = name.strip_suffix(['c', 's'])?;
        let tap = self.conn(self.store.names.conn(tap)?)?;
        if tap.role != Role::Tap {
            return None;
        }
        let client = format!("{}.{}c", tap.name, tap.children);
        let client = self.store.names.conn(&client)?;
        if name.ends_with('c') {
            Some(client)
        } else {
            self.conn(client)?.across
        }
    }

    /// The sockets that a choice for this one is for as well, with the direction there that is `dir` here: those of a
    /// tap's conversations that are open, the clients' sides first, or the other side of a conversation.
    #[must_use]
    pub fn alike(&self, id: ConnId, dir: Dir) -> Vec<(ConnId, Dir)> {
        let Some(conn) = self.conn(id) else {
            return Vec::new();
        };
        if conn.role != Role::Tap {
            return conn
                .across
                .map(|across| (across, dir.other()))
                .into_iter()
                .collect();
        }
        let clients = self.conns().iter();
        let clients = clients.filter(|conn| conn.parent == Some(id) && conn.is_open());
        let sides = clients.flat_map(|client| {
            let across = client.across.map(|across| (across, dir.other()));
            [Some((client.id, dir)), across].into_iter().flatten()
        });
        sides.collect()
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
