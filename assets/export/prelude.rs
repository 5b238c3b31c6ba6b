// What the session above is written with: the crate `socket2` as far as it is needed, over the C library of Linux, and
// reading until enough came, sending without getting stuck, comparing.

#[cfg(not(target_os = "linux"))]
compile_error!("the numbers of options and errors are those of Linux");

/// How long anything is waited for, in milliseconds.
const PATIENCE: c_int = 60_000;

const SOL_SOCKET: c_int = 1;
const IPPROTO_IP: c_int = 0;
const IPPROTO_TCP: c_int = 6;
const IPPROTO_IPV6: c_int = 41;
const MSG_OOB: c_int = 1;
const MSG_PEEK: c_int = 2;
const MSG_DONTWAIT: c_int = 0x40;
const MSG_WAITALL: c_int = 0x100;
const MSG_MORE: c_int = 0x8000;
const POLLIN: c_short = 1;
const POLLPRI: c_short = 2;
const POLLOUT: c_short = 4;
const EAGAIN: i32 = 11;

mod sys {
    use super::{c_int, c_short, c_ulong, c_void};

    #[repr(C)]
    pub struct PollFd {
        pub fd: c_int,
        pub events: c_short,
        pub revents: c_short,
    }

    unsafe extern "C" {
        pub fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int;
        pub fn socketpair(domain: c_int, kind: c_int, protocol: c_int, pair: *mut c_int) -> c_int;
        pub fn bind(fd: c_int, address: *const c_void, length: u32) -> c_int;
        pub fn listen(fd: c_int, backlog: c_int) -> c_int;
        pub fn accept(fd: c_int, address: *mut c_void, length: *mut u32) -> c_int;
        pub fn connect(fd: c_int, address: *const c_void, length: u32) -> c_int;
        pub fn send(fd: c_int, bytes: *const c_void, length: usize, flags: c_int) -> isize;
        pub fn sendto(
            fd: c_int,
            bytes: *const c_void,
            length: usize,
            flags: c_int,
            address: *const c_void,
            size: u32,
        ) -> isize;
        pub fn recv(fd: c_int, bytes: *mut c_void, length: usize, flags: c_int) -> isize;
        pub fn dup(fd: c_int) -> c_int;
        pub fn shutdown(fd: c_int, how: c_int) -> c_int;
        pub fn close(fd: c_int) -> c_int;
        pub fn setsockopt(fd: c_int, level: c_int, name: c_int, value: *const c_void, length: u32) -> c_int;
        pub fn getsockopt(fd: c_int, level: c_int, name: c_int, value: *mut c_void, length: *mut u32) -> c_int;
        pub fn getsockname(fd: c_int, address: *mut c_void, length: *mut u32) -> c_int;
        pub fn fcntl(fd: c_int, command: c_int, ...) -> c_int;
        pub fn poll(fds: *mut PollFd, count: c_ulong, timeout: c_int) -> c_int;
    }
}

/// Why the program cannot go on.
struct Failure {
    errno: i32,
    text: String,
}

type Result<T> = std::result::Result<T, Failure>;

impl From<std::net::AddrParseError> for Failure {
    fn from(error: std::net::AddrParseError) -> Self {
        stop(error.to_string())
    }
}

fn stop(text: String) -> Failure {
    Failure { errno: 0, text }
}

/// What a call returned, or why it failed and in which line it stands.
#[track_caller]
fn returned(result: isize) -> Result<usize> {
    if result >= 0 {
        return Ok(result as usize);
    }
    let error = std::io::Error::last_os_error();
    let line = std::panic::Location::caller().line();
    Err(Failure {
        errno: error.raw_os_error().unwrap_or(0),
        text: format!("line {line}: {error}"),
    })
}

struct Domain;
impl Domain {
    const UNIX: c_int = 1;
    const IPV4: c_int = 2;
    const IPV6: c_int = 10;
}

struct Type;
impl Type {
    const STREAM: c_int = 1;
    const DGRAM: c_int = 2;
    const SEQPACKET: c_int = 5;
}

enum Shutdown {
    Read,
    Write,
    Both,
}

/// An address as the kernel takes it.
#[derive(Clone)]
struct SockAddr {
    bytes: Vec<u8>,
}

