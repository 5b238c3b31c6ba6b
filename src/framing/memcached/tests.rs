//! Both protocols of memcached, on one stream if need be.

use crate::framing::tests::{check, check_fields, cut};

#[test]
fn text() {
    check(
        "memcached",
        b"set k 1 60 5\r\na\r\nbc\r\nget k l\r\nms m 2 T0\r\nhi\r\ndelete k noreply\nquit\r\n",
        &[
            r"0..21 set k, 5 bytes: set k 1 60 5\r\na\r\nbc",
            "21..30 get k l: get k l",
            r"30..45 ms m, 2 bytes: ms m 2 T0\r\nhi",
            "45..62 delete k noreply: delete k noreply",
            "62..68 quit: quit",
        ],
    );
    check(
        "memcached",
        b"VALUE k 1 1\r\nv\r\nEND\r\nVA 2 s2\r\nhi\r\nSTORED\r\nSERVER_ERROR out of memory\r\n\r\n\n",
        &[
            r"0..16 VALUE k, 1 byte: VALUE k 1 1\r\nv",
            "16..21 END: END",
            r"21..34 VA 2, 2 bytes: VA 2 s2\r\nhi",
            "34..42 STORED: STORED",
            "42..70 SERVER_ERROR out of memory: SERVER_ERROR out of memory",
            "70..72 an empty line: ",
            "72..73 an empty line: ",
        ],
    );
}

#[test]
fn binary() {
    let reply = b"\x81\0\0\0\x04\0\0\x01\0\0\0\x06\0\0\0\x09\0\0\0\0\0\0\0\0\0\0\0\x07no";
    check(
        "memcached",
        &[
            &b"\x80\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\x09\0\0\0\0\0\0\0\0k"[..],
            reply,
        ]
        .concat(),
        &[
            "0..25 get k, #9: k",
            r"25..55 get: key not found, #9: \x00\x00\x00\x07no",
        ],
    );
}

#[test]
fn what_waits_and_what_is_bad() {
    check(
        "memcached",
        b"ge",
        &["0..2 partial, waiting for the end of the line (ge): ge"],
    );
    check(
        "memcached",
        b"set k 0 0 5\r\nab",
        &[r"0..15 partial -5, waiting for 5 more bytes (set k, 5 bytes): set k 0 0 5\r\nab"],
    );
    check(
        "memcached",
        b"\x80\0\0",
        &[r"0..3 partial, waiting for the header of 24 bytes (get): \x80\x00\x00"],
    );
    check(
        "memcached",
        b"set k 0 0 1\r\nabc\r\nset k 0 0 -1\r\nget k\r\n",
        &[
            "0..16 bad at 14: the data does not end in CRLF",
            "16..18 an empty line: ",
            "18..32 bad at 28: the length of the data is no number",
            "32..39 get k: get k",
        ],
    );
    check(
        "memcached max 40",
        b"set k 0 0 18446744073709551615\r\nab",
        &["0..34 bad at 0: a message of 18446744073709551615 bytes, over the limit of 40"],
    );
}

#[test]
fn fields() {
    check_fields(
        "memcached",
        b"set k 1 60 2\r\nhi\r\nCLIENT_ERROR bad data chunk\r\n",
        &[
            r#"0..3 command "set""#,
            r#"4..5 key "k""#,
            "6..7 flags 1",
            "8..10 expiry 60",
            "11..12 length 2",
            r#"14..16 data "hi""#,
            r#"18..30 command "CLIENT_ERROR""#,
            r#"31..45 why "bad data chunk""#,
        ],
    );
    check_fields(
        "memcached",
        b"\x80\x01\0\x01\x08\0\0\0\0\0\0\x0a\0\0\0\x09\0\0\0\0\0\0\0\x02\0\0\0\x03\0\0\0\x04kv",
        &[
            "0..1 magic 128 request",
            "1..2 opcode 1 set",
            "2..4 key length 1",
            "4..5 extras length 8",
            "5..6 data type 0",
            "6..8 bucket 0",
            "8..12 length 10",
            "12..16 opaque 9",
            "16..24 cas 2",
            "24..28 flags 3",
            "28..32 expiry 4",
            r#"32..33 key "k""#,
            r#"33..34 value "v""#,
        ],
    );
}

#[test]
fn lines_are_encoded_with_their_data() {
    let encode = |payload| cut("memcached").rule.encode(payload);
    assert_eq!(
        encode(b"set k 0 0 2\r\nhi").unwrap(),
        b"set k 0 0 2\r\nhi\r\n"
    );
    let why = "neither one line nor one with the data that it announces";
    assert_eq!(encode(b"set k 0 0 3\r\nhi").unwrap_err(), why);
    assert_eq!(encode(b"a\nb").unwrap_err(), why);
}
