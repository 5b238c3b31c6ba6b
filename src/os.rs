//! The seam to the system: one trait with one method for each thing that Sockeye asks of it. What passes through it for
//! sockets is what the log records. There are two implementations: [`Real`], and the simulation in `tests/sim/`.
//! Nothing above this file makes a system call, reads a clock or opens a file.

mod child;
mod diag;
mod host;
pub mod lab;
mod memory;
mod place;
mod ready;
pub mod real;
mod streams;
mod wake;

use std::net::SocketAddr;
use std::time::Duration;

use crate::endpoint::{Address, Transport};
use crate::event::{Course, Errno, Fact, Flags, How, Journal, Shelf, Sink, Spill};

pub use child::{Child, ChildSignal, Children};
pub use diag::{Diag, End, Process, Sought};
pub use host::Host;
pub use memory::Memory;
pub use place::{Lock, Place};
pub use ready::{Interest, Readiness, Subject};
pub use real::Real;
pub use streams::Streams;
pub use wake::{Signal, Wake};

/// A socket of this run of the program: a number that grows and is never used again, so that an answer of the poller
/// that is late by a turn cannot reach another socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sock(pub u64);

/// What a call gave: a value, or the errno.
pub type Got<T> = Result<T, Errno>;

/// What `recv` gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// How many bytes were appended; 0 on a stream is the end.
    pub len: usize,
    /// The sender, where the kernel names one.
    pub from: Option<Address>,
    /// The datagram's whole length, when it did not fit and the rest was lost.
    pub cut_from: Option<u64>,
}

/// Everything that Sockeye asks of the system.
pub trait Os: Host + Children + Streams {
    // Sockets. All are non-blocking and closed on exec; every method is one call, section 2 of the manual.

    /// `socket` for that transport; `v6` chooses the family of tcp and udp.
    ///
    /// # Errors
    ///
    /// As socket(2).
    fn socket(&mut self, transport: Transport, v6: bool) -> Got<Sock>;

    /// `socketpair`, for Unix transports.
    ///
    /// # Errors
    ///
    /// As socketpair(2).
    fn socketpair(&mut self, transport: Transport) -> Got<(Sock, Sock)>;

    /// `bind`. A Unix path that is left over from a dead process is not removed: see [`Os::remove_stale_unix`].
    ///
    /// # Errors
    ///
    /// As bind(2).
    fn bind(&mut self, sock: Sock, at: &Address) -> Got<()>;

    /// Removes the path of a Unix socket that is left over from a program that is gone: only a socket (links are not
    /// followed) that belongs to this user and that a connect finds nobody behind. False for everything else.
    ///
    /// # Errors
    ///
    /// As lstat(2) and unlink(2).
    fn remove_stale_unix(&mut self, path: &[u8]) -> Got<bool>;

    /// Removes the path that this Unix socket was bound to, before it is closed; false if it has none, or if the file
    /// there is not the one that `bind` made. At the end of the program this is done for all that are left.
    ///
    /// # Errors
    ///
    /// As lstat(2) and unlink(2).
    fn remove_bound_unix(&mut self, sock: Sock) -> Got<bool>;

    /// `listen`.
    ///
    /// # Errors
    ///
    /// As listen(2).
    fn listen(&mut self, sock: Sock, backlog: u32) -> Got<()>;

    /// `accept`, with the address that the call itself tells: a peer that is gone has no other.
    ///
    /// # Errors
    ///
    /// As accept(2).
    fn accept(&mut self, sock: Sock) -> Got<(Sock, Address)>;

    /// `connect`; `EINPROGRESS` is an error as any other here.
    ///
    /// # Errors
    ///
    /// As connect(2).
    fn connect(&mut self, sock: Sock, to: &Address) -> Got<()>;

    /// `send`, or `sendto` with an address; SIGPIPE is never raised.
    ///
    /// # Errors
    ///
    /// As send(2).
    fn send(&mut self, sock: Sock, bytes: &[u8], flags: Flags, to: Option<&Address>) -> Got<usize>;

    /// `recv` of at most `max` bytes, appended to `buf`, whose spare capacity must hold them.
    ///
    /// # Errors
    ///
    /// As recv(2).
    fn recv(&mut self, sock: Sock, buf: &mut Vec<u8>, max: usize, flags: Flags) -> Got<Received>;

    /// `shutdown`.
    ///
    /// # Errors
    ///
    /// As shutdown(2).
    fn shutdown(&mut self, sock: Sock, how: How) -> Got<()>;

