//! The part of a long text that fits on the screen. However long the text is, only what is shown is walked through
//! character by character. A line ends behind LF, or behind CR without LF; both ends are spelled out.

use super::Editor;
use crate::escape;

/// Some lines of a text.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ui) struct Shown {
    /// What fits of each line, and the byte of the text with which it begins.
    pub(in crate::ui) lines: Vec<(String, usize)>,
    /// Row and column of the cursor.
    pub(in crate::ui) cursor: (u16, u16),
}

impl Editor {
    /// The part of the text that fits into so many columns and holds the cursor, how many characters stand before it,
    /// and the cursor's column in it. Line breaks are spelled out like any other byte.
    pub(in crate::ui) fn window(&self, columns: usize) -> (String, usize, u16) {
        let (shown, from, column) = cut(&self.text, self.cursor, columns);
        let before = self.text.get(..from).unwrap_or_default();
        (shown, before.chars().count(), column)
    }

    /// The lines of the text around the cursor.
    pub(in crate::ui) fn shown(&self, rows: usize, columns: usize) -> Shown {
        let own = self.line_start(self.cursor);
        let above = self.lines_above(own, rows.saturating_sub(1));
        let below = self.lines_below(own, rows.saturating_sub(1));
        // The cursor's line stands in the middle where both sides have more than fits.
        let half = rows.saturating_sub(1) / 2;
        let first = above
            .len()
            .min(half.max(rows.saturating_sub(1 + below.len())));
        let starts = above.iter().take(first).rev().chain([&own]).chain(&below);
        let line = |start: &usize| {
            let end = self.line_end(*start);
            let text = self.text.get(*start..end).unwrap_or_default();
            let cursor = if *start == own { self.cursor - own } else { 0 };
            let (shown, from, column) = cut(text, cursor, columns);
            ((shown, start + from), column)
        };
        let lines: Vec<_> = starts.take(rows.max(1)).map(line).collect();
        let column = lines.get(first).map_or(0, |(_, column)| *column);
        Shown {
            lines: lines.into_iter().map(|(line, _)| line).collect(),
            cursor: (u16::try_from(first).unwrap_or(0), column),
        }
    }

    /// How many lines the text has, counted up to `most`.
    pub(in crate::ui) fn line_count(&self, most: usize) -> usize {
        let mut start = 0;
        let mut count = 1;
        while count < most {
            let end = self.line_end(start);
            if self.line_start(end) <= start {
                break;
            }
            start = end;
            count += 1;
        }
        count
    }

    /// The byte with which a character of the text begins.
    pub(in crate::ui) fn byte_of(&self, character: usize) -> usize {
        let mut at = self.text.char_indices();
        at.nth(character).map_or(self.text.len(), |(at, _)| at)
    }

    /// Where the line of a place begins.
    pub(super) fn line_start(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = at.min(bytes.len());
        while let Some(found) = memchr::memrchr2(b'\r', b'\n', bytes.get(..end).unwrap_or_default())
        {
            if bytes.get(found) == Some(&b'\n') || bytes.get(found + 1) != Some(&b'\n') {
                return found + 1;
            }
            end = found;
        }
        0
    }

    /// Behind the line of a place: behind its break, or the end of the text.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let found = memchr::memchr2(b'\r', b'\n', bytes.get(at..).unwrap_or_default());
        let Some(found) = found.map(|found| at + found) else {
            return bytes.len();
        };
        let is_pair = bytes.get(found..found + 2) == Some(b"\r\n");
        found + 1 + usize::from(is_pair)
    }

    /// Behind the last character of the cursor's line, before its break.
    pub(super) fn row_end(&self) -> usize {
        let end = self.line_end(self.cursor);
        let rest = self.text.get(self.cursor..end).unwrap_or_default();
        self.cursor + rest.trim_end_matches(['\r', '\n']).len()
    }

    fn lines_above(&self, start: usize, most: usize) -> Vec<usize> {
        let before = |start: &usize| start.checked_sub(1).map(|at| self.line_start(at));
        std::iter::successors(before(&start), before)
            .take(most)
            .collect()
    }

    fn lines_below(&self, start: usize, most: usize) -> Vec<usize> {
        let next = |start: &usize| {
            let end = self.line_end(*start);
            (self.line_start(end) > *start).then_some(end)
        };
        std::iter::successors(next(&start), next)
            .take(most)
            .collect()
    }
}

/// The part of a text that fits into so many columns and holds the byte `cursor`, the byte with which it begins, and
/// the cursor's column in it.
fn cut(text: &str, cursor: usize, columns: usize) -> (String, usize, u16) {
    let columns = columns.max(2);
    let mut cells = [0; 4];
    let mut wide = |c: char| escape::width(&escape::clean(c.encode_utf8(&mut cells)));
    let (before, behind) = text.split_at_checked(cursor).unwrap_or((text, ""));
    let mut used = 0;
    let is_whole = text.chars().all(|c| {
        used += wide(c);
        used < columns
    });
    let mut column = 0;
    let mut from = cursor;
    for (at, c) in before.char_indices().rev() {
        let next = column + wide(c);
        // Half of the columns stay for what is behind the cursor, unless all of it fits.
        if !is_whole && next > columns / 2 {
            break;
        }
        (column, from) = (next, at);
    }
    let mut shown = String::new();
    let mut used = column;
    let visible = before.get(from..).unwrap_or_default();
    visible.chars().for_each(|c| {
        shown.push_str(&escape::clean(c.encode_utf8(&mut [0; 4])));
    });
    for c in behind.chars() {
        used += wide(c);
        if used >= columns {
            break;
        }
        shown.push_str(&escape::clean(c.encode_utf8(&mut [0; 4])));
    }
    (shown, from, u16::try_from(column).unwrap_or(u16::MAX))
}
