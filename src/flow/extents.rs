//! Bytes as the places in a file where they lie, cut and joined without being touched.

use crate::tape::{Extent, ShelfId};

/// Bytes of a packet: `len` of them, of which the file has `held` at `at`.
pub(super) fn of(shelf: ShelfId, at: u64, held: u64, len: u64) -> Vec<Extent> {
    let held = held.min(len);
    let mut extents = Vec::with_capacity(1);
    if held > 0 {
        extents.push(Extent {
            place: Some((shelf, at)),
            len: held,
        });
    }
    if len > held {
        let (place, len) = (None, len - held);
        extents.push(Extent { place, len });
    }
    extents
}

/// How many bytes there are.
pub(super) fn len(extents: &[Extent]) -> u64 {
    extents.iter().map(|extent| extent.len).sum()
}

/// The bytes from `from` up to `to`.
pub(super) fn part(extents: &[Extent], from: u64, to: u64) -> Vec<Extent> {
    let mut found = Vec::new();
    let mut start = 0;
    for extent in extents {
        let end = start + extent.len;
        let (first, last) = (from.max(start), to.min(end));
        if first < last {
            let behind = first - start;
            found.push(Extent {
                place: extent.place.map(|(shelf, at)| (shelf, at + behind)),
                len: last - first,
            });
        }
        start = end;
    }
    found
}
