//! `MySQL` from both ends: logins, commands, results, and packets that go on.

use std::time::Duration;

use crate::framing::tests::{check, check_fields, check_from, cut, describe};
use crate::framing::{Cx, Mailbox, Side, Sight};

/// A packet.
fn packet(number: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    [&length[..3], &[number], payload].concat()
}

/// A login with these capabilities.
fn login(flags: u32) -> Vec<u8> {
    let rest = b"\0\0\0\x01\x2d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0bob\0\x02xydb\0";
    packet(1, &[&flags.to_le_bytes(), &rest[..]].concat())
}

fn greeting() -> Vec<u8> {
    let start = b"\x0a8.4.0\0\x07\0\0\0abcdefgh\0\x00\x02\x2d\x02\0\x08\0\x15\0\0\0\0\0\0\0\0\0\0";
    packet(
        0,
        &[&start[..], b"ijklmnopqrst\0caching_sha2_password\0"].concat(),
    )
}

fn column(number: u8, name: &str) -> Vec<u8> {
    let len = u8::try_from(name.len()).unwrap();
    let name = [&[len], name.as_bytes()].concat();
    let rest = b"\x0c\x2d\0\x0b\0\0\0\x03\0\0\0";
    packet(number, &[b"\x03def\0\0\0", &name[..], b"\0", rest].concat())
}

/// The notes of one direction that hears these facts, and what it tells.
fn hear(side: Side, stream: &[u8], theirs: &Mailbox) -> (Vec<String>, Mailbox) {
    let sight = Sight {
        side: Some(side),
        datagrams: false,
    };
    let rule = cut("mysql");
    let mut decoder = rule.rule.decoder();
    let mut cx = Cx::new(0, 9999, sight).hearing(Some(theirs), Duration::MAX);
    let mut rest = stream;
    while !rest.is_empty() {
        let taken = decoder.feed(rest, &mut cx);
        cx.advance(taken as u64);
        rest = &rest[taken..];
    }
    let mut mailbox = Mailbox::default();
    mailbox.put(Duration::ZERO, cx.take_letters());
    let mut messages = cx.take();
    describe(&rule, stream, &mut messages, sight);
    let notes = messages.into_iter().map(|message| message.note.into());
    (notes.collect(), mailbox)
}

const ERROR: &[u8] = b"\xff\x7a\x04#42S02no such table";
const EOF: &[u8] = b"\xfe\0\0\x02\0";
const OK: &[u8] = b"\0\x01\x05\x02\0\0\0";

#[test]
fn a_client() {
    let stream = [
        login(0x8208),
        packet(3, b"more"),
        packet(0, b"\x03select 1"),
        packet(0, b"\x03\0\x01select 2"),
        packet(0, b"\x16select ?"),
        packet(0, b"\x17\x05\0\0\0\0\x01\0\0\0"),
        packet(0, b"\x0e"),
        packet(0, b"\x63"),
        packet(0, b""),
        packet(0, b"\x01"),
    ];
    let (notes, _) = hear(Side::Client, &stream.concat(), &Mailbox::default());
    assert_eq!(
        notes,
        [
            "login bob, database db",
            "data, 4 bytes",
            "query select 1",
            "query select 2",
            "prepare select ?",
            "execute #5",
            "ping",
            "99",
            "command",
            "quit",
        ]
    );
}

#[test]
fn a_server() {
    let stream = [
        greeting(),
        packet(2, b"\xfemysql_native_password\0abc\0"),
        packet(4, OK),
        // One result with ends of columns and rows, and another behind it.
        packet(1, b"\x02"),
        column(2, "a"),
        column(3, "b"),
        packet(4, EOF),
        packet(5, b"\x01x\xfb"),
        packet(6, b"\xfe\0\0\x0a\0"),
        packet(7, OK),
        // One without an end of columns, whose rows end in OK.
        packet(1, b"\x01"),
        column(2, "a"),
        packet(3, b"\x01y"),
        packet(4, b"\xfe\0\0\x02\0\0\0\0\0\0\0"),
        packet(1, ERROR),
        packet(1, b"\xfb/etc/hosts"),
        packet(3, OK),
        packet(1, EOF),
    ];
    let (notes, _) = hear(Side::Server, &stream.concat(), &Mailbox::default());
    assert_eq!(
        notes,
        [
            "greeting 8.4.0, thread 7, caching_sha2_password",
            "authentication switches to mysql_native_password",
            "OK, 1 rows, id 5",
            "2 columns",
            "column a int",
            "column b int",
            "EOF",
            "row x, NULL",
            "EOF",
            "OK, 1 rows, id 5",
            "1 columns",
            "column a int",
            "row y",
            "OK",
            "ERR 1146 (42S02): no such table",
            "request for a file /etc/hosts",
            "OK, 1 rows, id 5",
            "EOF",
        ]
    );
}

