//! The calls of a server, each made and told: one that would wait is told before, as one that blocks.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType};
use socket2::{Domain, Socket, Type};

use super::teller::{LISTENER, Teller};
use super::{RECV_BYTES, is_passing};
use crate::endpoint::{Address, Transport};
use crate::event::{
    BACKLOG, Call, ConnId, Dir, Errno, Flags, How, Moved, Outcome, Role, Syscall, What,
};
use crate::os::real::{address, errno};

/// A socket that others come to.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) socket: Socket,
    transport: Transport,
}

/// A client.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: ConnId,
    pub(super) socket: Socket,
    /// How many bytes came and went.
    moved: [u64; 2],
}

/// What may be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Bytes,
    Room,
}

impl Listener {
    /// `socket`, `bind`, `listen`.
    pub(super) fn open(teller: &Teller, transport: Transport, at: &Address) -> io::Result<Self> {
        let what = What::Opened {
            name: None,
            role: Role::Listener,
            transport,
            parent: None,
        };
        teller.tell(teller.conn(), what);
        let opened = Self::make(teller, transport, at);
        match &opened {
            Ok(listener) => {
                let local = local(&listener.socket);
                teller.tell(LISTENER, What::Addressed { local, peer: None });
            }
            Err(_) => teller.tell(LISTENER, What::Gone),
        }
        opened
    }

    fn make(teller: &Teller, transport: Transport, at: &Address) -> io::Result<Self> {
        let (family, kind) = match (transport, at) {
            (Transport::UnixSeqpacket, _) => (AddressFamily::UNIX, SocketType::SEQPACKET),
            (_, Address::Inet(at)) if at.is_ipv4() => (AddressFamily::INET, SocketType::STREAM),
            (_, Address::Inet(_)) => (AddressFamily::INET6, SocketType::STREAM),
            _ => (AddressFamily::UNIX, SocketType::STREAM),
        };
        let (domain, kind) = (i32::from(family.as_raw()), kind.as_raw().cast_signed());
        let plain = |syscall, call: &mut dyn FnMut() -> io::Result<()>| {
            let start = teller.now();
            let got = call();
            tell_plain(teller, LISTENER, start, syscall, &got);
            got
        };
        let mut made = None;
        plain(Syscall::Socket(transport), &mut || {
            made = Some(Socket::new(Domain::from(domain), Type::from(kind), None)?);
            Ok(())
        })?;
        let socket = made.ok_or(io::ErrorKind::NotFound)?;
        if !transport.is_unix() {
            let (name, value) = ("reuseaddr".to_owned(), "on".to_owned());
            plain(Syscall::SetOption { name, value }, &mut || {
                socket.set_reuse_address(true)
            })?;
        }
        let kernel_at =
            address::to_kernel(at).map_err(|errno| io::Error::from_raw_os_error(errno.0))?;
        plain(Syscall::Bind(at.clone()), &mut || socket.bind(&kernel_at))?;
        let backlog = i32::try_from(BACKLOG).unwrap_or(i32::MAX);
        plain(Syscall::Listen { backlog: BACKLOG }, &mut || {
            socket.listen(backlog)
        })?;
        Ok(Self { socket, transport })
    }

    /// `accept`, which blocks while nobody comes.
    pub(super) fn accept(&self, teller: &Teller) -> io::Result<Client> {
        loop {
            let wait = Wait::begin(teller, LISTENER, &self.socket, For::Bytes, || {
                Syscall::Accept
            });
            let start = teller.now();
            let got = self.socket.accept();
            let outcome = match &got {
                Ok((_, from)) => Outcome::Accepted {
                    conn: teller.conn(),
                    peer: address::of(from).unwrap_or(Address::Unnamed),
                },
                Err(error) => failed(error),
            };
            let call = Call::new(Syscall::Accept, outcome.clone(), Duration::ZERO);
            wait.end(teller, start, call, &[]);
            let (socket, id, peer) = match (got, outcome) {
                (Ok((socket, _)), Outcome::Accepted { conn, peer }) => (socket, conn, peer),
                (Err(error), _) if is_passing(&error) => continue,
                (Err(error), _) => return Err(error),
                (Ok(_), _) => return Err(io::ErrorKind::Other.into()),
            };
            let opened = What::Opened {
                name: None,
                role: Role::Accepted,
                transport: self.transport,
                parent: Some(LISTENER),
            };
            teller.tell(id, opened);
            let local = local(&socket);
            let peer = Some(peer);
            teller.tell(id, What::Addressed { local, peer });
            return Ok(Client {
                id,
                socket,
                moved: [0; 2],
            });
        }
    }
}

impl Client {
    /// `recv`, which blocks while nothing comes; nothing at the end.
    pub(super) fn recv(&mut self, teller: &Teller) -> io::Result<Vec<u8>> {
        let syscall = || Syscall::Recv {
            max: RECV_BYTES as u64,
            flags: Flags::default(),
        };
        let wait = Wait::begin(teller, self.id, &self.socket, For::Bytes, syscall);
        let (start, mut bytes) = (teller.now(), vec![0; RECV_BYTES]);
        let got =
            retry_on_intr(|| rustix::net::recv(&self.socket, &mut bytes[..], RecvFlags::empty()));
        let got = got.map_err(io::Error::from).map(|(len, _)| len);
        bytes.truncate(*got.as_ref().unwrap_or(&0));
        let outcome = match &got {
            Ok(len) => Outcome::Received {
                len: *len as u64,
                from: None,
                cut_from: None,
            },
            Err(error) => failed(error),
        };
        let mut call = Call::new(syscall(), outcome, Duration::ZERO);
        call.moved = self.move_on(Dir::In, bytes.len());
        wait.end(teller, start, call, &bytes);
        if bytes.is_empty() {
            let cause = got.as_ref().err().map(errno_of);
            teller.tell(
                self.id,
                What::Ended {
                    dir: Dir::In,
                    cause,
                },
            );
        }
        got.map(|_| bytes)
    }

