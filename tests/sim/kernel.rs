//! The simulated kernel: an [`Os`] with a virtual clock, in which the whole program runs and a seed decides what the
//! real kernel decides by chance. Seed 0 takes no chances: every call does all that it can. Include it by
//! `#[path = "sim/kernel.rs"] mod kernel;`.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test includes it and uses its own part of it"
)]

mod cable;
mod console;
mod ends;
mod facts;
mod journal;
mod knobs;
pub mod mood;
mod paths;
mod questions;
pub mod shelf;
mod sockets;
mod streams;
mod transfer;
mod wakes;
mod weather;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sockeye::endpoint::{Address, Transport};
use sockeye::event::{self, Course, Errno, Fact, Flags, How, Journal, Lap, Sink, Spill};
use sockeye::os::{
    Children, Got, Interest, Lock, Os, Place, Readiness, Received, Sock, Subject, Wake,
};

use console::{Console, Memory};
use journal::Recorded;
use mood::{Mood, Moods};
use shelf::Shelf;
use sockets::Sockets;

pub(crate) use console::Happening;

/// What one call costs on the virtual clock.
const CALL: Duration = Duration::from_micros(1);

/// The simulation.
#[derive(Debug)]
pub struct Kernel {
    now: Duration,
    /// How far the time of day is off, in seconds.
    wall_off: i64,
    /// What it does by chance.
    pub moods: Moods,
    sockets: Sockets,
    console: Console,
    shelf: Shelf,
    interests: BTreeMap<u64, Interest>,
    /// Calls that fail next, by name.
    failures: HashMap<&'static str, VecDeque<Errno>>,
    names: BTreeMap<String, Result<Vec<IpAddr>, String>>,
    /// Look-ups that will be answered.
    answers: Vec<(Duration, u64, Result<Vec<IpAddr>, String>)>,
    /// A race that will be over.
    race: Option<(Duration, Vec<Lap>)>,
    waits: u64,
    /// The addresses of the machine.
    pub addresses: Vec<IpAddr>,
    /// How many sockets may be open at once.
    pub limit: usize,
    pub memory: questions::Memory,
    /// Calls made on sockets, for tests that bound them.
    pub calls: u64,
}

impl Kernel {
    /// A kernel whose chances follow from `seed`; none with 0.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with(Moods::usual(seed))
    }

    /// A kernel with these moods.
    #[must_use]
    pub fn with(moods: Moods) -> Self {
        Self {
            now: Duration::ZERO,
            wall_off: 0,
            sockets: Sockets::new(moods.clone()),
            console: Console::new(),
            shelf: Shelf::new(moods.clone()),
            moods,
            interests: BTreeMap::new(),
            failures: HashMap::new(),
            names: BTreeMap::new(),
            answers: Vec::new(),
            race: None,
            waits: 0,
            addresses: paths::addresses(),
            limit: 1024,
            memory: questions::Memory::default(),
            calls: 0,
        }
    }

    fn begin(&mut self, call: &'static str) -> Got<()> {
        self.now += CALL + self.slowness();
        self.sockets.now = self.now;
        self.calls += 1;
        self.failure(call)
    }
}

/// It has no processes.
impl Children for Kernel {}

impl Os for Kernel {
    fn socket(&mut self, transport: Transport, v6: bool) -> Got<Sock> {
        self.begin("socket")?;
        if self.sockets.all.len() >= self.limit {
            return Err(Errno::EMFILE);
        }
        self.sockets.socket(transport, v6).map(Sock)
    }

    fn socketpair(&mut self, transport: Transport) -> Got<(Sock, Sock)> {
        self.begin("socketpair")?;
        let (one, two) = self.sockets.pair(transport);
        Ok((Sock(one), Sock(two)))
    }

    fn bind(&mut self, sock: Sock, at: &Address) -> Got<()> {
        self.begin("bind")?;
        self.sockets.bind(sock.0, at)
    }

    fn remove_stale_unix(&mut self, path: &[u8]) -> Got<bool> {
        self.begin("unlink")?;
        Ok(self.sockets.remove_stale(path))
    }

    fn remove_bound_unix(&mut self, sock: Sock) -> Got<bool> {
        self.begin("unlink")?;
        self.sockets.remove_bound(sock.0)
    }

