//! `drop [P]`: datagrams, or whole messages of a stream, are thrown away.

use super::cx::Cx;
use super::piece::Piece;
use super::{Course, Kind, Nature, percent, share};
use crate::event::Deed;
use crate::words::{Complaint, Words};

pub(super) struct Drop;

impl Kind for Drop {
    fn name(&self) -> &'static str {
        "drop"
    }

    fn usage(&self) -> &'static str {
        "drop [P]"
    }

    fn help(&self) -> &'static str {
        "datagrams, or whole messages, are thrown away, so many of all: drop 10%"
    }

    fn sample(&self) -> &'static str {
        "10%"
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        Ok(Box::new(Loss(share(words)?)))
    }
}

#[derive(Debug)]
struct Loss(f64);

impl Course for Loss {
    fn words(&self) -> String {
        percent(self.0)
    }

    fn nature(&self) -> Nature {
        Nature {
            messages: true,
            chance: self.0 < 1.0,
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if is_hit && piece.whole.is_some() && cx.chance().happens(self.0) {
            cx.hit(piece.range.clone(), Deed::Dropped);
            cx.piece(piece.gone());
        } else {
            cx.piece(piece);
        }
    }
}
