//! The shapes that panes can be arranged in, one function a layout: which stand where, and how much each takes. What
//! does not fit is left out by the tree.

use ratatui::layout::Rect;

use super::Amount;
use super::tree::Tree;
use crate::ui::pane::{BYTES, CODE, CONNECTIONS, INSPECTOR, MESSAGES, SEAMS, TIMELINE};

/// Columns of the connections beside the other panes.
const SIDE_COLUMNS: u16 = 34;

/// The most rows of the connections above the other panes, and of those their rule and the names of the columns.
const TABLE_ROWS_MAX: usize = 10;
const TABLE_HEAD_ROWS: usize = 2;

/// Rows of the seams of one direction, with their rule, and of both.
const SEAMS_ROWS: u16 = 6;
const BOTH_SEAMS_ROWS: u16 = 12;

/// Columns of a bytes pane that shows 16, or 8, in a row.
const BYTES_COLUMNS: (u16, u16) = (84, 44);

/// Columns of the program that the calls make.
const CODE_COLUMNS: u16 = 52;

/// Rows from which on a screen of 120 columns has room for the seams.
const SEAMS_FROM_ROWS: u16 = 32;

// The lines between the parts, by the numbers under which their offsets are kept.
const UNDER_TABLE: u8 = 0;
const BESIDE_TABLE: u8 = 1;
const UNDER_SEAMS: u8 = 2;
const OVER_TIMELINE: u8 = 3;
const BESIDE_BYTES: u8 = 4;
const BESIDE_MESSAGES: u8 = 5;
const UNDER_MESSAGES: u8 = 6;
const UNDER_BYTES: u8 = 7;
const BESIDE_CODE: u8 = 8;

/// Where a tree is to stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// The whole screen.
    pub(super) screen: Rect,
    /// What is left for panes.
    pub(super) rest: Rect,
    /// How much there is to show.
    pub(super) amount: Amount,
}

impl Frame {
    fn is_at_least(&self, columns: u16, rows: u16) -> bool {
        self.screen.width >= columns && self.screen.height >= rows
    }
}

/// What fits the size best.
pub(super) fn auto(frame: &Frame) -> Tree {
    if frame.is_at_least(160, 45) {
        // The table takes what it needs: with few sockets the rows are better spent below.
        let rows = (frame.amount.sockets.max(1) + TABLE_HEAD_ROWS).min(TABLE_ROWS_MAX);
        let rows = u16::try_from(rows).unwrap_or(3);
        return Tree::above(
            UNDER_TABLE,
            rows,
            Tree::Pane(CONNECTIONS),
            ends(frame, rows),
        );
    }
    if frame.is_at_least(120, 24) {
        return wide(frame);
    }
    workbench(frame)
}

/// Bytes, messages beside the inspector, calls: what holds on 80 by 24.
pub(super) fn workbench(frame: &Frame) -> Tree {
    let part = 5.max(frame.rest.height * 3 / 10);
    // Without messages below them there is room for more.
    let first = if frame.amount.stands_in {
        part.max(frame.rest.height * 9 / 20)
    } else {
        part
    };
    let half = frame.rest.width * 37 / 80;
    let pair = Tree::beside(
        BESIDE_MESSAGES,
        half,
        Tree::Pane(MESSAGES),
        Tree::Pane(INSPECTOR),
    );
    let lower = Tree::above(OVER_TIMELINE, part, pair, Tree::Pane(TIMELINE));
    Tree::above(UNDER_BYTES, first, Tree::Pane(BYTES), lower)
}

/// Both ends of one conversation, without the table of sockets.
pub(super) fn duet(frame: &Frame) -> Tree {
    ends(frame, 0)
}

/// The bytes, as many as fit, with their readings and messages at the right.
pub(super) fn bytes(frame: &Frame) -> Tree {
    let wide = frame.rest.width;
    let columns = if wide >= 140 {
        wide - BYTES_COLUMNS.0.min(wide / 3)
    } else {
        wide * 3 / 5
    };
    let side = Tree::above(
        UNDER_MESSAGES,
        frame.rest.height / 2,
        Tree::Pane(MESSAGES),
        Tree::Pane(INSPECTOR),
    );
    Tree::beside(BESIDE_BYTES, columns, Tree::Pane(BYTES), side)
}

