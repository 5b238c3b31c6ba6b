//! What two sockets of a tap are to each other: what one receives is sent on through the other.

use super::connect::Dial;
use super::cx::Cx;
use super::socket::Socket;
use crate::endpoint::Endpoint;
use crate::event::{Actor, Role};

impl Socket {
    /// Makes the connection to the target.
    pub(super) fn relay_to(&mut self, by: Actor, to: Endpoint, cx: &mut Cx) {
        let from = cx.turn.events.len();
        let mut server = Self::new(cx.shared.conn(), Role::Client, to.transport, true);
        server.keep = self.keep;
        server.open(None, Some(self.id), by, cx);
        server.dial(Box::new(Dial::new(by, to)), cx);
        server.settle(from, cx);
        cx.shared.born.push(server);
    }

    /// How far what it receives may pass.
    pub(super) fn set_gate(&mut self, by: Actor, _upto: Option<u64>, cx: &mut Cx) {
        cx.refuse(self.id, by, "no tap passes on what this socket receives");
    }

    /// Other bytes in the place of those that it received.
    pub(super) fn replace(&mut self, by: Actor, _bytes: Vec<u8>, _upto: u64, cx: &mut Cx) {
        cx.refuse(self.id, by, "no tap passes on what this socket receives");
    }
}