impl From<SocketAddr> for SockAddr {
    fn from(at: SocketAddr) -> Self {
        let mut bytes = Vec::new();
        let family = if at.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
        bytes.extend((family as u16).to_ne_bytes());
        bytes.extend(at.port().to_be_bytes());
        match at {
            SocketAddr::V4(at) => {
                bytes.extend(at.ip().octets());
                bytes.extend([0; 8]);
            }
            SocketAddr::V6(at) => {
                bytes.extend([0; 4]);
                bytes.extend(at.ip().octets());
                bytes.extend(at.scope_id().to_ne_bytes());
            }
        }
        SockAddr { bytes }
    }
}

impl SockAddr {
    /// The address of a Unix socket: a path, or behind a NUL an abstract name.
    fn unix(path: &OsStr) -> Result<Self> {
        let path = path.as_bytes();
        let mut bytes = (Domain::UNIX as u16).to_ne_bytes().to_vec();
        bytes.extend(path);
        if path.first().is_some_and(|first| *first != 0) {
            bytes.push(0);
        }
        Ok(SockAddr { bytes })
    }

    fn inet(&self) -> Option<SocketAddr> {
        let port = u16::from_be_bytes(self.bytes.get(2..4)?.try_into().ok()?);
        let family = u16::from_ne_bytes(self.bytes.get(..2)?.try_into().ok()?);
        let ip: IpAddr = if c_int::from(family) == Domain::IPV4 {
            <[u8; 4]>::try_from(self.bytes.get(4..8)?).ok()?.into()
        } else {
            <[u8; 16]>::try_from(self.bytes.get(8..24)?).ok()?.into()
        };
        Some(SocketAddr::new(ip, port))
    }

    fn parts(&self) -> (*const c_void, u32) {
        (self.bytes.as_ptr().cast(), self.bytes.len() as u32)
    }
}

/// The same port at another IP address.
fn near(ip: &str, other: &SockAddr) -> Result<SockAddr> {
    let port = other.inet().map_or(0, |at| at.port());
    Ok(SocketAddr::new(ip.parse()?, port).into())
}

/// A socket, closed when it is dropped.
struct Socket {
    fd: c_int,
}

impl Drop for Socket {
    fn drop(&mut self) {
        LANES.with_borrow_mut(|lanes| {
            for lane in lanes.iter_mut().filter(|lane| lane.fd == self.fd) {
                lane.fd = -1;
            }
        });
        unsafe { sys::close(self.fd) };
    }
}

#[track_caller]
fn owned(fd: c_int) -> Result<Socket> {
    let fd = returned(fd as isize)? as c_int;
    Ok(Socket { fd })
}

impl Socket {
    #[track_caller]
    fn new(domain: c_int, kind: c_int, _protocol: Option<()>) -> Result<Self> {
        owned(unsafe { sys::socket(domain, kind, 0) })
    }

    #[track_caller]
    fn pair(domain: c_int, kind: c_int, _protocol: Option<()>) -> Result<(Self, Self)> {
        let mut pair = [0; 2];
        returned(unsafe { sys::socketpair(domain, kind, 0, pair.as_mut_ptr()) } as isize)?;
        Ok((Socket { fd: pair[0] }, Socket { fd: pair[1] }))
    }

    #[track_caller]
    fn bind(&self, at: &SockAddr) -> Result<usize> {
        let (bytes, length) = at.parts();
        returned(unsafe { sys::bind(self.fd, bytes, length) } as isize)
    }

    #[track_caller]
    fn listen(&self, backlog: c_int) -> Result<usize> {
        returned(unsafe { sys::listen(self.fd, backlog) } as isize)
    }

    #[track_caller]
    fn accept(&self) -> Result<(Self, ())> {
        let none = std::ptr::null_mut();
        let made = owned(unsafe { sys::accept(self.fd, none, std::ptr::null_mut()) })?;
        Ok((made, ()))
    }

    #[track_caller]
    fn connect(&self, to: &SockAddr) -> Result<usize> {
        let (bytes, length) = to.parts();
        returned(unsafe { sys::connect(self.fd, bytes, length) } as isize)
    }

    #[track_caller]
    fn send(&self, bytes: &[u8]) -> Result<usize> {
        self.send_with_flags(bytes, 0)
    }

    #[track_caller]
    fn send_with_flags(&self, bytes: &[u8], flags: c_int) -> Result<usize> {
        returned(unsafe { sys::send(self.fd, bytes.as_ptr().cast(), bytes.len(), flags) })
    }

    #[track_caller]
    fn send_to(&self, bytes: &[u8], to: &SockAddr) -> Result<usize> {
        let (at, length) = to.parts();
        returned(unsafe { sys::sendto(self.fd, bytes.as_ptr().cast(), bytes.len(), 0, at, length) })
    }

