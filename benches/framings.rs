//! How fast framings cut, beside tokio-util's codecs, httparse and a bare `memchr` over the same bytes in the same run:
//! the decoder alone, the cutter over a tape, and a 256 MiB tape that gets another framing; then rules that look at
//! every byte, alone. It prints ratios, and has no opinion of them; `cargo bench --bench framings`. `FRAMINGS_MIB` asks
//! for another size of the tape, `FRAMINGS` for the rows alone whose name begins so.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what it finds out is printed, and it stops where it cannot go on"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use sockeye::framing::{Cut, Cutter, Cx, Sight, Source};
use sockeye::tape::{Boundaries, TapeId, Tapes};
use sockeye::words::Words;
use tokio_util::codec::{LengthDelimitedCodec, LinesCodec};

/// How many bytes each stream has.
const STREAM_BYTES: usize = 4 << 20;

/// The reads in which it arrives.
const READ_BYTES: usize = 64 << 10;

/// What the loop gives the framings in a turn.
const SLICE_BYTES: usize = 1 << 20;

/// The best of so many runs counts.
const RUNS: usize = 40;

fn main() {
    for (name, payload) in [("64 B", 60), ("1 KiB", 1020)] {
        let stream = lengths(payload);
        let codec = || {
            LengthDelimitedCodec::builder()
                .max_frame_length(16 << 20)
                .new_codec()
        };
        let others: [Other<'_>; 1] = [(
            "LengthDelimitedCodec",
            Box::new(|| count_by_codec(&stream, &mut codec())),
        )];
        compare(&format!("len u32be, {name}"), "len u32be", &stream, &others);
    }
    for (name, most) in [("40 B", 80), ("200 B", 400)] {
        let stream = lines(most);
        let others: [Other<'_>; 2] = [
            (
                "LinesCodec",
                Box::new(|| count_by_codec(&stream, &mut LinesCodec::new())),
            ),
            ("memchr", Box::new(|| walk(&stream))),
        ];
        compare(&format!("line, {name}"), "line", &stream, &others);
    }
    let stream = requests();
    let others: [Other<'_>; 1] = [("httparse", Box::new(|| count_by_httparse(&stream)))];
    compare("http1 request", "http1 request", &stream, &others);
    for (name, one) in whole_messages() {
        alone(name, &one.repeat(STREAM_BYTES / one.len()));
    }
    if is_wanted("reframe") {
        reframe();
    }
}

/// Whether the environment asks for that row, or for all.
fn is_wanted(row: &str) -> bool {
    std::env::var("FRAMINGS").map_or(true, |wanted| row.starts_with(&wanted))
}

/// The decoder alone of a rule that has no rival here.
fn alone(name: &str, stream: &[u8]) {
    if !is_wanted(name) {
        return;
    }
    let cut = cut(name.split(',').next().unwrap());
    let mut taken = Duration::MAX;
    let expected = count_by_decoder(&cut, stream);
    for _ in 0..RUNS / 4 {
        taken = taken.min(time(expected, || count_by_decoder(&cut, stream)));
    }
    let speed = speed(taken, stream.len(), expected.max(1));
    println!("{name}, decoder {speed}, {expected} messages");
}

/// What else cuts the same bytes, and says into how many.
type Other<'a> = (&'a str, Box<dyn Fn() -> u64 + 'a>);

