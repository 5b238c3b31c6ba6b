//! The calls of a session that a program has to make again, collected from the log a slice at a time: what people and
//! scripts asked for, and what the loop did for them that its peers can tell. What it only looked for is left out.

use std::time::Duration;

use crate::endpoint::Address;
use crate::event::{Actor, Call, ConnId, Errno, Event, Outcome, Syscall, What};
use crate::session::Session;

/// The most calls of one program: what compilers take in some seconds.
pub(super) const ROWS_MAX: usize = 10_000;

/// Something of the log that a program needs.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) seq: u64,
    pub(super) at: Duration,
    pub(super) conn: ConnId,
    pub(super) by: Actor,
    pub(super) what: Told,
}

/// What it is.
#[derive(Clone, Debug)]
pub(super) enum Told {
    Call(Call),
    /// A socket's own address, once it has one.
    Local(Address),
}

/// The log on its way to rows.
#[derive(Debug)]
pub(super) struct Collecting {
    pub(super) rows: Vec<Row>,
    /// The next event to look at.
    pub(super) next: u64,
    /// The event that is not looked at any more.
    pub(super) end: u64,
    /// There were more calls than a program may have.
    pub(super) is_full: bool,
}

impl Collecting {
    /// All events before `end`.
    pub(super) fn new(end: u64) -> Self {
        Self {
            rows: Vec::new(),
            next: 0,
            end,
            is_full: false,
        }
    }

    /// Looks at the next `count` events; true while some are left.
    pub(super) fn go_on(&mut self, session: &Session, count: u64) -> bool {
        let stop = self.end.min(self.next + count);
        if self.next >= stop {
            return false;
        }
        session.events_from(self.next, &mut |seq, event| {
            if seq < stop {
                self.take(seq, event, session);
            }
            seq + 1 < stop && !self.is_full
        });
        self.next = if self.is_full { self.end } else { stop };
        self.next < self.end
    }

    fn take(&mut self, seq: u64, event: &Event, session: &Session) {
        let Some(conn) = event.conn else {
            return;
        };
        let what = match &event.what {
            What::Call(call) if is_made_again(event.by, call) => Told::Call(call.clone()),
            What::Addressed {
                local: Some(local), ..
            } => Told::Local(local.clone()),
            _ => return,
        };
        let row = Row {
            seq,
            at: event.at,
            conn,
            by: event.by,
            what,
        };
        let is_stream = session
            .conn(conn)
            .is_some_and(|it| it.transport.is_stream());
        if is_stream && self.rows.last_mut().is_some_and(|last| join(last, &row)) {
            return;
        }
        if self.rows.len() >= ROWS_MAX {
            self.is_full = true;
        } else {
            self.rows.push(row);
        }
    }
}

/// Whether a program makes this call too.
fn is_made_again(by: Actor, call: &Call) -> bool {
    let would_block = call.outcome.errno().is_some_and(Errno::would_block);
    match by {
        // The parts of a wait that moved nothing are in the one call of a program that waits.
        Actor::User | Actor::Script | Actor::Rule => !(would_block && call.pending.is_some()),
        // These are programs of their own.
        Actor::Lab | Actor::Packets => false,
        Actor::Tap => !would_block,
        Actor::Loop => match &call.call {
            Syscall::Accept => matches!(call.outcome, Outcome::Accepted { .. }),
            Syscall::Recv { .. } => !would_block,
            Syscall::SetOption { .. } | Syscall::Getaddrinfo(_) => true,
            _ => false,
        },
    }
}

/// Takes a row into the one before it where the two move bytes of one stream on: how they were cut is nobody's choice.
fn join(last: &mut Row, row: &Row) -> bool {
    let (Told::Call(before), Told::Call(call)) = (&mut last.what, &row.what) else {
        return false;
    };
    if (last.conn, last.by) != (row.conn, row.by) || before.pending != call.pending {
        return false;
    }
    let (Some(so_far), Some(more)) = (&mut before.moved, &call.moved) else {
        return false;
    };
    let goes_on = so_far.dir == more.dir && so_far.range.end == more.range.start;
    let moves = so_far.range.end > so_far.range.start && more.range.end > more.range.start;
    match (&mut before.outcome, &call.outcome, &before.call, &call.call) {
        (
            Outcome::Received {
                len, from: None, ..
            },
            Outcome::Received {
                len: next,
                from: None,
                cut_from: None,
            },
            Syscall::Recv { flags, .. },
            Syscall::Recv { flags: others, .. },
        ) if goes_on && moves && flags == others && !flags.oob => *len += next,
        (
            Outcome::Returned(len),
            Outcome::Returned(next),
            Syscall::Send { flags, .. },
            Syscall::Send { flags: others, .. },
        ) if goes_on && moves && flags == others && call.pending.is_some() => *len += next,
        _ => return false,
    }
    so_far.range.end = more.range.end;
    before.blocked = call.blocked.or(before.blocked);
    true
}
