//! What happened, line by line on standard output: events and messages in their order, as JSON or as text. When a run
//! is over is no matter here.

use std::collections::BTreeMap;

use super::decode::line;
use super::outlet::Outlet;
use crate::escape::clean;
use crate::event::{ConnId, Dir, Event, What};
use crate::os::Os;
use crate::session::{Conn, Entry, Lane, Reader, Session, json};

/// Messages that are looked up at once.
const ENTRIES_AT_ONCE: usize = 512;

/// The bytes of a message that a line of text shows at the most.
const SHOWN_MAX_BYTES: u64 = 64 << 10;

/// Which lines there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Each event and each message an object.
    Json,
    /// Each event an object.
    JsonEvents,
    /// What a script says.
    Said,
    /// Messages, as people read them.
    Messages,
    /// None.
    Silent,
}

/// Lines, as far as standard output has taken them.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) outlet: Outlet,
    manner: Manner,
    /// The next event to print.
    next: u64,
    /// Per socket and direction, the next entry to print.
    entries: BTreeMap<ConnId, [u64; 2]>,
    /// Sockets that may have messages which are not printed yet, with the newest event that says so.
    fresh: BTreeMap<ConnId, u64>,
}

impl Journal {
    pub(super) fn new(manner: Manner) -> Self {
        Self {
            outlet: Outlet::default(),
            manner,
            next: 0,
            entries: BTreeMap::new(),
            fresh: BTreeMap::new(),
        }
    }

    /// Prints nothing from now on.
    pub(super) fn fall_silent(&mut self) {
        self.manner = Manner::Silent;
    }

    /// Prints what is new, as far as standard output takes it, with `tails` the unfinished messages too; true once that
    /// is all there is. While standard output is slower, nothing more is received: nothing is lost, and nothing piles
    /// up.
    pub(super) fn print(&mut self, session: &mut Session, tails: bool, os: &mut dyn Os) -> bool {
        let told = self.print_on(session, tails, os);
        session.read_before(self.unread());
        session.hold_back(Reader::Face, !told);
        told
    }

    fn print_on(&mut self, session: &Session, tails: bool, os: &mut dyn Os) -> bool {
        loop {
            let told = self.events(session);
            let cut = self.messages(session, tails);
            self.outlet.drain(os);
            if told && cut {
                return true;
            }
            if !self.outlet.has_room() || self.outlet.trouble().is_some() {
                return false;
            }
        }
    }

    /// Appends a line.
    pub(super) fn line(&mut self, text: &str) {
        self.outlet.push(text.as_bytes());
        self.outlet.push(b"\n");
    }

    /// Prints the events that came, as far as there is room; true once there are no more.
    fn events(&mut self, session: &Session) -> bool {
        if self.manner == Manner::Silent {
            return true;
        }
        while self.outlet.has_room() {
            let Some(event) = session.event(self.next) else {
                return true;
            };
            match (self.manner, &event.what) {
                (Manner::Json | Manner::JsonEvents, _) => {
                    self.line(&json::line(&json::event(session, self.next, &event)));
                }
                (Manner::Said, What::Say(text)) => self.line(&clean(text)),
                _ => {}
            }
            self.follow(session, &event);
            self.next += 1;
        }
        session.event_count() == self.next
    }

    /// The first event that is not printed, or whose messages are not.
    fn unread(&self) -> u64 {
        if self.manner == Manner::Silent {
            return u64::MAX;
        }
        let uncut = self.fresh.values().copied();
        uncut.chain([self.next]).min().unwrap_or(self.next)
    }

    /// Of what the session forgot nothing will be printed.
    fn forget(&mut self, session: &Session) {
        if self.entries.len() > 2 * session.conns().len() + ENTRIES_AT_ONCE {
            self.entries.retain(|id, _| session.conn(*id).is_some());
        }
    }

