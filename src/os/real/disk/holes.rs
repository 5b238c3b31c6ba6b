//! Stretches of the spill file that nobody reads any more, on their way back to the disk. A file system that cannot
//! take them back is not asked again: they are written over.

use std::ops::Range;
use std::os::fd::AsFd;

/// The disk takes back whole pages.
const PAGE_BYTES: u64 = 4096;

/// So many stretches may wait; what is more is written over some time.
const WAITING_MAX: usize = 1024;

/// Stretches that wait for the disk thread.
#[derive(Debug, Default)]
pub(super) struct Holes {
    waiting: Vec<Range<u64>>,
    /// The thread was told, and has not seen that nothing waits.
    is_told: bool,
    /// The file system takes nothing back.
    is_vain: bool,
}

impl Holes {
    /// Bytes became free, in the midst of a free stretch: the pages that are free by that. Whether the thread is to be
    /// told.
    pub(super) fn add(&mut self, bytes: &Range<u64>, free: Range<u64>) -> bool {
        let start = free.start.next_multiple_of(PAGE_BYTES);
        let start = start.max(bytes.start / PAGE_BYTES * PAGE_BYTES);
        let end = free.end / PAGE_BYTES * PAGE_BYTES;
        let end = end.min(bytes.end.next_multiple_of(PAGE_BYTES));
        if start >= end || self.is_vain {
            return false;
        }
        let last = self.waiting.last_mut();
        if let Some(last) = last.filter(|last| last.end == start) {
            last.end = end;
        } else if self.waiting.len() < WAITING_MAX {
            self.waiting.push(start..end);
        }
        !std::mem::replace(&mut self.is_told, true)
    }

    /// The next one to be given back, if one waits.
    pub(super) fn next(&mut self) -> Option<Range<u64>> {
        let next = self.waiting.pop();
        self.is_told = next.is_some();
        next
    }

    /// Nothing is given back any more.
    pub(super) fn give_up(&mut self) {
        self.is_vain = true;
        self.waiting = Vec::new();
    }
}

/// Gives a stretch of a file back to the disk; false where the file system cannot take it.
#[cfg(target_os = "linux")]
pub(super) fn punch(file: impl AsFd, hole: &Range<u64>) -> bool {
    use rustix::fs::{FallocateFlags, fallocate};

    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    let len = hole.end - hole.start;
    rustix::io::retry_on_intr(|| fallocate(&file, flags, hole.start, len)).is_ok()
}

/// Elsewhere nothing is given back.
#[cfg(not(target_os = "linux"))]
pub(super) fn punch(_file: impl AsFd, _hole: &Range<u64>) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_that_are_free_by_it_are_given_back_once() {
        let check = |bytes: Range<u64>, free: Range<u64>, expected: Option<Range<u64>>| {
            let mut holes = Holes::default();
            assert_eq!(holes.add(&bytes, free), expected.is_some());
            assert_eq!(holes.next(), expected);
            assert_eq!(holes.next(), None);
            assert!(!holes.is_told);
        };
        check(0..10, 0..10, None);
        check(100..9000, 100..9000, Some(4096..8192));
        // Beside what was free before, and given back then as far as its pages were.
        check(100..9000, 0..9000, Some(0..8192));
        check(5000..9000, 0..20_000, Some(4096..12_288));
        check(5000..6000, 4500..8000, None);
    }

    #[test]
    fn the_thread_is_told_once_for_all_that_waits() {
        let mut holes = Holes::default();
        assert!(holes.add(&(0..8192), 0..8192));
        assert!(!holes.add(&(8192..12_288), 0..12_288));
        assert!(!holes.add(&(40_960..45_056), 40_960..45_056));
        assert_eq!(holes.next(), Some(40_960..45_056));
        assert_eq!((holes.next(), holes.next()), (Some(0..12_288), None));
        assert!(holes.add(&(0..8192), 0..8192));
        holes.give_up();
        assert_eq!(holes.next(), None);
        assert!(!holes.add(&(0..8192), 0..8192));
    }
}
