//! Searches against a plain reading of the same bytes: over seams, both ways, around the ends, while bytes come in.

use std::time::Duration;

use regex::bytes::Regex;

use super::*;
use crate::event::{Actor, Call, Capture, Event, Flags, Moved, Outcome, Syscall, What};

const A: ConnId = ConnId(0);

/// A session whose socket received these bytes, in reads of growing lengths; memory for a part of them, where asked.
fn session(bytes: &[u8], memory_bytes: usize) -> Session {
    let spill: Box<dyn crate::event::Spill> = Box::new(Disk::default());
    let mut session = Session::new(memory_bytes, Some(spill));
    let mut rest = bytes;
    let mut len = 1;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(len));
        receive(&mut session, now);
        (rest, len) = (later, len * 2 % 300_007 + 1);
    }
    session
}

fn receive(session: &mut Session, bytes: &[u8]) {
    session.room(A, bytes.len()).extend_from_slice(bytes);
    let (at, dir) = (Duration::ZERO, Dir::In);
    let range = session.commit(A, bytes.len(), at);
    let (max, flags) = (1 << 20, Flags::default());
    let call = Call {
        moved: Some(Moved { dir, range }),
        ..Call::new(Syscall::Recv { max, flags }, Outcome::Returned(0), at)
    };
    session.apply(Event {
        at,
        conn: Some(A),
        by: Actor::Loop,
        what: What::Call(call),
    });
}

/// A spill file in memory.
#[derive(Debug, Default)]
struct Disk(Vec<u8>);

impl crate::event::Spill for Disk {
    fn write(&mut self, offset: u64, piece: Vec<u8>) -> Result<(), Vec<u8>> {
        self.0.resize(usize::try_from(offset).unwrap(), 0);
        self.0.extend(piece);
        Ok(())
    }

    fn read(&self, offset: u64, buf: &mut [u8]) -> bool {
        let from = usize::try_from(offset).unwrap();
        let bytes = self.0.get(from..from + buf.len());
        bytes.map(|bytes| buf.copy_from_slice(bytes)).is_some()
    }

    fn room(&self) -> u64 {
        u64::MAX
    }

    fn trouble(&self) -> Option<String> {
        None
    }
}

/// `len` bytes of a few letters by chance (a linear congruential generator with Knuth's constants).
fn letters(len: usize, mut state: u64) -> Vec<u8> {
    let letter = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        b"aabbcdxy "[usize::try_from(state >> 60).unwrap() % 9]
    };
    (0..len).map(letter).collect()
}

fn pattern(text: &str) -> Pattern {
    match text.strip_prefix('/') {
        Some(regex) => Pattern::Regex(regex.to_owned()),
        None => Pattern::Bytes(text.as_bytes().to_vec()),
    }
}

/// What `step` says once it says something, in slices of `slice` bytes.
fn settled(find: &mut Find, session: &Session, slice: u64) -> Finding {
    for _ in 0..1_000_000 {
        match find.step(session, slice) {
            Finding::Searching => {}
            other => return other,
        }
    }
    panic!("it never ends: {find:?}");
}

/// Every match, with the search begun anywhere and carried on in slices of any size.
fn check_all(bytes: &[u8], text: &str, from: u64, slice: u64, memory_bytes: usize) {
    let source = text
        .strip_prefix('/')
        .map_or_else(|| regex::escape(text), str::to_owned);
    let expected: Vec<_> = Regex::new(&source)
        .unwrap()
        .find_iter(bytes)
        .map(|hit| hit.start() as u64..hit.end() as u64)
        .filter(|hit| !hit.is_empty())
        .collect();
    let session = session(bytes, memory_bytes);
    let mut find = Find::new(A, Dir::In, &pattern(text), from, true).unwrap();
    let first = settled(&mut find, &session, slice);
    assert_eq!(first == Finding::Nothing, expected.is_empty(), "{text}");
    if !expected.is_empty() {
        assert_eq!(settled(&mut find, &session, slice), Finding::Done);
    }
    assert!(
        find.hits == expected,
        "{text} from {from} by {slice}: {} not {}",
        find.hits.len(),
        expected.len()
    );
    if let Some(last) = expected.last() {
        let tally = find.tally(last, &session);
        assert_eq!(
            (tally.number, tally.count),
            (expected.len(), expected.len())
        );
        assert!(!tally.is_open && tally.percent == 100);
    }
}

#[test]
fn every_match_is_found_over_the_seams_of_pieces_and_of_slices() {
    let bytes = letters(150_000, 1);
    for (text, memory) in [("abcd", 1 << 22), ("abcd", 40_000), ("d", 40_000)] {
        for (from, slice) in [
            (0, 1 << 30),
            (0, 2000),
            (70_000, 777),
            (150_000, 65_536),
            (1, 1 << 22),
        ] {
            check_all(&bytes, text, from, slice, memory);
        }
    }
    for text in ["/ab+cd", "/\\bxyx\\b", "/^a", "/(?m)^ab", "/nothing", "/x*"] {
        for (from, slice) in [(0, 1 << 30), (0, 50_000), (70_001, 27_777)] {
            // A match that begins before the start of a search and overlaps it belongs to neither side.
            if from == 0 || !text.contains('*') {
                check_all(&bytes, text, from, slice, 40_000);
            }
        }
    }
}

