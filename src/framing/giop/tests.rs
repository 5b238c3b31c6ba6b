//! Messages in the shape of CORBA 3.3, Part 2, 9.4.

use crate::framing::tests::{check, check_fields};

fn message(minor: u8, flags: u8, kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap();
    let length = if flags & 1 == 0 {
        length.to_be_bytes()
    } else {
        length.to_le_bytes()
    };
    [b"GIOP", &[1, minor, flags, kind][..], &length, body].concat()
}

fn check_note(message: &[u8], note: &str) {
    let payload = message[12..].escape_ascii();
    let line = format!("0..{} {note}: {payload}", message.len());
    check("giop", message, &[&line]);
}

const REQUEST: &[u8] =
    b"\x05\0\0\0\x03\0\0\0\0\0\0\0\x02\0\0\0ab\0\0\x05\0\0\0ping\0\0\0\0\0\0\0\0";

#[test]
fn what_brokers_say() {
    check_note(&message(2, 1, 0, REQUEST), "Request 5 ping");
    let oneway = b"\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0\x01k\0\0\0\0\0\0\x03go\0\0\0\0\0\0";
    check_note(&message(0, 0, 0, oneway), "Request 7 go, oneway");
    check_note(
        &message(2, 0, 1, b"\0\0\0\x05\0\0\0\0\0\0\0\0\x01"),
        "Reply 5: no exception",
    );
    let exception = b"\0\0\0\x05\0\0\0\x02\0\0\0\0\0\0\0\x04ABC\0\0\0\0\x01";
    check_note(
        &message(
            0,
            0,
            1,
            &[b"\0\0\0\0", &exception[..8], &exception[12..]].concat(),
        ),
        "Reply 5: system exception ABC",
    );
    check_note(&message(2, 0, 2, b"\0\0\0\x05"), "CancelRequest 5");
    check_note(
        &message(2, 0, 3, b"\0\0\0\x05\0\0\0\0\0\0\0\x01k"),
        "LocateRequest 5",
    );
    check_note(
        &message(2, 0, 4, b"\0\0\0\x05\0\0\0\x01"),
        "LocateReply 5: object here",
    );
    check_note(&message(2, 0, 5, b""), "CloseConnection");
    check_note(&message(2, 0, 6, b""), "MessageError");
    check_note(
        &message(2, 2, 7, b"\0\0\0\x05abc"),
        "Fragment 5, 3 bytes, more follows",
    );
    check_note(&message(2, 0, 9, b"x"), "type 9");
}

#[test]
fn what_breaks_the_rule() {
    check(
        "giop",
        b"GIOx\x01\x02\0\0\0\0\0\0",
        &["0..12 bad at 3: the message does not begin with GIOP"],
    );
    check(
        "giop",
        b"GIOP\x02\x02\0\0\0\0\0\0ab",
        &["0..14 bad at 4: version 2, and 1 must be"],
    );
    check(
        "giop",
        b"GIOP",
        &["0..4 partial, waiting for the header of 12 bytes: GIOP"],
    );
    check(
        "giop",
        &message(2, 1, 0, REQUEST)[..14],
        &[r"0..14 partial -34, waiting for 34 more bytes (Request): \x05\x00"],
    );
    check(
        "giop",
        b"GIOP\x01\x02\0\0\xff\xff\xff\xff\0",
        &["0..13 bad at 0: a message of 4294967307 bytes, over the limit of 16777216"],
    );
}

#[test]
fn counts_that_lie_end_the_dissection() {
    check_note(&message(0, 0, 0, b"\xff\xff\xff\xff"), "Request");
    check_note(
        &message(2, 0, 3, b"\0\0\0\x05\0\0\0\0\xff\xff\xff\xff"),
        "LocateRequest 5",
    );
    check_note(
        &message(
            2,
            0,
            3,
            b"\0\0\0\x05\0\x02\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff",
        ),
        "LocateRequest 5",
    );
}

#[test]
fn fields() {
    check_fields(
        "giop",
        &message(2, 1, 0, REQUEST),
        &[
            "0..4 magic \"GIOP\"",
            "4..6 version \"1.2\"",
            "6..7 flags 1",
            "7..8 type 0 Request",
            "8..12 length 36",
            "12..16 request id 5",
            "16..17 response flags 3",
            "20..22 addressing 0",
            "28..30 object key",
            "36..41 operation \"ping\"",
            "44..48 service contexts 0",
        ],
    );
}
