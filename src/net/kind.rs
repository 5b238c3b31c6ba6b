//! What the net must know about a transport: one row each, in that transport's file. Nobody else in here asks which
//! transport it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use super::{tcp, udp, unix};
use crate::endpoint::{Address, Host, Place, Transport};
use crate::event::{Cable, Errno};
use crate::os::Os;

/// A transport's row.
#[derive(Debug)]
pub(super) struct Kind {
    /// The most that one automatic `recv` asks for. Where boundaries count, the largest message there is.
    pub(super) read_max_bytes: usize,
    /// How its cable is pulled; none where there is nothing between the two ends. Nothing filters a Unix stream, though
    /// the kernel takes the filter (`unix_stream_sendmsg` in Linux).
    pub(super) cable: Option<Cable>,
    /// Urgent data exists: an automatic reader wants it in the stream, where its order is kept (tcp(7)).
    pub(super) has_urgent: bool,
    /// `close` with `SO_LINGER` 0 sends a reset.
    pub(super) can_reset: bool,
    /// A server sets `SO_REUSEADDR`, or could not come back while old connections are in `TIME_WAIT`.
    pub(super) reuses_address: bool,
    /// The kernel tells of each connection by its addresses (`sock_diag(7)`).
    pub(super) is_in_diag: bool,
    /// The errors after which the socket is of no more use, beside those that every stream knows.
    pub(super) breaks: fn(Errno) -> bool,
}

/// The row of a transport.
pub(super) fn of(transport: Transport) -> &'static Kind {
    match transport {
        Transport::Tcp => &tcp::KIND,
        Transport::Udp => &udp::KIND,
        Transport::UnixStream => &unix::STREAM,
        Transport::UnixDgram => &unix::DATAGRAM,
        Transport::UnixSeqpacket => &unix::SEQPACKET,
    }
}

/// What a place means before anybody is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// These addresses, in the order to try.
    Known(Vec<Address>),
    /// Whatever this name is looked up to.
    Name {
        /// The name.
        host: String,
        /// The port behind it.
        port: u16,
    },
    /// Nothing here, and why.
    Nothing(String),
}

/// Where `place` is, for a socket that shall be bound there. A zone is an interface's name or its number (RFC 4007,
/// section 11.2), and is asked for where it is used: interfaces come and go.
pub(super) fn meaning(place: &Place, os: &mut dyn Os) -> Meaning {
    let (host, port) = match place {
        Place::Path(path) => return Meaning::Known(vec![Address::Path(path.clone())]),
        Place::Abstract(name) => return Meaning::Known(vec![Address::Abstract(name.clone())]),
        Place::Inet { host, port } => (host, *port),
    };
    let inet = |ip: IpAddr| Address::Inet(SocketAddr::new(ip, port));
    match host {
        Host::Any => Meaning::Known(vec![
            inet(Ipv6Addr::UNSPECIFIED.into()),
            inet(Ipv4Addr::UNSPECIFIED.into()),
        ]),
        Host::Ip(ip) => Meaning::Known(vec![inet(*ip)]),
        Host::Scoped { ip, zone } => match os.interface(zone).or_else(|| zone.parse().ok()) {
            Some(scope) => {
                let address = SocketAddrV6::new(*ip, port, 0, scope);
                Meaning::Known(vec![Address::Inet(address.into())])
            }
            None => Meaning::Nothing(format!("this machine has no interface {zone}")),
        },
        Host::Name(name) => Meaning::Name {
            host: name.clone(),
            port,
        },
    }
}

/// Where `place` is, for a socket that shall reach it: every address of this machine is reached at loopback.
pub(super) fn reach(place: &Place, os: &mut dyn Os) -> Meaning {
    match place {
        Place::Inet {
            host: Host::Any,
            port,
        } => Meaning::Known(vec![
            Address::Inet((Ipv4Addr::LOCALHOST, *port).into()),
            Address::Inet((Ipv6Addr::LOCALHOST, *port).into()),
        ]),
        place => meaning(place, os),
    }
}

/// Whether a socket for that address is of the IPv6 family.
pub(super) fn is_v6(address: &Address) -> bool {
    matches!(address, Address::Inet(SocketAddr::V6(_)))
}
