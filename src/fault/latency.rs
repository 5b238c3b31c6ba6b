//! `latency T [jitter T]`: everything goes on so much later, in its order.

use std::time::Duration;

use super::cx::Cx;
use super::piece::{Item, Over, Piece, Queue};
use super::{Course, Kind, Nature, milliseconds};
use crate::event::Deed;
use crate::words::{Complaint, Words};

/// Pieces that come within this time go on together: a flood of small reads waits as few.
const TOGETHER: Duration = Duration::from_millis(1);

pub(super) struct Latency;

impl Kind for Latency {
    fn name(&self) -> &'static str {
        "latency"
    }

    fn usage(&self) -> &'static str {
        "latency T [jitter T]"
    }

    fn help(&self) -> &'static str {
        "everything goes on so much later, in its order; jitter: so much earlier or later than that, by chance"
    }

    fn options(&self) -> &'static [&'static str] {
        &["jitter"]
    }

    fn sample(&self) -> &'static str {
        "200ms"
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        let time = words.time("a time")?;
        let mut jitter = Duration::ZERO;
        if words.take("jitter") {
            jitter = words.time("a time")?;
        }
        Ok(Box::new(Delay {
            time,
            jitter,
            waiting: Queue::default(),
        }))
    }
}

#[derive(Debug)]
struct Delay {
    time: Duration,
    jitter: Duration,
    /// When each came and goes on.
    waiting: Queue<Wait>,
}

#[derive(Clone, Copy, Debug)]
struct Wait {
    came: Duration,
    ready: Duration,
    /// It was delayed, and does not only stand behind what was.
    is_hit: bool,
}

impl Delay {
    fn push(&mut self, item: Item, is_hit: bool, cx: &mut Cx<'_>) {
        let came = cx.now();
        let mut ready = came;
        if is_hit {
            // Drawn for each, so that the same seed gives the same delays.
            let part = 2.0 * cx.chance().fraction();
            ready = (came + self.time + self.jitter.mul_f64(part)).saturating_sub(self.jitter);
        }
        let last = self.waiting.last_mut();
        // What came first goes first.
        let ready = last
            .as_ref()
            .map_or(ready, |(wait, _)| ready.max(wait.ready));
        if let (Some((wait, Item::Piece(last))), Item::Piece(piece)) = (last, &item)
            && wait.is_hit == is_hit
            && came.saturating_sub(wait.came) < TOGETHER
            && [&*last, piece].iter().all(|it| is_plain(it))
            && last.range.end == piece.range.start
            && !cx.datagrams()
        {
            last.range.end = piece.range.end;
            return;
        }
        let wait = Wait {
            came,
            ready,
            is_hit,
        };
        self.waiting.push(wait, item);
    }
}

fn is_plain(piece: &Piece) -> bool {
    piece.bytes.is_none() && piece.whole.is_none() && !piece.apart
}

impl Course for Delay {
    fn words(&self) -> String {
        let mut words = milliseconds(self.time);
        if !self.jitter.is_zero() {
            words.push_str(" jitter ");
            words.push_str(&milliseconds(self.jitter));
        }
        words
    }

    fn nature(&self) -> Nature {
        Nature {
            chance: !self.jitter.is_zero(),
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if !is_hit && self.waiting.is_empty() {
            return cx.piece(piece);
        }
        self.push(Item::Piece(piece), is_hit, cx);
    }

    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        // An end goes on as late as bytes do.
        let is_hit = over == Over::End && cx.is_always;
        if !is_hit && self.waiting.is_empty() {
            return cx.over(over);
        }
        self.push(Item::Over(over), is_hit, cx);
    }

    fn due(&mut self, cx: &mut Cx<'_>) {
        while let Some((wait, item)) = self.waiting.pop() {
            if wait.ready > cx.now() {
                self.waiting.put_back(wait, item);
                return;
            }
            if let Item::Piece(piece) = &item
                && wait.is_hit
                && piece.came()
            {
                let late = cx.now().saturating_sub(wait.came);
                cx.hit(piece.range.clone(), Deed::Delayed(late));
            }
            cx.pass(item);
        }
    }

    fn deadline(&self) -> Option<Duration> {
        self.waiting.first().map(|(wait, _)| wait.ready)
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
