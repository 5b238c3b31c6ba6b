//! What is forgotten, what is not, and what is left of it.

use std::time::Duration;

use super::*;
use crate::endpoint::{Address, Transport};
use crate::event::{Actor, Capture as _, Role};
use crate::event::{Call, Flags, Moved, Outcome, Syscall};

fn tell(session: &mut Session, conn: u32, what: What) -> u64 {
    session.apply(Event {
        at: Duration::from_millis(session.event_count()),
        conn: Some(ConnId(conn)),
        by: Actor::Loop,
        what,
    })
}

fn open(session: &mut Session, conn: u32, role: Role, parent: Option<u32>) {
    let opened = What::Opened {
        name: None,
        role,
        transport: Transport::Tcp,
        parent: parent.map(ConnId),
    };
    tell(session, conn, opened);
    let end = |port| Address::Inet(([127, 0, 0, 1], port).into());
    let port = u16::try_from(1 + conn % 60_000).unwrap();
    let addressed = What::Addressed {
        local: Some(end(port)),
        peer: Some(end(61_000)),
    };
    tell(session, conn, addressed);
}

fn receive(session: &mut Session, conn: u32, bytes: &[u8]) {
    let id = ConnId(conn);
    session.room(id, bytes.len()).extend_from_slice(bytes);
    let range = session.commit(id, bytes.len(), Duration::ZERO);
    let len = bytes.len() as u64;
    let outcome = Outcome::Received {
        len,
        from: None,
        cut_from: None,
    };
    let recv = Syscall::Recv {
        max: len,
        flags: Flags::default(),
    };
    let moved = Some(Moved {
        dir: Dir::In,
        range,
    });
    let call = Call {
        moved,
        ..Call::new(recv, outcome, Duration::ZERO)
    };
    tell(session, conn, What::Call(call));
}

/// Opens a client and a server side beneath the tap 0, lets something come, and closes both.
fn converse(session: &mut Session, client: u32) {
    open(session, client, Role::Accepted, Some(0));
    open(session, client + 1, Role::Client, Some(client));
    receive(session, client, format!("hello from {client}\n").as_bytes());
    tell(session, client, What::Gone);
    tell(session, client + 1, What::Gone);
}

/// A tap with so many conversations that are over.
fn tapped(conversations: u32) -> Session {
    let mut session = Session::new(1 << 20, None);
    open(&mut session, 0, Role::Tap, None);
    for nth in 0..conversations {
        converse(&mut session, 1 + 2 * nth);
    }
    while session.cut(1 << 20) {}
    session
}

fn forget(session: &mut Session) -> Vec<u32> {
    forget_but(session, &[], u64::MAX)
}

fn forget_but(session: &mut Session, wanted: &[u32], from: u64) -> Vec<u32> {
    let mut all = Vec::new();
    loop {
        let gone = session.forget(&Wanted {
            is_wanted: &|conn| wanted.contains(&conn.id.0),
            from,
        });
        assert!(gone.len() <= AT_ONCE + 1, "{} at once", gone.len());
        all.extend(gone.iter().map(|id| id.0));
        if gone.is_empty() || !session.is_overfull() {
            return all;
        }
    }
}

#[test]
fn the_oldest_conversations_go_and_the_rest_stays_as_it_was() {
    let mut session = tapped(20);
    assert!(!session.is_overfull());
    session.keep_closed(Some(16));
    assert!(session.is_overfull());
    let gone = forget(&mut session);
    // Of forty closed sockets fifteen stay, but no conversation is torn.
    assert_eq!(gone, (1..=26).collect::<Vec<_>>());
    assert_eq!(session.forgotten(), 26);
    assert!(!session.is_overfull());
    assert!(forget(&mut session).is_empty());
    assert_eq!((session.conns().ever(), session.conns().len()), (41, 15));
    let left = session.named("T1.14c").unwrap();
    assert_eq!(left, ConnId(27));
    let text = b"hello from 27\n".to_vec();
    assert_eq!(session.bytes(left, Dir::In, 0..99), (text, true));
    assert_eq!(session.lane(left, Dir::In).unwrap().messages(), 1);
    let first = ConnId(1);
    assert!(session.is_forgotten(first) && !session.is_forgotten(ConnId(99)));
    assert_eq!((session.name(first), session.named("T1.1c")), ("?", None));
    assert!(session.is_name_forgotten("T1.1c") && !session.is_name_forgotten("T1.99c"));
    assert!(session.lane(first, Dir::In).is_none());
    assert_eq!(session.turns(first, u64::MAX).count(), 0);
    // Numbers and names go on.
    converse(&mut session, 41);
    assert_eq!(session.name(ConnId(41)), "T1.21c");
    assert_eq!(session.conn(ConnId(0)).unwrap().children, 21);
}

