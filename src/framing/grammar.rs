//! How a rule reads when it can say what it wants next: so many bytes, all up to a mark, or bytes that it need not see.
//! It never sees how the bytes arrived; that is the [`Reader`](super::reader::Reader)'s affair.

use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::Range;

use super::message::byte_count;
use super::{Cx, Field, Flaw, Message};

/// The most bytes of a part that are held and shown to the grammar; what is longer is scanned, not kept.
pub(super) const PART_MAX_BYTES: usize = 64 << 10;

/// How many of the last bytes of a part are always shown.
pub(super) const PART_END_BYTES: usize = 32;

/// Reads one message after the other. What it must remember from part to part, and from message to message, it keeps
/// itself: little, for its state is copied at every checkpoint.
pub(super) trait Grammar: Clone + Debug + 'static {
    /// A message begins at `start`: its first byte has come. What is wanted of it first?
    fn begin(&mut self, start: u64, cx: &mut Cx<'_>) -> Want;

    /// What was wanted has come. What next?
    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want;

    /// What it waits for, in words: `waiting for the end of the head`. Of the part that it wants so many bytes came.
    fn waits(&self, came: u64) -> Cow<'static, str>;

    /// From the first byte of the payload to the end of the message, once that is known before the last part is wanted.
    fn outlook(&self) -> Option<Range<u64>> {
        None
    }

    /// What a dissection of the unfinished message, which begins at `start`, must know from earlier ones.
    fn marks(&self, _start: u64) -> Vec<Field> {
        Vec::new()
    }

    /// Why what has begun will never be a message, though its end is still looked for.
    fn flaw(&self) -> Option<Flaw> {
        None
    }

    /// The first byte of the payload, once that is known before the last part is wanted, be the end known or not.
    fn payload(&self) -> Option<u64> {
        self.outlook().map(|outlook| outlook.start)
    }

    /// The stream ended within a part, of which this had come. What is whole by that is a message; after
    /// [`Want::Rest`] there should be one.
    fn end(&mut self, _part: &Part<'_>) -> Option<Message> {
        None
    }

    /// What a good message is that lies whole within these bytes and begins with them: its length, and where in it the
    /// payload stands. Only where one look at its first bytes tells; it is not read part by part then.
    #[inline]
    fn glance(&self, _bytes: &[u8]) -> Option<(u64, Range<u64>)> {
        None
    }

    /// Why a message is longer than `max`, and what shows it.
    fn too_long(&self, message: &Message, max: u64) -> Flaw {
        let why = over(message.bytes(), max);
        let at = message.range.start;
        Flaw { why, at }
    }
}

/// What a grammar asks for. Parts follow each other without gap; no byte is shown twice.
#[derive(Clone, Debug)]
pub(super) enum Want {
    /// The next bytes, at most [`PART_MAX_BYTES`].
    Bytes(usize),
    /// All up to and with the first of these marks; of what is longer than [`PART_MAX_BYTES`], the beginning is shown.
    Through(&'static [u8]),
    /// All before the next such byte, which belongs to the next part.
    Until(u8),
    /// All before the next CR or LF, at most so many and at most [`PART_MAX_BYTES`]; there may be none.
    Line(usize),
    /// The next bytes as far as each is such a one, at most so many and at most [`PART_MAX_BYTES`]; there may be none.
    While(fn(u8) -> bool, usize),
    /// The next bytes, unseen: the part will be empty.
    Pass(u64),
    /// All up to the end of the stream, unseen.
    Rest,
    /// All up to the end of the stream is another protocol's: skipped, unseen, with why.
    Foreign(&'static str),
    /// Nothing more: this is the message, from the first byte of the first part. Where it ends behind the parts so far,
    /// the bytes between belong to it unseen. Bad and skipped stretches are left in the same way.
    Message(Message),
    /// The rule is broken and nothing tells where the next message begins.
    Broken(Flaw),
}

impl Want {
    /// The rule is broken at an offset.
    pub(super) fn broken(why: impl Into<String>, at: u64) -> Self {
        let why = why.into();
        Self::Broken(Flaw { why, at })
    }
}

/// Bytes that were wanted.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    /// The bytes, as many as are shown.
    pub(super) bytes: &'a [u8],
    /// The last of them, [`PART_END_BYTES`] if there are as many, shown above or not.
    pub(super) last: &'a [u8],
    /// Their offsets in the stream, shown or not.
    pub(super) range: Range<u64>,
    /// The first byte of the message.
    pub(super) start: u64,
}

impl Part<'_> {
    /// The message from its first byte to the end of this part, whose payload is a part of it.
    pub(super) fn message(&self, payload: Range<u64>) -> Message {
        Message::new(self.start..self.range.end, payload, "")
    }

    /// All from the first byte of the message to the end of this part as bytes that break the rule.
    pub(super) fn bad(&self, why: impl Into<String>, at: u64) -> Want {
        Want::Message(Message::bad(self.start..self.range.end, why, at))
    }
}

/// Why that many bytes are too many.
pub(super) fn over(bytes: u64, max: u64) -> String {
    format!(
        "a message of {}, over the limit of {max}",
        byte_count(bytes)
    )
}
