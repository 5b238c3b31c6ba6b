//! A session written and restored is the same session, up to where its file ends.

use std::rc::Rc;
use std::time::Duration;

use super::block::{Block, Next, Reader};
use super::*;
use crate::endpoint::{Address, Transport};
use crate::event::{
    Actor, Call, Capture, ConnId, Dir, Errno, Event, Flags, Moved, Outcome, Role, Shelf, Syscall,
    What,
};
use crate::session::{Lane, Session};
use crate::tape::Extent;

const WALL: Duration = Duration::from_secs(1_700_000_000);

/// A session that is made up event by event.
struct Made {
    session: Session,
    at: Duration,
}

impl Made {
    fn new() -> Self {
        Self {
            session: Session::new(1 << 20, None),
            at: Duration::ZERO,
        }
    }

    fn tell(&mut self, conn: Option<u32>, what: What) {
        self.at += Duration::from_nanos(1_234_567);
        self.session.apply(Event {
            at: self.at,
            conn: conn.map(ConnId),
            by: Actor::Loop,
            what,
        });
    }

    fn open(&mut self, conn: u32, role: Role, transport: Transport, parent: Option<u32>) {
        let (name, parent) = (None, parent.map(ConnId));
        let what = What::Opened {
            name,
            role,
            transport,
            parent,
        };
        self.tell(Some(conn), what);
    }

    fn addressed(&mut self, conn: u32, local: &str, peer: &str) {
        let address = |text: &str| text.parse().ok().map(Address::Inet);
        let (local, peer) = (address(local), address(peer));
        self.tell(Some(conn), What::Addressed { local, peer });
    }

