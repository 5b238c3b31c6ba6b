//! What the two sides of a conversation said and when they ended, in the order in which one of them saw it: collected
//! from the log a slice at a time.

use std::ops::Range;
use std::time::Duration;

use crate::event::{ConnId, Dir, Errno, Event, Role, Side, What};
use crate::session::{Conn, Session};

/// The most turns of a conversation that becomes a script.
const TURNS_MAX: usize = 100_000;

/// Something that one side did.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// When it was over.
    pub(super) at: Duration,
    pub(super) what: Done,
}

/// What it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// Bytes moved, seen from the socket whose log it is.
    Moved(Dir, Range<u64>),
    /// A direction ended, or broke.
    Ended(Dir, Option<Errno>),
}

/// The log of a socket on its way to turns.
#[derive(Debug)]
pub(super) struct Collecting {
    conn: ConnId,
    pub(super) turns: Vec<Turn>,
    /// The next event to look at, and the one that is not looked at any more.
    pub(super) next: u64,
    pub(super) end: u64,
    told: [u64; 2],
    /// There was more than a script may have.
    pub(super) is_full: bool,
}

impl Collecting {
    pub(super) fn new(conn: ConnId, session: &Session) -> Self {
        Self {
            conn,
            turns: Vec::new(),
            next: session.conn(conn).map_or(0, |conn| conn.seq),
            end: session.event_count(),
            told: [0; 2],
            is_full: false,
        }
    }

    /// Looks at the next `count` events; true while some are left.
    pub(super) fn go_on(&mut self, session: &Session, count: u64) -> bool {
        let stop = self.end.min(self.next.saturating_add(count));
        session.events_from(self.next, &mut |seq, event| {
            if seq < stop && event.conn == Some(self.conn) {
                self.take(event);
            }
            seq + 1 < stop && !self.is_full
        });
        self.next = if self.is_full { self.end } else { stop };
        self.next < self.end
    }

    fn take(&mut self, event: &Event) {
        let what = match &event.what {
            What::Call(call) => {
                let Some(moved) = &call.moved else {
                    return;
                };
                // What was only peeked at is told again.
                let told = &mut self.told[moved.dir.index()];
                let range = (*told).max(moved.range.start)..moved.range.end;
                if range.is_empty() && !moved.range.is_empty() {
                    return;
                }
                *told = range.end;
                Done::Moved(moved.dir, range)
            }
            What::Ended { dir, cause } => Done::Ended(*dir, *cause),
            _ => return,
        };
        if let (Some(last), Done::Moved(dir, range)) = (self.turns.last_mut(), &what)
            && let Done::Moved(before, so_far) = &mut last.what
            && before == dir
        {
            so_far.end = range.end;
            last.at = event.at;
        } else if self.turns.len() < TURNS_MAX {
            let at = event.at;
            self.turns.push(Turn { at, what });
        } else {
            self.is_full = true;
        }
    }
}

/// The conversation that is meant: the socket that was named, else the only one there is.
///
/// # Errors
///
/// That there is none, or which ones there are, in words.
pub(super) fn chosen(
    named: Option<ConnId>,
    side: Side,
    session: &Session,
) -> Result<ConnId, String> {
    if let Some(conn) = named.map(|conn| session.near_side(conn)) {
        let talks = session.conn(conn).is_some_and(talks);
        let why = || format!("{} has no conversation", session.name(conn));
        return if talks { Ok(conn) } else { Err(why()) };
    }
    let is_other = |conn: &Conn| {
        // Of two ends that are both here, the one whose part is played has its own log.
        let twin = conn.twin.and_then(|twin| session.conn(twin));
        twin.is_some_and(|twin| talks(twin) && side_of(conn) != side && side_of(twin) == side)
    };
    // A tapped conversation is that of the client's side.
    let is_other = |conn: &Conn| conn.is_beyond() || is_other(conn);
    let all = session.conns().iter();
    let all: Vec<_> = all.filter(|conn| talks(conn) && !is_other(conn)).collect();
    match all.as_slice() {
        [only] => Ok(only.id),
        [] => Err("there is no conversation: nothing was sent or received".to_owned()),
        [first, ..] => {
            let names: Vec<_> = all.iter().take(9).map(|conn| conn.name.as_str()).collect();
            let more = if all.len() > names.len() { " …" } else { "" };
            let (names, first) = (names.join(" "), &first.name);
            Err(format!(
                "there are {} conversations ({names}{more}); name one: @{first} export script FILE, or --conn {first}",
                all.len()
            ))
        }
    }
}

/// Whether bytes moved through a socket itself.
fn talks(conn: &Conn) -> bool {
    !conn.role.is_maker() && conn.moved != [0, 0]
}

/// The side of a socket.
pub(super) fn side_of(conn: &Conn) -> Side {
    match conn.role {
        Role::Accepted | Role::Listener | Role::Tap => Side::Server,
        Role::Client | Role::Datagram => Side::Client,
    }
}
