//! An address as the kernel gives and takes it: numbers and names, nothing left to look up.

use std::fmt::{self, Display, Formatter};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::{Endpoint, Host, Place, Transport, print};

/// A resolved address. `Display` is for people.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Address {
    /// An IP address, its port and, for link-local ones, its interface index.
    Inet(SocketAddr),
    /// A unix socket in the file system.
    Path(Vec<u8>),
    /// A Linux abstract name, without its leading NUL.
    Abstract(Vec<u8>),
    /// A unix socket that was never bound.
    Unnamed,
}

impl Address {
    /// As panes show it: `:7000` on 127.0.0.1, all else whole.
    #[must_use]
    pub fn short(&self) -> String {
        match self {
            Self::Inet(addr) if addr.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST) => {
                format!(":{}", addr.port())
            }
            whole => whole.to_string(),
        }
    }

    /// As an address is typed, so that it can be pasted back: with the scheme, which TCP alone does without.
    #[must_use]
    pub fn typed(&self, transport: Transport) -> String {
        match self.endpoint(transport) {
            Some(endpoint) if transport != Transport::Tcp => endpoint.to_string(),
            _ => self.to_string(),
        }
    }

    /// As `typed`, and no longer than it must be: `:7000` and `udp://:7000` on 127.0.0.1.
    #[must_use]
    pub fn typed_short(&self, transport: Transport) -> String {
        match self {
            Self::Inet(_) if transport != Transport::Tcp => {
                format!("{}://{}", transport.scheme(), self.short())
            }
            Self::Inet(_) => self.short(),
            _ => self.typed(transport),
        }
    }

    /// The address as an endpoint of that transport; none for an unnamed one.
    #[must_use]
    pub fn endpoint(&self, transport: Transport) -> Option<Endpoint> {
        let place = match self {
            Self::Inet(addr) => Place::Inet {
                host: host(addr),
                port: addr.port(),
            },
            Self::Path(name) => Place::Path(name.clone()),
            Self::Abstract(name) => Place::Abstract(name.clone()),
            Self::Unnamed => return None,
        };
        Some(Endpoint { transport, place })
    }

    /// Only this machine reaches it. IPv4 addresses mapped into IPv6 count as what they map.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_loopback())
    }

    /// Every address of this machine: `0.0.0.0` or `[::]`.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_unspecified())
    }

    /// A group of receivers.
    #[must_use]
    pub fn is_multicast(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_multicast())
    }

    fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Inet(addr) => Some(addr.ip().to_canonical()),
            Self::Path(_) | Self::Abstract(_) | Self::Unnamed => None,
        }
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(addr) => addr.fmt(f),
            Self::Path(name) => print::path(f, name),
            Self::Abstract(name) => print::abstract_name(f, name),
            Self::Unnamed => f.write_str("(unnamed)"),
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(addr: SocketAddr) -> Self {
        Self::Inet(addr)
    }
}

fn host(addr: &SocketAddr) -> Host {
    match addr {
        SocketAddr::V6(addr) if addr.scope_id() != 0 => Host::Scoped {
            ip: *addr.ip(),
            zone: addr.scope_id().to_string(),
        },
        _ => Host::Ip(addr.ip()),
    }
}