#[test]
fn a_long_pattern_is_found_wherever_it_lies() {
    let mut bytes = vec![b'.'; 400_000];
    let long: Vec<u8> = letters(30_000, 7);
    for at in [0, 1000, 33_333, 250_000, 370_000] {
        bytes[at..at + long.len()].copy_from_slice(&long);
    }
    bytes[0..2].copy_from_slice(b"..");
    let text = String::from_utf8(long).unwrap();
    check_all(&bytes, &text, 0, 50_000, 1 << 22);
    check_all(&bytes, &text, 200_000, 1 << 20, 100_000);
}

#[test]
fn the_nearest_match_comes_first_and_the_ends_are_joined() {
    let mut bytes = vec![b'.'; 200_000];
    for at in [65_534, 131_072, 199_997] {
        bytes[at..at + 3].copy_from_slice(b"abc");
    }
    let session = session(&bytes, 1 << 20);
    let check = |at: u64, forward: bool, start: u64, wraps: bool| {
        let mut find = Find::new(A, Dir::In, &pattern("abc"), at, forward).unwrap();
        for _ in 0..2 {
            let range = start..start + 3;
            let found = Finding::Found {
                range,
                wrapped: wraps,
            };
            assert_eq!(
                settled(&mut find, &session, 10_000),
                found,
                "{at} {forward}"
            );
            // Once more, when all is known.
            assert_eq!(settled(&mut find, &session, 10_000), Finding::Done);
            find.seek(at, forward);
        }
    };
    check(0, true, 65_534, false);
    check(65_535, true, 131_072, false);
    check(131_073, true, 199_997, false);
    check(199_998, true, 65_534, true);
    check(200_000, false, 199_997, false);
    check(199_997, false, 131_072, false);
    check(65_534, false, 199_997, true);
}

#[test]
fn what_comes_in_is_searched_too() {
    let mut session = session(b"one ab", 1 << 20);
    let mut find = Find::new(A, Dir::In, &pattern("abc"), 0, true).unwrap();
    assert_eq!(settled(&mut find, &session, 1 << 20), Finding::Nothing);
    receive(&mut session, b"c two abc ab");
    assert_eq!(settled(&mut find, &session, 1 << 20), Finding::Done);
    receive(&mut session, b"c");
    find.seek(5, true);
    let found = |start: u64| Finding::Found {
        range: start..start + 3,
        wrapped: false,
    };
    assert_eq!(settled(&mut find, &session, 1 << 20), found(12));
    find.seek(13, true);
    assert_eq!(settled(&mut find, &session, 1 << 20), found(16));
    assert_eq!(find.hits, [4..7, 12..15, 16..19]);
}

#[test]
fn what_was_let_go_is_no_match() {
    let mut session = session(&b"abc ".repeat(1000), 1 << 20);
    let mut find = Find::new(A, Dir::In, &pattern("abc"), 2000, false).unwrap();
    settled(&mut find, &session, 1 << 20);
    assert_eq!(settled(&mut find, &session, 1 << 20), Finding::Done);
    session.keep(A, Dir::In, 402);
    find.seek(3600, false);
    let last = Finding::Found {
        range: 3996..3999,
        wrapped: true,
    };
    assert_eq!(settled(&mut find, &session, 1 << 20), last);
    assert_eq!(find.hits.len(), 100);
    // A search that begins behind it does not find it either.
    let mut find = Find::new(A, Dir::In, &pattern("abc"), 0, true).unwrap();
    let first = Finding::Found {
        range: 3600..3603,
        wrapped: false,
    };
    assert_eq!(settled(&mut find, &session, 1 << 20), first);
}

#[test]
fn more_matches_than_can_be_remembered_are_reached_all_the_same() {
    let count = HITS_MAX as u64 * 2 + 500;
    let session = session(&vec![b'a'; usize::try_from(count).unwrap()], 1 << 22);
    let mut find = Find::new(A, Dir::In, &pattern("a"), 0, true).unwrap();
    let mut seek = |at, forward, start: u64, wrapped| {
        find.seek(at, forward);
        let found = Finding::Found {
            range: start..start + 1,
            wrapped,
        };
        assert_eq!(
            settled(&mut find, &session, 1 << 20),
            found,
            "{at} {forward}"
        );
        settled(&mut find, &session, 1 << 20);
        assert!(find.hits.len() <= HITS_MAX);
        assert!(find.tally(&(start..start + 1), &session).is_open);
    };
    seek(0, true, 0, false);
    seek(HITS_MAX as u64 + 10, true, HITS_MAX as u64 + 10, false);
    seek(HITS_MAX as u64 + 10, false, HITS_MAX as u64 + 9, false);
    seek(count, true, 0, true);
    seek(0, false, count - 1, true);
}
