//! Two directions whose framings listen to each other: they are cut in the order in which the bytes moved.

use std::time::Duration;

use super::framed::Framed;
use super::track::Traffic;
use crate::event::Dir;
use crate::framing::{Cutter, Mailbox};
use crate::tape::Tapes;

/// What a direction is looked at with: all tapes, and the other direction where framings listen to that.
#[derive(Clone, Copy, Debug)]
pub(in crate::session) struct Beside<'a> {
    pub(in crate::session) tapes: &'a Tapes,
    pub(in crate::session) other: Option<&'a Framed>,
}

impl<'a> Beside<'a> {
    /// What the newest decoder of the other direction has told that tells of the same, if one does.
    pub(super) fn told_to(&self, cutter: &Cutter) -> Option<&'a Mailbox> {
        let is_of = |told: &&Cutter| {
            let mut subjects = told.subjects().iter();
            subjects.any(|subject| cutter.subjects().contains(subject))
        };
        let stretches = self.other?.stretches().iter().rev();
        let told = stretches.map(|stretch| &stretch.cutter).find(is_of)?;
        Some(told.told())
    }
}

/// Cuts a direction, and where framings listen to each other both; true while something is left.
pub(in crate::session) fn cut(
    framed: &mut [Framed; 2],
    traffic: &[Traffic<'_>; 2],
    dir: Dir,
    tapes: &Tapes,
    budget_bytes: usize,
) -> bool {
    if traffic.iter().any(|moved| moved.track.is_two_sided()) {
        return cut_in_turns(framed, traffic, tapes, budget_bytes);
    }
    let beside = Beside { tapes, other: None };
    let at = dir.index();
    framed[at].cut(traffic[at], beside, Duration::MAX, budget_bytes)
}

/// Cuts both directions in the order in which their bytes moved, about `budget_bytes`; true while something is left.
fn cut_in_turns(
    framed: &mut [Framed; 2],
    traffic: &[Traffic<'_>; 2],
    tapes: &Tapes,
    budget_bytes: usize,
) -> bool {
    let mut spent = 0;
    loop {
        let [a, b] = &mut *framed;
        let [first, second] = [
            a.next_time(traffic[0], tapes),
            b.next_time(traffic[1], tapes),
        ];
        let is_rest = first.is_none() && second.is_none();
        let [first, second] = [first, second].map(|time| time.unwrap_or(Duration::MAX));
        // What was asked moved before what was answered; at one time the asking side goes first.
        let is_second = second < first || (second == first && b.is_clients());
        let [one, two] = *traffic;
        let (turn, other, moved, beside) = if is_second {
            (b, a, two, one)
        } else {
            (a, b, one, two)
        };
        let mut by = first.max(second);
        if by < Duration::MAX && other.is_clients() {
            // At that time the client goes first.
            by = by.saturating_sub(Duration::from_nanos(1));
        }
        let before = turn.fed();
        let heard = Beside {
            tapes,
            other: Some(other),
        };
        let left = turn.cut(moved, heard, by, budget_bytes.saturating_sub(spent));
        spent += usize::try_from(turn.fed() - before)
            .unwrap_or(usize::MAX)
            .max(64);
        if is_rest {
            let heard = Beside {
                tapes,
                other: Some(turn),
            };
            return other.cut(beside, heard, by, budget_bytes) || left;
        }
        if spent >= budget_bytes {
            turn.is_cut = false;
            other.is_cut = false;
            return true;
        }
    }
}
