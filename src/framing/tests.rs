//! What each rule makes of a stream: whole, byte by byte, and at random cuts.

mod round;
mod rules;
mod words;

use std::fmt::Write;

use super::*;

/// A rule from its words.
pub(in crate::framing) fn cut(words: &str) -> Cut {
    let mut cursor = Words::new(words, 0);
    let cut = Cut::parse(&mut cursor).unwrap_or_else(|complaint| panic!("{words}: {complaint}"));
    cursor.finish("").unwrap();
    cut
}

/// All messages of a stream fed in pieces of these lengths, over and over, and the tail.
pub(in crate::framing) fn run(cut: &Cut, stream: &[u8], lengths: &[usize]) -> Vec<Message> {
    let mut decoder = cut.rule.decoder();
    let mut cx = Cx::new(0, cut.max);
    let mut rest = stream;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at((*length).clamp(1, rest.len()));
        decoder = decoder.fork();
        decoder.feed(now, &mut cx);
        cx.advance(now.len() as u64);
        rest = later;
    }
    decoder.end(&mut cx);
    let mut messages = cx.take();
    messages.extend(
        decoder
            .unfinished()
            .map(|unfinished| unfinished.message(cx.at())),
    );
    messages
}

/// One line a message: range, status, payload, note.
pub(in crate::framing) fn picture(stream: &[u8], messages: &[Message]) -> String {
    let mut lines = String::new();
    for message in messages {
        let Message {
            range,
            status,
            note,
            ..
        } = message;
        let payload = stream
            .get(usize_of(&message.payload))
            .unwrap()
            .escape_ascii();
        let told = match status {
            Status::Ok => format!("{note}: {payload}"),
            Status::Partial { need } => {
                format!(
                    "partial{}, {note}: {payload}",
                    need.map(|need| format!(" -{need}")).unwrap_or_default()
                )
            }
            Status::Bad { why, at } => format!("bad at {at}: {why}"),
            Status::Skipped { why } => format!("skipped: {why}"),
        };
        writeln!(lines, "{}..{} {told}", range.start, range.end).unwrap();
    }
    lines
}

pub(in crate::framing) fn usize_of(range: &std::ops::Range<u64>) -> std::ops::Range<usize> {
    usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()
}

/// Ranges tile the stream, and payloads and fields lie within their message.
pub(in crate::framing) fn check_tiles(stream: &[u8], messages: &[Message]) {
    let mut at = 0;
    for message in messages {
        assert_eq!(message.range.start, at, "{messages:?}");
        at = message.range.end;
        assert!(
            message.range.start <= message.payload.start && message.payload.end <= at,
            "{message:?}"
        );
        for field in &message.fields {
            assert!(
                message.range.start <= field.range.start && field.range.end <= at,
                "{message:?}"
            );
        }
    }
    assert_eq!(at, stream.len() as u64, "{messages:?}");
}

/// The same messages however the stream arrives; returns them.
pub(in crate::framing) fn run_all_ways(
    cut: &Cut,
    stream: &[u8],
    random: &mut Random,
) -> Vec<Message> {
    let whole = run(cut, stream, &[stream.len()]);
    check_tiles(stream, &whole);
    assert_eq!(
        run(cut, stream, &[1]),
        whole,
        "byte by byte: {} {stream:02x?}",
        cut.words()
    );
    for _ in 0..4 {
        let lengths: Vec<_> = (0..8).map(|_| random.below(7) + 1).collect();
        assert_eq!(
            run(cut, stream, &lengths),
            whole,
            "{lengths:?}: {} {stream:02x?}",
            cut.words()
        );
    }
    whole
}

/// Marsaglia's xorshift64: the same numbers on every run.
pub(in crate::framing) struct Random(pub(super) u64);

impl Random {
    pub(in crate::framing) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}
