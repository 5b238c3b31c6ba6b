//! The grammar of protocols whose messages begin with a header of one size that tells where they end. A header that
//! tells nothing of the kind breaks the rule: nothing says where the next message begins.

use std::borrow::Cow;
use std::ops::Range;

use super::grammar::{Grammar, Part, Want};
use super::message::byte_count;
use super::{Cx, Flaw, Message};

/// Reads messages by their header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// How many bytes the header has.
    bytes: usize,
    read: Read,
}

/// Where the payload begins and the message ends, or what breaks the rule; all counted from the message's first byte.
type Read = fn(&[u8]) -> Result<Range<u64>, Flaw>;

impl Head {
    /// A header of so many bytes, and what it tells.
    pub(super) fn new(bytes: usize, read: Read) -> Self {
        Self { bytes, read }
    }
}

impl Grammar for Head {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        Want::Bytes(self.bytes)
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match (self.read)(part.bytes) {
            Ok(payload) => {
                let end = part.start.saturating_add(payload.end);
                let payload = part.start.saturating_add(payload.start).min(end)..end;
                Want::Message(Message::new(part.start..end, payload, ""))
            }
            Err(Flaw { why, at }) => Want::broken(why, part.start + at),
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        format!(
            "waiting for the header of {}",
            byte_count(self.bytes as u64)
        )
        .into()
    }
}

/// What breaks the rule, at an offset within the header.
pub(super) fn flaw<T>(why: impl Into<String>, at: u64) -> Result<T, Flaw> {
    let why = why.into();
    Err(Flaw { why, at })
}
