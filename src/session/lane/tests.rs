//! What a direction makes of changed framings: what each one cuts, and the numbers of what it leaves.

use std::time::Duration;

use super::*;
use crate::endpoint::Transport;
use crate::event::{Actor, Call, Capture, Event, Flags, Moved, Outcome, Role, Syscall, What};

const A: ConnId = ConnId(0);

/// A session with bytes that one read brought.
struct Bench(Session);

impl Bench {
    fn new(bytes: &[u8], rule: &str) -> Self {
        let mut bench = Self(Session::new(1 << 20, None));
        bench.tell(What::Opened {
            name: None,
            role: Role::Datagram,
            transport: Transport::Tcp,
            parent: None,
        });
        bench.0.room(A, bytes.len()).extend_from_slice(bytes);
        let len = bytes.len() as u64;
        let range = bench.0.commit(A, bytes.len(), Duration::ZERO);
        let (from, cut_from, flags) = (None, None, Flags::default());
        let outcome = Outcome::Received {
            len,
            from,
            cut_from,
        };
        let dir = Dir::In;
        let recv = Syscall::Recv { max: len, flags };
        bench.tell(What::Call(Call {
            moved: Some(Moved { dir, range }),
            ..Call::new(recv, outcome, Duration::ZERO)
        }));
        bench.reframe(rule, 0);
        bench
    }

    fn tell(&mut self, what: What) {
        self.0.apply(Event {
            at: Duration::ZERO,
            conn: Some(A),
            by: Actor::User,
            what,
        });
    }

    fn reframe(&mut self, rule: &str, from: u64) {
        let (dir, rule) = (Dir::In, rule.to_owned());
        self.tell(What::Framed { dir, rule, from });
    }

    fn lane(&self) -> Lane<'_> {
        self.0.lane(A, Dir::In).unwrap()
    }

    /// All entries, once all is cut.
    fn cut(&mut self) -> Vec<Entry> {
        while self.0.cut(1000) {}
        assert!(self.lane().is_cut());
        self.0.entries(A, Dir::In, 0, usize::MAX)
    }

    /// Their ranges and numbers.
    fn entries(&mut self) -> Vec<(u64, u64, Option<u64>)> {
        let all = self.cut().into_iter().map(|entry| {
            let range = entry.message.range;
            (range.start, range.end, entry.number)
        });
        all.collect()
    }
}

#[test]
fn what_holds_bytes_of_a_part_is_what_the_list_has_there() {
    let bytes = b"0123456\n\n01\n".repeat(20_000);
    let mut bench = Bench::new(&bytes, "line");
    bench.cut();
    bench.reframe("fixed 5", 150_002);
    let cut = |entry: &Entry| Entry {
        message: Message::new(entry.message.range.clone(), 0..0, ""),
        ..entry.clone()
    };
    let all: Vec<Entry> = bench.cut().iter().map(cut).collect();
    let found = |part: &Range<u64>, count| -> Vec<Entry> {
        let found = bench.0.entries_in(A, Dir::In, part, count);
        found.iter().map(cut).collect()
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
        assert_eq!(found(&part, 1000), expected, "{part:?}");
        let two: Vec<_> = expected.into_iter().take(2).collect();
        assert_eq!(found(&part, 2), two, "{part:?}");
    }
}

#[test]
fn a_framing_from_inside_a_message_leaves_the_earlier_one_what_stands_before() {
    let mut bench = Bench::new(b"abc\ndef\nghi\n", "raw");
    assert_eq!(bench.entries(), [(0, 12, Some(1))]);
    let ranges = |bench: &mut Bench| -> Vec<_> {
        let entries = bench.entries().into_iter();
        entries.map(|entry| (entry.0, entry.1)).collect()
    };
    bench.reframe("line", 4);
    assert_eq!(ranges(&mut bench), [(0, 4), (4, 8), (8, 12)]);
    bench.reframe("fixed 2", 6);
    let expected = [(0, 4), (4, 6), (6, 8), (8, 10), (10, 12)];
    assert_eq!(ranges(&mut bench), expected);
}

#[test]
fn what_a_framing_left_unfinished_takes_no_number_from_the_next() {
    let mut bench = Bench::new(b"ab\ncdef\ngh", "line");
    bench.reframe("line", 5);
    bench.cut();
    let cut_short = bench.0.entries(A, Dir::In, 1, 1).remove(0).message;
    assert!(matches!(cut_short.status, Status::Skipped { .. }));
    let expected = [
        (0, 3, Some(1)),
        (3, 5, None),
        (5, 8, Some(2)),
        (8, 10, Some(3)),
    ];
    assert_eq!(bench.entries(), expected);
}

#[test]
fn a_framing_far_behind_cuts_only_what_is_near_it_anew() {
    let bytes = b"0123456\n".repeat(40_000);
    let mut bench = Bench::new(&bytes, "line");
    assert_eq!(bench.entries().len(), 40_000);
    bench.reframe("fixed 4", 200_004);
    assert!(
        bench.lane().entry_count() > 15_000,
        "{}",
        bench.lane().entry_count()
    );
    let all = bench.entries();
    assert!(all.windows(2).all(|pair| pair[0].1 == pair[1].0));
    assert_eq!(all.last().map(|entry| entry.1), Some(320_000));
    assert_eq!(all[25_000].0..all[25_000].1, 200_000..200_004);
}

#[test]
fn the_end_reaches_a_framing_that_another_one_was_to_follow() {
    let mut bench = Bench::new(b"all of it", "eof");
    bench.reframe("line", 100);
    assert!(bench.lane().tail().is_none());
    assert_eq!(bench.lane().messages(), 0);
    assert_eq!(bench.entries().len(), 1);
    assert_eq!(bench.lane().messages(), 0, "it may go on");
    bench.tell(What::Ended {
        dir: Dir::In,
        cause: None,
    });
    assert_eq!(bench.entries().first(), Some(&(0, 9, Some(1))));
    assert_eq!(bench.lane().messages(), 1);
}
