//! What storms do to rules and to naive readers.

use super::*;
use crate::framing::FRAMINGS;
use crate::words::Words;

fn storm(words: &str, bytes: &[u8]) -> Storm {
    let cut = Cut::parse(&mut Words::new(words, 0)).unwrap();
    Storm::new(cut, bytes, Sight::default(), 7)
}

fn done(words: &str, bytes: &[u8], slice: usize) -> Storm {
    let mut storm = storm(words, bytes);
    let mut before = 0.0;
    while storm.step(slice) {
        assert!(storm.progress() >= before);
        before = storm.progress();
    }
    assert!((storm.progress() - 1.0).abs() < 1e-9);
    storm
}

/// The grid as two lines: a point where a cut changes nothing, an x where it does.
fn picture(storm: &Storm) -> [String; 2] {
    let sign = |effect: Effect| match effect {
        Effect::Unknown => '?',
        Effect::Same => '.',
        Effect::Changed => 'x',
    };
    let grid = storm.grid().iter();
    [
        grid.clone().map(|cell| sign(cell.rule)).collect(),
        grid.map(|cell| sign(cell.naive)).collect(),
    ]
}

#[test]
fn a_naive_reader_survives_only_cuts_between_messages() {
    let storm = done("len u8", b"\x02ab\x03cde\x01f", 1000);
    assert_eq!(picture(&storm), ["........", "xx.xxx.x"]);
    assert_eq!(storm.messages().len(), 3);
    let single = storm.score(Kind::Single);
    assert_eq!((single.planned, single.tried), (8, 8));
    assert_eq!((single.rule_changed, single.naive_changed), (0, 6));
    assert_eq!(storm.score(Kind::Pair).tried, 28);
    assert_eq!(storm.score(Kind::Pair).rule_changed, 0);
    // Of two cuts both must stand between messages: one pair of all.
    assert_eq!(storm.score(Kind::Pair).naive_changed, 27);
    assert_eq!(storm.score(Kind::Bytes).naive_changed, 1);
    assert!(storm.rule_examples().is_empty());
    let example = storm.naive_examples().first().unwrap();
    assert_eq!(
        (example.kind, example.cuts.as_slice()),
        (Kind::Single, &[1][..])
    );
    let broken = storm.naive_messages(&[1]);
    assert_eq!(broken.first().unwrap().range, 0..1);
}

#[test]
fn raw_is_what_the_reads_make_of_it() {
    let storm = done("raw", b"abc", 1000);
    assert_eq!(picture(&storm), ["xx", "xx"]);
    assert_eq!(storm.rule_examples().len(), EXAMPLES_MAX);
}

#[test]
fn slices_and_repetition_change_nothing() {
    let bytes = b"3:abc,0:,5:hello,2:x";
    let told = |slice| {
        let storm = done("netstring", bytes, slice);
        let scores = Kind::ALL.map(|kind| storm.score(kind));
        format!("{:?} {scores:?} {:?}", storm.grid(), storm.naive_examples())
    };
    assert_eq!(told(1), told(1 << 20));
    assert_eq!(told(777), told(1 << 20));
}

#[test]
fn nothing_one_byte_and_too_much() {
    assert!(done("line", b"", 10).grid().is_empty());
    assert!(done("line", b"a", 10).grid().is_empty());
    let much = storm("line", &[b'a'; STORM_MAX_BYTES + 1]);
    assert_eq!(much.bytes().len(), STORM_MAX_BYTES);
    assert_eq!(much.grid().len(), STORM_MAX_BYTES - 1);
    assert!(much.progress() < 0.1 && much.grid()[0] == Cell::default());
}

#[test]
fn no_rule_reads_other_messages_but_those_that_cut_by_reads() {
    let bytes =
        b"\0\x05hello\0\x02ab\r\n3:abc,GET / HTTP/1.1\r\n\r\n\x0b\x1c\r\0\xc0\xdb\xdc\x7e\x05";
    for framing in FRAMINGS {
        let rules = match framing.examples() {
            [] => vec![framing.name()],
            examples => examples.to_vec(),
        };
        for words in rules {
            let storm = done(words, bytes, 1 << 20);
            let changed: u64 = Kind::ALL
                .iter()
                .map(|kind| storm.score(*kind).rule_changed)
                .sum();
            assert_eq!(changed > 0, words == "raw", "{words}");
        }
    }
}
