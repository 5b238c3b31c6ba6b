//! Bytes and datagrams between the simulated kernel's sockets, and what the poller would tell of them.

use sockeye::endpoint::Address;
use sockeye::event::{Errno, Flags};
use sockeye::os::{Got, Received};

use super::mood::Mood;
use super::sockets::{Sockets, errno};

/// Datagrams that wait on one socket at most.
const PACKETS_MAX: usize = 10;

impl Sockets {
    pub(crate) fn send(
        &mut self,
        id: u64,
        bytes: &[u8],
        flags: Flags,
        to: Option<&Address>,
    ) -> Got<usize> {
        self.moods.interrupt()?;
        if self.moods.strikes(Mood::NoBuffer) {
            return Err(Errno::ENOBUFS);
        }
        let id = self.root(id);
        let is_cut = self.is_cut(id);
        let socket = self.get(id)?;
        if let Some(errno) = socket.error.take() {
            return Err(errno);
        }
        if socket.shut {
            return Err(Errno::EPIPE);
        }
        if socket.transport.is_connectionless() {
            return self.send_datagram(id, bytes, to);
        }
        if !socket.connected {
            return Err(if socket.peer.is_some() {
                Errno::EPIPE
            } else {
                Errno::ENOTCONN
            });
        }
        if is_cut && socket.transport.is_stream() {
            return self.fly(id, bytes);
        }
        let boundaries = socket.transport.keeps_boundaries();
        let unix = socket.transport.is_unix();
        let Some(other) = socket.other else {
            // The other end is closed: the bytes are taken, and answered by a reset (tcp_reset in Linux).
            socket.error = Some(if socket.ended {
                Errno::EPIPE
            } else {
                Errno::ECONNRESET
            });
            socket.ended = true;
            return if unix {
                Err(Errno::EPIPE)
            } else {
                Ok(bytes.len())
            };
        };
        let part = if boundaries {
            bytes.len()
        } else {
            self.moods.part(Mood::PartSent, bytes.len())
        };
        let other = self.get(other)?;
        if boundaries {
            if other.cut {
                return Ok(bytes.len());
            }
            if other.packets.len() >= PACKETS_MAX {
                return Err(Errno::EAGAIN);
            }
            other.packets.push_back((bytes.to_vec(), None));
            return Ok(bytes.len());
        }
        let inline = other
            .options
            .get("oobinline")
            .is_some_and(|value| value == "on");
        let room = other.room.saturating_sub(other.bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(Errno::EAGAIN);
        }
        let len = part.min(room);
        let taken = bytes.get(..len).unwrap_or(bytes);
        other.bytes.extend(taken);
        if flags.oob && !inline {
            other.urgent = other.bytes.pop_back();
        }
        Ok(len)
    }

    fn send_datagram(&mut self, id: u64, bytes: &[u8], to: Option<&Address>) -> Got<usize> {
        let socket = self.get(id)?;
        let (transport, v6) = (socket.transport, socket.v6);
        let pair = socket.other;
        let peer = to.cloned().or_else(|| socket.peer.clone());
        if bytes.len() > 65_507 {
            return Err(errno("EMSGSIZE"));
        }
        if self.get(id)?.local.is_none() {
            self.name(id, v6)?;
        }
        let from = self.get(id)?.local.clone();
        let target = match (&peer, pair) {
            (_, Some(other)) => Some(other),
            (Some(to), None) => self.at(transport, to),
            (None, None) => return Err(errno("EDESTADDRREQ")),
        };
        let Some(target) = target else {
            if transport.is_unix() {
                return Err(Errno::ECONNREFUSED);
            }
            let socket = self.get(id)?;
            if socket.peer.is_some() {
                socket.error = Some(Errno::ECONNREFUSED);
            }
            return Ok(bytes.len());
        };
        if pair.is_none() && self.is_lost_on_its_way(id)? {
            return Ok(bytes.len());
        }
        let moods = self.moods.clone();
        let target = self.get(target)?;
        if target.cut {
            return Ok(bytes.len());
        }
        if target.packets.len() < PACKETS_MAX {
            let queue = &mut target.packets;
            queue.push_back((bytes.to_vec(), from.clone()));
            if transport.is_unix() {
                return Ok(bytes.len());
            }
            if queue.len() > 1 && moods.strikes(Mood::Swapped) {
                let last = queue.len() - 1;
                queue.swap(last - 1, last);
            }
            if moods.strikes(Mood::Doubled) {
                queue.push_back((bytes.to_vec(), from));
            }
        } else if transport.is_unix() {
            return Err(Errno::EAGAIN);
        }
        Ok(bytes.len())
    }

