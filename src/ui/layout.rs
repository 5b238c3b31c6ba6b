//! Where everything stands: one pure function of the size, of what was arranged by hand and of how much there is to
//! show. It draws nothing and knows no content but its amount.

mod arrangement;
mod shapes;
mod tree;

use ratatui::layout::Rect;

use super::pane::TIMELINE;
pub use arrangement::{Arrangement, LAYOUTS, Layout};
pub use tree::{Axis, Border};
use tree::{Tree, bottom, top};

/// The smallest screen that shows more than one sentence.
pub const SMALLEST: (u16, u16) = (60, 16);

/// The smallest screen on which panes stand beside each other.
const SEVERAL: (u16, u16) = (80, 24);

/// The smallest screen on which the journey is drawn as boxes.
const BOXES: (u16, u16) = (160, 45);

/// Rows of the journey as boxes: its rule, the names, and the boxes.
const BOXES_ROWS: u16 = 5;

/// Rows of the line being typed: its rule, itself, and what follows from it.
pub const LINE_ROWS: u16 = 3;

/// The most rows of banners; more are counted in the last.
const BANNER_ROWS_MAX: u16 = 3;

/// A pane's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Which: its position in the table of panes.
    pub pane: usize,
    /// Its title's line.
    pub rule: Rect,
    /// Its content.
    pub body: Rect,
}

/// How much there is to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Limits in force.
    pub banners: usize,
    /// Sockets in the table.
    pub sockets: usize,
    /// Lines of what a script says; shown where no timeline tells it.
    pub narration: u16,
    /// Lines that the line being typed asks for.
    pub line: u16,
    /// Something stands in the place of the bytes that has its own messages.
    pub stands_in: bool,
}

/// The places of everything; a part that is not shown has no height.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The sockets, in a line.
    pub tabs: Rect,
    /// Limits in force.
    pub banners: Rect,
    /// Where bytes are right now: a line, or boxes under a rule.
    pub journey: Rect,
    /// The names of the panes, where only one is shown.
    pub strip: Rect,
    /// The panes.
    pub slots: Vec<Slot>,
    /// Where one pane ends and the next begins; they can be dragged.
    pub borders: Vec<Border>,
    /// Everything between the head and the line being typed: where overlays lie.
    pub middle: Rect,
    /// What a script says, where no timeline tells it.
    pub narration: Rect,
    /// The composer, or the prompt while it is open.
    pub line: Rect,
    /// Keys.
    pub footer: Rect,
}

impl Areas {
    /// The place of a pane, if it is shown.
    #[must_use]
    pub fn slot(&self, pane: usize) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.pane == pane)
    }
}

/// The places for a screen of this size; `None` below [`SMALLEST`]. `current` is the pane of the cursor: it is shown
/// alone when it is zoomed, when nothing else fits, or when the arrangement has no place for it.
#[must_use]
pub fn layout(
    area: Rect,
    arrangement: &Arrangement,
    current: usize,
    amount: Amount,
) -> Option<Areas> {
    let (mut areas, mut rest) = head(area, arrangement.zoom, amount)?;
    let tree = (is_several(area) && !arrangement.zoom)
        .then(|| arrangement.tree(area, rest, amount))
        .filter(|tree| tree.holds(current))
        .unwrap_or(Tree::Pane(current));
    if !tree.holds(TIMELINE) {
        let most = rest.height / 3;
        areas.narration = bottom(&mut rest, amount.narration.min(most));
    }
    areas.middle = rest;
    tree.place(rest, &|number| arrangement.offset(number), &mut areas);
    Some(areas)
}

/// The panes that have a place on a screen of this size, zoomed or not; none where one is shown at a time.
#[must_use]
pub fn placed(area: Rect, arrangement: &Arrangement, amount: Amount) -> Vec<usize> {
    match head(area, arrangement.zoom, amount) {
        Some((_, rest)) if is_several(area) => arrangement.tree(area, rest, amount).panes(),
        _ => Vec::new(),
    }
}

fn is_several(area: Rect) -> bool {
    area.width >= SEVERAL.0 && area.height >= SEVERAL.1
}

/// What stands above and below the panes, and what is left for them.
fn head(area: Rect, zoom: bool, amount: Amount) -> Option<(Areas, Rect)> {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return None;
    }
    let mut rest = area;
    let mut areas = Areas {
        footer: bottom(&mut rest, 1),
        line: bottom(
            &mut rest,
            amount
                .line
                .clamp(LINE_ROWS, (area.height / 3).max(LINE_ROWS)),
        ),
        tabs: top(&mut rest, 1),
        ..Areas::default()
    };
    let rows = u16::try_from(amount.banners).unwrap_or(u16::MAX);
    areas.banners = top(&mut rest, rows.min(BANNER_ROWS_MAX));
    if amount.sockets == 0 {
        // The first screen: nothing travels, and there are no panes to go to.
    } else if is_several(area) {
        let is_boxes = area.width >= BOXES.0 && area.height >= BOXES.1 && !zoom;
        areas.journey = top(&mut rest, if is_boxes { BOXES_ROWS } else { 1 });
    } else {
        areas.strip = top(&mut rest, 1);
    }
    Some((areas, rest))
}

#[cfg(test)]
mod tests;