    #[track_caller]
    fn recv(&self, buf: &mut [u8]) -> Result<usize> {
        self.recv_with_flags(buf, 0)
    }

    #[track_caller]
    fn recv_with_flags(&self, buf: &mut [u8], flags: c_int) -> Result<usize> {
        returned(unsafe { sys::recv(self.fd, buf.as_mut_ptr().cast(), buf.len(), flags) })
    }

    #[track_caller]
    fn shutdown(&self, how: Shutdown) -> Result<usize> {
        returned(unsafe { sys::shutdown(self.fd, how as c_int) } as isize)
    }

    #[track_caller]
    fn try_clone(&self) -> Result<Self> {
        owned(unsafe { sys::dup(self.fd) })
    }

    fn local_addr(&self) -> Result<SockAddr> {
        let mut bytes = vec![0; 128];
        let mut length = 128;
        returned(unsafe { sys::getsockname(self.fd, bytes.as_mut_ptr().cast(), &mut length) } as isize)?;
        bytes.truncate(length as usize);
        Ok(SockAddr { bytes })
    }

    #[track_caller]
    fn set<T>(&self, level: c_int, name: c_int, value: &[T]) -> Result<usize> {
        let length = std::mem::size_of_val(value) as u32;
        returned(unsafe { sys::setsockopt(self.fd, level, name, value.as_ptr().cast(), length) } as isize)
    }

    #[track_caller]
    fn get(&self, level: c_int, name: c_int) -> Result<c_int> {
        let (mut value, mut length) = (0 as c_int, 4);
        let place: *mut c_int = &mut value;
        returned(unsafe { sys::getsockopt(self.fd, level, name, place.cast(), &mut length) } as isize)?;
        Ok(value)
    }

    #[track_caller]
    fn set_nonblocking(&self, on: bool) -> Result<usize> {
        let flags = self.flags()?;
        let flags = if on { flags | 0o4000 } else { flags & !0o4000 };
        returned(unsafe { sys::fcntl(self.fd, 4, flags) } as isize)
    }

    fn nonblocking(&self) -> Result<bool> {
        Ok(self.flags()? & 0o4000 != 0)
    }

    #[track_caller]
    fn flags(&self) -> Result<c_int> {
        returned(unsafe { sys::fcntl(self.fd, 3) } as isize).map(|flags| flags as c_int)
    }

    fn take_error(&self) -> Result<c_int> {
        self.get(SOL_SOCKET, 4)
    }

    #[track_caller]
    fn set_linger(&self, time: Option<Duration>) -> Result<usize> {
        let seconds = time.map_or(0, |time| time.as_secs() as c_int);
        self.set(SOL_SOCKET, 13, &[c_int::from(time.is_some()), seconds])
    }

    #[track_caller]
    fn set_tcp_user_timeout(&self, time: Option<Duration>) -> Result<usize> {
        let millis = time.map_or(0, |time| time.as_millis() as c_int);
        self.set(IPPROTO_TCP, 18, &[millis])
    }

    #[track_caller]
    fn set_tcp_keepalive(&self, probes: &TcpKeepalive) -> Result<usize> {
        self.set(IPPROTO_TCP, 4, &[probes.time])?;
        self.set(IPPROTO_TCP, 5, &[probes.interval])?;
        self.set(IPPROTO_TCP, 6, &[probes.retries])
    }

    #[track_caller]
    fn set_tcp_congestion(&self, name: &[u8]) -> Result<usize> {
        self.set(IPPROTO_TCP, 13, name)
    }

    #[track_caller]
    fn join_multicast_v4(&self, group: &Ipv4Addr, interface: &Ipv4Addr) -> Result<usize> {
        self.set(IPPROTO_IP, 35, &[group.octets(), interface.octets()])
    }

    #[track_caller]
    fn leave_multicast_v4(&self, group: &Ipv4Addr, interface: &Ipv4Addr) -> Result<usize> {
        self.set(IPPROTO_IP, 36, &[group.octets(), interface.octets()])
    }

    #[track_caller]
    fn join_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> Result<usize> {
        self.set(IPPROTO_IPV6, 20, &[&group.octets()[..], &interface.to_ne_bytes()].concat())
    }

    #[track_caller]
    fn leave_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> Result<usize> {
        self.set(IPPROTO_IPV6, 21, &[&group.octets()[..], &interface.to_ne_bytes()].concat())
    }
}

