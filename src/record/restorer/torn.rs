//! A recording behind a part of it that is lost: bytes that were in it are missing, calls that were in it are inferred
//! from their bytes, and what speaks of sockets whose beginning was in it is counted.

use std::ops::Range;
use std::time::Duration;

use super::{OFFSET_MAX, Restored, Restorer, TIME_MAX, Unrestored};
use crate::event::{Actor, Call, ConnId, Dir, Event, Flags, Moved, Outcome, Syscall, What};

impl Restorer {
    /// A part of the file before the next block is lost.
    pub fn lost(&mut self) {
        self.is_torn = true;
    }

    /// How many entries behind a lost part fit nowhere: they speak of sockets whose beginning is lost.
    #[must_use]
    pub fn strays(&self) -> u64 {
        self.strays
    }

    /// Behind a lost part, what does not follow is counted.
    pub(super) fn forgive(&mut self, taken: Result<(), Unrestored>) -> Result<(), Unrestored> {
        if self.is_torn && taken == Err(Unrestored::Order) {
            self.strays += 1;
            return Ok(());
        }
        taken
    }

    /// Bytes of a direction come from `offset` on: those before them that were lost are missing, and what moved them,
    /// and what moved bytes whose call was lost, is inferred.
    pub(super) fn heal(
        &mut self,
        (conn, dir): (ConnId, Dir),
        offset: u64,
        at: Duration,
        out: &mut Vec<Restored>,
    ) {
        let may_heal = self.is_torn && offset < OFFSET_MAX && at <= TIME_MAX;
        let is_within = self.gathered.is_some();
        let Some(lane) = self.lane(conn, dir).filter(|_| may_heal) else {
            return;
        };
        let (untold, lost) = (lane.calls..lane.bytes.min(offset), lane.bytes..offset);
        lane.bytes = lane.bytes.max(offset);
        let lacks = lost.end.saturating_sub(lost.start);
        if let Some(gathered) = self.gathered.as_mut().filter(|_| lacks > 0) {
            // Within a call: it moved them, too.
            gathered.parts.push((None, lacks));
        }
        if is_within {
            return;
        }
        let told = [&untold, &lost].map(|part| part.end).into_iter().max();
        if let Some(lane) = self.lane(conn, dir) {
            lane.calls = lane.calls.max(told.unwrap_or(0));
        }
        if !untold.is_empty() {
            out.push(unseen((conn, dir), untold, at));
        }
        if lacks > 0 {
            out.push(lacking((conn, dir), lacks, at));
            out.push(unseen((conn, dir), lost, at));
        }
    }

    /// A socket ends: what moved the last of its bytes, and was lost, is inferred.
    pub(super) fn heal_end(&mut self, conn: ConnId, at: Duration, out: &mut Vec<Restored>) {
        if !self.is_torn {
            return;
        }
        self.close(out);
        for dir in Dir::BOTH {
            if let Some(end) = self.lane(conn, dir).map(|lane| lane.bytes) {
                self.heal((conn, dir), end, at, out);
            }
        }
    }

    /// A call is told that moved bytes: those of them, and those before them, that were lost are missing.
    pub(super) fn heal_call(
        &mut self,
        (conn, dir): (ConnId, Dir),
        range: &Range<u64>,
        at: Duration,
        out: &mut Vec<Restored>,
    ) {
        let may_heal = self.is_torn && self.gathered.is_none() && range.end < OFFSET_MAX;
        if !may_heal || range.start > range.end {
            return;
        }
        self.heal((conn, dir), range.start, at, out);
        let lane = self.lane(conn, dir);
        if let Some(lane) = lane.filter(|lane| lane.bytes < range.end) {
            let lacks = range.end - lane.bytes;
            lane.bytes = range.end;
            out.push(lacking((conn, dir), lacks, at));
        }
    }
}

/// Bytes that nobody has.
pub(super) fn lacking((conn, dir): (ConnId, Dir), len: u64, at: Duration) -> Restored {
    let parts = vec![(None, len)];
    Restored::Moved {
        conn,
        dir,
        parts,
        at,
    }
}

/// The call that moved bytes and that is lost.
fn unseen((conn, dir): (ConnId, Dir), range: Range<u64>, at: Duration) -> Restored {
    let (len, flags) = (range.end - range.start, Flags::default());
    let (call, outcome) = match dir {
        Dir::Out => {
            let taken = i64::try_from(len).unwrap_or(i64::MAX);
            let call = Syscall::Send {
                len,
                flags,
                to: None,
            };
            (call, Outcome::Returned(taken))
        }
        Dir::In => {
            let outcome = Outcome::Received {
                len,
                from: None,
                cut_from: None,
            };
            (Syscall::Recv { max: len, flags }, outcome)
        }
    };
    let mut call = Call::new(call, outcome, Duration::ZERO);
    call.moved = Some(Moved { dir, range });
    Restored::Event(Box::new(Event {
        at,
        conn: Some(conn),
        by: Actor::Packets,
        what: What::Call(call),
    }))
}
