//! The streams of `tests/vectors/framing.jsonl` and the messages that real libraries cut out of them. Each runs as
//! given, in one piece, in threes and byte by byte. Where Sockeye chose otherwise (LANGUAGE.md), it is listed.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which fail by panicking"
)]

#[path = "vectors/kinds.rs"]
mod kinds;

use serde_json::Value;
use sockeye::framing::{Cut, Cx, FRAMINGS, Message, Sight, Status};
use sockeye::words::Words;

/// Vectors whose last frame is the rest at the end of the stream: for Sockeye that is partial, never a message.
const REST_IS_PARTIAL: &[&str] = &["lines-tokio-basic"];

/// Kinds of streams that no rule is for: a parser of one line.
const NO_RULE: &[&str] = &["http_chunk_size"];

/// Streams that change hands: what is sent is framed by the last rule, and read by the first.
const CHANGES: &str = "switch";

#[test]
fn streams_are_cut_as_the_libraries_cut_them() {
    let mut wrong = Vec::new();
    for vector in vectors() {
        let chunks: Vec<Vec<u8>> = list(&vector["chunks"]).iter().map(hex).collect();
        let stream = chunks.concat();
        let cut = |size| stream.chunks(size).map(<[u8]>::to_vec).collect::<Vec<_>>();
        for pieces in [chunks, vec![stream.clone()], cut(3), cut(1)] {
            let check = || check(&vector, &stream, &run(&vector, &pieces));
            if std::panic::catch_unwind(check).is_err() {
                wrong.push(vector["id"].to_string());
                break;
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of the streams: {wrong:?}",
        wrong.len()
    );
}

/// All vectors that a rule is for; those of one rule with VECTORS=NAME.
fn vectors() -> Vec<Value> {
    let only = std::env::var("VECTORS").unwrap_or_default();
    let lines = include_str!("vectors/framing.jsonl").lines();
    let vectors = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    vectors
        .filter(|vector| {
            let kind = vector["framing"]["kind"].as_str().unwrap();
            let is_ours = !NO_RULE.contains(&kind);
            is_ours && kinds::rule(vector).0.starts_with(&only) && is_built(vector)
        })
        .collect()
}

#[test]
fn payloads_are_encoded_to_frames_that_decode_to_them() {
    for vector in vectors() {
        if vector["framing"]["kind"] == CHANGES {
            continue;
        }
        for frame in list(&vector["frames"]) {
            let Ok(bytes) = cut(&vector).rule.encode(&hex(&frame["payload"])) else {
                assert_eq!(vector["framing"]["kind"], "lines", "{}", vector["id"]);
                continue;
            };
            let messages = run(&vector, std::slice::from_ref(&bytes));
            let [message] = messages.as_slice() else {
                panic!("{}: {messages:?}", vector["id"])
            };
            assert_eq!(message.status, Status::Ok, "{}", vector["id"]);
            assert_eq!(
                cut(&vector).rule.payload(message, &bytes),
                hex(&frame["payload"]),
                "{}",
                vector["id"]
            );
        }
    }
}

/// Whether the framing is there.
fn is_built(vector: &Value) -> bool {
    let rule = kinds::rule(vector).0;
    let name = rule.split(' ').next();
    FRAMINGS.iter().any(|framing| Some(framing.name()) == name)
}

fn check(vector: &Value, stream: &[u8], messages: &[Message]) {
    let id = vector["id"].as_str().unwrap();
    let mut at = 0;
    for message in messages {
        assert_eq!(message.range.start, at, "{id}: the ranges tile");
        at = message.range.end;
    }
    assert_eq!(at, stream.len() as u64, "{id}: the ranges tile");
    let truncated = vector["error"]["class"] == "truncated";
    let error = vector["error"]["offset"].as_u64().filter(|_| !truncated);
    let bad = messages
        .iter()
        .find(|message| matches!(message.status, Status::Bad { .. }));
    assert_eq!(
        bad.map(|message| message.range.start),
        error,
        "{id}: {bad:?}"
    );

    let mut frames = list(&vector["frames"]);
    let rest = if REST_IS_PARTIAL.contains(&id) {
        frames.pop()
    } else {
        None
    };
    if !vector["recovery"].is_null() {
        frames.extend(list(&vector["recovery"]));
    }
    let mut good = messages
        .iter()
        .filter(|message| message.status == Status::Ok);
    for frame in frames {
        let message = good
            .next()
            .unwrap_or_else(|| panic!("{id}: {frame} is missing"));
        assert_eq!(
            message.range.start,
            frame["offset"].as_u64().unwrap(),
            "{id}"
        );
        let whole = stream.get(usize_of(&message.range)).unwrap();
        assert_eq!(whole, hex(&frame["bytes"]), "{id}");
        let payload = cut(vector).rule.payload(message, whole);
        assert_eq!(payload, hex(&frame["payload"]), "{id}");
    }
    // Sockeye goes on behind a message that is too long, where the libraries that close have nothing more to say.
    assert!(
        good.next().is_none() || error.is_some(),
        "{id}: one message too many"
    );
    let partial = messages
        .iter()
        .find(|message| matches!(message.status, Status::Partial { .. }));
    if error.is_none() {
        let leftover = hex(rest
            .as_ref()
            .map_or(&vector["leftover"], |frame| &frame["bytes"]))
        .len() as u64;
        assert_eq!(
            partial.map_or(0, |message| message.range.end - message.range.start),
            leftover,
            "{id}"
        );
    }
    if let Some(need) = vector["pending"]["need"].as_u64() {
        assert_eq!(
            partial.map(|message| &message.status),
            Some(&Status::Partial { need: Some(need) }),
            "{id}"
        );
    }
}

/// The messages and the unfinished rest.
fn run(vector: &Value, pieces: &[Vec<u8>]) -> Vec<Message> {
    let cut = cut(vector);
    let mut decoder = cut.rule.decoder();
    let mut cx = Cx::new(0, cut.max, Sight::default());
    for piece in pieces {
        let mut rest = piece.as_slice();
        while !rest.is_empty() {
            let taken = decoder.feed(rest, &mut cx);
            cx.advance(taken as u64);
            rest = &rest[taken..];
        }
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

/// The rule of a vector, its limit turned into one of the whole message.
fn cut(vector: &Value) -> Cut {
    let (rule, around) = kinds::rule(vector);
    let params = &vector["framing"]["params"];
    let mut cut = Cut::parse(&mut Words::new(&rule, 0)).unwrap();
    if let Some(max) = params["max"].as_u64() {
        cut.max = if params["max_counts"] == "frame" {
            max
        } else {
            max + around
        };
    }
    cut
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().unwrap().clone()
}

fn hex(value: &Value) -> Vec<u8> {
    let digits: Vec<u32> = value
        .as_str()
        .unwrap()
        .chars()
        .map(|c| c.to_digit(16).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}

fn usize_of(range: &std::ops::Range<u64>) -> std::ops::Range<usize> {
    usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()
}
