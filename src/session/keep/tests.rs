//! What is let go of where sockets keep a number of bytes together, and what is not.

use std::ops::Range;
use std::time::Duration;

use crate::endpoint::Transport;
use crate::event::{Actor, Call, Capture as _, ConnId, Dir, Event, Flags};
use crate::event::{Moved, Outcome, Role, Syscall, What};
use crate::session::Session;

const LISTENER: ConnId = ConnId(0);
const A: ConnId = ConnId(1);
const B: ConnId = ConnId(2);
const OTHER: ConnId = ConnId(3);

fn tell(session: &mut Session, conn: ConnId, what: What) {
    session.apply(Event {
        at: Duration::from_millis(session.event_count()),
        conn: Some(conn),
        by: Actor::Loop,
        what,
    });
}

fn keep(session: &mut Session, conn: ConnId, keep: Option<u64>) {
    let (auto, rate) = (true, None);
    tell(session, conn, What::Reading { auto, rate, keep });
}

/// A listener, two that it accepted, and a socket that has nothing to do with them.
fn session() -> Session {
    let mut session = Session::new(1 << 20, None);
    for (id, role, parent) in [
        (LISTENER, Role::Listener, None),
        (A, Role::Accepted, Some(LISTENER)),
        (B, Role::Accepted, Some(LISTENER)),
        (OTHER, Role::Client, None),
    ] {
        let (name, transport) = (None, Transport::Tcp);
        let opened = What::Opened {
            name,
            role,
            transport,
            parent,
        };
        tell(&mut session, id, opened);
    }
    session
}

fn moved(session: &mut Session, id: ConnId, dir: Dir, bytes: &[u8]) {
    let len = bytes.len() as u64;
    let range = match dir {
        Dir::In => {
            session.room(id, bytes.len()).extend_from_slice(bytes);
            session.commit(id, bytes.len(), Duration::ZERO)
        }
        Dir::Out => session.sent(id, bytes, Duration::ZERO),
    };
    let flags = Flags::default();
    let syscall = match dir {
        Dir::In => Syscall::Recv { max: len, flags },
        Dir::Out => Syscall::Send {
            len,
            flags,
            to: None,
        },
    };
    let outcome = Outcome::Returned(i64::try_from(len).unwrap());
    let moved = Some(Moved { dir, range });
    let call = Call {
        moved,
        ..Call::new(syscall, outcome, Duration::ZERO)
    };
    tell(session, id, What::Call(call));
}

/// Lets all framings see all there is, and goes on to the next round.
fn rounds(session: &mut Session) {
    while session.cut(1 << 20) {}
    session.cut(1 << 20);
}

/// Which bytes of a direction are there.
fn there(session: &Session, id: ConnId, dir: Dir) -> Range<u64> {
    let len = session.stored_len(id, dir);
    let first = (0..len).find(|at| session.stored(id, dir, *at..at + 1).1);
    let first = first.unwrap_or(len);
    assert!(session.stored(id, dir, first..len).1, "no holes");
    first..len
}

#[test]
fn what_is_cut_in_a_round_can_be_read_until_the_next_and_what_is_not_cut_stays() {
    let mut session = session();
    keep(&mut session, OTHER, Some(10));
    for dir in Dir::BOTH {
        let (rule, from) = ("line".to_owned(), 0);
        tell(&mut session, OTHER, What::Framed { dir, rule, from });
    }
    moved(
        &mut session,
        OTHER,
        Dir::In,
        b"one\ntwo\nthree\nfour\nfive\n",
    );
    session.cut(1 << 20);
    assert_eq!(there(&session, OTHER, Dir::In), 0..24, "for a round");
    session.cut(1 << 20);
    assert_eq!(there(&session, OTHER, Dir::In), 14..24);
    assert_eq!(session.lane(OTHER, Dir::In).unwrap().messages(), 5);
    // However much came since, nobody has looked at it.
    moved(&mut session, OTHER, Dir::In, b"\n");
    session.cut(1 << 20);
    session.room(OTHER, 4096).extend_from_slice(&[b'x'; 50]);
    session.commit(OTHER, 50, Duration::ZERO);
    session.cut(1 << 20);
    assert_eq!(there(&session, OTHER, Dir::In), 25..75);
}

