//! The facts of a session as they were now and then: copies that share what did not change, fewer of them the more they
//! hold. Any moment is folded from the last one before it.

use super::moment::Moment;

/// The events between two snapshots, until they hold too much.
const SPACING: u64 = 1024;

/// What the snapshots of a session may hold beside its newest facts: of the 64 MiB of the log and its index.
const HELD_MAX_BYTES: usize = 32 << 20;

/// Moments in order, about equally far apart.
#[derive(Debug)]
pub(super) struct Snapshots {
    all: Vec<Snapshot>,
    spacing: u64,
    max_bytes: usize,
    /// What they hold that later ones do not.
    held_bytes: usize,
}

#[derive(Debug)]
struct Snapshot {
    moment: Moment,
    /// What it holds that the one behind it does not; known once there is one.
    bytes: usize,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self::new(SPACING, HELD_MAX_BYTES)
    }
}

impl Snapshots {
    /// None yet, of moments at least `spacing` events apart, that shall hold about that many bytes.
    pub(super) fn new(spacing: u64, max_bytes: usize) -> Self {
        Self {
            all: Vec::new(),
            spacing,
            max_bytes,
            held_bytes: 0,
        }
    }

    /// Keeps a moment if it is far enough from the last one that was kept.
    pub(super) fn note(&mut self, moment: &Moment) {
        let last = self.all.last().map(|last| last.moment.count);
        if last.is_some_and(|last| moment.count < last + self.spacing) {
            return;
        }
        if let Some(last) = self.all.last_mut() {
            last.bytes = last.moment.bytes_beside(moment);
            self.held_bytes += last.bytes;
        }
        self.all.push(Snapshot {
            moment: moment.clone(),
            bytes: 0,
        });
        while self.held_bytes > self.max_bytes && self.all.len() > 2 {
            self.thin();
        }
    }

    /// The last moment with at most so many events.
    pub(super) fn before(&self, count: u64) -> Option<&Moment> {
        let known = |snapshot: &Snapshot| snapshot.moment.count <= count;
        let behind = self.all.partition_point(known);
        let last = self.all.get(behind.checked_sub(1)?)?;
        Some(&last.moment)
    }

    /// Whether there is another one behind the first.
    pub(super) fn has_several(&self) -> bool {
        self.all.len() > 1
    }

    /// How many events the one behind the first has.
    pub(super) fn second(&self) -> Option<u64> {
        self.all.get(1).map(|second| second.moment.count)
    }

    /// Lets go of the first.
    pub(super) fn forget_first(&mut self) {
        if self.has_several() {
            let first = self.all.remove(0);
            self.held_bytes -= first.bytes;
        }
    }

    /// About how many bytes they hold beside the newest of them.
    pub(super) fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Lets every second one go; the others stand twice as far apart.
    fn thin(&mut self) {
        let mut keep = false;
        self.all.retain(|_| {
            keep = !keep;
            keep
        });
        self.spacing *= 2;
        self.held_bytes = 0;
        for k in 1..self.all.len() {
            let [before, behind] = &mut self.all[k - 1..=k] else {
                continue;
            };
            before.bytes = before.moment.bytes_beside(&behind.moment);
            self.held_bytes += before.bytes;
        }
    }
}
