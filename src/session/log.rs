//! The append-only log: events in a compact form (crate `postcard`) on a tape, so that it spills like any bytes, and
//! the newest ones as they are. It gives events numbers and no meaning.

use std::collections::VecDeque;

use crate::event::Event;
use crate::tape::{TapeId, Tapes};

/// Events kept decoded: what a pane of calls shows while it follows.
const RECENT: usize = 2048;

/// Events between two entries of the index.
const SPACING: u64 = 64;

/// All events.
#[derive(Debug)]
pub(super) struct Log {
    tape: TapeId,
    /// Where every `SPACING`th event begins on the tape, from the first block that is kept.
    index: VecDeque<u64>,
    /// How many blocks of so many events were let go of.
    gone: u64,
    len: u64,
    recent: VecDeque<Event>,
}

impl Log {
    pub(super) fn new(tapes: &mut Tapes) -> Self {
        Self {
            tape: tapes.create(),
            index: VecDeque::new(),
            gone: 0,
            len: 0,
            recent: VecDeque::new(),
        }
    }

    /// Appends an event and returns its number.
    pub(super) fn push(&mut self, tapes: &mut Tapes, event: Event) -> u64 {
        if self.len.is_multiple_of(SPACING) {
            self.index.push_back(tapes.len(self.tape));
        }
        // Events hold nothing that postcard cannot write; were it otherwise, the entry would read back as missing.
        let entry = postcard::to_allocvec(&event).unwrap_or_default();
        tapes.append(self.tape, &entry);
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(event);
        self.len += 1;
        self.len - 1
    }

    /// Lets go of events before that one, as far as they fill whole blocks.
    pub(super) fn forget_before(&mut self, tapes: &mut Tapes, seq: u64) {
        let blocks = (seq.min(self.first_recent()) / SPACING).saturating_sub(self.gone);
        let blocks = usize::try_from(blocks).unwrap_or(0).min(self.index.len());
        self.index.drain(..blocks);
        self.gone += blocks as u64;
        if let Some(first) = self.index.front() {
            let len = tapes.len(self.tape);
            tapes.trim(self.tape, len.saturating_sub(*first));
        }
    }

    /// The first event that is kept.
    pub(super) fn first(&self) -> u64 {
        self.gone * SPACING
    }

    /// How many bytes of it are kept, in memory or in the spill file.
    pub(super) fn kept_bytes(&self, tapes: &Tapes) -> u64 {
        let first = self.index.front().copied().unwrap_or(0);
        tapes.len(self.tape) - first
    }

    /// The newest event.
    pub(super) fn newest(&self) -> Option<&Event> {
        self.recent.back()
    }

    /// An event by its number.
    pub(super) fn event(&self, tapes: &Tapes, seq: u64) -> Option<Event> {
        if let Some(at) = seq.checked_sub(self.first_recent()) {
            return self.recent.get(usize::try_from(at).ok()?).cloned();
        }
        let within = usize::try_from(seq % SPACING).ok()?;
        self.block(tapes, seq / SPACING).into_iter().nth(within)
    }

    /// Shows events before `seq`, newest first, until `show` returns false.
    pub(super) fn backwards(
        &self,
        tapes: &Tapes,
        seq: u64,
        show: &mut dyn FnMut(u64, &Event) -> bool,
    ) {
        let first = self.first_recent();
        let mut seq = seq.min(self.len);
        while seq > first {
            seq -= 1;
            let event = usize::try_from(seq - first)
                .ok()
                .and_then(|at| self.recent.get(at));
            if !event.is_some_and(|event| show(seq, event)) {
                return;
            }
        }
        while seq > self.first() {
            let block = (seq - 1) / SPACING;
            let events = self.block(tapes, block);
            let wanted = usize::try_from(seq - block * SPACING).unwrap_or(usize::MAX);
            for (k, event) in events.iter().enumerate().take(wanted).rev() {
                if !show(block * SPACING + k as u64, event) {
                    return;
                }
            }
            seq = block * SPACING;
        }
    }

