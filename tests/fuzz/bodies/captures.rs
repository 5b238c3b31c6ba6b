//! Any bytes as a capture or a recording. However the file is cut into windows the session is the same, every byte of a
//! direction is there or missing, and nothing is asked for twice.

use std::rc::Rc;

use sockeye::event::{Dir, Event, Shelf};
use sockeye::flow::{Capture, HEAD_BYTES, Step};
use sockeye::session::{Lane, Session};

use super::{Target, recordings};

pub const TARGET: Target = Target {
    name: "captures",
    check,
    seeds,
};

#[derive(Debug)]
struct File(Rc<Vec<u8>>);

impl Shelf for File {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.0.get(at..at.saturating_add(buf.len()));
        bytes.map(|bytes| buf.copy_from_slice(bytes)).is_some()
    }
}

pub fn check(bytes: &[u8]) {
    let [Some(small), Some(large)] = [48, 1 << 20].map(|piece| opened(bytes, piece)) else {
        return;
    };
    assert_eq!(events(&small), events(&large));
    for conn in small.conns().iter() {
        for dir in Dir::BOTH {
            let len = small.lane(conn.id, dir).map_or(0, Lane::len);
            let mut seen = 0;
            small.visit(conn.id, dir, 0..len.min(1 << 24), &mut |part, _| {
                assert_eq!(part.start, seen);
                seen = part.end;
            });
            assert_eq!(seen, len.min(1 << 24));
        }
    }
}

/// The session that a file holds, read by pieces of so many bytes.
pub fn opened(bytes: &[u8], piece: usize) -> Option<Session> {
    let mut session = Session::new(16 << 20, None);
    let shelf = session.shelve(Box::new(File(Rc::new(bytes.to_vec()))));
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let mut capture = Capture::new(head, shelf, bytes.len() as u64).ok()?;
    let mut want = 0;
    let mut step = Step::Want(0);
    while let Step::Want(more) = step {
        want = piece.max(want).max(more);
        let at = usize::try_from(capture.at()).expect("within the file");
        let window = &bytes[at..(at + want).min(bytes.len())];
        let mut events = Vec::new();
        step = capture.take(window, &mut session, &mut events);
        tell(&mut session, events);
        assert!(
            step != Step::Want(want) || capture.at() > at as u64,
            "it goes round in a circle"
        );
        want = 0;
    }
    let mut events = Vec::new();
    capture.finish(&mut session, &mut events);
    tell(&mut session, events);
    session.cut(1 << 20);
    Some(session)
}

fn tell(session: &mut Session, events: Vec<Event>) {
    for event in events {
        session.apply(event);
    }
}

fn events(session: &Session) -> Vec<Event> {
    let mut all = Vec::new();
    session.events_from(0, &mut |_, event| {
        all.push(event.clone());
        true
    });
    all
}

fn seeds() -> Vec<Vec<u8>> {
    recordings::files()
}
