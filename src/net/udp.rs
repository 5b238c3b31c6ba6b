//! What is particular to UDP.

use super::kind::Kind;
use crate::event::Cable;

pub(super) static KIND: Kind = Kind {
    // A datagram is at most 65 507 bytes, over IPv6 20 more (RFC 768); what is longer comes cut, and is said to be.
    read_max_bytes: 64 << 10,
    cable: Some(Cable::Filter),
    has_urgent: false,
    can_reset: false,
    // On datagram sockets the option shares a port, which would take another program's datagrams (socket(7)).
    reuses_address: false,
    is_in_diag: false,
    // An ICMP error belongs to one datagram; the socket goes on (udp(7)).
    breaks: |_| false,
};
