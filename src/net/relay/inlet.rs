//! What comes to a socket of a tap from across, and how far it was sent on. It makes no call. Gates and what stands in
//! the place of what came count bytes, and datagrams where boundaries are kept: empty ones have no bytes to be told by.

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
    /// Where boundaries are kept.
    pub(super) datagrams: Option<Box<Datagrams>>,
    /// The send of the first datagram that waits was refused for another one's sake.
    pub(super) retried: bool,
}

/// Datagrams on their way.
#[derive(Debug, Default)]
pub(in crate::net) struct Datagrams {
    /// Where those end that wait.
    pub(super) ends: VecDeque<u64>,
    /// How many came before them.
    gone: u64,
}

impl Datagrams {
    /// The first that came, which end there.
    pub(super) fn new(ends: VecDeque<u64>) -> Self {
        Self { ends, gone: 0 }
    }
}

/// Bytes in the place of others.
#[derive(Debug)]
pub(super) struct Instead {
    pub(super) range: Range<u64>,
    /// What is sent; nothing any more once it was.
    pub(super) bytes: Option<Vec<u8>>,
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
            datagrams: keeps_boundaries.then(Box::default),
            retried: false,
        }
    }

    pub(super) fn next(&self) -> Next {
        let (at, all) = (self.place(), self.all());
        let gate = self.gate.map_or(all, |gate| gate.upto.min(all));
        let first = self.instead.front();
        if self.is_next(first) {
            return Next::Instead;
        }
        let upto = first.map_or(gate, |instead| instead.range.start.min(gate));
        if at < upto {
            let datagrams = self.datagrams.as_ref();
            let datagram = datagrams.and_then(|datagrams| datagrams.ends.front());
            return Next::Came(self.passed..datagram.copied().unwrap_or(upto));
        }
        let is_open = self.gate.is_none_or(|gate| gate.upto > all);
        match self.end {
            Some(end) if is_open && !self.over && at >= all => Next::End(end),
            _ => Next::Nothing,
        }
    }

    /// Whether something stands in the place of what would be sent on next.
    pub(super) fn is_next(&self, instead: Option<&Instead>) -> bool {
        instead.is_some_and(|instead| instead.range.start <= self.place())
    }

    /// How much was sent on, as gates count.
    fn place(&self) -> u64 {
        match &self.datagrams {
            Some(datagrams) => datagrams.gone,
            None => self.passed,
        }
    }

    /// How much came, as gates count.
    fn all(&self) -> u64 {
        match &self.datagrams {
            Some(datagrams) => datagrams.gone + datagrams.ends.len() as u64,
            None => self.came,
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
        let datagrams = self.datagrams.as_ref();
        let datagrams = datagrams.map_or(0, |datagrams| datagrams.ends.len() as u64);
        let waits = self.came - self.passed.min(self.came) + datagrams * DATAGRAM_COST_BYTES;
        is_much(gate.saturating_sub(self.passed), CROWDED_BYTES)
            || datagrams > 0 && is_much(waits, CROWDED_BYTES)
            || room.is_some_and(|room| is_much(gated, room))
    }

    /// The offset up to which what came may be sent on.
    fn open_upto(&self) -> u64 {
        let Some(gate) = self.gate else {
            return self.came;
        };
        let Some(Datagrams { ends, gone }) = self.datagrams.as_deref() else {
            return gate.upto.min(self.came);
        };
        let open = usize::try_from(gate.upto.saturating_sub(*gone)).unwrap_or(usize::MAX);
        let last = open.min(ends.len()).checked_sub(1);
        let last = last.and_then(|last| ends.get(last));
        last.copied().unwrap_or(self.passed)
    }

    /// These bytes take the place of what came behind the gate, or all that came and did not pass, up to there.
    pub(super) fn replace(&mut self, bytes: Option<Vec<u8>>, upto: u64) {
        let bytes = bytes.filter(|bytes| !bytes.is_empty() || self.datagrams.is_some());
        let last = self.instead.back().map(|instead| instead.range.end);
        let gate = self.gate.map(|gate| gate.upto);
        let start = gate.or(last).unwrap_or(0);
        let start = start.max(self.place()).max(last.unwrap_or(0));
        let end = upto.clamp(start, self.all().max(start));
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

    /// The first of the datagrams that wait was sent on, or lost; where it ended.
    pub(super) fn pass_datagram(&mut self) -> Option<u64> {
        let datagrams = self.datagrams.as_mut()?;
        let end = datagrams.ends.pop_front()?;
        datagrams.gone += 1;
        self.pass(end);
        Some(end)
    }

    /// What stands first in the place of what came was sent, or lost.
    pub(super) fn pass_instead(&mut self) {
        let Some(Instead { range, .. }) = self.instead.pop_front() else {
            return;
        };
        if self.datagrams.is_none() {
            return self.pass(range.end);
        }
        while self.place() < range.end && self.pass_datagram().is_some() {}
        self.retried = false;
    }

    /// Nothing of what waits can be sent on.
    pub(super) fn give_up(&mut self) {
        self.lost += self.came.saturating_sub(self.passed);
        self.passed = self.came;
        self.begun = self.came;
        self.instead.clear();
        if let Some(datagrams) = &mut self.datagrams {
            datagrams.gone += datagrams.ends.len() as u64;
            datagrams.ends.clear();
        }
        self.gate = None;
    }
}
