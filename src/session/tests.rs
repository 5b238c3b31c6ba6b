//! The fold, fed with events as the net makes them.

mod states;
mod talk;
mod travel;

use std::net::SocketAddr;
use std::time::Duration;

use super::*;
use crate::endpoint::{Address, Transport};
use crate::event::Capture as _;
use crate::event::{
    Actor, Call, Errno, Fact, Flags, Moved, Outcome, Role, State, Syscall, Timer, What,
};
use crate::framing::Status;

const A: ConnId = ConnId(0);
const B: ConnId = ConnId(1);

/// A session and the time of its next event.
struct Bench {
    session: Session,
    millis: u64,
}

impl Bench {
    fn new() -> Self {
        Self {
            session: Session::new(1 << 20, None),
            millis: 0,
        }
    }

    fn tell(&mut self, conn: ConnId, what: What) {
        self.millis += 1;
        let at = Duration::from_millis(self.millis);
        self.session.apply(Event {
            at,
            conn: Some(conn),
            by: Actor::User,
            what,
        });
    }

    fn call(&mut self, conn: ConnId, call: Syscall, outcome: Outcome) {
        self.tell(conn, What::Call(Call::new(call, outcome, Duration::ZERO)));
    }

    /// Two connected ends, as `pair tcp` makes them.
    fn paired() -> Self {
        let mut bench = Self::new();
        let address = |port| Address::Inet(SocketAddr::from(([127, 0, 0, 1], port)));
        for (id, role, local, peer) in [
            (A, Role::Client, 5000, 7000),
            (B, Role::Accepted, 7000, 5000),
        ] {
            bench.tell(
                id,
                What::Opened {
                    name: None,
                    role,
                    transport: Transport::Tcp,
                    parent: None,
                },
            );
            if role == Role::Client {
                bench.call(id, Syscall::Connect(address(peer)), Outcome::Returned(0));
            }
            bench.tell(
                id,
                What::Addressed {
                    local: Some(address(local)),
                    peer: Some(address(peer)),
                },
            );
        }
        bench
    }

    /// The states of a socket, with the events that told them.
    fn path(&self, conn: ConnId) -> Vec<(State, u64)> {
        self.session.conn(conn).unwrap().path.clone()
    }

    fn send(&mut self, conn: ConnId, bytes: &[u8]) {
        let range = self
            .session
            .sent(conn, bytes, Duration::from_millis(self.millis));
        let syscall = Syscall::Send {
            len: bytes.len() as u64,
            flags: Flags::default(),
            to: None,
        };
        let outcome = Outcome::Returned(i64::try_from(bytes.len()).unwrap());
        self.moved(conn, syscall, outcome, Dir::Out, range);
    }

    fn receive(&mut self, conn: ConnId, bytes: &[u8]) {
        self.session.room(conn, 4096).extend_from_slice(bytes);
        let range = self
            .session
            .commit(conn, bytes.len(), Duration::from_millis(self.millis));
        let outcome = Outcome::Received {
            len: bytes.len() as u64,
            from: None,
            cut_from: None,
        };
        self.moved(
            conn,
            Syscall::Recv {
                max: 4096,
                flags: Flags::default(),
            },
            outcome,
            Dir::In,
            range,
        );
    }

    fn moved(
        &mut self,
        conn: ConnId,
        call: Syscall,
        outcome: Outcome,
        dir: Dir,
        range: Range<u64>,
    ) {
        let call = Call {
            moved: Some(Moved { dir, range }),
            ..Call::new(call, outcome, Duration::ZERO)
        };
        self.tell(conn, What::Call(call));
        while self.session.cut(1 << 20) {}
    }

    fn notes(&self, conn: ConnId, dir: Dir) -> Vec<(Option<u64>, String, Status)> {
        let entries = self.session.entries(conn, dir, 0, 100);
        let payload = |entry: &Entry| self.session.payload(conn, dir, &entry.message, 1 << 20);
        let text = |entry: &Entry| crate::escape::escape(&payload(entry));
        entries
            .iter()
            .map(|entry| (entry.number, text(entry), entry.message.status.clone()))
            .collect()
    }
}

#[test]
fn both_ends_of_a_connection_find_each_other() {
    let bench = Bench::paired();
    assert_eq!(
        (bench.session.twin(A), bench.session.twin(B)),
        (Some(B), Some(A))
    );
    let states: Vec<_> = bench
        .session
        .conns()
        .iter()
        .map(|conn| (conn.name.as_str(), conn.state))
        .collect();
    assert_eq!(
        states,
        [("A", State::Established), ("B", State::Established)]
    );
    assert!(
        bench
            .session
            .conns()
            .iter()
            .all(|conn| !conn.is_under_way())
    );
}