/// The calls, as many as fit, over the bytes that they moved.
pub(super) fn timeline(frame: &Frame) -> Tree {
    let rows = (frame.rest.height * 7 / 10).min(frame.rest.height.saturating_sub(6));
    let columns = bytes_columns(frame.rest.width);
    let pair = Tree::beside(
        BESIDE_BYTES,
        columns,
        Tree::Pane(BYTES),
        Tree::Pane(MESSAGES),
    );
    Tree::above(UNDER_BYTES, rows, Tree::Pane(TIMELINE), pair)
}

/// The calls beside the program that they make.
pub(super) fn program(frame: &Frame) -> Tree {
    let rows = frame.rest.height / 3;
    let half = frame.rest.width.saturating_sub(1) / 2;
    let calls = Tree::above(UNDER_BYTES, rows, Tree::Pane(BYTES), Tree::Pane(TIMELINE));
    Tree::beside(
        BESIDE_CODE,
        frame.rest.width.saturating_sub(half + 1),
        calls,
        Tree::Pane(CODE),
    )
}

/// Seams, bytes beside messages over inspector, calls; on the largest screens the program, too. `used` rows stand
/// above it.
fn ends(frame: &Frame, used: u16) -> Tree {
    let is_large = frame.is_at_least(200, 60);
    let seams = if is_large {
        BOTH_SEAMS_ROWS
    } else {
        SEAMS_ROWS
    };
    let rows = frame.rest.height.saturating_sub(seams + used);
    let mut upper = inspected(frame.rest.width, rows * 11 / 20);
    if is_large {
        let columns = frame.rest.width.saturating_sub(CODE_COLUMNS + 1);
        upper = inspected(columns, rows * 11 / 20);
        upper = Tree::beside(BESIDE_CODE, columns, upper, Tree::Pane(CODE));
    }
    let lower = Tree::above(OVER_TIMELINE, rows * 11 / 20, upper, Tree::Pane(TIMELINE));
    Tree::above(UNDER_SEAMS, seams, Tree::Pane(SEAMS), lower)
}

/// From 120 columns on: the connections beside, seams where there are rows for them.
fn wide(frame: &Frame) -> Tree {
    let has_seams = frame.screen.height >= SEAMS_FROM_ROWS;
    let seams = if has_seams { SEAMS_ROWS } else { 0 };
    let rows = frame.rest.height.saturating_sub(seams) * 11 / 20;
    let columns = frame.rest.width.saturating_sub(SIDE_COLUMNS + 1);
    let upper = Tree::beside(
        BESIDE_TABLE,
        SIDE_COLUMNS,
        Tree::Pane(CONNECTIONS),
        inspected(columns, rows),
    );
    let lower = Tree::above(OVER_TIMELINE, rows, upper, Tree::Pane(TIMELINE));
    if has_seams {
        Tree::above(UNDER_SEAMS, seams, Tree::Pane(SEAMS), lower)
    } else {
        lower
    }
}

/// Bytes beside messages over inspector.
fn inspected(columns: u16, rows: u16) -> Tree {
    let half = (rows / 2).max(2);
    let right = Tree::above(
        UNDER_MESSAGES,
        half,
        Tree::Pane(MESSAGES),
        Tree::Pane(INSPECTOR),
    );
    Tree::beside(
        BESIDE_BYTES,
        bytes_columns(columns),
        Tree::Pane(BYTES),
        right,
    )
}

/// 84 columns hold 16 bytes a row, 44 hold 8; what is wider belongs to the messages.
fn bytes_columns(columns: u16) -> u16 {
    if columns >= 140 {
        BYTES_COLUMNS.0
    } else {
        BYTES_COLUMNS.1.min(columns * 3 / 5)
    }
}
