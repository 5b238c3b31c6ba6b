//! Writing into the cells of a buffer: clipped, never outside of it, one line at a time. It knows columns and
//! no panes.

use std::fmt::Display;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::theme::{Look, Role};
use crate::escape;

/// Writes a line of an area from left to right.
#[derive(Debug)]
pub(super) struct Pen<'a> {
    buf: &'a mut Buffer,
    area: Rect,
    look: Look,
    x: u16,
    y: u16,
}

impl<'a> Pen<'a> {
    /// At the left of the line `row` of an area; a line that is not there swallows what is written.
    #[must_use]
    pub(super) fn new(buf: &'a mut Buffer, area: Rect, row: u16, look: Look) -> Self {
        let area = area.intersection(buf.area);
        let y = if row < area.height {
            area.y + row
        } else {
            area.bottom()
        };
        Self {
            buf,
            area,
            look,
            x: area.x,
            y,
        }
    }

    /// Writes text in a role, and nothing of what stood there shines through; it must be clean already (`escape`).
    pub(super) fn put(&mut self, text: impl AsRef<str>, role: Role) -> &mut Self {
        let style = Style::reset().patch(self.look.style(role));
        self.styled(text.as_ref(), style)
    }

    /// Writes a text that is made on the way.
    pub(super) fn fmt(&mut self, text: impl Display, role: Role) -> &mut Self {
        self.put(text.to_string(), role)
    }

    /// Writes text in a style.
    pub(super) fn styled(&mut self, text: &str, style: Style) -> &mut Self {
        if self.is_inside() {
            let room = usize::from(self.area.right() - self.x);
            self.x = self.buf.set_stringn(self.x, self.y, text, room, style).0;
        }
        self
    }

    /// Writes one character of one column.
    pub(super) fn cell(&mut self, glyph: char, role: Role) -> &mut Self {
        if self.is_inside() {
            let style = Style::reset().patch(self.look.style(role));
            if let Some(cell) = self.buf.cell_mut(Position::new(self.x, self.y)) {
                cell.set_char(glyph).set_style(style);
            }
            self.x += 1;
        }
        self
    }

    /// Writes characters of one column each, faster than [`Pen::put`] measures a text.
    pub(super) fn cells(&mut self, glyphs: &str, role: Role) -> &mut Self {
        for glyph in glyphs.chars() {
            self.cell(glyph, role);
        }
        self
    }

    /// Goes to a column of the line.
    pub(super) fn to(&mut self, column: u16) -> &mut Self {
        self.x = self.area.x.saturating_add(column).min(self.area.right());
        self
    }

    /// Goes on by so many columns.
    pub(super) fn skip(&mut self, columns: u16) -> &mut Self {
        self.to(self.column().saturating_add(columns))
    }

    /// The column that is written next.
    #[must_use]
    pub(super) fn column(&self) -> u16 {
        self.x - self.area.x
    }

    /// Columns left in the line.
    #[must_use]
    pub(super) fn room(&self) -> u16 {
        self.area.right().saturating_sub(self.x)
    }

    /// Writes at the right end of the line if there is room behind what stands there.
    pub(super) fn right(&mut self, text: &str, role: Role) -> &mut Self {
        let wide = u16::try_from(escape::width(text)).unwrap_or(u16::MAX);
        if wide <= self.room() {
            self.to(self.area.width - wide).put(text, role);
        }
        self
    }

    /// Fills the rest of the line, and nothing of what stood there shines through.
    pub(super) fn fill(&mut self, glyph: char, role: Role) -> &mut Self {
        let style = Style::reset().patch(self.look.style(role));
        while self.is_inside() {
            if let Some(cell) = self.buf.cell_mut(Position::new(self.x, self.y)) {
                cell.set_char(glyph).set_style(style);
            }
            self.x += 1;
        }
        self
    }

    /// Lays a role over what the line already holds, between two columns.
    pub(super) fn over(&mut self, from: u16, to: u16, role: Role) -> &mut Self {
        let style = self.look.style(role);
        for column in from..to.min(self.area.width) {
            let place = Position::new(self.area.x + column, self.y);
            if self.y < self.area.bottom()
                && let Some(cell) = self.buf.cell_mut(place)
            {
                cell.set_style(style);
            }
        }
        self
    }

    fn is_inside(&self) -> bool {
        self.x < self.area.right() && self.y < self.area.bottom()
    }
}