    fn listen(&mut self, sock: Sock, backlog: u32) -> Got<()> {
        self.begin("listen")?;
        self.sockets.listen(sock.0, backlog)
    }

    fn accept(&mut self, sock: Sock) -> Got<(Sock, Address)> {
        self.begin("accept")?;
        let (made, peer) = self.sockets.accept(sock.0)?;
        Ok((Sock(made), peer))
    }

    fn connect(&mut self, sock: Sock, to: &Address) -> Got<()> {
        self.begin("connect")?;
        self.sockets.connect(sock.0, to)
    }

    fn send(&mut self, sock: Sock, bytes: &[u8], flags: Flags, to: Option<&Address>) -> Got<usize> {
        self.begin("send")?;
        self.sockets.send(sock.0, bytes, flags, to)
    }

    fn recv(&mut self, sock: Sock, buf: &mut Vec<u8>, max: usize, flags: Flags) -> Got<Received> {
        self.begin("recv")?;
        assert!(
            buf.capacity() - buf.len() >= max,
            "no room for what is asked for"
        );
        self.sockets.recv(sock.0, buf, max, flags)
    }

    fn shutdown(&mut self, sock: Sock, how: How) -> Got<()> {
        self.begin("shutdown")?;
        self.sockets.shutdown(sock.0, how)
    }

    fn dup(&mut self, sock: Sock) -> Got<Sock> {
        self.begin("dup")?;
        self.sockets.dup(sock.0).map(Sock)
    }

    fn sign(&mut self, sock: Sock, peer: SocketAddr, key: &[u8]) -> Got<()> {
        self.begin("sign")?;
        self.sockets.is_signable(sock.0, &Address::Inet(peer))?;
        self.cut(sock.0, !key.is_empty())
    }

    fn deafen(&mut self, sock: Sock, deaf: bool) -> Got<()> {
        self.begin("deafen")?;
        self.cut(sock.0, deaf)
    }

    fn close(&mut self, sock: Sock) {
        self.now += CALL;
        assert!(self.sockets.is_open(sock.0), "{sock:?} was closed before");
        self.interests.remove(&sock.0);
        let root = self.sockets.root(sock.0);
        if !self.sockets.close_alias(sock.0) {
            self.sockets.close(root, self.now);
        }
    }

    fn set_option(&mut self, sock: Sock, option: &str, value: &str) -> Got<()> {
        self.begin("setsockopt")?;
        let socket = self.sockets.get(sock.0)?;
        if let ("rcvbuf", Ok(room)) = (option, value.parse()) {
            socket.room = room;
        }
        socket.options.insert(option.to_owned(), value.to_owned());
        Ok(())
    }

    fn option(&mut self, sock: Sock, option: &str) -> Got<String> {
        self.begin("getsockopt")?;
        let options = &self.sockets.get(sock.0)?.options;
        let value = options.get(option).cloned();
        let usual = if option == "rto-max" { "120000" } else { "off" };
        Ok(value.unwrap_or_else(|| usual.to_owned()))
    }

    fn take_error(&mut self, sock: Sock) -> Got<Option<Errno>> {
        self.begin("take_error")?;
        Ok(self.sockets.get(sock.0)?.error.take())
    }

    fn local_address(&mut self, sock: Sock) -> Got<Address> {
        let local = self.sockets.get(sock.0)?.local.clone();
        Ok(local.unwrap_or(Address::Unnamed))
    }

    fn peer_address(&mut self, sock: Sock) -> Got<Address> {
        let socket = self.sockets.get(sock.0)?;
        let connected = socket.connected || socket.transport.is_connectionless();
        let peer = socket.peer.clone().filter(|_| connected);
        peer.ok_or(Errno::ENOTCONN)
    }

    fn facts(&mut self, sock: Sock) -> Fact {
        self.sockets.facts(sock.0)
    }

