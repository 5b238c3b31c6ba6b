//! What is asked of the whole host rather than of a socket of ours. Where a system has nothing of the kind, nothing is
//! told.

use std::net::{IpAddr, SocketAddr};

use super::{Real, interfaces, questions};
#[cfg(target_os = "linux")]
use super::{diag, proc};
use crate::event::State;
use crate::os::{Diag, End, Got, Host, Sought, memory};

/// The ways to ask.
#[derive(Debug, Default)]
pub(super) struct Asking {
    #[cfg(target_os = "linux")]
    asker: diag::Asker,
    #[cfg(target_os = "linux")]
    searches: proc::Searches,
}

impl Host for Real {
    fn diag(&mut self, local: SocketAddr, peer: SocketAddr) -> Got<Option<Diag>> {
        self.host.diag(local, peer)
    }

    fn diags(&mut self, end: End, port: u16, state: Option<State>) -> Got<Vec<Diag>> {
        self.host.diags(end, port, state)
    }

    fn owner(&mut self, inode: u32) -> Sought {
        self.host.owner(inode)
    }

    fn setting(&mut self, path: &str) -> Option<u64> {
        setting(path)
    }

    fn addresses(&mut self) -> Vec<IpAddr> {
        interfaces::addresses()
    }

    fn hostname(&mut self) -> String {
        questions::hostname()
    }

    fn interface(&mut self, name: &str) -> Option<u32> {
        interfaces::index_of(name)
    }

    fn memory_left(&mut self) -> Option<u64> {
        memory_left()
    }

    fn is_short_of_memory(&self) -> bool {
        memory::is_short()
    }
}

#[cfg(target_os = "linux")]
impl Asking {
    pub(super) fn diag(&mut self, local: SocketAddr, peer: SocketAddr) -> Got<Option<Diag>> {
        self.asker.one(local, peer)
    }

    pub(super) fn diags(&mut self, end: End, port: u16, state: Option<State>) -> Got<Vec<Diag>> {
        self.asker.all(end, port, state)
    }

    pub(super) fn owner(&mut self, inode: u32) -> Sought {
        self.searches.owner(inode)
    }
}

#[cfg(not(target_os = "linux"))]
impl Asking {
    pub(super) fn diag(&mut self, _local: SocketAddr, _peer: SocketAddr) -> Got<Option<Diag>> {
        Err(crate::event::Errno::ENOSYS)
    }

    pub(super) fn diags(&mut self, _end: End, _port: u16, _state: Option<State>) -> Got<Vec<Diag>> {
        Err(crate::event::Errno::ENOSYS)
    }

    pub(super) fn owner(&mut self, _inode: u32) -> Sought {
        Sought::Nobody
    }
}

/// A number that the kernel is set to.
pub(super) fn setting(path: &str) -> Option<u64> {
    #[cfg(target_os = "linux")]
    return proc::setting(path);
    #[cfg(not(target_os = "linux"))]
    return None.filter(|_: &u64| path.is_empty());
}

/// The part of what may be taken that is kept back for the end.
const PART: u64 = 4;

/// Keeps a part of the memory back that this process may take, and has the rest given back when it is free.
pub(super) fn keep_back() {
    memory::give_back();
    memory::keep_back(memory_left().unwrap_or(u64::MAX) / PART);
}

/// What limits of this process leave of its address space and of its data, the less of the two.
fn memory_left() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    let limits = [Resource::As, Resource::Data].into_iter();
    let least = limits.filter_map(|of| getrlimit(of).current).min()?;
    Some(least.saturating_sub(taken()))
}

/// How much address space this process has taken.
fn taken() -> u64 {
    #[cfg(target_os = "linux")]
    return proc::taken();
    #[cfg(not(target_os = "linux"))]
    return 0;
}