/// The decoder and the cutter beside others, in turns, so that what else the machine does falls on all alike.
fn compare(name: &str, words: &str, stream: &[u8], others: &[Other<'_>]) {
    if !is_wanted(name) {
        return;
    }
    let cut = cut(words);
    let (tapes, tape, ends) = taped(stream);
    let expected = others[0].1();
    let mut taken = vec![Duration::MAX; others.len()];
    let [mut decoder, mut cutter] = [Duration::MAX; 2];
    for _ in 0..RUNS {
        for ((_, run), taken) in others.iter().zip(&mut taken) {
            *taken = (*taken).min(time(expected, run));
        }
        decoder = decoder.min(time(expected, || count_by_decoder(&cut, stream)));
        cutter = cutter.min(time(expected, || {
            count_by_cutter(&cut, &tapes, tape, &ends)
        }));
    }
    for (who, ours) in [("decoder", decoder), ("cutter", cutter)] {
        println!("{name}, {who:8} {}", speed(ours, stream.len(), expected));
        for ((other, _), theirs) in others.iter().zip(&taken) {
            let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
            println!(
                "{:24}{ratio:6.2} × {other}, {}",
                "",
                speed(*theirs, stream.len(), expected)
            );
        }
    }
}

fn time(expected: u64, run: impl FnOnce() -> u64) -> Duration {
    let begin = Instant::now();
    let count = run();
    let taken = begin.elapsed();
    assert_eq!(count, expected, "all find the same messages");
    taken
}

/// A tape that was cut as lines is cut by lengths: how long until its first and its last messages are there.
fn reframe() {
    let mib = std::env::var("FRAMINGS_MIB").map_or(256, |mib| mib.parse().unwrap());
    let stream = lengths(252).repeat(mib * (1 << 20) / STREAM_BYTES);
    let (tapes, tape, ends) = taped(&stream);
    let source = Source {
        ended: true,
        ..Source::new(&tapes, tape, &ends)
    };
    for words in ["len u32be", "line", "fixed 256"] {
        let begin = Instant::now();
        let mut cutter = Cutter::new(cut(words), 0, Sight::default());
        let mut first = None;
        let mut longest = Duration::ZERO;
        loop {
            let turn = Instant::now();
            let more = cutter.advance(&source, SLICE_BYTES);
            if first.is_none() {
                let screen = cutter.messages(&source, 0, 50);
                first = (screen.len() == 50).then(|| begin.elapsed());
            }
            longest = longest.max(turn.elapsed());
            if !more {
                break;
            }
        }
        let done = begin.elapsed();
        let last = Instant::now();
        let screen = cutter.messages(&source, cutter.len() / 2, 50);
        black_box(screen);
        println!(
            "{mib} MiB anew by {words:10} its first screen after {:.2} ms, done after {:.0} ms ({} messages), a turn of the loop at most {:.2} ms, a screen from its middle {:.2} ms",
            first.unwrap_or(done).as_secs_f64() * 1e3,
            done.as_secs_f64() * 1e3,
            cutter.len(),
            longest.as_secs_f64() * 1e3,
            last.elapsed().as_secs_f64() * 1e3,
        );
    }
}

fn cut(words: &str) -> Cut {
    Cut::parse(&mut Words::new(words, 0)).unwrap()
}

/// Our decoder alone, which counts as it does for the cutter: messages are made where somebody looks.
fn count_by_decoder(cut: &Cut, stream: &[u8]) -> u64 {
    let mut decoder = cut.rule.decoder();
    let mut cx = Cx::new(0, cut.max, Sight::default()).keeping(0);
    for read in stream.chunks(READ_BYTES) {
        decoder.feed_all(read, &mut cx);
    }
    cx.count().0
}

/// All that the session does with a tape.
fn count_by_cutter(cut: &Cut, tapes: &Tapes, tape: TapeId, ends: &Boundaries) -> u64 {
    let mut cutter = Cutter::new(cut.clone(), 0, Sight::default());
    let source = Source::new(tapes, tape, ends);
    while cutter.advance(&source, SLICE_BYTES) {}
    cutter.count()
}

/// A codec as `Framed` drives it: each read is appended to its buffer.
fn count_by_codec<C: tokio_util::codec::Decoder>(stream: &[u8], codec: &mut C) -> u64
where
    C::Error: std::fmt::Debug,
{
    let mut buf = BytesMut::with_capacity(READ_BYTES);
    let mut count = 0;
    for read in stream.chunks(READ_BYTES) {
        buf.extend_from_slice(read);
        while let Some(message) = codec.decode(&mut buf).unwrap() {
            black_box(message);
            count += 1;
        }
    }
    count
}

/// From line feed to line feed, and nothing else.
fn walk(stream: &[u8]) -> u64 {
    let mut count = 0;
    for read in stream.chunks(READ_BYTES) {
        let mut rest = read;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            black_box(end);
            rest = &rest[end + 1..];
            count += 1;
        }
    }
    count
}

/// Heads of requests without a body, parsed where they lie whole in memory.
fn count_by_httparse(stream: &[u8]) -> u64 {
    let mut rest = stream;
    let mut count = 0;
    while !rest.is_empty() {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        let head = request.parse(rest).unwrap().unwrap();
        black_box(&request);
        rest = &rest[head..];
        count += 1;
    }
    count
}

