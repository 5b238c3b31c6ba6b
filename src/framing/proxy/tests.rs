//! Headers of `proxy` in both versions, and what is none.

use crate::framing::tests::{check, check_fields, cut};

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

fn second(rest: &[u8]) -> Vec<u8> {
    [SIGNATURE, rest].concat()
}

#[test]
fn lines_and_headers_once() {
    let behind = "the next protocol’s: `proxy then …` cuts it";
    check(
        "proxy",
        b"PROXY TCP4 10.0.0.1 10.0.0.2 56324 443\r\nGET / HTTP/1.1\r\n",
        &[
            "0..40 TCP4 10.0.0.1:56324 to 10.0.0.2:443: PROXY TCP4 10.0.0.1 10.0.0.2 56324 443",
            &format!("40..56 skipped: {behind}"),
        ],
    );
    check(
        "proxy",
        b"PROXY UNKNOWN\r\n",
        &["0..15 UNKNOWN: PROXY UNKNOWN"],
    );
    check(
        "proxy",
        b"PROXY TCP6 ::1 ::2 1 2\r\n",
        &["0..24 TCP6 [::1]:1 to [::2]:2: PROXY TCP6 ::1 ::2 1 2"],
    );
    check(
        "proxy",
        &second(b"\x21\x11\0\x0c\x0a\0\0\x01\x0a\0\0\x02\0\x09\x01\xbb"),
        &[r"0..28 STREAM 10.0.0.1:9 to 10.0.0.2:443: \n\x00\x00\x01\n\x00\x00\x02\x00\t\x01\xbb"],
    );
    check("proxy", &second(b"\x20\0\0\0"), &["0..16 LOCAL: "]);
    let six = [&[0x21, 0x22, 0, 36], &[0; 15][..], &[1; 17], &[0, 1, 0, 2]].concat();
    let bytes = second(&six);
    let messages = crate::framing::tests::run(&cut("proxy"), &bytes, &[9]);
    assert_eq!(
        messages[0].note,
        "DGRAM [::1]:1 to [101:101:101:101:101:101:101:101]:2"
    );
    let paths = [&[0x21, 0x31, 0, 216], &b"/a"[..], &[0; 214]].concat();
    let bytes = second(&paths);
    let messages = crate::framing::tests::run(&cut("proxy"), &bytes, &[9]);
    assert_eq!(messages[0].note, "UNIX /a to ");
}

#[test]
fn what_is_not_whole() {
    check(
        "proxy",
        b"PROXY TCP4 1\n",
        &[r"0..13 partial, waiting for the end of the line (TCP4): PROXY TCP4 1\n"],
    );
    check(
        "proxy",
        &SIGNATURE[..9],
        &[r"0..9 partial, waiting for the end of the header: \r\n\r\n\x00\r\nQU"],
    );
    check(
        "proxy",
        &second(b"\x20\0\0\x05ab"),
        &["0..18 partial -3, waiting for 3 more bytes (LOCAL): ab"],
    );
}

#[test]
fn what_breaks_the_rule() {
    let why = "neither `PROXY ` of version 1 nor the signature of version 2";
    check("proxy", b"PROXX", &[&format!("0..5 bad at 4: {why}")]);
    check("proxy", b"GET /", &[&format!("0..5 bad at 0: {why}")]);
    check("proxy", b"\r\n\r\n\r", &[&format!("0..5 bad at 4: {why}")]);
    let long = format!("PROXY {}\r\n", "1".repeat(100));
    check(
        "proxy",
        long.as_bytes(),
        &["0..108 bad at 106: a line of more than 107 bytes"],
    );
    check(
        "proxy",
        &second(b"\x31\0\0\0x"),
        &["0..17 bad at 12: version 3, and this signature is of 2"],
    );
    check(
        "proxy",
        &second(b"\x22\0\0\x01x"),
        &["0..17 bad at 12: command 2, neither LOCAL (0) nor PROXY (1)"],
    );
    check(
        "proxy max 20",
        &second(b"\x20\0\0\x05abcde"),
        &["0..21 bad at 0: a message of 21 bytes, over the limit of 20"],
    );
}

#[test]
fn fields() {
    check_fields(
        "proxy",
        b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
        &[
            r#"6..10 family "TCP4""#,
            r#"11..18 source "1.1.1.1""#,
            r#"19..26 destination "2.2.2.2""#,
            "27..28 source port 1",
            "29..30 destination port 2",
        ],
    );
    check_fields(
        "proxy",
        &second(b"\x21\0\0\x17\x01\0\x02h2\x20\0\x0c\x01\0\0\0\0\x21\0\x04TLS1\xe0\0\0"),
        &[
            "12..13 version 2",
            "12..13 command 1 PROXY",
            "13..14 family 0 UNSPEC",
            "13..14 transport 0 UNSPEC",
            "14..16 length 23",
            "16..21 ALPN",
            "  16..17 type 1 ALPN",
            "  17..19 length 2",
            r#"  19..21 value "h2""#,
            "21..36 SSL",
            "  21..22 type 32 SSL",
            "  22..24 length 12",
            "  24..25 client 1",
            "  25..29 verify 0",
            "  29..36 SSL_VERSION",
            "    29..30 type 33 SSL_VERSION",
            "    30..32 length 4",
            r#"    32..36 value "TLS1""#,
            "36..39 224",
            "  36..37 type 224",
            "  37..39 length 0",
            "  39..39 value",
        ],
    );
}

#[test]
fn encoding() {
    let encode = |payload: &[u8]| cut("proxy").rule.encode(payload);
    assert_eq!(encode(b"PROXY UNKNOWN").unwrap(), b"PROXY UNKNOWN\r\n");
    assert_eq!(encode(b"").unwrap(), second(b"\x20\0\0\0"));
    assert!(encode(b"PROXY a\nb").is_err());
    assert!(encode(&vec![0; 65_536]).is_err());
}
