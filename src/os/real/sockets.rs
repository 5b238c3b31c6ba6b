//! The sockets of a run and the calls on them: each method is one system call, and its error the kernel's. No call is
//! repeated here but one that a signal interrupted, and no byte is looked at.

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use polling::Poller;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use socket2::Socket;

#[cfg(target_os = "linux")]
use super::cable;
use super::facts::Begun;
use super::paths::Bound;
use super::poller::{FIRST_SOCKET, Watched};
use super::{address, errno, facts, options};
use crate::endpoint::{Address, Transport};
use crate::event::{Errno, Fact, Flags, How};
use crate::os::{Got, Interest, Received, Sock};

/// All sockets that are open.
#[derive(Debug)]
pub(super) struct Sockets {
    poller: Arc<Poller>,
    open: HashMap<u64, Open>,
    /// The number of the next one; none is used twice.
    next: u64,
}

#[derive(Debug)]
struct Open {
    watched: Watched<Socket>,
    transport: Transport,
    begun: Begun,
    /// The path that it made.
    bound: Option<Box<Bound>>,
}

impl Sockets {
    pub(super) fn new(poller: &Arc<Poller>) -> Self {
        Self {
            poller: Arc::clone(poller),
            open: HashMap::new(),
            next: 0,
        }
    }

    pub(super) fn socket(&mut self, transport: Transport, v6: bool) -> Got<Sock> {
        let (family, kind) = family_and_kind(transport, v6);
        let made = create(family, kind).map_err(errno::of_io)?;
        Ok(self.keep(made, transport, Begun::Nothing))
    }

    pub(super) fn socketpair(&mut self, transport: Transport) -> Got<(Sock, Sock)> {
        let (family, kind) = family_and_kind(transport, false);
        let (one, other) = create_pair(family, kind).map_err(errno::of_io)?;
        Ok((
            self.keep(one, transport, Begun::Connection),
            self.keep(other, transport, Begun::Connection),
        ))
    }

    pub(super) fn bind(&mut self, sock: Sock, at: &Address) -> Got<()> {
        let open = self.open.get_mut(&sock.0).ok_or(Errno::EBADF)?;
        let kernel_at = address::to_kernel(at)?;
        open.watched
            .source()
            .bind(&kernel_at)
            .map_err(errno::of_io)?;
        if let Address::Path(path) = at {
            open.bound = Bound::at(path).map(Box::new);
        }
        Ok(())
    }

    pub(super) fn remove_bound(&mut self, sock: Sock) -> Got<bool> {
        let open = self.open.get_mut(&sock.0).ok_or(Errno::EBADF)?;
        let bound = open.bound.take();
        bound.map_or(Ok(false), |bound| bound.remove().map_err(errno::of_io))
    }

    pub(super) fn listen(&mut self, sock: Sock, backlog: u32) -> Got<()> {
        let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
        let open = self.open.get_mut(&sock.0).ok_or(Errno::EBADF)?;
        open.watched
            .source()
            .listen(backlog)
            .map_err(errno::of_io)?;
        open.begun = Begun::Listening;
        Ok(())
    }

    pub(super) fn accept(&mut self, sock: Sock) -> Got<(Sock, Address)> {
        let open = self.open.get(&sock.0).ok_or(Errno::EBADF)?;
        let transport = open.transport;
        let (made, from) = retry(|| accept(open.watched.source())).map_err(errno::of_io)?;
        let from = address::of(&from).unwrap_or(Address::Unnamed);
        Ok((self.keep(made, transport, Begun::Connection), from))
    }

    pub(super) fn connect(&mut self, sock: Sock, to: &Address) -> Got<()> {
        let to = address::to_kernel(to)?;
        let open = self.open.get_mut(&sock.0).ok_or(Errno::EBADF)?;
        open.begun = Begun::Connection;
        match open.watched.source().connect(&to).map_err(errno::of_io) {
            // connect(2): a signal does not undo the attempt, which goes on by itself.
            Err(Errno::EINTR) => Err(Errno::EINPROGRESS),
            result => result,
        }
    }

    pub(super) fn send(
        &mut self,
        sock: Sock,
        bytes: &[u8],
        flags: Flags,
        to: Option<&Address>,
    ) -> Got<usize> {
        let to = to.map(address::to_kernel).transpose()?;
        let socket = self.get(sock)?;
        let flags = flags_to_send(flags).bits().cast_signed();
        let sent = retry(|| match &to {
            Some(to) => socket.send_to_with_flags(bytes, to, flags),
            None => socket.send_with_flags(bytes, flags),
        });
        sent.map_err(errno::of_io)
    }

