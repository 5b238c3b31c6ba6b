//! What may be guessed: every protocol of the table as it stands there, and the rules with parameters in all the forms
//! that people give them. Among rules that cut alike, the one that comes first here is told.

use std::collections::{HashSet, VecDeque};

use super::trial::Subject;
use crate::expr::Expr;
use crate::framing::{Cut, FRAMINGS};
use crate::words::Words;

/// Types of a length: at one place the wide before the narrow, since zeros before a small number belong to it.
const TYPES: &[(&str, i32)] = &[
    ("u64be", 8),
    ("u64le", 8),
    ("u32be", 4),
    ("u32le", 4),
    ("u24be", 3),
    ("u24le", 3),
    ("u16be", 2),
    ("u16le", 2),
    ("u8", 1),
    ("varint", 1),
];

/// Lengths in digits: few protocols have them far from the start.
const DIGITS: std::ops::RangeInclusive<i32> = 1..=8;

/// How far from the first byte a length is looked for.
const AT_MAX: i32 = 16;

/// How far from the first byte a length in digits is looked for.
const DIGITS_AT_MAX: i32 = 4;

/// How much may be added to a length or taken from it.
const ADJUST_MAX: i32 = 8;

/// Records of one length are looked for up to this one.
const FIXED_MAX_BYTES: usize = 512;

/// The longest delimiter that is looked for.
const DELIMITER_MAX_BYTES: usize = 8;

/// Delimiters that are tried whether or not they stand out.
const DELIMITERS: &[&[u8]] = &[
    b"\0",
    b"\r",
    b";",
    b",",
    b"|",
    b"\x03",
    b"\x04",
    b"\x1e",
    b"\r\n\r\n",
    b"\n\n",
    b"\r\n",
];

/// How many pairs of bytes that stand out are tried as delimiters.
const PAIRS_MAX: usize = 16;

/// A rule that is tried.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) cut: Cut,
    /// The name says it all: it is no rule whose parameters were sought.
    pub(super) is_named: bool,
    /// As a power of two, of how many it is one: what was sought among more convinces less.
    pub(super) sought_bits: f64,
    /// Position among all.
    pub(super) order: usize,
}

/// All of them, in order.
#[derive(Debug)]
pub(super) struct Candidates {
    left: VecDeque<(String, bool, f64)>,
    count: usize,
}

impl Candidates {
    pub(super) fn new(subject: &Subject) -> Self {
        let mut left = VecDeque::new();
        let mut seen = HashSet::new();
        let mut add = |mut all: Vec<String>, is_named| {
            all.retain(|words| seen.insert(words.clone()));
            let sought = f64::from(u32::try_from(all.len().max(1)).unwrap_or(u32::MAX)).log2();
            left.extend(all.into_iter().map(|words| (words, is_named, sought)));
        };
        add(named(), true);
        add(delimiters(subject), false);
        add(lengths(), false);
        add(digits(), false);
        add(records(), false);
        add(fixed(subject), false);
        let count = left.len();
        Self { left, count }
    }

    /// The next that is a rule.
    pub(super) fn next(&mut self) -> Option<Candidate> {
        loop {
            let (words, is_named, sought_bits) = self.left.pop_front()?;
            let order = self.count - self.left.len();
            let mut cursor = Words::new(&words, 0);
            if let Ok(cut) = Cut::parse(&mut cursor) {
                return Some(Candidate {
                    cut,
                    is_named,
                    sought_bits,
                    order,
                });
            }
        }
    }

    pub(super) fn progress(&self) -> f64 {
        let done = self.count - self.left.len();
        super::evidence::ratio(done as u64, self.count as u64)
    }
}

/// The rules of the table that need no parameters, with their examples.
fn named() -> Vec<String> {
    let mut all = Vec::new();
    for framing in FRAMINGS {
        let is_whole = framing.parse(&mut Words::new("", 0)).is_ok();
        if is_whole && framing.examples().is_empty() {
            all.push(framing.name().to_owned());
        } else if is_whole {
            all.extend(framing.examples().iter().map(ToString::to_string));
        }
    }
    all
}

fn delimiters(subject: &Subject) -> Vec<String> {
    let bytes = subject.bytes();
    let mut all: Vec<Vec<u8>> = Vec::new();
    all.extend(common_end(subject));
    all.extend(DELIMITERS.iter().map(|end| end.to_vec()));
    all.extend(pairs(bytes));
    let words = |end: &Vec<u8>| format!("delim {}", Expr::from_bytes(end));
    all.iter().map(words).collect()
}

