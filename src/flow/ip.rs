//! IPv4 and IPv6 packets (RFC 791, RFC 8200): addresses, what they carry, and which part of a larger packet they are.
//! Checksums are not looked at: hosts leave them to their network cards, behind the place where captures are made.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Extension headers that may stand one behind the other.
const EXTENSIONS_MAX: usize = 16;

/// A packet, or a fragment of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) source: IpAddr,
    pub(super) target: IpAddr,
    /// A number of the IANA registry of protocols: 6 is TCP, 17 UDP.
    pub(super) protocol: u8,
    /// Where in the bytes the payload begins, and how long it was on the wire; less of it may be there.
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) fragment: Option<Fragment>,
}

/// Which part of a larger packet it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    /// The same for all fragments of the packet.
    pub(super) id: u32,
    /// Where its payload stands in that of the packet.
    pub(super) offset: u32,
    /// It is not the last.
    pub(super) more: bool,
}

/// Why there is no packet to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Not enough was kept.
    Cut,
    /// It is none, or its lengths cannot be.
    Malformed,
}

/// Reads the packet at the front of `bytes`, of which `wire` were on the wire.
pub(super) fn read(bytes: &[u8], wire: usize) -> Result<Packet, Flaw> {
    match bytes.first().ok_or(Flaw::Cut)? >> 4 {
        4 => v4(bytes, wire),
        6 => v6(bytes, wire),
        _ => Err(Flaw::Malformed),
    }
}

fn v4(bytes: &[u8], wire: usize) -> Result<Packet, Flaw> {
    let head = bytes.first_chunk::<20>().ok_or(Flaw::Cut)?;
    let head_len = usize::from(head[0] & 0xf) * 4;
    let total = usize::from(u16::from_be_bytes([head[2], head[3]]));
    // A card that cuts for the host is given packets without a length.
    let total = if total == 0 { wire } else { total.min(wire) };
    if head_len < 20 || total < head_len {
        return Err(Flaw::Malformed);
    }
    let flags = u16::from_be_bytes([head[6], head[7]]);
    let (offset, more) = (u32::from(flags & 0x1fff) * 8, flags & 0x2000 != 0);
    let fragment = Fragment {
        id: u32::from(u16::from_be_bytes([head[4], head[5]])),
        offset,
        more,
    };
    let address = |at: usize| {
        let four = bytes.get(at..).and_then(|bytes| bytes.first_chunk::<4>());
        IpAddr::V4(Ipv4Addr::from(four.copied().unwrap_or_default()))
    };
    Ok(Packet {
        source: address(12),
        target: address(16),
        protocol: head[9],
        at: head_len,
        len: total - head_len,
        fragment: (more || offset > 0).then_some(fragment),
    })
}

