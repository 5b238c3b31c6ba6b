//! What a direction makes of changed framings: what each one cuts, and the numbers of what it leaves.

use super::*;
use crate::words::Words;

/// A direction with bytes that one read brought.
fn lane(bytes: &[u8], rule: &str) -> (Tapes, Lane) {
    let mut tapes = Tapes::new(1 << 20, None);
    let mut lane = Lane::new(&mut tapes);
    tapes.append(lane.tape(), bytes);
    lane.ended_here(&mut tapes, bytes.len() as u64, Duration::ZERO);
    lane.tell(bytes.len() as u64);
    lane.reframe(rule_of(rule), 0, Sight::default());
    (tapes, lane)
}

/// No other direction is listened to.
fn alone(tapes: &Tapes) -> Beside<'_> {
    Beside { tapes, other: None }
}

fn rule_of(words: &str) -> Cut {
    Cut::parse(&mut Words::new(words, 0)).unwrap()
}

/// The ranges and numbers of all entries, once all is cut.
fn entries(tapes: &Tapes, lane: &mut Lane) -> Vec<(u64, u64, Option<u64>)> {
    while lane.cut(alone(tapes), Duration::MAX, 1000) {}
    assert!(lane.is_cut());
    lane.entries(alone(tapes), 0, usize::MAX)
        .into_iter()
        .map(
            |Entry {
                 number, message, ..
             }| (message.range.start, message.range.end, number),
        )
        .collect()
}

#[test]
fn what_holds_bytes_of_a_part_is_what_the_list_has_there() {
    let bytes = b"0123456\n\n01\n".repeat(20_000);
    let (tapes, mut lane) = lane(&bytes, "line");
    while lane.cut(alone(&tapes), Duration::MAX, 1000) {}
    lane.reframe(rule_of("fixed 5"), 150_002, Sight::default());
    let all = {
        entries(&tapes, &mut lane);
        lane.entries(alone(&tapes), 0, usize::MAX)
    };
    let len = bytes.len() as u64;
    for part in [
        0..1,
        8..9,
        3..30,
        65_530..65_600,
        149_990..150_020,
        len - 3..len,
        len..len + 9,
    ] {
        let holds = |entry: &&Entry| {
            let range = &entry.message.range;
            range.end > part.start && range.start < part.end
        };
        let expected: Vec<_> = all.iter().filter(holds).cloned().collect();
        assert_eq!(
            lane.entries_in(alone(&tapes), &part, 1000),
            expected,
            "{part:?}"
        );
        let two: Vec<_> = expected.into_iter().take(2).collect();
        assert_eq!(lane.entries_in(alone(&tapes), &part, 2), two, "{part:?}");
    }
}

#[test]
fn a_framing_from_inside_a_message_leaves_the_earlier_one_what_stands_before() {
    let (tapes, mut lane) = lane(b"abc\ndef\nghi\n", "raw");
    assert_eq!(entries(&tapes, &mut lane), [(0, 12, Some(1))]);
    let ranges = |lane: &mut Lane| -> Vec<_> {
        let entries = entries(&tapes, lane).into_iter();
        entries.map(|entry| (entry.0, entry.1)).collect()
    };
    lane.reframe(rule_of("line"), 4, Sight::default());
    assert_eq!(ranges(&mut lane), [(0, 4), (4, 8), (8, 12)]);
    lane.reframe(rule_of("fixed 2"), 6, Sight::default());
    let expected = [(0, 4), (4, 6), (6, 8), (8, 10), (10, 12)];
    assert_eq!(ranges(&mut lane), expected);
}

#[test]
fn what_a_framing_left_unfinished_takes_no_number_from_the_next() {
    let (tapes, mut lane) = lane(b"ab\ncdef\ngh", "line");
    lane.reframe(rule_of("line"), 5, Sight::default());
    while lane.cut(alone(&tapes), Duration::MAX, 1000) {}
    let cut_short = lane.entries(alone(&tapes), 1, 1).remove(0).message;
    assert!(matches!(cut_short.status, Status::Skipped { .. }));
    let expected = [
        (0, 3, Some(1)),
        (3, 5, None),
        (5, 8, Some(2)),
        (8, 10, Some(3)),
    ];
    assert_eq!(entries(&tapes, &mut lane), expected);
}

#[test]
fn a_framing_far_behind_cuts_only_what_is_near_it_anew() {
    let bytes = b"0123456\n".repeat(40_000);
    let (tapes, mut lane) = lane(&bytes, "line");
    assert_eq!(entries(&tapes, &mut lane).len(), 40_000);
    lane.reframe(rule_of("fixed 4"), 200_004, Sight::default());
    assert!(lane.entry_count() > 15_000, "{}", lane.entry_count());
    let all = entries(&tapes, &mut lane);
    assert!(all.windows(2).all(|pair| pair[0].1 == pair[1].0));
    assert_eq!(all.last().map(|entry| entry.1), Some(320_000));
    assert_eq!(all[25_000].0..all[25_000].1, 200_000..200_004);
}

#[test]
fn the_end_reaches_a_framing_that_another_one_was_to_follow() {
    let (tapes, mut lane) = lane(b"all of it", "eof");
    lane.reframe(rule_of("line"), 100, Sight::default());
    assert!(lane.tail().is_none());
    assert_eq!(lane.messages(), 0);
    assert_eq!(entries(&tapes, &mut lane).len(), 1);
    assert_eq!(lane.messages(), 0, "it may go on");
    lane.finish(Ending::End);
    assert_eq!(entries(&tapes, &mut lane).first(), Some(&(0, 9, Some(1))));
    assert_eq!(lane.messages(), 1);
}
