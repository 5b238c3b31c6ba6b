//! What is particular to Unix sockets.

use super::kind::Kind;
use crate::event::Errno;

/// Linux takes messages up to the sender's buffer, 212 992 bytes unless told (unix(7)).
const MESSAGE_MAX_BYTES: usize = 256 << 10;

pub(super) static STREAM: Kind = Kind {
    read_max_bytes: 256 << 10,
    has_urgent: false,
    can_reset: false,
    reuses_address: false,
    breaks,
};

pub(super) static SEQPACKET: Kind = Kind {
    read_max_bytes: MESSAGE_MAX_BYTES,
    has_urgent: false,
    can_reset: false,
    reuses_address: false,
    breaks,
};

pub(super) static DATAGRAM: Kind = Kind {
    read_max_bytes: MESSAGE_MAX_BYTES,
    has_urgent: false,
    can_reset: false,
    reuses_address: false,
    breaks: |_| false,
};

fn breaks(errno: Errno) -> bool {
    matches!(errno, Errno::ECONNRESET | Errno::EPIPE)
}
