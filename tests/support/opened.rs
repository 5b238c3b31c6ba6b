//! Files as the program opens them, in memory: the session that they make.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test includes it and uses its own part of it; a test that cannot go on has failed"
)]

use std::rc::Rc;

use sockeye::event::{Event, Shelf};
use sockeye::flow::{Capture, HEAD_BYTES, Step};
use sockeye::session::Session;

/// A file in memory.
#[derive(Clone, Debug)]
pub(crate) struct File(pub(crate) Rc<Vec<u8>>);

impl Shelf for File {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.0.get(at..at.saturating_add(buf.len()));
        bytes.map(|bytes| buf.copy_from_slice(bytes)).is_some()
    }
}

/// The session of a file, read in windows of at least so many bytes; an error says that it is no capture.
pub(crate) fn opened_by(bytes: &[u8], piece: usize) -> Result<Session, String> {
    let mut session = Session::new(64 << 20, None);
    let shelf = session.shelve(Box::new(File(Rc::new(bytes.to_vec()))));
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let mut capture = Capture::new(head, shelf, bytes.len() as u64)?;
    let mut want = 0;
    loop {
        let at = usize::try_from(capture.at()).unwrap();
        let end = (at + piece.max(want)).min(bytes.len());
        let mut events = Vec::new();
        let step = capture.take(&bytes[at..end], &mut session, &mut events);
        tell(&mut session, events);
        match step {
            Step::Want(more) => {
                assert!(
                    more > end - at || piece.max(want) >= more,
                    "it asks for nothing new"
                );
                want = more;
            }
            Step::Over => break,
        }
    }
    let mut events = Vec::new();
    capture.finish(&mut session, &mut events);
    tell(&mut session, events);
    Ok(session)
}

/// The session of a file that is one.
pub(crate) fn opened(bytes: &[u8]) -> Session {
    opened_by(bytes, 1 << 16).unwrap()
}

pub(crate) fn tell(session: &mut Session, events: Vec<Event>) {
    for event in events {
        session.apply(event);
    }
}
