//! What packets tell, as events: calls that somebody must have made, where their bytes lie, and remarks. Remarks are
//! limited, and then counted.

use std::ops::Range;
use std::time::Duration;

use crate::event::{Actor, Call, ConnId, Dir, Event, Flags, Moved, Outcome, Syscall, What};
use crate::framing::at_port;
use crate::session::Session;
use crate::tape::Extent;

/// Remarks that are told; what is more is counted.
const REMARKS_MAX: u64 = 100;

/// How much of what somebody noted at a packet is told.
const COMMENT_MAX_BYTES: usize = 4096;

/// Where events and bytes go.
#[derive(Debug)]
pub(super) struct Telling<'t> {
    pub(super) session: &'t mut Session,
    pub(super) events: &'t mut Vec<Event>,
    /// The time of the packet, since the first.
    pub(super) now: Duration,
    /// How many remarks there were.
    pub(super) remarks: u64,
}

impl<'t> Telling<'t> {
    /// What is told at that time.
    pub(super) fn of(session: &'t mut Session, events: &'t mut Vec<Event>, now: Duration) -> Self {
        Self {
            session,
            events,
            now,
            remarks: 0,
        }
    }

    pub(super) fn tell(&mut self, conn: Option<ConnId>, what: What) {
        self.events.push(Event {
            at: self.now,
            conn,
            by: Actor::Packets,
            what,
        });
    }

    pub(super) fn call(&mut self, conn: ConnId, call: Syscall, outcome: Outcome) {
        let call = Call::new(call, outcome, Duration::ZERO);
        self.tell(Some(conn), What::Call(call));
    }

    /// Something worth knowing; the hundredth is the last that is told.
    pub(super) fn remark(&mut self, conn: Option<ConnId>, text: impl FnOnce() -> String) {
        self.remarks += 1;
        if self.remarks <= REMARKS_MAX {
            self.tell(conn, What::Note(text()));
        }
    }

    /// What somebody noted in the file: at a packet, by its number, or at the whole.
    pub(super) fn comment(&mut self, conn: Option<ConnId>, packet: Option<u64>, bytes: &[u8]) {
        let told = bytes.get(..COMMENT_MAX_BYTES).unwrap_or(bytes);
        let text = String::from_utf8_lossy(told);
        let more = if told.len() < bytes.len() { "…" } else { "" };
        let what = match packet {
            Some(number) => format!("comment on packet {number}: {text}{more}"),
            None => format!("comment on the file: {text}{more}"),
        };
        self.tell(conn, What::Note(what));
    }

    /// How many remarks were counted and not told.
    pub(super) fn remarks_left_out(&self) -> u64 {
        self.remarks.saturating_sub(REMARKS_MAX)
    }

    /// A conversation is cut as what is usually said at its server's port, if something is; returns as what.
    pub(super) fn cut(&mut self, conn: ConnId, port: u16, datagrams: bool) -> Option<&'static str> {
        let rule = at_port(port, datagrams)?;
        for dir in Dir::BOTH {
            let (rule, from) = (rule.to_owned(), 0);
            self.tell(Some(conn), What::Framed { dir, rule, from });
        }
        Some(rule)
    }

    /// Bytes went in a direction: the client sent or received them.
    pub(super) fn moved(&mut self, conn: ConnId, dir: Dir, extents: &[Extent]) {
        let range = self.session.adopt(conn, dir, extents, self.now);
        let len = range.end - range.start;
        let flags = Flags::default();
        let (call, outcome) = match dir {
            Dir::Out => {
                let to = None;
                let taken = i64::try_from(len).unwrap_or(i64::MAX);
                (Syscall::Send { len, flags, to }, Outcome::Returned(taken))
            }
            Dir::In => (Syscall::Recv { max: len, flags }, received(len)),
        };
        let mut call = Call::new(call, outcome, Duration::ZERO);
        call.moved = Some(Moved { dir, range });
        self.tell(Some(conn), What::Call(call));
    }

    /// Whether bytes that came again are those that stand in a direction already; what cannot be read differs in
    /// nothing.
    pub(super) fn is_same(
        &self,
        conn: ConnId,
        dir: Dir,
        range: Range<u64>,
        came: &[Extent],
    ) -> bool {
        let (stored, is_whole) = self.session.stored(conn, dir, range);
        !is_whole || self.read(came).is_none_or(|came| came == stored)
    }

    /// Bytes from where they lie; none if one of them is missing.
    pub(super) fn read(&self, extents: &[Extent]) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for extent in extents {
            let (shelf, at) = extent.place?;
            let from = bytes.len();
            bytes.resize(from + usize::try_from(extent.len).ok()?, 0);
            let buf = bytes.get_mut(from..)?;
            if !self.session.read_shelf(shelf, at, buf) {
                return None;
            }
        }
        Some(bytes)
    }
}

/// `recv` returned so many bytes.
pub(super) fn received(len: u64) -> Outcome {
    Outcome::Received {
        len,
        from: None,
        cut_from: None,
    }
}
