//! All that happened as a recording: what `record FILE from start` writes.

use super::document::{Choice, Document, Summary, Writing};
use crate::record::{Page, Writer};
use crate::session::Session;

/// Events that one piece takes, and bytes that it has, about.
const EVENTS_A_PIECE: u64 = 4_096;
const PIECE_BYTES: usize = 1 << 20;

pub(super) struct Pcapng;

impl Document for Pcapng {
    fn name(&self) -> &'static str {
        "pcapng"
    }

    fn help(&self) -> &'static str {
        "a recording, which Wireshark opens too"
    }

    fn unit(&self) -> &'static str {
        "events as a recording"
    }

    fn sentence(&self) -> &'static str {
        "select.exported-events"
    }

    fn begin(&self, choice: Choice, session: &Session) -> Result<Box<dyn Writing>, String> {
        if choice.conn.is_some() || choice.dir.is_some() {
            return Err("a recording has all sockets and both directions".to_owned());
        }
        if session.first_event() > 0 {
            let why =
                "the oldest of the log is forgotten; `record FILE` has what comes from now on";
            return Err(why.to_owned());
        }
        Ok(Box::new(Recording {
            wall: choice.wall,
            writer: None,
            next: 0,
            end: session.event_count(),
            written: 0,
        }))
    }
}

/// A recording that is being written.
#[derive(Debug)]
struct Recording {
    /// When the session began, since 1970.
    wall: std::time::Duration,
    writer: Option<Writer>,
    /// The next event, and the one that is not written any more.
    next: u64,
    end: u64,
    /// Bytes before those that are written now.
    written: u64,
}

impl Writing for Recording {
    fn next(&mut self, session: &Session, out: &mut Vec<u8>) -> Result<bool, String> {
        let start = out.len();
        let base = self.written.wrapping_sub(start as u64);
        let mut page = Page { out, base };
        let wall = self.wall;
        let writer = self
            .writer
            .get_or_insert_with(|| Writer::new(wall, &mut page));
        if self.next >= self.end {
            return Ok(false);
        }
        let stop = self.end.min(self.next + EVENTS_A_PIECE);
        let mut reached = stop;
        session.events_from(self.next, &mut |seq, event| {
            if seq >= stop {
                return false;
            }
            writer.take(session, event, &mut page);
            let is_enough = page.out.len() - start > PIECE_BYTES;
            if is_enough {
                reached = seq + 1;
            }
            !is_enough
        });
        self.next = reached;
        if self.next >= self.end {
            writer.rest(&mut page);
        }
        // Where they lie is of no use to this session.
        writer.placed_before(u64::MAX).for_each(drop);
        self.written += (out.len() - start) as u64;
        Ok(true)
    }

    fn percent(&self) -> u64 {
        self.next.saturating_mul(100) / self.end.max(1)
    }

    fn summary(&self) -> Summary {
        Summary {
            count: self.next,
            limit: None,
        }
    }
}
