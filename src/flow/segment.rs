//! The headers of TCP segments and UDP datagrams (RFC 9293, RFC 768): where their payload begins and what they say.

use super::ip::Flaw;

/// The longest header of a segment.
pub(super) const HEAD_MAX_BYTES: usize = 60;

/// A TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Source and target.
    pub(super) ports: [u16; 2],
    pub(super) seq: u32,
    /// What it acknowledges, if it does.
    pub(super) ack: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    /// Where its payload begins.
    pub(super) at: usize,
}

/// Reads the header of a segment.
pub(super) fn tcp(bytes: &[u8]) -> Result<Segment, Flaw> {
    let head = bytes.first_chunk::<20>().ok_or(Flaw::Cut)?;
    let at = usize::from(head[12] >> 4) * 4;
    if at < 20 {
        return Err(Flaw::Malformed);
    }
    let is_set = |bit: u8| head[13] & bit != 0;
    let ack = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
    Ok(Segment {
        ports: ports(head),
        seq: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
        ack: is_set(16).then_some(ack),
        syn: is_set(2),
        fin: is_set(1),
        rst: is_set(4),
        at,
    })
}

/// A UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Datagram {
    /// Source and target.
    pub(super) ports: [u16; 2],
    /// How long it is with its header; 0 where that is not said.
    pub(super) len: u16,
}

/// The header of a datagram.
pub(super) const UDP_HEAD_BYTES: usize = 8;

/// Reads the header of a datagram.
pub(super) fn udp(bytes: &[u8]) -> Result<Datagram, Flaw> {
    let head = bytes.first_chunk::<8>().ok_or(Flaw::Cut)?;
    let len = u16::from_be_bytes([head[4], head[5]]);
    // 0 stands for a jumbogram.
    if len > 0 && usize::from(len) < UDP_HEAD_BYTES {
        return Err(Flaw::Malformed);
    }
    let ports = ports(head);
    Ok(Datagram { ports, len })
}

fn ports(head: &[u8]) -> [u16; 2] {
    let port = |at: usize| {
        let two = head.get(at..).and_then(|head| head.first_chunk::<2>());
        u16::from_be_bytes(two.copied().unwrap_or_default())
    };
    [port(0), port(2)]
}
