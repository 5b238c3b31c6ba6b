//! Segments in every order against the bytes that they were cut from.

use super::*;
use crate::event::Shelf;
use crate::tape::{ShelfId, Tapes};

#[derive(Debug)]
struct Nothing;

impl Shelf for Nothing {
    fn read(&self, _: u64, _: &mut [u8]) -> bool {
        false
    }
}

fn shelf() -> ShelfId {
    Tapes::new(0, None).shelve(Box::new(Nothing))
}

/// Bytes of a stream that lie where their offsets say.
fn bytes(range: Range<u64>) -> Vec<Extent> {
    let len = range.end - range.start;
    extents::of(shelf(), range.start, len, len)
}

fn chance(seed: &mut u64, below: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % below
}

/// The offsets that were told, one behind the other, and where bytes are missing.
fn told(stream: &mut Stream) -> (Vec<Range<u64>>, u64, bool) {
    let (mut parts, mut at, mut is_over): (Vec<Range<u64>>, u64, bool) = (Vec::new(), 0, false);
    while let Some(ready) = stream.next() {
        assert!(!is_over, "nothing comes behind the end");
        match ready {
            Ready::Bytes(extents) => {
                for extent in extents {
                    assert_eq!(extent.place.map(|(_, lies)| lies), Some(at));
                    at += extent.len;
                }
            }
            Ready::Missing(len) => {
                parts.push(at..at + len);
                at += len;
            }
            Ready::End => is_over = true,
        }
    }
    (parts, at, is_over)
}

#[test]
fn segments_in_any_order_again_and_overlapping_give_each_byte_once() {
    for seed in 0..200 {
        let mut chances = seed * 77 + 1;
        let len = 1 + chance(&mut chances, 5000);
        // Close to where the numbers begin anew.
        let first = 0_u32.wrapping_sub(u32::try_from(chance(&mut chances, 6000)).unwrap());
        let mut segments = Vec::new();
        let mut at = 0;
        while at < len {
            let to = (at + 1 + chance(&mut chances, 300)).min(len);
            segments.push(at..to);
            at = to;
        }
        for _ in 0..chance(&mut chances, 20) {
            let from = chance(&mut chances, len);
            segments.push(from..(from + chance(&mut chances, 700)).min(len));
        }
        for k in (1..segments.len()).rev() {
            let other = usize::try_from(chance(&mut chances, k as u64 + 1)).unwrap();
            segments.swap(k, other);
        }
        let mut stream = Stream::default();
        stream.begin(first);
        for segment in segments {
            let seq = first.wrapping_add(u32::try_from(segment.start).unwrap());
            let mut again = Vec::new();
            let is_last = segment.end == len;
            let fit = stream.take(seq, &bytes(segment), is_last, &mut again);
            assert_eq!(fit, Fit::Good);
            for again in again {
                if let Again::Told(range, came) = again {
                    assert_eq!(came[0].place.map(|it| it.1), Some(range.start));
                }
            }
        }
        assert_eq!(told(&mut stream), (vec![], len, true), "seed {seed}");
    }
}

#[test]
fn what_was_acknowledged_and_never_came_is_missing() {
    let mut stream = Stream::default();
    stream.begin(1000);
    let take = |stream: &mut Stream, range: Range<u64>| {
        let seq = 1000 + u32::try_from(range.start).unwrap();
        stream.take(seq, &bytes(range), false, &mut Vec::new())
    };
    take(&mut stream, 0..10);
    take(&mut stream, 20..30);
    take(&mut stream, 40..50);
    stream.acknowledge(1010);
    assert_eq!(told(&mut stream), (vec![], 10, false));
    stream.acknowledge(1030);
    let mut parts = Vec::new();
    while let Some(ready) = stream.next() {
        parts.push(ready);
    }
    assert_eq!(parts, [Ready::Missing(10), Ready::Bytes(bytes(20..30))]);
    // What comes too late to be told is known to have come again.
    let mut again = Vec::new();
    stream.take(1010, &bytes(10..20), false, &mut again);
    assert_eq!(again, [Again::Told(10..20, bytes(10..20))]);
    stream.acknowledge(1070);
    stream.finish();
    let rest: Vec<_> = std::iter::from_fn(|| stream.next()).collect();
    let expected = [
        Ready::Missing(10),
        Ready::Bytes(bytes(40..50)),
        Ready::Missing(20),
    ];
    assert_eq!(rest, expected);
}

#[test]
fn four_gibibytes_are_counted_on() {
    let mut stream = Stream::default();
    stream.begin(5);
    let step = 1 << 29;
    for k in 0..20_u64 {
        let seq = u32::try_from((5 + k * step) % (1 << 32)).unwrap();
        let fit = stream.take(
            seq,
            &bytes(k * step..(k + 1) * step),
            false,
            &mut Vec::new(),
        );
        assert_eq!(fit, Fit::Good);
    }
    assert_eq!(told(&mut stream), (vec![], 20 * step, false));
}

#[test]
fn keep_alives_and_strays_bring_nothing() {
    let mut stream = Stream::default();
    stream.begin(1000);
    let mut again = Vec::new();
    stream.take(1000, &bytes(0..10), false, &mut again);
    // A keep-alive sends the byte before the next, or none.
    assert_eq!(stream.take(1009, &[], false, &mut again), Fit::Good);
    assert_eq!(stream.take(999, &bytes(0..1), false, &mut again), Fit::Good);
    assert!(again.is_empty());
    assert_eq!(
        stream.take(900, &bytes(0..50), false, &mut again),
        Fit::Early
    );
    let far = 1010 + (1 << 30) + 1;
    assert_eq!(
        stream.take(far, &bytes(0..1), false, &mut again),
        Fit::Astray
    );
    assert_eq!(stream.take(1010, &[], true, &mut again), Fit::Good);
    assert_eq!(
        stream.take(1010, &bytes(10..11), false, &mut again),
        Fit::Astray
    );
    assert_eq!(told(&mut stream), (vec![], 10, true));
}

#[test]
fn what_waits_is_limited() {
    let mut stream = Stream::default();
    stream.begin(0);
    for k in 1..10_000_u64 {
        let seq = u32::try_from(k * 20).unwrap();
        stream.take(seq, &bytes(k * 20..k * 20 + 10), false, &mut Vec::new());
        assert!(stream.waiting.len() <= WAITING_MAX);
    }
    let (missing, at, _) = told(&mut stream);
    assert_eq!((missing.len(), at), (8975, 8975 * 20 + 10));
}

#[test]
fn numbers_before_all_counting_are_refused() {
    let mut stream = Stream::default();
    stream.begin(0);
    for seq in [0x8000_0000, 0x8000_0001, u32::MAX, 0x7fff_ffff] {
        stream.take(seq, &[], true, &mut Vec::new());
        stream.acknowledge(seq);
    }
    stream.finish();
    assert_eq!(told(&mut stream), (vec![], 0, false));
}