/// The methods of options that are an `int`.
macro_rules! options {
    ($($set:ident $get:ident $kind:ty: $level:expr, $name:expr;)*) => {
        impl Socket {
            $(
                #[track_caller]
                fn $set(&self, value: $kind) -> Result<usize> {
                    self.set($level, $name, &[value as c_int])
                }

                #[track_caller]
                fn $get(&self) -> Result<c_int> {
                    self.get($level, $name)
                }
            )*
        }
    };
}

options! {
    set_tcp_nodelay tcp_nodelay bool: IPPROTO_TCP, 1;
    set_tcp_mss tcp_mss u32: IPPROTO_TCP, 2;
    set_tcp_cork tcp_cork bool: IPPROTO_TCP, 3;
    set_tcp_quickack tcp_quickack bool: IPPROTO_TCP, 12;
    set_reuse_address reuse_address bool: SOL_SOCKET, 2;
    set_broadcast broadcast bool: SOL_SOCKET, 6;
    set_send_buffer_size send_buffer_size u32: SOL_SOCKET, 7;
    set_recv_buffer_size recv_buffer_size u32: SOL_SOCKET, 8;
    set_keepalive keepalive bool: SOL_SOCKET, 9;
    set_out_of_band_inline out_of_band_inline bool: SOL_SOCKET, 10;
    set_reuse_port reuse_port bool: SOL_SOCKET, 15;
    set_rcvlowat rcvlowat u32: SOL_SOCKET, 18;
    set_mark mark u32: SOL_SOCKET, 36;
    set_tos_v4 tos_v4 u32: IPPROTO_IP, 1;
    set_ttl_v4 ttl_v4 u32: IPPROTO_IP, 2;
    set_freebind_v4 freebind_v4 bool: IPPROTO_IP, 15;
    set_multicast_ttl_v4 multicast_ttl_v4 u32: IPPROTO_IP, 33;
    set_multicast_loop_v4 multicast_loop_v4 bool: IPPROTO_IP, 34;
    set_unicast_hops_v6 unicast_hops_v6 u32: IPPROTO_IPV6, 16;
    set_multicast_hops_v6 multicast_hops_v6 u32: IPPROTO_IPV6, 18;
    set_multicast_loop_v6 multicast_loop_v6 bool: IPPROTO_IPV6, 19;
    set_only_v6 only_v6 bool: IPPROTO_IPV6, 26;
    set_tclass_v6 tclass_v6 u32: IPPROTO_IPV6, 67;
    set_freebind_v6 freebind_v6 bool: IPPROTO_IPV6, 78;
    set_linger_ linger u32: SOL_SOCKET, 13;
    set_user_timeout_ tcp_user_timeout u32: IPPROTO_TCP, 18;
    set_congestion_ tcp_congestion u32: IPPROTO_TCP, 13;
}

struct TcpKeepalive {
    time: c_int,
    interval: c_int,
    retries: c_int,
}

impl TcpKeepalive {
    fn new() -> Self {
        TcpKeepalive { time: 7200, interval: 75, retries: 9 }
    }

    fn with_time(self, time: Duration) -> Self {
        TcpKeepalive { time: time.as_secs() as c_int, ..self }
    }

    fn with_interval(self, interval: Duration) -> Self {
        TcpKeepalive { interval: interval.as_secs() as c_int, ..self }
    }

    fn with_retries(self, retries: u32) -> Self {
        TcpKeepalive { retries: retries as c_int, ..self }
    }
}

/// What a socket received.
struct Lane {
    fd: c_int,
    label: &'static str,
    /// So many bytes will come.
    wanted: usize,
    got: Vec<u8>,
    /// So many of them were asked for; the rest was read ahead.
    taken: usize,
    /// Of sockets that keep messages apart.
    messages: Vec<Vec<u8>>,
}

thread_local! {
    static LANES: RefCell<Vec<Lane>> = const { RefCell::new(Vec::new()) };
    static DIFFERENCES: Cell<usize> = const { Cell::new(0) };
}

/// Names a socket that will receive so many bytes.
fn watch(socket: &Socket, label: &'static str, wanted: usize) {
    let (fd, got, messages) = (socket.fd, Vec::new(), Vec::new());
    let lane = Lane { fd, label, wanted, got, taken: 0, messages };
    LANES.with_borrow_mut(|lanes| lanes.push(lane));
}

fn with_lane<T>(socket: &Socket, work: impl FnOnce(&mut Lane) -> Result<T>) -> Result<T> {
    LANES.with_borrow_mut(|lanes| match lanes.iter_mut().rev().find(|lane| lane.fd == socket.fd) {
        Some(lane) => work(lane),
        None => Err(stop("the socket has no name".to_owned())),
    })
}

