//! The real system behind the seam: one method, one call. What a call means and what follows from it is its
//! callers' matter; the parts that hold state (sockets, names, disk, standard streams, terminal, signals) are files of
//! their own.

pub(super) mod address;
#[cfg(target_os = "linux")]
mod cable;
mod children;
mod created;
#[cfg(target_os = "linux")]
mod diag;
mod disk;
pub(super) mod errno;
mod facts;
mod files;
mod host;
mod interfaces;
mod kept;
mod opened;
mod options;
mod paths;
mod poller;
#[cfg(target_os = "linux")]
mod proc;
mod questions;
mod race;
mod raw;
mod recorded;
mod resolver;
pub mod signals;
mod sockets;
mod stdio;
mod streams;
#[cfg(target_os = "linux")]
mod tcp_info;
pub mod terminal;
#[cfg(test)]
mod tests;
mod waiting;
mod wakes;

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use polling::Poller;

use self::children::Children;
use self::created::Created;
pub(super) use self::files::clock;
use self::opened::Opened;
use self::poller::{Bell, SIGNALS, TERMINAL, Watched};
use self::race::Races;
use self::recorded::Recorded;
use self::resolver::Resolver;
use self::signals::Signals;
use self::sockets::Sockets;
use self::stdio::Stdio;
use self::terminal::Terminal;
use self::waiting::Waiting;
use super::{Got, Interest, Lock, Os, Place, Readiness, Received, Sock, Subject, Wake};
use crate::endpoint::{Address, Transport};
use crate::event::{Course, Errno, Fact, Flags, How, Journal, Shelf, Sink, Spill};

/// The events that one wait may give; what is left over comes with the next, level-triggered.
const EVENTS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// The system that this process runs on.
pub struct Real {
    poller: Arc<Poller>,
    waiting: Waiting,
    bell: Arc<Bell>,
    sockets: Sockets,
    children: Children,
    host: host::Asking,
    resolver: Resolver,
    races: Races,
    terminal: Option<Watched<Terminal>>,
    signals: Option<Watched<Signals>>,
    stdin: Stdio<'static>,
    stdout: Stdio<'static>,
    began: Instant,
    socket_limit: usize,
}

impl Real {
    /// Nothing is open and nothing is watched, but the process may have as many descriptors as its hard limit says.
    ///
    /// # Errors
    ///
    /// As `epoll_create1(2)`.
    pub fn new() -> io::Result<Self> {
        let poller = Arc::new(Poller::new()?);
        host::keep_back();
        Ok(Self {
            waiting: Waiting::new(&poller, EVENTS_MAX),
            bell: Arc::new(Bell::new(&poller)),
            sockets: Sockets::new(&poller),
            host: host::Asking::default(),
            races: Races::new(&poller),
            children: Children::new(&poller),
            resolver: Resolver::new(&poller, resolver::getaddrinfo),
            terminal: None,
            signals: None,
            stdin: Stdio::input(&poller, rustix::stdio::stdin()),
            stdout: Stdio::output(&poller, rustix::stdio::stdout()),
            began: Instant::now(),
            socket_limit: files::raise_socket_limit(),
            poller,
        })
    }

    /// Takes over the clock of the program that started this one, which began at that time of the system's clock.
    #[must_use]
    pub fn since(mut self, began: Duration) -> Self {
        let passed = files::clock().saturating_sub(began);
        let now = Instant::now();
        self.began = now.checked_sub(passed).unwrap_or(now);
        self
    }

    /// What is started as a lab peer in place of this program's own file.
    #[must_use]
    pub fn with_peers_from(mut self, program: &Path) -> Self {
        self.children.start(program);
        self
    }
}

impl Os for Real {
    fn socket(&mut self, transport: Transport, v6: bool) -> Got<Sock> {
        self.sockets.socket(transport, v6)
    }

    fn socketpair(&mut self, transport: Transport) -> Got<(Sock, Sock)> {
        self.sockets.socketpair(transport)
    }

    fn bind(&mut self, sock: Sock, at: &Address) -> Got<()> {
        self.sockets.bind(sock, at)
    }

