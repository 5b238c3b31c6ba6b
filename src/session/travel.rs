//! Looking at an earlier moment while the session goes on. The facts are folded from the nearest snapshot, a slice at a
//! time; the messages are cut on from checkpoints of the cutters, and only where somebody looks. It changes nothing of
//! what is true now.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;

use super::fold::Folding;
use super::lane::{self, Framed, Track};
use super::moment::Moment;
use super::snapshots::Snapshots;
use super::{ConnId, Dir, Session, traffic};

/// Events that are folded at once.
const SLICE: u64 = 16 << 10;

/// Bytes of a direction that are cut at once when somebody looks at it.
const RECALL_BYTES: usize = 1 << 20;

/// The events between two of the moments that are kept on the way, for the next steps, and what they may hold.
const STEP_SPACING: u64 = 256;
const STEPS_MAX_BYTES: usize = 8 << 20;

/// Which earlier moment is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// The event after which it is.
    pub seq: u64,
    /// How many events came since.
    pub since: u64,
}

/// The way to an earlier moment, and what is there.
#[derive(Debug, Default)]
pub(super) struct Journey {
    /// What is looked at, if not the newest.
    there: Option<There>,
    /// What is asked answers for that moment.
    is_seen: bool,
    /// A moment that is being folded, and how many events it shall have.
    going: Option<(Moment, u64)>,
    /// Moments of the last way.
    steps: Option<Snapshots>,
}

/// The messages of a socket, once somebody looked at them.
type Recalled = OnceCell<Box<[Framed; 2]>>;

/// An earlier moment.
#[derive(Debug)]
struct There {
    moment: Moment,
    /// The messages of the sockets that somebody looked at.
    framed: HashMap<ConnId, Recalled>,
    /// Some of them are not cut to their end.
    is_uncut: Cell<bool>,
}

impl Journey {
    /// The facts that are looked at, if they are not the newest.
    pub(super) fn moment(&self) -> Option<&Moment> {
        let there = self.there.as_ref().filter(|_| self.is_seen)?;
        Some(&there.moment)
    }
}

impl Session {
    /// Goes to the moment after an event, or back to the newest. Far ways take some more calls of
    /// [`Session::travel_on`]; until then the moment before is looked at.
    pub fn travel(&mut self, to: Option<u64>) {
        let Some(seq) = to else {
            self.journey = Journey::default();
            return;
        };
        // What was before is forgotten.
        let count = seq.max(self.first_moment()) + 1;
        let count = count.min(self.live.count);
        let steps = self.journey.steps.as_ref();
        let here = self.journey.there.as_ref().map(|there| &there.moment);
        let starts = [
            self.snapshots.before(count),
            steps.and_then(|steps| steps.before(count)),
            here.filter(|here| here.count <= count),
            Some(&self.live).filter(|live| live.count == count),
        ];
        let starts = starts.into_iter().flatten();
        let start = starts.max_by_key(|moment| moment.count);
        let start = start.cloned().unwrap_or_default();
        if count - start.count > 2 * STEP_SPACING {
            self.journey.steps = Some(Snapshots::new(STEP_SPACING, STEPS_MAX_BYTES));
        }
        self.journey.going = Some((start, count));
        self.travel_on();
    }

    /// Goes on to the moment that was asked for. Returns whether it is still to come.
    pub fn travel_on(&mut self) -> bool {
        let Some((mut moment, to)) = self.journey.going.take() else {
            return false;
        };
        let end = to.min(moment.count + SLICE);
        let store = &mut self.store;
        let mut changes = Vec::new();
        let mut beside = Folding {
            names: &mut store.names,
            pairs: &mut store.pairs,
            changes: &mut changes,
        };
        let mut steps = self.journey.steps.as_mut();
        store
            .log
            .forwards(&store.tapes, moment.count, &mut |seq, event| {
                if seq >= end {
                    return false;
                }
                if let Some(steps) = &mut steps {
                    steps.note(&moment);
                }
                // What cannot be read back is passed over, with what it told.
                moment.count = seq;
                moment.fold(event, &mut beside);
                beside.changes.clear();
                true
            });
        moment.count = end;
        let is_there = end == to;
        self.strip(&mut moment, is_there);
        if is_there {
            self.arrive(moment);
        } else {
            self.journey.going = Some((moment, to));
        }
        !is_there
    }

    /// Which earlier moment everything answers for, if it is not the newest.
    #[must_use]
    pub fn past(&self) -> Option<Past> {
        let moment = self.journey.moment()?;
        Some(Past {
            seq: moment.count.saturating_sub(1),
            since: self.live.count - moment.count,
        })
    }

    /// The event after which it is looked at, or will be once that is folded.
    #[must_use]
    pub fn travelled(&self) -> Option<u64> {
        let there = self.journey.there.as_ref();
        let going = self.journey.going.as_ref().map(|(_, count)| *count);
        let count = going.or(there.map(|there| there.moment.count))?;
        Some(count.saturating_sub(1))
    }

