//! A direction as it was when less of it was known: a cutter that goes on from a checkpoint of another. Nothing is
//! copied but pointers to the checkpoints, and nothing is cut again but what stands between two of them.

use std::collections::VecDeque;
use std::rc::Rc;

use super::run::Run;
use super::{Checkpoint, Cutter, Source};

impl Cutter {
    /// The cutter as it was when no more was known than the source has, or a little before.
    #[must_use]
    pub fn as_of(&self, source: &Source<'_>) -> Self {
        let is_known = |checkpoint: &Rc<Checkpoint>| {
            let place = &checkpoint.place;
            place.at <= source.until
                && place.crossed <= source.calls
                && (source.ended || !place.ended)
        };
        self.before(self.checkpoints.partition_point(is_known))
    }

    /// A copy that goes on from the last checkpoint.
    #[must_use]
    pub fn share(&self) -> Self {
        self.before(self.checkpoints.len())
    }

    /// A copy that goes on from the last of so many checkpoints.
    fn before(&self, count: usize) -> Self {
        let checkpoints: Vec<_> = self
            .checkpoints
            .iter()
            .take(count.max(1))
            .cloned()
            .collect();
        let cut = self.cut.clone();
        let mut cutter = Self::new(cut, self.origin(), self.sight);
        if let Some(last) = checkpoints.last() {
            let decoder = last.decoder.fork();
            cutter.run = Run::new(last.place, self.origin(), decoder, &self.cut, self.sight);
            cutter.run.told = self.run.told.before(last.place.told());
        }
        Self {
            checkpoints,
            spacing: self.spacing,
            state_bytes: self.state_bytes,
            recent: VecDeque::new(),
            ..cutter
        }
    }
}
