//! What is asked of the host as a whole: the kernel's table of sockets, whoever has them, and what this machine is.

use std::net::{IpAddr, SocketAddr};

use super::{Diag, End, Got, Sought};
use crate::event::State;

/// Questions about the host.
pub trait Host {
    /// The kernel's numbers of a TCP socket of this host, whoever has it, by its two addresses (`sock_diag(7)`); none
    /// where the kernel knows of none.
    ///
    /// # Errors
    ///
    /// As socket(2) and netlink(7); `ENOSYS` where the system has nothing of the kind.
    fn diag(&mut self, local: SocketAddr, peer: SocketAddr) -> Got<Option<Diag>>;

    /// The same of every TCP socket of this host that has this port at that end, in that state alone if one is told.
    ///
    /// # Errors
    ///
    /// As [`Host::diag`].
    fn diags(&mut self, end: End, port: u16, state: Option<State>) -> Got<Vec<Diag>>;

    /// Looks for the process that has the socket of that inode, where `/proc` may be read: a few descriptors of it, and
    /// then it is asked again.
    fn owner(&mut self, inode: u32) -> Sought;

    /// A number that the kernel is set to, by its path under `/proc/sys/`; none where it tells none.
    fn setting(&mut self, path: &str) -> Option<u64>;

    /// The addresses that this machine has now, each once: loopback included, link-local ones last (getifaddrs(3)).
    fn addresses(&mut self) -> Vec<IpAddr>;

    /// What this machine calls itself (uname(2)).
    fn hostname(&mut self) -> String;

    /// The number of the interface of that name, for the zone of a link-local address (`if_nametoindex(3)`).
    fn interface(&mut self, name: &str) -> Option<u32>;

    /// How many bytes this process may take beyond what it has; none where nothing bounds it (getrlimit(2)).
    fn memory_left(&mut self) -> Option<u64>;

    /// Whether the system gave no more memory, so that only what was kept back for the end is left.
    fn is_short_of_memory(&self) -> bool;
}