    /// `dup`: another descriptor of the same socket; the connection ends with the last of them.
    ///
    /// # Errors
    ///
    /// As dup(2).
    fn dup(&mut self, sock: Sock) -> Got<Sock>;

    /// `setsockopt(TCP_MD5SIG)`: segments to and from that peer carry a signature by this key; an empty key ends it.
    /// The unspecified address means every peer.
    ///
    /// # Errors
    ///
    /// As setsockopt(2); `ENOPROTOOPT` where the system lacks it.
    fn sign(&mut self, sock: Sock, peer: SocketAddr, key: &[u8]) -> Got<()>;

    /// `setsockopt(SO_ATTACH_FILTER)` with a filter that drops whatever comes, or `SO_DETACH_FILTER`.
    ///
    /// # Errors
    ///
    /// As setsockopt(2); `ENOPROTOOPT` where the system lacks it.
    fn deafen(&mut self, sock: Sock, deaf: bool) -> Got<()>;

    /// `close`: the poller forgets the socket before.
    fn close(&mut self, sock: Sock);

    /// `setsockopt` by the option's name and words (`event::OPTIONS` has them).
    ///
    /// # Errors
    ///
    /// As setsockopt(2); `ENOPROTOOPT` for an option that this system lacks.
    fn set_option(&mut self, sock: Sock, option: &str, value: &str) -> Got<()>;

    /// The effective value, as the kernel tells it.
    ///
    /// # Errors
    ///
    /// As getsockopt(2); `ENOPROTOOPT` for an option that cannot be asked.
    fn option(&mut self, sock: Sock, option: &str) -> Got<String>;

    /// `getsockopt(SO_ERROR)`: what went wrong, told once.
    ///
    /// # Errors
    ///
    /// As getsockopt(2).
    fn take_error(&mut self, sock: Sock) -> Got<Option<Errno>>;

    /// `getsockname`.
    ///
    /// # Errors
    ///
    /// As getsockname(2).
    fn local_address(&mut self, sock: Sock) -> Got<Address>;

    /// `getpeername`.
    ///
    /// # Errors
    ///
    /// As getpeername(2).
    fn peer_address(&mut self, sock: Sock) -> Got<Address>;

    /// The kernel's numbers of a socket (tcp(7), `TCP_INFO`; `SIOCINQ`, `SIOCOUTQ`, `SIOCOUTQNSD`).
    fn facts(&mut self, sock: Sock) -> Fact;