/// Messages of that payload, which ends in a line feed, behind their length.
fn lengths(payload: u32) -> Vec<u8> {
    let mut one = [&payload.to_be_bytes()[..], &vec![b'x'; payload as usize]].concat();
    one.pop();
    one.push(b'\n');
    one.repeat(STREAM_BYTES / one.len())
}

/// Lines of letters, of lengths by chance.
fn lines(most: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut bytes = Vec::with_capacity(STREAM_BYTES + most);
    while bytes.len() < STREAM_BYTES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let len = usize::try_from(state % most as u64).unwrap();
        bytes.resize(bytes.len() + len, b'x');
        bytes.push(b'\n');
    }
    bytes
}

/// What a browser asks for.
fn requests() -> Vec<u8> {
    let one = b"GET /a/page.html?with=query HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\
        Accept: text/html,application/xhtml+xml\r\nAccept-Language: en-GB,en\r\nAccept-Encoding: gzip, deflate\r\n\
        Connection: keep-alive\r\nCookie: session=0123456789abcdef0123456789abcdef\r\n\r\n";
    one.repeat(STREAM_BYTES / one.len())
}

/// Rules that look into each message, with one of the usual kind.
fn whole_messages() -> Vec<(&'static str, Vec<u8>)> {
    let object = br#"{"id": 1234567, "name": "a name of some length", "tags": ["one", "two", "three"], "ok": true,
 "ratio": 0.125, "nested": {"a": null, "b": [1, 2, 3, 40, 500], "text": "a line of words \"quoted\" and more"}}"#;
    let text = [&object[..], b"\n"].concat();
    let marked = [b"\x1e", &text[..]].concat();
    let hl7: &[u8] = b"\x0bMSH|^~\\&|SENDER|PLACE|RECEIVER|THERE|20260101120000||ADT^A01|4711|P|2.5\r\
        PID|1||12345^^^PLACE||DOE^JANE||19700101|F|||1 STREET^^TOWN^^12345\rPV1|1|I|WARD^1^2||||DOCTOR^A\r\x1c\r";
    let cbor = [
        &b"\xa4\x62id\x1a\x00\x12\xd6\x87\x64name\x75a name of some length\x64tags\x83\x63one\x63two\x65three"[..],
        b"\x66nested\xa2\x61a\xf6\x61b\x85\x01\x02\x03\x18\x28\x19\x01\xf4",
    ];
    let msgpack = [
        &b"\x84\xa2id\xce\x00\x12\xd6\x87\xa4name\xb5a name of some length\xa4tags\x93\xa3one\xa3two\xa5three"[..],
        b"\xa6nested\x82\xa1a\xc0\xa1b\x95\x01\x02\x03\x28\xcd\x01\xf4",
    ];
    let protobuf =
        b"\x08\x87\xad\x4b\x12\x15a name of some length\x1a\x03one\x1a\x03two\x1a\x05three\x25\x00\x00\x00\x3e\x28\x01\x30\xf4\x03";
    let array = |begin: &[u8], one: &[u8], by: &[u8], end: &[u8]| {
        let many = [one, by].concat().repeat((256 << 10) / one.len());
        [begin, &many, one, end].concat()
    };
    vec![
        ("json, one a line", text.clone()),
        ("json", array(b"[", object, b",", b"]")),
        ("json-seq", marked),
        ("mllp", hl7.to_vec()),
        ("cbor", cbor.concat()),
        ("cbor, long", array(b"\x9f", &cbor.concat(), b"", b"\xff")),
        ("msgpack", msgpack.concat()),
        ("protobuf", protobuf.to_vec()),
    ]
}

/// A tape that holds the stream, as reads brought it.
fn taped(stream: &[u8]) -> (Tapes, TapeId, Boundaries) {
    let mut tapes = Tapes::new(1 << 30, None);
    let tape = tapes.create();
    let mut ends = Boundaries::default();
    for read in stream.chunks(READ_BYTES) {
        tapes.append(tape, read);
        ends.push(&mut tapes, read.len() as u64, Duration::ZERO);
    }
    (tapes, tape, ends)
}

fn speed(taken: Duration, bytes: usize, messages: u64) -> String {
    let seconds = taken.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "figures for a person")]
    let (gib, each) = (
        bytes as f64 / f64::from(1 << 30) / seconds,
        seconds * 1e9 / messages as f64,
    );
    format!("{gib:6.2} GiB/s, {each:6.1} ns a message")
}
