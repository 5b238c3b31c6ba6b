//! Where the simulated kernel's sockets stand: addresses, and the paths of Unix sockets, which outlive them. There is
//! no other file system.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sockeye::endpoint::{Address, Transport};
use sockeye::event::Errno;
use sockeye::os::Got;

use super::sockets::{Socket, Sockets};

/// The addresses that the machine has, unless told.
pub(super) fn addresses() -> Vec<IpAddr> {
    vec![
        Ipv4Addr::LOCALHOST.into(),
        Ipv6Addr::LOCALHOST.into(),
        [10, 0, 0, 5].into(),
        [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into(),
    ]
}

/// The number of an interface of the machine.
pub(super) fn interface(name: &str) -> Option<u32> {
    let known = [("lo", 1), ("eth0", 2)];
    let found = known.iter().find(|(known, _)| *known == name);
    found.map(|(_, number)| *number)
}

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The socket that was bound there, open or not.
    Bound(u64),
    /// A file, or a socket of another user's.
    Foreign,
}

/// The paths of Unix sockets.
#[derive(Debug, Default)]
pub(crate) struct Paths(BTreeMap<Vec<u8>, Entry>);

impl Paths {
    /// Puts something there.
    pub(crate) fn put(&mut self, path: &[u8], entry: Entry) {
        self.0.insert(path.to_vec(), entry);
    }

    /// Whether something stands there.
    pub(crate) fn has(&self, at: &Address) -> bool {
        matches!(at, Address::Path(path) if self.0.contains_key(path))
    }

    /// What a connect to a path says behind which no socket is open.
    pub(crate) fn nobody_at(&self, at: &Address) -> Errno {
        if self.has(at) {
            Errno::ECONNREFUSED
        } else {
            Errno::ENOENT
        }
    }

    /// The path comes to be with the `bind` of socket `id`.
    fn make(&mut self, at: Address, id: u64) {
        if let Address::Path(path) = at {
            self.0.insert(path, Entry::Bound(id));
        }
    }
}

impl Sockets {
    /// Removes the path of a socket that is open no more.
    pub(crate) fn remove_stale(&mut self, path: &[u8]) -> bool {
        let stale =
            matches!(self.paths.0.get(path), Some(Entry::Bound(id)) if !self.all.contains_key(id));
        stale && self.paths.0.remove(path).is_some()
    }

    /// Removes the path that `id` was bound to, if it is still its own.
    pub(crate) fn remove_bound(&mut self, id: u64) -> Got<bool> {
        let Some(Address::Path(path)) = self.get(id)?.local.clone() else {
            return Ok(false);
        };
        let own = self.paths.0.get(&path) == Some(&Entry::Bound(id));
        Ok(own && self.paths.0.remove(&path).is_some())
    }

    /// Who stands at an address: bound, and for streams listening.
    pub(crate) fn at(&self, transport: Transport, to: &Address) -> Option<u64> {
        let matches = |socket: &Socket| match (&socket.local, to) {
            (Some(Address::Inet(local)), Address::Inet(to)) => {
                local.port() == to.port() && (local.ip() == to.ip() || local.ip().is_unspecified())
            }
            (Some(local), to) => local == to,
            (None, _) => false,
        };
        self.all
            .iter()
            .filter(|(_, socket)| socket.transport == transport && !socket.connected_stream())
            .find(|(_, socket)| matches(socket))
            .map(|(id, _)| *id)
    }

    pub(crate) fn bind(&mut self, id: u64, at: &Address) -> Got<()> {
        let transport = self.get(id)?.transport;
        let mut at = at.clone();
        if let Address::Inet(inet) = &mut at {
            if inet.port() == 0 {
                self.next_port += 1;
                inet.set_port(self.next_port);
            }
            let local = inet.ip().is_loopback() || inet.ip().is_unspecified();
            if !local {
                return Err(Errno::EADDRNOTAVAIL);
            }
        }
        if self.at(transport, &at).is_some() || self.paths.has(&at) {
            return Err(Errno::EADDRINUSE);
        }
        let socket = self.get(id)?;
        if socket.local.is_some() {
            return Err(Errno::EINVAL);
        }
        socket.local = Some(at.clone());
        self.paths.make(at, id);
        Ok(())
    }
}
