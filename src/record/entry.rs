//! What stands in a recording beside the packets: events, and bytes that no packet of their own carries. It is the log
//! in the crate `postcard`'s form, in custom blocks and in an option of each packet.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::block::Writing;
use crate::event::{ConnId, Dir, Event};
use crate::expr::Checksum;

/// The vocabulary of events in this program's recordings. Who changes the shape of [`Event`] counts it up: a test holds
/// the shape that belongs to it.
pub const VERSION: u32 = 2;

/// What our custom blocks begin with: others may use the number for documentation, too.
const MAGIC: [u8; 4] = *b"SKYE";

/// An entry of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Entry {
    /// The first.
    Began(Began),
    /// The next event.
    Event(Box<Event>),
    /// So many bytes that a direction moved next stand behind the entries of this block.
    Bytes(Part),
    /// Bytes that a direction moved next and that nobody has.
    Lacking(Part),
    /// Bytes that a direction moved next, and that stand in another already.
    Passed {
        /// Where they are passed on.
        part: Part,
        /// Where they came in.
        from: (ConnId, Dir, u64),
    },
    /// The comments of this packet that are ours, each by its checksum: what else is noted at it, others noted.
    Comments(Vec<u32>),
}

/// What [`Entry::Event`] is written as: the second of its kind.
const EVENT: u8 = 1;

/// How a recording began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Began {
    /// [`VERSION`]; it stands first, whatever else changes.
    pub(super) version: u32,
    /// When the session began, since 1970.
    pub(super) wall: Duration,
}

/// Bytes of a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) conn: ConnId,
    pub(super) dir: Dir,
    pub(super) offset: u64,
    pub(super) len: u64,
    /// When they moved, since the start of the session.
    pub(super) at: Duration,
}

/// What our option of a packet says of its bytes; behind it stand the entries before them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Tag<E = Event> {
    pub(super) conn: ConnId,
    pub(super) dir: Dir,
    /// Where the bytes stand in that direction.
    pub(super) offset: u64,
    /// How many there are, at the end of the packet.
    pub(super) len: u32,
    /// The call that moved them, on its last packet: both are written, or neither.
    pub(super) event: Option<E>,
}

/// Entries on their way into a block.
#[derive(Debug, Default)]
pub(super) struct Entries {
    bytes: Vec<u8>,
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn push(&mut self, entry: &Entry) {
        append(&mut self.bytes, entry);
    }

    /// The next event, as [`Entry::Event`] has it, without a copy.
    pub(super) fn push_event(&mut self, event: &Event) {
        self.bytes.push(EVENT);
        append(&mut self.bytes, event);
    }

    /// Moves all into the option of a packet.
    pub(super) fn append_to(&mut self, option: &mut Vec<u8>) {
        option.append(&mut self.bytes);
    }

    /// Writes what there is as one block, with `raw` behind it; where that begins, counted from the start of `out`.
    pub(super) fn write(&mut self, out: &mut Vec<u8>, raw: &[u8]) -> usize {
        let len = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let mut raw_at = 0;
        Writing::ours(out)
            .data(|out| {
                out.extend_from_slice(&MAGIC);
                out.extend_from_slice(&len.to_le_bytes());
                out.append(&mut self.bytes);
                raw_at = out.len();
                out.extend_from_slice(raw);
            })
            .end();
        raw_at
    }
}

/// The entries of a custom block of ours, and where in it the bytes behind them begin. Entries that cannot be read end
/// them, and say so.
pub(super) fn entries(data: &[u8]) -> Option<(Vec<Read>, usize)> {
    let rest = data.strip_prefix(&MAGIC)?;
    let (len, rest) = rest.split_first_chunk()?;
    let len = u32::from_le_bytes(*len) as usize;
    let found = read(rest.get(..len)?);
    Some((found, MAGIC.len() + 4 + len))
}

/// What our option of a packet says: of its bytes, and the entries before them.
pub(super) fn told(option: &[u8]) -> Option<(Option<Tag>, Vec<Read>)> {
    let (tag, rest) = postcard::take_from_bytes(option).ok()?;
    Some((tag, read(rest)))
}

/// An entry, or why it cannot be read.
pub(super) type Read = Result<Entry, postcard::Error>;

/// Entries one behind the other. One that cannot be read ends them.
fn read(mut rest: &[u8]) -> Vec<Read> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        match postcard::take_from_bytes(rest) {
            Ok((entry, left)) => {
                found.push(Ok(entry));
                rest = left;
            }
            Err(error) => {
                found.push(Err(error));
                break;
            }
        }
    }
    found
}

/// The version of a recording, if this is its first block.
pub(super) fn version(data: &[u8]) -> Option<u32> {
    let rest = data.strip_prefix(&MAGIC)?.get(4..)?;
    // The first of the kinds of entries, and the first of its fields.
    let (kind, rest) = postcard::take_from_bytes::<u32>(rest).ok()?;
    let (version, _) = postcard::take_from_bytes::<u32>(rest).ok()?;
    (kind == 0).then_some(version)
}

/// The checksum by which a comment of ours is known.
pub(super) fn mark(comment: &[u8]) -> u32 {
    Checksum::named("crc32").map_or(0, |kind| kind.over(comment))
}

/// Appends something in postcard's form. Nothing that is recorded can be refused by it.
pub(super) fn append<T: Serialize>(out: &mut Vec<u8>, what: &T) {
    out.extend(postcard::to_allocvec(what).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Actor, What};
    use crate::record::block::{Block, Next, Reader};

    #[test]
    fn entries_and_the_bytes_behind_them_are_read_back() {
        let event = Event {
            at: Duration::from_micros(7),
            conn: Some(ConnId(3)),
            by: Actor::Loop,
            what: What::Note("noted".to_owned()),
        };
        let began = Began {
            version: VERSION,
            wall: Duration::from_secs(1_700_000_000),
        };
        let all = [Entry::Began(began), Entry::Event(Box::new(event.clone()))];
        let mut entries_to_be = Entries::default();
        entries_to_be.push(&all[0]);
        entries_to_be.push_event(&event);
        let mut out = Vec::new();
        Writing::section(&mut out, "test").end();
        let raw_at = entries_to_be.write(&mut out, b"raw");
        assert_eq!(&out[raw_at..raw_at + 3], b"raw");
        let mut reader = Reader::default();
        reader.next(&out).unwrap();
        let at = usize::try_from(reader.at()).unwrap();
        let Ok(Next::Block {
            block: Block::Custom { data, data_at, .. },
            ..
        }) = reader.next(&out[at..])
        else {
            unreachable!("it was written so");
        };
        let (found, inside) = entries(data).unwrap();
        assert_eq!(data_at + inside as u64, raw_at as u64);
        let found: Vec<Entry> = found.into_iter().map(Result::unwrap).collect();
        assert_eq!(found, all);
        assert_eq!(version(data), Some(VERSION));
    }
}
