//! `dribble`: sends back what it gets, a few bytes at a time, so that every framing is cut where it should not matter.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::{Machine, Part, Peer, Wishes};
use crate::event::{ConnId, Want};
use crate::words::{Complaint, Words};

/// From one piece to the next, unless told.
const PAUSE: Duration = Duration::from_millis(50);

/// What is held for one connection before no more of it is read.
const HELD_MAX_BYTES: usize = 64 << 10;

pub(super) struct Dribble;

impl Peer for Dribble {
    fn name(&self) -> &'static str {
        "dribble"
    }

    fn usage(&self) -> &'static str {
        "dribble N [T]"
    }

    fn help(&self) -> &'static str {
        "sends back what it gets, N bytes at a time, each T (50ms) after the one before"
    }

    fn begin(&self, words: &mut Words<'_>) -> Result<Part, Complaint> {
        let word = words.peek();
        let size: usize = words.number("a number of bytes")?;
        if let Some(word) = word.filter(|_| size == 0) {
            return Err(word.complain("no byte at a time is none at all", "1 or more"));
        }
        let pause = match words.peek() {
            Some(_) => words.time("a time from one piece to the next")?,
            None => PAUSE,
        };
        Ok(Part::Machine(Box::new(Dribbling {
            size,
            pause,
            held: HashMap::new(),
        })))
    }
}

#[derive(Debug)]
struct Dribbling {
    size: usize,
    pause: Duration,
    held: HashMap<ConnId, Held>,
}

/// What is to be sent on a connection.
#[derive(Debug, Default)]
struct Held {
    bytes: VecDeque<u8>,
    /// A piece was sent, and the next has its time.
    waits: bool,
    /// The other end sends no more.
    ended: bool,
    /// It is not read, since too much is held.
    is_full: bool,
}

impl Dribbling {
    fn speak(&mut self, conn: ConnId, wishes: &mut Wishes) {
        let Some(held) = self.held.get_mut(&conn) else {
            return;
        };
        if held.waits {
            return;
        }
        let count = self.size.min(held.bytes.len());
        let piece: Vec<u8> = held.bytes.drain(..count).collect();
        if !piece.is_empty() {
            held.waits = true;
            wishes.send(conn, piece);
            wishes.after(conn, self.pause);
        } else if held.ended {
            wishes.want(conn, Want::Close);
        }
        let is_full = held.bytes.len() > HELD_MAX_BYTES;
        if is_full != held.is_full {
            held.is_full = is_full;
            let (auto, rate) = (!is_full, None);
            wishes.want(conn, Want::Reading { auto, rate });
        }
    }
}

impl Machine for Dribbling {
    fn accepted(&mut self, conn: ConnId, _wall: Duration, wishes: &mut Wishes) {
        self.held.insert(conn, Held::default());
        // Each piece shall be a segment of its own.
        wishes.set(conn, "nodelay", "on");
    }

    fn received(&mut self, conn: ConnId, bytes: &[u8], wishes: &mut Wishes) {
        if let Some(held) = self.held.get_mut(&conn) {
            held.bytes.extend(bytes);
        }
        self.speak(conn, wishes);
    }

    fn due(&mut self, conn: ConnId, wishes: &mut Wishes) {
        if let Some(held) = self.held.get_mut(&conn) {
            held.waits = false;
        }
        self.speak(conn, wishes);
    }

    fn ended(&mut self, conn: ConnId, wishes: &mut Wishes) {
        if let Some(held) = self.held.get_mut(&conn) {
            held.ended = true;
        }
        self.speak(conn, wishes);
    }

    fn gone(&mut self, conn: ConnId) {
        self.held.remove(&conn);
    }
}