#[test]
fn bytes_messages_and_boundaries_follow_the_calls() {
    let mut bench = Bench::paired();
    for dir in Dir::BOTH {
        bench.tell(
            B,
            What::Framed {
                dir,
                rule: "len u16be".to_owned(),
                from: 0,
            },
        );
    }
    bench.send(A, b"\x00\x05hello\x00\x0cwor");
    bench.receive(B, b"\x00\x05hel");
    bench.receive(B, b"lo\x00\x0cwor");
    assert_eq!(
        bench.session.bytes(B, Dir::In, 2..7),
        (b"hello".to_vec(), true)
    );
    assert_eq!(bench.session.boundaries(B, Dir::In, 0..100), [5, 12]);
    let partial = Status::Partial { need: Some(9) };
    assert_eq!(
        bench.notes(B, Dir::In),
        [
            (Some(1), "hello".to_owned(), Status::Ok),
            (Some(2), "wor".to_owned(), partial)
        ]
    );
    assert_eq!(bench.session.entry_at(B, Dir::In, 3), Some(0));
    assert_eq!(bench.session.entry_at(B, Dir::In, 8), Some(1));
    assert_eq!(bench.session.lane(B, Dir::In).unwrap().messages(), 1);
}

#[test]
fn another_framing_cuts_what_came_before_anew_or_from_an_offset_on() {
    let mut bench = Bench::paired();
    bench.receive(B, b"ab\ncd\n\x00\x01x");
    assert_eq!(bench.session.lane(B, Dir::In).unwrap().messages(), 1);
    bench.tell(
        B,
        What::Framed {
            dir: Dir::In,
            rule: "line".to_owned(),
            from: 0,
        },
    );
    bench.tell(
        B,
        What::Framed {
            dir: Dir::In,
            rule: "len u16be".to_owned(),
            from: 6,
        },
    );
    while bench.session.cut(1 << 20) {}
    let texts: Vec<_> = bench
        .notes(B, Dir::In)
        .into_iter()
        .map(|(number, text, _)| (number, text))
        .collect();
    assert_eq!(
        texts,
        [
            (Some(1), "ab".to_owned()),
            (Some(2), "cd".to_owned()),
            (Some(3), "x".to_owned())
        ]
    );
}

#[test]
fn a_reset_is_no_end_of_file_and_the_first_cause_stays() {
    let mut bench = Bench::paired();
    bench.receive(A, b"last words");
    bench.tell(
        A,
        What::Ended {
            dir: Dir::In,
            cause: Some(Errno::ECONNRESET),
        },
    );
    bench.tell(
        A,
        What::Ended {
            dir: Dir::In,
            cause: None,
        },
    );
    let lane = bench.session.lane(A, Dir::In).unwrap();
    assert_eq!((lane.ending(), lane.len()), (Some(Ending::Broken), 10));
    assert_eq!(
        bench.session.conn(A).unwrap().trouble.unwrap().errno,
        Errno::ECONNRESET
    );
    bench.tell(
        B,
        What::Ended {
            dir: Dir::In,
            cause: None,
        },
    );
    assert_eq!(
        bench.session.lane(B, Dir::In).unwrap().ending(),
        Some(Ending::End)
    );
    assert_eq!(bench.session.lane(B, Dir::Out).unwrap().ending(), None);
}

#[test]
fn a_call_that_waits_is_listed_until_it_ends() {
    let mut bench = Bench::paired();
    let call = |outcome, blocked| Call {
        blocked,
        pending: Some(3),
        ..Call::new(
            Syscall::Recv {
                max: 4,
                flags: Flags::default(),
            },
            outcome,
            Duration::ZERO,
        )
    };
    bench.tell(A, What::Call(call(Outcome::Blocked, None)));
    bench.tell(A, What::Call(call(Outcome::Failed(Errno::EAGAIN), None)));
    assert_eq!(bench.session.conn(A).unwrap().pending.len(), 1);
    bench.tell(
        A,
        What::Call(call(
            Outcome::Cancelled("by you".to_owned()),
            Some(Duration::from_secs(1)),
        )),
    );
    assert_eq!(bench.session.conn(A).unwrap().pending, []);
}

#[test]
fn a_banner_stands_until_its_limit_ends() {
    let mut bench = Bench::new();
    let limit = |text: Option<&str>| What::Limit {
        key: "full".to_owned(),
        text: text.map(str::to_owned),
    };
    bench.tell(A, limit(Some("nothing more fits")));
    assert_eq!(
        bench.session.banners().collect::<Vec<_>>(),
        ["nothing more fits"]
    );
    bench.tell(A, limit(None));
    assert_eq!(bench.session.banners().count(), 0);
}
