//! `PostgreSQL` from both ends, with offers of encryption and their answers.

use std::time::Duration;

use crate::framing::tests::{Random, check, check_fields, check_from, cut, describe, run_all_ways};
use crate::framing::{Cx, Mailbox, Message, Side, Sight};

const STARTUP: &[u8] = b"\0\0\0\x17\0\x03\0\0user\0postgres\0\0";
const SSL_REQUEST: &[u8] = b"\0\0\0\x08\x04\xd2\x16\x2f";
const GSS_REQUEST: &[u8] = b"\0\0\0\x08\x04\xd2\x16\x30";

/// The notes of one direction that hears these facts, and what it tells.
fn hear(side: Side, bytes: &[u8], theirs: &Mailbox) -> (Vec<String>, Mailbox) {
    let sight = Sight {
        side: Some(side),
        datagrams: false,
    };
    let rule = cut("postgres");
    let mut decoder = rule.rule.decoder();
    let mut cx = Cx::new(0, 999, sight).hearing(Some(theirs), Duration::MAX);
    let mut rest = bytes;
    while !rest.is_empty() {
        let taken = decoder.feed(rest, &mut cx);
        cx.advance(taken as u64);
        rest = &rest[taken..];
    }
    let mut mailbox = Mailbox::default();
    mailbox.put(Duration::ZERO, cx.take_letters());
    let mut messages = cx.take();
    describe(&rule, bytes, &mut messages, sight);
    let notes = messages.into_iter().map(|message| message.note.into());
    (notes.collect(), mailbox)
}

/// The notes of a stream.
fn notes(words: &str, bytes: &[u8]) -> Vec<String> {
    let messages = run_all_ways(&cut(words), bytes, &mut Random(7), Sight::default());
    let note = |message: Message| message.note.into_owned();
    messages.into_iter().map(note).collect()
}

#[test]
fn frontend() {
    let bytes = [
        STARTUP,
        b"Q\0\0\0\x0dSELECT 1\0",
        b"P\0\0\0\x17s1\0select $1\0\0\x01\0\0\0\x17",
        b"B\0\0\0\x17\0s1\0\0\0\0\x02\0\0\0\x017\xff\xff\xff\xff\0\0",
        b"D\0\0\0\x06P\0",
        b"E\0\0\0\x09\0\0\0\0\x05",
        b"S\0\0\0\x04",
        b"f\0\0\0\x08bad\0",
        b"d\0\0\0\x06hi",
        b"X\0\0\0\x04",
    ];
    assert_eq!(
        notes("postgres", &bytes.concat()),
        [
            "startup, version 3.0, user postgres",
            "Query SELECT 1",
            "Parse s1: select $1",
            "Bind s1: 7, NULL",
            "Describe portal",
            "Execute, at most 5 rows",
            "Sync",
            "CopyFail bad",
            "CopyData 2 bytes",
            "Terminate",
        ]
    );
    let cancel = b"\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\x07\0\0\0\x09";
    assert_eq!(
        notes("postgres frontend", cancel),
        ["CancelRequest, process 7"]
    );
}

#[test]
fn backend() {
    let bytes: [&[u8]; 10] = [
        b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0",
        b"R\0\0\0\x08\0\0\0\0",
        b"S\0\0\0\x15TimeZone\0Etc/UTC\0",
        b"K\0\0\0\x0c\0\0\0\x01\0\0\0\x02",
        b"Z\0\0\0\x05I",
        b"T\0\0\0\x1a\0\x01a\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0",
        b"D\0\0\0\x0b\0\x01\0\0\0\x011",
        b"C\0\0\0\x0dSELECT 1\0",
        b"E\0\0\0\x1bSERROR\0C42601\0Msyntax\0\0",
        b"A\0\0\0\x0d\0\0\0\x07c\0hi\0",
    ];
    assert_eq!(
        notes("postgres backend", &bytes.concat()),
        [
            "Authentication SASL SCRAM-SHA-256",
            "Authentication ok",
            "ParameterStatus TimeZone=Etc/UTC",
            "BackendKeyData process 1",
            "ReadyForQuery idle",
            "RowDescription a",
            "DataRow 1",
            "CommandComplete SELECT 1",
            "ErrorResponse ERROR 42601: syntax",
            "NotificationResponse c hi, process 7",
        ]
    );
}