/// A text cut to so many columns, with an ellipsis where something is missing.
#[must_use]
pub(super) fn clip(text: &str, columns: usize) -> String {
    if escape::width(text) <= columns {
        return text.to_owned();
    }
    let (mut short, _) = escape_clip(text, columns.saturating_sub(1));
    if columns > 0 {
        short.push('…');
    }
    short
}

/// A text in lines of at most so many columns, broken at blanks; a word that is longer than a line is broken in itself.
/// The last of `most` lines ends in an ellipsis if something is missing.
#[must_use]
pub(super) fn wrap(text: &str, columns: usize, most: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.trim_end();
    while !rest.is_empty() && lines.len() + 1 < most && escape::width(rest) > columns {
        let (head, _) = escape_clip(rest, columns);
        let tail = rest.strip_prefix(head.as_str()).unwrap_or_default();
        // A blank right behind the line ends a word, too.
        let blank = head
            .rsplit_once(' ')
            .filter(|(line, _)| !line.trim().is_empty());
        let line = match blank {
            Some((line, _)) if !tail.starts_with(' ') => line,
            // Not even one character fits: the ellipsis alone tells of it.
            _ if head.is_empty() => break,
            _ => head.as_str(),
        };
        lines.push(line.trim_end().to_owned());
        rest = rest.strip_prefix(line).unwrap_or_default().trim_start();
    }
    if !rest.is_empty() && most > 0 {
        lines.push(clip(rest, columns));
    }
    lines
}

fn escape_clip(text: &str, columns: usize) -> (String, usize) {
    let mut short = String::new();
    let mut used = 0;
    for c in text.chars() {
        let mut cell = [0; 4];
        let wide = escape::width(c.encode_utf8(&mut cell));
        if used + wide > columns {
            break;
        }
        used += wide;
        short.push(c);
    }
    (short, used)
}

/// The title of a pane on its rule: heavy and bold where the keys go, light elsewhere.
pub(super) fn rule(
    buf: &mut Buffer,
    area: Rect,
    title: &str,
    note: &str,
    focused: bool,
    look: Look,
) {
    let (line, role) = if focused {
        ('━', Role::Strong)
    } else {
        ('─', Role::Muted)
    };
    Pen::new(buf, area, 0, look).fill(line, role);
    let mut pen = Pen::new(buf, area, 0, look);
    let title_role = if focused { Role::Strong } else { Role::Text };
    let room = usize::from(area.width.saturating_sub(4));
    pen.skip(1)
        .put(" ", title_role)
        .put(clip(title, room), title_role)
        .put(" ", title_role);
    if !note.is_empty() && escape::width(note) + 4 <= usize::from(pen.room()) {
        pen.skip(1).right(&format!(" {note} "), Role::Muted);
    }
}

/// Columns of the widest of [`size`], `962.6 MB`.
pub(super) const SIZE_COLUMNS: usize = 8;

/// A number of bytes as people read it: `12 B`, `64 kB`; 1 kB is 1000 bytes.
#[must_use]
pub(super) fn size(bytes: u64) -> String {
    let scaled =
        |unit: u64, name: &str| format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..1_000_000 => format!("{} kB", bytes / 1000),
        1_000_000..1_000_000_000 => scaled(1_000_000, "MB"),
        _ => scaled(1_000_000_000, "GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_at_blanks_and_never_longer_than_its_lines() {
        let check = |text: &str, columns, most, lines: &[&str]| {
            assert_eq!(wrap(text, columns, most), lines, "{text} in {columns}");
        };
        check("", 10, 3, &[]);
        check("one two", 10, 3, &["one two"]);
        check("one two three", 7, 3, &["one two", "three"]);
        check("one two three", 8, 3, &["one two", "three"]);
        check("one two three four", 7, 2, &["one two", "three …"]);
        check("abcdefgh", 3, 9, &["abc", "def", "gh"]);
        check("漢字 漢字", 5, 9, &["漢字", "漢字"]);
        check("漢", 1, 9, &["…"]);
    }

    #[test]
    fn no_size_is_wider_than_its_column() {
        for power in 0..20 {
            let bytes = 10_u64.pow(power);
            for bytes in [bytes - 1, bytes, bytes / 10 * 9] {
                let text = size(bytes);
                assert!(
                    bytes > 999_999_999_999 || escape::width(&text) <= SIZE_COLUMNS,
                    "{text}"
                );
            }
        }
    }
}
