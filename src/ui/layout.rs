//! Where everything stands: one pure function of the size and what is open. It draws nothing and knows no content.

use ratatui::layout::Rect;

use super::pane::{BYTES, CONNECTIONS, INSPECTOR, MESSAGES, TIMELINE};

/// The smallest screen that shows more than one sentence.
pub const SMALLEST: (u16, u16) = (60, 16);

/// Columns of the connections beside the other panes.
const SIDE_COLUMNS: u16 = 34;

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

/// The places of everything; a part that is not shown has no height.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The sockets, in a line.
    pub tabs: Rect,
    /// Limits in force.
    pub banners: Rect,
    /// Where bytes are right now.
    pub journey: Rect,
    /// The names of the panes, where only one is shown.
    pub strip: Rect,
    /// The panes.
    pub slots: Vec<Slot>,
    /// Lines between panes that stand side by side.
    pub seams: Vec<Rect>,
    /// Everything between the head and the line being typed: where overlays lie.
    pub middle: Rect,
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

/// The places for a screen of this size; `None` below [`SMALLEST`]. `alone` is the pane to be shown alone when it is
/// zoomed or nothing else fits. The line being typed takes `line_rows`, at least [`LINE_ROWS`].
#[must_use]
pub fn layout(
    area: Rect,
    zoom: bool,
    alone: usize,
    banners: usize,
    line_rows: u16,
) -> Option<Areas> {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return None;
    }
    let mut rest = area;
    let mut areas = Areas {
        footer: bottom(&mut rest, 1),
        line: bottom(&mut rest, line_rows.max(LINE_ROWS)),
        ..Areas::default()
    };
    areas.tabs = top(&mut rest, 1);
    let rows = u16::try_from(banners)
        .unwrap_or(u16::MAX)
        .min(BANNER_ROWS_MAX);
    areas.banners = top(&mut rest, rows);
    let small = area.width < 80 || area.height < 24;
    if small {
        areas.strip = top(&mut rest, 1);
    } else {
        areas.journey = top(&mut rest, 1);
    }
    areas.middle = rest;
    if small || zoom {
        areas.slots.push(slot(alone, rest));
    } else if area.width >= 120 {
        wide(&mut areas, area, rest);
    } else {
        workbench(&mut areas, rest);
    }
    Some(areas)
}

/// 80×24 and a little more: bytes, messages beside the inspector, calls.
fn workbench(areas: &mut Areas, mut rest: Rect) {
    let rows = rest.height;
    let bytes = top(&mut rest, 5.max(rows * 3 / 10));
    let mut pair = top(&mut rest, 5.max(rows * 3 / 10));
    areas.slots.push(slot(BYTES, bytes));
    let half = pair.width * 37 / 80;
    let messages = left(&mut pair, half);
    areas.seams.push(left(&mut pair, 1));
    areas.slots.push(slot(MESSAGES, messages));
    areas.slots.push(slot(INSPECTOR, pair));
    areas.slots.push(slot(TIMELINE, rest));
}

/// From 120 columns on: the connections beside or above, bytes beside messages over inspector, calls in two lanes.
fn wide(areas: &mut Areas, area: Rect, mut rest: Rect) {
    let above = area.width >= 160 && area.height >= 45;
    if above {
        areas.slots.push(slot(CONNECTIONS, top(&mut rest, 7)));
    }
    let rows = rest.height;
    let mut upper = top(&mut rest, rows * 11 / 20);
    if !above {
        areas
            .slots
            .push(slot(CONNECTIONS, left(&mut upper, SIDE_COLUMNS)));
        areas.seams.push(left(&mut upper, 1));
    }
    // 84 columns hold 16 bytes a row, 44 hold 8; what is wider belongs to the messages.
    let columns = if upper.width >= 140 { 84 } else { 44 };
    areas.slots.push(slot(BYTES, left(&mut upper, columns)));
    areas.seams.push(left(&mut upper, 1));
    let half = (upper.height / 2).max(2);
    areas.slots.push(slot(MESSAGES, top(&mut upper, half)));
    areas.slots.push(slot(INSPECTOR, upper));
    areas.slots.push(slot(TIMELINE, rest));
}

fn slot(pane: usize, mut area: Rect) -> Slot {
    let rule = top(&mut area, 1);
    Slot {
        pane,
        rule,
        body: area,
    }
}

fn top(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    let taken = Rect {
        height: rows,
        ..*rest
    };
    rest.y += rows;
    rest.height -= rows;
    taken
}

fn bottom(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    rest.height -= rows;
    Rect {
        y: rest.y + rest.height,
        height: rows,
        ..*rest
    }
}

fn left(rest: &mut Rect, columns: u16) -> Rect {
    let columns = columns.min(rest.width);
    let taken = Rect {
        width: columns,
        ..*rest
    };
    rest.x += columns;
    rest.width -= columns;
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_never_overlap_and_never_leave_the_screen() {
        for (width, height) in [
            (60, 16),
            (79, 24),
            (80, 24),
            (80, 23),
            (120, 40),
            (160, 45),
            (200, 60),
            (1000, 500),
        ] {
            let area = Rect::new(0, 0, width, height);
            for zoom in [false, true] {
                let Some(areas) = layout(area, zoom, BYTES, 2, LINE_ROWS) else {
                    panic!("{width}x{height}")
                };
                let slots = areas.slots.iter().flat_map(|slot| [slot.rule, slot.body]);
                let head = [
                    areas.tabs,
                    areas.banners,
                    areas.journey,
                    areas.strip,
                    areas.line,
                    areas.footer,
                ];
                let all: Vec<Rect> = slots
                    .chain(head)
                    .chain(areas.seams.clone())
                    .filter(|r| !r.is_empty())
                    .collect();
                let cells: u64 = all.iter().map(|r| u64::from(r.area())).sum();
                assert_eq!(
                    cells,
                    u64::from(area.area()),
                    "{width}x{height} zoom {zoom}: all cells, each once"
                );
                assert!(all.iter().all(|r| area.intersection(*r) == *r));
            }
        }
        assert_eq!(
            layout(Rect::new(0, 0, 59, 40), false, BYTES, 0, LINE_ROWS),
            None
        );
    }
}
