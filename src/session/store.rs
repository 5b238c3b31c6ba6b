//! What a session has whatever moment of it is looked at: the bytes, the log, names, and addresses with the events that
//! told them. All of it only grows, and nothing here says what is true now.

use std::collections::HashMap;

use super::log::Log;
use super::names::Names;
use super::numbered::Numbered;
use crate::endpoint::{Address, Transport};
use crate::event::{ConnId, Dir};
use crate::tape::{Boundaries, TapeId, Tapes};

/// The store.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) tapes: Tapes,
    pub(super) log: Log,
    pub(super) names: Names,
    pub(super) pairs: Pairs,
    /// Per socket, by its number; made when its first byte comes.
    strands: Numbered<[Strand; 2]>,
}

/// Where the bytes of a direction stand, and where its calls ended.
#[derive(Debug)]
pub(super) struct Strand {
    pub(super) tape: TapeId,
    pub(super) ends: Boundaries,
    /// What stands from here on is to be passed on yet.
    pub(super) owed: Option<u64>,
}

/// The addresses of a connection: those of its two ends, as one of them sees them.
pub(super) type Pair = (Transport, Address, Address);

/// Connections by their addresses, so that both ends of one find each other: who has them, and from which event on.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    of: HashMap<Pair, Vec<(u64, Option<ConnId>)>>,
    /// Events before this one have told of theirs.
    told: u64,
}

impl Store {
    pub(super) fn new(mut tapes: Tapes) -> Self {
        let log = Log::new(&mut tapes);
        Self {
            tapes,
            log,
            names: Names::default(),
            pairs: Pairs::default(),
            strands: Numbered::default(),
        }
    }

    /// The two directions of a socket.
    pub(super) fn strands(&self, id: ConnId) -> &[Strand; 2] {
        self.strands.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    /// A direction of a socket, where anything ever came to it.
    pub(super) fn known_strand(&mut self, id: ConnId, dir: Dir) -> Option<&mut Strand> {
        let strands = self.strands.get_mut(id.0 as usize)?;
        Some(&mut strands[dir.index()])
    }

    /// A direction of a socket to which something comes, made now if nothing came yet.
    pub(super) fn strand(&mut self, id: ConnId, dir: Dir) -> &mut Strand {
        let index = id.0 as usize;
        let strands = self.strands.make(index, || [EMPTY, EMPTY]);
        let strand = &mut strands[dir.index()];
        if strand.tape == TapeId::NONE {
            strand.tape = self.tapes.create();
        }
        strand
    }

    /// Lets go of all that these sockets had; none of them is asked for again.
    pub(super) fn forget(&mut self, gone: &[ConnId]) {
        let mut tapes = Vec::new();
        for id in gone {
            let strands = self.strands.remove(id.0 as usize);
            let strands = strands.iter().flat_map(|strands| strands.iter());
            tapes.extend(strands.flat_map(|strand| [Some(strand.tape), strand.ends.tape()]));
        }
        let tapes = tapes.into_iter().flatten();
        let tapes: Vec<TapeId> = tapes.filter(|tape| *tape != TapeId::NONE).collect();
        self.tapes.forget(&tapes);
    }

    /// A call moved `len` bytes of a direction and ended at `at`.
    pub(super) fn ended_here(&mut self, id: ConnId, dir: Dir, len: u64, at: std::time::Duration) {
        if let Some(strands) = self.strands.get_mut(id.0 as usize) {
            strands[dir.index()].ends.push(&mut self.tapes, len, at);
        }
    }
}

/// Nothing came: what all sockets begin with.
const EMPTY: Strand = Strand {
    tape: TapeId::NONE,
    ends: Boundaries::NONE,
    owed: None,
};
static NOTHING: [Strand; 2] = [EMPTY, EMPTY];

impl Pairs {
    /// Who has the addresses, as of an event.
    pub(super) fn conn(&self, pair: &Pair, seq: u64) -> Option<ConnId> {
        let known = self.of.get(pair)?;
        let upto = known.partition_point(|(since, _)| *since <= seq);
        known.get(upto.checked_sub(1)?)?.1
    }

    /// From this event on the connection has the addresses, or nobody. What an event has told once, it tells no other
    /// way when it is folded again.
    pub(super) fn note(&mut self, seq: u64, pair: Pair, conn: Option<ConnId>) {
        if seq >= self.told {
            self.of.entry(pair).or_default().push((seq, conn));
        }
    }

    /// A connection with these addresses is forgotten.
    pub(super) fn forget(&mut self, pair: &Pair, conn: ConnId) {
        let Some(known) = self.of.get_mut(pair) else {
            return;
        };
        known.retain(|(_, who)| *who != Some(conn));
        // That nobody has them says something behind somebody only.
        known.dedup_by_key(|(_, who)| *who);
        if known.iter().all(|(_, who)| who.is_none()) {
            self.of.remove(pair);
        }
    }

    /// How many pairs of addresses are known.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.of.len()
    }

    /// All that the events before this one have to tell is told.
    pub(super) fn close(&mut self, seq: u64) {
        self.told = self.told.max(seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_through_which_nothing_passed_has_no_tape() {
        let mut store = Store::new(Tapes::new(1 << 20, None));
        let conn = ConnId(7);
        assert_eq!(store.strands(conn)[0].tape, TapeId::NONE);
        assert!(store.known_strand(conn, Dir::In).is_none());
        let tape = store.strand(conn, Dir::In).tape;
        assert_ne!(tape, TapeId::NONE);
        assert_eq!(store.strands(conn)[Dir::In.index()].tape, tape);
        assert_eq!(store.strands(conn)[Dir::Out.index()].tape, TapeId::NONE);
        assert_eq!(store.tapes.len(TapeId::NONE), 0);
        // Four of them stand behind each conversation of a tap on which a byte went there and back.
        assert!(size_of::<Strand>() <= 112, "{}", size_of::<Strand>());
    }
}
