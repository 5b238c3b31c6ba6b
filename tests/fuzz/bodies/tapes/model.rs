//! What the tapes hold, by a second and simpler account of it: a vector for each, and what may be missing.

use std::ops::Range;

use sockeye::tape::{ShelfId, TapeId, Tapes};

use super::super::dice::Dice;
use super::disk::File;

/// How many tapes there are at the most.
const TAPES_MAX: usize = 6;

/// The longest piece in memory, of which each tape may hold one that is open, twice while it grows.
const PIECE_MAX_BYTES: usize = 512 << 10;

/// All tapes.
#[derive(Debug)]
pub struct Model {
    known: Vec<Known>,
    file: File,
    shelf: ShelfId,
    /// How many bytes there were ever.
    pub given: usize,
    /// The disk lost what it had.
    pub has_lost: bool,
}

/// One tape.
#[derive(Debug)]
struct Known {
    tape: TapeId,
    /// `None`: nobody has the byte.
    bytes: Vec<Option<u8>>,
    /// Its first bytes may be those of another.
    passed_from: Option<TapeId>,
}

impl Model {
    pub fn new(file: File, shelf: ShelfId) -> Self {
        Self {
            known: Vec::new(),
            file,
            shelf,
            given: 0,
            has_lost: false,
        }
    }

    /// How many bytes the tapes may hold because they are being written to.
    pub fn open_bytes(&self) -> usize {
        (self.known.len() + 2) * PIECE_MAX_BYTES
    }

    /// Something happens to one of the tapes.
    pub fn step(&mut self, tapes: &mut Tapes, dice: &mut Dice<'_>) {
        let what = dice.below(14);
        if self.known.is_empty() || (what == 0 && self.known.len() < TAPES_MAX) {
            let tape = tapes.create();
            assert_eq!((tapes.len(tape), tapes.start(tape)), (0, 0), "a used tape");
            self.known.push(Known {
                tape,
                bytes: Vec::new(),
                passed_from: None,
            });
            return;
        }
        let at = dice.below(self.known.len());
        match what {
            1..=3 => {
                let bytes = self.fresh(dice.len(18));
                let start = tapes.len(self.known[at].tape);
                let range = tapes.append(self.known[at].tape, &bytes);
                assert_eq!(range, start..start + bytes.len() as u64);
                self.known[at].give(&bytes);
            }
            4 | 5 => self.receive(at, tapes, dice),
            6 => {
                let keep = dice.len(18) as u64;
                tapes.trim(self.known[at].tape, keep);
            }
            7 => self.pass(at, tapes, dice),
            8 => {
                let bytes = self.fresh(dice.len(16));
                let place = self.file.push(dice.below(9), &bytes);
                let tape = self.known[at].tape;
                tapes.adopt(tape, self.shelf, place, bytes.len() as u64);
                self.known[at].give(&bytes);
            }
            9 => {
                let len = dice.len(12);
                tapes.lack(self.known[at].tape, len as u64);
                self.known[at].bytes.extend(vec![None; len]);
            }
            10 => self.place(at, tapes, dice),
            11 if dice.below(4) == 0 => self.forget(at, tapes),
            12 => self.slice(at, tapes, dice),
            _ => {
                let range = self.known[at].some(dice);
                self.compare(at, range, tapes);
            }
        }
    }

    /// Bytes that differ from place to place.
    fn fresh(&mut self, len: usize) -> Vec<u8> {
        let from = self.given;
        self.given += len;
        let byte = |n: usize| u8::try_from((n * 7 + n / 251) % 256).unwrap_or(0);
        (from..from + len).map(byte).collect()
    }

    fn receive(&mut self, at: usize, tapes: &mut Tapes, dice: &mut Dice<'_>) {
        let (want, share) = (1 + dice.len(18), dice.below(256));
        let bytes = self.fresh(want * share / 255);
        let tape = self.known[at].tape;
        let start = tapes.len(tape);
        let buf = tapes.room(tape, want);
        assert!(buf.capacity() - buf.len() >= want, "no room for {want}");
        buf.extend_from_slice(&bytes);
        if !bytes.is_empty() || share == 1 {
            assert_eq!(tapes.commit(tape), start..start + bytes.len() as u64);
        }
        self.known[at].give(&bytes);
    }

