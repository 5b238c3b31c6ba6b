//! The seam of [`Program`]: every method counts, may fail, is remembered, and goes on to the simulated kernel. It adds
//! partial reads and writes where the kernel has none: at the terminal and the standard streams. Interruptions of
//! those are repeated beneath the seam, so there are none here.

use std::net::SocketAddr;
use std::time::Duration;

use sockeye::endpoint::{Address, Transport};
use sockeye::event::{Course, Dir, Errno, Fact, Flags, How, Journal, Shelf, Sink, Spill, State};
use sockeye::os::{
    Children, Diag, End, Got, Host, Interest, Lock, Os, Place, Readiness, Received, Sock, Sought,
    Subject, Wake,
};

use super::super::kernel::mood::Mood;
use super::Program;

impl Program {
    pub(super) fn kernel_now(&self) -> Duration {
        self.kernel.now()
    }

    /// A call that the kernel answers as it is.
    pub(super) fn call<T: std::fmt::Debug>(
        &mut self,
        name: &'static str,
        call: impl FnOnce(&mut super::Kernel) -> Got<T>,
    ) -> Got<T> {
        self.begin(name)?;
        let got = call(&mut self.kernel);
        self.note(name, &got);
        got
    }

    /// How much of what is written is taken now; nothing with EAGAIN.
    pub(super) fn share(&mut self, [full, part]: [Mood; 2], len: usize) -> Got<usize> {
        if self.moods.strikes(full) {
            return Err(Errno::EAGAIN);
        }
        Ok(self.moods.part(part, len))
    }

    /// A call on one socket.
    fn on<T: std::fmt::Debug>(
        &mut self,
        sock: Sock,
        name: &'static str,
        call: impl FnOnce(&mut super::Kernel) -> Got<T>,
    ) -> Got<T> {
        let got = self.call(name, call);
        // What says that a connection is broken has broken it, even if it was only said by chance.
        if let Err(errno) = &got
            && matches!(errno.name(), "ECONNRESET" | "ECONNABORTED" | "ETIMEDOUT")
            && matches!(name, "send" | "recv")
        {
            self.kernel.sever(sock);
        }
        if let Some(book) = &self.book {
            book.called(sock, name, got.as_ref().err().copied(), self.kernel.now());
        }
        got
    }
}

impl Children for Program {}

impl Host for Program {
    fn diag(&mut self, local: SocketAddr, peer: SocketAddr) -> Got<Option<Diag>> {
        self.call("diag", |kernel| kernel.diag(local, peer))
    }

    fn diags(&mut self, end: End, port: u16, state: Option<State>) -> Got<Vec<Diag>> {
        self.call("diags", |kernel| kernel.diags(end, port, state))
    }

    fn owner(&mut self, inode: u32) -> Sought {
        self.calls += 1;
        self.kernel.owner(inode)
    }

    fn setting(&mut self, path: &str) -> Option<u64> {
        self.calls += 1;
        self.kernel.setting(path)
    }

    fn addresses(&mut self) -> Vec<std::net::IpAddr> {
        self.kernel.addresses()
    }

    fn hostname(&mut self) -> String {
        self.kernel.hostname()
    }

    fn interface(&mut self, name: &str) -> Option<u32> {
        self.kernel.interface(name)
    }

    fn memory_left(&mut self) -> Option<u64> {
        self.kernel.memory_left()
    }

    fn is_short_of_memory(&self) -> bool {
        self.kernel.is_short_of_memory()
    }
}

impl Os for Program {
    fn socket(&mut self, transport: Transport, v6: bool) -> Got<Sock> {
        self.call("socket", |kernel| kernel.socket(transport, v6))
    }

    fn socketpair(&mut self, transport: Transport) -> Got<(Sock, Sock)> {
        self.call("socketpair", |kernel| kernel.socketpair(transport))
    }

    fn bind(&mut self, sock: Sock, at: &Address) -> Got<()> {
        self.call("bind", |kernel| kernel.bind(sock, at))
    }

    fn listen(&mut self, sock: Sock, backlog: u32) -> Got<()> {
        self.call("listen", |kernel| kernel.listen(sock, backlog))
    }

    fn accept(&mut self, sock: Sock) -> Got<(Sock, Address)> {
        self.on(sock, "accept", |kernel| kernel.accept(sock))
    }

    fn connect(&mut self, sock: Sock, to: &Address) -> Got<()> {
        self.on(sock, "connect", |kernel| kernel.connect(sock, to))
    }

