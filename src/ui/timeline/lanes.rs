//! The lanes of the timeline: which columns each end, the wire between and the words take in a width. It knows no
//! event.

/// Columns of the number and the time of a row.
pub(super) const TIME_COLUMNS: u16 = 14;

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
    /// The lanes for a width; `is_pair` if both ends are ours, `is_wired` if a wire is between them.
    pub(super) fn new(width: u16, is_pair: bool, is_wired: bool) -> Self {
        let rest = width.saturating_sub(TIME_COLUMNS);
        if is_pair && is_wired && width >= WIRE_COLUMNS {
            let (call, wire) = (rest * 11 / 50, rest / 5);
            return Self {
                width,
                call,
                wire: Some((TIME_COLUMNS + call, wire)),
                second: TIME_COLUMNS + call + wire,
                words: TIME_COLUMNS + 2 * call + wire,
            };
        }
        if is_pair && width >= TWO_COLUMNS {
            let call = rest * 3 / 10;
            return Self {
                width,
                call,
                wire: None,
                second: TIME_COLUMNS + call,
                words: TIME_COLUMNS + 2 * call,
            };
        }
        let call = if width < NARROW_COLUMNS.1 {
            NARROW_COLUMNS.0
        } else {
            CALL_COLUMNS
        };
        let call = call.min(width.saturating_sub(TIME_COLUMNS + 2));
        Self {
            width,
            call,
            wire: None,
            second: TIME_COLUMNS,
            words: TIME_COLUMNS + call,
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
