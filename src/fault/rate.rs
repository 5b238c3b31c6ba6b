//! `rate N/s`: so many bytes a second go on, as over a slow line.

use std::time::Duration;

use super::cx::Cx;
use super::piece::{Item, Over, Piece, Queue};
use super::{Course, Kind, Nature, size};
use crate::event::Deed;
use crate::words::{self, Complaint, Words};

/// The pieces that a second has: as smooth as needed, and as few wake-ups as that allows.
const PIECES_A_SECOND: u64 = 50;

pub(super) struct Rate;

impl Kind for Rate {
    fn name(&self) -> &'static str {
        "rate"
    }

    fn usage(&self) -> &'static str {
        "rate N/s"
    }

    fn help(&self) -> &'static str {
        "so many bytes a second go on, as over a slow line: 9600/s, 64k/s"
    }

    fn sample(&self) -> &'static str {
        "64k/s"
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        let word = words.require("bytes a second")?;
        let number = word.text.strip_suffix("/s");
        let rate = number.and_then(words::size).filter(|rate| *rate > 0);
        let rate = rate.ok_or_else(|| {
            let what = format!("`{}` is not bytes a second", word.text);
            word.complain(what, "9600/s, 64k/s or 1M/s")
        })?;
        Ok(Box::new(Line {
            rate,
            free: Duration::ZERO,
            datagrams: false,
            waiting: Queue::default(),
        }))
    }
}

#[derive(Debug)]
struct Line {
    rate: u64,
    /// When the line is free again.
    free: Duration,
    /// It carries datagrams, which stay whole.
    datagrams: bool,
    /// When each came, and whether it goes over the line.
    waiting: Queue<(Duration, bool)>,
}

impl Line {
    /// How long the line takes for so many bytes.
    fn time(&self, bytes: u64) -> Duration {
        let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(self.rate);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// How many bytes of a piece the line takes at once.
    fn share(&self, piece: &Piece) -> u64 {
        let share = (self.rate / PIECES_A_SECOND).max(1);
        if self.datagrams {
            piece.len()
        } else {
            piece.len().min(share)
        }
    }

    /// When the first of what waits has gone over the line.
    fn ready(&self) -> Option<Duration> {
        let ((came, is_hit), item) = self.waiting.first()?;
        match item {
            Item::Piece(piece) if *is_hit => {
                Some(self.free.max(*came) + self.time(self.share(piece)))
            }
            _ => Some(*came),
        }
    }
}

impl Course for Line {
    fn words(&self) -> String {
        format!("{}/s", size(self.rate))
    }

    fn nature(&self) -> Nature {
        Nature {
            cuts: true,
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        self.waiting.push((cx.now(), is_hit), Item::Piece(piece));
        self.due(cx);
    }

    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        self.waiting.push((cx.now(), false), Item::Over(over));
        self.due(cx);
    }

    fn due(&mut self, cx: &mut Cx<'_>) {
        self.datagrams = cx.datagrams();
        while let Some(ready) = self.ready() {
            if ready > cx.now() {
                return;
            }
            let Some(((came, is_hit), item)) = self.waiting.pop() else {
                return;
            };
            let Item::Piece(piece) = item else {
                cx.pass(item);
                continue;
            };
            if !is_hit {
                cx.piece(piece);
                continue;
            }
            self.free = ready;
            let share = self.share(&piece);
            if share < piece.len() {
                let (first, rest) = piece.split(share);
                cx.piece(first);
                self.waiting.put_back((came, is_hit), Item::Piece(rest));
                continue;
            }
            let late = cx.now().saturating_sub(came);
            if piece.came() {
                cx.hit(piece.range.clone(), Deed::Delayed(late));
            }
            cx.piece(piece);
        }
    }

    fn deadline(&self) -> Option<Duration> {
        self.ready()
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
