//! The lanes of the timeline: which columns each end, the wire between and the words take in a width. It knows no
//! event.

/// Columns of the number of a row at least, and of its time with a space at either side.
const NUMBER_COLUMNS: u16 = 5;
const TIME_COLUMNS: u16 = 9;

/// Areas from this width on show the two ends in lanes of their own, and from this one the wire between them, too.
const TWO_COLUMNS: u16 = 110;
const WIRE_COLUMNS: u16 = 150;

/// Areas with a wire and at least this many rows have the names of the lanes above them.
const HEADED_ROWS: u16 = 6;

/// Columns of a call and its result where there are no lanes.
const CALL_COLUMNS: u16 = 31;

/// The same where the area is narrow, and where it is: there the words have no room for the range, either.
const NARROW_COLUMNS: (u16, u16) = (27, 72);

/// The columns of a width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lanes {
    /// Columns of the whole row.
    pub(super) width: u16,
    /// Columns of a row's number, with a free one before the longest.
    pub(super) number: u16,
    /// Where the calls of our end begin, behind number and time.
    pub(super) first: u16,
    /// Columns of a call and its result.
    pub(super) call: u16,
    /// Where the wire has its lane, and how wide that is.
    pub(super) wire: Option<(u16, u16)>,
    /// Where the calls of the other end begin: their own lane, or where those of ours do.
    pub(super) second: u16,
    /// Where the words begin, unless a call is longer.
    pub(super) words: u16,
}

impl Lanes {
    /// The lanes for a width; `is_pair` if both ends are ours, `is_wired` if a wire is between them, of so many events.
    pub(super) fn new(width: u16, is_pair: bool, is_wired: bool, events: u64) -> Self {
        let digits = events.checked_ilog10().unwrap_or(0) + 1;
        let number = u16::try_from(digits + 1).map_or(NUMBER_COLUMNS, |it| it.max(NUMBER_COLUMNS));
        let first = number + TIME_COLUMNS;
        let rest = width.saturating_sub(first);
        if is_pair && is_wired && width >= WIRE_COLUMNS {
            let (call, wire) = (rest * 11 / 50, rest / 5);
            return Self {
                width,
                number,
                first,
                call,
                wire: Some((first + call, wire)),
                second: first + call + wire,
                words: first + 2 * call + wire,
            };
        }
        if is_pair && width >= TWO_COLUMNS {
            let call = rest * 3 / 10;
            return Self {
                width,
                number,
                first,
                call,
                wire: None,
                second: first + call,
                words: first + 2 * call,
            };
        }
        let call = if width < NARROW_COLUMNS.1 {
            NARROW_COLUMNS.0
        } else {
            CALL_COLUMNS
        };
        let call = call.min(width.saturating_sub(first + 2));
        Self {
            width,
            number,
            first,
            call,
            wire: None,
            second: first,
            words: first + call,
        }
    }

    /// Whether the words have no room for the range.
    pub(super) fn is_narrow(&self) -> bool {
        self.width < NARROW_COLUMNS.1
    }

    /// Rows of the names of the lanes.
    pub(super) fn head_rows(&self, rows: u16) -> u16 {
        u16::from(self.wire.is_some() && rows >= HEADED_ROWS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_any_length_leaves_a_column_before_it_and_the_lanes_make_room() {
        for (events, number) in [
            (0, 5),
            (9_999, 5),
            (10_000, 6),
            (1_000_000, 8),
            (u64::MAX, 21),
        ] {
            for width in [60, 120, 200] {
                let lanes = Lanes::new(width, true, true, events);
                assert_eq!((lanes.number, lanes.first), (number, number + 9));
                assert!(lanes.first <= lanes.second && lanes.second < lanes.words);
                assert!(lanes.words < width, "{lanes:?}");
            }
        }
    }
}
