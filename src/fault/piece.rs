//! What goes through the faults of a direction: pieces of the received bytes, which tile them, and then the end.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use crate::framing::{Cut, Message};

/// Some of the bytes on their way. The ranges of the pieces that leave the last fault tile what was received, whatever
/// became of the bytes: what was thrown away goes on as a piece without bytes, what was added stands for an empty
/// range.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The received bytes that it stands for.
    pub range: Range<u64>,
    /// What goes on in their place; without, they go on as they came.
    pub bytes: Option<Vec<u8>>,
    /// The message that it is, whole.
    pub whole: Option<Rc<Whole>>,
    /// It is sent by a call of its own.
    pub apart: bool,
    /// How many of the datagrams that came it stands for.
    pub datagrams: u64,
    /// It goes on as a datagram, even without bytes.
    pub is_datagram: bool,
    /// The rules that changed it.
    pub changed_by: Vec<Change>,
}

/// A change of a piece: what is told once it is known where the bytes stand that are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The rule's number.
    pub number: u32,
    /// The received bytes that were changed.
    pub range: Range<u64>,
    /// How many bytes of the piece are new.
    pub bytes: u64,
    /// Where they begin in the piece.
    pub at: u64,
}

/// A message that came whole, or a datagram.
#[derive(Debug)]
pub struct Whole {
    /// Its number among the messages of the direction; 0 where it does not count.
    pub number: u64,
    /// What the framing made of it.
    pub message: Message,
    /// The framing that cut it, as its sender speaks it.
    pub cut: Cut,
}

/// How the bytes are over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Their sender ended them.
    End,
    /// A fault closes the connection.
    Close,
    /// A fault resets it.
    Reset,
}

/// A piece, or what comes behind the last one.
#[derive(Clone, Debug)]
pub enum Item {
    /// Bytes.
    Piece(Piece),
    /// No more.
    Over(Over),
    /// Bytes for the sender itself.
    Answer(Vec<u8>),
}

impl Piece {
    /// Bytes as they came.
    #[must_use]
    pub fn new(range: Range<u64>) -> Self {
        Self {
            range,
            bytes: None,
            whole: None,
            apart: false,
            datagrams: 0,
            is_datagram: false,
            changed_by: Vec::new(),
        }
    }

    /// A datagram as it came.
    #[must_use]
    pub fn datagram(range: Range<u64>) -> Self {
        Self {
            datagrams: 1,
            is_datagram: true,
            ..Self::new(range)
        }
    }

    /// The same once more, with these bytes, which stand beside those that came, before the offset `at`.
    #[must_use]
    pub fn beside(&self, at: u64, bytes: Vec<u8>) -> Self {
        Self {
            bytes: Some(bytes),
            whole: self.whole.clone(),
            is_datagram: self.is_datagram,
            ..Self::new(at..at)
        }
    }

    /// The same place, and nothing goes on.
    #[must_use]
    pub fn gone(self) -> Self {
        Self {
            bytes: Some(Vec::new()),
            whole: None,
            is_datagram: false,
            changed_by: Vec::new(),
            ..self
        }
    }

    /// Whether it stands for something that came.
    #[must_use]
    pub fn came(&self) -> bool {
        !self.range.is_empty() || self.datagrams > 0
    }

    /// Keeps that so many of its bytes, from `at` on, are new.
    pub fn change(&mut self, number: u32, range: Range<u64>, (at, bytes): (u64, u64)) {
        self.changed_by.push(Change {
            number,
            range,
            bytes,
            at,
        });
    }

    /// How many bytes go on.
    #[must_use]
    pub fn len(&self) -> u64 {
        let came = self.range.end - self.range.start;
        self.bytes.as_ref().map_or(came, |bytes| bytes.len() as u64)
    }

    /// Whether nothing goes on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && !self.is_datagram
    }

    /// The first `len` bytes that go on, and the rest. Where the bytes are others than those that came, the first part
    /// stands for all of them. Of a datagram they are parts until they are one again.
    #[must_use]
    pub fn split(self, len: u64) -> (Self, Self) {
        if self.bytes.is_none() {
            let at = (self.range.start + len).min(self.range.end);
            let rest = Self {
                apart: self.apart,
                is_datagram: self.is_datagram,
                ..Self::new(at..self.range.end)
            };
            let first = Self {
                range: self.range.start..at,
                whole: None,
                ..self
            };
            return (first, rest);
        }
        let mut bytes = self.bytes.unwrap_or_default();
        let len = usize::try_from(len).unwrap_or(usize::MAX).min(bytes.len());
        let rest = bytes.split_off(len);
        let end = self.range.end;
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        for change in self.changed_by {
            if change.at >= len as u64 {
                let at = change.at - len as u64;
                theirs.push(Change { at, ..change });
            } else {
                mine.push(change);
            }
        }
        let rest = Self {
            bytes: Some(rest),
            whole: None,
            apart: self.apart,
            is_datagram: self.is_datagram,
            changed_by: theirs,
            ..Self::new(end..end)
        };
        let first = Self {
            bytes: Some(bytes),
            whole: None,
            changed_by: mine,
            ..self
        };
        (first, rest)
    }
}

/// Items that wait, with how many received bytes they stand for.
#[derive(Debug)]
pub struct Queue<T> {
    items: VecDeque<(T, Item)>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let items = VecDeque::new();
        Self { items }
    }
}

impl<T> Queue<T> {
    /// Adds one at the end.
    pub fn push(&mut self, when: T, item: Item) {
        self.items.push_back((when, item));
    }

    /// Puts one back in front.
    pub fn put_back(&mut self, when: T, item: Item) {
        self.items.push_front((when, item));
    }

    /// Takes the first.
    pub fn pop(&mut self) -> Option<(T, Item)> {
        self.items.pop_front()
    }

    /// The first.
    #[must_use]
    pub fn first(&self) -> Option<&(T, Item)> {
        self.items.front()
    }

    /// The last.
    pub fn last_mut(&mut self) -> Option<&mut (T, Item)> {
        self.items.back_mut()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Takes all.
    pub fn drain(&mut self) -> Vec<Item> {
        self.items.drain(..).map(|(_, item)| item).collect()
    }
}
