//! Calls and replies of rpcbind (vectors `cap-rpcbind-*`) and of RFC 5531's rules.

use crate::framing::tests::{check, check_fields, cut, run};

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A record of one fragment.
fn record(body: &[u32]) -> Vec<u8> {
    cut("sunrpc").rule.encode(&words(body)).unwrap()
}

fn check_note(body: &[u32], note: &str) {
    let stream = record(body);
    let payload = words(body);
    let line = format!("0..{} {note}: {}", stream.len(), payload.escape_ascii());
    check("sunrpc", &stream, &[&line]);
}

#[test]
fn calls() {
    let call = |program, version, procedure| [7, 0, 2, program, version, procedure, 0, 0, 0, 0];
    check_note(&call(100_000, 2, 0), "call portmapper 2 NULL, xid 7");
    check_note(&call(100_003, 3, 1), "call nfs 3 GETATTR, xid 7");
    check_note(&call(100_003, 9, 1), "call nfs 9 1, xid 7");
    check_note(&call(100_005, 3, 1), "call mount 3 MNT, xid 7");
    check_note(&call(5, 6, 7), "call 5 6 7, xid 7");
    let getport = [&call(100_000, 2, 3)[..], &[100_003, 3, 6, 0]].concat();
    check_note(&getport, "call portmapper 2 GETPORT of nfs, xid 7");
    check_note(&[9, 2], "2, xid 9");
}

#[test]
fn replies() {
    check_note(&[7, 1, 0, 0, 0, 0, 111], "reply: success, xid 7");
    check_note(
        &[7, 1, 0, 0, 0, 2, 2, 4],
        "reply: program version mismatch, 2 to 4 are, xid 7",
    );
    check_note(&[7, 1, 0, 0, 0, 3], "reply: procedure unavailable, xid 7");
    check_note(
        &[7, 1, 1, 0, 2, 2],
        "reply denied: RPC version mismatch, 2 to 2 are, xid 7",
    );
    check_note(
        &[7, 1, 1, 1, 5],
        "reply denied: authentication error, too weak, xid 7",
    );
    check_note(&[7, 1, 0, 0, 0, 99], "reply: 99, xid 7");
}

#[test]
fn a_record_is_joined_of_fragments() {
    let stream =
        b"\0\0\0\x06\0\0\0\x07\0\0\0\0\0\0\x80\0\0\x12\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02";
    check(
        "sunrpc",
        stream,
        &[&format!(
            "0..36 reply: program version mismatch, xid 7, 3 fragments: {}",
            stream[4..].escape_ascii()
        )],
    );
    let messages = run(&cut("sunrpc"), stream, &[7]);
    assert_eq!(
        cut("sunrpc").rule.payload(&messages[0], stream),
        words(&[7, 1, 0, 0, 0, 2])
    );
    check_fields(
        "sunrpc",
        stream,
        &[
            "0..4 fragment 6 more follows",
            "10..14 fragment 0 more follows",
            "14..18 fragment 18 last",
            "4..8 xid 7",
            "8..20 type 1 reply",
            "20..24 reply status 0 accepted",
            "24..32 verifier",
            "  24..28 flavor 0 none",
            "  28..32 length 0",
            "32..36 accept status 2 program version mismatch",
        ],
    );
    check(
        "sunrpc fragments",
        stream,
        &[
            r"0..10 6 bytes, more follows: \x00\x00\x00\x07\x00\x00",
            "10..14 fragment, 0 bytes, more follows: ",
            r"14..36 fragment, 18 bytes: \x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02",
        ],
    );
}

#[test]
fn what_is_not_whole_or_too_long() {
    check(
        "sunrpc",
        b"\x80\0\0",
        &[r"0..3 partial, waiting for the header of a fragment: \x80\x00\x00"],
    );
    check(
        "sunrpc",
        b"\x80\0\0\x08\0\0\0\x09\0",
        &[r"0..9 partial -3, waiting for 3 more bytes (5 bytes): \x00\x00\x00\t\x00"],
    );
    check(
        "sunrpc",
        b"\0\0\0\x08\0\0\0\x09\0\0\0",
        &[
            r"0..11 partial, waiting for the other fragments (7 bytes): \x00\x00\x00\x08\x00\x00\x00\t\x00\x00\x00",
        ],
    );
    check(
        "sunrpc max 20",
        b"\0\0\0\x12abcdefghijklmnopqr\x80\0\0\0\x80\0\0\x04\0\0\0\x01",
        &[
            "0..26 bad at 20: longer than the limit of 20 bytes",
            r"26..34 4 bytes: \x00\x00\x00\x01",
        ],
    );
    check(
        "sunrpc",
        b"\xff\xff\xff\xffab",
        &["0..6 bad at 0: a message of 2147483651 bytes, over the limit of 16777216"],
    );
    check(
        "sunrpc fragments",
        b"\0\0\0\x01a\x80\0\0\x09bc",
        &[
            "0..5 1 byte, more follows: a",
            "5..11 partial -7, waiting for 7 more bytes (fragment, 2 bytes): bc",
        ],
    );
    let many = [0; 4].repeat(100_000);
    assert_eq!(run(&cut("sunrpc"), &many, &[3]).len(), 1);
}

#[test]
fn who_calls() {
    let body = [
        1,
        0,
        2,
        100_003,
        4,
        1,
        1,
        28,
        5,
        2,
        0x6162_0000,
        1000,
        100,
        1,
        4,
        0,
        0,
        8,
    ];
    check_fields(
        "sunrpc",
        &record(&body),
        &[
            "0..4 fragment 72 last",
            "4..8 xid 1",
            "8..12 type 0 call",
            "12..16 RPC version 2",
            "16..20 program 100003 nfs",
            "20..24 version 4",
            "24..28 procedure 1 COMPOUND",
            "28..64 credential",
            "  28..32 flavor 1 system",
            "  32..36 length 28",
            "  36..40 stamp 5",
            "  44..46 machine \"ab\"",
            "  48..52 user 1000",
            "  52..56 group 100",
            "  56..60 groups 1",
            "  60..64 group 4",
            "64..72 verifier",
            "  64..68 flavor 0 none",
            "  68..72 length 0",
            "72..76 body",
        ],
    );
}