    fn remove_stale_unix(&mut self, path: &[u8]) -> Got<bool> {
        paths::remove_stale(path).map_err(errno::of_io)
    }

    fn remove_bound_unix(&mut self, sock: Sock) -> Got<bool> {
        self.sockets.remove_bound(sock)
    }

    fn listen(&mut self, sock: Sock, backlog: u32) -> Got<()> {
        self.sockets.listen(sock, backlog)
    }

    fn accept(&mut self, sock: Sock) -> Got<(Sock, Address)> {
        self.sockets.accept(sock)
    }

    fn connect(&mut self, sock: Sock, to: &Address) -> Got<()> {
        self.sockets.connect(sock, to)
    }

    fn send(&mut self, sock: Sock, bytes: &[u8], flags: Flags, to: Option<&Address>) -> Got<usize> {
        self.sockets.send(sock, bytes, flags, to)
    }

    fn recv(&mut self, sock: Sock, buf: &mut Vec<u8>, max: usize, flags: Flags) -> Got<Received> {
        self.sockets.recv(sock, buf, max, flags)
    }

    fn shutdown(&mut self, sock: Sock, how: How) -> Got<()> {
        self.sockets.shutdown(sock, how)
    }

    fn dup(&mut self, sock: Sock) -> Got<Sock> {
        self.sockets.dup(sock)
    }

    fn sign(&mut self, sock: Sock, peer: SocketAddr, key: &[u8]) -> Got<()> {
        self.sockets.sign(sock, peer, key)
    }

    fn deafen(&mut self, sock: Sock, deaf: bool) -> Got<()> {
        self.sockets.deafen(sock, deaf)
    }

    fn close(&mut self, sock: Sock) {
        self.sockets.close(sock);
    }

    fn set_option(&mut self, sock: Sock, option: &str, value: &str) -> Got<()> {
        self.sockets.set_option(sock, option, value)
    }

    fn option(&mut self, sock: Sock, option: &str) -> Got<String> {
        self.sockets.option(sock, option)
    }

    fn take_error(&mut self, sock: Sock) -> Got<Option<Errno>> {
        self.sockets.take_error(sock)
    }

    fn local_address(&mut self, sock: Sock) -> Got<Address> {
        self.sockets.local_address(sock)
    }

    fn peer_address(&mut self, sock: Sock) -> Got<Address> {
        self.sockets.peer_address(sock)
    }

    fn facts(&mut self, sock: Sock) -> Fact {
        self.sockets.facts(sock)
    }

