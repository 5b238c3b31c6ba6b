//! DNS messages: over TCP, in datagrams, and names that are made to loop.

use crate::framing::tests::{check, check_fields, check_tiles, cut, describe, picture, run_as};
use crate::framing::{Message, Sight};

/// `A a.test`, its answer 192.0.2.1, as a name server gave it.
const ANSWER: &[u8] = b"\x003\x12\x34\x85\x80\0\x01\0\x01\0\0\0\x01\x01a\x04test\0\0\x01\0\x01\
    \xc0\x0c\0\x01\0\x01\0\0\0\x05\0\x04\xc0\0\x02\x01\0\0)\x04\xd0\0\0\x80\0\0\0";

/// One message without its length, as a datagram.
fn datagram(bytes: &[u8]) -> String {
    let sight = Sight {
        datagrams: true,
        ..Sight::default()
    };
    let messages = run_as(&cut("dns"), bytes, &[bytes.len()], sight);
    picture(bytes, &messages)
}

/// The note of a message with these records behind a question for `a`.
fn told(records: &[u8], count: u8) -> String {
    let head = b"\0\x07\x80\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01";
    let mut bytes = [head, records].concat();
    bytes[7] = count;
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    let stream = [&length, bytes.as_slice()].concat();
    let end = stream.len() as u64;
    let mut messages = [Message::new(0..end, 2..end, "")];
    describe(&cut("dns"), &stream, &mut messages, Sight::default());
    check_tiles(&stream, &messages);
    let said: Vec<_> = messages[0]
        .walk()
        .filter(|(_, field)| field.name == "answer")
        .map(|(_, field)| format!("{:?}", field.value))
        .collect();
    format!("{} {}", messages[0].note, said.join(" "))
}

#[test]
fn queries_and_answers() {
    let query = b"\0\x18\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x04test\0\0\x1c\0\x01";
    let shown = r"\x124\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x04test\x00\x00\x1c\x00\x01";
    check(
        "dns",
        query,
        &[&format!("0..26 query AAAA a.test, #4660: {shown}")],
    );
    assert_eq!(
        datagram(&query[2..]),
        format!("0..24 query AAAA a.test, #4660: {shown}\n")
    );
    let mut none = query.to_vec();
    none[4..6].copy_from_slice(b"\x81\x83");
    let messages = run_as(&cut("dns"), &none, &[99], Sight::default());
    assert_eq!(
        messages[0].note,
        "answer #4660: 0 records, NXDOMAIN, AAAA a.test"
    );
}

#[test]
fn what_is_not_whole_or_no_message() {
    check(
        "dns",
        b"\0\x05abcde\0",
        &[
            "0..7 no message: 5 bytes, and its head has 12: abcde",
            r"7..8 partial, waiting for the length of 2 bytes: \x00",
        ],
    );
    check(
        "dns",
        b"\0\x1d\x12",
        &[
            r"0..3 partial -28, waiting for 28 more bytes (no message: 1 byte, and its head has 12): \x12",
        ],
    );
    assert_eq!(
        datagram(b"abc"),
        "0..3 no message: 3 bytes, and its head has 12: abc\n"
    );
}

#[test]
fn fields() {
    check_fields(
        "dns",
        ANSWER,
        &[
            "0..2 length 51",
            "2..4 id 4660",
            "4..6 flags 34176 response authoritative recursion-desired recursion-available",
            "4..5 opcode 0 query",
            "5..6 rcode 0 NOERROR",
            "6..8 questions 1",
            "8..10 answers 1",
            "10..12 authorities 0",
            "12..14 additional 1",
            r#"14..26 question "A a.test""#,
            r#"  14..22 name "a.test""#,
            "  22..24 type 1 A",
            "  24..26 class 1 IN",
            r#"26..42 answer "a.test A 192.0.2.1""#,
            r#"  26..28 name "a.test""#,
            "  28..30 type 1 A",
            "  30..32 class 1 IN",
            "  32..36 ttl 5",
            "  36..38 data length 4",
            r#"  38..42 address "192.0.2.1""#,
            r#"42..53 additional ". OPT""#,
            r#"  42..43 name ".""#,
            "  43..45 type 41 OPT",
            "  45..47 payload size 1232",
            "  47..48 extended rcode 0",
            "  48..49 version 0",
            "  49..51 flags 32768 dnssec-ok",
            "  51..53 data length 0",
        ],
    );
}

#[test]
fn records_of_all_kinds() {
    let record = |kind: u8, data: &[u8]| {
        let length = u8::try_from(data.len()).unwrap();
        let head = [0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 9, 0, length];
        told(&[&head, data].concat(), 1)
    };
    for (kind, data, expected) in [
        (2, &b"\x02ns\xc0\x0c"[..], "a NS ns.a"),
        (5, b"\x01b\0", "a CNAME b"),
        (12, b"\0", "a PTR ."),
        (15, b"\0\x0a\xc0\x0c", "a MX 10 a"),
        (16, b"\x03abc\x01d", "a TXT abc d"),
        (
            28,
            b"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01",
            "a AAAA 2001:db8::1",
        ),
        (33, b"\0\x01\0\x02\0\x50\xc0\x0c", "a SRV 1 2 80 a"),
        (
            6,
            b"\xc0\x0c\xc0\x0c\0\0\0\x07\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "a SOA a 7",
        ),
        (99, b"xy", "a 99"),
        (1, b"xy", "a A"),
    ] {
        let expected = format!(r#"answer #7: 1 record, NOERROR, A a Text("{expected}")"#);
        assert_eq!(record(kind, data), expected);
    }
}

#[test]
fn names_cannot_loop() {
    for record in [
        // To itself, forward, to a name that leads here, an unknown kind of label, and past the end.
        &b"\xc0\x13"[..],
        b"\xc0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\x01b\xc0\x13",
        b"\x40abc",
        b"\x3fabc",
        b"\xff\xff",
    ] {
        let note = told(record, 1);
        assert_eq!(note, "answer #7: 1 record, NOERROR, A a, malformed Bytes");
    }
}