#[test]
fn tls_is_offered_and_taken() {
    let record = b"\x16\x03\x01\0\x02ab";
    let (notes, told) = hear(
        Side::Client,
        &[SSL_REQUEST, record].concat(),
        &Mailbox::default(),
    );
    assert_eq!(notes, ["SSLRequest", "TLS handshake, 2 bytes"]);
    let (notes, _) = hear(Side::Server, b"S\x16\x03\x01\0\x01a\x17\x03\x03\0\0", &told);
    assert_eq!(
        notes,
        [
            "accepts TLS: what follows is encrypted",
            "TLS handshake, 1 byte",
            "TLS application data, 0 bytes",
        ]
    );
    let (notes, _) = hear(Side::Server, b"NR\0\0\0\x08\0\0\0\0", &told);
    assert_eq!(notes, ["refuses encryption", "Authentication ok"]);
    // Nobody asked for it: this is a message.
    let (notes, _) = hear(Side::Server, b"N\0\0\0\x09Mhi\0\0", &Mailbox::default());
    assert_eq!(notes, ["NoticeResponse: hi"]);
}

#[test]
fn gssapi_is_offered_and_taken() {
    let (_, told) = hear(Side::Client, GSS_REQUEST, &Mailbox::default());
    let (notes, answer) = hear(Side::Server, b"G\0\0\0\x02ab", &told);
    assert_eq!(
        notes,
        [
            "accepts GSSAPI: what follows is encrypted",
            "GSSAPI, 2 bytes"
        ]
    );
    let stream = [GSS_REQUEST, b"\0\0\0\x01x"].concat();
    let (notes, _) = hear(Side::Client, &stream, &answer);
    assert_eq!(notes, ["GSSENCRequest", "GSSAPI, 1 byte"]);
    let (notes, _) = hear(
        Side::Client,
        &[GSS_REQUEST, STARTUP].concat(),
        &Mailbox::default(),
    );
    assert_eq!(
        notes,
        ["GSSENCRequest", "startup, version 3.0, user postgres"]
    );
}

#[test]
fn without_the_other_side_an_answer_is_assumed() {
    check_from(
        Some(Side::Server),
        "postgres",
        b"NS\x15\x03\x03\0\x02\x01\0",
        &[
            "0..1 refuses encryption (the request was not seen): N",
            "1..2 accepts TLS: what follows is encrypted (the request was not seen): S",
            r"2..9 TLS alert, 2 bytes: \x01\x00",
        ],
    );
}

#[test]
fn what_waits_and_what_is_no_message() {
    check(
        "postgres",
        b"\0\0",
        &[r"0..2 partial, waiting for the rest of the length (startup): \x00\x00"],
    );
    check(
        "postgres",
        b"\0\0\0\x17\0\x03",
        &[r"0..6 partial -17, waiting for 17 more bytes (startup): \x00\x03"],
    );
    check(
        "postgres frontend",
        b"Q\0\0\0\x0dSEL",
        &["0..8 partial -6, waiting for 6 more bytes (Query): SEL"],
    );
    let why = "0..4 bad at 0: a startup of 7 bytes, and 8 are the least";
    check("postgres", b"\0\0\0\x07", &[why]);
    let why = "0..6 bad at 1: length 3, which counts its own 4 bytes";
    check("postgres", b"Q\0\0\0\x03a", &[why]);
    check(
        "postgres",
        b"\x01a",
        &["0..2 bad at 0: byte 01 begins no message"],
    );
    check(
        "postgres backend",
        b"S\x17\x02\0\0\0",
        &[
            "0..1 accepts TLS: what follows is encrypted (the request was not seen): S",
            "1..6 bad at 1: no TLS record, where TLS was begun",
        ],
    );
    check(
        "postgres",
        b"Q\xff\xff\xff\xffa",
        &["0..6 bad at 0: a message of 4294967296 bytes, over the limit of 16777216"],
    );
}

#[test]
fn fields() {
    check_fields(
        "postgres frontend",
        STARTUP,
        &[
            "0..4 length 23",
            "4..8 code 196608 version 3.0",
            r#"8..22 parameter "user=postgres""#,
            r#"  8..12 name "user""#,
            r#"  13..21 value "postgres""#,
        ],
    );
    check_fields(
        "postgres backend",
        b"D\0\0\0\x0f\0\x02\0\0\0\x011\xff\xff\xff\xff",
        &[
            "0..1 type 68 DataRow",
            "1..5 length 15",
            "5..7 columns 2",
            r#"7..12 column "1""#,
            "  7..11 length 1",
            r#"12..16 column "NULL""#,
            "  12..16 length -1",
        ],
    );
    check_fields(
        "postgres backend",
        b"E\0\0\0\x17SERROR\0C42601\0Mno\0\0",
        &[
            "0..1 type 69 ErrorResponse",
            "1..5 length 23",
            r#"6..11 severity (localized) "ERROR""#,
            r#"13..18 code "42601""#,
            r#"20..22 message "no""#,
        ],
    );
}
