//! What a peer's process and ours say to each other over two pipes: events with the bytes that they moved one way, what
//! we ask of it the other way. Each is a length in four bytes and a message of the crate `postcard`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::event::Event;

/// The longest message: one `recv` takes a mebibyte at the most.
const MESSAGE_MAX_BYTES: usize = 2 << 20;

/// Bytes of the length.
const HEAD_BYTES: usize = 4;

/// What happened in a peer, with the peer's own numbers of its sockets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The event.
    pub event: Event,
    /// The bytes that it moved.
    pub bytes: Vec<u8>,
}

/// What we ask of a peer's process, with the peer's own numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Asked {
    /// The kernel's numbers of these sockets, and of no others.
    Look(Vec<u32>),
    /// Its connections shall vanish without a word; then it ends.
    Vanish,
}

impl Told {
    /// Appends it as it goes over the pipe.
    pub fn write(&self, out: &mut Vec<u8>) {
        write(self, out);
    }
}

impl Asked {
    /// Appends it as it goes over the pipe.
    pub fn write(&self, out: &mut Vec<u8>) {
        write(self, out);
    }

    /// Takes the first whole message out of what came. What cannot be read is left out.
    pub fn read(came: &mut Vec<u8>) -> Option<Self> {
        loop {
            let (message, used) = match read(came) {
                Read::Message(asked, used) => (Some(asked), used),
                Read::Garbage => (None, came.len()),
                Read::Nothing => return None,
            };
            came.drain(..used);
            if message.is_some() {
                return message;
            }
        }
    }
}

/// What stands first in what came.
pub(super) enum Read<T> {
    /// A whole message, and how many bytes it is long.
    Message(T, usize),
    /// Less than a message.
    Nothing,
    /// What is no message.
    Garbage,
}

fn write<T: Serialize>(message: &T, out: &mut Vec<u8>) {
    // Messages hold nothing that postcard cannot write.
    let body = postcard::to_allocvec(message).unwrap_or_default();
    let len = u32::try_from(body.len()).unwrap_or(0);
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&body);
}

pub(super) fn read<T: DeserializeOwned>(came: &[u8]) -> Read<T> {
    let Some(head) = came.first_chunk::<HEAD_BYTES>() else {
        return Read::Nothing;
    };
    let len = usize::try_from(u32::from_le_bytes(*head)).unwrap_or(usize::MAX);
    if len > MESSAGE_MAX_BYTES {
        return Read::Garbage;
    }
    let end = HEAD_BYTES + len;
    match came.get(HEAD_BYTES..end).map(postcard::from_bytes) {
        None => Read::Nothing,
        Some(Ok(message)) => Read::Message(message, end),
        Some(Err(_)) => Read::Garbage,
    }
}
