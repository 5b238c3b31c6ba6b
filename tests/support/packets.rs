//! Captures made in the test: Ethernet, cooked, raw and loopback frames around IP, TCP and UDP, in a pcap file. What a
//! host would do with them is not known here.

#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test includes it and uses its own part of it; one that cannot go on has failed"
)]

use std::net::SocketAddr;

/// What a segment says beside its bytes.
pub(crate) const SYN: u8 = 2;
pub(crate) const ACK: u8 = 16;
pub(crate) const FIN: u8 = 1;
pub(crate) const RST: u8 = 4;

/// A TCP segment.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) seq: u32,
    pub(crate) ack: u32,
    pub(crate) flags: u8,
    pub(crate) bytes: Vec<u8>,
}

/// The segment with its header; the checksum is left out, as cards do it.
pub(crate) fn tcp(segment: &Segment) -> Vec<u8> {
    let mut packet = Vec::new();
    packet.extend(segment.from.port().to_be_bytes());
    packet.extend(segment.to.port().to_be_bytes());
    packet.extend(segment.seq.to_be_bytes());
    packet.extend(segment.ack.to_be_bytes());
    packet.extend([0x50, segment.flags, 0xff, 0xff, 0, 0, 0, 0]);
    packet.extend(&segment.bytes);
    packet
}

/// A datagram with its header.
pub(crate) fn udp(from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    packet.extend(from.port().to_be_bytes());
    packet.extend(to.port().to_be_bytes());
    let len = u16::try_from(bytes.len() + 8).unwrap_or(0);
    packet.extend(len.to_be_bytes());
    packet.extend([0, 0]);
    packet.extend(bytes);
    packet
}

/// A packet of that protocol.
pub(crate) fn ip(from: SocketAddr, to: SocketAddr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    fragment((from, to), (protocol, 0), (0, false), payload)
}

/// A fragment of a packet: of that protocol and number, at an offset, with more behind it.
pub(crate) fn fragment(
    (from, to): (SocketAddr, SocketAddr),
    (protocol, id): (u8, u16),
    (offset, more): (u16, bool),
    payload: &[u8],
) -> Vec<u8> {
    let is_part = more || offset > 0;
    let mut packet = Vec::new();
    match (from, to) {
        (SocketAddr::V4(from), SocketAddr::V4(to)) => {
            packet.extend([0x45, 0]);
            packet.extend(u16::try_from(payload.len() + 20).unwrap_or(0).to_be_bytes());
            packet.extend(id.to_be_bytes());
            packet.extend(((offset / 8) | (u16::from(more) << 13)).to_be_bytes());
            packet.extend([64, protocol, 0, 0]);
            packet.extend(from.ip().octets());
            packet.extend(to.ip().octets());
        }
        (SocketAddr::V6(from), SocketAddr::V6(to)) => {
            let extra = if is_part { 8 } else { 0 };
            packet.extend([0x60, 0, 0, 0]);
            packet.extend(
                u16::try_from(payload.len() + extra)
                    .unwrap_or(0)
                    .to_be_bytes(),
            );
            packet.extend([if is_part { 44 } else { protocol }, 64]);
            packet.extend(from.ip().octets());
            packet.extend(to.ip().octets());
            if is_part {
                packet.extend([protocol, 0]);
                packet.extend((offset | u16::from(more)).to_be_bytes());
                packet.extend(u32::from(id).to_be_bytes());
            }
        }
        _ => panic!("one family"),
    }
    packet.extend(payload);
    packet
}

/// The link layers that tests write, by their numbers.
pub(crate) const LINKS: &[u32] = &[1, 113, 276, 101, 0, 108];

/// A frame of a link layer around a packet.
pub(crate) fn frame(link: u32, packet: &[u8]) -> Vec<u8> {
    let is_v4 = packet.first().is_some_and(|first| first >> 4 == 4);
    let kind: [u8; 2] = if is_v4 { [8, 0] } else { [0x86, 0xdd] };
    let mut frame = match link {
        1 => [&[2; 12], &kind[..]].concat(),
        113 => [&[0, 0, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0], &kind[..]].concat(),
        276 => [&kind[..], &[0; 18]].concat(),
        0 => vec![if is_v4 { 2 } else { 30 }, 0, 0, 0],
        108 => vec![0, 0, 0, if is_v4 { 2 } else { 24 }],
        _ => Vec::new(),
    };
    frame.extend(packet);
    frame
}

