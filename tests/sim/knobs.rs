//! What a test tells the simulated kernel to do, and what it asks of it afterwards.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use sockeye::endpoint::{Address, Transport};
use sockeye::os::{Got, Interest, Place, Sock};

use super::paths::Entry;
use super::shelf::Written;
use super::sockets::errno;
use super::{Happening, Kernel};

impl Kernel {
    /// Something happens outside at that time.
    pub(crate) fn at(&mut self, at: Duration, happening: Happening) {
        self.console.schedule.push((at, happening));
    }

    /// The next call of that name fails so.
    pub fn fail(&mut self, call: &'static str, errno: &str) {
        let failures = self.failures.entry(call).or_default();
        failures.push_back(self::errno(errno));
    }

    /// How the next call of that name fails, if it shall.
    pub(super) fn failure(&mut self, call: &'static str) -> Got<()> {
        let failure = self.failures.get_mut(call).and_then(VecDeque::pop_front);
        failure.map_or(Ok(()), Err)
    }

    /// No connect to that address is ever answered.
    pub fn silence(&mut self, address: Address) {
        self.sockets.silent.push(address);
    }

    /// What the resolver knows; a name that it was not told is never answered.
    pub fn name(&mut self, host: &str, answer: Result<Vec<IpAddr>, String>) {
        self.names.insert(host.to_owned(), answer);
    }

    /// A machine without IPv6.
    pub fn without_v6(&mut self) {
        self.sockets.has_v6 = false;
    }

    /// A path of another user's.
    pub fn foreign(&mut self, path: &str) {
        self.sockets.paths.put(path.as_bytes(), Entry::Foreign);
    }

    /// A path that is left over from a socket of another run.
    pub fn stale(&mut self, path: &str) {
        self.sockets.paths.put(path.as_bytes(), Entry::Bound(0));
    }

    /// A file's content.
    pub fn file(&mut self, path: &str, content: &[u8]) {
        self.console.files.insert(path.to_owned(), content.to_vec());
    }

    /// A file of Sockeye's own, from an earlier run.
    pub fn keep(&mut self, place: Place, name: &str, text: &str) {
        self.console.keep(place, name, text.as_bytes().to_vec());
    }

    /// The text of a file of Sockeye's own.
    #[must_use]
    pub fn kept(&mut self, place: Place, name: &str) -> Option<String> {
        let bytes = self.console.read_kept(place, name, u64::MAX).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// An environment variable.
    pub fn environ(&mut self, name: &str, value: &str) {
        let environment = &mut self.console.environment;
        environment.insert(name.to_owned(), value.to_owned());
    }

    /// Everything that was written to standard error.
    #[must_use]
    pub fn stderr(&self) -> &str {
        &self.console.stderr
    }

    /// Whether there is a terminal, and its size.
    pub fn terminal(&mut self, there: bool, size: (u16, u16)) {
        self.console.has_terminal = there;
        self.console.size = size;
    }

    /// The terminal takes nothing from now on, or again.
    pub fn stall(&mut self, stalled: bool) {
        self.console.stalled = stalled;
    }

    /// Everything that was written to the terminal.
    #[must_use]
    pub fn screen(&self) -> &[u8] {
        &self.console.screen
    }

    /// Whether the terminal is in raw mode.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.console.raw
    }

    /// Everything that was written to standard output.
    #[must_use]
    pub fn stdout(&self) -> &[u8] {
        &self.console.stdout
    }

    /// Whether somebody listens at that address.
    #[must_use]
    pub fn is_served(&self, at: &Address) -> bool {
        let id = self.sockets.at(Transport::Tcp, at);
        id.and_then(|id| self.sockets.all.get(&id))
            .is_some_and(|socket| socket.listener.is_some())
    }

    /// Connects at once, before the connects that are under way.
    pub fn rush(&mut self, sock: Sock, to: &Address) {
        self.sockets.rush(sock.0, to);
    }

    /// How many descriptors are open.
    #[must_use]
    pub fn open_sockets(&self) -> usize {
        self.sockets.all.len()
    }

    /// Whatever the socket is connected to is gone.
    pub fn sever(&mut self, sock: Sock) {
        let id = self.sockets.root(sock.0);
        let is_connected = self
            .sockets
            .all
            .get(&id)
            .is_some_and(super::sockets::Socket::connected_stream);
        if is_connected {
            self.sockets.sever(id);
        }
    }

    /// The disk, to be read whoever has the kernel.
    pub fn disk(&self) -> impl Fn(&str) -> Option<Vec<u8>> + use<> {
        let shelf = self.shelf.clone();
        move |path| shelf.read(path)
    }

    /// The same, with what was brought to it.
    pub fn platter(&self) -> impl Fn(&str) -> Option<Written> + use<> {
        let shelf = self.shelf.clone();
        move |path| shelf.written(path)
    }

    /// How many sockets the poller watches.
    #[must_use]
    pub fn watched(&self) -> usize {
        self.interests.len()
    }

    /// What the poller was asked for a socket.
    #[must_use]
    pub fn interest(&self, sock: Sock) -> Interest {
        self.interests.get(&sock.0).copied().unwrap_or_default()
    }
}
