//! What comes to a socket of a tap from across, and how far it was sent on. It makes no call.

use std::collections::VecDeque;
use std::ops::Range;

use crate::event::{ConnId, Gate};

/// What may wait to be passed on before its source is read no further (DESIGN.md, Limits).
const CROWDED_BYTES: u64 = 1 << 20;

/// It is read again when so much less than that waits, so that it is not stopped and started for each send.
const RELIEF_BYTES: u64 = 768 << 10;

/// What a datagram that waits counts for beside its bytes: the kernel, too, counts more than those (socket(7)).
const DATAGRAM_COST_BYTES: u64 = 256;

/// What comes to a socket from across, and how far it was sent on. Offsets are those of what the other side received.
#[derive(Debug)]
pub(in crate::net) struct Inlet {
    pub(super) from: ConnId,
    /// Received there.
    pub(super) came: u64,
    /// Sent on here, or replaced by what was.
    pub(super) passed: u64,
    /// A send took a part of what was offered; up to here nothing else comes between.
    pub(super) begun: u64,
    /// Nothing behind it is sent on.
    pub(super) gate: Option<Gate>,
    /// What takes the place of what came, in order.
    pub(super) instead: VecDeque<Instead>,
    /// The end came, or a reset.
    pub(super) end: Option<End>,
    /// The end was passed on.
    pub(super) over: bool,
    /// The other side was told that it is read no further.
    pub(super) crowded: bool,
    /// Bytes that could not be sent on.
    pub(super) lost: u64,
    /// Where the datagrams that wait end, where boundaries are kept.
    pub(super) ends: Option<VecDeque<u64>>,
    /// The send of the first of them was refused for another one's sake.
    pub(super) retried: bool,
}

/// Bytes in the place of others.
#[derive(Debug)]
pub(super) struct Instead {
    pub(super) range: Range<u64>,
    pub(super) bytes: Vec<u8>,
    pub(super) taken: usize,
}

/// How what comes from across ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Flushed,
    Reset,
}

/// What is passed on next.
pub(super) enum Next {
    /// What came, in this range.
    Came(Range<u64>),
    /// What stands first in the place of what came.
    Instead,
    End(End),
    Nothing,
}

impl Inlet {
    /// What comes from that socket, of which so many bytes are there already.
    pub(super) fn new(from: ConnId, came: u64, keeps_boundaries: bool) -> Self {
        Self {
            from,
            came,
            passed: 0,
            begun: 0,
            gate: None,
            instead: VecDeque::new(),
            end: None,
            over: false,
            crowded: false,
            lost: 0,
            ends: keeps_boundaries.then(VecDeque::new),
            retried: false,
        }
    }

    pub(super) fn next(&self) -> Next {
        let gate = self.open_upto();
        let first = self.instead.front();
        if first.is_some_and(|instead| instead.range.start <= self.passed) {
            return Next::Instead;
        }
        let upto = first.map_or(gate, |instead| instead.range.start.min(gate));
        let end = self.ends.as_ref().map(|ends| ends.front().copied());
        match end {
            Some(Some(end)) if end <= upto => return Next::Came(self.passed..end),
            Some(Some(_)) => return Next::Nothing,
            None if self.passed < upto => return Next::Came(self.passed..upto),
            _ => {}
        }
        let is_open = self.gate.is_none_or(|gate| gate.upto > self.came);
        match self.end {
            Some(end) if is_open && !self.over && self.passed >= self.came => Next::End(end),
            _ => Next::Nothing,
        }
    }

    /// Whether the other side is to be read no further.
    pub(super) fn is_crowded(&self) -> bool {
        let (gate, room) = (self.open_upto(), self.gate.map(|gate| gate.room));
        let gated = self.came - gate.max(self.passed).min(self.came);
        let is_much = |bytes: u64, room: u64| {
            if self.crowded {
                bytes > room.saturating_sub(RELIEF_BYTES)
            } else {
                bytes >= room
            }
        };
        let datagrams = self.ends.as_ref().map_or(0, VecDeque::len) as u64;
        let waits = self.came - self.passed.min(self.came) + datagrams * DATAGRAM_COST_BYTES;
        is_much(gate.saturating_sub(self.passed), CROWDED_BYTES)
            || datagrams > 0 && is_much(waits, CROWDED_BYTES)
            || room.is_some_and(|room| is_much(gated, room))
    }

    /// How far what came may be sent on.
    fn open_upto(&self) -> u64 {
        self.gate.map_or(self.came, |gate| gate.upto.min(self.came))
    }

    /// These bytes take the place of what came behind the gate, or all that came and did not pass, up to an offset.
    pub(super) fn replace(&mut self, bytes: Vec<u8>, upto: u64) {
        let last = self.instead.back().map(|instead| instead.range.end);
        let gate = self.gate.map(|gate| gate.upto);
        let start = gate.or(last).unwrap_or(self.passed);
        let start = start.max(self.passed).max(last.unwrap_or(0));
        let end = upto.clamp(start, self.came.max(start));
        self.instead.push_back(Instead {
            range: start..end,
            bytes,
            taken: 0,
        });
        if let Some(gate) = &mut self.gate {
            gate.upto = gate.upto.max(end);
        }
    }

    /// All up to there was sent on, or something in its place.
    pub(super) fn pass(&mut self, upto: u64) {
        self.passed = self.passed.max(upto);
        self.retried = false;
    }

    /// The datagrams up to there are no more among those that wait.
    pub(super) fn drop_ends(&mut self, upto: u64) {
        if let Some(ends) = &mut self.ends {
            ends.retain(|end| *end > upto);
        }
    }

    /// Nothing of what waits can be sent on.
    pub(super) fn give_up(&mut self) {
        self.lost += self.came.saturating_sub(self.passed);
        self.passed = self.came;
        self.begun = self.came;
        self.instead.clear();
        if let Some(ends) = &mut self.ends {
            ends.clear();
        }
        self.gate = None;
    }
}