    /// A tap passed bytes on unchanged: the next ones, as a rule.
    fn pass(&mut self, at: usize, tapes: &mut Tapes, dice: &mut Dice<'_>) {
        let to = dice.below(self.known.len());
        if at == to {
            return;
        }
        let (from, into) = (self.known[at].tape, self.known[to].tape);
        let start = match dice.below(4) {
            0 => dice.len(18) as u64,
            _ => tapes.len(into),
        };
        // Nobody passes on what is gone, nor what he has of somebody else.
        let start = start.max(tapes.start(from));
        let end = tapes.len(from).min(start + dice.len(18) as u64);
        if start >= end || self.known[at].passed_from.is_some() || self.has_lost {
            return;
        }
        let range = index(start)..index(end);
        let bytes = self.known[at].bytes[range].to_vec();
        self.given += bytes.len();
        tapes.pass(into, from, start..end);
        let aliases = tapes.is_alias(into).then_some(from);
        self.known[to].passed_from = self.known[to].passed_from.or(aliases);
        self.known[to].bytes.extend(bytes);
    }

    /// Bytes were recorded, too.
    fn place(&mut self, at: usize, tapes: &mut Tapes, dice: &mut Dice<'_>) {
        let range = self.known[at].some(dice);
        let bytes = &self.known[at].bytes[index(range.start)..index(range.end)];
        let bytes: Option<Vec<u8>> = bytes.iter().copied().collect();
        if let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) {
            let place = self.file.push(dice.below(3), &bytes);
            tapes.placed(self.known[at].tape, range, self.shelf, place);
        }
    }

    fn forget(&mut self, at: usize, tapes: &mut Tapes) {
        let tape = self.known[at].tape;
        if self
            .known
            .iter()
            .all(|known| known.passed_from != Some(tape))
        {
            tapes.forget(&[tape]);
            self.known.swap_remove(at);
        }
    }

    fn slice(&mut self, at: usize, tapes: &mut Tapes, dice: &mut Dice<'_>) {
        let range = self.known[at].some(dice);
        let tape = self.known[at].tape;
        let known = self.known[at].bytes[index(range.start)..index(range.end)].to_vec();
        let is_there = range.start >= tapes.start(tape) && !self.has_lost;
        let seen = tapes.slice(tape, range, dice.is());
        let known: Option<Vec<u8>> = known.into_iter().take(seen.len()).collect();
        if is_there && let Some(known) = known {
            assert!(seen == known, "{} bytes together", seen.len());
        }
    }

    /// All that the tapes show.
    pub fn compare_all(&self, tapes: &mut Tapes) {
        for (at, known) in self.known.iter().enumerate() {
            assert_eq!(tapes.len(known.tape), known.bytes.len() as u64);
            self.compare(at, 0..known.bytes.len() as u64, tapes);
        }
    }

    /// A range is shown in order and whole: each byte as it was given, or missing where it may be.
    fn compare(&self, at: usize, range: Range<u64>, tapes: &Tapes) {
        let known = &self.known[at];
        let (start, mut next) = (tapes.start(known.tape), range.start);
        tapes.visit(known.tape, range.clone(), &mut |part, bytes| {
            assert_eq!(part.start, next, "a gap");
            next = part.end;
            let wanted = &known.bytes[index(part.start)..index(part.end)];
            let Some(bytes) = bytes else {
                let is_known = wanted.iter().any(Option::is_some);
                let may = self.has_lost || part.end <= start || !is_known;
                assert!(may, "{part:?} is missing, from {start} on all is there");
                return;
            };
            assert_eq!(bytes.len(), wanted.len());
            let is_same = bytes
                .iter()
                .zip(wanted)
                .all(|(one, other)| Some(*one) == *other);
            assert!(is_same, "other bytes in {part:?}");
        });
        assert_eq!(next, range.end, "its end is not shown");
    }
}

impl Known {
    fn give(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes.iter().copied().map(Some));
    }

    /// Some range of it.
    fn some(&self, dice: &mut Dice<'_>) -> Range<u64> {
        let len = self.bytes.len();
        let from = if dice.is() {
            dice.len(20)
        } else {
            len.saturating_sub(dice.len(20))
        };
        let from = from.min(len);
        let end = (from + dice.len(20)).min(len);
        from as u64..end as u64
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
