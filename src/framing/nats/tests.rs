//! Lines and payloads of `nats`, and what breaks them.

use crate::framing::tests::{check, check_fields};

#[test]
fn lines_and_payloads() {
    check(
        "nats",
        b"PING\r\nPUB a.b r 3\r\na\n\0\r\nMSG a 9 0\r\n\r\n-ERR 'no'\r\npub x 1\nb\r\n",
        &[
            "0..6 PING: PING",
            r"6..24 PUB a.b, reply r, 3 bytes: a\n\x00",
            "24..37 MSG a, sid 9, 0 bytes: ",
            r"37..48 -ERR 'no': -ERR \'no\'",
            "48..59 pub x, 1 byte: b",
        ],
    );
    check(
        "nats",
        b"HMSG a 9 12 14\r\nNATS/1.0\r\n\r\nhi\r\nSUB a 1\r\n",
        &[
            "0..32 HMSG a, sid 9, 14 bytes: hi",
            "32..41 SUB a, sid 1: SUB a 1",
        ],
    );
}

#[test]
fn what_is_not_whole() {
    check(
        "nats",
        b"MSG a 9 5\r\nab",
        &["0..13 partial -5, waiting for 5 more bytes (MSG a, sid 9, 5 bytes): ab"],
    );
    check(
        "nats",
        b"PI",
        &["0..2 partial, waiting for the end of the line: PI"],
    );
}

#[test]
fn what_breaks_the_rule() {
    check(
        "nats",
        b"HELLO\r\nPING\r\n",
        &[
            "0..7 bad at 0: no operation of NATS begins the line",
            "7..13 PING: PING",
        ],
    );
    let why = "no lengths where the line must tell them";
    check("nats", b"MSG a\r\nx", &[&format!("0..8 bad at 0: {why}")]);
    check(
        "nats",
        b"MSG a 1 99999999999999999999\r\n",
        &[&format!("0..30 bad at 0: {why}")],
    );
    check(
        "nats",
        b"HPUB a 3 2\r\nab\r\n",
        &["0..16 bad at 0: the headers are longer than all"],
    );
    check(
        "nats",
        b"PUB a 1\r\nabc\r\n",
        &["0..14 bad at 10: no CRLF behind the payload: its length is wrong"],
    );
    check(
        "nats max 12",
        b"PUB a 3\r\nabc\r\nPING\r\n",
        &[
            "0..14 bad at 0: a message of 14 bytes, over the limit of 12",
            "14..20 PING: PING",
        ],
    );
    check(
        "nats max 12",
        b"PUB a 18446744073709551615\r\n",
        &["0..28 bad at 0: a message of 18446744073709551615 bytes, over the limit of 12"],
    );
}

#[test]
fn fields() {
    check_fields(
        "nats",
        b"HMSG a 9 18 19\r\nNATS/1.0\r\nA: b\r\n\r\nx\r\nINFO {}\r\n",
        &[
            r#"0..4 operation "HMSG""#,
            r#"5..6 subject "a""#,
            "7..8 sid 9",
            "9..11 headers length 18",
            "12..14 length 19",
            "16..34 headers",
            r#"  16..24 version "NATS/1.0""#,
            r#"  26..30 a "b""#,
            r#"34..35 payload "x""#,
            r#"37..41 operation "INFO""#,
            r#"42..44 arguments "{}""#,
        ],
    );
}
