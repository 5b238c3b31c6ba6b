//! Any TCP socket of this host by `sock_diag(7)`: requests and replies of netlink(7), which the kernel answers at once.
//! Written here rather than taken from a crate: replies carry the same `TCP_INFO` as getsockopt, and are cut by the
//! same length.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};

use super::tcp_info::{self, TcpInfo, word};
use crate::event::{Errno, Fact, State, Timer};
use crate::os::{Diag, End, Got};

/// `SOCK_DIAG_BY_FAMILY` and the messages that end an answer (linux `netlink.h`).
const BY_FAMILY: u16 = 20;
const ERROR: u16 = 2;
const DONE: u16 = 3;

/// `NLM_F_REQUEST`; `NLM_F_ROOT | NLM_F_MATCH` asks for all that fit.
const REQUEST: u16 = 1;
const DUMP: u16 = 0x300;

/// Attributes of an answer, and the bits that ask for them (linux `inet_diag.h`).
const INFO: u16 = 2;
const MEMORY: u16 = 7;
const WANTED: u8 = 1 << (INFO - 1) | 1 << (MEMORY - 1);

/// The attribute of a request that says which sockets fit, and its operations.
const BYTECODE: u16 = 1;
const LOCAL_AT_LEAST: u8 = 2;
const LOCAL_AT_MOST: u8 = 3;
const PEER_AT_LEAST: u8 = 4;
const PEER_AT_MOST: u8 = 5;

/// The head of a message, a request behind it, and an answer.
const HEAD_BYTES: usize = 16;
const ANSWER_BYTES: usize = 72;

/// What one read of an answer takes; the kernel fills at most this much.
const READ_BYTES: usize = 32 << 10;

/// The most sockets that are listed: a port that has more tells nothing further.
const LISTED_MAX: usize = 4096;

/// The way to ask, opened when first asked.
#[derive(Debug, Default)]
pub(super) struct Asker {
    socket: Option<OwnedFd>,
    sequence: u32,
    buf: Vec<u8>,
}

impl Asker {
    /// The socket of these two addresses.
    pub(super) fn one(&mut self, local: SocketAddr, peer: SocketAddr) -> Got<Option<Diag>> {
        let ends = [local, peer].map(|at| SocketAddr::new(at.ip().to_canonical(), at.port()));
        if ends[0].is_ipv4() != ends[1].is_ipv4() {
            return Err(Errno::EINVAL);
        }
        let request = Request {
            flags: REQUEST,
            is_v4: ends[0].is_ipv4(),
            ends: Some(ends),
            only: None,
            state: None,
        };
        let mut found = Vec::new();
        match self.ask(&request, &mut found) {
            Err(Errno::ENOENT) => Ok(None),
            // Where nobody has exactly these, the kernel falls back to whoever listens there.
            Ok(()) => Ok(found.pop().filter(|it| [it.local, it.peer] == ends)),
            Err(errno) => Err(errno),
        }
    }

    /// Every socket with that port at that end, in that state alone if one is told.
    pub(super) fn all(&mut self, end: End, port: u16, state: Option<State>) -> Got<Vec<Diag>> {
        let mut found = Vec::new();
        for is_v4 in [true, false] {
            let request = Request {
                flags: REQUEST | DUMP,
                is_v4,
                ends: None,
                only: Some((end, port)),
                state,
            };
            self.ask(&request, &mut found)?;
        }
        Ok(found)
    }

    fn ask(&mut self, request: &Request, found: &mut Vec<Diag>) -> Got<()> {
        if self.socket.is_none() {
            let made = rustix::net::socket_with(
                AddressFamily::NETLINK,
                SocketType::DGRAM,
                SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
                Some(netlink::SOCK_DIAG),
            );
            self.socket = Some(made.map_err(of_rustix)?);
        }
        let Some(socket) = &self.socket else {
            return Err(Errno::EBADF);
        };
        self.sequence = self.sequence.wrapping_add(1);
        let sent = rustix::net::send(socket, &request.bytes(self.sequence), SendFlags::empty());
        sent.map_err(of_rustix)?;
        self.buf.resize(READ_BYTES, 0);
        loop {
            let got = rustix::net::recv(socket, self.buf.as_mut_slice(), RecvFlags::empty());
            let (len, _) = got.map_err(of_rustix)?;
            let told = self.buf.get(..len).unwrap_or_default();
            let is_dump = request.flags & DUMP != 0;
            if read(told, self.sequence, is_dump, found)? || len == 0 {
                return Ok(());
            }
        }
    }
}