    pub(super) fn recv(
        &mut self,
        sock: Sock,
        buf: &mut Vec<u8>,
        max: usize,
        flags: Flags,
    ) -> Got<Received> {
        let open = self.open.get(&sock.0).ok_or(Errno::EBADF)?;
        let flags = flags_to_recv(flags, open.transport);
        let received = retry(|| receive(open, buf, max, flags));
        received.map_err(errno::of_io)
    }

    pub(super) fn shutdown(&mut self, sock: Sock, how: How) -> Got<()> {
        let how = match how {
            How::Read => Shutdown::Read,
            How::Write => Shutdown::Write,
            How::Both => Shutdown::Both,
        };
        self.get(sock)?.shutdown(how).map_err(errno::of_io)
    }

    /// A path that was made for it stays with the first descriptor.
    pub(super) fn dup(&mut self, sock: Sock) -> Got<Sock> {
        let open = self.open.get(&sock.0).ok_or(Errno::EBADF)?;
        let (transport, begun) = (open.transport, open.begun);
        // `F_DUPFD_CLOEXEC`: the flags of the socket itself are those of both.
        let made = open.watched.source().try_clone().map_err(errno::of_io)?;
        Ok(self.keep(made, transport, begun))
    }

    #[cfg(target_os = "linux")]
    pub(super) fn sign(&self, sock: Sock, peer: SocketAddr, key: &[u8]) -> Got<()> {
        cable::sign(self.get(sock)?, peer, key).map_err(errno::of_io)
    }

    #[cfg(target_os = "linux")]
    pub(super) fn deafen(&self, sock: Sock, deaf: bool) -> Got<()> {
        cable::deafen(self.get(sock)?, deaf).map_err(errno::of_io)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn sign(&self, sock: Sock, _: SocketAddr, _: &[u8]) -> Got<()> {
        self.get(sock)?;
        Err(Errno::ENOPROTOOPT)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn deafen(&self, sock: Sock, _: bool) -> Got<()> {
        self.get(sock)?;
        Err(Errno::ENOPROTOOPT)
    }

    pub(super) fn close(&mut self, sock: Sock) {
        self.open.remove(&sock.0);
    }

    pub(super) fn set_option(&mut self, sock: Sock, option: &str, value: &str) -> Got<()> {
        options::set(self.get(sock)?, option, value).map_err(errno::of_io)
    }

    pub(super) fn option(&mut self, sock: Sock, option: &str) -> Got<String> {
        options::get(self.get(sock)?, option).map_err(errno::of_io)
    }

    pub(super) fn take_error(&mut self, sock: Sock) -> Got<Option<Errno>> {
        let error = self.get(sock)?.take_error().map_err(errno::of_io)?;
        Ok(error.map(errno::of_io))
    }

    pub(super) fn local_address(&self, sock: Sock) -> Got<Address> {
        let addr = self.get(sock)?.local_addr().map_err(errno::of_io)?;
        Ok(address::of(&addr).unwrap_or(Address::Unnamed))
    }

    pub(super) fn peer_address(&self, sock: Sock) -> Got<Address> {
        let addr = self.get(sock)?.peer_addr().map_err(errno::of_io)?;
        Ok(address::of(&addr).unwrap_or(Address::Unnamed))
    }

    pub(super) fn facts(&self, sock: Sock) -> Fact {
        self.open.get(&sock.0).map_or_else(Fact::default, |open| {
            facts::of(open.watched.source(), open.transport, open.begun)
        })
    }

    pub(super) fn watch(&mut self, sock: Sock, interest: Interest) -> Got<()> {
        let open = self.open.get_mut(&sock.0).ok_or(Errno::EBADF)?;
        open.watched.watch(interest).map_err(errno::of_io)
    }

    /// The descriptor of a socket, to be asked.
    pub(super) fn source(&self, sock: Sock) -> Got<&Socket> {
        self.get(sock)
    }

    /// The socket of a poller's key; none for an event that is late.
    pub(super) fn of_key(&self, key: usize) -> Option<Sock> {
        let number = u64::try_from(key.checked_sub(FIRST_SOCKET)?).ok()?;
        self.open.contains_key(&number).then_some(Sock(number))
    }

    fn keep(&mut self, socket: Socket, transport: Transport, begun: Begun) -> Sock {
        let number = self.next;
        self.next += 1;
        let key = usize::try_from(number).unwrap_or(usize::MAX);
        let watched = Watched::new(&self.poller, socket, key.saturating_add(FIRST_SOCKET));
        let open = Open {
            watched,
            transport,
            begun,
            bound: None,
        };
        self.open.insert(number, open);
        Sock(number)
    }

    fn get(&self, sock: Sock) -> Got<&Socket> {
        let open = self.open.get(&sock.0).ok_or(Errno::EBADF)?;
        Ok(open.watched.source())
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        for open in self.open.values_mut() {
            if let Some(bound) = open.bound.take() {
                // Nobody is left to be told of a failure.
                let _ = bound.remove();
            }
        }
    }
}

/// One `recv` or `recvfrom` into spare capacity, which nobody zeroes before.
#[expect(
    unsafe_code,
    reason = "rustix takes all of a vector's spare capacity or none"
)]
fn receive(open: &Open, buf: &mut Vec<u8>, max: usize, flags: RecvFlags) -> io::Result<Received> {
    let spare = buf.spare_capacity_mut();
    let room = spare.len().min(max);
    let spare = spare.get_mut(..room).unwrap_or_default();
    let socket = open.watched.source();
    let (real, from) = if open.transport.is_connectionless() {
        let flags = flags.bits().cast_signed();
        let (real, from) = socket.recv_from_with_flags(spare, flags)?;
        (real, address::of(&from))
    } else {
        let (_, real) = rustix::net::recv(socket, spare, flags)?;
        (real, None)
    };
    let len = real.min(room);
    // SAFETY: the kernel wrote `len` bytes, no more than fit, right behind the vector's length.
    unsafe { buf.set_len(buf.len() + len) };
    Ok(Received {
        len,
        from,
        cut_from: (real > room).then_some(real as u64),
    })
}