    pub(crate) fn recv(
        &mut self,
        id: u64,
        buf: &mut Vec<u8>,
        max: usize,
        flags: Flags,
    ) -> Got<Received> {
        self.moods.interrupt()?;
        let available = self.get(id)?.bytes.len().min(max);
        let len = self.moods.part(Mood::PartReceived, available);
        let moods = self.moods.clone();
        let socket = self.get(id)?;
        let mut received = Received::default();
        if flags.oob {
            buf.push(socket.urgent.take().ok_or(Errno::EINVAL)?);
            received.len = 1;
            return Ok(received);
        }
        if let Some((packet, from)) = socket.packets.pop_front() {
            let taken = packet.get(..max).unwrap_or(&packet);
            buf.extend_from_slice(taken);
            received.len = taken.len();
            received.cut_from = (packet.len() > max).then_some(packet.len() as u64);
            if packet.len() > max {
                moods.count(Mood::Cut);
            }
            received.from.clone_from(&from);
            if flags.peek {
                socket.packets.push_front((packet, from));
            }
            return Ok(received);
        }
        if available > 0 {
            buf.extend(socket.bytes.iter().take(len));
            if !flags.peek {
                socket.bytes.drain(..len);
            }
            received.len = len;
            return Ok(received);
        }
        if socket.listener.is_some() {
            return Err(Errno::ENOTCONN);
        }
        if socket.ended {
            // Whoever reads past an urgent byte has passed it over (tcp_recvmsg, unix_stream_read_generic).
            socket.urgent = None;
        }
        // After a FIN the kernel tells the end again, whatever came behind it (tcp_recvmsg, SOCK_DONE).
        if let Some(errno) = socket.error.take().filter(|errno| *errno != Errno::EPIPE) {
            return Err(errno);
        }
        // A datagram socket that is shut for reading ends only the calls that wait (__skb_wait_for_more_packets).
        let connectionless = socket.transport.is_connectionless();
        match (
            socket.ended && !connectionless,
            socket.connected || connectionless,
        ) {
            (true, _) => Ok(received),
            (false, true) => Err(Errno::EAGAIN),
            (false, false) => Err(Errno::ENOTCONN),
        }
    }

    /// Whether the poller would tell: for reading, and for writing.
    pub(crate) fn readiness(&self, id: u64) -> (bool, bool) {
        let id = self.root(id);
        let Some(socket) = self.all.get(&id) else {
            return (false, false);
        };
        if socket.connecting.is_some() {
            return (false, false);
        }
        let accepts = socket
            .listener
            .as_ref()
            .is_some_and(|listener| !listener.queue.is_empty());
        let has = !socket.bytes.is_empty() || !socket.packets.is_empty() || socket.urgent.is_some();
        let failed = socket.error.is_some();
        let readable = accepts || has || failed || socket.ended;
        let room = socket
            .other
            .and_then(|other| self.all.get(&other))
            .is_none_or(|other| {
                let free = other.room.saturating_sub(other.bytes.len());
                free * 3 >= other.room && other.packets.len() < PACKETS_MAX
            });
        let room = if self.is_cut(id) && socket.transport.is_stream() {
            (socket.room - socket.flying.len().min(socket.room)) * 3 >= socket.room
        } else {
            room
        };
        (readable, failed || room)
    }
}
