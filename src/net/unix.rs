//! What is particular to Unix sockets, and what becomes of their paths.

use super::cx::Cx;
use super::kind::Kind;
use super::socket::Socket;
use crate::endpoint::Address;
use crate::event::{Actor, Cable, Errno};

/// Linux takes messages up to the sender's buffer, 212 992 bytes unless told (unix(7)).
const MESSAGE_MAX_BYTES: usize = 256 << 10;

pub(super) static STREAM: Kind = Kind {
    read_max_bytes: 256 << 10,
    cable: None,
    has_urgent: false,
    can_reset: false,
    reuses_address: false,
    is_in_diag: false,
    breaks,
};

pub(super) static SEQPACKET: Kind = Kind {
    read_max_bytes: MESSAGE_MAX_BYTES,
    cable: Some(Cable::Filter),
    has_urgent: false,
    can_reset: false,
    reuses_address: false,
    is_in_diag: false,
    breaks,
};

pub(super) static DATAGRAM: Kind = Kind {
    read_max_bytes: MESSAGE_MAX_BYTES,
    cable: Some(Cable::Filter),
    has_urgent: false,
    can_reset: false,
    reuses_address: false,
    is_in_diag: false,
    breaks: |_| false,
};

fn breaks(errno: Errno) -> bool {
    matches!(errno, Errno::ECONNRESET | Errno::EPIPE)
}

impl Socket {
    /// Removes a path that a program left behind; true if that was all that was in the way.
    pub(super) fn remove_stale(&self, at: &Address, cx: &mut Cx) -> bool {
        let Address::Path(path) = at else {
            return false;
        };
        let (removed, _) = cx.call(|os| os.remove_stale_unix(path));
        let text = match removed {
            Ok(true) => format!("removed {at}, left over from a program that is gone"),
            Ok(false) => return false,
            Err(errno) => format!("{at} could not be removed: {}", errno.text()),
        };
        cx.note(self.id, Actor::Loop, text);
        removed.is_ok()
    }

    /// Removes the path that the socket was bound to. While the socket is open, nobody else can have a file that looks
    /// like it: so this comes before `close`.
    pub(super) fn remove_bound(&self, cx: &mut Cx) {
        let Some(sock) = self.sock.filter(|_| self.transport.is_unix()) else {
            return;
        };
        let Ok(at @ Address::Path(_)) = cx.turn.os.local_address(sock) else {
            return;
        };
        // An accepted socket has its listener's address, and no path of its own.
        let (removed, _) = cx.call(|os| os.remove_bound_unix(sock));
        let text = match removed {
            Ok(true) => format!("removed {at}"),
            Ok(false) => return,
            Err(errno) => format!("{at} could not be removed: {}", errno.text()),
        };
        cx.note(self.id, Actor::Loop, text);
    }
}
