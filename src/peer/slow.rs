//! `slow`: reads a little a second into a small buffer, so that whoever sends to it learns what a full one is.

use std::time::Duration;

use super::{Machine, Part, Peer, Wishes};
use crate::event::{ConnId, Want};
use crate::words::{Complaint, Word, Words, size};

/// Bytes a second, unless told.
const RATE: u64 = 16 << 10;

/// The buffer that is asked for; what a connection gets it inherits from its listener.
const BUFFER: &str = "4096";

pub(super) struct Slow;

impl Peer for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn usage(&self) -> &'static str {
        "slow [RATE/s]"
    }

    fn help(&self) -> &'static str {
        "reads 16k/s, or so many, into a small buffer, and says nothing"
    }

    fn begin(&self, words: &mut Words<'_>) -> Result<Part, Complaint> {
        let rate = words.next_word().map_or(Ok(RATE), rate)?;
        Ok(Part::Machine(Box::new(Reading { rate })))
    }
}

/// Bytes a second, as `reading` takes them.
fn rate(word: Word<'_>) -> Result<u64, Complaint> {
    let rate = word.text.strip_suffix("/s").and_then(size);
    rate.filter(|rate| *rate > 0)
        .ok_or_else(|| word.complain("no rate of reading", "100/s or 16k/s"))
}

#[derive(Debug)]
struct Reading {
    rate: u64,
}

impl Machine for Reading {
    fn listening(&mut self, listener: ConnId, wishes: &mut Wishes) {
        wishes.set(listener, "rcvbuf", BUFFER);
    }

    fn accepted(&mut self, conn: ConnId, _wall: Duration, wishes: &mut Wishes) {
        let (auto, rate) = (true, Some(self.rate));
        wishes.want(conn, Want::Reading { auto, rate });
    }
}