    /// Whether a moment that was asked for is still to come.
    #[must_use]
    pub fn is_travelling(&self) -> bool {
        self.journey.going.is_some()
    }

    /// How many events there are, whatever moment is looked at.
    #[must_use]
    pub fn event_total(&self) -> u64 {
        self.live.count
    }

    /// The event that a mark names now, whatever moment is looked at.
    #[must_use]
    pub fn mark(&self, name: &str) -> Option<u64> {
        self.live.marks.get(name).copied()
    }

    /// About how many bytes are held so that earlier moments are near.
    #[must_use]
    pub fn snapshots_bytes(&self) -> usize {
        self.snapshots.held_bytes()
    }

    /// Shows the session as it is looked at: as it was, where somebody went to an earlier moment.
    pub fn seen<T>(&mut self, look: impl FnOnce(&Self) -> T) -> T {
        self.turn_back();
        let told = look(self);
        self.turn_round();
        told
    }

    /// From now on everything answers for the moment that is looked at. Nothing may happen before
    /// [`Session::turn_round`].
    pub fn turn_back(&mut self) {
        self.journey.is_seen = true;
    }

    /// From now on everything answers for the newest moment again.
    pub fn turn_round(&mut self) {
        self.journey.is_seen = false;
    }

    /// The messages of a direction at the moment that is looked at.
    pub(super) fn framed(&self, id: ConnId, dir: Dir) -> Option<&Framed> {
        let at = id.0 as usize;
        let there = self.journey.there.as_ref().filter(|_| self.journey.is_seen);
        let Some(there) = there else {
            let framed = self.framed.get(at)?.get(dir.index())?;
            if !framed.is_cut() && self.is_beyond(id) {
                self.ask(id, dir);
            }
            return Some(framed);
        };
        let cell = there.framed.get(&id)?;
        if cell.get().is_none() {
            let framed = self.recall(there, id)?;
            if framed.iter().any(|framed| !framed.is_cut()) {
                there.is_uncut.set(true);
            }
            return cell.get_or_init(|| framed).get(dir.index());
        }
        cell.get()?.get(dir.index())
    }

    /// The messages of a socket as they were.
    fn recall(&self, there: &There, id: ConnId) -> Option<Box<[Framed; 2]>> {
        let tapes = &self.store.tapes;
        let traffic = traffic(&self.store, &there.moment, id)?;
        let [one, two] = self.framed.get(id.0 as usize)?;
        let mut framed = Box::new([one.as_of(traffic[0], tapes), two.as_of(traffic[1], tapes)]);
        for dir in Dir::BOTH {
            lane::cut(&mut framed, &traffic, dir, tapes, RECALL_BYTES);
        }
        Some(framed)
    }

    /// Looks at another moment: messages that are cut already are cut on, where that leads there.
    fn arrive(&mut self, moment: Moment) {
        let conns = moment.conns.iter();
        let mut framed: HashMap<ConnId, Recalled> =
            conns.map(|conn| (conn.id, OnceCell::new())).collect();
        let mut is_uncut = false;
        if let Some(there) = self.journey.there.take() {
            for (id, cell) in there.framed {
                let tracks = there.moment.tracks(id).zip(moment.tracks(id));
                let (Some(mut made), Some((before, now))) = (cell.into_inner(), tracks) else {
                    continue;
                };
                let mut pairs = before.iter().zip(now);
                if pairs.all(|(before, now)| before.is_before(now)) {
                    let is_same = |(before, now): (&Track, &Track)| before.is_as_long_as(now);
                    for (made, pair) in made.iter_mut().zip(before.iter().zip(now)) {
                        if !is_same(pair) {
                            made.note();
                        }
                    }
                    is_uncut |= made.iter().any(|made| !made.is_cut());
                    framed.insert(id, OnceCell::from(made));
                }
            }
        }
        self.journey.there = Some(There {
            moment,
            framed,
            is_uncut: Cell::new(is_uncut),
        });
        self.cut_past(RECALL_BYTES);
    }

    /// Whether messages of the moment that is looked at are not cut to their end.
    pub(super) fn is_past_uncut(&self) -> bool {
        let there = self.journey.there.as_ref();
        there.is_some_and(|there| there.is_uncut.get())
    }

    /// Cuts on what somebody looked at of an earlier moment.
    pub(super) fn cut_past(&mut self, budget_bytes: usize) {
        if !self.is_past_uncut() {
            return;
        }
        let Some(there) = &mut self.journey.there else {
            return;
        };
        let mut is_left = false;
        for (id, cell) in &mut there.framed {
            let traffic = traffic(&self.store, &there.moment, *id);
            let (Some(framed), Some(traffic)) = (cell.get_mut(), traffic) else {
                continue;
            };
            for dir in Dir::BOTH {
                if !framed[dir.index()].is_cut() {
                    let tapes = &self.store.tapes;
                    is_left |= lane::cut(framed, &traffic, dir, tapes, budget_bytes);
                }
            }
        }
        there.is_uncut.set(is_left);
    }
}
