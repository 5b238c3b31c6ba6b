//! Where sockets of this machine are, as each program writes it, and whether somebody is there.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};

use super::patiently;

/// Where a socket of this machine is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Tcp(u16),
    Udp(u16),
    Unix(PathBuf),
}

impl Place {
    /// A place of the same kind where nothing listens: a port that was free a moment ago, a path in the folder.
    pub(crate) fn free(&self, folder: &Path, name: &str) -> Self {
        let here = (Ipv4Addr::LOCALHOST, 0);
        match self {
            Self::Tcp(_) => Self::Tcp(
                TcpListener::bind(here)
                    .unwrap()
                    .local_addr()
                    .unwrap()
                    .port(),
            ),
            Self::Udp(_) => Self::Udp(UdpSocket::bind(here).unwrap().local_addr().unwrap().port()),
            Self::Unix(_) => Self::Unix(folder.join(name)),
        }
    }

    /// A listener in this process, at a port that the kernel chose or at the path, and where it is.
    pub(crate) fn listen(&self, folder: &Path, name: &str) -> (Socket, Self) {
        let place = match self {
            Self::Tcp(_) | Self::Udp(_) => Self::Tcp(0),
            Self::Unix(_) => Self::Unix(folder.join(name)),
        };
        let socket = place.socket();
        socket.bind(&place.address()).unwrap();
        socket.listen(1024).unwrap();
        let local = socket.local_addr().unwrap().as_socket();
        let place = local.map_or(place, |local| Self::Tcp(local.port()));
        (socket, place)
    }

    /// Waits until somebody listens there.
    pub(crate) fn wait_open(&self) {
        patiently(|| format!("somebody at {self:?}"), || self.is_open());
    }

    /// A socket of its kind, neither bound nor connected.
    pub(crate) fn socket(&self) -> Socket {
        let (domain, kind) = match self {
            Self::Tcp(_) => (Domain::IPV4, Type::STREAM),
            Self::Udp(_) => (Domain::IPV4, Type::DGRAM),
            Self::Unix(_) => (Domain::UNIX, Type::STREAM),
        };
        Socket::new(domain, kind, None).unwrap()
    }

    /// The port, of what has one.
    pub(crate) fn port(&self) -> u16 {
        match self {
            Self::Tcp(port) | Self::Udp(port) => *port,
            Self::Unix(path) => panic!("{} has no port", path.display()),
        }
    }

    pub(crate) fn address(&self) -> SockAddr {
        match self {
            Self::Tcp(port) | Self::Udp(port) => {
                SocketAddr::from((Ipv4Addr::LOCALHOST, *port)).into()
            }
            Self::Unix(path) => SockAddr::unix(path).unwrap(),
        }
    }

    /// As Sockeye writes it, and most others.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Tcp(port) => format!("127.0.0.1:{port}"),
            Self::Udp(port) => format!("udp://127.0.0.1:{port}"),
            Self::Unix(path) => format!("unix:{}", path.display()),
        }
    }

    /// A place of the same kind, as a relay announces it, with or without its scheme.
    pub(crate) fn read(&self, text: &str) -> Self {
        let port = || text.rsplit(':').next().unwrap().parse().unwrap();
        match self {
            Self::Tcp(_) => Self::Tcp(port()),
            Self::Udp(_) => Self::Udp(port()),
            Self::Unix(_) => Self::Unix(text.strip_prefix("unix:").unwrap_or(text).into()),
        }
    }

    /// Whether somebody listens there, from the kernel's own tables, so that no connection is used up.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Tcp(port) => in_table("tcp", *port, "0A"),
            Self::Udp(port) => in_table("udp", *port, "07"),
            Self::Unix(path) => {
                let table = fs::read_to_string("/proc/net/unix").unwrap_or_default();
                let path = path.display().to_string();
                // Flags 00010000 are __SO_ACCEPTCON (proc(5), unix).
                table
                    .lines()
                    .any(|line| line.contains(" 00010000 ") && line.ends_with(&path))
            }
        }
    }
}

/// Whether a socket with that port is in that state, from `/proc/net` (`proc(5)`).
fn in_table(table: &str, port: u16, state: &str) -> bool {
    let table = fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default();
    let at = format!(":{port:04X}");
    table.lines().any(|line| {
        let mut words = line.split_whitespace().skip(1);
        words.next().is_some_and(|local| local.ends_with(&at)) && words.nth(1) == Some(state)
    })
}
