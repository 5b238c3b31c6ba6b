//! Bytes that lie in files against a plain vector of those that are there and those that are missing.

use std::cell::Cell;
use std::rc::Rc;

use super::*;

/// A file in memory, which can be lost, and counts how often it is read.
#[derive(Clone, Debug, Default)]
struct File {
    bytes: Rc<Vec<u8>>,
    is_lost: Rc<Cell<bool>>,
    reads: Rc<Cell<usize>>,
}

impl File {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes: Rc::new(bytes),
            ..Self::default()
        }
    }
}

impl Shelf for File {
    fn read(&self, at: u64, buf: &mut [u8]) -> bool {
        self.reads.set(self.reads.get() + 1);
        let at = usize::try_from(at).unwrap();
        let bytes = at
            .checked_add(buf.len())
            .and_then(|end| self.bytes.get(at..end));
        let is_there = bytes.filter(|_| !self.is_lost.get());
        is_there.map(|bytes| buf.copy_from_slice(bytes)).is_some()
    }
}

/// Numbers that look random and are the same each time.
fn chance(seed: &mut u64, below: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % below
}

fn contents(len: usize) -> Vec<u8> {
    (0..len)
        .map(|n| u8::try_from((n * 31 + n / 256) % 251).unwrap())
        .collect()
}

/// What a tape shows of a range: a byte or nothing each.
fn shown(tapes: &Tapes, tape: TapeId, range: Range<u64>) -> Vec<Option<u8>> {
    let mut all = Vec::new();
    let mut next = range.start;
    tapes.visit(tape, range, &mut |part, bytes| {
        assert_eq!(part.start, next);
        next = part.end;
        match bytes {
            Some(bytes) => all.extend(bytes.iter().copied().map(Some)),
            None => all.resize(
                all.len() + usize::try_from(part.end - part.start).unwrap(),
                None,
            ),
        }
    });
    all
}

#[test]
fn what_was_adopted_reads_back_wherever_it_lies() {
    let mut seed = 7;
    let file = contents(4 << 20);
    let mut tapes = Tapes::new(1 << 20, None);
    let shelves = [(); 2].map(|()| tapes.shelve(Box::new(File::new(file.clone()))));
    let tape = tapes.create();
    let mut expected = Vec::new();
    for round in 0..3000 {
        let len = chance(&mut seed, 700);
        let start = expected.len() as u64;
        match chance(&mut seed, 9) {
            0 => {
                assert_eq!(tapes.lack(tape, len), start..start + len);
                expected.resize(expected.len() + usize::try_from(len).unwrap(), None);
            }
            1 => {
                let bytes = contents(usize::try_from(len).unwrap());
                tapes.append(tape, &bytes);
                expected.extend(bytes.into_iter().map(Some));
            }
            kind => {
                // Mostly one behind the other, as packets do, and now and then anywhere.
                let at = if kind == 2 {
                    chance(&mut seed, 4_000_000)
                } else {
                    round * 900
                };
                let shelf = shelves[usize::from(chance(&mut seed, 20) == 0)];
                tapes.adopt(tape, shelf, at, len);
                let at = usize::try_from(at).unwrap();
                let bytes = &file[at..at + usize::try_from(len).unwrap()];
                expected.extend(bytes.iter().copied().map(Some));
            }
        }
    }
    let len = expected.len() as u64;
    assert_eq!(tapes.len(tape), len);
    assert!(shown(&tapes, tape, 0..len) == expected);
    for _ in 0..300 {
        let from = chance(&mut seed, len);
        let to = from + chance(&mut seed, 3000).min(len - from);
        let part = usize::try_from(from).unwrap()..usize::try_from(to).unwrap();
        assert!(
            shown(&tapes, tape, from..to) == expected[part],
            "{from}..{to}"
        );
    }
}

#[test]
fn neighbours_are_read_at_once() {
    let file = File::new(contents(1 << 20));
    let mut tapes = Tapes::new(1 << 20, None);
    let shelf = tapes.shelve(Box::new(file.clone()));
    let tape = tapes.create();
    for packet in 0..1000 {
        tapes.adopt(tape, shelf, packet * 1000 + 54, 946);
    }
    assert!(tapes.copy(tape, 0..946_000).1);
    let reads = file.reads.get();
    assert!(reads <= 20, "{reads} reads");
}

