//! What peers tell on the way into the session, whatever it is cut into and whatever it says.

use std::time::Duration;

use super::*;
use crate::endpoint::{Address, Transport};
use crate::event::{Actor, Call, Dir, Event, Moved, Outcome, Role, Syscall, What};

/// Numbers from 10 on.
#[derive(Debug)]
struct Counting(u32);

impl Numbers for Counting {
    fn conn(&mut self) -> ConnId {
        self.0 += 1;
        ConnId(self.0)
    }

    fn pending(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

fn event(conn: u32, what: What) -> Event {
    Event {
        at: Duration::ZERO,
        conn: Some(ConnId(conn)),
        by: Actor::Loop,
        what,
    }
}

fn opened(conn: u32, role: Role, parent: Option<u32>) -> Told {
    let what = What::Opened {
        name: Some("Q".to_owned()),
        role,
        transport: Transport::Tcp,
        parent: parent.map(ConnId),
    };
    told(event(conn, what), b"")
}

fn told(event: Event, bytes: &[u8]) -> Told {
    let bytes = bytes.to_vec();
    Told { event, bytes }
}

fn accept(new: u32) -> Told {
    let (conn, peer) = (ConnId(new), Address::Unnamed);
    let outcome = Outcome::Accepted { conn, peer };
    let call = Call::new(Syscall::Accept, outcome, Duration::ZERO);
    told(event(0, What::Call(call)), b"")
}

fn recv(conn: u32, from: u64, bytes: &[u8], len: u64) -> Told {
    let (max, flags) = (4096, Flags::default());
    let outcome = Outcome::Received {
        len,
        from: None,
        cut_from: None,
    };
    let call = Call {
        moved: Some(Moved {
            dir: Dir::In,
            range: from..from + len,
        }),
        ..Call::new(Syscall::Recv { max, flags }, outcome, Duration::ZERO)
    };
    told(event(conn, What::Call(call)), bytes)
}

fn a_talk() -> Vec<Told> {
    vec![
        opened(0, Role::Listener, None),
        accept(1),
        opened(1, Role::Accepted, Some(0)),
        recv(1, 0, b"abc", 3),
        recv(1, 3, b"de", 2),
        told(event(1, What::Gone), b""),
        told(event(1, What::Note("late".to_owned())), b""),
        accept(2),
        opened(2, Role::Accepted, Some(0)),
    ]
}

/// Feeds bytes in pieces; what came of them, and whether all could be understood.
fn feed(bytes: &[u8], piece: usize) -> (Vec<Heard>, Result<(), Broken>) {
    let (mut feed, mut numbers) = (Feed::new(ConnId(10)), Counting(10));
    let mut all = Vec::new();
    for piece in bytes.chunks(piece) {
        feed.buf().extend_from_slice(piece);
        loop {
            match feed.next(&mut numbers) {
                Ok(Some(heard)) => all.extend(heard),
                Ok(None) => break,
                Err(broken) => return (all, Err(broken)),
            }
        }
    }
    (all, Ok(()))
}

fn wire(all: &[Told]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for told in all {
        told.write(&mut bytes);
    }
    bytes
}

#[test]
fn a_peers_numbers_become_ours_however_the_pipe_cuts() {
    let bytes = wire(&a_talk());
    let (whole, result) = feed(&bytes, bytes.len());
    assert_eq!(result, Ok(()));
    let shape: Vec<(Option<u32>, String)> = whole
        .iter()
        .map(|heard| {
            let what = match &heard.event.what {
                What::Opened { name, parent, .. } => format!("opened {name:?} {parent:?}"),
                What::Call(call) => match &call.outcome {
                    Outcome::Accepted { conn, .. } => format!("accept {}", conn.0),
                    _ => format!("{} {:?}", call.call.name(), heard.bytes),
                },
                what => format!("{what:?}"),
            };
            (heard.event.conn.map(|conn| conn.0), what)
        })
        .collect();
    let expected = [
        (10, "accept 11"),
        (11, "opened None Some(ConnId(10))"),
        (11, "recv [97, 98, 99]"),
        (11, "recv [100, 101]"),
        (11, "Gone"),
        (10, "accept 12"),
        (12, "opened None Some(ConnId(10))"),
    ];
    let expected = expected.map(|(conn, what)| (Some(conn), what.to_owned()));
    assert_eq!(shape, expected);
    assert!(whole.iter().all(|heard| heard.event.by == Actor::Lab));
    for piece in [1, 2, 7, 64] {
        assert_eq!(feed(&bytes, piece), (whole.clone(), Ok(())), "{piece}");
    }
}

#[test]
fn a_stream_that_cannot_be_understood_ends_and_harms_nothing() {
    let bytes = wire(&a_talk());
    // A process that dies in the middle of a word.
    for cut in 0..bytes.len() {
        let (_, result) = feed(&bytes[..cut], 5);
        assert_eq!(result, Ok(()), "{cut}");
    }
    // One that lies about what moved, or about who it is.
    for lie in [
        recv(1, 5, b"x", 1),
        recv(1, 0, b"x", 2),
        recv(1, 0, b"xyz", 1),
        told(event(1, What::Gone), b"x"),
        opened(1, Role::Accepted, Some(0)),
    ] {
        let mut all = a_talk();
        all.truncate(3);
        all.push(lie.clone());
        assert_eq!(feed(&wire(&all), 9).1, Err(Broken), "{lie:?}");
    }
    // Garbage of every sort: no panic, whatever it is.
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut bytes = bytes.clone();
            bytes[at] ^= bit;
            let _ = feed(&bytes, 11);
        }
    }
    assert_eq!(feed(&[0xff; 16], 16).1, Err(Broken));
}

#[test]
fn what_is_asked_of_a_peer_is_read_as_it_was_written() {
    let all = [Asked::Look(vec![0, 3]), Asked::Look(vec![]), Asked::Vanish];
    let mut bytes = Vec::new();
    for asked in &all {
        asked.write(&mut bytes);
    }
    let (mut came, mut read) = (Vec::new(), Vec::new());
    for byte in bytes {
        came.push(byte);
        read.extend(Asked::read(&mut came));
    }
    assert_eq!(read, all);
    assert!(came.is_empty());
}

#[test]
fn each_kind_reads_its_own_words_and_complains_about_others() {
    for peer in PEERS {
        let first = peer.usage().split(' ').next();
        assert_eq!(first, Some(peer.name()), "{}", peer.usage());
        let too_many = format!("{} 1 1ms x y z", peer.name());
        let found = parse(&mut Words::new(&too_many, 0));
        assert!(found.is_err(), "{too_many}: {found:?}");
    }
    let complaint = parse(&mut Words::new("ecko", 5)).unwrap_err();
    assert_eq!(complaint.fits, "did you mean `echo`?");
    assert_eq!(complaint.column, 5);
}
