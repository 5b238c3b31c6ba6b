//! Where a row of bytes stands in a pane that may be narrow. It draws nothing.

use ratatui::layout::Rect;

use crate::hexdump::{Geometry, Width};

/// Where a row of bytes stands in the pane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) geometry: Geometry,
    /// Columns left free before it.
    pub(super) margin: usize,
}

impl Place {
    /// A long offset gives up the margin first, then its own first digits; the bytes and their text are always whole.
    pub(super) fn new(area: Rect, width: Width, len: u64) -> Self {
        let mut geometry = Geometry::new(width, len);
        let room = usize::from(area.width);
        let surplus = geometry.columns().saturating_sub(room);
        geometry.digits = geometry.digits.saturating_sub(surplus).max(4);
        Self {
            geometry,
            margin: room.saturating_sub(geometry.columns()).min(1),
        }
    }

    /// The offset in as many digits as there is room for, with an ellipsis for those that are cut off.
    pub(super) fn offset(&self, offset: u64) -> String {
        let digits = self.geometry.digits;
        let whole = format!("{offset:0digits$x}");
        let cut = whole.len().saturating_sub(digits);
        if cut == 0 {
            return whole;
        }
        std::iter::once('…')
            .chain(whole.chars().skip(cut + 1))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_offset_gives_way_and_never_the_bytes() {
        let check = |columns, len, offset, margin, spelled: &str| {
            let place = Place::new(Rect::new(0, 0, columns, 9), Width::Eight, len);
            assert!(place.margin + place.geometry.columns() <= usize::from(columns));
            assert_eq!(
                (place.margin, place.offset(offset).as_str()),
                (margin, spelled)
            );
        };
        check(44, 29, 0x18, 1, "0018");
        check(44, 0x100_0000, 0xff_fff8, 0, "00fffff8");
        check(44, 0xffff_ffff, 0xffff_fff8, 0, "fffffff8");
        check(44, 0x1_0000_0008, 0x1_0000_0000, 0, "…0000000");
        check(45, 0x100_0000, 0xff_fff8, 1, "00fffff8");
    }
}