    fn send(&mut self, sock: Sock, bytes: &[u8], flags: Flags, to: Option<&Address>) -> Got<usize> {
        let sent = self.on(sock, "send", |kernel| kernel.send(sock, bytes, flags, to))?;
        self.moves(sock, Dir::Out, &bytes[..sent]);
        Ok(sent)
    }

    fn recv(&mut self, sock: Sock, buf: &mut Vec<u8>, max: usize, flags: Flags) -> Got<Received> {
        let before = buf.len();
        let received = self.on(sock, "recv", |kernel| kernel.recv(sock, buf, max, flags))?;
        assert_eq!(buf.len() - before, received.len);
        if !flags.peek {
            self.moves(sock, Dir::In, &buf[before..]);
        }
        Ok(received)
    }

    fn shutdown(&mut self, sock: Sock, how: How) -> Got<()> {
        self.on(sock, "shutdown", |kernel| kernel.shutdown(sock, how))
    }

    fn dup(&mut self, sock: Sock) -> Got<Sock> {
        self.call("dup", |kernel| kernel.dup(sock))
    }

    fn sign(&mut self, sock: Sock, peer: SocketAddr, key: &[u8]) -> Got<()> {
        self.call("sign", |kernel| kernel.sign(sock, peer, key))
    }

    fn deafen(&mut self, sock: Sock, deaf: bool) -> Got<()> {
        self.call("deafen", |kernel| kernel.deafen(sock, deaf))
    }

    fn close(&mut self, sock: Sock) {
        self.calls += 1;
        self.note("close", &sock);
        if let Some(book) = &self.book {
            book.is_heard(sock);
        }
        self.kernel.close(sock);
    }

    fn set_option(&mut self, sock: Sock, option: &str, value: &str) -> Got<()> {
        self.call("setsockopt", |kernel| {
            kernel.set_option(sock, option, value)
        })
    }

    fn option(&mut self, sock: Sock, option: &str) -> Got<String> {
        self.call("getsockopt", |kernel| kernel.option(sock, option))
    }

    fn take_error(&mut self, sock: Sock) -> Got<Option<Errno>> {
        self.on(sock, "take_error", |kernel| kernel.take_error(sock))
    }

    fn local_address(&mut self, sock: Sock) -> Got<Address> {
        self.call("getsockname", |kernel| kernel.local_address(sock))
    }

    fn peer_address(&mut self, sock: Sock) -> Got<Address> {
        match self.kernel.peer_address(sock) {
            // The peer of a socketpair(2) has no name that could be lost.
            Ok(Address::Unnamed) => Ok(Address::Unnamed),
            _ => self.call("getpeername", |kernel| kernel.peer_address(sock)),
        }
    }

    fn facts(&mut self, sock: Sock) -> Fact {
        self.calls += 1;
        self.kernel.facts(sock)
    }

    fn watch(&mut self, sock: Sock, interest: Interest) -> Got<()> {
        self.note("watch", &(sock, interest));
        if let Some(book) = &self.book {
            book.is_heard(sock);
        }
        self.kernel.watch(sock, interest)
    }

    fn wait(&mut self, timeout: Option<Duration>, wakes: &mut Vec<Wake>) -> Got<()> {
        self.begin("wait")?;
        let now = self.kernel.now();
        self.waits.push((now, timeout));
        let until = timeout.map(|timeout| now + timeout);
        loop {
            self.held(wakes);
            let rest = if wakes.is_empty() {
                self.rest(until)
            } else {
                Some(Duration::ZERO)
            };
            if let Some(stranger) = &mut self.stranger {
                stranger.begin(&mut self.kernel);
            }
            let mut found = Vec::new();
            self.kernel.wait(rest, &mut found)?;
            for wake in found {
                match (&mut self.stranger, &wake) {
                    (Some(stranger), Wake::Socket { sock, .. }) if stranger.owns(*sock) => {
                        stranger.step(&mut self.kernel);
                    }
                    _ => wakes.push(wake),
                }
            }
            if !wakes.is_empty() || until.is_some_and(|until| self.kernel.now() >= until) {
                break;
            }
        }
        if let Some(book) = &self.book {
            let kernel = &self.kernel;
            let is_watched = |sock| kernel.interest(sock) != Interest::default();
            book.told(wakes, is_watched, kernel.watched());
        }
        self.note("wait", &wakes);
        Ok(())
    }

    fn now(&self) -> Duration {
        self.kernel.now()
    }

    fn cpu(&self) -> Duration {
        self.kernel.cpu()
    }

    fn wall(&self) -> Duration {
        self.kernel.wall()
    }

    fn seed(&mut self) -> u64 {
        self.kernel.seed()
    }

