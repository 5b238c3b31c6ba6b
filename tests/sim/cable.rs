//! A pulled cable in the simulated kernel: what a stream sends waits on its way, is sent again with growing pauses, and
//! arrives, with the end behind it, when both ends are plugged in. A reset on its way is lost.

use std::time::Duration;

use sockeye::endpoint::Address;
use sockeye::event::Errno;
use sockeye::os::{Got, Sock};

use super::Kernel;
use super::sockets::{Sockets, errno};

/// The first pause before bytes are sent again; it doubles, up to the longest (RFC 6298).
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

impl Kernel {
    /// The first descriptor of a socket, of whichever of its descriptors.
    pub(crate) fn root(&self, sock: Sock) -> Sock {
        Sock(self.sockets.root(sock.0))
    }

    pub(super) fn cut(&mut self, id: u64, cut: bool) -> Got<()> {
        let now = self.now;
        self.sockets.get(id)?.cut = cut;
        self.sockets.now = now;
        if !cut {
            self.sockets.heal(self.sockets.root(id));
        }
        Ok(())
    }
}

impl Sockets {
    /// Whether nothing passes between a socket and its other end.
    pub(crate) fn is_cut(&self, id: u64) -> bool {
        let Some(socket) = self.all.get(&id) else {
            return false;
        };
        let other = socket.other.and_then(|other| self.all.get(&other));
        socket.cut || other.is_some_and(|other| other.cut)
    }

    /// Bytes go nowhere for now; as many as have room are kept on their way.
    pub(crate) fn fly(&mut self, id: u64, bytes: &[u8]) -> Got<usize> {
        let now = self.now;
        let socket = self.get(id)?;
        let room = socket.room.saturating_sub(socket.flying.len());
        if room == 0 && !bytes.is_empty() {
            return Err(Errno::EAGAIN);
        }
        let taken = bytes.get(..room).unwrap_or(bytes);
        if socket.flying.is_empty() {
            socket.flying_since = now;
        }
        socket.flying.extend(taken);
        Ok(taken.len())
    }

    /// What was on its way between two ends arrives, if both are plugged in.
    fn heal(&mut self, id: u64) {
        let Some(socket) = self.all.get_mut(&id) else {
            return;
        };
        let late = std::mem::take(&mut socket.late);
        socket.bytes.extend(late);
        socket.ended |= socket.late_end;
        let other = socket.other;
        for (from, to) in [(Some(id), other), (other, Some(id))] {
            let (Some(from), Some(to)) = (from, to) else {
                continue;
            };
            if self.is_cut(from) {
                continue;
            }
            let Some(sender) = self.all.get_mut(&from) else {
                continue;
            };
            let (bytes, is_end) = (std::mem::take(&mut sender.flying), sender.shut);
            let Some(receiver) = self.all.get_mut(&to) else {
                continue;
            };
            receiver.bytes.extend(bytes);
            receiver.ended |= is_end && !receiver.transport.is_connectionless();
        }
    }

    /// How often what is on its way was sent again.
    pub(crate) fn retransmits(&self, id: u64) -> u8 {
        let Some(socket) = self.all.get(&id).filter(|socket| !socket.flying.is_empty()) else {
            return 0;
        };
        let told = socket.options.get("rto-max").and_then(|ms| ms.parse().ok());
        let longest = told.map_or(LONGEST_PAUSE, Duration::from_millis);
        let (mut pause, mut left, mut count) = (
            FIRST_PAUSE,
            self.now.saturating_sub(socket.flying_since),
            0_u8,
        );
        while let Some(rest) = left.checked_sub(pause) {
            (left, pause, count) = (rest, (pause * 2).min(longest), count.saturating_add(1));
        }
        count
    }

    /// When the kernel gives a connection up next, by `TCP_USER_TIMEOUT`.
    pub(crate) fn next_death(&self) -> Option<Duration> {
        let deaths = self.all.values().filter_map(|socket| {
            let told = socket.options.get("user-timeout")?.parse().ok()?;
            let is_waiting = !socket.flying.is_empty() && socket.error.is_none();
            is_waiting.then(|| socket.flying_since + Duration::from_millis(told))
        });
        deaths.min()
    }

    /// Connections whose time is over.
    pub(crate) fn die(&mut self, now: Duration) {
        self.now = now;
        while self.next_death().is_some_and(|at| at <= now) {
            let over = self.all.iter().find_map(|(id, socket)| {
                let told = socket.options.get("user-timeout")?.parse().ok()?;
                let at = socket.flying_since + Duration::from_millis(told);
                (!socket.flying.is_empty() && at <= now).then_some(*id)
            });
            let Some(socket) = over.and_then(|id| self.all.get_mut(&id)) else {
                return;
            };
            socket.flying.clear();
            (socket.other, socket.connected, socket.ended) = (None, false, true);
            socket.error = Some(Errno::ETIMEDOUT);
        }
    }

    /// A second descriptor of a socket.
    pub(crate) fn dup(&mut self, id: u64) -> Got<u64> {
        let root = self.root(id);
        self.get(root)?;
        let made = self.number();
        self.alias.insert(made, root);
        Ok(made)
    }

    /// The number under which a socket is kept, of whichever of its descriptors.
    pub(crate) fn root(&self, id: u64) -> u64 {
        self.alias.get(&id).copied().unwrap_or(id)
    }

    /// Whether a descriptor is open.
    pub(crate) fn is_open(&self, id: u64) -> bool {
        self.alias.contains_key(&id) || (self.all.contains_key(&id) && !self.headless.contains(&id))
    }

    /// Closes a descriptor; true if others of the same socket are left.
    pub(crate) fn close_alias(&mut self, id: u64) -> bool {
        let root = self.root(id);
        if id == root {
            self.headless.insert(root);
        } else {
            self.alias.remove(&id);
        }
        let is_left = self.alias.values().any(|of| *of == root) || !self.headless.contains(&root);
        if !is_left {
            self.headless.remove(&root);
        }
        is_left
    }

    /// The peer of a socket, for a key of its own.
    pub(crate) fn is_signable(&mut self, id: u64, peer: &Address) -> Got<()> {
        let socket = self.get(id)?;
        if socket.listener.is_some() || socket.peer.as_ref() == Some(peer) {
            return Ok(());
        }
        Err(errno("EINVAL"))
    }
}
