//! `stall`: nothing goes on any more, neither bytes nor the end, until the fault is over.

use super::cx::Cx;
use super::piece::{Item, Over, Piece, Queue};
use super::{Course, Kind, Nature};
use crate::event::Deed;
use crate::words::{Complaint, Words};

pub(super) struct Stall;

impl Kind for Stall {
    fn name(&self) -> &'static str {
        "stall"
    }

    fn usage(&self) -> &'static str {
        "stall"
    }

    fn help(&self) -> &'static str {
        "nothing goes on any more; what came waits, and goes on when the fault is off"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        Ok(Box::new(Still::default()))
    }
}

#[derive(Debug, Default)]
struct Still {
    waiting: Queue<()>,
    is_still: bool,
}

impl Course for Still {
    fn words(&self) -> String {
        String::new()
    }

    fn nature(&self) -> Nature {
        Nature {
            stands: true,
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if is_hit && !self.is_still {
            self.is_still = true;
            cx.hit(piece.range.clone(), Deed::Stalled);
        }
        if self.is_still {
            self.waiting.push((), Item::Piece(piece));
        } else {
            cx.piece(piece);
        }
    }

    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        if self.is_still || cx.is_always {
            self.is_still = true;
            self.waiting.push((), Item::Over(over));
        } else {
            cx.over(over);
        }
    }

    fn waits(&self) -> usize {
        self.waiting.len()
    }

    fn drain(&mut self, cx: &mut Cx<'_>) {
        self.is_still = false;
        self.waiting
            .drain()
            .into_iter()
            .for_each(|item| cx.pass(item));
    }
}
