//! What has come of a part that is not whole: its beginning, as far as it is shown, and enough of its end to see a mark
//! that arrives in two pieces.

use memchr::memmem;

use super::super::grammar::{PART_END_BYTES, PART_MAX_BYTES};

/// What has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    /// The first bytes, at most [`PART_MAX_BYTES`].
    shown: Vec<u8>,
    /// The last bytes of what is longer.
    tail: Vec<u8>,
}

impl Held {
    #[inline]
    pub(super) fn clear(&mut self) {
        self.shown.clear();
        self.tail.clear();
    }

    #[inline]
    pub(super) fn shown(&self) -> &[u8] {
        &self.shown
    }

    /// The last bytes: all where no more came than is shown.
    pub(super) fn last(&self) -> &[u8] {
        if self.tail.is_empty() {
            &self.shown
        } else {
            &self.tail
        }
    }

    /// More came.
    pub(super) fn hold(&mut self, now: &[u8]) {
        let room = PART_MAX_BYTES - self.shown.len().min(PART_MAX_BYTES);
        let (shown, unseen) = now.split_at(room.min(now.len()));
        self.shown.extend_from_slice(shown);
        if unseen.is_empty() {
            return;
        }
        if self.tail.is_empty() {
            self.tail.extend_from_slice(last_of(&self.shown));
        }
        self.tail.extend_from_slice(last_of(unseen));
        let old = self.tail.len().saturating_sub(PART_END_BYTES);
        self.tail.drain(..old);
    }

    /// How many of the next bytes end the first mark.
    #[inline]
    pub(super) fn find(&self, mark: &[u8], bytes: &[u8]) -> Option<usize> {
        if let [byte] = mark {
            return memchr::memchr(*byte, bytes).map(|at| at + 1);
        }
        let before = self.last();
        let before = before
            .get(before.len().saturating_sub(mark.len() - 1)..)
            .unwrap_or_default();
        if !before.is_empty() {
            let behind = bytes
                .get(..bytes.len().min(mark.len() - 1))
                .unwrap_or_default();
            let seam = [before, behind].concat();
            if let Some(at) = memmem::find(&seam, mark) {
                return Some(at + mark.len() - before.len());
            }
        }
        memmem::find(bytes, mark).map(|at| at + mark.len())
    }
}

/// The last bytes of these that are always shown.
#[inline]
pub(super) fn last_of(bytes: &[u8]) -> &[u8] {
    let from = bytes.len().saturating_sub(PART_END_BYTES);
    bytes.get(from..).unwrap_or_default()
}
