//! `limit N`: so many bytes go on, and what comes behind them is thrown away; the end goes on in its time.

use super::cx::Cx;
use super::piece::Piece;
use super::{Course, Kind, size};
use crate::event::Deed;
use crate::words::{Complaint, Words};

pub(super) struct Limit;

impl Kind for Limit {
    fn name(&self) -> &'static str {
        "limit"
    }

    fn usage(&self) -> &'static str {
        "limit N"
    }

    fn help(&self) -> &'static str {
        "the next N bytes go on, and what comes behind them is thrown away"
    }

    fn sample(&self) -> &'static str {
        "4k"
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        let bytes = words.size("a size")?;
        Ok(Box::new(Left { bytes, left: bytes }))
    }
}

#[derive(Debug)]
struct Left {
    bytes: u64,
    left: u64,
}

impl Course for Left {
    fn words(&self) -> String {
        size(self.bytes)
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if !is_hit || piece.len() <= self.left {
            self.left -= piece.len().min(if is_hit { self.left } else { 0 });
            return cx.piece(piece);
        }
        let (mut first, mut rest) = (None, piece);
        if self.left > 0 && !cx.datagrams() {
            let (part, behind) = rest.split(self.left);
            (first, rest) = (Some(part), behind);
        }
        self.left = 0;
        if let Some(part) = first {
            cx.piece(part);
        }
        cx.hit(rest.range.clone(), Deed::Dropped);
        cx.piece(rest.gone());
    }
}
