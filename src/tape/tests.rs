//! Tapes against a plain vector, with a spill file in memory.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::*;

/// A disk in memory that takes nothing while `busy`, and can lose what it has.
#[derive(Clone, Debug, Default)]
struct Disk {
    bytes: Rc<RefCell<Vec<u8>>>,
    busy: Rc<RefCell<bool>>,
}

impl Spill for Disk {
    fn write(&mut self, offset: u64, piece: Vec<u8>) -> Result<(), Vec<u8>> {
        if *self.busy.borrow() {
            return Err(piece);
        }
        let mut bytes = self.bytes.borrow_mut();
        bytes.resize(index(offset), 0);
        bytes.extend_from_slice(&piece);
        Ok(())
    }

    fn read(&self, offset: u64, buf: &mut [u8]) -> bool {
        let from = index(offset);
        self.bytes
            .borrow()
            .get(from..from + buf.len())
            .map(|bytes| buf.copy_from_slice(bytes))
            .is_some()
    }

    fn room(&self) -> u64 {
        u64::MAX
    }

    fn trouble(&self) -> Option<String> {
        None
    }
}

/// `len` bytes that differ from place to place.
fn pattern(from: usize, len: usize) -> Vec<u8> {
    (from..from + len)
        .map(|n| u8::try_from((n * 7 + n / 251) % 256).unwrap())
        .collect()
}

#[test]
fn what_was_appended_reads_back_from_memory_and_from_the_spill_file() {
    let disk = Disk::default();
    let mut tapes = Tapes::new(300_000, Some(Box::new(disk.clone())));
    let (a, b) = (tapes.create(), tapes.create());
    let mut len = 0;
    for n in [1, 5, 1000, 70_000, 3, 200_000, 65_536, 300_000, 17] {
        assert_eq!(
            tapes.append(a, &pattern(len, n)),
            len as u64..(len + n) as u64
        );
        len += n;
        tapes.append(b, b"x");
    }
    assert!(!disk.bytes.borrow().is_empty(), "nothing was spilled");
    assert!(!tapes.is_full());
    let all = pattern(0, len);
    for range in [
        0..1,
        0..len,
        5..6,
        999..72_000,
        len - 1..len,
        len - 400_000..len - 5,
    ] {
        assert_eq!(
            tapes.copy(a, range.start as u64..range.end as u64),
            (all[range].to_vec(), true)
        );
    }
    assert_eq!(tapes.copy(b, 0..100), (b"xxxxxxxxx".to_vec(), true));
    disk.bytes.borrow_mut().clear();
    assert!(!tapes.copy(a, 0..10).1, "what the disk lost is missing");
}

#[test]
fn received_bytes_go_through_the_lent_buffer() {
    let mut tapes = Tapes::new(10 << 20, None);
    let a = tapes.create();
    let mut len = 0;
    for n in (0..2000).map(|k| if k % 7 == 0 { k * 20 } else { k % 900 }) {
        let buf = tapes.room(a, 65_536);
        assert!(buf.capacity() - buf.len() >= 65_536);
        buf.extend_from_slice(&pattern(len, n));
        assert_eq!(tapes.commit(a), len as u64..(len + n) as u64);
        len += n;
    }
    assert!(
        tapes.held_bytes < 2 * len,
        "short reads hold {} bytes for {len}",
        tapes.held_bytes
    );
    assert_eq!(tapes.copy(a, 0..len as u64), (pattern(0, len), true));
}

#[test]
fn a_busy_disk_fills_the_tapes_and_a_free_one_relieves_them() {
    let disk = Disk::default();
    let mut tapes = Tapes::new(100_000, Some(Box::new(disk.clone())));
    let a = tapes.create();
    *disk.busy.borrow_mut() = true;
    while !tapes.is_full() {
        tapes.append(a, &[7; 10_000]);
    }
    *disk.busy.borrow_mut() = false;
    tapes.relieve();
    assert!(!tapes.is_full());
    let len = tapes.len(a);
    assert_eq!(tapes.copy(a, 0..len), (vec![7; index(len)], true));
}

#[test]
fn trimming_keeps_the_newest() {
    let mut tapes = Tapes::new(1 << 20, None);
    let a = tapes.create();
    tapes.append(a, &pattern(0, 400_000));
    tapes.trim(a, 1000);
    assert_eq!((tapes.start(a), tapes.len(a)), (399_000, 400_000));
    assert_eq!(
        tapes.copy(a, 399_000..400_000),
        (pattern(399_000, 1000), true)
    );
    let half = [vec![0; 1000], pattern(399_000, 500)].concat();
    assert_eq!(tapes.copy(a, 398_000..399_500), (half, false));
    assert!(tapes.held_bytes < 400_000);
}

