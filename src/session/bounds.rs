//! Where calls cut a direction: what each read, send or datagram moved, the empty ones among them.

use std::ops::Range;

use super::Session;
use crate::event::{ConnId, Dir};

/// A datagram as it moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Its bytes.
    pub range: Range<u64>,
    /// How many others before it have none and stand at the same place, if it has none itself.
    pub same: u64,
}

impl Session {
    /// Where reads and sends ended in a part of a direction: offsets behind their last bytes.
    #[must_use]
    pub fn boundaries(&self, id: ConnId, dir: Dir, range: Range<u64>) -> Vec<u64> {
        let mut ends = Vec::new();
        if let Some(lane) = self.lane(id, dir) {
            lane.ends()
                .from(&self.store.tapes, range.start, &mut |at, boundary| {
                    let inside = at < lane.calls() && boundary.end <= range.end;
                    if inside {
                        ends.push(boundary.end);
                    }
                    inside
                });
        }
        ends
    }

    /// The datagrams of a direction from the one at position `first` on, counted from 0: as many as are read together.
    #[must_use]
    pub fn datagrams(&self, id: ConnId, dir: Dir, first: u64) -> Vec<Datagram> {
        let Some(lane) = self.lane(id, dir) else {
            return Vec::new();
        };
        let tapes = &self.store.tapes;
        let left = usize::try_from(lane.calls().saturating_sub(first)).unwrap_or(usize::MAX);
        let boundaries = lane.ends().some(tapes, first).into_iter().take(left);
        let datagrams = boundaries.zip(first..).map(|(boundary, position)| {
            let range = boundary.start..boundary.end;
            let mut same = 0;
            if range.is_empty() {
                lane.ends().from(tapes, range.start, &mut |at, other| {
                    same = position.saturating_sub(at);
                    other.start < other.end
                });
            }
            Datagram { range, same }
        });
        datagrams.collect()
    }
}
