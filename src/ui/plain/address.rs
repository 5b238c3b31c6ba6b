//! Addresses in sentences, as one types them.

use super::Cx;
use crate::endpoint::Address;
use crate::event::{Role, State};
use crate::session::Conn;

impl Cx<'_> {
    /// A sentence with the socket's own address, as an endpoint.
    pub(super) fn at(&self, key: &str) -> String {
        let conn = self.event.conn.and_then(|id| self.session.conn(id));
        let at = conn.and_then(|conn| conn.local.as_ref()?.endpoint(conn.transport));
        let at = at.map_or_else(|| "?".to_owned(), |at| at.to_string());
        self.fill(key, &[&self.name, &at])
    }

    /// Where the clients of a tap come, and where they are passed on to.
    pub(super) fn taps(&self) -> String {
        let conn = self.event.conn.and_then(|id| self.session.conn(id));
        let at = |conn: &Conn| conn.local.as_ref()?.endpoint(conn.transport);
        let at = conn.and_then(at).map(|at| at.to_string());
        let to = conn.and_then(|conn| conn.target.as_deref());
        let to = to.map(ToString::to_string);
        let known = |place: Option<String>| place.unwrap_or_else(|| "?".to_owned());
        self.fill("plain.taps", &[&self.name, &known(at), &known(to)])
    }

    /// An address of the socket, as one types it.
    pub(super) fn typed(&self, address: &Address) -> String {
        let conn = self.event.conn.and_then(|id| self.session.conn(id));
        conn.map_or_else(|| address.to_string(), |conn| address.typed(conn.transport))
    }

    /// An address of its own, where no other sentence tells it.
    pub(super) fn addressed(&self, local: Option<&Address>) -> Option<String> {
        let conn = self.session.conn(self.event.conn?)?;
        local?;
        let told = conn.peer.is_some() || conn.state == State::Listen;
        (!told).then(|| match conn.role {
            Role::Tap => self.taps(),
            _ => self.at("plain.bound"),
        })
    }
}
