//! Where a socket stands: addresses as people write them (`tcp://host:port`, `unix:/path`) and as the kernel gives
//! them. Nothing is looked up and nothing is opened here: names stay names until `net` resolves them.

mod address;
mod nearest;
mod parse;
mod print;
#[cfg(test)]
mod tests;
mod unix;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

pub use address::Address;
pub use nearest::nearest;

/// The longest unix path or abstract name in bytes: `sun_path` holds 108, one of them the NUL (unix(7)).
pub const UNIX_NAME_MAX_BYTES: usize = 107;

/// The kind of socket. Outside `net` its properties are asked for, never the variant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Transport {
    /// A stream over IP.
    Tcp,
    /// Datagrams over IP.
    Udp,
    /// A stream on this machine.
    UnixStream,
    /// Datagrams on this machine.
    UnixDgram,
    /// Messages in order over a connection on this machine.
    UnixSeqpacket,
}

impl Transport {
    /// Every transport, in the order in which menus show them.
    pub const ALL: [Self; 5] = [
        Self::Tcp,
        Self::Udp,
        Self::UnixStream,
        Self::UnixDgram,
        Self::UnixSeqpacket,
    ];

    /// The word before the colon of an address.
    #[must_use]
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::UnixStream => "unix",
            Self::UnixDgram => "unix-dgram",
            Self::UnixSeqpacket => "unix-seqpacket",
        }
    }

    /// The transport of a scheme, exactly as `scheme` spells it.
    #[must_use]
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|transport| transport.scheme() == scheme)
    }

    /// Bytes in order without boundaries.
    #[must_use]
    pub const fn is_stream(self) -> bool {
        matches!(self, Self::Tcp | Self::UnixStream)
    }

    /// One send is one receive: datagrams and sequenced packets.
    #[must_use]
    pub const fn keeps_boundaries(self) -> bool {
        !self.is_stream()
    }

    /// An `AF_UNIX` socket.
    #[must_use]
    pub const fn is_unix(self) -> bool {
        matches!(
            self,
            Self::UnixStream | Self::UnixDgram | Self::UnixSeqpacket
        )
    }

    /// No handshake and no end: `connect` only fixes the peer's address.
    #[must_use]
    pub const fn is_connectionless(self) -> bool {
        matches!(self, Self::Udp | Self::UnixDgram)
    }

    /// `listen` and `accept` make sense.
    #[must_use]
    pub const fn listens(self) -> bool {
        !self.is_connectionless()
    }
}

/// The host of an internet address.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Host {
    /// `*`: every address of this machine.
    Any,
    /// A number.
    Ip(IpAddr),
    /// A link-local number with the interface it is meant on: `[fe80::1%eth0]` (RFC 4007, section 11).
    Scoped {
        /// The number.
        ip: Ipv6Addr,
        /// The interface, by name or by index; 1 to 15 visible ASCII characters.
        zone: String,
    },
    /// A name still to be looked up; letters, digits, `-`, `_` and dots.
    Name(String),
}

/// The part of an address behind its scheme.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Place {
    /// A host and a port; port 0 lets the kernel choose.
    Inet {
        /// The host.
        host: Host,
        /// The port.
        port: u16,
    },
    /// A unix socket in the file system: 1 to 107 bytes, none of them NUL.
    Path(Vec<u8>),
    /// A Linux abstract name, without its leading NUL: up to 107 bytes of any value.
    Abstract(Vec<u8>),
}

/// An address as it is written, with every part present. `Display` prints what `parse` reads.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Endpoint {
    /// The kind of socket.
    pub transport: Transport,
    /// Where: `Inet` for tcp and udp, else `Path` or `Abstract`.
    pub place: Place,
}

impl Endpoint {
    /// Reads an address word; `@L` is refused, since only `Target` may refer to a socket.
    ///
    /// # Errors
    /// Where the word is wrong, and what would have fitted there.
    pub fn parse(word: &str) -> Result<Self, AddressError> {
        parse::endpoint(word)
    }
}

/// What a command that takes an address accepts: an address, or a socket that has one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Target {
    /// An address of its own.
    At(Endpoint),
    /// `@L`: the address that the socket of this name is bound to, transport included.
    Of(String),
}

impl Target {
    /// Reads an address word or `@NAME`.
    ///
    /// # Errors
    /// Where the word is wrong, and what would have fitted there.
    pub fn parse(word: &str) -> Result<Self, AddressError> {
        parse::target(word)
    }
}

impl From<Endpoint> for Target {
    fn from(endpoint: Endpoint) -> Self {
        Self::At(endpoint)
    }
}

/// Why a word is no address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddressError {
    /// Where in the word, in characters from 0.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
    /// What would have fitted.
    pub fits: String,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.fits)
    }
}

impl std::error::Error for AddressError {}