    /// `send`, which blocks while there is no room; how much it took.
    pub(super) fn send(&mut self, teller: &Teller, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len() as u64;
        let syscall = || Syscall::Send {
            len,
            flags: Flags::default(),
            to: None,
        };
        let wait = Wait::begin(teller, self.id, &self.socket, For::Room, syscall);
        let start = teller.now();
        let got = retry_on_intr(|| rustix::net::send(&self.socket, bytes, SendFlags::empty()));
        let got = got.map_err(io::Error::from);
        let taken = *got.as_ref().unwrap_or(&0);
        let outcome = match &got {
            Ok(taken) => Outcome::Returned(i64::try_from(*taken).unwrap_or(i64::MAX)),
            Err(error) => failed(error),
        };
        let mut call = Call::new(syscall(), outcome, Duration::ZERO);
        call.moved = self.move_on(Dir::Out, taken);
        wait.end(teller, start, call, bytes.get(..taken).unwrap_or_default());
        if let Err(error) = &got {
            let cause = Some(errno_of(error));
            teller.tell(
                self.id,
                What::Ended {
                    dir: Dir::Out,
                    cause,
                },
            );
        }
        got
    }

    /// Sends all of it.
    pub(super) fn send_all(&mut self, teller: &Teller, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let taken = self.send(teller, bytes)?;
            bytes = bytes.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    /// Sends back what comes, until nothing more does.
    pub(super) fn echo(&mut self, teller: &Teller) {
        while let Ok(bytes) = self.recv(teller)
            && !bytes.is_empty()
            && self.send_all(teller, &bytes).is_ok()
        {}
    }

    /// `close`, where nobody else has the socket.
    pub(super) fn close(self, teller: &Teller) {
        let id = self.id;
        self.leave(teller);
        teller.tell(id, What::Gone);
    }

    /// `close` of a descriptor, while another process has the socket too.
    pub(super) fn leave(self, teller: &Teller) {
        let (start, id) = (teller.now(), self.id);
        drop(self.socket);
        tell_plain(teller, id, start, Syscall::Close, &Ok(()));
    }

    /// How far a direction is, after `len` bytes more.
    fn move_on(&mut self, dir: Dir, len: usize) -> Option<Moved> {
        let moved = self.moved.get_mut(dir.index())?;
        let start = *moved;
        *moved += len as u64;
        let range = start..*moved;
        (len > 0).then_some(Moved { dir, range })
    }
}

/// `shutdown` of both directions.
pub(super) fn shutdown(teller: &Teller, conn: ConnId, socket: &Socket) {
    let start = teller.now();
    let got = socket.shutdown(std::net::Shutdown::Both);
    tell_plain(teller, conn, start, Syscall::Shutdown(How::Both), &got);
}

/// Tells a call that returns nothing but success.
pub(super) fn tell_plain(
    teller: &Teller,
    conn: ConnId,
    start: Duration,
    syscall: Syscall,
    got: &io::Result<()>,
) {
    let outcome = match got {
        Ok(()) => Outcome::Returned(0),
        Err(error) => failed(error),
    };
    teller.call(
        start,
        conn,
        Call::new(syscall, outcome, Duration::ZERO),
        &[],
    );
}

/// A call that may have to wait.
struct Wait {
    conn: ConnId,
    since: Option<Duration>,
}

impl Wait {
    /// Tells a call that will block.
    fn begin(
        teller: &Teller,
        conn: ConnId,
        socket: &Socket,
        what: For,
        syscall: impl Fn() -> Syscall,
    ) -> Self {
        let flags = match what {
            For::Bytes => PollFlags::IN,
            For::Room => PollFlags::OUT,
        };
        let mut asked = [PollFd::new(socket, flags)];
        let ready = poll(&mut asked, Some(&Timespec::default()));
        let since = (ready == Ok(0)).then(|| {
            let mut call = Call::new(syscall(), Outcome::Blocked, Duration::ZERO);
            call.pending = Some(pending(conn));
            let now = teller.now();
            teller.call(now, conn, call, &[]);
            now
        });
        Self { conn, since }
    }

    /// Tells what came of it.
    fn end(self, teller: &Teller, start: Duration, mut call: Call, bytes: &[u8]) {
        if let Some(since) = self.since {
            call.pending = Some(pending(self.conn));
            call.blocked = Some(teller.now().saturating_sub(since));
        }
        teller.call(start, self.conn, call, bytes);
    }
}

/// A server waits in one call of a socket at a time: the socket's number tells them apart.
pub(super) fn pending(conn: ConnId) -> u32 {
    conn.0 + 1
}

fn failed(error: &io::Error) -> Outcome {
    Outcome::Failed(errno_of(error))
}

pub(super) fn errno_of(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, |raw| {
        errno::of_io(io::Error::from_raw_os_error(raw))
    })
}

fn local(socket: &Socket) -> Option<Address> {
    socket.local_addr().ok().as_ref().and_then(address::of)
}