/// What poll(2) tells of a descriptor.
fn poll(fd: c_int, events: c_short, patience: c_int) -> Result<bool> {
    let mut ready = sys::PollFd { fd, events, revents: 0 };
    returned(unsafe { sys::poll(&mut ready, 1, patience) } as isize).map(|count| count > 0)
}

fn wait_for(fd: c_int, label: &str, events: c_short) -> Result<()> {
    if poll(fd, events, PATIENCE)? {
        return Ok(());
    }
    Err(stop(format!("{label}: nothing happened for {} s, other than in the session", PATIENCE / 1000)))
}

/// Waits until there is something.
fn wait(socket: &Socket) -> Result<()> {
    wait_for(socket.fd, "a socket", POLLIN)
}

impl Lane {
    /// Reads once; 0 bytes are the end.
    fn take(&mut self, most: usize, flags: c_int) -> Result<usize> {
        let mut buf = vec![0; most];
        let count = returned(unsafe { sys::recv(self.fd, buf.as_mut_ptr().cast(), most, flags) })?;
        self.got.extend(&buf[..count]);
        Ok(count)
    }
}

/// Receives so many bytes, however they come.
fn receive(socket: &Socket, count: usize, flags: c_int) -> Result<()> {
    with_lane(socket, |lane| {
        let end = lane.taken + count;
        while lane.got.len() < end {
            wait_for(lane.fd, lane.label, POLLIN)?;
            if lane.take(end - lane.got.len(), flags)? == 0 {
                let (label, got) = (lane.label, lane.got.len());
                return Err(stop(format!("{label}: ended after {got} bytes; in the session {end} came before")));
            }
        }
        lane.taken = end;
        Ok(())
    })
}

/// Looks at so many bytes without taking them.
fn peek(socket: &Socket, count: usize) -> Result<()> {
    let kind = socket.get(SOL_SOCKET, 3)?;
    with_lane(socket, |lane| {
        let ahead = lane.got.len() - lane.taken;
        while ahead < count {
            wait_for(lane.fd, lane.label, POLLIN)?;
            let mut buf = vec![0; count - ahead];
            let seen = socket.recv_with_flags(&mut buf, MSG_PEEK)?;
            if seen >= count - ahead || seen == 0 || kind != Type::STREAM {
                break;
            }
        }
        Ok(())
    })
}

/// Receives the urgent byte.
fn urgent(socket: &Socket) -> Result<()> {
    with_lane(socket, |lane| {
        wait_for(lane.fd, lane.label, POLLPRI)?;
        let mut byte = [0];
        socket.recv_with_flags(&mut byte, MSG_OOB)?;
        lane.got.insert(lane.taken, byte[0]);
        lane.taken += 1;
        Ok(())
    })
}

/// Receives one datagram or packet.
fn message(socket: &Socket, most: usize) -> Result<()> {
    with_lane(socket, |lane| {
        wait_for(lane.fd, lane.label, POLLIN)?;
        let mut buf = vec![0; most];
        let count = socket.recv(&mut buf)?;
        buf.truncate(count);
        lane.messages.push(buf);
        Ok(())
    })
}

/// Receives the end.
fn end(socket: &Socket) -> Result<()> {
    with_lane(socket, |lane| {
        wait_for(lane.fd, lane.label, POLLIN)?;
        let place = lane.taken;
        if lane.got.len() > lane.taken || lane.take(1, 0)? > 0 {
            return Err(stop(format!("{}: byte {place} came; in the session that was the end", lane.label)));
        }
        Ok(())
    })
}

/// Reads ahead what comes later, until there is room to send; `None` where nobody reads anything any more.
fn read_ahead(socket: &Socket) -> Result<Option<bool>> {
    LANES.with_borrow_mut(|lanes| {
        let hungry = |lane: &Lane| lane.fd >= 0 && lane.got.len() < lane.wanted;
        let mut ready: Vec<sys::PollFd> = lanes
            .iter()
            .map(|lane| sys::PollFd { fd: if hungry(lane) { lane.fd } else { -1 }, events: POLLIN, revents: 0 })
            .collect();
        ready.push(sys::PollFd { fd: socket.fd, events: POLLOUT, revents: 0 });
        let is_hungry = lanes.iter().any(hungry);
        let patience = if is_hungry { PATIENCE } else { 1000 };
        let count = returned(unsafe { sys::poll(ready.as_mut_ptr(), ready.len() as c_ulong, patience) } as isize)?;
        for (lane, ready) in lanes.iter_mut().zip(&ready) {
            if ready.revents != 0 && lane.take((lane.wanted - lane.got.len()).min(1 << 20), MSG_DONTWAIT)? == 0 {
                lane.wanted = lane.got.len();
            }
        }
        Ok(if count > 0 { Some(true) } else { is_hungry.then_some(false) })
    })
}