    fn open_terminal(&mut self, leave: &'static [u8]) -> Result<(), String> {
        self.begin("open_terminal")
            .map_err(|errno| errno.text().to_owned())?;
        self.kernel.open_terminal(leave)
    }

    fn read_terminal(&mut self, buf: &mut Vec<u8>) -> Got<usize> {
        self.begin("read_terminal")?;
        if self.is_gone() {
            return Ok(0);
        }
        let kernel = &mut self.kernel;
        let more = |bytes: &mut Vec<u8>| kernel.read_terminal(bytes);
        let got = self.typed.read(&self.moods, buf, more);
        self.note("read_terminal", &got);
        got
    }

    fn write_terminal(&mut self, bytes: &[u8]) -> Got<usize> {
        self.begin("write_terminal")?;
        if self.is_gone() {
            return Err(Errno::EIO);
        }
        let share = self.share([Mood::TerminalFull, Mood::PartWritten], bytes.len())?;
        let got = self.kernel.write_terminal(&bytes[..share]);
        self.hash(&bytes[..share]);
        self.note("write_terminal", &got);
        got
    }

    fn watch_terminal(&mut self, write: bool) {
        self.kernel.watch_terminal(write);
    }

    fn terminal_size(&mut self) -> (u16, u16) {
        let size = self.kernel.terminal_size();
        self.sizes.push((self.kernel.screen().len(), size));
        size
    }

    fn raw_terminal(&mut self, raw: bool) {
        self.kernel.raw_terminal(raw);
    }

    fn resolve(&mut self, ticket: u64, host: &str) {
        self.kernel.resolve(ticket, host);
    }

    fn abandon(&mut self, ticket: u64) -> bool {
        self.kernel.abandon(ticket)
    }

    fn select(&mut self, asked: &[(Subject<'_>, Readiness)]) -> Got<Vec<Readiness>> {
        self.call("select", |kernel| kernel.select(asked))
    }

    fn race(&mut self, courses: &[Course]) {
        self.kernel.race(courses);
    }

    fn remove_stale_unix(&mut self, path: &[u8]) -> Got<bool> {
        self.call("remove_stale_unix", |kernel| kernel.remove_stale_unix(path))
    }

    fn remove_bound_unix(&mut self, sock: Sock) -> Got<bool> {
        self.call("remove_bound_unix", |kernel| kernel.remove_bound_unix(sock))
    }

    fn read_file(&mut self, path: &str, limit: u64) -> Got<Vec<u8>> {
        self.call("read_file", |kernel| kernel.read_file(path, limit))
    }

    fn open(&mut self, path: &str) -> Got<(Box<dyn Shelf>, u64)> {
        self.call("open", |kernel| kernel.open(path))
    }

    fn create(&mut self, path: &str, over: bool) -> Got<Box<dyn Sink>> {
        self.call("create", |kernel| kernel.create(path, over))
    }

    fn record(&mut self, path: &str, over: bool) -> Got<Box<dyn Journal>> {
        self.call("record", |kernel| kernel.record(path, over))
    }

    fn spill(&mut self) -> Result<Box<dyn Spill>, String> {
        self.begin("spill")
            .map_err(|errno| errno.text().to_owned())?;
        self.kernel.spill()
    }

    fn place(&self, place: Place) -> Option<String> {
        self.kernel.place(place)
    }

    fn lock_kept(&mut self, place: Place) -> Got<Lock> {
        self.call("lock_kept", |kernel| kernel.lock_kept(place))
    }

    fn read_kept(&mut self, place: Place, name: &str, limit: u64) -> Got<Vec<u8>> {
        self.call("read_kept", |kernel| kernel.read_kept(place, name, limit))
    }

    fn write_kept(&mut self, place: Place, name: &str, bytes: &[u8]) -> Got<()> {
        self.call("write_kept", |kernel| kernel.write_kept(place, name, bytes))
    }

    fn append_kept(&mut self, place: Place, name: &str, bytes: &[u8], anew: bool) -> Got<()> {
        self.call("append_kept", |kernel| {
            kernel.append_kept(place, name, bytes, anew)
        })
    }

    fn environment(&self, name: &str) -> Option<String> {
        let own = (name == "TERM").then(|| "xterm".to_owned());
        own.or_else(|| self.kernel.environment(name))
    }

    fn open_signals(&mut self) -> Got<()> {
        self.call("open_signals", Os::open_signals)
    }

    fn stop_self(&mut self) {
        self.kernel.stop_self();
    }

    fn stop_group(&mut self) {
        self.kernel.stop_group();
    }

    fn socket_limit(&self) -> usize {
        self.kernel.socket_limit()
    }
}
