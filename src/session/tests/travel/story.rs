//! A log that looks random, with the bytes that its calls moved.

use super::super::*;
use crate::event::Fact;

/// Numbers that look random.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }

    fn of<T: Clone>(&mut self, some: &[T]) -> T {
        some[self.below(some.len())].clone()
    }
}

/// An event, with the bytes that are stored before it is told.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) event: Event,
    bytes: Vec<u8>,
}

/// Takes an event as the loop does.
pub(super) fn take(session: &mut Session, told: &Told) {
    let mut event = told.event.clone();
    let (at, conn) = (event.at, event.conn);
    if let (What::Call(call), Some(conn)) = (&mut event.what, conn)
        && let Some(moved) = &mut call.moved
        && !is_again(&call.call)
    {
        moved.range = if moved.dir == Dir::In {
            let len = told.bytes.len();
            session.room(conn, len).extend_from_slice(&told.bytes);
            session.commit(conn, len, at)
        } else {
            session.sent(conn, &told.bytes, at)
        };
    }
    session.apply(event);
}

/// What was peeked at is stored when it is read.
fn is_again(call: &Syscall) -> bool {
    matches!(call, Syscall::Recv { flags, .. } if flags.peek)
}

/// A log that looks random; `most` bytes a call.
pub(super) struct Story {
    pub(super) random: Random,
    millis: u64,
    /// Which directions of each socket have not ended yet.
    conns: Vec<Vec<Dir>>,
    most: usize,
}

const RULES: &[&str] = &[
    "line",
    "fixed 7",
    "len u8",
    "raw",
    "idle 3ms",
    "http1",
    "http1 then websocket",
    "resp",
    "netstring",
    "mqtt",
    "json",
    "eof",
    "cobs",
    "delim \"ab\"",
];

const PIECES: &[&[u8]] = &[
    b"ab\ncd\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"HEAD /x HTTP/1.1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
    b"\x05hello\x03ab",
    b"5:hello,3:abc,",
    b"*1\r\n$4\r\nPING\r\n+OK\r\n",
    b"{\"a\": [1, 2]} [3]\n",
    b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00\x30\x03\x00\x01a",
    b"\x00\x03ab\x00",
];

impl Story {
    pub(super) fn new(seed: u64, most: usize) -> Self {
        Self {
            random: Random(seed),
            millis: 0,
            conns: Vec::new(),
            most,
        }
    }

    pub(super) fn next(&mut self) -> Told {
        self.millis += 1 + self.random.below(4) as u64;
        let mut bytes = Vec::new();
        let (conn, what) = match self.random.below(12) {
            0 | 1 if self.conns.len() < 12 => self.open(),
            _ if self.conns.is_empty() => self.open(),
            2 => (None, self.aside()),
            n => {
                let id = self.random.below(self.conns.len());
                (Some(id), self.about(id, n, &mut bytes))
            }
        };
        Told {
            event: Event {
                at: Duration::from_millis(self.millis),
                conn: conn.map(|conn| ConnId(u32::try_from(conn).unwrap())),
                by: Actor::User,
                what,
            },
            bytes,
        }
    }

    fn open(&mut self) -> (Option<usize>, What) {
        let role = self.random.of(&[
            Role::Client,
            Role::Accepted,
            Role::Listener,
            Role::Datagram,
            Role::Client,
        ]);
        let transport = if role == Role::Datagram {
            Transport::Udp
        } else {
            self.random.of(&[Transport::Tcp, Transport::UnixStream])
        };
        let parent = self.random.below(self.conns.len() + 3);
        let parent = (parent < self.conns.len()).then(|| ConnId(u32::try_from(parent).unwrap()));
        self.conns.push(Dir::BOTH.to_vec());
        let name = self
            .random
            .of(&[None, None, Some("A"), Some("C"), Some("web")]);
        let name = name.map(str::to_owned);
        let opened = What::Opened {
            name,
            role,
            transport,
            parent,
        };
        (Some(self.conns.len() - 1), opened)
    }

