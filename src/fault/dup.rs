//! `dup [P]`: datagrams, or whole messages of a stream, go on twice.

use super::cx::Cx;
use super::piece::Piece;
use super::{Course, Kind, Nature, percent, share};
use crate::event::Deed;
use crate::words::{Complaint, Words};

pub(super) struct Dup;

impl Kind for Dup {
    fn name(&self) -> &'static str {
        "dup"
    }

    fn usage(&self) -> &'static str {
        "dup [P]"
    }

    fn help(&self) -> &'static str {
        "datagrams, or whole messages, go on twice, so many of all: dup 10%"
    }

    fn sample(&self) -> &'static str {
        "10%"
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        Ok(Box::new(Echo(share(words)?)))
    }
}

#[derive(Debug)]
struct Echo(f64);

impl Course for Echo {
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
        let is_doubled = is_hit && piece.whole.is_some() && cx.chance().happens(self.0);
        let again = is_doubled.then(|| {
            let bytes = cx.content(&piece);
            piece.beside(piece.range.end, bytes)
        });
        if is_doubled {
            cx.hit(piece.range.clone(), Deed::Doubled);
        }
        cx.piece(piece);
        if let Some(again) = again {
            cx.piece(again);
        }
    }
}
