//! The rows of the list of messages: those of the direction in view, or those of both in turns; and the row of the
//! cursor among them. It draws nothing.

use std::time::Duration;

use super::Ui;
use super::pane::MESSAGES;
use crate::event::{ConnId, Dir};
use crate::session::{Asked, Lane, Session, Split, Spoken, Talk};

/// How the list is looked at.
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub(super) listing: Listing,
    /// Where the cursor stands in a list of both directions: finding that may take the decoding of many messages.
    placed: Option<Placed>,
}

/// What the list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Listing {
    /// The direction in view.
    #[default]
    One,
    /// The direction in view, after it was turned once.
    Turned,
    /// Both directions.
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Placed {
    under: Under,
    row: u64,
    /// No message that comes later can stand before it.
    is_final: bool,
}

/// The message under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Under {
    conn: ConnId,
    dir: Dir,
    entry: u64,
    reframed: [u32; 2],
}

impl Ui {
    /// Whether the list has both directions.
    pub(super) fn is_both(&self) -> bool {
        self.turns.listing == Listing::Both
    }

    /// The other direction, then both in turns, then one again.
    pub(super) fn turn(&mut self, session: &Session) {
        self.turns.listing = match self.turns.listing {
            Listing::One => Listing::Turned,
            Listing::Turned => Listing::Both,
            Listing::Both => Listing::One,
        };
        if self.turns.listing != Listing::One {
            self.dir = self.dir.other();
        }
        self.is_dir_chosen = true;
        self.selection = None;
        self.follow = true;
        if let Some(top) = self.tops.get_mut(MESSAGES) {
            *top = 0;
        }
        self.observe(session);
    }

    /// How many rows the list has.
    pub(super) fn list_rows(&self, session: &Session) -> u64 {
        match self.talk(session) {
            Some(talk) => talk.rows(),
            None => self.entries(session),
        }
    }

    /// The row of the cursor: while the newest is followed the last one.
    pub(super) fn list_row(&self, session: &Session) -> u64 {
        match self.talk(session) {
            Some(talk) if self.follow => talk.rows().saturating_sub(1),
            Some(talk) => match (self.turns.placed, self.placed_at(session)) {
                (Some(placed), Some(under)) if placed.under == under => placed.row,
                _ => talk.place(self.dir, self.entry, self.near(session)),
            },
            None => self.entry,
        }
    }

    /// Selects the message in a row.
    pub(super) fn select_row(&mut self, row: u64, session: &Session) {
        let near = self.near(session);
        let found = self.talk(session).and_then(|talk| {
            let last = talk.rows().saturating_sub(1);
            talk.at(row.min(last), near)
        });
        match found {
            Some((dir, index)) => {
                self.dir = dir;
                self.select_entry(index, session);
            }
            None => self.select_entry(row, session),
        }
    }

    /// At most `count` messages from a row on, with their notes; the time is told of both directions only.
    pub(super) fn list_from(&self, session: &Session, first: u64, count: usize) -> Vec<Spoken> {
        if let Some(talk) = self.talk(session) {
            return talk.from(first, count, self.near(session));
        }
        let Some(conn) = self.subject else {
            return Vec::new();
        };
        let entries = session.notes(conn, self.dir, first, count);
        let spoken = |entry| Spoken {
            dir: self.dir,
            at: Duration::ZERO,
            entry,
        };
        entries.into_iter().map(spoken).collect()
    }

    /// Of such a list from a row on: which request each of its messages answers; nothing of one direction alone.
    pub(super) fn asked(
        &self,
        session: &Session,
        first: u64,
        listed: &[Spoken],
    ) -> Vec<Option<Asked>> {
        let talk = self.talk(session);
        talk.map_or(Vec::new(), |talk| {
            talk.asked(first, listed, self.near(session))
        })
    }

    /// Finds the row of the cursor, for those who ask before the next event.
    pub(super) fn keep_place(&mut self, session: &Session) {
        let (Some(talk), Some(under)) = (self.talk(session), self.placed_at(session)) else {
            self.turns.placed = None;
            return;
        };
        let is_known = |placed: &Placed| placed.is_final && placed.under == under;
        if self.follow || self.turns.placed.as_ref().is_some_and(is_known) {
            return;
        }
        let lane = session.lane(under.conn, under.dir);
        let is_tail = lane.is_some_and(|lane| under.entry + 1 == lane.entry_count());
        self.turns.placed = Some(Placed {
            under,
            row: talk.place(under.dir, under.entry, self.near(session)),
            is_final: talk.is_settled() && !is_tail,
        });
    }

    /// Both directions as one list, where that is looked at.
    fn talk<'s>(&self, session: &'s Session) -> Option<Talk<'s>> {
        let conn = self.subject.filter(|_| self.is_both())?;
        session.talk(conn)
    }

    fn placed_at(&self, session: &Session) -> Option<Under> {
        let conn = self.subject?;
        let reframed = |dir| session.lane(conn, dir).map_or(0, Lane::reframed);
        Some(Under {
            conn,
            dir: self.dir,
            entry: self.entry,
            reframed: Dir::BOTH.map(reframed),
        })
    }

    /// A place in the list that is known: the end while that is followed, else that of the cursor.
    fn near(&self, session: &Session) -> Split {
        let conn = self.subject;
        let end = |dir| {
            let lane = conn.and_then(|conn| session.lane(conn, dir));
            lane.map_or(0, Lane::entry_count)
        };
        let mut split = Split(Dir::BOTH.map(end));
        let placed = self.turns.placed.filter(|it| Some(it.under.conn) == conn);
        if let Some(Placed { under, row, .. }) = placed.filter(|_| !self.follow) {
            split.0[under.dir.index()] = under.entry;
            split.0[under.dir.other().index()] = row.saturating_sub(under.entry);
        }
        split
    }
}