    /// Takes note of what an event means for messages.
    fn follow(&mut self, session: &Session, event: &Event) {
        let Some(id) = event.conn.filter(|_| self.has_messages()) else {
            return;
        };
        match &event.what {
            What::Call(call) if call.moved.is_none() => {}
            What::Framed { dir, from, .. } => {
                self.reframed(session, id, *dir, *from);
                self.fresh.insert(id, self.next);
            }
            What::Call(_) | What::Ended { .. } | What::Gone => {
                self.fresh.insert(id, self.next);
            }
            _ => {}
        }
    }

    fn has_messages(&self) -> bool {
        matches!(self.manner, Manner::Json | Manner::Messages)
    }

    /// A direction is cut by another rule from a byte on: what was printed behind it is printed again as it is now.
    fn reframed(&mut self, session: &Session, id: ConnId, dir: Dir, from: u64) {
        let first = session
            .entry_at(id, dir, from)
            .or_else(|| session.lane(id, dir).map(Lane::entry_count));
        if let (Some(first), Some(next)) = (first, self.entries.get_mut(&id)) {
            next[dir.index()] = next[dir.index()].min(first);
        }
    }

    /// Prints the messages that were cut, as far as there is room; with `tails` the unfinished ones too. True once
    /// there are no more.
    fn messages(&mut self, session: &Session, tails: bool) -> bool {
        if !self.has_messages() {
            return true;
        }
        if tails {
            // What never became whole is printed now, however long ago it came.
            for conn in session.conns().iter() {
                self.fresh.entry(conn.id).or_insert(self.next);
            }
        }
        let mut all = true;
        for (id, since) in std::mem::take(&mut self.fresh) {
            let mut next = self.entries.get(&id).copied().unwrap_or_default();
            let mut is_cut = true;
            for dir in Dir::BOTH {
                let is_printed =
                    self.messages_of(session, (id, dir), &mut next[dir.index()], tails);
                let is_lane_cut = session.lane(id, dir).is_none_or(Lane::is_cut);
                is_cut &= is_printed && is_lane_cut;
                all &= is_printed;
            }
            self.entries.insert(id, next);
            if !is_cut {
                self.fresh.insert(id, since);
            }
        }
        self.forget(session);
        all
    }

    fn messages_of(
        &mut self,
        session: &Session,
        (id, dir): (ConnId, Dir),
        next: &mut u64,
        tails: bool,
    ) -> bool {
        // What a tap passed on is printed where it came.
        let Some(lane) = session.lane(id, dir).filter(|_| !session.is_beyond(id)) else {
            return true;
        };
        // To what is closed nothing comes any more, and it may be forgotten before the run is over.
        let is_open = session.conn(id).is_none_or(Conn::is_open);
        let is_final = tails || (!is_open && lane.is_cut());
        let whole = lane.entry_count() - u64::from(lane.tail().is_some() && !is_final);
        while *next < whole {
            let count = usize::try_from(whole - *next).unwrap_or(usize::MAX);
            let found = session.entries(id, dir, *next, count.min(ENTRIES_AT_ONCE));
            if found.is_empty() {
                *next = whole;
            }
            for entry in &found {
                if !self.outlet.has_room() {
                    return false;
                }
                self.message(session, (id, dir), entry);
                *next = entry.index + 1;
            }
        }
        true
    }

    fn message(&mut self, session: &Session, (id, dir): (ConnId, Dir), entry: &Entry) {
        if self.manner == Manner::Json {
            return self.line(&json::line(&json::message(session, id, dir, entry)));
        }
        let payload = session.payload(id, dir, &entry.message, SHOWN_MAX_BYTES);
        let left_out = entry.message.bytes().saturating_sub(SHOWN_MAX_BYTES);
        let way = session.way(id, dir);
        let text = line(entry, &payload, left_out, false);
        self.line(&format!(
            "{} {way}  {}",
            session.name(id),
            text.trim_start()
        ));
    }
}
