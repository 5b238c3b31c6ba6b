//! Tapes against plain vectors: whatever is appended, received, passed on, adopted, trimmed and forgotten, in whatever
//! order, while the disk is behind or loses what it has, what a tape shows is what it was given, or said to be missing.

mod disk;
mod model;

use std::time::Duration;

use sockeye::tape::{Boundaries, Boundary, Tapes};

use super::Target;
use super::dice::Dice;
use disk::{Disk, File};
use model::Model;

pub const TARGET: Target = Target {
    name: "tapes",
    check,
    seeds,
};

/// How many things happen at the most, and how many bytes come: an input shall not take long.
const STEPS_MAX: usize = 400;
const BYTES_MAX: usize = 3 << 20;

/// What the tapes may keep.
const BUDGETS: [usize; 4] = [1 << 10, 100_000, 1 << 20, 16 << 20];

fn check(data: &[u8]) {
    let mut dice = Dice::new(data);
    let (disk, file) = (Disk::default(), File::default());
    let budget = dice.of(&BUDGETS);
    let spill: Option<Box<dyn sockeye::event::Spill>> = if dice.is() {
        Some(Box::new(disk.clone()))
    } else {
        None
    };
    let has_disk = spill.is_some();
    let mut tapes = Tapes::new(budget, spill);
    let shelf = tapes.shelve(Box::new(file.clone()));
    let mut model = Model::new(file, shelf);
    let (mut ends, mut pushed) = (Boundaries::default(), Vec::new());
    for _ in 0..STEPS_MAX {
        if dice.is_empty() || model.given > BYTES_MAX {
            break;
        }
        match dice.below(20) {
            0..=13 => model.step(&mut tapes, &mut dice),
            14 => disk.be_busy(dice.is()),
            15 => {
                if dice.below(8) == 0 {
                    disk.lose();
                }
            }
            16 => tapes.leave(dice.len(20)),
            17 => {
                tapes.relieve();
                assert!(
                    !has_disk || disk.is_busy() || !tapes.is_full() || budget < model.open_bytes(),
                    "the disk takes all, and there is no room"
                );
            }
            _ => push(&mut ends, &mut pushed, &mut tapes, &mut dice),
        }
        model.has_lost = disk.has_lost();
    }
    model.compare_all(&mut tapes);
    if !disk.has_lost() {
        bounded(&ends, &pushed, &tapes, dice.byte());
    }
}

/// A read ended.
fn push(ends: &mut Boundaries, pushed: &mut Vec<Boundary>, tapes: &mut Tapes, dice: &mut Dice<'_>) {
    let last = pushed.last().copied();
    let (start, before) = last.map_or((0, Duration::ZERO), |last| (last.end, last.time));
    for _ in 0..dice.below(100) {
        let start = pushed.last().map_or(start, |last| last.end);
        let len = dice.len(18) as u64;
        let time = before + Duration::from_micros(dice.len(20) as u64);
        let time = pushed.last().map_or(time, |last| last.time.max(time));
        ends.push(tapes, len, time);
        pushed.push(Boundary {
            start,
            end: start + len,
            time,
        });
    }
}

/// The ends of reads are found from anywhere.
fn bounded(ends: &Boundaries, pushed: &[Boundary], tapes: &Tapes, at: u8) {
    assert_eq!(ends.count(), pushed.len() as u64);
    let len = pushed.last().map_or(0, |last| last.end);
    for from in [0, 1, len * u64::from(at) / 256, len] {
        let mut found = Vec::new();
        ends.from(tapes, from, &mut |at, boundary| {
            found.push((at, boundary));
            true
        });
        let places = pushed.iter().enumerate();
        let wanted = places.filter(|(_, boundary)| boundary.end >= from);
        let wanted: Vec<_> = wanted.map(|(at, end)| (at as u64, *end)).collect();
        assert_eq!(found, wanted, "from {from} of {len}");
    }
    for at in [
        0,
        pushed.len() / 2,
        pushed.len().saturating_sub(1),
        pushed.len(),
    ] {
        assert_eq!(ends.nth(tapes, at as u64), pushed.get(at).copied());
    }
}

/// All kinds of steps, with short and with long pieces.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (budget, len) in [
        (0, 0x28),
        (1, 0xfd),
        (2, 0xff),
        (3, 0x8f),
        (1, 0x0c),
        (0, 0x91),
        (2, 0x6e),
    ] {
        let mut seed = vec![budget, 1, 0, 0];
        for round in 0..12_u8 {
            for step in 0..20 {
                seed.extend([step, round, len, round.wrapping_mul(37), 1]);
            }
        }
        seeds.push(seed);
    }
    seeds
}
