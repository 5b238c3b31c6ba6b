//! Frames as clients and servers send them, and what breaks the rule.

use crate::framing::tests::{check, check_fields, cut, run};

/// A frame of these parts.
fn frame(kind: u8, flags: u8, stream: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], body].concat()
}

/// The notes of all messages, or why they are bad.
fn notes(stream: &[u8]) -> Vec<String> {
    let messages = run(&cut("http2"), stream, &[1]);
    let told = messages.iter().map(|message| match &message.status {
        crate::framing::Status::Bad { why, at } => format!("bad at {at}: {why}"),
        _ => message.note.to_string(),
    });
    told.collect()
}

#[test]
fn a_conversation() {
    let client = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(4, 0, 0, b"\0\x03\0\0\0\x64\0\x63\0\0\0\x01"),
        frame(4, 1, 0, b""),
        frame(2, 0, 3, b"\x80\0\0\x01\xc8"),
        frame(
            1,
            0x25,
            13,
            b"\0\0\0\x0b\x0f\x82\x04\x85\x60\x6b\xa7\xca\x7f\x86\x41\x8b\x08\x9d\x5c\x0b\x81\x70\xdc\x13\xaf\xba\x2f",
        ),
        frame(0, 0, 1, b"hello"),
        frame(0, 9, 1, b"\x02hi\0\0"),
        frame(8, 0, 0, b"\0\0\x03\xe8"),
        frame(6, 0, 0, b"12345678"),
        frame(6, 1, 0, b"12345678"),
        frame(3, 0, 1, b"\0\0\0\x08"),
        frame(7, 0, 0, b"\0\0\0\x0d\0\0\0\x0bcalm"),
        frame(32, 0, 1, b"new"),
    ]
    .concat();
    assert_eq!(
        notes(&client),
        [
            "preface",
            "SETTINGS, max concurrent streams 100, 99 1",
            "SETTINGS acknowledged",
            "PRIORITY stream 3, depends on 1, weight 201",
            "HEADERS stream 13: GET /a.txt, end",
            "DATA stream 1, 5 bytes",
            "DATA stream 1, 2 bytes and 2 of padding, end",
            "WINDOW_UPDATE +1000",
            "PING",
            "PING acknowledged",
            "RST_STREAM stream 1: CANCEL",
            "GOAWAY, last stream 13: ENHANCE_YOUR_CALM, calm",
            "frame type 32 stream 1, 3 bytes",
        ]
    );
    let server = [
        frame(4, 0, 0, b""),
        frame(1, 4, 1, b"\x88\x5c\x011"),
        frame(5, 4, 1, b"\0\0\0\x02\x82\x84\x86"),
        frame(1, 5, 1, b"\0\x01a\x01b\0\x01c\x01d"),
        frame(1, 4, 3, b"\x42\x07CONNECT\x01\x04a:80"),
    ]
    .concat();
    assert_eq!(
        notes(&server),
        [
            "SETTINGS",
            "HEADERS stream 1: 200",
            "PUSH_PROMISE stream 1, promises 2: GET /",
            "HEADERS stream 1: 2 headers, end",
            "HEADERS stream 3: CONNECT a:80",
        ]
    );
}

#[test]
fn partial_frames() {
    check(
        "http2",
        b"PRI * HTT",
        &["0..9 partial, waiting for the preface of 24 bytes: PRI * HTT"],
    );
    check(
        "http2",
        b"\0\0\x05\0\x01\0\0\0\x01hello\0\0\x05\0\0\0\0\0\x01he",
        &[
            "0..14 DATA stream 1, 5 bytes, end: hello",
            "14..25 partial -3, waiting for 3 more bytes (DATA stream 1, 5 bytes): he",
        ],
    );
    let why = "0..4 partial, waiting for the head of a frame of 9 bytes: PRI ";
    check("http2", b"PRI ", &[why]);
    check(
        "http2",
        b"\0\0\x04\x01\x04\0\0\0\x01\x82",
        &["0..10 partial -3, waiting for 3 more bytes (HEADERS stream 1): \\x82"],
    );
}

#[test]
fn headers_over_several_frames() {
    let stream = [
        frame(4, 0, 0, b""),
        frame(1, 1, 1, b"\x82\x04\x06/in"),
        frame(9, 0, 1, b"dex\x40\x01"),
        frame(9, 4, 1, b"a\x01b"),
        frame(1, 5, 3, b"\xbe"),
    ]
    .concat();
    let names: Vec<_> = run(&cut("http2"), &stream, &[3])
        .iter()
        .map(|message| {
            (
                message.note.to_string(),
                message.fields.last().map(|it| it.fields.len()),
            )
        })
        .collect();
    let one = |note: &str, count| (note.to_owned(), Some(count));
    assert_eq!(
        names,
        [
            one("SETTINGS", 0),
            one("HEADERS stream 1: GET, end", 1),
            one("CONTINUATION stream 1: 1 header", 1),
            one("CONTINUATION stream 1: 1 header", 1),
            one("HEADERS stream 3: 1 header, end", 1),
        ]
    );
}

