//! The cutter against one plain run of the decoder: any budget, any way of arriving, from any checkpoint, with bytes
//! lost.

mod index;

use std::time::Duration;

use super::*;
use crate::event::Spill;
use crate::framing::tests::{Random, check_tiles, cut, picture, run};
use crate::tape::{Boundaries, TapeId, Tapes};

/// A tape of one direction, and its cutter.
struct Stream {
    tapes: Tapes,
    tape: TapeId,
    ends: Boundaries,
    cutter: Cutter,
}

impl Stream {
    fn new(words: &str, datagrams: bool) -> Self {
        let mut tapes = Tapes::new(64 << 20, None);
        let tape = tapes.create();
        let ends = Boundaries::default();
        Self {
            tapes,
            tape,
            ends,
            cutter: Cutter::new(cut(words), 0, sight(datagrams)),
        }
    }

    /// On tapes of which little stays in memory and nothing can be read back.
    fn lossy(words: &str, datagrams: bool) -> Self {
        let mut tapes = Tapes::new(3000, Some(Box::new(Lossy)));
        let tape = tapes.create();
        let ends = Boundaries::default();
        Self {
            tapes,
            tape,
            ends,
            cutter: Cutter::new(cut(words), 0, sight(datagrams)),
        }
    }

    /// One read.
    fn read(&mut self, bytes: &[u8]) {
        self.tapes.append(self.tape, bytes);
        self.ends
            .push(&mut self.tapes, bytes.len() as u64, Duration::ZERO);
    }

    fn advance(&mut self, ended: bool, budget: usize) {
        let until = self.tapes.len(self.tape);
        let source = Source {
            until,
            ended,
            ..Source::new(&self.tapes, self.tape, &self.ends)
        };
        while self.cutter.advance(&source, budget) {}
    }

    fn source(&self) -> Source<'_> {
        Source::new(&self.tapes, self.tape, &self.ends)
    }

    fn messages(&self, first: u64, n: usize) -> Vec<Entry> {
        self.cutter.messages(&self.source(), first, n)
    }

    /// All messages and the tail, cut anew from the first byte.
    fn all(&self) -> Vec<Message> {
        let entries = self.messages(0, usize::MAX);
        entries
            .into_iter()
            .map(|entry| entry.message)
            .chain(self.cutter.tail())
            .map(|message| self.described(message))
            .collect()
    }

    fn described(&self, mut message: Message) -> Message {
        let (bytes, is_there) = self.tapes.copy(self.tape, message.range.clone());
        if is_there {
            let cutter = &self.cutter;
            cutter.cut().describe(&mut message, &bytes, cutter.sight());
        }
        message
    }

    fn find(&self, offset: u64) -> Option<u64> {
        self.cutter.find(&self.source(), offset)
    }
}

/// A disk that takes all and gives nothing back.
#[derive(Debug)]
struct Lossy;

impl Spill for Lossy {
    fn write(&mut self, _offset: u64, _piece: Vec<u8>) -> Result<(), Vec<u8>> {
        Ok(())
    }

    fn read(&self, _offset: u64, _buf: &mut [u8]) -> bool {
        false
    }

    fn room(&self) -> u64 {
        u64::MAX
    }

    fn trouble(&self) -> Option<String> {
        None
    }
}

/// Lines of very different lengths.
fn lines(bytes: usize, random: &mut Random) -> Vec<u8> {
    let mut stream = Vec::new();
    while stream.len() < bytes {
        let most = if random.below(100) == 0 { 50_000 } else { 200 };
        stream.resize(stream.len() + random.below(most), b'x');
        stream.extend_from_slice(if random.below(2) == 0 { b"\n" } else { b"\r\n" });
    }
    stream.extend_from_slice(b"the rest");
    stream
}

