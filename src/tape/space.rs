//! Which parts of the spill file are free: what was let go of is written over before the file grows. It reads and
//! writes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// So much may be free in the file before its pages are given back to the disk: to write over them costs less.
const SLACK_BYTES: u64 = 64 << 20;

/// Free stretches that are long enough and asked whether a round place fits, at the most.
const STRETCHES_ASKED: usize = 64;

/// The space of the spill file.
#[derive(Debug, Default)]
pub(super) struct Space {
    /// Behind it nothing was ever written.
    end: u64,
    /// Free stretches before the end, by their first bytes; no two touch.
    free: BTreeMap<u64, u64>,
    /// The same by their lengths.
    by_len: BTreeSet<(u64, u64)>,
    free_bytes: u64,
}

impl Space {
    /// Room for `len` bytes at a multiple of `aligned`: in the smallest free stretch that has it, else at the end.
    pub(super) fn take(&mut self, len: u64, aligned: u64) -> u64 {
        let fits = |(whole, at): &&(u64, u64)| at.next_multiple_of(aligned) + len <= at + whole;
        let long = self.by_len.range((len, 0)..);
        let found = long.take(STRETCHES_ASKED).find(fits).copied();
        let (start, end) = match found {
            Some((whole, at)) => {
                self.cut_out(at, whole);
                (at, at + whole)
            }
            None => {
                let at = self.end;
                self.end = at.next_multiple_of(aligned) + len;
                (at, self.end)
            }
        };
        let at = start.next_multiple_of(aligned);
        self.add(start, at - start);
        self.add(at + len, end - (at + len));
        at
    }

    /// Takes a stretch back. Tells the free stretch that it is a part of now, if so much is free that the disk should
    /// have it.
    pub(super) fn give(&mut self, part: Range<u64>) -> Option<Range<u64>> {
        if part.is_empty() {
            return None;
        }
        let mut whole = part.clone();
        let before = self.free.range(..part.start).next_back();
        if let Some((at, len)) = before.map(|(at, len)| (*at, *len))
            && at + len == part.start
        {
            self.cut_out(at, len);
            whole.start = at;
        }
        if let Some(len) = self.free.get(&part.end).copied() {
            self.cut_out(part.end, len);
            whole.end += len;
        }
        self.add(whole.start, whole.end - whole.start);
        (self.free_bytes > SLACK_BYTES).then_some(whole)
    }

    fn add(&mut self, at: u64, len: u64) {
        if len == 0 {
            return;
        }
        self.free.insert(at, len);
        self.by_len.insert((len, at));
        self.free_bytes += len;
    }

    fn cut_out(&mut self, at: u64, len: u64) {
        self.free.remove(&at);
        self.by_len.remove(&(len, at));
        self.free_bytes -= len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_taken_again_before_the_file_grows() {
        let mut space = Space::default();
        let taken: Vec<u64> = (0..8).map(|_| space.take(100, 1)).collect();
        assert_eq!(taken, [0, 100, 200, 300, 400, 500, 600, 700]);
        for at in [100, 500, 200] {
            assert_eq!(space.give(at..at + 100), None);
        }
        assert_eq!(space.free, BTreeMap::from([(100, 200), (500, 100)]));
        // The smallest that fits, and what is left of a larger one.
        assert_eq!(space.take(80, 1), 500);
        assert_eq!(space.take(150, 1), 100);
        assert_eq!(space.take(30, 1), 250);
        assert_eq!((space.take(100, 1), space.end), (800, 900));
    }

    #[test]
    fn large_pieces_begin_at_round_places_and_the_gap_before_them_is_used() {
        let mut space = Space::default();
        assert_eq!(space.take(10, 1), 0);
        assert_eq!(space.take(1 << 18, 1 << 16), 1 << 16);
        assert_eq!(space.take(10, 1), 10);
        assert_eq!(space.give(1 << 16..(1 << 16) + (1 << 18)), None);
        // It is a part of a stretch now that begins elsewhere.
        assert_eq!(space.take(1 << 18, 1 << 16), 1 << 16);
        assert_eq!(space.take(1 << 18, 1 << 16), (1 << 16) + (1 << 18));
        assert_eq!(space.take(1000, 1), 20);
    }

    #[test]
    fn the_disk_is_told_once_much_is_free() {
        let mut space = Space::default();
        let all: Vec<u64> = (0..80).map(|_| space.take(1 << 20, 1 << 16)).collect();
        let told: Vec<_> = all
            .iter()
            .map(|at| space.give(*at..at + (1 << 20)))
            .collect();
        assert!(told[..64].iter().all(Option::is_none));
        assert_eq!(told[64], Some(0..65 << 20));
        assert_eq!(told[79], Some(0..80 << 20));
        assert_eq!((space.free.len(), space.free_bytes), (1, 80 << 20));
    }
}