    fn aside(&mut self) -> What {
        let name = self.random.of(&["m", "n"]).to_owned();
        match self.random.below(4) {
            0 => What::Marked(name),
            1 => What::Unmarked(name),
            2 => What::Limit {
                text: self.random.of(&[None, Some("full".to_owned())]),
                key: name,
            },
            _ => What::Note(name),
        }
    }

    fn about(&mut self, id: usize, n: usize, bytes: &mut Vec<u8>) -> What {
        let address = |port: usize| {
            let port = u16::try_from(7000 + port).unwrap();
            Some(Address::Inet(SocketAddr::from(([127, 0, 0, 1], port))))
        };
        match n {
            3 => {
                let [local, peer] = [self.random.below(3), self.random.below(3)];
                let local = address(local);
                let peer = address(peer).filter(|_| self.random.below(3) > 0);
                What::Addressed { local, peer }
            }
            4 => {
                let dir = self.random.of(&Dir::BOTH);
                let rule = self.random.of(RULES).to_owned();
                let from = self.random.of(&[0, 0, 3, 40]);
                What::Framed { dir, rule, from }
            }
            5 => self.small(id),
            6 => self.waiting(),
            _ => self.moved(id, bytes),
        }
    }

    fn small(&mut self, id: usize) -> What {
        let n = self.random.below(9) as u64;
        match self.random.below(6) {
            0 => What::Held {
                queued: n,
                staged: 1,
            },
            1 => What::State(self.random.of(&[State::CloseWait, State::FinWait1])),
            2 => What::Fact(Fact {
                waiting: Some(9),
                state: Some(State::Established),
                ..Fact::default()
            }),
            3 => What::Reading {
                auto: n > 4,
                rate: Some(n),
                keep: None,
            },
            4 => {
                let dir = self.random.of(&Dir::BOTH);
                self.conns[id].retain(|open| *open != dir);
                let cause = self.random.of(&[None, Some(Errno::ECONNRESET)]);
                What::Ended { dir, cause }
            }
            _ if self.random.below(3) == 0 => {
                self.conns[id].clear();
                What::Gone
            }
            _ => What::Note("still there".to_owned()),
        }
    }

    /// A call that waits, or the end of one.
    fn waiting(&mut self) -> What {
        let number = u32::try_from(self.random.below(3)).unwrap();
        let (max, flags) = (10, Flags::default());
        let outcome = self.random.of(&[Outcome::Blocked, Outcome::Returned(0)]);
        let blocked = (outcome != Outcome::Blocked).then_some(Duration::ZERO);
        What::Call(Call {
            pending: Some(number),
            blocked,
            ..Call::new(Syscall::Recv { max, flags }, outcome, Duration::ZERO)
        })
    }

    fn moved(&mut self, id: usize, bytes: &mut Vec<u8>) -> What {
        let Some(dir) = self.conns[id].first().copied() else {
            return What::Note("nothing moves any more".to_owned());
        };
        let turn = self.random.below(self.conns[id].len());
        self.conns[id].rotate_left(turn);
        let piece = self.random.of(PIECES);
        let times = 1 + self.random.below(self.most);
        *bytes = piece.repeat(times);
        bytes.truncate(bytes.len() - self.random.below(piece.len()));
        if self.random.below(12) == 0 {
            // An empty datagram.
            bytes.clear();
        }
        let (len, max, to) = (bytes.len() as u64, 4096, None);
        let mut flags = Flags::default();
        let call = if dir == Dir::In {
            flags.peek = self.random.below(8) == 0;
            Syscall::Recv { max, flags }
        } else {
            Syscall::Send { len, flags, to }
        };
        let range = 0..0;
        let is_seen = !is_again(&call);
        What::Call(Call {
            moved: is_seen.then_some(Moved { dir, range }),
            ..Call::new(call, Outcome::Returned(0), Duration::ZERO)
        })
    }
}
