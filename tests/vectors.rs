//! The streams of `tests/vectors/framing.jsonl` and the messages that real libraries cut out of them. Each runs as
//! given, in one piece, in threes and byte by byte. Where Sockeye chose otherwise (LANGUAGE.md), it is listed.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which fail by panicking"
)]

#[path = "vectors/kinds.rs"]
mod kinds;

use serde_json::Value;
use sockeye::framing::{Cut, Cx, Message, Sight, Status};
use sockeye::words::Words;

/// Vectors whose last frame is the rest at the end of the stream: for Sockeye that is partial, never a message.
const REST_IS_PARTIAL: &[&str] = &["lines-tokio-basic"];

/// Kinds whose payload is not all that a frame needs: a start line, a subject. (A line cannot hold a line feed.)
const NO_INVERSE: &[&str] = &["lines", "rtsp", "sip", "stomp", "nats"];

/// Go takes a bare LF in mail for a line's end and turns CRLF into LF. RFC 5321, 2.3.8 forbids that, and mail is
/// smuggled by it.
const BARE_LF_IS_NO_END: &[&str] = &["smtp-go-dotbytes"];
/// Vectors with frames that the rule's specification forbids and whose library looks only for the end: `{…, age:22}`
/// is no JSON, whose names stand in quotes (RFC 8259, 4 and 7). They are cut alike, and the first is bad.
const FORBIDDEN: &[&str] = &["json-netty-over-writes"];

const TWO_LENGTHS: &str = "Transfer-Encoding with Content-Length is cut by the former and noted";
const BARE_LF: &str = "bare LF is taken as a line's end and noted";

/// Vectors that LANGUAGE.md, or the specification that it names, overrules, each with the sentence that does.
const OVERRULED: &[(&str, &str)] = &[
    ("h1-bad-te-and-cl", TWO_LENGTHS),
    (
        "h1-llhttp-request-invalid-headers-separated-by-lf-115",
        BARE_LF,
    ),
    ("h1-llhttp-response-invalid-only-lfs-present-329", BARE_LF),
    ("h1-llhttp-response-sample-no-carriage-ret-332", BARE_LF),
    (
        "h1-llhttp-request-invalid-invalid-method-358",
        "RFC 9110, 9.1: the method is a token, and none is unknown to the cut",
    ),
    (
        "h1-llhttp-response-sample-rtsp-response-42",
        "RFC 9112, 2.3: the version begins with HTTP; RTSP is another rule's",
    ),
    (
        "h1-llhttp-request-transfer-encoding-space-after-chunk-header-1186",
        "h1-h11-chunk-ok-5 takes such blanks, as h11, Netty and Go do; they are noted",
    ),
];

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
                wrong.push(vector["id"].as_str().unwrap().to_owned());
                break;
            }
        }
    }
    let is_overruled = |id: &&str| OVERRULED.iter().any(|(listed, _)| listed == id);
    let ours = vectors();
    let ids = ours.iter().map(|vector| vector["id"].as_str().unwrap());
    let overruled: Vec<&str> = ids.filter(is_overruled).collect();
    assert_eq!(wrong, overruled, "these streams are cut otherwise");
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
            let is_ours = is_ours && !BARE_LF_IS_NO_END.contains(&vector["id"].as_str().unwrap());
            is_ours && kinds::rule(vector).0.starts_with(&only)
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
                let kind = vector["framing"]["kind"].as_str().unwrap();
                let is_forbidden = FORBIDDEN.contains(&vector["id"].as_str().unwrap());
                assert!(
                    is_forbidden || NO_INVERSE.contains(&kind),
                    "{}",
                    vector["id"]
                );
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

fn check(vector: &Value, stream: &[u8], messages: &[Message]) {
    let id = vector["id"].as_str().unwrap();
    let mut at = 0;
    for message in messages {
        assert_eq!(message.range.start, at, "{id}: the ranges tile");
        at = message.range.end;
    }
    assert_eq!(at, stream.len() as u64, "{id}: the ranges tile");
    let truncated = vector["error"]["class"] == "truncated";
    let mut frames = list(&vector["frames"]);
    let error = if FORBIDDEN.contains(&id) {
        frames.remove(0)["offset"].as_u64()
    } else {
        vector["error"]["offset"].as_u64().filter(|_| !truncated)
    };
    let bad = messages
        .iter()
        .find(|message| matches!(message.status, Status::Bad { .. }));
    assert_eq!(
        bad.map(|message| message.range.start),
        error,
        "{id}: {bad:?}"
    );

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
        // Empty lines before an unfinished message are left over too, for those who do not skip them yet.
        let start = partial.map(|message| message.range.start);
        let before = messages.iter().find(|message| {
            Some(message.range.end) == start && matches!(message.status, Status::Skipped { .. })
        });
        let partial = partial.map_or(0, Message::bytes);
        let skipped = before.map_or(0, Message::bytes);
        assert!(
            partial == leftover || partial + skipped == leftover,
            "{id}: {partial} of {leftover} are partial"
        );
    }
    if let Some(total) = vector["pending"]["need"].as_u64() {
        let need = partial.map(|message| total - message.bytes());
        assert_eq!(
            partial.map(|message| &message.status),
            Some(&Status::Partial { need }),
            "{id}"
        );
    }
}

/// The messages and the unfinished rest.
fn run(vector: &Value, pieces: &[Vec<u8>]) -> Vec<Message> {
    let cut = cut(vector);
    let mut decoder = cut.rule.decoder();
    let before: &[u8] = match vector["framing"]["kind"].as_str() {
        // These begin behind the command.
        Some("smtp_data") => b"DATA\r\n",
        _ => b"",
    };
    decoder.feed(before, &mut Cx::new(0, cut.max, Sight::default()));
    let mut cx = Cx::new(0, cut.max, Sight::default());
    for piece in pieces {
        let mut rest = piece.as_slice();
        while !rest.is_empty() {
            let taken = decoder.feed(rest, &mut cx);
            cx.advance(taken as u64);
            rest = &rest[taken..];
        }
    }
    // What goes on to the end of the stream is whole only there.
    if vector["eof"] == true {
        decoder.end(&mut cx);
    }
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
