//! The first difference between what a script expected and what came: in which message and field it stands, and the
//! bytes around it side by side, in hex and as text.

use std::fmt::Write as _;

use crate::event::{ConnId, Dir};
use crate::hexdump::{glyph, hex};
use crate::session::{Entry, Session};

/// Bytes of a row, for each of the two.
const ROW: usize = 8;

/// Rows before and behind that of the first difference.
const AROUND: usize = 1;

/// Where expected bytes stand.
pub(super) struct Place<'a> {
    pub(super) session: &'a Session,
    pub(super) conn: ConnId,
    /// The offset in the stream of the first of them.
    pub(super) from: u64,
}

/// Where two runs of bytes differ first, in words and rows; `got` may go on behind what was expected.
pub(super) fn told(place: &Place<'_>, expected: &[u8], got: &[u8]) -> String {
    let same = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    let at = place.from + same as u64;
    let mut text = format!("\n  the first difference: {}", place.named(at));
    // Rows begin where the stream's rows do.
    let lead = usize::try_from(place.from % ROW as u64).unwrap_or(0);
    let first = ((same + lead) / ROW).saturating_sub(AROUND);
    let last = (same + lead) / ROW + AROUND;
    let end = expected.len().max(got.len()) + lead;
    let wide = ROW * 4 + 1;
    // Writing to a String cannot fail.
    let _ = write!(text, "\n    {:<8}    {:<wide$}  got", "offset", "expected");
    for row in first..=last {
        if row * ROW >= end {
            break;
        }
        let start = place.from - lead as u64 + (row * ROW) as u64;
        let (left, right) = (cells(expected, lead, row), cells(got, lead, row));
        let sign = if left == right { ' ' } else { '≠' };
        let _ = write!(text, "\n    {start:08x}  {sign} {left:<wide$}  {right}");
        text.truncate(text.trim_end().len());
    }
    text
}

impl Place<'_> {
    /// The message and the field in which a byte stands, and its offset.
    fn named(&self, at: u64) -> String {
        let index = self.session.entry_at(self.conn, Dir::In, at);
        let entry = index.and_then(|index| {
            let entries = self.session.entries(self.conn, Dir::In, index, 1);
            entries.into_iter().next()
        });
        let message = entry.map_or(String::new(), |entry| {
            let number = entry
                .number
                .map_or(String::new(), |n| format!("message {n}, "));
            let field = field(&entry, at);
            let field = field.map_or(String::new(), |name| format!("field {name}, "));
            format!("{number}{field}")
        });
        format!("{message}offset {at} of the stream")
    }
}

/// The innermost field that holds a byte.
fn field(entry: &Entry, at: u64) -> Option<String> {
    let holds = entry
        .message
        .walk()
        .filter(|(_, field)| field.range.contains(&at));
    let (_, field) = holds.max_by_key(|(depth, _)| *depth)?;
    Some(crate::escape::clean(&field.name).into_owned())
}

/// A row of bytes of which the first stands at cell `lead`: hex and text.
fn cells(bytes: &[u8], lead: usize, row: usize) -> String {
    let cell = |at: usize| bytes.get((row * ROW + at).checked_sub(lead)?).copied();
    let mut text = String::new();
    for at in 0..ROW {
        text.push_str(cell(at).map_or("  ", hex));
        text.push(' ');
    }
    text.push(' ');
    text.extend((0..ROW).map(|at| cell(at).map_or(' ', glyph)));
    text
}