    fn select(&mut self, asked: &[(Subject<'_>, Readiness)]) -> Got<Vec<Readiness>> {
        self.begin("select")?;
        self.answer(asked)
    }

    fn race(&mut self, courses: &[Course]) {
        self.race = Some(questions::race(self.now, courses));
    }

    fn watch(&mut self, sock: Sock, interest: Interest) -> Got<()> {
        self.failure("watch")?;
        if self.moods.strikes(Mood::DeafPoller) {
            return Err(sockets::errno("ENOMEM"));
        }
        if interest == Interest::default() {
            self.interests.remove(&sock.0);
        } else {
            self.interests.insert(sock.0, interest);
        }
        Ok(())
    }

    fn wait(&mut self, timeout: Option<Duration>, wakes: &mut Vec<Wake>) -> Got<()> {
        self.wait_for(timeout, wakes)
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn cpu(&self) -> Duration {
        questions::cpu(self.calls)
    }

    fn wall(&self) -> Duration {
        Duration::from_secs(1_700_000_000_u64.saturating_add_signed(self.wall_off)) + self.now
    }

    fn seed(&mut self) -> u64 {
        42
    }

    fn open_terminal(&mut self, _leave: &'static [u8]) -> Result<(), String> {
        if !self.console.has_terminal {
            return Err("there is no terminal".to_owned());
        }
        self.console.opened = true;
        Ok(())
    }

    fn read_terminal(&mut self, buf: &mut Vec<u8>) -> Got<usize> {
        self.console.read_terminal(buf)
    }

    fn write_terminal(&mut self, bytes: &[u8]) -> Got<usize> {
        self.console.write_terminal(bytes)
    }

    fn watch_terminal(&mut self, write: bool) {
        self.console.watches_terminal = write;
    }

    fn terminal_size(&mut self) -> (u16, u16) {
        self.console.size
    }

    fn raw_terminal(&mut self, raw: bool) {
        self.console.raw = raw;
    }

    fn resolve(&mut self, ticket: u64, host: &str) {
        if let Some(answer) = self.names.get(host) {
            let answer = answer.clone();
            if let Some(at) = self.answered_at() {
                self.answers.push((at, ticket, answer));
            }
        }
    }

    fn abandon(&mut self, ticket: u64) -> bool {
        self.answers.retain(|(_, other, _)| *other != ticket);
        true
    }

    fn read_file(&mut self, path: &str, limit: u64) -> Got<Vec<u8>> {
        self.console.read_file(path, limit)
    }

    fn open(&mut self, path: &str) -> Got<(Box<dyn event::Shelf>, u64)> {
        self.begin("open")?;
        let bytes = self.console.files.get(path).cloned();
        let bytes = bytes.or_else(|| self.shelf.read(path));
        Ok(self.shelf.open(bytes.ok_or(Errno::ENOENT)?))
    }

    fn create(&mut self, path: &str, over: bool) -> Got<Box<dyn Sink>> {
        self.begin("create")?;
        self.shelf.create(path, over)
    }

    fn record(&mut self, path: &str, over: bool) -> Got<Box<dyn Journal>> {
        self.begin("record")?;
        Recorded::at(&self.shelf, path, over)
    }

    fn spill(&mut self) -> Result<Box<dyn Spill>, String> {
        self.begin("spill").map_err(Errno::text)?;
        Ok(Box::new(Memory::default()))
    }

    fn place(&self, place: Place) -> Option<String> {
        Some(format!("/home/{}", place.name()))
    }

    fn lock_kept(&mut self, place: Place) -> Got<Lock> {
        self.begin("lock_kept")?;
        self.shelf.lock(place)
    }

    fn read_kept(&mut self, place: Place, name: &str, limit: u64) -> Got<Vec<u8>> {
        self.begin("read_kept")?;
        self.console.read_kept(place, name, limit)
    }

    fn write_kept(&mut self, place: Place, name: &str, bytes: &[u8]) -> Got<()> {
        self.begin("write_kept")?;
        self.shelf.takes(bytes.len())?;
        self.console.keep(place, name, bytes.to_vec());
        Ok(())
    }

    fn append_kept(&mut self, place: Place, name: &str, bytes: &[u8], anew: bool) -> Got<()> {
        self.begin("append_kept")?;
        self.console.append_kept(place, name, bytes, anew);
        Ok(())
    }

    fn environment(&self, name: &str) -> Option<String> {
        self.console.environment.get(name).cloned()
    }

    fn open_signals(&mut self) -> Got<()> {
        Ok(())
    }

    fn stop_group(&mut self) {}

    fn stop_self(&mut self) {}

    fn socket_limit(&self) -> usize {
        self.limit
    }
}
