//! What is particular to TCP.

use super::kind::Kind;
use crate::event::{Cable, Errno};

pub(super) static KIND: Kind = Kind {
    read_max_bytes: 256 << 10,
    cable: Some(Cable::Md5sig),
    has_urgent: true,
    can_reset: true,
    reuses_address: true,
    is_in_diag: true,
    breaks,
};

/// The errors that Linux leaves in `sk_err` when a connection dies (tcp(7), and ICMP's after retransmission gave up).
fn breaks(errno: Errno) -> bool {
    matches!(
        errno.name(),
        "ECONNRESET"
            | "EPIPE"
            | "ETIMEDOUT"
            | "ECONNABORTED"
            | "ECONNREFUSED"
            | "EHOSTUNREACH"
            | "EHOSTDOWN"
            | "ENETUNREACH"
            | "ENETDOWN"
            | "ENETRESET"
            | "EPROTO"
            | "EIO"
    )
}