#[test]
fn any_arrival_and_budget_cut_as_one_run() {
    let mut random = Random(3);
    let stream = lines(400_000, &mut random);
    for words in [
        "line",
        "line max 100",
        "fixed 7",
        "netstring",
        "eof",
        "len u16be",
    ] {
        let expected = run(&cut(words), &stream, &[stream.len()]);
        let mut live = Stream::new(words, false);
        let mut rest = stream.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at((random.below(9000) + 1).min(rest.len()));
            live.read(now);
            live.advance(false, random.below(5000) + 1);
            rest = later;
        }
        live.advance(true, 1);
        let all = live.all();
        check_tiles(&stream, &all);
        assert!(all == expected, "{words}");
    }
}

#[test]
fn any_message_is_found_again_by_index_and_by_byte() {
    let mut random = Random(5);
    let stream = lines(700_000, &mut random);
    let mut live = Stream::new("line max 20k", false);
    live.read(&stream);
    live.advance(true, 10_000);
    assert!(live.cutter.checkpoints.len() > 5);
    let all = live.messages(0, usize::MAX);
    assert_eq!(all.len() as u64, live.cutter.len());
    for _ in 0..60 {
        let first = random.below(all.len());
        assert!(
            live.messages(first as u64, 5) == all[first..all.len().min(first + 5)],
            "{first}"
        );
        let offset = random.below(stream.len()) as u64;
        let found = all
            .iter()
            .find(|entry| entry.message.range.contains(&offset));
        assert_eq!(
            live.find(offset),
            found.map(|entry| entry.index),
            "{offset}"
        );
    }
    assert_eq!(live.find(stream.len() as u64 - 1), None);
    assert_eq!(live.messages(all.len() as u64, 5), []);
    assert_eq!(all[7].number, Some(8));
}

#[test]
fn checkpoints_are_thinned() {
    let mut live = Stream::new("fixed 4", false);
    live.cutter.spacing = 4;
    let stream = vec![0; 18 << 16];
    let mut until = 0;
    while until < stream.len() {
        live.read(&stream[until..until + 16]);
        live.advance(false, 16);
        until += 16;
    }
    assert!(live.cutter.checkpoints.len() <= CHECKPOINTS_MAX && live.cutter.spacing > 4);
    let entry = live.messages(1000, 1);
    assert_eq!(
        (entry[0].index, entry[0].message.range.clone()),
        (1000, 4000..4004)
    );
}

#[test]
fn reads_are_messages_of_raw_and_no_empty_ones() {
    let mut live = Stream::new("raw", false);
    for read in [&b"ab"[..], b"", b"c"] {
        live.read(read);
    }
    live.tapes.append(live.tape, b"de");
    live.advance(false, 1);
    let partial = "3..5 partial, waiting for the end of the read: de\n";
    assert_eq!(
        picture(b"abcde", &live.all()),
        format!("0..2 2 bytes: ab\n2..3 1 byte: c\n{partial}")
    );
}

#[test]
fn datagrams_are_cut_alone() {
    let check = |words, expected: &str| {
        let mut live = Stream::new(words, true);
        for datagram in [&b""[..], b"\x01a\x02b", b"", b"", b"\x01c"] {
            live.read(datagram);
            live.advance(false, 1);
        }
        assert_eq!(
            picture(b"\x01a\x02b\x01c", &live.all()),
            expected,
            "{words}"
        );
        live.cutter.recent.clear();
        assert_eq!(
            picture(b"\x01a\x02b\x01c", &live.all()),
            expected,
            "{words}, again"
        );
        assert_eq!(live.cutter.tail(), None);
    };
    let empty = "0..0 empty: \n";
    let two = "4..4 empty: \n4..4 empty: \n";
    let partial = "2..4 partial -1, waiting for 1 more byte (len 2): b\n";
    check(
        "len u8",
        &format!("{empty}0..2 len 1: a\n{partial}{two}4..6 len 1: c\n"),
    );
    check(
        "raw",
        &format!("{empty}0..4 4 bytes: \\x01a\\x02b\n{two}4..6 2 bytes: \\x01c\n"),
    );
    check(
        "eof",
        &format!("{empty}0..4 all: \\x01a\\x02b\n{two}4..6 all: \\x01c\n"),
    );
}