    /// `select` without waiting: of each the part that is so now.
    ///
    /// # Errors
    ///
    /// As select(2), `EBADF` for what is closed; of a file as open(2), and `EINVAL` for one that is not regular.
    fn select(&mut self, asked: &[(Subject<'_>, Readiness)]) -> Got<Vec<Readiness>>;

    /// Lets two threads send bytes back and forth over each of these; [`Wake::Raced`] tells how long that took.
    fn race(&mut self, courses: &[Course]);

    // The poller.

    /// What the poller shall tell of this socket from now on, level-triggered.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`, `ENOMEM` and `ENOSPC` above all; it tells then what it told before.
    fn watch(&mut self, sock: Sock, interest: Interest) -> Got<()>;

    /// Waits until something can be done or the timeout is over (`None`: without end), and appends what ended it.
    ///
    /// # Errors
    ///
    /// As `epoll_wait(2)`; interruptions are waited through.
    fn wait(&mut self, timeout: Option<Duration>, wakes: &mut Vec<Wake>) -> Got<()>;

    // Clock and chance.

    /// Monotonic time since the program began.
    fn now(&self) -> Duration;

    /// Processor time that this process took so far (`clock_gettime(2)`).
    fn cpu(&self) -> Duration;

    /// Wall time since 1970, UTC: a label, never compared.
    fn wall(&self) -> Duration;

    /// A number that nobody can guess.
    fn seed(&mut self) -> u64;

    // The terminal. Interruptions never pass the seam here: a read or write that a signal ended is made again.

    /// Opens the terminal and watches it for input. `leave` are the bytes that give the screen back.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    fn open_terminal(&mut self, leave: &'static [u8]) -> Result<(), String>;

    /// Appends what was typed; 0 and errors other than `EAGAIN` say that the terminal is gone.
    ///
    /// # Errors
    ///
    /// As read(2).
    fn read_terminal(&mut self, buf: &mut Vec<u8>) -> Got<usize>;

    /// Writes without waiting.
    ///
    /// # Errors
    ///
    /// As write(2).
    fn write_terminal(&mut self, bytes: &[u8]) -> Got<usize>;

    /// Whether the poller shall tell when the terminal has room.
    fn watch_terminal(&mut self, write: bool);

    /// Columns and rows, at most 1000 × 500.
    fn terminal_size(&mut self) -> (u16, u16);

    /// Raw mode on or off. On: the way back is remembered for every way out, panics and fatal signals included. Off: it
    /// ends no wait.
    fn raw_terminal(&mut self, raw: bool);

    // Names, files, signals.

    /// Looks a host's name up on the helper thread; [`Wake::Named`] brings the answer.
    fn resolve(&mut self, ticket: u64, host: &str);

    /// Gives a look-up up: its answer will not come, and a fresh thread takes the queue. False when that many were
    /// given up already (4) that no further thread is started.
    fn abandon(&mut self, ticket: u64) -> bool;

    /// Reads a whole file of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// As open(2) and read(2); `EFBIG` past the limit.
    fn read_file(&mut self, path: &str, limit: u64) -> Got<Vec<u8>>;

    /// A regular file to be read where and when somebody wants, a link followed; and how long it is now.
    ///
    /// # Errors
    ///
    /// As open(2); `EISDIR`, and `EINVAL` for what is no file.
    fn open(&mut self, path: &str) -> Got<(Box<dyn Shelf>, u64)>;

    /// A new file, mode 0600, that is left only if it is kept. No link is followed; `over` replaces a plain file, in
    /// the end and at once.
    ///
    /// # Errors
    ///
    /// As open(2): `EEXIST` without `over`; with it `ELOOP` for a link, `EISDIR`, and `EINVAL` for what is no file.
    fn create(&mut self, path: &str, over: bool) -> Got<Box<dyn Sink>>;

    /// A new file to record into, mode 0600, that nobody else records into. It grows under its own name from the start;
    /// `over` puts it in the place of a plain file at once, whose readers keep what they have. No link is followed.
    ///
    /// # Errors
    ///
    /// As [`Os::create`]; `EWOULDBLOCK` where another program records into the file.
    fn record(&mut self, path: &str, over: bool) -> Got<Box<dyn Journal>>;

    /// An unnamed file for what does not fit into memory, in the state directory.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    fn spill(&mut self) -> Result<Box<dyn Spill>, String>;

    /// A directory of Sockeye's own; none where the environment names none. It need not be there yet.
    fn place(&self, place: Place) -> Option<String>;

    /// Keeps other Sockeyes from changing files of ours in a place between a read and a write. A file system that knows
    /// no locks is no reason to refuse.
    ///
    /// # Errors
    ///
    /// As mkdir(2), open(2) and flock(2): `EAGAIN` once another one has held it for longer than a write takes.
    fn lock_kept(&mut self, place: Place) -> Got<Lock>;

    /// Reads a file of ours whole, of at most `limit` bytes. In [`Place::Config`] it may be a link.
    ///
    /// # Errors
    ///
    /// As open(2) and read(2): `ENOENT` where it was never written, `ELOOP` for a link, `EFBIG` past the limit.
    fn read_kept(&mut self, place: Place, name: &str, limit: u64) -> Got<Vec<u8>>;

    /// Puts these bytes in the place of a file of ours, all of them or none: who reads meanwhile gets the old ones. The
    /// directory is made if it is not there. Only this user may read it, and no link is followed.
    ///
    /// # Errors
    ///
    /// As mkdir(2), open(2), write(2) and rename(2).
    fn write_kept(&mut self, place: Place, name: &str, bytes: &[u8]) -> Got<()>;

    /// Adds bytes to the end of a file of ours, which begins `anew` with them if told. Otherwise as
    /// [`Os::write_kept`].
    ///
    /// # Errors
    ///
    /// As mkdir(2), open(2) and write(2).
    fn append_kept(&mut self, place: Place, name: &str, bytes: &[u8], anew: bool) -> Got<()>;

    /// The value of an environment variable.
    fn environment(&self, name: &str) -> Option<String>;

    /// Watches for signals from now on.
    ///
    /// # Errors
    ///
    /// As sigaction(2).
    fn open_signals(&mut self) -> Got<()>;

    /// Stops this process as `SIGTSTP` would by default; returns when it is continued.
    fn stop_self(&mut self);

    /// Sends `SIGTSTP` to our process group, as the terminal does for ^Z in its usual mode: a program that started us
    /// stops too.
    fn stop_group(&mut self);

    /// How many sockets may be open at once.
    fn socket_limit(&self) -> usize;
}
