//! How connections end in the simulated kernel: halves, closes and resets, and what of them a pulled cable keeps back.

use std::time::Duration;

use sockeye::endpoint::Address;
use sockeye::event::{Errno, How};
use sockeye::os::Got;

use super::sockets::Sockets;

impl Sockets {
    pub(crate) fn shutdown(&mut self, id: u64, how: How) -> Got<()> {
        let is_cut = self.is_cut(self.root(id));
        let socket = self.get(id)?;
        let unix = socket.transport.is_unix();
        let connectionless = socket.transport.is_connectionless();
        let unconnected = if connectionless {
            socket.peer.is_none() && !unix
        } else {
            !socket.connected && (socket.peer.is_none() || !unix)
        };
        // A UDP socket without a peer is shut all the same (inet_shutdown in Linux).
        if unconnected && !connectionless {
            return Err(Errno::ENOTCONN);
        }
        if how != How::Write {
            socket.ended = true;
        }
        if how != How::Read {
            socket.ended_first |= !socket.shut && !socket.ended;
            socket.shut = true;
            if let Some(other) = socket.other.filter(|_| !connectionless && !is_cut) {
                self.get(other)?.ended = true;
            }
        }
        if unconnected {
            return Err(Errno::ENOTCONN);
        }
        Ok(())
    }

    pub(crate) fn close(&mut self, id: u64, now: Duration) {
        let is_cut = self.is_cut(id);
        let Some(mut socket) = self.all.remove(&id) else {
            return;
        };
        for waiting in socket.listener.iter().flat_map(|listener| &listener.queue) {
            self.reset(*waiting);
            self.all.remove(waiting);
        }
        let linger = socket
            .options
            .get("linger")
            .is_some_and(|value| value == "0");
        let unread = !socket.bytes.is_empty() || !socket.packets.is_empty();
        if (linger && !socket.transport.is_unix()) || unread {
            match socket.other.and_then(|other| self.all.get_mut(&other)) {
                // The reset is lost: the other end knows nothing of it.
                Some(other) if is_cut => other.other = None,
                _ => {
                    if let Some(other) = socket.other {
                        self.reset_by(other);
                    }
                }
            }
            return;
        }
        if socket.connected && !is_cut {
            socket.ended_first |= !socket.shut && !socket.ended;
            self.keep_rest(&socket, now);
        }
        if let Some(other) = socket.other.and_then(|other| self.all.get_mut(&other)) {
            other.other = None;
            if is_cut {
                (other.late, other.late_end) = (socket.flying, true);
            } else {
                other.ended |= !other.transport.is_connectionless();
            }
        }
    }

    /// A reset of the connection of `id` reaches its other end.
    fn reset(&mut self, id: u64) {
        if let Some(other) = self.all.get(&id).and_then(|socket| socket.other) {
            self.reset_by(other);
        }
    }

    /// `id` receives a reset: what it received before can still be read.
    pub(crate) fn reset_by(&mut self, id: u64) {
        let ends = self.get(id).map(|it| (it.local.clone(), it.peer.clone()));
        if let Ok((Some(Address::Inet(local)), Some(Address::Inet(peer)))) = ends {
            self.rests.remove(&(peer, local));
        }
        if let Some(socket) = self.all.get_mut(&id) {
            socket.other = None;
            socket.connected = false;
            socket.error = Some(if socket.ended {
                Errno::EPIPE
            } else {
                Errno::ECONNRESET
            });
            socket.ended = true;
        }
    }
}
