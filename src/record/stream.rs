//! A connection as packets tell it: whose addresses they have, and the sequence numbers, which add up.

use std::net::{Ipv6Addr, SocketAddr};

use super::packet::{ACK, FIN, Headers, PSH, RST, SYN, Segment};
use crate::endpoint::Address;
use crate::event::{ConnId, Dir};

/// How far a direction may be ahead of what its receiver acknowledged, in bytes; readers of packets find a window full
/// at 1 GiB.
const UNACKNOWLEDGED_MAX: u32 = 64 << 20;

/// A connection, seen from one of its ends, the near one.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    /// The near end and the far one.
    pub(super) ends: [SocketAddr; 2],
    /// The near end connected.
    is_client: bool,
    /// The next sequence number of what comes in, and of what goes out.
    next: [u32; 2],
    /// What was acknowledged of them.
    acknowledged: [u32; 2],
    over: [bool; 2],
}

impl Stream {
    /// A connection whose directions begin at these offsets.
    pub(super) fn new(
        conn: ConnId,
        ends: [SocketAddr; 2],
        is_client: bool,
        offsets: [u64; 2],
    ) -> Self {
        // Each begins at a number of its own: an address may come again.
        let first = (conn.0 << 8).wrapping_add(1);
        let next = offsets.map(|offset| first.wrapping_add((offset & 0xffff_ffff) as u32));
        Self {
            ends,
            is_client,
            next,
            acknowledged: next,
            over: [false; 2],
        }
    }

    /// The three segments by which a connection comes to be, each as headers and whether it comes in.
    pub(super) fn handshake(&self) -> [(Headers, bool); 3] {
        let [first, second] = if self.is_client {
            [Dir::Out, Dir::In]
        } else {
            [Dir::In, Dir::Out]
        };
        let before = |dir: Dir| self.next[dir.index()].wrapping_sub(1);
        let next = |dir: Dir| self.next[dir.index()];
        let segment = |dir: Dir, sequence, acknowledged, flags| {
            let [from, to] = self.ends(dir);
            let segment = Segment {
                from,
                to,
                sequence,
                acknowledged,
                flags,
            };
            (Headers::tcp(segment, 0), dir == Dir::In)
        };
        [
            segment(first, before(first), 0, SYN),
            segment(second, before(second), next(first), SYN | ACK),
            segment(first, next(first), next(second), ACK),
        ]
    }

    /// The headers of the next `len` bytes of a direction.
    pub(super) fn data(&mut self, dir: Dir, len: usize) -> Headers {
        let headers = self.segment(dir, PSH | ACK, len);
        let len = u32::try_from(len).unwrap_or(0);
        self.next[dir.index()] = self.next[dir.index()].wrapping_add(len);
        headers
    }

    /// Bytes of a direction that no packet carries.
    pub(super) fn skip(&mut self, dir: Dir, len: u64) {
        let len = (len & 0xffff_ffff) as u32;
        self.next[dir.index()] = self.next[dir.index()].wrapping_add(len);
    }

    /// What acknowledges a direction, once that is due: headers, and whether it comes in.
    pub(super) fn acknowledge(&mut self, dir: Dir) -> Option<(Headers, bool)> {
        let ahead = self.next[dir.index()].wrapping_sub(self.acknowledged[dir.index()]);
        (ahead >= UNACKNOWLEDGED_MAX).then(|| {
            let other = dir.other();
            (self.segment(other, ACK, 0), other == Dir::In)
        })
    }

    /// A direction ends, by a reset or as it should; nothing if it had ended.
    pub(super) fn end(&mut self, dir: Dir, is_reset: bool) -> Option<Headers> {
        if std::mem::replace(&mut self.over[dir.index()], true) {
            return None;
        }
        if is_reset {
            self.over = [true; 2];
            return Some(self.segment(dir, RST | ACK, 0));
        }
        let headers = self.segment(dir, FIN | ACK, 0);
        self.next[dir.index()] = self.next[dir.index()].wrapping_add(1);
        Some(headers)
    }

    /// Who sends in a direction, and to whom.
    fn ends(&self, dir: Dir) -> [SocketAddr; 2] {
        let [near, far] = self.ends;
        match dir {
            Dir::In => [far, near],
            Dir::Out => [near, far],
        }
    }

    fn segment(&mut self, dir: Dir, flags: u8, len: usize) -> Headers {
        let [from, to] = self.ends(dir);
        let other = dir.other().index();
        self.acknowledged[other] = self.next[other];
        let segment = Segment {
            from,
            to,
            sequence: self.next[dir.index()],
            acknowledged: self.next[other],
            flags,
        };
        Headers::tcp(segment, len)
    }
}

/// The address of an end, made up where it has none of IP: of the prefix for documentation (RFC 3849), with the
/// number of its socket, so that nobody takes it for a machine's.
pub(super) fn end(conn: ConnId, is_near: bool, address: Option<&Address>) -> SocketAddr {
    if let Some(Address::Inet(address)) = address {
        return *address;
    }
    let [high, low] = [(conn.0 >> 16) as u16, (conn.0 & 0xffff) as u16];
    let side = if is_near { 1 } else { 2 };
    let ip = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, side, high, low);
    let port = if is_near { 65_534 } else { 65_535 };
    SocketAddr::from((ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Stream {
        let ends = [
            "127.0.0.1:40000".parse().unwrap(),
            "127.0.0.1:7".parse().unwrap(),
        ];
        Stream::new(ConnId(0), ends, true, [0, 0])
    }

    /// Sequence and acknowledgement of headers with IPv4.
    fn numbers(headers: &Headers) -> (u32, u32) {
        let word = |at: usize| u32::from_be_bytes(headers.bytes()[at..at + 4].try_into().unwrap());
        (word(24), word(28))
    }

    #[test]
    fn sequence_numbers_add_up() {
        let mut stream = stream();
        let shook: Vec<_> = stream
            .handshake()
            .iter()
            .map(|(it, came_in)| (numbers(it), *came_in))
            .collect();
        assert_eq!(shook, [((0, 0), false), ((0, 1), true), ((1, 1), false)]);
        assert_eq!(numbers(&stream.data(Dir::Out, 5)), (1, 1));
        assert_eq!(numbers(&stream.data(Dir::In, 3)), (1, 6));
        assert_eq!(numbers(&stream.end(Dir::Out, false).unwrap()), (6, 4));
        assert!(stream.end(Dir::Out, false).is_none(), "once");
        assert_eq!(numbers(&stream.data(Dir::In, 1)), (4, 7));
        assert_eq!(numbers(&stream.end(Dir::In, false).unwrap()), (5, 7));
    }

    #[test]
    fn what_runs_far_ahead_is_acknowledged() {
        let mut stream = stream();
        assert!(stream.acknowledge(Dir::Out).is_none());
        stream.skip(Dir::Out, u64::from(UNACKNOWLEDGED_MAX));
        let (headers, came_in) = stream.acknowledge(Dir::Out).unwrap();
        assert!(came_in);
        assert_eq!(numbers(&headers), (1, 1 + UNACKNOWLEDGED_MAX));
        assert!(stream.acknowledge(Dir::Out).is_none());
    }

    #[test]
    fn after_a_reset_nothing_ends() {
        let mut stream = stream();
        assert!(stream.end(Dir::In, true).is_some());
        assert!(stream.end(Dir::Out, false).is_none());
    }
}
