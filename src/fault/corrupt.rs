//! `corrupt P`: in each byte, with that probability, one bit is turned.

use super::cx::Cx;
use super::piece::Piece;
use super::{Course, Kind, Nature, fraction, percent};
use crate::words::{Complaint, Words};

/// The places of a piece that are told each for itself; of more, all are told as one.
const TOLD_MAX: usize = 16;

pub(super) struct Corrupt;

impl Kind for Corrupt {
    fn name(&self) -> &'static str {
        "corrupt"
    }

    fn usage(&self) -> &'static str {
        "corrupt P"
    }

    fn help(&self) -> &'static str {
        "in each byte, with that probability, one bit is turned: corrupt 0.1%"
    }

    fn sample(&self) -> &'static str {
        "0.1%"
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        Ok(Box::new(Noise {
            chance: fraction(words)?,
            left: None,
        }))
    }
}

#[derive(Debug)]
struct Noise {
    chance: f64,
    /// The bytes that stay whole before the next one that does not: the same however they come.
    left: Option<u64>,
}

impl Noise {
    /// Draws how many bytes stay whole, as a series of throws would have it.
    fn draw(&self, cx: &mut Cx<'_>) -> u64 {
        if self.chance >= 1.0 {
            return 0;
        }
        let throws = (1.0 - cx.chance().fraction()).ln() / (1.0 - self.chance).ln();
        // A float becomes the nearest number there is; so many bytes never come.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is no less than 0, and too large a one becomes the largest"
        )]
        let throws = throws as u64;
        throws
    }
}

impl Course for Noise {
    fn words(&self) -> String {
        percent(self.chance)
    }

    fn nature(&self) -> Nature {
        Nature {
            chance: self.chance < 1.0,
            ..Nature::default()
        }
    }

    fn take(&mut self, mut piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if !is_hit || self.chance <= 0.0 {
            return cx.piece(piece);
        }
        let mut left = self.left.take().unwrap_or_else(|| self.draw(cx));
        let len = piece.len();
        if left >= len {
            self.left = Some(left - len);
            return cx.piece(piece);
        }
        let came = piece.bytes.is_none();
        let mut bytes = cx.content(&piece);
        let (mut at, mut places) = (0, Vec::new());
        while left < len - at {
            at += left;
            let bit = cx.chance().bits() % 8;
            if let Some(byte) = usize::try_from(at).ok().and_then(|at| bytes.get_mut(at)) {
                *byte ^= 1 << bit;
            }
            places.push(at);
            at += 1;
            left = self.draw(cx);
        }
        self.left = Some(left - (len - at));
        if places.len() <= TOLD_MAX && came {
            for at in places {
                let place = piece.range.start + at;
                cx.changed(&mut piece, place..place + 1, (at, 1));
            }
        } else if let (Some(first), Some(last)) = (places.first(), places.last()) {
            let start = piece.range.start;
            let range = if came {
                start + first..start + last + 1
            } else {
                piece.range.clone()
            };
            cx.changed(&mut piece, range, (*first, last + 1 - first));
        }
        piece.bytes = Some(bytes);
        cx.piece(piece);
    }
}