    /// Shows events from `seq` on, oldest first, until `show` returns false. One that cannot be read back is passed
    /// over.
    pub(super) fn forwards(
        &self,
        tapes: &Tapes,
        seq: u64,
        show: &mut dyn FnMut(u64, &Event) -> bool,
    ) {
        let first = self.first_recent();
        let mut seq = seq.max(self.first());
        while seq < first {
            let block = seq / SPACING;
            let next = ((block + 1) * SPACING).min(first);
            let events = self.block(tapes, block);
            for (at, event) in (block * SPACING..next).zip(&events) {
                if at >= seq && !show(at, event) {
                    return;
                }
            }
            seq = next;
        }
        let passed = usize::try_from(seq - first).unwrap_or(usize::MAX);
        for (at, event) in (seq..).zip(self.recent.iter().skip(passed)) {
            if !show(at, event) {
                return;
            }
        }
    }

    fn first_recent(&self) -> u64 {
        self.len - self.recent.len() as u64
    }

    /// The events between two entries of the index.
    fn block(&self, tapes: &Tapes, block: u64) -> Vec<Event> {
        let at = block.checked_sub(self.gone);
        let Some(at) = at.and_then(|at| usize::try_from(at).ok()) else {
            return Vec::new();
        };
        let Some(from) = self.index.get(at) else {
            return Vec::new();
        };
        let to = self
            .index
            .get(at + 1)
            .copied()
            .unwrap_or_else(|| tapes.len(self.tape));
        let (bytes, whole) = tapes.copy(self.tape, *from..to);
        let mut rest = bytes.as_slice();
        let mut events = Vec::new();
        while whole && !rest.is_empty() {
            let Ok((event, left)) = postcard::take_from_bytes(rest) else {
                break;
            };
            events.push(event);
            rest = left;
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::{Actor, What};

    fn event(n: u64) -> Event {
        Event {
            at: Duration::from_millis(n),
            conn: None,
            by: Actor::Loop,
            what: What::Note(format!("event {n}")),
        }
    }

    #[test]
    fn events_that_were_let_go_of_are_passed_over_and_the_others_keep_their_numbers() {
        let mut tapes = Tapes::new(1 << 20, None);
        let mut log = Log::new(&mut tapes);
        let count = RECENT as u64 + 10 * SPACING + 5;
        for n in 0..count {
            log.push(&mut tapes, event(n));
        }
        let all = log.kept_bytes(&tapes);
        log.forget_before(&mut tapes, 3 * SPACING + 9);
        let first = 3 * SPACING;
        assert_eq!(log.first(), first);
        assert!(log.kept_bytes(&tapes) < all);
        assert_eq!(log.event(&tapes, first - 1), None);
        assert_eq!(log.event(&tapes, first), Some(event(first)));
        let mut shown = Vec::new();
        log.forwards(&tapes, 0, &mut |seq, _| {
            shown.push(seq);
            true
        });
        assert!(shown.iter().copied().eq(first..count));
        shown.clear();
        log.backwards(&tapes, count, &mut |seq, it| {
            assert_eq!(it, &event(seq));
            shown.push(seq);
            true
        });
        assert!(shown.iter().copied().eq((first..count).rev()));
        // The newest stay as they are.
        log.forget_before(&mut tapes, u64::MAX);
        assert!(log.first() <= count - RECENT as u64);
        assert_eq!(log.event(&tapes, log.first()), Some(event(log.first())));
    }

    #[test]
    fn every_event_is_found_again_by_number_and_backwards() {
        let mut tapes = Tapes::new(1 << 20, None);
        let mut log = Log::new(&mut tapes);
        let count = RECENT as u64 + 3 * SPACING + 5;
        for n in 0..count {
            assert_eq!(log.push(&mut tapes, event(n)), n);
        }
        for n in [
            0,
            1,
            SPACING - 1,
            SPACING,
            count - RECENT as u64 - 1,
            count - RECENT as u64,
            count - 1,
        ] {
            assert_eq!(log.event(&tapes, n), Some(event(n)), "{n}");
        }
        assert_eq!(log.event(&tapes, count), None);
        for before in [count, count - 10, SPACING + 1, 1] {
            let mut next = before;
            log.backwards(&tapes, before, &mut |seq, shown| {
                next -= 1;
                assert_eq!((seq, shown), (next, &event(next)));
                true
            });
            assert_eq!(next, 0);
        }
        for from in [0, 1, SPACING, count - RECENT as u64 - 1, count - 3, count] {
            let mut next = from;
            log.forwards(&tapes, from, &mut |seq, shown| {
                assert_eq!((seq, shown), (next, &event(next)));
                next += 1;
                true
            });
            assert_eq!(next, count);
        }
    }
}