#[test]
fn of_many_sockets_the_newest_have_their_messages_at_hand_and_all_have_them() {
    let mut session = Session::new(1 << 20, None);
    for id in 0..1000 {
        open(&mut session, id, Role::Client, None);
        receive(&mut session, id, b"one");
        while session.cut(1 << 20) {}
    }
    let framed = (0..1000).filter_map(|id| session.framed.get(id));
    let held: Vec<usize> = framed
        .map(|both| both[0].at_hand() + both[1].at_hand())
        .collect();
    assert_eq!(held.len(), 1000);
    assert_eq!((held[0], held[700], held[999]), (0, 0, 1));
    let sum: usize = held.iter().sum();
    assert!((128..=256).contains(&sum), "{sum}");
    for id in 0..1000 {
        let found = session.entries(ConnId(id), Dir::In, 0, 9);
        assert_eq!((found.len(), found[0].number), (1, Some(1)), "{id}");
    }
}

#[test]
fn what_is_wanted_open_or_not_read_yet_stays() {
    let mut session = tapped(10);
    open(&mut session, 21, Role::Accepted, Some(0));
    open(&mut session, 22, Role::Client, Some(21));
    tell(&mut session, 21, What::Gone);
    tell(&mut session, 0, What::Gone);
    session.keep_closed(Some(0));
    let closed = session.conn(ConnId(12)).unwrap().path.last().unwrap().1;
    assert_eq!(
        forget_but(&mut session, &[4], closed),
        [1, 2, 5, 6, 7, 8, 9, 10]
    );
    assert_eq!(
        forget_but(&mut session, &[4], u64::MAX),
        (11..=20).collect::<Vec<_>>()
    );
    // One side of the last is open, and the tap has made both.
    assert_eq!(forget(&mut session), [3, 4]);
    tell(&mut session, 22, What::Gone);
    assert_eq!(forget(&mut session), [21, 22, 0]);
    assert_eq!(session.conns().len(), 0);
}

#[test]
fn an_earlier_moment_has_no_forgotten_sockets_and_counts_them() {
    let mut session = tapped(3000);
    let before = session.conn(ConnId(0)).unwrap().moved;
    let half = session.event_count() / 2;
    session.keep_closed(Some(1000));
    assert_eq!(forget(&mut session).len(), 5062);
    for seq in [half, session.event_count() - 1, 5] {
        session.travel(Some(seq));
        while session.travel_on() {}
        session.seen(|past| {
            assert_eq!(past.past().unwrap().seq, seq);
            assert!(
                past.conns()
                    .iter()
                    .all(|conn| conn.id.0 == 0 || conn.id.0 > 5062)
            );
            assert!(past.conns().ever() <= 6001);
            let tap = past.conn(ConnId(0)).unwrap();
            assert_eq!(tap.children, past.conns().ever() as u64 / 2);
            if seq == session_end(past) {
                assert_eq!(tap.moved, before);
            }
        });
    }
    session.travel(None);
    assert_eq!(session.conn(ConnId(0)).unwrap().moved, before);
}

fn session_end(session: &Session) -> u64 {
    session.event_total() - 1
}

#[test]
fn the_log_is_bounded_and_the_past_begins_where_it_does() {
    let mut session = tapped(3000);
    let (count, whole) = (session.event_count(), session.event(0));
    assert!(whole.is_some());
    session.keep_log(64 << 10);
    assert!(session.is_overfull());
    forget(&mut session);
    let (first, moment) = (session.first_event(), session.first_moment());
    assert!(
        first > count / 2 && moment >= first,
        "{first} {moment} of {count}"
    );
    assert_eq!(session.event(first - 1), None);
    assert!(session.event(first).is_some());
    // Whoever asks for what was before sees the first moment there is.
    session.travel(Some(1));
    while session.travel_on() {}
    session.seen(|past| {
        assert_eq!(past.past().unwrap().seq, moment);
        assert_eq!(past.conn(ConnId(0)).unwrap().name, "T1");
    });
    session.travel(None);
    // Nothing goes that somebody has not read.
    session.keep_log(1 << 10);
    forget_but(&mut session, &[], first);
    assert_eq!(session.first_event(), first);
}

#[test]
fn what_is_forgotten_takes_no_room() {
    let mut session = tapped(1);
    session.keep_closed(Some(64));
    let mut tapes = 0;
    for nth in 1..5000 {
        converse(&mut session, 1 + 2 * nth);
        while session.cut(1 << 20) {}
        forget(&mut session);
        if nth == 200 {
            tapes = session.store.tapes.places();
        }
    }
    assert_eq!(session.store.tapes.places(), tapes, "places are used again");
    assert!(session.conns().len() <= 67);
    assert!(session.store.pairs.count() <= 67);
    assert!(session.conns().copy_bytes() < 200);
}