#[test]
fn answers_that_only_the_command_tells() {
    let commands = [
        login(0x8208),
        packet(0, b"\x16select ?"),
        packet(0, b"\x17\x05\0\0\0\0\x01\0\0\0"),
        packet(0, b"\x19\x05\0\0\0"),
        packet(0, b"\x09"),
        packet(0, b"\x04t\0"),
        packet(0, b"\x0e"),
    ];
    let (_, told) = hear(Side::Client, &commands.concat(), &Mailbox::default());
    let answers = [
        greeting(),
        packet(2, OK),
        packet(1, b"\0\x05\0\0\0\x01\0\x01\0\0\0\0"),
        column(2, "?"),
        packet(3, EOF),
        column(4, "a"),
        packet(5, EOF),
        packet(1, b"\x01"),
        column(2, "a"),
        packet(3, b"\0\0\x07\0\0\0"),
        packet(4, EOF),
        packet(1, b"Uptime: 5"),
        column(1, "a"),
        column(2, "b"),
        packet(3, EOF),
        packet(1, OK),
    ];
    let (notes, _) = hear(Side::Server, &answers.concat(), &told);
    assert_eq!(
        notes[2..],
        [
            "prepared #5, 1 parameters, 1 columns",
            "column ? int",
            "EOF",
            "column a int",
            "EOF",
            "1 columns",
            "column a int",
            "binary row, 6 bytes",
            "EOF",
            "text Uptime: 5",
            "column a int",
            "column b int",
            "EOF",
            "OK, 1 rows, id 5",
        ]
    );
}

#[test]
fn without_the_other_side_an_answer_is_assumed() {
    check_from(
        Some(Side::Server),
        "mysql",
        &[packet(1, b"\x01"), packet(1, ERROR)].concat(),
        &[
            r"0..5 1 columns (the command was not seen): \x01",
            r"5..31 ERR 1146 (42S02): no such table: \xffz\x04#42S02no such table",
        ],
    );
}

#[test]
fn results_behind_each_other_answer_one_command() {
    let commands = [login(0x8208), packet(0, b"\x03a;b"), packet(0, b"\x09")];
    let (_, told) = hear(Side::Client, &commands.concat(), &Mailbox::default());
    let more = b"\0\x01\x05\x0a\0\0\0";
    let answers = [
        greeting(),
        packet(2, OK),
        packet(1, more),
        packet(2, OK),
        packet(1, b"Uptime: 5"),
    ];
    let (notes, _) = hear(Side::Server, &answers.concat(), &told);
    assert_eq!(notes[4], "text Uptime: 5");
}

#[test]
fn tls_and_compression() {
    let offer = packet(
        1,
        b"\x00\x0a\0\0\0\0\0\x01\x2d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    );
    let record = b"\x16\x03\x01\0\x01a".to_vec();
    let (notes, _) = hear(
        Side::Client,
        &[offer, record.clone()].concat(),
        &Mailbox::default(),
    );
    assert_eq!(notes, ["request for TLS", "TLS handshake, 1 byte"]);
    let (notes, _) = hear(
        Side::Server,
        &[greeting(), record].concat(),
        &Mailbox::default(),
    );
    assert_eq!(notes[1], "TLS handshake, 1 byte");

    let compressed = b"\x03\0\0\0\x09\0\0abc\x01\0\0\x01\0\0\0x";
    let stream = [&login(0x8228)[..], compressed].concat();
    let (notes, told) = hear(Side::Client, &stream, &Mailbox::default());
    let expected = [
        "compressed packet, 3 bytes for 9",
        "compressed packet, 1 byte",
    ];
    assert_eq!(notes[1..], expected);
    let stream = [&greeting()[..], &packet(2, OK), compressed].concat();
    let (notes, _) = hear(Side::Server, &stream, &told);
    assert_eq!(notes[2..], expected);
}

#[test]
fn a_full_packet_goes_on() {
    let rule = cut("mysql max 64M");
    let long = vec![b'a'; 0x00ff_ffff + 3];
    let stream = rule.rule.encode(&long).unwrap();
    assert_eq!(stream.len(), long.len() + 8);
    let mut decoder = rule.rule.decoder();
    let mut cx = Cx::new(0, rule.max, Sight::default());
    assert_eq!(decoder.feed(&stream, &mut cx), stream.len());
    let messages = cx.take();
    assert_eq!(rule.rule.payload(&messages[0], &stream), long);
    // One that is full to the byte goes on in an empty one.
    let stream = rule.rule.encode(&long[..0x00ff_ffff]).unwrap();
    assert_eq!(stream[stream.len() - 4..], [0, 0, 0, 1]);
    assert_eq!(rule.rule.decoder().feed(&stream, &mut cx), stream.len());
    let whole = cx.take().remove(0);
    assert_eq!(rule.rule.payload(&whole, &stream).len(), 0x00ff_ffff);
}

#[test]
fn what_waits() {
    check(
        "mysql",
        b"\x05\0",
        &[r"0..2 partial, waiting for the header of 4 bytes (packet): \x05\x00"],
    );
    check_from(
        Some(Side::Client),
        "mysql",
        b"\x09\0\0\0\x03sel",
        &[r"0..8 partial -5, waiting for 5 more bytes (query sel): \x03sel"],
    );
    check(
        "mysql max 99",
        b"\x64\0\0\0\x03sel",
        &["0..8 bad at 0: a message of 104 bytes, over the limit of 99"],
    );
}

#[test]
fn fields() {
    check_fields(
        "mysql",
        &login(0x8208),
        &[
            "0..3 length 42",
            "3..4 sequence 1",
            "4..8 capabilities 33288 connect-with-db protocol-41 secure-connection",
            "8..12 most bytes of a packet 16777216",
            "12..13 character set 45",
            r#"36..39 user "bob""#,
            "40..41 response length 2",
            "41..43 response",
            r#"43..45 database "db""#,
        ],
    );
}
