//! A recording read back as the program's own reader of it does, for tests that look at what a file holds.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::Path;

use sockeye::event::{Capture, Dir, Event, Shelf};
use sockeye::record::block::{Next, Reader, Wrong};
use sockeye::record::{Restored, Restorer, Unrestored};
use sockeye::session::Session;
use sockeye::tape::Extent;

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) session: Session,
    /// How many bytes of it were whole blocks.
    pub(crate) whole: u64,
    pub(crate) wrong: Option<Wrong>,
    pub(crate) why: Option<Unrestored>,
}

#[derive(Debug)]
struct Memory(Vec<u8>);

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

impl Recording {
    pub(crate) fn open(path: &Path) -> Self {
        Self::read(&std::fs::read(path).unwrap())
    }

    pub(crate) fn read(file: &[u8]) -> Self {
        let mut session = Session::new(64 << 20, None);
        let shelf = session.shelve(Box::new(Memory(file.to_vec())));
        let mut reader = Reader::default();
        let mut restorer: Option<Restorer> = None;
        let (mut out, mut why, mut wrong) = (Vec::new(), None, None);
        while why.is_none() {
            let at = usize::try_from(reader.at()).unwrap();
            let block = match reader.next(file.get(at..).unwrap_or_default()) {
                Ok(Next::Block { block, .. }) => block,
                Ok(Next::Skipped { .. }) => continue,
                Ok(Next::Want(_)) => break,
                Err(found) => {
                    wrong = Some(found);
                    break;
                }
            };
            match (&mut restorer, Restorer::of(&block)) {
                (Some(restorer), _) => why = restorer.take(&block, &mut out).err(),
                (None, Some(Ok(found))) => restorer = Some(found),
                (None, Some(Err(found))) => why = Some(found),
                (None, None) => {}
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
                    let extents = parts.iter().map(|(place, len)| Extent {
                        place: place.map(|at| (shelf, at)),
                        len: *len,
                    });
                    let extents: Vec<Extent> = extents.collect();
                    session.adopt(conn, dir, &extents, at);
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
        while session.cut(1 << 20) {}
        Self {
            session,
            whole: reader.at(),
            wrong,
            why,
        }
    }

    /// The log.
    pub(crate) fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        self.session.events_from(0, &mut |_, event| {
            events.push(event.clone());
            true
        });
        events
    }

    /// All that moved in a direction of a socket; nothing of it may be missing.
    pub(crate) fn bytes(&self, name: &str, dir: Dir) -> Vec<u8> {
        let conn = self.session.named(name).unwrap();
        let len = self.session.lane(conn, dir).unwrap().len();
        let (bytes, is_whole) = self.session.bytes(conn, dir, 0..len);
        assert!(is_whole, "{name} {dir:?}");
        bytes
    }
}
