//! Recordings of our own: what a run recorded reads back as what happened; torn at any byte, as its beginning; and
//! mutated in any way, as something, in bounds.

use sockeye::event::{Dir, Event};
use sockeye::run::{Plan, Printer};
use sockeye::script::Script;

use super::dice::Dice;
use super::life::{self, Life};
use super::program::Program;
use super::recording::Recording;
use super::scripts::is_much;
use super::{Target, captures, texts};

pub const TARGET: Target = Target {
    name: "recordings",
    check,
    seeds,
};

/// How often a file is changed.
const CHANGES_MAX: usize = 8;

/// Longer files take long without holding anything else.
const FILE_MAX_BYTES: usize = 64 << 10;

fn check(data: &[u8]) {
    let mut dice = Dice::new(data);
    let seed = dice.byte();
    let changes = dice.below(CHANGES_MAX + 1);
    let decisions = dice.take(changes * 8);
    let Ok(text) = str::from_utf8(dice.rest()) else {
        return;
    };
    if is_much(text) {
        return;
    }
    let Some((file, life)) = recorded(seed, text) else {
        return;
    };
    if file.len() > FILE_MAX_BYTES {
        return;
    }
    torn(&file, &life, &mut Dice::new(decisions));
    let mut changed = file.clone();
    let mut dice = Dice::new(decisions);
    for _ in 0..changes {
        change(&mut changed, &file, &mut dice);
    }
    if changed.len() <= 2 * FILE_MAX_BYTES {
        captures::check(&changed);
    }
}

/// What a script recorded.
fn recorded(seed: u8, text: &str) -> Option<(Vec<u8>, Life)> {
    let script = Script::parse(text).ok()?;
    let mut os = Program::new(u64::from(seed & 0x7f));
    let plan = Plan {
        script: Some(script),
        record: Some(life::FILE.to_owned()),
        ..Plan::default()
    };
    let life = life::live(&mut os, &mut Printer::new("FILE".to_owned(), true), plan);
    Some((os.kernel.made(life::FILE)?, life))
}

/// What is left of a file whose end is lost is the beginning of what it was; more bytes never tell less.
fn torn(file: &[u8], life: &Life, dice: &mut Dice<'_>) {
    let whole = Recording::read(file);
    let events = whole.events();
    assert!(life.events().starts_with(&events) || events.len() < life.events().len());
    let mut cuts: Vec<usize> = (0..4).map(|_| dice.below(file.len() + 1)).collect();
    cuts.sort_unstable();
    let mut before: Vec<Event> = Vec::new();
    for cut in cuts {
        let part = Recording::read(&file[..cut]);
        assert_eq!(part.wrong, None, "cut at {cut} of {}", file.len());
        let left = part.events();
        assert!(
            events.starts_with(&left),
            "cut at {cut} it tells of other events"
        );
        assert!(left.starts_with(&before), "more bytes tell less");
        before = left;
        for conn in part.session.conns().iter() {
            for dir in Dir::BOTH {
                let len = part
                    .session
                    .lane(conn.id, dir)
                    .map_or(0, sockeye::session::Lane::len);
                let (bytes, is_there) = part.session.bytes(conn.id, dir, 0..len);
                let (all, _) = whole.session.bytes(conn.id, dir, 0..len);
                assert!(!is_there || bytes == all, "other bytes when cut at {cut}");
            }
        }
    }
}

/// A change by eight bytes of decisions.
fn change(file: &mut Vec<u8>, original: &[u8], dice: &mut Dice<'_>) {
    let (what, at, len) = (dice.byte(), dice.below(file.len() + 1), dice.below(4096));
    let (value, from) = (dice.byte(), dice.below(original.len() + 1));
    let end = (at + len).min(file.len());
    match what % 8 {
        0 => file.truncate(at),
        1 | 2 => {
            if let Some(byte) = file.get_mut(at) {
                *byte ^= 1 << (value % 8);
            }
        }
        3 => {
            if let Some(byte) = file.get_mut(at) {
                *byte = value;
            }
        }
        4 => drop(file.drain(at..end)),
        5 => {
            let piece = original.get(from..(from + len).min(original.len()));
            file.splice(at..at, piece.unwrap_or_default().iter().copied());
        }
        6 => {
            let piece = original.get(from..(from + len).min(original.len()));
            file.splice(at..end, piece.unwrap_or_default().iter().copied());
        }
        _ => {
            // A length or number that means much.
            let word: u32 =
                [0, 1, u32::MAX, i32::MAX.unsigned_abs(), 12, 1 << 24][usize::from(value % 6)];
            let aligned = at / 4 * 4;
            for (place, byte) in file.iter_mut().skip(aligned).zip(word.to_le_bytes()) {
                *place = byte;
            }
        }
    }
}

/// The files that the scripts of the tests record.
pub fn files() -> Vec<Vec<u8>> {
    let scripts = texts::scripts().into_iter();
    let texts = scripts.filter_map(|text| String::from_utf8(text).ok());
    let files = texts
        .filter(|text| !is_much(text))
        .step_by(8)
        .filter_map(|text| recorded(0, &text));
    files
        .map(|(file, _)| file)
        .filter(|file| file.len() < 6000)
        .collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let scripts = texts::scripts().into_iter().zip(0_u8..);
    let seed = |(text, n): (Vec<u8>, u8)| {
        let mut seed = vec![n & 0x7f, 4];
        seed.extend((0..32_u8).map(|k| k.wrapping_mul(29).wrapping_add(n.wrapping_mul(91))));
        seed.extend(text);
        seed
    };
    scripts.step_by(3).map(seed).collect()
}
