//! `reorder [P]`: datagrams, or whole messages of a stream, go on behind the one that comes next.

use std::time::Duration;

use super::cx::Cx;
use super::piece::{Over, Piece};
use super::{Course, Kind, Nature, percent, share};
use crate::event::Deed;
use crate::words::{Complaint, Words};

/// How long one waits for the next: a peer that waits for an answer to it sends none.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Reorder;

impl Kind for Reorder {
    fn name(&self) -> &'static str {
        "reorder"
    }

    fn usage(&self) -> &'static str {
        "reorder [P]"
    }

    fn help(&self) -> &'static str {
        "datagrams, or whole messages, go on behind the next one, so many of all; none waits longer than 1 s"
    }

    fn sample(&self) -> &'static str {
        "10%"
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        Ok(Box::new(Swap {
            chance: share(words)?,
            waiting: None,
        }))
    }
}

#[derive(Debug)]
struct Swap {
    chance: f64,
    /// The one that waits, and until when.
    waiting: Option<(Duration, Piece)>,
}

impl Course for Swap {
    fn words(&self) -> String {
        percent(self.chance)
    }

    fn nature(&self) -> Nature {
        Nature {
            messages: true,
            chance: self.chance < 1.0,
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if let Some((_, first)) = self.waiting.take() {
            if piece.is_empty() {
                // What was thrown away is nobody's next.
                cx.piece(first);
                return cx.piece(piece);
            }
            let bytes = cx.content(&piece);
            cx.hit(first.range.clone(), Deed::Swapped);
            let mut early = piece.beside(first.range.start, bytes);
            early.changed_by.clone_from(&piece.changed_by);
            cx.piece(early);
            cx.piece(first);
            return cx.piece(piece.gone());
        }
        let is_late = is_hit
            && piece.whole.is_some()
            && !piece.is_empty()
            && cx.chance().happens(self.chance);
        if is_late {
            self.waiting = Some((cx.now() + PATIENCE, piece));
        } else {
            cx.piece(piece);
        }
    }

    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        self.drain(cx);
        cx.over(over);
    }

    fn due(&mut self, cx: &mut Cx<'_>) {
        if self.deadline().is_some_and(|until| until <= cx.now()) {
            self.drain(cx);
        }
    }

    fn deadline(&self) -> Option<Duration> {
        self.waiting.as_ref().map(|(until, _)| *until)
    }

    fn wants_another(&self) -> bool {
        self.waiting.is_some()
    }

    fn drain(&mut self, cx: &mut Cx<'_>) {
        if let Some((_, piece)) = self.waiting.take() {
            cx.piece(piece);
        }
    }
}