/// A pcap file of little-endian numbers and microseconds.
#[derive(Debug)]
pub(crate) struct Pcap {
    pub(crate) bytes: Vec<u8>,
    pub(crate) link: u32,
    micros: u64,
    /// How much of each frame is kept.
    pub(crate) snap: usize,
}

impl Pcap {
    pub(crate) fn new(link: u32) -> Self {
        let words = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, link];
        Self {
            bytes: words.into_iter().flat_map(u32::to_le_bytes).collect(),
            link,
            micros: 1_700_000_000_000_000,
            snap: usize::MAX,
        }
    }

    /// Adds a frame, a hundred microseconds behind the one before.
    pub(crate) fn frame(&mut self, frame: &[u8]) {
        self.micros += 100;
        let kept = frame.get(..self.snap).unwrap_or(frame);
        let word = |number: u64| u32::try_from(number).unwrap_or(0).to_le_bytes();
        self.bytes.extend(word(self.micros / 1_000_000));
        self.bytes.extend(word(self.micros % 1_000_000));
        self.bytes.extend(word(kept.len() as u64));
        self.bytes.extend(word(frame.len() as u64));
        self.bytes.extend(kept);
    }

    /// Adds an IP packet in a frame.
    pub(crate) fn packet(&mut self, packet: &[u8]) {
        let frame = frame(self.link, packet);
        self.frame(&frame);
    }

    pub(crate) fn segment(&mut self, segment: &Segment) {
        self.packet(&ip(segment.from, segment.to, 6, &tcp(segment)));
    }
}

/// Numbers that look random and are the same each time.
#[derive(Clone, Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }

    pub(crate) fn index(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(limit as u64)).unwrap_or(0)
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len)
            .map(|_| u8::try_from(self.below(256)).unwrap_or(0))
            .collect()
    }
}

/// A conversation of two ends: what each says, and the segments that carried it.
#[derive(Debug)]
pub(crate) struct Dialogue {
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    /// The numbers of the next byte, client's and server's.
    pub(crate) next: [u32; 2],
    /// What each side said.
    pub(crate) said: [Vec<u8>; 2],
    pub(crate) segments: Vec<Segment>,
}

impl Dialogue {
    /// A handshake.
    pub(crate) fn new(client: &str, server: &str, first: [u32; 2]) -> Self {
        let mut dialogue = Self {
            client: client.parse().expect("an address"),
            server: server.parse().expect("an address"),
            next: first,
            said: Default::default(),
            segments: Vec::new(),
        };
        dialogue.push(0, SYN, &[]);
        dialogue.next[0] = first[0].wrapping_add(1);
        dialogue.push(1, SYN | ACK, &[]);
        dialogue.next[1] = first[1].wrapping_add(1);
        dialogue.push(0, ACK, &[]);
        dialogue
    }

    /// One side (0: the client) says something in segments of at most `most` bytes; the other acknowledges it.
    pub(crate) fn say(&mut self, side: usize, bytes: &[u8], most: usize) {
        for part in bytes.chunks(most.max(1)) {
            self.push(side, ACK, part);
            self.next[side] = self.next[side].wrapping_add(u32::try_from(part.len()).unwrap_or(0));
        }
        self.said[side].extend(bytes);
        self.push(1 - side, ACK, &[]);
    }

    /// One side ends.
    pub(crate) fn end(&mut self, side: usize) {
        self.push(side, FIN | ACK, &[]);
        self.next[side] = self.next[side].wrapping_add(1);
        self.push(1 - side, ACK, &[]);
    }

    pub(crate) fn push(&mut self, side: usize, flags: u8, bytes: &[u8]) {
        let ends = [self.client, self.server];
        self.segments.push(Segment {
            from: ends[side],
            to: ends[1 - side],
            seq: self.next[side],
            ack: if flags & ACK == 0 {
                0
            } else {
                self.next[1 - side]
            },
            flags,
            bytes: bytes.to_vec(),
        });
    }
}