/// Sends all bytes. While there is no room for them, what is received later is read ahead.
fn send_all(socket: &Socket, bytes: &[u8], flags: c_int) -> Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match socket.send_with_flags(rest, flags | MSG_DONTWAIT) {
            Ok(count) => {
                rest = &rest[count..];
                continue;
            }
            Err(failure) if failure.errno == EAGAIN => {}
            Err(failure) => return Err(failure),
        }
        let label = with_lane(socket, |lane| Ok(lane.label))?;
        match read_ahead(socket)? {
            Some(true) => {}
            Some(false) => {
                let len = rest.len();
                return Err(stop(format!("{label}: no room for {len} bytes, other than in the session")));
            }
            None => {
                let (len, all) = (rest.len(), bytes.len());
                println!("{label}: no room for the last {len} of {all} bytes; nobody reads them");
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Waits, for a moment, until the kernel knows that the connection is broken.
fn settle(socket: &Socket) {
    let _ = poll(socket.fd, 0, 2000);
}

/// Tells whether a call would wait now; the call itself is not made.
fn glance(socket: &Socket, call: &str) -> Result<()> {
    let is_there = poll(socket.fd, POLLIN, 0)?;
    println!("{call}: {}", if is_there { "there is something already" } else { "EAGAIN" });
    Ok(())
}

/// The address that the kernel gave a socket, told to whoever wants to connect.
fn at(socket: &Socket, label: &str) -> Result<SockAddr> {
    let at = socket.local_addr()?;
    if let Some(inet) = at.inet() {
        println!("{label} is at {} port {}", inet.ip(), inet.port());
    }
    Ok(at)
}

/// The call must fail so.
fn fails<T>(name: &str, errno: i32, result: Result<T>) -> Result<()> {
    match result {
        Ok(_) => Err(stop(format!("a call came out well; in the session it failed: {name}"))),
        Err(failure) if failure.errno == errno => {
            println!("{name}, as in the session");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// Whatever comes of the call is only told.
fn tried<T>(call: &str, result: Result<T>) {
    println!("{call}: {}", result.err().map_or("0".to_owned(), |failure| failure.text));
}

fn show(call: &str, value: impl std::fmt::Display, before: &str) {
    println!("{call} = {value}; in the session {before}");
}

fn unlink(path: &[u8]) {
    let _ = std::fs::remove_file(OsStr::from_bytes(path));
}

fn compare(label: &str, place: &str, got: &[u8], expected: &[u8]) {
    if got == expected {
        return;
    }
    DIFFERENCES.set(DIFFERENCES.get() + 1);
    let same = got.iter().zip(expected).take_while(|(one, other)| one == other).count();
    let told = |bytes: &[u8]| bytes.get(same).map_or("the end".to_owned(), |byte| format!("{byte:#04x}"));
    let (one, other) = (told(got), told(expected));
    eprintln!("{label}: {place} {same} is {one}; in the session it was {other}");
}

/// A socket must have received these bytes first.
fn check(label: &str, expected: &[u8]) {
    LANES.with_borrow(|lanes| {
        let lane = lanes.iter().rev().find(|lane| lane.label == label);
        let got = lane.map_or(&[][..], |lane| &lane.got);
        compare(label, "received byte", &got[..got.len().min(expected.len())], expected);
    });
}

/// That message must have been this one.
fn check_message(label: &str, number: usize, expected: &[u8]) {
    LANES.with_borrow(|lanes| {
        let lane = lanes.iter().rev().find(|lane| lane.label == label);
        let got = lane.and_then(|lane| lane.messages.get(number));
        let got = got.map_or(&[][..], |got| got);
        compare(label, &format!("message {}, byte", number + 1), got, expected);
    });
}

fn main() {
    if let Err(failure) = session() {
        eprintln!("{}", failure.text);
        std::process::exit(1);
    }
    comparison();
    if DIFFERENCES.get() > 0 {
        std::process::exit(1);
    }
    println!("Every socket received what it received in the session.");
}