    fn receive(&mut self, conn: u32, bytes: &[u8]) {
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

    fn send(&mut self, conn: u32, bytes: &[u8]) {
        self.at += Duration::from_micros(3);
        let range = self.session.sent(ConnId(conn), bytes, self.at);
        self.moved(conn, Dir::Out, range.clone(), sent(range.end - range.start));
    }

    fn pass(&mut self, from: u32, to: u32) {
        let all = self.session.lane(ConnId(from), Dir::In).unwrap().len();
        let done = self.session.lane(ConnId(to), Dir::Out).unwrap().len();
        let range = self
            .session
            .passed(ConnId(from), done..all, ConnId(to), self.at);
        self.moved(to, Dir::Out, range.clone(), sent(range.end - range.start));
    }

    fn moved(&mut self, conn: u32, dir: Dir, range: std::ops::Range<u64>, mut call: Call) {
        call.moved = Some(Moved { dir, range });
        self.tell(Some(conn), What::Call(call));
    }

    fn end(&mut self, conn: u32, dir: Dir, cause: Option<Errno>) {
        self.tell(Some(conn), What::Ended { dir, cause });
    }
}

fn sent(len: u64) -> Call {
    let (flags, to) = (Flags::default(), None);
    let outcome = Outcome::Returned(len.try_into().unwrap());
    Call::new(Syscall::Send { len, flags, to }, outcome, Duration::ZERO)
}

/// Two ends that are ours, a tapped conversation, a Unix socket, datagrams, and all kinds of ends.
fn session() -> Session {
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

/// What a recorder writes of a session, from the event `from` on.
fn written(session: &Session, from: u64) -> (Vec<u8>, Vec<Placed>) {
    let mut out = Vec::new();
    let mut page = Page {
        out: &mut out,
        base: 0,
    };
    let mut writer = Writer::new(WALL, &mut page);
    if from > 0 {
        writer.prelude(session, session.now(), &mut page);
    }
    session.events_from(from, &mut |_, event| {
        writer.take(session, event, &mut page);
        true
    });
    writer.rest(&mut page);
    let placed = writer.placed_before(u64::MAX).collect();
    (out, placed)
}

#[derive(Debug)]
struct Memory(Rc<Vec<u8>>);

impl Shelf for Memory {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let there = self.0.get(at..).and_then(|rest| rest.get(..buf.len()));
        there.is_some_and(|there| {
            buf.copy_from_slice(there);
            true
        })
    }
}

/// The session that a file holds, and why no more of it.
fn restored(file: &[u8]) -> (Session, Option<Unrestored>) {
    let mut session = Session::new(1 << 20, None);
    let shelf = session.shelve(Box::new(Memory(Rc::new(file.to_vec()))));
    let mut reader = Reader::default();
    let mut restorer = None;
    let mut out = Vec::new();
    let mut why = None;
    while let Ok(next) = reader.next(file.get(reader_at(&reader)..).unwrap_or_default()) {
        let block = match next {
            Next::Want(_) => break,
            Next::Skipped { .. } => continue,
            Next::Block { block, .. } => block,
        };
        let Some(known) = &mut restorer else {
            match Restorer::of(&block) {
                Some(Ok(found)) => restorer = Some(found),
                Some(Err(found)) => return (session, Some(found)),
                None => {}
            }
            continue;
        };
        if let Err(found) = take(known, &block, &mut out) {
            why = Some(found);
            break;
        }
    }
    for step in out {
        match step {
            Restored::Moved {
                conn,
                dir,
                parts,
                at,
            } => {
                let extent = |(place, len): (Option<u64>, u64)| Extent {
                    place: place.map(|at| (shelf, at)),
                    len,
                };
                let parts: Vec<Extent> = parts.into_iter().map(extent).collect();
                session.adopt(conn, dir, &parts, at);
            }
            Restored::Passed {
                conn,
                from: (from, _, start),
                len,
                at,
                ..
            } => {
                session.passed(from, start..start + len, conn, at);
            }
            Restored::Event(event) => {
                session.apply(*event);
            }
        }
    }
    (session, why)
}

fn take(
    restorer: &mut Restorer,
    block: &Block<'_>,
    out: &mut Vec<Restored>,
) -> Result<(), Unrestored> {
    restorer.take(block, out)
}

fn reader_at(reader: &Reader) -> usize {
    usize::try_from(reader.at()).unwrap_or(usize::MAX)
}

/// Everything that can be asked of a session, but where its bytes lie.
fn picture(session: &mut Session) -> Vec<String> {
    while session.cut(1 << 20) {}
    let mut lines = Vec::new();
    session.events_from(0, &mut |seq, event| {
        lines.push(format!("{seq} {event:?}"));
        true
    });
    let ids: Vec<ConnId> = session.conns().iter().map(|conn| conn.id).collect();
    for id in ids {
        lines.push(format!("{:?}", session.conn(id)));
        for dir in Dir::BOTH {
            let Some(lane) = session.lane(id, dir) else {
                continue;
            };
            let (len, calls, ending) = (lane.len(), lane.calls(), lane.ending());
            let framings: Vec<_> = lane.framings().collect();
            let ends = session.ends_from(id, dir, 0);
            let ends: Vec<_> = ends
                .into_iter()
                .take(usize::try_from(calls).unwrap())
                .collect();
            let bytes = session.bytes(id, dir, 0..len);
            let entries = session.entries(id, dir, 0, 100);
            lines.push(format!(
                "{id:?} {dir:?} {len} {calls} {ending:?} {framings:?} {ends:?} {bytes:?} {entries:?}"
            ));
        }
    }
    lines.push(format!("{:?}", session.marks()));
    lines
}

#[test]
fn what_is_restored_is_what_was_there() {
    let mut session = session();
    let (file, _) = written(&session, 0);
    let (mut again, why) = restored(&file);
    assert_eq!(why, None);
    let (one, other) = (picture(&mut session), picture(&mut again));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
}

#[test]
fn what_is_restored_and_recorded_again_is_the_same_file() {
    let session = session();
    let (file, _) = written(&session, 0);
    let (again, _) = restored(&file);
    assert!(written(&again, 0).0 == file);
}

#[test]
fn bytes_are_written_once_and_lie_where_it_is_said() {
    let session = session();
    let (file, placed) = written(&session, 0);
    let mut told = 0;
    for each in placed {
        let (bytes, _) = session.bytes(each.conn, each.dir, each.range.clone());
        let at = usize::try_from(each.at).unwrap();
        assert_eq!(file[at..at + bytes.len()], bytes);
        assert!(
            !matches!((each.conn, each.dir), (ConnId(4), Dir::Out)),
            "an alias"
        );
        told += bytes.len();
    }
    // What was passed on is not among them: 7 bytes of the request, 8 of the response.
    let moved = |id: u32, dir| session.lane(ConnId(id), dir).map_or(0, Lane::len);
    let all: u64 = (0..8)
        .map(|id| moved(id, Dir::In) + moved(id, Dir::Out))
        .sum();
    assert_eq!(told as u64, all - 15);
}

#[test]
fn a_file_that_ends_anywhere_holds_the_session_up_to_there() {
    let mut session = session();
    let (file, _) = written(&session, 0);
    let whole = picture(&mut session);
    let mut last = 0;
    let is_near =
        |end: &usize| *end < 1_500 || end + 1_000 > file.len() || end.is_multiple_of(9_973);
    let ends = (0..=file.len()).filter(is_near);
    for end in ends {
        let (again, why) = restored(&file[..end]);
        assert_eq!(why, None, "torn, not wrong");
        let count = again.event_count();
        assert!(count >= last, "a longer file holds no less");
        last = count;
        again.events_from(0, &mut |seq, event| {
            let at = usize::try_from(seq).unwrap();
            assert_eq!(whole[at], format!("{seq} {event:?}"));
            true
        });
    }
    assert_eq!(last, session.event_count());
}

#[test]
fn no_turned_bit_does_harm() {
    let session = {
        let mut made = Made::new();
        made.open(0, Role::Client, Transport::Tcp, None);
        made.addressed(0, "127.0.0.1:40000", "127.0.0.1:7");
        made.send(0, b"hello");
        made.receive(0, b"hello");
        made.tell(Some(0), What::Gone);
        made.session
    };
    let (file, _) = written(&session, 0);
    for bit in 0..file.len() * 8 {
        let mut turned = file.clone();
        turned[bit / 8] ^= 1 << (bit % 8);
        let (mut again, _) = restored(&turned);
        picture(&mut again);
    }
}

#[test]
fn a_recording_may_begin_in_the_midst() {
    let mut made = Made::new();
    made.open(0, Role::Client, Transport::Tcp, None);
    made.addressed(0, "127.0.0.1:40000", "127.0.0.1:7");
    made.send(0, b"before");
    let from = made.session.event_count();
    made.receive(0, b"not yet");
    let mut file = Vec::new();
    {
        // The prelude tells how it was then; here that is now, but for what came behind it.
        let mut page = Page {
            out: &mut file,
            base: 0,
        };
        let mut writer = Writer::new(WALL, &mut page);
        writer.prelude(&made.session, made.at, &mut page);
        let begun = made.session.event_count();
        made.send(0, b"behind");
        made.session.events_from(begun, &mut |_, event| {
            writer.take(&made.session, event, &mut page);
            true
        });
        writer.rest(&mut page);
    }
    assert!(from < made.session.event_count());
    let (again, why) = restored(&file);
    assert_eq!(why, None);
    let out = ConnId(0);
    assert_eq!(
        again.bytes(out, Dir::Out, 6..12),
        (b"behind".to_vec(), true)
    );
    assert!(!again.bytes(out, Dir::Out, 0..6).1, "nobody has these");
    assert_eq!(again.name(out), "A");
    assert_eq!(again.lane(out, Dir::Out).unwrap().len(), 12);
}

#[test]
fn another_version_says_so() {
    let (mut file, _) = written(&Session::new(1 << 20, None), 0);
    let at = file
        .windows(4)
        .position(|window| window == b"SKYE")
        .unwrap();
    // Magic, length, the kind of the entry, its version.
    assert_eq!(file[at + 9], 1);
    file[at + 9] = 99;
    assert_eq!(restored(&file).1, Some(Unrestored::Version(99)));
}