#[test]
fn what_breaks_the_rule_ends_with_its_frame() {
    for (kind, flags, stream, body, why) in [
        (4, 0, 0, &b"12345"[..], "bad at 0: SETTINGS of 5 bytes"),
        (4, 1, 0, b"123456", "bad at 0: SETTINGS of 6 bytes"),
        (
            4,
            0,
            1,
            b"",
            "bad at 5: SETTINGS belongs to no stream, and this to 1",
        ),
        (6, 0, 0, b"1", "bad at 0: PING of 1 byte"),
        (
            0,
            0,
            0,
            b"1",
            "bad at 5: DATA belongs to a stream, and this has none",
        ),
        (
            0,
            8,
            1,
            b"\x02a",
            "bad at 9: more padding than there is room for",
        ),
        (
            0,
            8,
            1,
            b"",
            "bad at 4: more padding than there is room for",
        ),
        (
            1,
            12,
            1,
            b"\x03a",
            "bad at 9: more padding than there is room for",
        ),
        (
            1,
            0x24,
            1,
            b"1234",
            "bad at 9: more padding than there is room for",
        ),
        (
            9,
            4,
            1,
            b"",
            "bad at 3: a CONTINUATION, and no header block has begun",
        ),
    ] {
        let stream = [
            frame(kind, flags, stream, body),
            frame(6, 1, 0, b"12345678"),
        ]
        .concat();
        assert_eq!(notes(&stream), [why, "PING acknowledged"]);
    }
}

#[test]
fn header_blocks_have_their_turn() {
    let stream = [
        frame(1, 0, 1, b"\x82"),
        frame(0, 0, 1, b""),
        frame(9, 4, 1, b""),
        frame(1, 0, 1, b""),
        frame(9, 4, 3, b""),
        frame(1, 4, 1, b"\x82"),
    ]
    .concat();
    assert_eq!(
        notes(&stream),
        [
            "HEADERS stream 1: GET",
            "bad at 13: the header block of stream 1 is not at its end",
            "bad at 22: a CONTINUATION, and no header block has begun",
            "HEADERS stream 1",
            "bad at 40: the header block of stream 1 is not at its end",
            "HEADERS stream 1: GET",
        ]
    );
}

#[test]
fn what_is_no_http2_or_too_long() {
    check(
        "http2",
        b"GET / HTTP/1.1\r\n",
        &["0..16 bad at 0: no HTTP/2: a first frame of type 32, 4670804 bytes"],
    );
    check(
        "http2",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r!a",
        &["0..25 bad at 9: a preface that goes wrong"],
    );
    let stream = [
        frame(0, 0, 1, b"1234"),
        frame(1, 0, 1, b"\x82123"),
        frame(9, 4, 1, b"\x82"),
    ]
    .concat();
    check(
        "http2 max 12",
        &stream,
        &[
            "0..13 bad at 0: a message of 13 bytes, over the limit of 12",
            "13..26 bad at 13: a message of 13 bytes, over the limit of 12",
            "26..36 CONTINUATION stream 1: \\x82",
        ],
    );
}

#[test]
fn header_blocks_that_are_bad() {
    for (block, why) in [
        (&b"\x80"[..], "bad at 18: header index 0"),
        (
            b"\x82\xbe",
            "bad at 19: header index 62, and the last is 61",
        ),
        (
            b"\x82\x40\x05ab",
            "bad at 19: a header that the end of its block cuts off",
        ),
        (
            b"\x00\x01a\x81\x00",
            "bad at 18: a Huffman code that is cut off",
        ),
        (
            b"\x00\x01a\x82\xff\xff",
            "bad at 18: a Huffman code that is cut off",
        ),
        (
            b"\x00\x01a\x84\xff\xff\xff\xff",
            "bad at 18: a Huffman code for the end within the string",
        ),
        (
            b"\xff\x80\x80\x80\x80\x80\x01",
            "bad at 18: an integer of more than 6 bytes",
        ),
    ] {
        let stream = [
            frame(4, 0, 0, b""),
            frame(1, 4, 1, block),
            frame(1, 4, 3, b"\xbe"),
        ]
        .concat();
        let now_unknown = "HEADERS stream 3: 1 header";
        assert_eq!(
            notes(&stream),
            ["SETTINGS", why, now_unknown],
            "{block:02x?}"
        );
    }
    // Where the beginning was not seen, an index may mean anything.
    assert_eq!(
        notes(&frame(1, 4, 1, b"\x82\x84\xbe")),
        ["HEADERS stream 1: GET /"]
    );
}

#[test]
fn fields() {
    let stream = [
        frame(4, 0, 0, b"\0\x04\0\0\xff\xff"),
        frame(1, 0x2d, 1, b"\x01\x80\0\0\x03\x0f\x82\x44\x02/a\0"),
        frame(0, 1, 1, b"hi"),
        frame(7, 0, 0, b"\0\0\0\x01\0\0\0\x63"),
    ]
    .concat();
    check_fields(
        "http2",
        &stream,
        &[
            "0..3 length 6",
            "3..4 type 4 SETTINGS",
            "4..5 flags 0",
            "5..9 stream 0",
            "9..15 initial window size 65535",
            "15..18 length 12",
            "18..19 type 1 HEADERS",
            "19..20 flags 45 END_STREAM END_HEADERS PADDED PRIORITY",
            "20..24 stream 1",
            "24..25 padding length 1",
            "25..29 depends on 3",
            "25..29 exclusive 1",
            "29..30 weight 16",
            "30..35 headers",
            r#"  30..31 :method "GET""#,
            r#"  31..35 :path "/a""#,
            "35..36 padding",
            "36..39 length 2",
            "39..40 type 0 DATA",
            "40..41 flags 1 END_STREAM",
            "41..45 stream 1",
            "45..47 data",
            "47..50 length 8",
            "50..51 type 7 GOAWAY",
            "51..52 flags 0",
            "52..56 stream 0",
            "56..60 last stream 1",
            "60..64 error 99",
        ],
    );
}