#[test]
fn both_directions_and_all_that_a_listener_accepted_keep_the_newest_together() {
    let mut session = session();
    for id in [LISTENER, A, B] {
        keep(&mut session, id, Some(100_000));
    }
    moved(&mut session, OTHER, Dir::In, &vec![b'o'; 200_000]);
    moved(&mut session, A, Dir::In, &vec![b'a'; 90_000]);
    rounds(&mut session);
    assert_eq!(there(&session, A, Dir::In), 0..90_000);
    moved(&mut session, A, Dir::Out, &vec![b'b'; 20_000]);
    rounds(&mut session);
    assert_eq!(there(&session, A, Dir::In), 10_000..90_000);
    assert_eq!(there(&session, A, Dir::Out), 0..20_000);
    // A block holds its place from when it began on: what is older than it goes first.
    moved(&mut session, B, Dir::In, &vec![b'c'; 60_000]);
    rounds(&mut session);
    assert_eq!(there(&session, A, Dir::In), 70_000..90_000);
    assert_eq!(there(&session, A, Dir::Out), 0..20_000);
    moved(&mut session, B, Dir::In, &vec![b'd'; 40_000]);
    rounds(&mut session);
    assert_eq!(there(&session, A, Dir::In), 90_000..90_000);
    assert_eq!(there(&session, A, Dir::Out), 20_000..20_000);
    assert_eq!(there(&session, B, Dir::In), 0..100_000);
    assert_eq!(there(&session, OTHER, Dir::In), 0..200_000);
}

#[test]
fn what_is_not_passed_on_yet_stays_and_others_give_way() {
    let mut session = session();
    for id in [A, B] {
        keep(&mut session, id, Some(100_000));
    }
    session.owe(A, Some(30_000));
    moved(&mut session, A, Dir::In, &vec![b'a'; 90_000]);
    moved(&mut session, B, Dir::In, &vec![b'b'; 90_000]);
    rounds(&mut session);
    assert_eq!(there(&session, A, Dir::In), 30_000..90_000);
    assert_eq!(there(&session, B, Dir::In), 50_000..90_000);
    session.owe(A, None);
    moved(&mut session, B, Dir::In, &vec![b'b'; 30_000]);
    rounds(&mut session);
    assert_eq!(there(&session, A, Dir::In), 60_000..90_000);
    assert_eq!(there(&session, B, Dir::In), 50_000..120_000);
}

#[test]
fn one_that_is_told_otherwise_keeps_for_itself_and_so_does_none_that_is_told_nothing() {
    let mut session = session();
    for id in [A, B] {
        keep(&mut session, id, Some(100_000));
        moved(&mut session, id, Dir::In, &vec![b'a'; 40_000]);
    }
    rounds(&mut session);
    keep(&mut session, A, Some(50_000));
    moved(&mut session, A, Dir::In, &vec![b'a'; 40_000]);
    moved(&mut session, B, Dir::In, &vec![b'b'; 50_000]);
    rounds(&mut session);
    assert_eq!(there(&session, A, Dir::In), 30_000..80_000);
    assert_eq!(there(&session, B, Dir::In), 0..90_000);
    keep(&mut session, A, None);
    moved(&mut session, A, Dir::In, &vec![b'a'; 100_000]);
    rounds(&mut session);
    assert_eq!(there(&session, A, Dir::In), 30_000..180_000);
    // And back: what it has counts again.
    keep(&mut session, A, Some(100_000));
    moved(&mut session, B, Dir::In, b"b");
    rounds(&mut session);
    let left = [A, B].map(|id| {
        let there = there(&session, id, Dir::In);
        there.end - there.start
    });
    assert_eq!(left.iter().sum::<u64>(), 100_000);
    session.keeping.forget(&[A, B]);
    assert!(session.keeping.families.is_empty() && session.keeping.of.is_empty());
}
