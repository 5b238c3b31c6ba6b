//! Which calls moved which bytes: found by halving over the rows of a socket, since both grow together. It reads a
//! few events and keeps none.

use std::ops::Range;

use super::Ui;
use super::rows::{List, Row};
use crate::event::{Call, ConnId, Dir, Syscall, What};
use crate::session::Session;

/// Rows that are looked through for the next one that moved something; calls that move nothing stand between.
const NEAR_ROWS: usize = 24;

/// The most calls told of one stretch of bytes.
const CALLS_MAX: usize = 256;

/// A call that moved bytes.
#[derive(Clone, Debug)]
pub(super) struct Mover {
    /// The row of the timeline where it stands.
    pub(super) seq: u64,
    /// What was called.
    pub(super) call: Syscall,
    /// What it moved.
    pub(super) range: Range<u64>,
    /// Nobody saw it.
    pub(super) is_inferred: bool,
}

impl Ui {
    /// The calls of a socket that moved some of these bytes, in order.
    pub(super) fn movers(
        &self,
        session: &Session,
        conn: ConnId,
        dir: Dir,
        range: &Range<u64>,
    ) -> Vec<Mover> {
        let list = self.rows.list(&[conn]);
        let (mut low, mut high) = (0, list.count());
        while low < high {
            let middle = low + (high - low) / 2;
            let near = next(session, &list, conn, dir, middle);
            // Where nothing moves any more, what is looked for stands before.
            if near.is_none_or(|mover| mover.range.end > range.start) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let rows = list.window(low, CALLS_MAX).into_iter();
        let movers = rows.filter_map(|row| mover(session, conn, dir, row));
        movers
            .skip_while(|mover| mover.range.end <= range.start)
            .take_while(|mover| mover.range.start < range.end)
            .collect()
    }
}

/// The first call at or behind a position of the list that moved bytes.
fn next(session: &Session, list: &List<'_>, conn: ConnId, dir: Dir, at: u64) -> Option<Mover> {
    let mut rows = list.window(at, NEAR_ROWS).into_iter();
    rows.find_map(|row| mover(session, conn, dir, row))
}

fn mover(session: &Session, conn: ConnId, dir: Dir, row: Row) -> Option<Mover> {
    let event = session.event(row.seq)?;
    let (of, is_inferred) = (event.conn, event.is_inferred());
    let What::Call(call) = event.what else {
        return None;
    };
    if of != Some(conn) {
        return None;
    }
    let ended = row.end.and_then(|seq| call_of(session, seq));
    let moved = ended.map_or(call.moved, |(_, end)| end.moved)?;
    let is_peek = matches!(&call.call, Syscall::Recv { flags, .. } if flags.peek);
    (moved.dir == dir && !is_peek && !moved.range.is_empty()).then_some(Mover {
        seq: row.seq,
        call: call.call,
        range: moved.range,
        is_inferred,
    })
}

/// The call that an event tells of, and on which socket.
pub(super) fn call_of(session: &Session, seq: u64) -> Option<(Option<ConnId>, Call)> {
    let event = session.event(seq)?;
    match event.what {
        What::Call(call) => Some((event.conn, call)),
        _ => None,
    }
}