fn v6(bytes: &[u8], wire: usize) -> Result<Packet, Flaw> {
    let head = bytes.first_chunk::<40>().ok_or(Flaw::Cut)?;
    let told = usize::from(u16::from_be_bytes([head[4], head[5]]));
    // 0 stands for a jumbogram, or for what a card cuts.
    let end = if told == 0 {
        wire
    } else {
        (40 + told).min(wire)
    };
    let address = |at: usize| {
        let sixteen = bytes.get(at..).and_then(|bytes| bytes.first_chunk::<16>());
        IpAddr::V6(Ipv6Addr::from(sixteen.copied().unwrap_or_default()))
    };
    let (mut next, mut at, mut fragment) = (head[6], 40, None);
    for _ in 0..EXTENSIONS_MAX {
        let words = match next {
            // Hop-by-hop, routing, destination, mobility: in words of eight bytes behind the first.
            0 | 43 | 60 | 135 => Some(8),
            // Authentication: in words of four bytes, two of them not counted.
            51 => Some(4),
            44 => None,
            _ => break,
        };
        let extension = bytes.get(at..).ok_or(Flaw::Cut)?;
        let front = extension.first_chunk::<8>().ok_or(Flaw::Cut)?;
        next = front[0];
        if let Some(unit) = words {
            at += 8 + usize::from(front[1]) * unit;
            if at > end {
                return Err(Flaw::Malformed);
            }
            continue;
        }
        at += 8;
        let place = u16::from_be_bytes([front[2], front[3]]);
        let part = Fragment {
            id: u32::from_be_bytes([front[4], front[5], front[6], front[7]]),
            offset: u32::from(place & 0xfff8),
            more: place & 1 != 0,
        };
        // A packet in one fragment is whole (RFC 6946).
        if part.more || part.offset > 0 {
            fragment = Some(part);
            break;
        }
    }
    Ok(Packet {
        source: address(8),
        target: address(24),
        protocol: next,
        at,
        len: end.checked_sub(at).ok_or(Flaw::Malformed)?,
        fragment,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet_v4(head: u8, total: u16, flags: u16) -> Vec<u8> {
        let mut bytes = vec![head, 0];
        bytes.extend(total.to_be_bytes());
        bytes.extend(7_u16.to_be_bytes());
        bytes.extend(flags.to_be_bytes());
        bytes.extend([64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 2]);
        bytes.resize(usize::from(head & 0xf) * 4 + 10, 9);
        bytes
    }

    #[test]
    fn lengths_are_those_of_the_wire_and_of_the_header_whichever_is_less() {
        let read = |bytes: &[u8], wire| super::read(bytes, wire).map(|it| (it.at, it.len));
        assert_eq!(read(&packet_v4(0x45, 30, 0), 60), Ok((20, 10)));
        assert_eq!(read(&packet_v4(0x47, 38, 0), 60), Ok((28, 10)));
        assert_eq!(read(&packet_v4(0x45, 0, 0), 5000), Ok((20, 4980)));
        assert_eq!(read(&packet_v4(0x45, 65_535, 0), 30), Ok((20, 10)));
        assert_eq!(read(&packet_v4(0x45, 19, 0), 60), Err(Flaw::Malformed));
        assert_eq!(read(&packet_v4(0x41, 30, 0)[..14], 60), Err(Flaw::Cut));
        assert_eq!(read(&[0x15; 40], 40), Err(Flaw::Malformed));
        assert_eq!(read(&[], 0), Err(Flaw::Cut));
    }

    #[test]
    fn fragments_tell_where_they_stand() {
        let fragment = |flags| read(&packet_v4(0x45, 30, flags), 60).unwrap().fragment;
        assert_eq!(fragment(0x4000), None);
        let (id, more) = (7, true);
        let expected = Fragment {
            id,
            offset: 0,
            more,
        };
        assert_eq!(fragment(0x2000), Some(expected));
        let last = Fragment {
            id,
            offset: 1480,
            more: false,
        };
        assert_eq!(fragment(185), Some(last));
    }

    fn packet_v6(next: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x60, 0, 0, 0];
        bytes.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
        bytes.extend([next, 64]);
        bytes.extend([0; 15]);
        bytes.push(1);
        bytes.extend([0; 15]);
        bytes.push(2);
        bytes.extend(rest);
        bytes
    }

    #[test]
    fn extension_headers_are_passed_over() {
        let mut rest = vec![43, 0, 0, 0, 0, 0, 0, 0];
        rest.extend([51, 1]);
        rest.extend([0; 14]);
        rest.extend([6, 1]);
        rest.extend([0; 10]);
        rest.extend(b"payload");
        let bytes = packet_v6(0, &rest);
        let packet = read(&bytes, bytes.len()).unwrap();
        assert_eq!((packet.protocol, packet.len), (6, 7));
        assert_eq!(&bytes[packet.at..], b"payload");
        for len in 0..bytes.len() {
            let _ = read(&bytes[..len], bytes.len());
        }
        // Headers that go on for ever end.
        let bytes = packet_v6(0, &[0; 4000]);
        assert_eq!(read(&bytes, bytes.len()).unwrap().protocol, 0);
        let bytes = packet_v6(60, &[6, 255, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(read(&bytes, bytes.len()), Err(Flaw::Malformed));
    }

    #[test]
    fn a_fragment_of_ipv6_is_one_only_if_there_are_more() {
        let part = |place: u16| {
            let mut rest = vec![17, 0];
            rest.extend(place.to_be_bytes());
            rest.extend([0, 0, 0, 5, 1, 2, 3]);
            let bytes = packet_v6(44, &rest);
            let packet = read(&bytes, bytes.len()).unwrap();
            (packet.protocol, packet.len, packet.fragment)
        };
        assert_eq!(part(0), (17, 3, None));
        let (id, offset) = (5, 0);
        let more = true;
        assert_eq!(part(1), (17, 3, Some(Fragment { id, offset, more })));
        let (offset, more) = (1448, false);
        assert_eq!(part(1448), (17, 3, Some(Fragment { id, offset, more })));
    }
}
