//! AMQP frames, and what is none.

use crate::framing::tests::{Random, check, check_fields, cut, run_all_ways};
use crate::framing::{Message, Sight};

/// A frame.
fn frame(kind: u8, channel: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[kind, 0, channel], &length[..], payload, &[0xce]].concat()
}

fn notes(bytes: &[u8]) -> Vec<String> {
    let messages = run_all_ways(&cut("amqp"), bytes, &mut Random(7), Sight::default());
    let note = |message: Message| message.note.into_owned();
    messages.into_iter().map(note).collect()
}

#[test]
fn frames() {
    let stream = [
        b"AMQP\0\0\x09\x01".to_vec(),
        frame(1, 0, b"\0\x0a\0\x1e\x07\xff\0\x02\0\0\0\x3c"),
        frame(1, 0, b"\0\x0a\0\x28\x01/\0\0"),
        frame(1, 1, b"\0\x14\0\x0a\0"),
        frame(1, 1, b"\0\x32\0\x0a\0\0\x01q\x02\0\0\0\0"),
        frame(1, 1, b"\0\x3c\0\x28\0\0\0\x01q\x01"),
        frame(
            2,
            1,
            b"\0\x3c\0\0\0\0\0\0\0\0\0\x05\x90\0\x0atext/plain\x02",
        ),
        frame(3, 1, b"hello"),
        frame(1, 1, b"\0\x3c\0\x50\0\0\0\0\0\0\0\x07\0"),
        frame(1, 1, b"\0\x14\0\x28\x01\x94\x09no queue!\0\x32\0\x0a"),
        frame(1, 1, b"\0\x63\0\x01x"),
        frame(8, 0, b""),
    ];
    assert_eq!(
        notes(&stream.concat()),
        [
            "protocol header, version 0-9-1",
            "connection.tune, heartbeat 60",
            "connection.open, virtual-host /",
            "channel.open, channel 1",
            "queue.declare, queue q, durable, channel 1",
            r#"basic.publish, exchange "", routing-key q, mandatory, channel 1"#,
            "content header, body of 5 bytes, content-type text/plain, channel 1",
            "body, 5 bytes, channel 1",
            "basic.ack, delivery-tag 7, channel 1",
            "channel.close, not found, reply-text no queue!, channel 1",
            "method 99.1, channel 1",
            "heartbeat",
        ]
    );
}

#[test]
fn what_waits_and_what_is_no_frame() {
    check(
        "amqp",
        b"AMQP",
        &["0..4 partial, waiting for the protocol header of 8 bytes (protocol header): AMQP"],
    );
    check(
        "amqp",
        b"\x03\0\x01",
        &[r"0..3 partial, waiting for the header of 7 bytes (body): \x03\x00\x01"],
    );
    check(
        "amqp",
        b"\x03\0\x01\0\0\0\x05hel",
        &["0..10 partial -3, waiting for 3 more bytes (body, 5 bytes, channel 1): hel"],
    );
    check(
        "amqp",
        b"\x08\0\0\0\0\0\0\xce\x03\0\x01\0\0\0\x01a\xcdx",
        &[
            "0..8 heartbeat: ",
            "8..18 bad at 16: the frame ends in cd, not in ce",
        ],
    );
    check(
        "amqp",
        b"\x04\0",
        &["0..2 bad at 0: 4 is no type of a frame"],
    );
    check(
        "amqp",
        b"AMQX\0\0\x09\x01",
        &["0..8 bad at 0: no protocol header"],
    );
    check(
        "amqp",
        b"\x03\0\x01\xff\xff\xff\xffa",
        &["0..8 bad at 0: a message of 4294967303 bytes, over the limit of 16777216"],
    );
}

#[test]
fn fields() {
    check_fields(
        "amqp",
        &frame(
            1,
            0,
            b"\0\x0a\0\x0a\0\x09\0\0\0\x28\x01aS\0\0\0\x02hi\x01bt\x01\x01c\
              F\0\0\0\x07\x01dI\xff\xff\xff\xff\x01eA\0\0\0\x06s\0\x05b\xfeV\
              \0\0\0\x05PLAIN\0\0\0\x05en_US",
        ),
        &[
            "0..1 type 1 method",
            "1..3 channel 0",
            "3..7 length 68",
            "7..9 class 10 connection",
            "9..11 method 10 connection.start",
            "11..12 version-major 0",
            "12..13 version-minor 9",
            "13..57 server-properties",
            "  13..17 length 40",
            r#"  24..26 a "hi""#,
            "  29..30 b 1 yes",
            "  33..44 c",
            "    40..44 d -1",
            "  47..57 e",
            "    52..54 item 5",
            "    55..56 item -2",
            r#"    57..57 item "void""#,
            r#"61..66 mechanisms "PLAIN""#,
            r#"70..75 locales "en_US""#,
        ],
    );
    check_fields(
        "amqp",
        &frame(1, 1, b"\0\x3c\0\x28\0\0\0\x01q\x01"),
        &[
            "0..1 type 1 method",
            "1..3 channel 1",
            "3..7 length 10",
            "7..9 class 60 basic",
            "9..11 method 40 basic.publish",
            r#"14..14 exchange """#,
            r#"15..16 routing-key "q""#,
            "16..17 mandatory 1 yes",
            "16..17 immediate 0 no",
        ],
    );
}

#[test]
fn tables_within_tables_end_somewhere() {
    let mut payload = b"\0\x0a\0\x0a\0\x09".to_vec();
    for left in (1..=200_u32).rev() {
        payload.extend_from_slice(&(left * 7).to_be_bytes());
        payload.extend_from_slice(b"\x01aF");
    }
    assert_eq!(notes(&frame(1, 0, &payload)), ["connection.start"]);
}
