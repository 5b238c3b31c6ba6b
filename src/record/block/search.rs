//! Where blocks go on behind one that cannot be so: behind its end where both its lengths say the same, else at the
//! next place where a block stands that looks good. What lies between is the caller's to tell.

use super::{
    BLOCK_MAX_BYTES, CUSTOM, CUSTOM_NOT_COPIED, ENHANCED_PACKET, INTERFACE, NAMES, Order, PACKET,
    Reader, SECTION, SIMPLE_PACKET, STATISTICS,
};
use crate::record::block::reader::{FRAME_BYTES, HEAD_BYTES, order};

/// Blocks begin at multiples of so many bytes.
const STEP: usize = 4;

/// What is asked for beside what a block needs, so that a file full of heads is not read again for each of them.
const AHEAD_BYTES: usize = 1 << 20;

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// The reader stands at a block that looks good, or behind the one that was passed.
    Found,
    /// The window must have at least so many bytes; it begins at [`Reader::at`], which may have moved.
    Want(usize),
    /// There is none.
    Nothing,
}

/// How a place looks.
enum Looks {
    Good,
    Bad,
    /// That so many bytes of it would tell.
    Unsure(usize),
}

impl Reader {
    /// Looks on for the next good block, behind an error of [`Reader::next`]. `window` is the file from [`Reader::at`]
    /// on, as far as the caller has it, `left` how much of the file there is from there.
    pub fn search(&mut self, window: &[u8], left: u64) -> Search {
        if !self.is_lost && self.pass(window) {
            return Search::Found;
        }
        // The place of the error is none.
        let mut at = if self.is_lost { 0 } else { STEP };
        self.is_lost = true;
        let found = loop {
            let rest = left.saturating_sub(at as u64);
            if rest < FRAME_BYTES.into() {
                break Search::Nothing;
            }
            match self.looks(window.get(at..).unwrap_or_default(), rest) {
                Looks::Good => {
                    self.is_lost = false;
                    break Search::Found;
                }
                Looks::Bad => at += STEP,
                Looks::Unsure(want) => {
                    let ahead = usize::try_from(rest).unwrap_or(usize::MAX);
                    break Search::Want(ahead.min(want + AHEAD_BYTES));
                }
            }
        };
        self.stand_at(self.at().saturating_add(at as u64));
        found
    }

    /// Passes over a block that has its place and no good content.
    fn pass(&mut self, window: &[u8]) -> bool {
        let Some((kind, len)) = self.framed(window) else {
            return false;
        };
        match kind {
            // Packets name their interfaces by counting them.
            INTERFACE => self.add_unknown(),
            // Nothing of a section can be read without its header.
            SECTION => return false,
            _ => {}
        }
        self.stand_at(self.at().saturating_add(len as u64));
        true
    }

    /// Type and length of the block at the front of a window, if its two lengths agree.
    fn framed(&self, window: &[u8]) -> Option<(u32, usize)> {
        let (kind, len, order) = head(window, self.order())?;
        let whole = window.get(..len as usize)?;
        (order.u32(*whole.last_chunk()?) == len).then_some((kind, whole.len()))
    }

    /// Whether a block stands at the front of `window`: one of a known type whose lengths agree, and behind which the
    /// file ends or another seems to begin.
    fn looks(&self, window: &[u8], left: u64) -> Looks {
        if window.len() < HEAD_BYTES {
            return Looks::Unsure(HEAD_BYTES);
        }
        let Some((kind, len, order)) = head(window, self.order()) else {
            return Looks::Bad;
        };
        if !is_usual(kind) || u64::from(len) > left {
            return Looks::Bad;
        }
        let (whole, rest) = (len as usize, left - u64::from(len));
        let want = whole + HEAD_BYTES.min(usize::try_from(rest).unwrap_or(HEAD_BYTES));
        if window.len() < want {
            return Looks::Unsure(want);
        }
        let behind = window.get(whole..want).unwrap_or_default();
        let goes_on = behind.len() < HEAD_BYTES || head(behind, Some(order)).is_some();
        if self.framed(window).is_some() && goes_on {
            Looks::Good
        } else {
            Looks::Bad
        }
    }
}

/// Type, length and byte order of the block that a window begins with, as far as they can be, in a section of that
/// order.
fn head(window: &[u8], section: Option<Order>) -> Option<(u32, u32, Order)> {
    let head = window.first_chunk::<HEAD_BYTES>()?;
    let [kind, len] = [head.first_chunk()?, head.get(4..)?.first_chunk()?];
    let order = if u32::from_le_bytes(*kind) == SECTION {
        order(head)?
    } else {
        section?
    };
    let (kind, len) = (order.u32(*kind), order.u32(*len));
    let can_be = len >= FRAME_BYTES && len % 4 == 0 && len <= BLOCK_MAX_BYTES;
    can_be.then_some((kind, len, order))
}

/// Whether blocks of that type are in most files; others are not looked for.
fn is_usual(kind: u32) -> bool {
    let usual = [
        SECTION,
        INTERFACE,
        PACKET,
        SIMPLE_PACKET,
        NAMES,
        STATISTICS,
        ENHANCED_PACKET,
        CUSTOM,
        CUSTOM_NOT_COPIED,
    ];
    usual.contains(&kind)
}