    fn select(&mut self, asked: &[(Subject<'_>, Readiness)]) -> Got<Vec<Readiness>> {
        questions::select(&self.sockets, asked)
    }

    fn race(&mut self, courses: &[Course]) {
        self.races.start(courses);
    }

    fn watch(&mut self, sock: Sock, interest: Interest) -> Got<()> {
        self.sockets.watch(sock, interest)
    }

    fn wait(&mut self, timeout: Option<Duration>, wakes: &mut Vec<Wake>) -> Got<()> {
        let due = self.stdin.is_due() || self.stdout.is_due();
        let timeout = if due { Some(Duration::ZERO) } else { timeout };
        self.waiting.wait(timeout).map_err(errno::of_io)?;
        if let Some(terminal) = &self.terminal {
            self.waiting.ask_beside(TERMINAL, terminal.source());
        }
        self.collect(wakes);
        Ok(())
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn cpu(&self) -> Duration {
        questions::cpu()
    }

    fn wall(&self) -> Duration {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        // A clock that stands before 1970 is a label that means nothing.
        since.unwrap_or_default()
    }

    fn seed(&mut self) -> u64 {
        files::random()
    }

    fn open_terminal(&mut self, leave: &'static [u8]) -> Result<(), String> {
        let terminal = Terminal::open(leave);
        let watched = terminal.and_then(|it| Watched::reading(&self.poller, it, TERMINAL));
        self.terminal = Some(watched.map_err(|error| error.to_string())?);
        Ok(())
    }

    fn read_terminal(&mut self, buf: &mut Vec<u8>) -> Got<usize> {
        let terminal = self.terminal.as_mut().ok_or(Errno::EBADF)?;
        terminal.source_mut().read(buf).map_err(errno::of_io)
    }

    fn write_terminal(&mut self, bytes: &[u8]) -> Got<usize> {
        let terminal = self.terminal.as_mut().ok_or(Errno::EBADF)?;
        terminal.source_mut().write(bytes).map_err(errno::of_io)
    }

    fn watch_terminal(&mut self, write: bool) {
        if let Some(terminal) = &mut self.terminal {
            // It is in the poller already, and changing that cannot fail for want of memory.
            let _ = terminal.watch(Interest::read_and(write));
        }
    }

    fn terminal_size(&mut self) -> (u16, u16) {
        self.terminal
            .as_ref()
            .map_or((0, 0), |terminal| terminal.source().size())
    }

    fn raw_terminal(&mut self, raw: bool) {
        let Some(terminal) = &mut self.terminal else {
            return;
        };
        if raw {
            // A terminal that refuses is gone, and the next read says so.
            let _ = terminal.source_mut().raw();
            let _ = terminal.watch(Interest::read_and(false));
        } else {
            // What is typed now is for others, and one that is gone would wake for ever.
            let _ = terminal.watch(Interest::default());
            terminal.source_mut().cooked();
        }
    }

    fn resolve(&mut self, ticket: u64, host: &str) {
        self.resolver.resolve(ticket, host);
    }

    fn abandon(&mut self, ticket: u64) -> bool {
        self.resolver.abandon(ticket)
    }

    fn read_file(&mut self, path: &str, limit: u64) -> Got<Vec<u8>> {
        files::read(Path::new(path), limit, true)
    }

    fn open(&mut self, path: &str) -> Got<(Box<dyn Shelf>, u64)> {
        let (opened, len) = Opened::at(Path::new(path))?;
        Ok((Box::new(opened), len))
    }

    fn create(&mut self, path: &str, over: bool) -> Got<Box<dyn Sink>> {
        let created = Created::at(path.as_ref(), over).map_err(errno::of_io)?;
        Ok(Box::new(created))
    }

    fn record(&mut self, path: &str, over: bool) -> Got<Box<dyn Journal>> {
        let recorded = Recorded::at(path.as_ref(), over, &self.bell);
        Ok(Box::new(recorded.map_err(errno::of_io)?))
    }

    fn spill(&mut self) -> Result<Box<dyn Spill>, String> {
        let disk = disk::spill(&self.bell, &files::environment)?;
        Ok(Box::new(disk))
    }

    fn place(&self, place: Place) -> Option<String> {
        kept::place(place, &files::environment)
    }

    fn lock_kept(&mut self, place: Place) -> Got<Lock> {
        kept::lock(self.place(place))
    }

    fn read_kept(&mut self, place: Place, name: &str, limit: u64) -> Got<Vec<u8>> {
        kept::read(self.place(place), place, name, limit)
    }

    fn write_kept(&mut self, place: Place, name: &str, bytes: &[u8]) -> Got<()> {
        kept::write(self.place(place), name, bytes)
    }

    fn append_kept(&mut self, place: Place, name: &str, bytes: &[u8], anew: bool) -> Got<()> {
        kept::append(self.place(place), name, bytes, anew)
    }

    fn environment(&self, name: &str) -> Option<String> {
        files::environment(name)
    }

    fn open_signals(&mut self) -> Got<()> {
        let signals = Signals::open();
        let watched = signals.and_then(|it| Watched::reading(&self.poller, it, SIGNALS));
        self.signals = Some(watched.map_err(errno::of_io)?);
        Ok(())
    }

    fn stop_self(&mut self) {
        // raise(3) of a signal that exists cannot fail.
        let _ = signals::stop_self();
    }

    fn stop_group(&mut self) {
        signals::stop_group();
    }

    fn socket_limit(&self) -> usize {
        self.socket_limit
    }
}
