//! A session written and restored is the same session, up to where its file ends.

mod made;
mod noted;
mod shape;
mod torn;

use std::rc::Rc;
use std::time::Duration;

use made::{Made, session};

use super::block::{Block, Next, Reader};
use super::*;
use crate::endpoint::Transport;
use crate::event::{Capture, ConnId, Dir, Role, Shelf, What};
use crate::session::{Lane, Session};
use crate::tape::Extent;

const WALL: Duration = Duration::from_secs(1_700_000_000);

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
    restored_without(file, None)
}

/// The same of a file of which one block, by its place, is lost.
fn restored_without(file: &[u8], lost: Option<usize>) -> (Session, Option<Unrestored>) {
    let mut session = Session::new(1 << 20, None);
    let shelf = session.shelve(Box::new(Memory(Rc::new(file.to_vec()))));
    let mut reader = Reader::default();
    let mut restorer = None;
    let mut out = Vec::new();
    let mut why = None;
    loop {
        let at = reader_at(&reader);
        let Ok(next) = reader.next(file.get(at..).unwrap_or_default()) else {
            break;
        };
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
        if lost == Some(at) {
            known.lost();
            continue;
        }
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
fn what_is_restored_and_recorded_again_is_the_same_session() {
    let (file, _) = written(&session(), 0);
    let (mut once, _) = restored(&file);
    // How many packets a call takes is a matter of where its bytes lie.
    let (file, _) = written(&once, 0);
    let (mut twice, why) = restored(&file);
    assert_eq!(why, None);
    assert_eq!(picture(&mut once), picture(&mut twice));
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
fn a_recording_may_begin_when_sockets_are_forgotten() {
    let mut made = Made::new();
    for conn in 0..100 {
        made.open(conn, Role::Client, Transport::Tcp, None);
        if conn != 3 {
            made.tell(Some(conn), What::Gone);
        }
    }
    made.session.keep_closed(Some(1));
    let is_wanted = |_: &crate::session::Conn| false;
    let wanted = crate::session::Wanted {
        is_wanted: &is_wanted,
        from: u64::MAX,
    };
    while !made.session.forget(&wanted).is_empty() {}
    assert_eq!(made.session.conns().len(), 2);
    made.send(3, b"still there");
    made.open(100, Role::Client, Transport::Tcp, None);
    made.send(100, b"new");
    let mut file = Vec::new();
    let mut page = Page {
        out: &mut file,
        base: 0,
    };
    let mut writer = Writer::new(WALL, &mut page);
    writer.prelude(&made.session, made.at, &mut page);
    let begun = made.session.event_count();
    made.send(3, b", behind");
    made.session.events_from(begun, &mut |_, event| {
        writer.take(&made.session, event, &mut page);
        true
    });
    writer.rest(&mut page);
    let (again, why) = restored(&file);
    assert_eq!(why, None);
    let ids = |session: &Session| {
        session
            .conns()
            .iter()
            .map(|conn| conn.id.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&again), [3, 99, 100]);
    let out = |from| again.bytes(ConnId(3), Dir::Out, from..19);
    assert_eq!(out(11), (b", behind".to_vec(), true));
    assert!(!out(0).1, "nobody has these");
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
    assert_eq!(u32::from(file[at + 9]), VERSION);
    file[at + 9] = 99;
    assert_eq!(restored(&file).1, Some(Unrestored::Version(99)));
}
