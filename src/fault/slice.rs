//! `slice N [gap T]`: what came as one goes on in pieces of at most so many bytes, each sent by a call of its own.

use std::time::Duration;

use super::cx::Cx;
use super::piece::{Item, Over, Piece, Queue};
use super::{Course, Kind, Nature, milliseconds, size};
use crate::event::Deed;
use crate::words::{Complaint, Words};

pub(super) struct Slice;

impl Kind for Slice {
    fn name(&self) -> &'static str {
        "slice"
    }

    fn usage(&self) -> &'static str {
        "slice N [gap T]"
    }

    fn help(&self) -> &'static str {
        "what came as one goes on in pieces of N bytes, each by a call of its own, with a gap between them"
    }

    fn options(&self) -> &'static [&'static str] {
        &["gap"]
    }

    fn sample(&self) -> &'static str {
        "16"
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        let word = words.peek();
        let bytes = words.size("a size")?;
        if let Some(word) = word.filter(|_| bytes == 0) {
            return Err(word.complain("a piece has a byte at the least", "slice 1"));
        }
        let mut gap = Duration::ZERO;
        if words.take("gap") {
            gap = words.time("a time")?;
        }
        Ok(Box::new(Knife {
            bytes,
            gap,
            next: Duration::ZERO,
            waiting: Queue::default(),
        }))
    }
}

#[derive(Debug)]
struct Knife {
    bytes: u64,
    gap: Duration,
    /// When the next piece may go on.
    next: Duration,
    /// Whether each is cut.
    waiting: Queue<bool>,
}

impl Course for Knife {
    fn words(&self) -> String {
        let mut words = size(self.bytes);
        if !self.gap.is_zero() {
            words.push_str(" gap ");
            words.push_str(&milliseconds(self.gap));
        }
        words
    }

    fn nature(&self) -> Nature {
        Nature {
            cuts: true,
            streams: true,
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if is_hit && piece.len() > self.bytes {
            let pieces = u32::try_from(piece.len().div_ceil(self.bytes)).unwrap_or(u32::MAX);
            cx.hit(piece.range.clone(), Deed::Sliced(pieces));
        }
        self.waiting.push(is_hit, Item::Piece(piece));
        self.due(cx);
    }

    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        self.waiting.push(false, Item::Over(over));
        self.due(cx);
    }

    fn due(&mut self, cx: &mut Cx<'_>) {
        while let Some((is_hit, item)) = self.waiting.pop() {
            let Item::Piece(piece) = item else {
                cx.pass(item);
                continue;
            };
            if !is_hit || piece.is_empty() {
                cx.piece(piece);
                continue;
            }
            if self.next > cx.now() {
                self.waiting.put_back(is_hit, Item::Piece(piece));
                return;
            }
            self.next = cx.now() + self.gap;
            let is_more = piece.len() > self.bytes;
            let (mut first, rest) = piece.split(self.bytes);
            first.apart = true;
            cx.piece(first);
            if is_more {
                self.waiting.put_back(is_hit, Item::Piece(rest));
            }
        }
    }

    fn deadline(&self) -> Option<Duration> {
        self.waiting.first().map(|_| self.next)
    }

    fn waits(&self) -> usize {
        self.waiting.len()
    }

    fn drain(&mut self, cx: &mut Cx<'_>) {
        self.waiting
            .drain()
            .into_iter()
            .for_each(|item| cx.pass(item));
    }
}
