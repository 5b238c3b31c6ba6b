//! What each rule makes of a stream: whole, byte by byte, and at random cuts.

mod mutants;
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
    run_as(cut, stream, lengths, Sight::default())
}

/// The same for a direction of which something is known.
pub(in crate::framing) fn run_as(
    cut: &Cut,
    stream: &[u8],
    lengths: &[usize],
    sight: Sight,
) -> Vec<Message> {
    let mut decoder = cut.rule.decoder();
    let mut cx = Cx::new(0, cut.max, sight);
    let mut rest = stream;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (mut now, later) = rest.split_at((*length).clamp(1, rest.len()));
        decoder = decoder.fork();
        while !now.is_empty() {
            let taken = decoder.feed(now, &mut cx);
            cx.advance(taken as u64);
            now = &now[taken..];
        }
        rest = later;
    }
    decoder.end(&mut cx);
    let mut messages = cx.take();
    messages.extend(
        decoder
            .unfinished()
            .map(|unfinished| unfinished.message(cx.at())),
    );
    describe(cut, stream, &mut messages, sight);
    messages
}

/// Says of all messages what they are, where that was not done.
pub(in crate::framing) fn describe(
    cut: &Cut,
    stream: &[u8],
    messages: &mut [Message],
    sight: Sight,
) {
    for message in messages {
        let bytes = &stream[usize_of(&message.range)];
        cut.describe(message, bytes, sight);
    }
}

/// What a whole stream of one direction is cut into when the other has told that, and what it tells.
pub(in crate::framing) fn hear(
    words: &str,
    side: Option<Side>,
    stream: &[u8],
    theirs: &Mailbox,
) -> (Vec<Message>, Mailbox) {
    let sight = Sight {
        side,
        datagrams: false,
    };
    let cut = cut(words);
    let mut decoder = cut.rule.decoder();
    let mut cx = Cx::new(0, cut.max, sight).hearing(Some(theirs), Duration::MAX);
    decoder.feed_all(stream, &mut cx);
    let mut mailbox = Mailbox::default();
    mailbox.put(Duration::ZERO, cx.take_letters());
    let mut messages = cx.take();
    describe(&cut, stream, &mut messages, sight);
    (messages, mailbox)
}

/// What each of them is, in a few words.
pub(in crate::framing) fn notes(messages: Vec<Message>) -> Vec<String> {
    let notes = messages.into_iter().map(|message| message.note.into());
    notes.collect()
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
        let all = message.told();
        let payload = stream
            .get(usize_of(&message.payload))
            .unwrap()
            .escape_ascii();
        let told = match status {
            Status::Ok => format!("{note}: {payload}"),
            Status::Partial { need } => {
                format!(
                    "partial{}, {all}: {payload}",
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

/// Cuts a stream in all ways, and compares with one line a message.
pub(in crate::framing) fn check(words: &str, stream: &[u8], expected: &[&str]) {
    check_from(None, words, stream, expected);
}

/// The same for bytes that this side sends.
pub(in crate::framing) fn check_from(
    side: Option<Side>,
    words: &str,
    stream: &[u8],
    expected: &[&str],
) {
    let sight = Sight {
        side,
        datagrams: false,
    };
    let messages = run_all_ways(&cut(words), stream, &mut Random(7), sight);
    let expected: String = expected.iter().flat_map(|line| [line, "\n"]).collect();
    assert_eq!(picture(stream, &messages), expected, "{words}");
}

/// Compares the fields of all messages with one line a field: indented by its depth, its range, name and value.
pub(in crate::framing) fn check_fields(words: &str, stream: &[u8], expected: &[&str]) {
    let messages = run(&cut(words), stream, &[stream.len().max(1)]);
    let mut lines = Vec::new();
    for (depth, field) in messages.iter().flat_map(Message::walk) {
        let Field { range, name, .. } = field;
        let value = match &field.value {
            Value::Number(number) => format!(" {number}"),
            Value::Named(number, name) => format!(" {number} {name}"),
            Value::Text(text) => format!(" {text:?}"),
            Value::Word(word) => format!(" {word}"),
            Value::Bytes => String::new(),
        };
        let indent = "  ".repeat(depth);
        lines.push(format!(
            "{indent}{}..{} {name}{value}",
            range.start, range.end
        ));
    }
    assert_eq!(lines, expected, "{words}");
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
        for (_, field) in message.walk() {
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
    sight: Sight,
) -> Vec<Message> {
    let run = |cut, stream, lengths: &[usize]| run_as(cut, stream, lengths, sight);
    let whole = run(cut, stream, &[stream.len().max(1)]);
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