fn family_and_kind(transport: Transport, v6: bool) -> (AddressFamily, SocketType) {
    let inet = if v6 {
        AddressFamily::INET6
    } else {
        AddressFamily::INET
    };
    match transport {
        Transport::Tcp => (inet, SocketType::STREAM),
        Transport::Udp => (inet, SocketType::DGRAM),
        Transport::UnixStream => (AddressFamily::UNIX, SocketType::STREAM),
        Transport::UnixDgram => (AddressFamily::UNIX, SocketType::DGRAM),
        Transport::UnixSeqpacket => (AddressFamily::UNIX, SocketType::SEQPACKET),
    }
}

fn flags_to_send(flags: Flags) -> SendFlags {
    #[cfg(target_os = "linux")]
    let (nosignal, more) = (SendFlags::NOSIGNAL, SendFlags::MORE);
    // The standard library ignores SIGPIPE at the start of every program.
    #[cfg(not(target_os = "linux"))]
    let (nosignal, more) = (SendFlags::empty(), SendFlags::empty());
    let mut all = nosignal;
    all.set(SendFlags::OOB, flags.oob);
    if flags.more {
        all |= more;
    }
    all
}

fn flags_to_recv(flags: Flags, transport: Transport) -> RecvFlags {
    let mut all = RecvFlags::empty();
    all.set(RecvFlags::OOB, flags.oob);
    all.set(RecvFlags::PEEK, flags.peek);
    all.set(RecvFlags::WAITALL, flags.waitall);
    // With it Linux tells a datagram's real length; on a stream it would throw the bytes away (tcp(7)).
    if cfg!(target_os = "linux") && transport.keeps_boundaries() {
        all |= RecvFlags::TRUNC;
    }
    all
}

#[cfg(target_os = "linux")]
pub(super) fn create(family: AddressFamily, kind: SocketType) -> io::Result<Socket> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let made: OwnedFd = rustix::net::socket_with(family, kind, flags, None)?;
    Ok(made.into())
}

#[cfg(target_os = "linux")]
fn create_pair(family: AddressFamily, kind: SocketType) -> io::Result<(Socket, Socket)> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let (one, other) = rustix::net::socketpair(family, kind, flags, None)?;
    Ok((one.into(), other.into()))
}

#[cfg(target_os = "linux")]
fn accept(listener: &Socket) -> io::Result<(Socket, socket2::SockAddr)> {
    listener.accept4(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn create(family: AddressFamily, kind: SocketType) -> io::Result<Socket> {
    prepare(rustix::net::socket(family, kind, None)?)
}

#[cfg(not(target_os = "linux"))]
fn create_pair(family: AddressFamily, kind: SocketType) -> io::Result<(Socket, Socket)> {
    let (one, other) = rustix::net::socketpair(family, kind, SocketFlags::empty(), None)?;
    Ok((prepare(one)?, prepare(other)?))
}

#[cfg(not(target_os = "linux"))]
fn accept(listener: &Socket) -> io::Result<(Socket, socket2::SockAddr)> {
    let (made, from) = listener.accept()?;
    made.set_nonblocking(true)?;
    Ok((made, from))
}

/// What other systems have no flags of socket(2) for.
#[cfg(not(target_os = "linux"))]
fn prepare(made: OwnedFd) -> io::Result<Socket> {
    let made = Socket::from(made);
    made.set_cloexec(true)?;
    made.set_nonblocking(true)?;
    Ok(made)
}

/// The call until no signal interrupts it. (A non-blocking call cannot be interrupted, but FAULTS.md, 10, does so.)
fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