/// A question.
struct Request {
    flags: u16,
    is_v4: bool,
    /// The two addresses of the one that is asked for.
    ends: Option<[SocketAddr; 2]>,
    /// The port that those have which are asked for.
    only: Option<(End, u16)>,
    /// Their state; any without.
    state: Option<State>,
}

impl Request {
    /// `nlmsghdr`, `inet_diag_req_v2`, and the operations that a socket must pass.
    fn bytes(&self, sequence: u32) -> Vec<u8> {
        let mut body = vec![
            if self.is_v4 { 2 } else { 10 },
            // IPPROTO_TCP
            6,
            WANTED,
            0,
        ];
        // A bit for each state by its number, the others of which the kernel passes over first of all.
        let numbers =
            (0..32).filter(|it| self.state.is_none() || tcp_info::state(*it) == self.state);
        let states = numbers.fold(0_u32, |states, number| states | 1 << number);
        body.extend(states.to_ne_bytes());
        let unspecified = SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0);
        let ends = self.ends.unwrap_or([unspecified; 2]);
        body.extend(ends.iter().flat_map(|at| at.port().to_be_bytes()));
        for at in ends {
            match at.ip() {
                IpAddr::V4(ip) => body.extend(ip.octets().into_iter().chain([0; 12])),
                IpAddr::V6(ip) => body.extend(ip.octets()),
            }
        }
        let scope = ends.iter().find_map(|at| match at {
            SocketAddr::V6(at) if at.scope_id() != 0 => Some(at.scope_id()),
            _ => None,
        });
        body.extend(scope.unwrap_or(0).to_ne_bytes());
        // Any cookie.
        body.extend([0xff; 8]);
        if let Some((end, port)) = self.only {
            body.extend(attribute(BYTECODE, &only(end, port)));
        }
        let len = u32::try_from(HEAD_BYTES + body.len()).unwrap_or(u32::MAX);
        let mut bytes = Vec::with_capacity(HEAD_BYTES + body.len());
        bytes.extend(len.to_ne_bytes());
        bytes.extend(BY_FAMILY.to_ne_bytes());
        bytes.extend(self.flags.to_ne_bytes());
        bytes.extend(sequence.to_ne_bytes());
        bytes.extend([0; 4]);
        bytes.extend(body);
        bytes
    }
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let len = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
    let mut bytes = len.to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(value);
    bytes
}

/// `port <= theirs && theirs <= port`, as the kernel reads it (`struct inet_diag_bc_op`): how far to go on if so and if
/// not, where four bytes behind the end mean no; the operand stands in the next operation.
fn only(end: End, port: u16) -> Vec<u8> {
    let (at_least, at_most) = match end {
        End::Local => (LOCAL_AT_LEAST, LOCAL_AT_MOST),
        End::Peer => (PEER_AT_LEAST, PEER_AT_MOST),
    };
    let operation = |code: u8, no: u16| {
        let operand = [[0; 2], port.to_ne_bytes()].concat();
        [vec![code, 8], no.to_ne_bytes().to_vec(), operand].concat()
    };
    [operation(at_least, 20), operation(at_most, 12)].concat()
}

/// Takes the messages of one read; true once the answer is whole.
fn read(mut bytes: &[u8], sequence: u32, is_dump: bool, found: &mut Vec<Diag>) -> Got<bool> {
    while let Some((head, _)) = bytes.split_at_checked(HEAD_BYTES) {
        let len = word(head, 0).and_then(|len| usize::try_from(len).ok());
        let Some(message) = len.and_then(|len| bytes.get(..len)) else {
            return Err(Errno::EPROTO);
        };
        let body = message.get(HEAD_BYTES..).ok_or(Errno::EPROTO)?;
        bytes = bytes
            .get(message.len().next_multiple_of(4)..)
            .unwrap_or_default();
        // What is left of an answer that was not read to its end.
        if word(head, 8) != Some(sequence) {
            continue;
        }
        match half(head, 4) {
            Some(DONE) => return Ok(true),
            Some(ERROR) => {
                let number = word(body, 0).unwrap_or_default().cast_signed();
                if number == 0 {
                    return Ok(true);
                }
                let error = std::io::Error::from_raw_os_error(number.wrapping_neg());
                return Err(super::errno::of_io(error));
            }
            Some(BY_FAMILY) => {
                found.extend(answer(body).filter(|_| found.len() < LISTED_MAX));
                if !is_dump {
                    return Ok(true);
                }
            }
            _ => {}
        }
    }
    Ok(false)
}

