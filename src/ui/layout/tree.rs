//! An arrangement of panes as a tree of splits, and how it is laid out: nobody gets less than its least, and what does
//! not fit is left out, the least important first.

use ratatui::layout::Rect;

use super::{Areas, Slot};
use crate::ui::pane::{BYTES, CODE, CONNECTIONS, INSPECTOR, MESSAGES, SEAMS, TIMELINE};

/// What is left out where not all fit, in this order.
const DISPENSABLE: [usize; 7] = [
    CODE,
    CONNECTIONS,
    SEAMS,
    INSPECTOR,
    MESSAGES,
    TIMELINE,
    BYTES,
];

/// How two parts stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Side by side, with a line of one column between.
    Beside,
    /// One above the other; the rule of the lower one is the line between.
    Above,
}

/// A line between two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Border {
    /// The number of the split, by which its offset is kept.
    pub number: u8,
    /// How the two parts stand.
    pub axis: Axis,
    /// Its cells; of parts above each other those of the lower one's rules.
    pub place: Rect,
    /// The column or row where it would stand had nobody moved it.
    pub origin: u16,
}

impl Border {
    /// How far it stands from where it would by itself.
    #[must_use]
    pub fn offset(&self) -> i16 {
        let stands = match self.axis {
            Axis::Beside => self.place.x,
            Axis::Above => self.place.y,
        };
        i16::try_from(i32::from(stands) - i32::from(self.origin)).unwrap_or(0)
    }
}

/// Panes and how they share a place.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    /// One pane.
    Pane(usize),
    /// Two parts.
    Split(Box<Split>),
}

/// Two parts and the line between them.
#[derive(Clone, Debug)]
pub(super) struct Split {
    number: u8,
    axis: Axis,
    /// Columns or rows of the first part, as long as nobody moved the line.
    share: u16,
    first: Tree,
    second: Tree,
}

impl Tree {
    /// Two parts side by side; the first takes so many columns.
    pub(super) fn beside(number: u8, columns: u16, first: Self, second: Self) -> Self {
        Self::split(number, Axis::Beside, columns, first, second)
    }

    /// Two parts above each other; the first takes so many rows.
    pub(super) fn above(number: u8, rows: u16, first: Self, second: Self) -> Self {
        Self::split(number, Axis::Above, rows, first, second)
    }

    fn split(number: u8, axis: Axis, share: u16, first: Self, second: Self) -> Self {
        Self::Split(Box::new(Split {
            number,
            axis,
            share,
            first,
            second,
        }))
    }

    /// Whether the pane is one of them.
    pub(super) fn holds(&self, pane: usize) -> bool {
        match self {
            Self::Pane(own) => *own == pane,
            Self::Split(split) => split.first.holds(pane) || split.second.holds(pane),
        }
    }

    /// All of them, in the order in which they are read.
    pub(super) fn panes(&self) -> Vec<usize> {
        match self {
            Self::Pane(pane) => vec![*pane],
            Self::Split(split) => [split.first.panes(), split.second.panes()].concat(),
        }
    }

    /// What is left without the panes that are not wanted; nothing if none is left.
    pub(super) fn without(self, is_unwanted: &dyn Fn(usize) -> bool) -> Option<Self> {
        match self {
            Self::Pane(pane) => (!is_unwanted(pane)).then_some(self),
            Self::Split(split) => {
                let Split {
                    number,
                    axis,
                    share,
                    first,
                    second,
                } = *split;
                match (first.without(is_unwanted), second.without(is_unwanted)) {
                    (Some(first), Some(second)) => {
                        Some(Self::split(number, axis, share, first, second))
                    }
                    (one, other) => one.or(other),
                }
            }
        }
    }

    /// What fits into so many columns and rows; one pane is always left.
    pub(super) fn fitting(mut self, columns: u16, rows: u16) -> Self {
        for pane in DISPENSABLE {
            let least = self.least();
            if least.0 <= columns && least.1 <= rows {
                break;
            }
            self = match self.clone().without(&|other| other == pane) {
                Some(rest) => rest,
                None => break,
            };
        }
        self
    }

    /// The least columns and rows.
    fn least(&self) -> (u16, u16) {
        match self {
            Self::Pane(SEAMS) => (40, 4),
            Self::Pane(BYTES | CODE | CONNECTIONS) => (24, 3),
            Self::Pane(_) => (20, 3),
            Self::Split(split) => {
                let (first, second) = (split.first.least(), split.second.least());
                match split.axis {
                    Axis::Beside => (first.0 + 1 + second.0, first.1.max(second.1)),
                    Axis::Above => (first.0.max(second.0), first.1 + second.1),
                }
            }
        }
    }

    /// Gives every pane its place; `offset` tells by how much the line of a split was moved.
    pub(super) fn place(&self, mut area: Rect, offset: &dyn Fn(u8) -> i16, areas: &mut Areas) {
        let split = match self {
            Self::Pane(pane) => {
                let rule = top(&mut area, 1);
                areas.slots.push(Slot {
                    pane: *pane,
                    rule,
                    body: area,
                });
                return;
            }
            Self::Split(split) => split,
        };
        let (least, other) = (split.first.least(), split.second.least());
        let (least, most, start) = match split.axis {
            Axis::Beside => (least.0, area.width.saturating_sub(other.0 + 1), area.x),
            Axis::Above => (least.1, area.height.saturating_sub(other.1), area.y),
        };
        let clamped = |size: u16| size.clamp(least.min(most), most);
        let natural = clamped(split.share);
        let size = clamped(natural.saturating_add_signed(offset(split.number)));
        let (first, place) = match split.axis {
            Axis::Beside => (left(&mut area, size), left(&mut area, 1)),
            Axis::Above => (
                top(&mut area, size),
                Rect {
                    height: area.height.min(1),
                    ..area
                },
            ),
        };
        areas.borders.push(Border {
            number: split.number,
            axis: split.axis,
            place,
            origin: start + natural,
        });
        split.first.place(first, offset, areas);
        split.second.place(area, offset, areas);
    }
}

/// Takes so many rows from above.
pub(super) fn top(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    let taken = Rect {
        height: rows,
        ..*rest
    };
    rest.y += rows;
    rest.height -= rows;
    taken
}

/// Takes so many rows from below.
pub(super) fn bottom(rest: &mut Rect, rows: u16) -> Rect {
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
