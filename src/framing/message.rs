//! What a framing makes of bytes: messages with their ranges, what became of them, and their named parts.

use std::borrow::Cow;
use std::ops::Range;

/// A stretch of a stream that a framing took as one. The ranges of all messages of a stream tile it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its bytes, by their offsets in the stream.
    pub range: Range<u64>,
    /// The bytes that the framing carries, a part of `range`.
    pub payload: Range<u64>,
    /// Whether it is one.
    pub status: Status,
    /// What it is, in a few words: `len 5`.
    pub note: Cow<'static, str>,
    /// What an unfinished one waits for, in words: `waiting for 3 more bytes`.
    pub waits: Cow<'static, str>,
    /// Its named parts.
    pub fields: Vec<Field>,
}

impl Message {
    /// A good message.
    #[must_use]
    pub fn new(range: Range<u64>, payload: Range<u64>, note: impl Into<Cow<'static, str>>) -> Self {
        Self {
            range,
            payload,
            status: Status::Ok,
            note: note.into(),
            waits: Cow::Borrowed(""),
            fields: Vec::new(),
        }
    }

    /// Bytes that break the rule: why, and the offset of the byte that shows it.
    #[must_use]
    pub fn bad(range: Range<u64>, why: impl Into<String>, at: u64) -> Self {
        let payload = range.clone();
        let status = Status::Bad {
            why: why.into(),
            at,
        };
        Self {
            range,
            payload,
            status,
            note: Cow::Borrowed(""),
            waits: Cow::Borrowed(""),
            fields: Vec::new(),
        }
    }

    /// The same stretch as bytes that break the rule; its fields stay, its payload is all of it.
    #[must_use]
    pub fn spoiled(self, flaw: Flaw) -> Self {
        Self {
            fields: self.fields,
            ..Self::bad(self.range, flaw.why, flaw.at)
        }
    }

    /// What it waits for and what it is: `waiting for 3 more bytes (len 5)`.
    #[must_use]
    pub fn told(&self) -> Cow<'_, str> {
        match (&*self.waits, &*self.note) {
            ("", note) | (note, "") => Cow::Borrowed(note),
            (waits, note) => format!("{waits} ({note})").into(),
        }
    }

    /// How many bytes it has, counted whole.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }

    /// The payload within the bytes of the whole range.
    #[must_use]
    pub fn payload_in<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let from = usize::try_from(self.payload.start - self.range.start).unwrap_or(usize::MAX);
        let to = usize::try_from(self.payload.end - self.range.start).unwrap_or(usize::MAX);
        bytes.get(from..to.min(bytes.len())).unwrap_or_default()
    }

    /// Bytes between messages that mean nothing.
    #[must_use]
    pub fn skipped(range: Range<u64>, why: impl Into<String>) -> Self {
        let payload = range.end..range.end;
        let status = Status::Skipped { why: why.into() };
        Self {
            status,
            ..Self::new(range, payload, "")
        }
    }

    /// Its fields and theirs, each behind the one that holds it, with how deep it stands.
    pub fn walk(&self) -> impl Iterator<Item = (usize, &Field)> {
        let mut open: Vec<_> = vec![self.fields.iter()];
        std::iter::from_fn(move || {
            loop {
                let depth = open.len().checked_sub(1)?;
                let Some(field) = open.last_mut()?.next() else {
                    open.pop();
                    continue;
                };
                open.push(field.fields.iter());
                return Some((depth, field));
            }
        })
    }

    /// Whether it counts: skipped bytes have no number.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        !matches!(self.status, Status::Skipped { .. })
    }
}

/// What became of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// A whole message.
    Ok,
    /// Not whole yet, or never.
    Partial {
        /// How many bytes are missing, where that can be known.
        need: Option<u64>,
    },
    /// They break the rule.
    Bad {
        /// In which way.
        why: String,
        /// Offset of the byte that shows it.
        at: u64,
    },
    /// They belong to no message.
    Skipped {
        /// Why.
        why: String,
    },
}

/// A named part of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it is: `length`.
    pub name: Cow<'static, str>,
    /// Its bytes, by their offsets in the stream.
    pub range: Range<u64>,
    /// What it says.
    pub value: Value,
    /// Its own parts, within its range.
    pub fields: Vec<Self>,
}

impl Field {
    /// A part that has no parts.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, range: Range<u64>, value: Value) -> Self {
        Self {
            name: name.into(),
            range,
            value,
            fields: Vec::new(),
        }
    }
}

/// What a field says.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(i128),
    /// A number and what it stands for: 1, `query`.
    Named(i128, Cow<'static, str>),
    /// Text, not yet escaped: it came from a peer.
    Text(String),
    /// What is neither a whole number nor text, as it is written: `true`, `0.5`.
    Word(Cow<'static, str>),
    /// Nothing but its bytes or its parts.
    Bytes,
}

/// What breaks a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// In which way.
    pub why: String,
    /// Offset of the byte that shows it.
    pub at: u64,
}

/// A message that has begun and is not whole; or bytes that broke the rule, and whose end has not come.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// Its first byte.
    pub start: u64,
    /// The first byte of its payload; `start` where that is not known yet.
    pub payload: u64,
    /// How many bytes are missing, where that can be known.
    pub need: Option<u64>,
    /// What waits for what, in words: `2 of 5 digits of the length`.
    pub note: String,
    /// The parts that are there.
    pub fields: Vec<Field>,
    /// Why it will never be a message, once that is so: it only grows, up to its end or the stream's.
    pub flaw: Option<Flaw>,
    /// They are bytes between messages that mean nothing, which may go on; the note says why.
    pub skips: bool,
}

impl Unfinished {
    /// A message of which something is missing.
    #[must_use]
    pub fn waiting(start: u64, need: Option<u64>, note: impl Into<String>) -> Self {
        Self {
            start,
            payload: start,
            need,
            note: note.into(),
            fields: Vec::new(),
            flaw: None,
            skips: false,
        }
    }

    /// Bytes that mean nothing, so far.
    #[must_use]
    pub fn skipping(start: u64, why: impl Into<String>) -> Self {
        Self {
            skips: true,
            ..Self::waiting(start, None, why)
        }
    }

    /// Bytes that broke the rule.
    #[must_use]
    pub fn broken(start: u64, flaw: Flaw) -> Self {
        Self {
            flaw: Some(flaw),
            ..Self::waiting(start, None, "")
        }
    }

    /// What is there as a message that ends at `end`: partial, bad or skipped.
    #[must_use]
    pub fn message(self, end: u64) -> Message {
        let end = end.max(self.start);
        if self.skips {
            return Message::skipped(self.start..end, self.note);
        }
        let payload = if self.flaw.is_some() {
            self.start
        } else {
            self.payload.clamp(self.start, end)
        };
        let status = match self.flaw {
            Some(Flaw { why, at }) => Status::Bad { why, at },
            None => Status::Partial { need: self.need },
        };
        Message {
            range: self.start..end,
            payload: payload..end,
            status,
            note: Cow::Borrowed(""),
            waits: self.note.into(),
            fields: self.fields,
        }
    }
}

/// `1 byte`, `2 bytes`.
pub(super) fn byte_count(bytes: impl Into<i128>) -> String {
    let bytes = bytes.into();
    format!("{bytes} byte{}", if bytes == 1 { "" } else { "s" })
}