/// `struct inet_diag_msg` and its attributes.
fn answer(body: &[u8]) -> Option<Diag> {
    let [family, number, timer, retransmits] = *body.first_chunk()?;
    let at = |port: usize, ip: usize| {
        let port = body.get(port..port + 2)?.try_into().ok()?;
        let ip = body.get(ip..ip + 16)?;
        let ip = match family {
            2 => IpAddr::from(Ipv4Addr::from(*ip.first_chunk::<4>()?)),
            _ => IpAddr::from(Ipv6Addr::from(*ip.first_chunk::<16>()?)).to_canonical(),
        };
        Some(SocketAddr::new(ip, u16::from_be_bytes(port)))
    };
    let state = tcp_info::state(number);
    let timer = timer_of(timer);
    let mut fact = Fact {
        state,
        timer,
        timer_ms: word(body, 52).filter(|_| timer != Some(Timer::Off)),
        ..Fact::default()
    };
    let mut info = TcpInfo(&[]);
    let mut rest = body.get(ANSWER_BYTES..).unwrap_or_default();
    while let Some(len) = half(rest, 0).map(usize::from)
        && let Some(value) = rest.get(4..len)
    {
        match half(rest, 2) {
            Some(INFO) => info = TcpInfo(value),
            Some(MEMORY) => tcp_info::fill_memory(value, &mut fact),
            _ => {}
        }
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    let (waiting, out) = (word(body, 56)?, word(body, 60)?);
    match state {
        Some(State::Listen) => (fact.waiting, fact.backlog) = (Some(waiting), Some(out)),
        // What is left of these has no queues.
        Some(State::TimeWait | State::SynReceived | State::Closed) | None => {
            fact.retransmits = Some(retransmits);
        }
        _ => fill_connection(&mut fact, info, waiting, out),
    }
    Some(Diag {
        local: at(4, 8)?,
        peer: at(6, 24)?,
        fact,
        uid: word(body, 64)?,
        inode: word(body, 68)?,
    })
}

fn fill_connection(fact: &mut Fact, info: TcpInfo<'_>, waiting: u32, out: u32) {
    info.fill(fact);
    // An end that the program has not read yet counts as a byte here.
    let has_end = tcp_info::has_peers_end(fact.state);
    fact.waiting = Some(waiting.saturating_sub(u32::from(has_end)));
    let queues = info
        .unsent()
        .map(|unsent| tcp_info::queues(fact.state, unsent, out));
    (fact.unsent, fact.in_flight) = queues.unzip();
}

fn timer_of(number: u8) -> Option<Timer> {
    Some(match number {
        0 => Timer::Off,
        1 => Timer::Retransmit,
        2 => Timer::Keepalive,
        3 => Timer::Wait,
        4 => Timer::Window,
        _ => return None,
    })
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_ne_bytes(bytes.try_into().ok()?))
}

fn of_rustix(error: rustix::io::Errno) -> Errno {
    super::errno::of_io(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_kernel_says_is_read_or_refused() {
        // Cut anywhere, and with lengths that lead nowhere, an answer is none and nothing panics.
        let mut told = vec![0u8; HEAD_BYTES + ANSWER_BYTES + 12];
        let len = u32::try_from(told.len()).unwrap();
        told.splice(..4, len.to_ne_bytes());
        told.splice(4..6, BY_FAMILY.to_ne_bytes());
        told.splice(8..12, 7u32.to_ne_bytes());
        told.splice(16..20, [2, 1, 1, 0]);
        let mut found = Vec::new();
        assert_eq!(read(&told, 7, false, &mut found), Ok(true));
        assert_eq!(found.len(), 1);
        assert_eq!(found.pop().unwrap().fact.state, Some(State::Established));
        assert_eq!(read(&told, 8, false, &mut found), Ok(false), "another's");
        assert!(found.is_empty());
        for cut in HEAD_BYTES..told.len() {
            let cut = told.get(..cut).unwrap();
            assert_eq!(read(cut, 7, false, &mut found), Err(Errno::EPROTO));
        }
        for length in [1u16, 3, 4, 5, 200, u16::MAX] {
            let mut bad = told.clone();
            let attribute = HEAD_BYTES + ANSWER_BYTES;
            bad.splice(attribute..attribute + 2, length.to_ne_bytes());
            assert_eq!(read(&bad, 7, false, &mut found), Ok(true), "{length}");
        }
    }
}
