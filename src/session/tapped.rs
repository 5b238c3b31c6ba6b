//! Tapped conversations as a session shows them: two sockets, and one talk in two directions.

use super::{Conn, Session};
use crate::event::{ConnId, Dir, Role};

impl Session {
    /// Whether it is a side of a tapped conversation.
    #[must_use]
    pub fn is_tapped(&self, id: ConnId) -> bool {
        let conn = self.conn(id);
        conn.is_some_and(|conn| conn.across.is_some() || self.is_of_tap(conn))
    }

    /// Whether it is the server's side of a tapped conversation: the same as the client's, seen from the target.
    #[must_use]
    pub fn is_beyond(&self, id: ConnId) -> bool {
        self.conn(id).is_some_and(Conn::is_beyond)
    }

    /// The client's side of a conversation, which stands for all of it; any other socket is itself.
    #[must_use]
    pub fn near_side(&self, id: ConnId) -> ConnId {
        let beyond = self.conn(id).filter(|conn| conn.is_beyond());
        beyond.and_then(|conn| conn.across).unwrap_or(id)
    }

    /// The server's side of the conversation of which this is the client's, once there is one.
    #[must_use]
    pub fn far_side(&self, id: ConnId) -> Option<&Conn> {
        let near = self.conn(id).filter(|conn| !conn.is_beyond())?;
        self.conn(near.across?)
    }

    /// What a conversation is called, whichever of its sides: `T1.6`; any other socket by its name.
    #[must_use]
    pub fn conversation(&self, id: ConnId) -> &str {
        let name = self.name(id);
        let side = if self.is_beyond(id) { 's' } else { 'c' };
        let whole = name.strip_suffix(side).filter(|_| self.is_tapped(id));
        whole.unwrap_or(name)
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

    /// Whether a conversation of a tap had a side of that name, and is forgotten.
    pub(super) fn was_side(&self, name: &str) -> bool {
        let split = name
            .strip_suffix(['c', 's'])
            .and_then(|it| it.split_once('.'));
        let Some((tap, nth)) = split else {
            return false;
        };
        let tap = self.store.names.conn(tap).and_then(|tap| self.conn(tap));
        let nth = nth.parse::<u64>().ok().filter(|nth| *nth > 0);
        let was = |tap: &Conn| nth.is_some_and(|nth| nth <= tap.children);
        tap.is_some_and(was) && self.store.names.conn(name).is_none()
    }

    /// The sockets that a choice for this one is for as well, with the direction there that is `dir` here: those of a
    /// tap's conversations that are open or the newest, the clients' sides first, or the other side of a conversation.
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
        let is_seen = |it: &Conn| it.is_open() || conn.newest == Some(it.id);
        let clients = clients.filter(|conn| conn.parent == Some(id) && is_seen(conn));
        let sides = clients.flat_map(|client| {
            let across = client.across.map(|across| (across, dir.other()));
            [Some((client.id, dir)), across].into_iter().flatten()
        });
        sides.collect()
    }

    /// The word for a direction of a socket: on a tap's that of the conversation, c2s or s2c.
    #[must_use]
    pub fn way(&self, id: ConnId, dir: Dir) -> &'static str {
        match (self.is_tapped(id), self.is_to_server(id, dir)) {
            (false, _) => dir.word(),
            (true, true) => "c2s",
            (true, false) => "s2c",
        }
    }

    /// Whether bytes of a direction of a conversation's side go from the client to the server.
    #[must_use]
    pub fn is_to_server(&self, id: ConnId, dir: Dir) -> bool {
        (dir == Dir::In) != self.is_beyond(id)
    }

    fn is_of_tap(&self, conn: &Conn) -> bool {
        let maker = conn.parent.and_then(|parent| self.conn(parent));
        maker.is_some_and(|maker| maker.role == Role::Tap)
    }
}

impl Conn {
    /// Whether it is the server's side of a tapped conversation.
    #[must_use]
    pub fn is_beyond(&self) -> bool {
        self.across.is_some() && self.across == self.parent
    }
}
