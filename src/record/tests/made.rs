//! Sessions that are made up event by event.

use std::time::Duration;

use crate::endpoint::{Address, Transport};
use crate::event::{
    Actor, Call, Capture, ConnId, Dir, Errno, Event, Flags, Moved, Outcome, Role, Syscall, What,
};
use crate::session::Session;

/// A session that is made up event by event.
pub(super) struct Made {
    pub(super) session: Session,
    pub(super) at: Duration,
}

impl Made {
    pub(super) fn new() -> Self {
        Self {
            session: Session::new(1 << 20, None),
            at: Duration::ZERO,
        }
    }

    pub(super) fn tell(&mut self, conn: Option<u32>, what: What) {
        self.at += Duration::from_nanos(1_234_567);
        self.session.apply(Event {
            at: self.at,
            conn: conn.map(ConnId),
            by: Actor::Loop,
            what,
        });
    }

    pub(super) fn open(
        &mut self,
        conn: u32,
        role: Role,
        transport: Transport,
        parent: Option<u32>,
    ) {
        let (name, parent) = (None, parent.map(ConnId));
        let what = What::Opened {
            name,
            role,
            transport,
            parent,
        };
        self.tell(Some(conn), what);
    }

    pub(super) fn addressed(&mut self, conn: u32, local: &str, peer: &str) {
        let address = |text: &str| text.parse().ok().map(Address::Inet);
        let (local, peer) = (address(local), address(peer));
        self.tell(Some(conn), What::Addressed { local, peer });
    }

    pub(super) fn receive(&mut self, conn: u32, bytes: &[u8]) {
        self.at += Duration::from_micros(3);
        let id = ConnId(conn);
        self.session.room(id, bytes.len()).extend_from_slice(bytes);
        let range = self.session.commit(id, bytes.len(), self.at);
        let (max, flags, len) = (65_536, Flags::default(), bytes.len() as u64);
        let (from, cut_from) = (None, None);
        let outcome = Outcome::Received {
            len,
            from,
            cut_from,
        };
        let call = Call::new(Syscall::Recv { max, flags }, outcome, Duration::ZERO);
        self.moved(conn, Dir::In, range, call);
    }

    pub(super) fn send(&mut self, conn: u32, bytes: &[u8]) {
        self.at += Duration::from_micros(3);
        let range = self.session.sent(ConnId(conn), bytes, self.at);
        self.moved(conn, Dir::Out, range.clone(), sent(range.end - range.start));
    }

    pub(super) fn pass(&mut self, from: u32, to: u32) {
        let all = self.session.lane(ConnId(from), Dir::In).unwrap().len();
        let done = self.session.lane(ConnId(to), Dir::Out).unwrap().len();
        let range = self
            .session
            .passed(ConnId(from), done..all, ConnId(to), self.at);
        self.moved(to, Dir::Out, range.clone(), sent(range.end - range.start));
    }

    pub(super) fn moved(
        &mut self,
        conn: u32,
        dir: Dir,
        range: std::ops::Range<u64>,
        mut call: Call,
    ) {
        call.moved = Some(Moved { dir, range });
        self.tell(Some(conn), What::Call(call));
    }

    pub(super) fn end(&mut self, conn: u32, dir: Dir, cause: Option<Errno>) {
        self.tell(Some(conn), What::Ended { dir, cause });
    }
}

fn sent(len: u64) -> Call {
    let (flags, to) = (Flags::default(), None);
    let outcome = Outcome::Returned(len.try_into().unwrap());
    Call::new(Syscall::Send { len, flags, to }, outcome, Duration::ZERO)
}

/// Two ends that are ours, a tapped conversation, a Unix socket, datagrams, and all kinds of ends.
pub(super) fn session() -> Session {
    let mut made = Made::new();
    made.tell(None, What::Note("a note".to_owned()));
    made.open(0, Role::Listener, Transport::Tcp, None);
    made.open(1, Role::Client, Transport::Tcp, None);
    made.addressed(1, "127.0.0.1:40000", "127.0.0.1:7");
    made.open(2, Role::Accepted, Transport::Tcp, Some(0));
    made.addressed(2, "127.0.0.1:7", "127.0.0.1:40000");
    made.send(1, b"hello\nworld\n");
    made.receive(2, b"hello\n");
    made.receive(2, b"world\n");
    let (dir, rule, from) = (Dir::In, "line".to_owned(), 0);
    made.tell(Some(2), What::Framed { dir, rule, from });
    made.tell(None, What::Marked("here".to_owned()));
    let long: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    made.send(2, &long);
    made.receive(1, &long[..130_000]);
    made.end(1, Dir::Out, None);
    made.end(2, Dir::In, None);
    made.end(1, Dir::In, Some(Errno::ECONNRESET));
    made.tell(Some(1), What::Gone);
    made.open(3, Role::Tap, Transport::Tcp, None);
    made.open(4, Role::Accepted, Transport::Tcp, Some(3));
    made.addressed(4, "127.0.0.1:8", "127.0.0.1:50000");
    made.open(5, Role::Client, Transport::Tcp, Some(4));
    made.addressed(5, "127.0.0.1:50001", "127.0.0.1:9");
    made.receive(4, b"request");
    made.pass(4, 5);
    made.receive(5, b"response");
    made.pass(5, 4);
    made.receive(4, b"changed");
    made.send(5, b"CHANGED!");
    made.open(6, Role::Client, Transport::UnixStream, None);
    made.send(6, b"over a path");
    made.open(7, Role::Datagram, Transport::Udp, None);
    made.addressed(7, "127.0.0.1:60000", "");
    made.receive(7, b"a datagram");
    made.receive(7, b"");
    made.session
}