#[test]
fn a_flood_of_empty_datagrams_takes_checkpoints_too() {
    let mut live = Stream::new("line", true);
    live.cutter.spacing = 100;
    for _ in 0..5000 {
        live.read(b"");
    }
    live.advance(false, 1000);
    assert_eq!(
        (live.cutter.len(), live.cutter.checkpoints.len()),
        (5000, 51)
    );
    let numbers: Vec<_> = live
        .messages(4500, 3)
        .iter()
        .map(|entry| (entry.index, entry.number))
        .collect();
    assert_eq!(
        numbers,
        [(4500, Some(4501)), (4501, Some(4502)), (4502, Some(4503))]
    );
}

#[test]
fn cutting_begins_where_it_is_told() {
    for (datagrams, expected) in [
        (false, "3..6 partial, waiting"),
        (true, "3..3 empty: \n3..6 partial, waiting"),
    ] {
        let mut live = Stream::new("line", datagrams);
        live.cutter = Cutter::new(cut("line"), 3, sight(datagrams));
        for read in [&b"ab\n"[..], b"", b"cde"] {
            live.read(read);
        }
        live.advance(true, 1);
        let pictured = picture(b"ab\ncde", &live.all());
        assert!(pictured.starts_with(expected), "{pictured}");
    }
}

#[test]
fn lost_bytes_are_one_bad_message() {
    let mut live = Stream::new("len u8", false);
    let stream = b"\x03abc".repeat(50_000);
    live.read(&stream);
    // They were dropped before they were cut.
    live.tapes.trim(live.tape, stream.len() as u64 - 100_000);
    live.advance(true, 1000);
    let all = live.all();
    check_tiles(&stream, &all);
    assert!(
        all[0] == Message::bad(0..100_000, "bytes are missing", 0),
        "{:?}",
        all[0]
    );
    assert_eq!(all.len(), 25_001);
    assert_eq!(live.cutter.count(), 25_001);
}

#[test]
fn what_is_lost_after_it_was_cut_keeps_the_other_messages_at_their_index() {
    let mut live = Stream::new("fixed 5000", false);
    let stream = vec![b'x'; 200_000];
    live.read(&stream);
    live.advance(true, 1000);
    let before = live.messages(0, usize::MAX);
    // A message cut anew ends at 131 000, one that was cut before begins at 130 000.
    live.tapes.trim(live.tape, 99_000);
    live.cutter.recent.clear();
    let after = live.messages(0, usize::MAX);
    let messages: Vec<_> = after.iter().map(|entry| entry.message.clone()).collect();
    check_tiles(&stream, &messages);
    assert!(
        messages
            .iter()
            .any(|message| matches!(message.status, crate::framing::Status::Bad { .. }))
    );
    // Up to the next checkpoint the rule may have lost its way; behind it all is as before.
    assert!(after[after.len() - 10..] == before[30..]);
}

#[test]
fn whatever_is_lost_the_ranges_tile() {
    let mut random = Random(11);
    for (words, datagrams) in [
        ("line", false),
        ("raw", false),
        ("line", true),
        ("fixed 7", true),
        ("eof", true),
    ] {
        for budget in [1, 100_000] {
            let mut live = Stream::lossy(words, datagrams);
            live.cutter.spacing = 800;
            let mut stream = Vec::new();
            for round in 0..400 {
                let read: Vec<_> = (0..random.below(30))
                    .map(|_| b"ab\r\n"[random.below(4)])
                    .collect();
                live.read(&read);
                stream.extend(read);
                if budget < 100_000 || round % 100 == 99 {
                    let source = Source::new(&live.tapes, live.tape, &live.ends);
                    live.cutter.advance(&source, budget);
                }
            }
            live.advance(true, budget);
            let all = live.all();
            let fed = usize::try_from(live.cutter.fed()).unwrap();
            assert_eq!(fed, stream.len(), "{words} {datagrams}");
            check_tiles(&stream, &all);
            for entry in live.messages(0, usize::MAX).iter().step_by(100) {
                assert!(live.find(entry.message.range.start) <= Some(entry.index));
            }
        }
    }
}

fn sight(datagrams: bool) -> Sight {
    Sight {
        datagrams,
        ..Sight::default()
    }
}
