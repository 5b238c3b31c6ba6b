//! Streams that look like something, and streams that look like nothing; `tests/guess.rs` asks for every rule.

use super::*;
use crate::words::Words;

/// The guess about bytes that came in reads with these ends, made in slices.
fn guessed(bytes: &[u8], ends: &[u64], sight: Sight, slice: usize) -> Guess {
    let mut guess = Guess::new(bytes, ends, sight);
    let mut before = 0.0;
    while guess.step(slice) {
        assert!(guess.ranking().is_empty() && guess.progress() >= before);
        before = guess.progress();
    }
    guess
}

/// The first of the ranking: words, evidence.
fn first(bytes: &[u8], ends: &[u64]) -> String {
    let guess = guessed(bytes, ends, Sight::default(), 1 << 20);
    match guess.ranking().first() {
        Some(verdict) => format!("{}: {}", verdict.cut.words(), verdict.evidence),
        None => guess.why_none(),
    }
}

/// Messages as a rule frames them, and where they end.
fn stream(words: &str, payloads: &[&[u8]]) -> (Vec<u8>, Vec<u64>) {
    let cut = Cut::parse(&mut Words::new(words, 0)).unwrap();
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    for payload in payloads {
        bytes.extend(cut.rule.encode(payload).unwrap());
        ends.push(bytes.len() as u64);
    }
    (bytes, ends)
}

const WORDS: &[&[u8]] = &[
    b"hello",
    b"to whom it may concern",
    b"a",
    b"the quick brown fox",
    b"jumps",
    b"over the lazy",
    b"dog and back again",
    b"twice",
    b"then it sleeps",
    b"good night",
];

#[test]
fn a_length_is_told_with_what_it_counts() {
    let (bytes, ends) = stream("len u16be incl", WORDS);
    assert_eq!(
        first(&bytes, &ends),
        "len u16be incl: 10 of 10 reads are messages, 100% of the bytes; elsewhere 0 of 59 places \
         would do; first bytes unlike all others; next best `varint` with 3; \
         cuts like `len u16be adjust -2`, `len u8 at 1 incl`, `len varint at 1 incl`, \
         `len u8 at 1 adjust -2`"
    );
}

#[test]
fn protocols_come_before_lengths_and_lines_before_delimiters() {
    let starts = |bytes: &[u8], ends: &[u64], words: &str| {
        let told = first(bytes, ends);
        assert!(told.starts_with(words), "{told}");
    };
    let (bytes, ends) = stream("modbus", WORDS.get(1..2).unwrap().repeat(5).as_slice());
    starts(&bytes, &ends, "modbus: ");
    let (bytes, _) = stream("netstring", WORDS);
    starts(&bytes, &[], "netstring: ");
    let (bytes, _) = stream("line", WORDS);
    starts(&bytes, &[], "line: ");
    let (bytes, _) = stream("delim 00", WORDS);
    starts(&bytes, &[], "delim 00: ");
    let (bytes, ends) = stream("delim ff01", WORDS);
    starts(&bytes, &ends, "delim ff 01: ");
}

#[test]
fn too_little_and_noise_convince_nobody() {
    assert_eq!(first(b"", &[]), "there are no bytes");
    let none = "no framing finds 3 messages, and fewer say nothing";
    assert_eq!(first(b"\xf1", &[1]), none);
    let (bytes, ends) = stream("len u32be", WORDS.get(..2).unwrap());
    let told = first(&bytes, &ends);
    assert!(told.starts_with("no framing"), "{told}");
    // A length of one byte fits any bytes.
    let mut state = 7_u64;
    let mut byte = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        state.to_be_bytes()[0]
    };
    let noise: Vec<u8> = (0..2000).map(|_| byte()).collect();
    let told = first(&noise, &[]);
    assert!(told.starts_with("no framing fits more"), "{told}");
}

#[test]
fn slices_change_nothing() {
    let (bytes, ends) = stream("len u24le at 1", WORDS);
    let told = |slice| {
        format!(
            "{:?}",
            guessed(&bytes, &ends, Sight::default(), slice).ranking()
        )
    };
    assert_eq!(told(1), told(1 << 30));
    assert_eq!(told(5000), told(1 << 30));
}

#[test]
fn of_a_long_stream_the_first_bytes_are_looked_at() {
    let (mut bytes, ends) = stream("netstring", &WORDS.repeat(700));
    assert!(bytes.len() > LOOKED_AT_BYTES);
    // What comes behind them is no matter.
    bytes.extend([0xff; 5000]);
    let told = first(&bytes, &ends);
    assert!(told.starts_with("netstring: "), "{told}");
}

#[test]
fn datagrams_are_cut_alone() {
    let heads: Vec<Vec<u8>> = (0..9_u8)
        .map(|i| vec![i, 0, 0, 0, 0, 3, 17, 3, i])
        .collect();
    let bytes = heads.concat();
    let ends: Vec<u64> = (1..=9).map(|nth| nth * 9).collect();
    let sight = Sight {
        datagrams: true,
        ..Sight::default()
    };
    let guess = guessed(&bytes, &ends, sight, 1 << 20);
    let verdict = guess.ranking().first().unwrap();
    assert_eq!(verdict.cut.words(), "modbus");
    assert!(
        verdict
            .evidence
            .starts_with("9 of 9 datagrams are messages")
    );
}
