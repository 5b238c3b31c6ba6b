//! Which sockets have their newest messages at hand: those that were cut last. Of thousands the others would fill
//! memory with what is found again from the bytes. It knows no message.

use std::collections::HashSet;

use crate::event::ConnId;

/// So many have them at least, and about twice as many at most.
const KEPT_MIN: usize = 128;

/// The sockets that have them.
#[derive(Debug, Default)]
pub(super) struct AtHand {
    newer: HashSet<ConnId>,
    older: HashSet<ConnId>,
}

impl AtHand {
    /// A direction of a socket is cut.
    pub(super) fn note(&mut self, id: ConnId) {
        self.newer.insert(id);
    }

    /// Those that were not cut for long, once there are enough others.
    pub(super) fn left_behind(&mut self) -> impl Iterator<Item = ConnId> {
        let mut left = HashSet::new();
        if self.newer.len() >= KEPT_MIN {
            left = std::mem::replace(&mut self.older, std::mem::take(&mut self.newer));
        }
        left.into_iter().filter(|id| !self.older.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_are_left_behind_that_were_not_cut_for_long() {
        let mut at_hand = AtHand::default();
        let mut note = |ids: std::ops::Range<u32>| {
            ids.for_each(|id| at_hand.note(ConnId(id)));
            let mut left: Vec<u32> = at_hand.left_behind().map(|id| id.0).collect();
            left.sort_unstable();
            left
        };
        assert_eq!(note(0..127), [0; 0]);
        assert_eq!(note(0..128), [0; 0]);
        assert_eq!(note(128..255), [0; 0]);
        // Those that are cut again and again stay.
        assert_eq!(note(0..5), (5..128).collect::<Vec<_>>());
        assert_eq!(note(300..1300), (0..5).chain(128..255).collect::<Vec<_>>());
    }
}
