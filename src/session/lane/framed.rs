//! The cutters of a direction: those of the framings in force, and for a while those of framings that were, from which
//! the messages of earlier moments are found again.

use std::time::Duration;

use super::both::Beside;
use super::track::{Framing, Track, Traffic};
use crate::framing::{Cutter, Side, Source};
use crate::tape::Tapes;

/// How many earlier choices of framings are kept. What was cut by one before is cut again from its first byte.
const FORMER_MAX: usize = 4;

/// The messages of a direction.
#[derive(Debug)]
pub(in crate::session) struct Framed {
    /// Made when there is something to cut, which of ten thousand quiet connections there never is.
    cutters: Option<Box<Cutters>>,
    /// How often another framing had been chosen, as [`Track`] counts it.
    reframed: u32,
    /// They have seen all that was told, the end too.
    pub(super) is_cut: bool,
}

/// What cuts a direction.
#[derive(Debug)]
struct Cutters {
    /// Of the framings in force, in the order of their first bytes; never empty.
    stretches: Vec<Stretch>,
    /// Of framings that were in force, the latest last.
    former: Vec<Former>,
}

/// What one framing cuts.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) framing: Framing,
    pub(super) cutter: Cutter,
}

/// What was cut until another framing was chosen.
#[derive(Debug)]
struct Former {
    reframed: u32,
    stretches: Vec<Stretch>,
}

impl Stretch {
    fn new(framing: &Framing) -> Self {
        Self {
            cutter: Cutter::new(framing.cut.clone(), framing.from, framing.sight),
            framing: framing.clone(),
        }
    }
}

impl Framed {
    /// Nothing is to be cut yet.
    pub(in crate::session) fn new(track: &Track) -> Self {
        Self {
            cutters: None,
            reframed: track.reframed,
            is_cut: true,
        }
    }

    /// What the framings in force have cut; nothing where nothing was to be cut.
    pub(super) fn stretches(&self) -> &[Stretch] {
        let cutters = self.cutters.as_deref();
        cutters.map_or(&[], |cutters| &cutters.stretches)
    }

    /// The cutters of the framings in force.
    fn begun(&mut self, track: &Track) -> &mut Vec<Stretch> {
        let cutters = self.cutters.get_or_insert_with(|| {
            Box::new(Cutters {
                stretches: track.framings.iter().map(Stretch::new).collect(),
                former: Vec::new(),
            })
        });
        &mut cutters.stretches
    }

    /// The messages as of an earlier moment, nearly cut: the cutters go on from where they were not long before it.
    pub(in crate::session) fn as_of(&self, traffic: Traffic<'_>, tapes: &Tapes) -> Self {
        let track = traffic.track;
        let former = self.cutters.iter().flat_map(|it| &it.former);
        let former = former.map(|it| (it.reframed, it.stretches.as_slice()));
        let eras: Vec<_> = former.chain([(self.reframed, self.stretches())]).collect();
        let found = |framing: &Framing| {
            // What listens to the other direction was told something else before and after another choice.
            let hears = !framing.cut.rule.subjects().is_empty();
            let fit = eras
                .iter()
                .rev()
                .filter(|(reframed, _)| *reframed == track.reframed || !hears);
            let mut stretches = fit.flat_map(|(_, stretches)| stretches.iter());
            stretches.find(|stretch| stretch.framing.is_like(framing))
        };
        let stretch = |k: usize, framing: &Framing| {
            let next = track.framings.get(k + 1).map(|next| next.from);
            let source = traffic.source(tapes, next);
            let cutter = found(framing).map(|stretch| stretch.cutter.as_of(&source));
            cutter.map_or_else(
                || Stretch::new(framing),
                |cutter| Stretch {
                    framing: framing.clone(),
                    cutter,
                },
            )
        };
        let framings = track.framings.iter().enumerate();
        let stretches = framings.map(|(k, framing)| stretch(k, framing)).collect();
        let former = Vec::new();
        Self {
            cutters: Some(Box::new(Cutters { stretches, former })),
            reframed: track.reframed,
            is_cut: false,
        }
    }

    /// There is something to cut.
    pub(in crate::session) fn note(&mut self) {
        self.is_cut = false;
    }

    /// The newest messages need not be at hand any more.
    pub(in crate::session) fn put_away(&mut self) {
        let stretches = self.cutters.iter_mut().flat_map(|it| &mut it.stretches);
        stretches.for_each(|stretch| stretch.cutter.put_away());
    }

