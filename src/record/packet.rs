//! The IP, TCP and UDP headers of packets that carry what a call moved. They are made up, and the file says so; the
//! addresses in them are not, where there were any.

use std::net::{IpAddr, SocketAddr};

/// The most bytes of a stream that one packet carries: what IPv4 can hold behind both headers.
pub(super) const PAYLOAD_MAX: usize = 65_495;

/// The most bytes of a datagram that one packet carries.
pub(super) const DATAGRAM_MAX: usize = 65_507;

/// The most bytes of headers before what is carried.
const HEADERS_MAX: usize = 40 + 20 + SYN_OPTIONS.len();

/// Maximum segment size 65 495, window scale 14 (RFC 9293, RFC 7323): who reads the file shall find no window full.
const SYN_OPTIONS: [u8; 8] = [2, 4, 0xff, 0xd7, 1, 3, 3, 14];

const TCP: u8 = 6;
const UDP: u8 = 17;

pub(super) const FIN: u8 = 0x01;
pub(super) const SYN: u8 = 0x02;
pub(super) const RST: u8 = 0x04;
pub(super) const PSH: u8 = 0x08;
pub(super) const ACK: u8 = 0x10;

/// A TCP segment without what it carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) sequence: u32,
    pub(super) acknowledged: u32,
    pub(super) flags: u8,
}

/// Headers of a packet, before what it carries.
#[derive(Clone, Debug)]
pub(super) struct Headers {
    bytes: [u8; HEADERS_MAX],
    len: usize,
}

impl Headers {
    /// Of a segment that carries `len` bytes.
    pub(super) fn tcp(segment: Segment, len: usize) -> Self {
        let Segment { from, to, .. } = segment;
        let options: &[u8] = if segment.flags & SYN == 0 {
            &[]
        } else {
            &SYN_OPTIONS
        };
        let header = 20 + options.len();
        let mut headers = Self::ip(from, to, TCP, header + len);
        headers.put(&from.port().to_be_bytes());
        headers.put(&to.port().to_be_bytes());
        headers.put(&segment.sequence.to_be_bytes());
        headers.put(&segment.acknowledged.to_be_bytes());
        // In words of four bytes, in the upper half.
        let offset = u8::try_from(header * 4).unwrap_or(0x50);
        headers.put(&[offset, segment.flags, 0xff, 0xff]);
        headers.put(&sum_of_ends(from, to, TCP, header + len).to_be_bytes());
        headers.put(&[0, 0]);
        headers.put(options);
        headers
    }

    /// Of a datagram that carries `len` bytes.
    pub(super) fn udp(from: SocketAddr, to: SocketAddr, len: usize) -> Self {
        let mut headers = Self::ip(from, to, UDP, 8 + len);
        headers.put(&from.port().to_be_bytes());
        headers.put(&to.port().to_be_bytes());
        headers.put(&u16::try_from(8 + len).unwrap_or(0).to_be_bytes());
        headers.put(&sum_of_ends(from, to, UDP, 8 + len).to_be_bytes());
        headers
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn ip(from: SocketAddr, to: SocketAddr, protocol: u8, len: usize) -> Self {
        let mut headers = Self {
            bytes: [0; HEADERS_MAX],
            len: 0,
        };
        if let (IpAddr::V4(from), IpAddr::V4(to)) = (from.ip(), to.ip()) {
            let whole = u16::try_from(20 + len).unwrap_or(u16::MAX);
            headers.put(&[0x45, 0]);
            headers.put(&whole.to_be_bytes());
            // No identification, not to be fragmented, 64 hops.
            headers.put(&[0, 0, 0x40, 0, 64, protocol, 0, 0]);
            headers.put(&from.octets());
            headers.put(&to.octets());
            let sum = !folded(sum(headers.bytes()));
            if let Some(place) = headers.bytes.get_mut(10..12) {
                place.copy_from_slice(&sum.to_be_bytes());
            }
        } else {
            headers.put(&[0x60, 0, 0, 0]);
            headers.put(&u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes());
            headers.put(&[protocol, 64]);
            headers.put(&octets(from));
            headers.put(&octets(to));
        }
        headers
    }

    fn put(&mut self, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(self.len..self.len + bytes.len()) {
            place.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }
}

/// An address as IPv6 has it.
fn octets(of: SocketAddr) -> [u8; 16] {
    match of.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

/// The checksum of the ends and the length alone, as the kernel leaves it where a device sums up the rest (checksum
/// offload): what a capture on loopback shows, too. Readers know it and do not complain.
fn sum_of_ends(from: SocketAddr, to: SocketAddr, protocol: u8, len: usize) -> u16 {
    let ends = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => sum(&from.octets()) + sum(&to.octets()),
        _ => sum(&octets(from)) + sum(&octets(to)),
    };
    folded(ends + u32::from(protocol) + u32::try_from(len).unwrap_or(0))
}

fn sum(bytes: &[u8]) -> u32 {
    let words = bytes.chunks_exact(2);
    words
        .map(|word| word.iter().fold(0, |all, byte| all << 8 | u32::from(*byte)))
        .sum()
}

/// The sum of a checksum in sixteen bits (RFC 1071).
fn folded(sum: u32) -> u16 {
    let once = (sum & 0xffff) + (sum >> 16);
    let twice = (once & 0xffff) + (once >> 16);
    u16::try_from(twice).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_as_long_as_they_say_and_their_checksum_holds() {
        let segment = Segment {
            from: "127.0.0.1:40000".parse().unwrap(),
            to: "127.0.0.1:7".parse().unwrap(),
            sequence: 1,
            acknowledged: 2,
            flags: SYN,
        };
        let headers = Headers::tcp(segment, 5);
        assert_eq!(headers.bytes().len(), 48);
        assert_eq!(headers.bytes()[2..4], 53_u16.to_be_bytes());
        assert_eq!(folded(sum(&headers.bytes()[..20])), 0xffff);
        assert_eq!(headers.bytes()[32] >> 4, 7, "words of the TCP header");
        let six = Headers::udp("[::1]:1".parse().unwrap(), "[::1]:2".parse().unwrap(), 3);
        assert_eq!(six.bytes().len(), 48);
        assert_eq!(six.bytes()[4..6], 11_u16.to_be_bytes());
    }

    #[test]
    fn what_a_packet_carries_at_most_fits_into_its_length() {
        let (from, to) = ("1.2.3.4:5".parse().unwrap(), "6.7.8.9:10".parse().unwrap());
        let udp = Headers::udp(from, to, DATAGRAM_MAX);
        assert_eq!(udp.bytes()[2..4], [0xff, 0xff]);
        let segment = Segment {
            from,
            to,
            sequence: 0,
            acknowledged: 0,
            flags: ACK,
        };
        let tcp = Headers::tcp(segment, PAYLOAD_MAX);
        assert_eq!(tcp.bytes()[2..4], [0xff, 0xff]);
    }
}