#[test]
fn boundaries_are_found_from_any_offset() {
    let mut tapes = Tapes::new(1 << 20, None);
    let mut ends = Boundaries::default();
    let mut all = Vec::new();
    let mut end = 0;
    for k in 0..3000_u64 {
        let len = if k % 97 == 0 { 0 } else { k % 300 };
        let time = Duration::from_millis(k * 3);
        ends.push(&mut tapes, len, time);
        all.push(Boundary {
            start: end,
            end: end + len,
            time,
        });
        end += len;
    }
    for from in [0, 1, 299, 5000, end - 1, end] {
        let mut found = Vec::new();
        ends.from(&tapes, from, &mut |_, boundary| {
            found.push(boundary);
            true
        });
        let expected: Vec<_> = all.iter().copied().filter(|b| b.end >= from).collect();
        assert_eq!(found, expected, "from {from}");
    }
    for k in [0, 1, 255, 256, 2999] {
        assert_eq!(ends.nth(&tapes, k), all.get(index(k)).copied());
    }
    assert_eq!(ends.nth(&tapes, 3000), None);
}

#[test]
fn a_read_that_finds_nothing_leaves_no_piece_that_hides_the_next() {
    let disk = Disk::default();
    let mut tapes = Tapes::new(600_000, Some(Box::new(disk)));
    let (a, b) = (tapes.create(), tapes.create());
    let mut len = 0;
    let mut read = |tapes: &mut Tapes, want: usize, n: usize| {
        let buf = tapes.room(a, want);
        buf.extend_from_slice(&pattern(len, n));
        if n > 0 {
            tapes.commit(a);
        }
        len += n;
    };
    for round in 0..20 {
        read(&mut tapes, 200_000, 200_000);
        read(&mut tapes, 1000, 0);
        read(&mut tapes, 256 << 10, 0);
        if round % 2 == 0 {
            // Whatever is held goes to the disk, the empty piece too.
            tapes.append(b, &vec![1; 900_000]);
        }
        read(&mut tapes, 256 << 10, 20_000);
    }
    assert!(!tapes.is_full(), "{} bytes are held", tapes.held_bytes);
    let held: usize = tapes
        .tapes
        .iter()
        .flat_map(|tape| &tape.pieces)
        .map(|piece| match &piece.place {
            Place::Memory(buf) => buf.capacity(),
            _ => 0,
        })
        .sum();
    assert_eq!(tapes.held_bytes, held);
    assert_eq!(tapes.copy(a, 0..len as u64), (pattern(0, len), true));
    for tape in &tapes.tapes {
        assert!(
            tape.pieces
                .windows(2)
                .all(|two| two[0].start < two[1].start)
        );
    }
}

#[test]
fn bytes_that_are_passed_on_are_those_of_the_other_tape_up_to_the_first_of_its_own() {
    let mut tapes = Tapes::new(1 << 20, None);
    let (from, to) = (tapes.create(), tapes.create());
    tapes.append(from, b"abcdef");
    assert!(!tapes.is_alias_upto(to, 0) && !tapes.is_alias(to));
    tapes.pass(to, from, 0..4);
    assert!(tapes.is_alias(to) && tapes.is_alias_upto(to, 4));
    assert!(!tapes.is_alias_upto(to, 5));
    tapes.append(to, b"own");
    assert!(!tapes.is_alias(to) && tapes.is_alias_upto(to, 4));
    assert_eq!(tapes.copy(to, 0..7), (b"abcdown".to_vec(), true));
    // What was its own stays so when it is dropped, and does not become the other's.
    let other = tapes.create();
    tapes.append(other, b"mine");
    tapes.trim(other, 0);
    tapes.pass(other, from, 4..6);
    assert!(!tapes.is_alias_upto(other, 6));
    assert_eq!(tapes.copy(other, 4..6), (b"ef".to_vec(), true));
    assert!(!tapes.copy(other, 0..4).1);
}

#[test]
fn what_is_missing_where_bytes_are_passed_from_is_missing_where_they_go() {
    let mut tapes = Tapes::new(1 << 20, None);
    let (from, to) = (tapes.create(), tapes.create());
    tapes.append(from, b"ab");
    tapes.lack(from, 3);
    tapes.append(from, b"cd");
    tapes.append(to, b"own");
    assert_eq!(tapes.pass(to, from, 1..6), 3..8);
    let mut shown = Vec::new();
    tapes.visit(to, 0..8, &mut |part, bytes| {
        shown.push((part, bytes.map(<[u8]>::to_vec)));
    });
    let bytes = |text: &[u8]| Some(text.to_vec());
    assert_eq!(
        shown,
        [(0..4, bytes(b"ownb")), (4..7, None), (7..8, bytes(b"c"))]
    );
}

#[test]
fn the_place_of_a_forgotten_tape_is_used_again_once_nothing_tells_of_what_stood_there() {
    let mut tapes = Tapes::new(1 << 20, None);
    let old = tapes.create();
    tapes.append(old, b"old");
    tapes.forget(&[old]);
    // A piece of the old one still stands in the order of all pieces.
    assert_ne!(tapes.create(), old);
    for _ in 0..1000 {
        let tape = tapes.create();
        tapes.append(tape, b"new");
        tapes.forget(&[tape]);
    }
    assert!(tapes.places() < 100, "{}", tapes.places());
    assert!(tapes.oldest.len() < 100, "{}", tapes.oldest.len());
}
