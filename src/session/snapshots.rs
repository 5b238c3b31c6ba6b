//! The facts of a session as they were now and then: copies that share what did not change, fewer of them the more they
//! hold. Any moment is folded from the last one before it.

use super::moment::Moment;

/// The events between two snapshots, until they hold too much.
const SPACING: u64 = 1024;

/// What the snapshots of a session may hold beside its newest facts: of the 64 MiB of the log and its index.
const HELD_MAX_BYTES: usize = 32 << 20;

/// Of some hundred snapshots that hold too much one goes each so many events: what the others hold is counted again by
/// looking through all sockets.
const THINNED_EACH: u64 = 16;

/// Moments in order, about equally far apart.
#[derive(Debug)]
pub(super) struct Snapshots {
    all: Vec<Snapshot>,
    spacing: u64,
    max_bytes: usize,
    /// What they hold that later ones do not.
    held_bytes: usize,
    /// Where the next one stands that goes while they are thinned out, and how many go yet.
    thinning: (usize, usize),
    /// Moments that were let go of. Of ten thousand sockets each may hold a copy: that is given back bit by bit.
    fading: Vec<Moment>,
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
            thinning: (0, 0),
            fading: Vec::new(),
        }
    }

    /// Keeps a moment if it is far enough from the last one that was kept. Asked at each event, so that what goes goes
    /// a little at a time.
    pub(super) fn note(&mut self, moment: &Moment) {
        if self.fading.last_mut().is_some_and(|gone| !gone.fade()) {
            self.fading.pop();
        }
        let is_too_much = self.held_bytes > self.max_bytes && self.all.len() > 2;
        if is_too_much && moment.count.is_multiple_of(THINNED_EACH) {
            self.thin();
        }
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

    /// Lets go of the first. The others hold less then, and may stand closer to each other again.
    pub(super) fn forget_first(&mut self) {
        if self.has_several() {
            let first = self.all.remove(0);
            self.held_bytes -= first.bytes;
            self.fading.push(first.moment);
            self.thinning = (0, 0);
            self.spacing = (self.spacing / 2).max(SPACING);
        }
    }

    /// About how many bytes they hold beside the newest of them.
    pub(super) fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Lets one go. Every second one goes, from the first to the last, as long as they hold too much; those to come
    /// stand twice as far apart from the first of a round on.
    fn thin(&mut self) {
        if self.thinning.1 == 0 {
            self.spacing = self.spacing.saturating_mul(2);
            self.thinning = (1, (self.all.len() - 1) / 2);
        }
        let (at, left) = self.thinning;
        self.thinning = (at + 1, left - 1);
        let gone = self.all.remove(at);
        self.held_bytes -= gone.bytes;
        self.fading.push(gone.moment);
        if let Some([before, behind]) = self.all.get_mut(at - 1..=at) {
            self.held_bytes -= before.bytes;
            before.bytes = before.moment.bytes_beside(&behind.moment);
            self.held_bytes += before.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::endpoint::Transport;
    use crate::event::{ConnId, Role};
    use crate::session::Conn;

    /// Moments of some sockets that all change from one to the next.
    fn moments(snapshots: &mut Snapshots, from: u64, to: u64, check: &mut dyn FnMut(&Snapshots)) {
        let mut moment = Moment::default();
        for id in 0..100 {
            let name = id.to_string();
            let (role, opened) = (Role::Client, Duration::ZERO);
            let conn = Conn::new(ConnId(id), name, role, Transport::Tcp, opened);
            moment.conns.push(conn);
        }
        for count in from..to {
            moment.count = count;
            if let Some(conn) = moment.conn_mut(ConnId((count % 100) as u32)) {
                conn.accepted = count;
            }
            snapshots.note(&moment);
            check(snapshots);
        }
    }

    #[test]
    fn a_few_go_at_a_time_and_what_they_hold_goes_bit_by_bit() {
        let max = 400 * size_of::<Conn>();
        let mut snapshots = Snapshots::new(40, max);
        let mut before = 0;
        moments(&mut snapshots, 0, 20_000, &mut |snapshots| {
            let (count, fading) = (snapshots.all.len(), snapshots.fading.len());
            assert!(snapshots.held_bytes() < max * 3 / 2 && fading <= 2);
            assert!(count + 1 >= before, "{count} of {before}");
            before = count;
        });
        assert!(snapshots.held_bytes() <= max);
        let counts: Vec<u64> = snapshots.all.iter().map(|it| it.moment.count).collect();
        assert!(counts.len() > 2 && counts.is_sorted() && counts.first() == Some(&0));
        let known = snapshots.before(counts[1]).map(|moment| moment.count);
        assert_eq!(known, Some(counts[1]));
        let each = snapshots.all.iter().map(|it| it.bytes).sum::<usize>();
        assert_eq!(snapshots.held_bytes(), each);
    }

    #[test]
    fn they_stand_closer_again_once_the_first_are_forgotten() {
        let mut snapshots = Snapshots::new(SPACING, 200 * size_of::<Conn>());
        moments(&mut snapshots, 0, 50_000, &mut |_| ());
        let far = snapshots.spacing;
        assert!(far > 4 * SPACING, "{far}");
        while snapshots.has_several() {
            snapshots.forget_first();
        }
        assert!(snapshots.spacing < far, "{}", snapshots.spacing);
        assert_eq!(snapshots.held_bytes(), 0);
    }
}
