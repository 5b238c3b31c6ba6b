//! The options of sockets that `set` and `get` know: one row each. What they mean to the kernel is `os`'s matter.

/// An option of a socket.
#[derive(Debug, PartialEq, Eq)]
pub struct SocketOption {
    /// Its name in commands.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// What it does, in one line.
    pub help: &'static str,
}

/// The form of a value. The words that `parse` returns are canonical: `on` or `off`, a decimal number, milliseconds as
/// a decimal number, or the words themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `on` or `off`.
    Switch,
    /// A number up to the limit.
    Number(u32),
    /// A number of bytes, with `k` or `M`.
    Size,
    /// A time; `off` where the option has such a value.
    Time,
    /// `off`, or seconds before the first probe, seconds between, and how many.
    Keepalive,
    /// An IP address of a group.
    Group,
    /// A word.
    Word,
}

const fn row(name: &'static str, kind: Kind, help: &'static str) -> SocketOption {
    SocketOption { name, kind, help }
}

/// Every option, in the order of the manual.
pub const OPTIONS: &[SocketOption] = &[
    row(
        "nonblock",
        Kind::Switch,
        "a call that cannot be done now returns EAGAIN instead of waiting (O_NONBLOCK)",
    ),
    row(
        "nodelay",
        Kind::Switch,
        "small writes leave at once (TCP_NODELAY)",
    ),
    row("cork", Kind::Switch, "only full segments leave (TCP_CORK)"),
    row(
        "quickack",
        Kind::Switch,
        "acknowledge at once (TCP_QUICKACK)",
    ),
    row(
        "keepalive",
        Kind::Keepalive,
        "probe a silent peer: IDLE INTERVAL COUNT, or off (SO_KEEPALIVE)",
    ),
    row(
        "user-timeout",
        Kind::Time,
        "give up on unacknowledged bytes after this long (TCP_USER_TIMEOUT)",
    ),
    row(
        "rto-max",
        Kind::Time,
        "the longest pause between two retransmissions (TCP_RTO_MAX_MS, Linux 6.15)",
    ),
    row(
        "linger",
        Kind::Time,
        "close waits this long for unsent bytes; 0 resets; off (SO_LINGER)",
    ),
    row(
        "sndbuf",
        Kind::Size,
        "room for bytes to send (SO_SNDBUF; Linux doubles it)",
    ),
    row(
        "rcvbuf",
        Kind::Size,
        "room for received bytes (SO_RCVBUF; Linux doubles it)",
    ),
    row(
        "rcvlowat",
        Kind::Size,
        "readable from this many bytes on (SO_RCVLOWAT)",
    ),
    row(
        "reuseaddr",
        Kind::Switch,
        "bind beside connections in TIME_WAIT (SO_REUSEADDR)",
    ),
    row(
        "reuseport",
        Kind::Switch,
        "several listeners share a port (SO_REUSEPORT)",
    ),
    row("ttl", Kind::Number(255), "hops a packet may take (IP_TTL)"),
    row("tos", Kind::Number(255), "type of service (IP_TOS)"),
    row(
        "broadcast",
        Kind::Switch,
        "allow sending to broadcast addresses (SO_BROADCAST)",
    ),
    row(
        "multicast-ttl",
        Kind::Number(255),
        "hops of multicast packets (IP_MULTICAST_TTL)",
    ),
    row(
        "multicast-loop",
        Kind::Switch,
        "hear one's own multicast (IP_MULTICAST_LOOP)",
    ),
    row(
        "join",
        Kind::Group,
        "receive what is sent to a group (IP_ADD_MEMBERSHIP)",
    ),
    row(
        "leave",
        Kind::Group,
        "receive it no longer (IP_DROP_MEMBERSHIP)",
    ),
    row(
        "v6only",
        Kind::Switch,
        "an IPv6 socket takes no IPv4 peers (IPV6_V6ONLY)",
    ),
    row(
        "oobinline",
        Kind::Switch,
        "urgent data stays in the stream (SO_OOBINLINE)",
    ),
    row(
        "maxseg",
        Kind::Number(65_535),
        "the most bytes a segment carries (TCP_MAXSEG)",
    ),
    row(
        "freebind",
        Kind::Switch,
        "bind to an address that is not here yet (IP_FREEBIND)",
    ),
    row(
        "mark",
        Kind::Number(u32::MAX),
        "a number for routing and firewalls, for root (SO_MARK)",
    ),
    row(
        "congestion",
        Kind::Word,
        "the congestion control algorithm, by name (TCP_CONGESTION)",
    ),
];

/// The option of that name.
#[must_use]
pub fn option(name: &str) -> Option<&'static SocketOption> {
    OPTIONS.iter().find(|option| option.name == name)
}