    /// How many of the newest messages are at hand.
    #[cfg(test)]
    pub(in crate::session) fn at_hand(&self) -> usize {
        let stretches = self.stretches().iter();
        stretches.map(|stretch| stretch.cutter.at_hand()).sum()
    }

    /// Whether nothing is left to cut.
    pub(in crate::session) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Cuts by the newest of the framings from its first byte on; what was cut before ends there.
    pub(in crate::session) fn reframe(&mut self, track: &Track) {
        self.is_cut = false;
        self.keep(track);
        let (Some(framing), Some(cutters)) = (track.framings.last(), &mut self.cutters) else {
            return;
        };
        let stretches = &mut cutters.stretches;
        stretches.retain(|stretch| stretch.framing.from < framing.from);
        if let Some(Stretch { cutter, .. }) = stretches.last_mut() {
            cutter.rewind(framing.from);
        }
        stretches.push(Stretch::new(framing));
    }

    /// Cuts anew by those of the framings that listen to the other direction: what they are told has changed.
    pub(in crate::session) fn cut_anew(&mut self, track: &Track) {
        self.keep(track);
        self.is_cut &= !track.is_two_sided();
        let stretches = self.cutters.iter_mut().flat_map(|it| &mut it.stretches);
        for stretch in stretches.filter(|it| !it.cutter.subjects().is_empty()) {
            *stretch = Stretch::new(&stretch.framing);
        }
    }

    /// Keeps what is cut, for those who look at the moment before another framing was chosen.
    fn keep(&mut self, track: &Track) {
        let reframed = std::mem::replace(&mut self.reframed, track.reframed);
        let Some(cutters) = &mut self.cutters else {
            return;
        };
        if reframed == track.reframed || track.told == 0 {
            return;
        }
        let copy = |stretch: &Stretch| Stretch {
            framing: stretch.framing.clone(),
            cutter: stretch.cutter.share(),
        };
        let stretches = cutters.stretches.iter().map(copy).collect();
        cutters.former.push(Former {
            reframed,
            stretches,
        });
        if cutters.former.len() > FORMER_MAX {
            cutters.former.remove(0);
        }
    }

    /// Runs the framings over what is new and moved by then, about `budget_bytes` of it; true while something is left.
    pub(super) fn cut(
        &mut self,
        traffic: Traffic<'_>,
        beside: Beside<'_>,
        by: Duration,
        budget_bytes: usize,
    ) -> bool {
        let stretches = self.begun(traffic.track);
        let mut left = false;
        for k in 0..stretches.len() {
            let next = next_from(stretches, k);
            let Some(Stretch { cutter, .. }) = stretches.get_mut(k) else {
                continue;
            };
            let theirs = beside.told_to(cutter);
            let source = Source {
                by,
                theirs,
                ..traffic.source(beside.tapes, next)
            };
            left |= cutter.advance(&source, budget_bytes);
        }
        self.is_cut = !left;
        left
    }

    /// When what is to be cut next had moved, if anything is.
    pub(super) fn next_time(&mut self, traffic: Traffic<'_>, tapes: &Tapes) -> Option<Duration> {
        let stretches = self.begun(traffic.track);
        (0..stretches.len()).find_map(|k| {
            let source = traffic.source(tapes, next_from(stretches, k));
            stretches.get_mut(k)?.cutter.next_time(&source)
        })
    }

    /// How far its framings have come.
    pub(super) fn fed(&self) -> u64 {
        let last = self.stretches().last();
        last.map_or(0, |stretch| stretch.cutter.fed())
    }

    /// Whether the end that connected sends its bytes.
    pub(super) fn is_clients(&self) -> bool {
        let last = self.stretches().last();
        last.is_some_and(|stretch| stretch.cutter.sight().side == Some(Side::Client))
    }
}

/// Where the framing behind that at position `k` begins.
fn next_from(stretches: &[Stretch], k: usize) -> Option<u64> {
    stretches.get(k + 1).map(|next| next.framing.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_in_which_nothing_moved_is_small() {
        // Four of them stand behind each tapped conversation, and there may be ten thousand.
        assert!(size_of::<Framed>() <= 16, "{}", size_of::<Framed>());
        assert!(size_of::<Track>() <= 32, "{}", size_of::<Track>());
        let (one, other) = (Track::default(), Track::default());
        assert!(std::rc::Rc::ptr_eq(&one.framings, &other.framings));
        assert!(Framed::new(&one).cutters.is_none());
    }
}