#[test]
fn a_file_that_ends_early_costs_only_what_it_lost() {
    let mut tapes = Tapes::new(1 << 20, None);
    let bytes = contents(1000);
    let shelf = tapes.shelve(Box::new(File::new(bytes.clone())));
    let tape = tapes.create();
    for at in [100, 500, 990] {
        tapes.adopt(tape, shelf, at, 100);
    }
    let mut expected: Vec<_> = bytes[100..200].iter().copied().map(Some).collect();
    expected.extend(bytes[500..600].iter().copied().map(Some));
    expected.resize(300, None);
    assert!(shown(&tapes, tape, 0..300) == expected);
}

#[test]
fn what_was_written_elsewhere_is_let_go_of_without_a_spill_file() {
    let bytes = contents(3 << 20);
    let file = File::new([vec![0; 77], bytes.clone()].concat());
    let mut tapes = Tapes::new(1 << 20, None);
    let shelf = tapes.shelve(Box::new(file.clone()));
    let tape = tapes.create();
    let mut len = 0;
    for part in bytes.chunks(5000) {
        let range = tapes.append(tape, part);
        tapes.placed(tape, range.clone(), shelf, range.start + 77);
        len = range.end;
        assert!(!tapes.is_full());
    }
    assert!(
        tapes.held_bytes <= (1 << 20) + (512 << 10),
        "{} bytes are held",
        tapes.held_bytes
    );
    assert!(tapes.copy(tape, 0..len) == (bytes, true));
    assert!(file.reads.get() > 0);
    file.is_lost.set(true);
    assert!(
        !tapes.copy(tape, 0..1000).1,
        "what the file lost is missing"
    );
}

#[test]
fn what_waits_for_a_full_disk_does_not_hold_what_was_written() {
    let part = contents(10_000);
    let file = File::new(part.repeat(300));
    let mut tapes = Tapes::new(1 << 20, None);
    let shelf = tapes.shelve(Box::new(file));
    let tape = tapes.create();
    while !tapes.is_full() {
        tapes.append(tape, &part);
    }
    for round in 0..300 {
        let range = tapes.append(tape, &part);
        tapes.placed(tape, range, shelf, round * 10_000);
    }
    assert!(
        tapes.held_bytes <= (2 << 20),
        "{} bytes are held",
        tapes.held_bytes
    );
    let (bytes, whole) = tapes.copy(tape, 0..tapes.len(tape));
    assert!(whole && bytes.chunks(10_000).all(|bytes| bytes == part));
}

#[test]
fn what_was_told_twice_or_of_nothing_changes_nothing() {
    let mut tapes = Tapes::new(0, None);
    let shelf = tapes.shelve(Box::new(File::new(contents(1 << 20))));
    let tape = tapes.create();
    tapes.append(tape, &contents(500_000));
    tapes.placed(tape, 0..300_000, shelf, 0);
    tapes.placed(tape, 100_000..200_000, shelf, 500);
    tapes.placed(tape, 600_000..700_000, shelf, 0);
    tapes.placed(TapeId(99), 0..1, shelf, 0);
    tapes.placed(tape, 250_000..900_000, shelf, 250_000);
    let expected = contents(1 << 20)[..500_000].to_vec();
    assert!(tapes.copy(tape, 0..500_000) == (expected, true));
    assert_eq!(tapes.held_bytes, 0);
}

#[test]
fn a_packet_costs_a_few_bytes() {
    let mut tapes = Tapes::new(64 << 20, None);
    let shelf = tapes.shelve(Box::new(File::default()));
    let lanes = [(); 50].map(|()| tapes.create());
    for packet in 0..500_000_u64 {
        let lane = lanes[usize::try_from(packet % 50).unwrap()];
        tapes.adopt(lane, shelf, packet * 1514, 1200);
        tapes.lack(lane, 260);
    }
    let blocks: usize = lanes
        .iter()
        .filter_map(|lane| tapes.tapes[lane.0].shelved.as_deref())
        .map(|shelved| shelved.blocks.len() * size_of::<Block>() + shelved.open.capacity())
        .sum();
    assert!(blocks < 400_000, "{blocks} bytes in memory");
    let entries = tapes.len(tapes.shelves.entries.unwrap());
    assert!(entries < 500_000 * 8, "{entries} bytes of entries");
}
