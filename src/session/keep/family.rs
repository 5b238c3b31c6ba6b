//! Sockets that keep some of their newest bytes together: which bytes came first, in blocks, and how many there are. It
//! knows what is needed yet from the store.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use crate::event::{ConnId, Dir};
use crate::session::store::Store;

/// The order in which bytes came is known of so many at a time.
const BLOCK_BYTES: u64 = 64 << 10;

/// Some sockets, and what is kept of them.
#[derive(Debug, Default)]
pub(super) struct Family {
    members: HashMap<ConnId, [Member; 2]>,
    /// Blocks of directions by their numbers, in the order in which they began.
    blocks: VecDeque<(ConnId, Dir, u64)>,
    /// The bytes of all members.
    bytes: u64,
}

/// One direction of a socket.
#[derive(Clone, Copy, Debug, Default)]
struct Member {
    /// Its bytes that are counted.
    from: u64,
    upto: u64,
    /// Its blocks before this one are listed.
    listed: u64,
    /// What stands from here on is needed by framings.
    cut: u64,
}

impl Family {
    /// A direction has these bytes, of which framings have seen those before `cut`.
    pub(super) fn count(&mut self, (id, dir): (ConnId, Dir), bytes: Range<u64>, cut: u64) {
        let member = &mut self.members.entry(id).or_default()[dir.index()];
        self.bytes -= member.upto - member.from;
        (member.from, member.upto, member.cut) = (bytes.start, bytes.end, cut);
        self.bytes += member.upto - member.from;
        let first = member.listed.max(bytes.start / BLOCK_BYTES);
        member.listed = first.max(bytes.end.div_ceil(BLOCK_BYTES));
        let new = first..member.listed;
        self.blocks.extend(new.map(|block| (id, dir, block)));
    }

    /// Takes a socket out; whether it was the last.
    pub(super) fn leave(&mut self, id: ConnId) -> bool {
        let left = self.members.remove(&id).into_iter().flatten();
        self.bytes -= left.map(|it| it.upto - it.from).sum::<u64>();
        self.members.is_empty()
    }

    /// Lets go of the oldest bytes until there are no more than `keep`, or all others are needed.
    pub(super) fn shrink(&mut self, keep: u64, store: &mut Store) {
        let mut at = 0;
        while self.bytes > keep
            && let Some((id, dir, block)) = self.blocks.get(at).copied()
        {
            let member = self.members.get_mut(&id);
            let Some(member) = member.map(|both| &mut both[dir.index()]) else {
                self.blocks.remove(at);
                continue;
            };
            let strand = &store.strands(id)[dir.index()];
            let needed = strand.owed.unwrap_or(u64::MAX).min(member.cut);
            let end = (block + 1) * BLOCK_BYTES;
            let excess = member.from + (self.bytes - keep);
            let from = excess.min(end).min(member.upto).min(needed);
            if from > member.from {
                self.bytes -= from - member.from;
                member.from = from;
                let len = store.tapes.len(strand.tape);
                store.tapes.trim(strand.tape, len - from);
            }
            if member.from >= end {
                self.blocks.remove(at);
            } else {
                at += 1;
            }
        }
    }
}