/// What all reads end with.
fn common_end(subject: &Subject) -> Option<Vec<u8>> {
    let bytes = subject.bytes();
    let mut tails = Vec::new();
    let mut start = 0;
    for end in subject.ends() {
        tails.push(bytes.get(start..*end)?);
        start = *end;
    }
    let (first, others) = tails.split_first()?;
    let count = |tail: &&[u8]| {
        let pairs = first.iter().rev().zip(tail.iter().rev());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let len = others.iter().map(count).min()?.min(DELIMITER_MAX_BYTES);
    let end = first.get(first.len().checked_sub(len)?..)?;
    (len > 0).then(|| end.to_vec())
}

/// Pairs of bytes that stand together much more often than each alone would make them, as far as they go on alike.
fn pairs(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut singles = vec![0_u32; 256];
    let mut counts = vec![0_u32; 1 << 16];
    let add = |counts: &mut Vec<u32>, at: usize| {
        if let Some(count) = counts.get_mut(at) {
            *count += 1;
        }
    };
    for byte in bytes {
        add(&mut singles, usize::from(*byte));
    }
    for pair in bytes.windows(2) {
        if let [a, b] = *pair {
            add(&mut counts, usize::from(a) << 8 | usize::from(b));
        }
    }
    let all = bytes.len().max(1) as u64;
    let mut found: Vec<(u64, Vec<u8>)> = Vec::new();
    for (a, of_a) in (0..=255_u8).zip(&singles) {
        for (b, of_b) in (0..=255_u8).zip(&singles) {
            let at = usize::from(a) << 8 | usize::from(b);
            let count = u64::from(counts.get(at).copied().unwrap_or_default());
            let expected = u64::from(*of_a) * u64::from(*of_b) / all;
            if a != b && count >= 3 && count > expected * 4 {
                found.push((count - expected, vec![a, b]));
            }
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    found.truncate(PAIRS_MAX);
    let mut ends = Vec::new();
    for (_, pair) in found {
        ends.push(pair.clone());
        ends.push(extended(bytes, pair));
    }
    ends
}

/// A sequence with what stands behind it each time.
fn extended(bytes: &[u8], mut end: Vec<u8>) -> Vec<u8> {
    while end.len() < DELIMITER_MAX_BYTES {
        let places = memchr::memmem::find_iter(bytes, &end);
        let mut behind = places.map(|at| bytes.get(at + end.len()).copied());
        let Some(Some(next)) = behind.next() else {
            break;
        };
        if !behind.all(|byte| byte == Some(next)) {
            break;
        }
        end.push(next);
    }
    end
}

/// A length and what it counts: what follows, all, itself too, or something more or less.
fn lengths() -> Vec<String> {
    let mut all = Vec::new();
    let at_words = |at: i32| match at {
        0 => String::new(),
        at => format!(" at {at}"),
    };
    let everywhere = |adjust: &dyn Fn(i32) -> String, all: &mut Vec<String>| {
        for at in 0..=AT_MAX {
            for (kind, width) in TYPES {
                all.push(format!("len {kind}{}{}", at_words(at), adjust(*width)));
            }
        }
    };
    everywhere(&|_| String::new(), &mut all);
    everywhere(&|_| " incl".to_owned(), &mut all);
    everywhere(&|width| format!(" adjust -{width}"), &mut all);
    for adjust in 1..=ADJUST_MAX {
        everywhere(&|_| format!(" adjust +{adjust}"), &mut all);
        everywhere(&|_| format!(" adjust -{adjust}"), &mut all);
    }
    all
}

fn digits() -> Vec<String> {
    let mut all = Vec::new();
    for adjust in [
        "",
        " incl",
        " adjust +1",
        " adjust -1",
        " adjust +2",
        " adjust -2",
    ] {
        for at in 0..=DIGITS_AT_MAX {
            let at = match at {
                0 => String::new(),
                at => format!(" at {at}"),
            };
            for digits in DIGITS.rev() {
                all.push(format!("len dec{digits}{at}{adjust}"));
                all.push(format!("len hex{digits}{at}{adjust}"));
            }
        }
    }
    all
}

/// Type, length, value.
fn records() -> Vec<String> {
    let mut all = Vec::new();
    for kind in ["u8", "u16be", "u32be", "u16le", "u32le"] {
        for length in ["u8", "u16be", "u32be", "u16le", "u32le", "varint"] {
            all.push(format!("tlv {kind} {length}"));
        }
    }
    all
}

/// Records of one length, of which all hold a whole number.
fn fixed(subject: &Subject) -> Vec<String> {
    let len = subject.bytes().len();
    let is_whole = |bytes: &usize| subject.is_cut() || len.is_multiple_of(*bytes);
    (2..=FIXED_MAX_BYTES)
        .filter(is_whole)
        .map(|bytes| format!("fixed {bytes}"))
        .collect()
}
