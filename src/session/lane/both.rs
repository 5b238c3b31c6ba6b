//! Two directions whose framings listen to each other: they are cut in the order in which the bytes moved.

use std::time::Duration;

use super::Lane;
use crate::event::Dir;
use crate::framing::{Cut, Cutter, Mailbox, Sight};
use crate::tape::Tapes;

/// What a direction is looked at with: all tapes, and the other direction where framings listen to that.
#[derive(Clone, Copy, Debug)]
pub(in crate::session) struct Beside<'a> {
    pub(in crate::session) tapes: &'a Tapes,
    pub(in crate::session) other: Option<&'a Lane>,
}

impl<'a> Beside<'a> {
    /// What the newest decoder of the other direction has told that tells of the same, if one does.
    pub(super) fn told_to(&self, cutter: &Cutter) -> Option<&'a Mailbox> {
        let is_of = |told: &&Cutter| {
            let mut subjects = told.subjects().iter();
            subjects.any(|subject| cutter.subjects().contains(subject))
        };
        let stretches = self.other?.stretches.iter().rev();
        let told = stretches.map(|stretch| &stretch.cutter).find(is_of)?;
        Some(told.told())
    }
}

/// Cuts a direction, and where framings listen to each other both; true while something is left.
pub(in crate::session) fn cut(
    lanes: &mut [Lane; 2],
    dir: Dir,
    tapes: &Tapes,
    budget_bytes: usize,
) -> bool {
    if lanes.iter().any(Lane::is_two_sided) {
        return cut_in_turns(lanes, tapes, budget_bytes);
    }
    let beside = Beside { tapes, other: None };
    lanes[dir.index()].cut(beside, Duration::MAX, budget_bytes)
}

/// Cuts a direction by another rule from an offset on; true if the other direction is to be cut anew, too.
pub(in crate::session) fn reframe(
    lanes: &mut [Lane; 2],
    dir: Dir,
    cut: Cut,
    from: u64,
    sight: Sight,
) -> bool {
    lanes[dir.index()].reframe(cut, from, sight);
    let is_heard = lanes[dir.other().index()].is_two_sided();
    if is_heard {
        // What the earlier framings of this direction were told comes anew as well.
        lanes.iter_mut().for_each(Lane::cut_anew);
    }
    is_heard
}

/// Cuts both directions in the order in which their bytes moved, about `budget_bytes`; true while something is left.
fn cut_in_turns(lanes: &mut [Lane; 2], tapes: &Tapes, budget_bytes: usize) -> bool {
    let mut spent = 0;
    loop {
        let times = lanes.each_mut().map(|lane| lane.next_time(tapes));
        let [first, second] = times.map(|time| time.unwrap_or(Duration::MAX));
        // What was asked moved before what was answered; at one time the asking side goes first.
        let [a, b] = &mut *lanes;
        let is_second = second < first || (second == first && b.is_clients());
        let (turn, other) = if is_second { (b, a) } else { (a, b) };
        let mut by = first.max(second);
        if by < Duration::MAX && other.is_clients() {
            // At that time the client goes first.
            by = by.saturating_sub(Duration::from_nanos(1));
        }
        let before = turn.fed();
        let beside = Beside {
            tapes,
            other: Some(other),
        };
        let left = turn.cut(beside, by, budget_bytes.saturating_sub(spent));
        spent += usize::try_from(turn.fed() - before)
            .unwrap_or(usize::MAX)
            .max(64);
        if times == [None, None] {
            let beside = Beside {
                tapes,
                other: Some(turn),
            };
            return other.cut(beside, by, budget_bytes) || left;
        }
        if spent >= budget_bytes {
            turn.is_cut = false;
            other.is_cut = false;
            return true;
        }
    }
}
