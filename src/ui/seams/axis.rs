//! The axis of bytes that all rulers share: which bytes stand where, and a stretch of them drawn as a ruler. It knows
//! no layer.

use std::ops::Range;

use crate::escape;
use crate::ui::ink::{Pen, clip};
use crate::ui::theme::Role;

/// Columns before the first byte: the names of the layers.
const LEFT_COLUMNS: u16 = 12;

/// The axis from this width on spends four columns on a byte, else three.
const WIDE_COLUMNS: u16 = 100;

/// Which bytes stand where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    /// The bytes that have a place.
    pub(super) range: Range<u64>,
    columns_per_byte: u16,
}

/// A stretch of bytes as a ruler shows it.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) range: Range<u64>,
    pub(super) label: String,
    /// Whether it was seen to be so; else it is dotted.
    pub(super) is_observed: bool,
    pub(super) role: Role,
}

impl Axis {
    /// The axis in so many columns that shows the byte under the cursor. It moves on by half its length, so that it
    /// stands still while the cursor moves within.
    pub(super) fn new(columns: u16, cursor: u64) -> Self {
        let columns_per_byte = if columns >= WIDE_COLUMNS { 4 } else { 3 };
        let count = u64::from(columns.saturating_sub(LEFT_COLUMNS + 1) / columns_per_byte).max(2);
        let half = (count / 2).max(1);
        let first = (cursor / half).saturating_sub(1) * half;
        Self {
            range: first..first.saturating_add(count),
            columns_per_byte,
        }
    }

    /// The column where a byte begins.
    pub(super) fn column(&self, byte: u64) -> u16 {
        let at = byte.clamp(self.range.start, self.range.end) - self.range.start;
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        LEFT_COLUMNS.saturating_add(at.saturating_mul(self.columns_per_byte))
    }

    /// The byte at a column.
    pub(super) fn byte(&self, column: u16) -> Option<u64> {
        let at = column.checked_sub(LEFT_COLUMNS)? / self.columns_per_byte;
        let byte = self.range.start + u64::from(at);
        self.range.contains(&byte).then_some(byte)
    }

    /// Draws a stretch: `├── send(12) ──┤`; an end that lies outside is open.
    pub(super) fn draw(&self, span: &Span, pen: &mut Pen<'_>) {
        let range = &span.range;
        if range.is_empty() || range.end <= self.range.start || range.start >= self.range.end {
            return;
        }
        let from = self.column(range.start);
        let to = self.column(range.end).saturating_sub(1);
        let width = usize::from(to.saturating_sub(from));
        let line = if span.is_observed { '─' } else { '┈' };
        let role = if span.is_observed {
            Role::Muted
        } else {
            Role::Inferred
        };
        let open = |is_open, glyph| if is_open { line } else { glyph };
        let room = width.saturating_sub(4);
        let label = short(&span.label, room);
        let blank = if label.is_empty() { "" } else { " " };
        let used = escape::width(&label) + 2 * blank.len() + 2;
        let before = width.saturating_sub(used) / 2;
        let behind = width.saturating_sub(used + before);
        let dashes = |count| std::iter::repeat_n(line, count).collect::<String>();
        pen.to(from)
            .fmt(open(range.start < self.range.start, '├'), role)
            .put(format!("{}{blank}", dashes(before)), role)
            .put(label, span.role)
            .put(format!("{blank}{}", dashes(behind)), role)
            .fmt(open(range.end > self.range.end, '┤'), role);
    }
}

/// As much of a label as has room, and nothing that says something else than the whole: `len` is as good as `length`,
/// but `#4…` is not `#42`, and `1…` is not `12 B`.
fn short(label: &str, room: usize) -> String {
    let begins_with_number = label.starts_with(|c: char| c == '#' || c.is_ascii_digit());
    let first = label.split(' ').next().unwrap_or_default();
    let wide = escape::width(first);
    if room < 2 || begins_with_number && wide > room {
        String::new()
    } else if label.chars().all(char::is_alphabetic) {
        label.chars().take(room).collect()
    } else if begins_with_number && escape::width(label) > room && wide + 6 > room {
        first.to_owned()
    } else {
        clip(label, room)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    use super::*;
    use crate::ui::theme::Look;

    #[test]
    fn the_byte_under_the_cursor_is_always_in_sight_and_found_again() {
        for columns in [0, 13, 40, 79, 80, 120, 1000] {
            for cursor in [0, 1, 10, 11, 12, 63, 1000, u64::from(u32::MAX)] {
                let axis = Axis::new(columns, cursor);
                assert!(axis.range.contains(&cursor), "{columns} {cursor} {axis:?}");
                assert_eq!(axis.byte(axis.column(cursor)), Some(cursor));
            }
        }
    }

    #[test]
    fn a_stretch_is_drawn_to_its_ends_and_open_where_it_goes_on() {
        let check = |range: Range<u64>, label: &str, expected: &str| {
            let area = Rect::new(0, 0, 45, 1);
            let mut buf = Buffer::empty(area);
            let axis = Axis::new(45, 12);
            assert_eq!(axis.range, 5..15);
            let (label, is_observed, role) = (label.to_owned(), true, Role::Text);
            let span = Span {
                range,
                label,
                is_observed,
                role,
            };
            axis.draw(&span, &mut Pen::new(&mut buf, area, 0, Look::default()));
            let text: String = (12..45).map(|x| buf[(x, 0)].symbol().to_owned()).collect();
            assert_eq!(text.trim_end(), expected);
        };
        check(5..10, "len", "├─── len ────┤");
        check(6..8, "length", "   ├───┤");
        check(6..9, "length", "   ├ leng ┤");
        check(6..7, "len", "   ├┤");
        check(0..8, "send(8)", "─ sen… ┤");
        check(6..8, "#1 send(2)", "   ├───┤");
        check(6..9, "#12 send(3)", "   ├ #12 ─┤");
        check(6..9, "#12345 send(3)", "   ├──────┤");
        check(6..10, "#12 send(4)", "   ├── #12 ──┤");
        check(9..99, "x", "            ├────── x ───────");
        check(3..3, "x", "");
        check(90..99, "x", "");
    }
}
