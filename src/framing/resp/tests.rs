//! RESP streams, what is cut out of them and what is said of it.

use crate::framing::Side;
use crate::framing::tests::{check, check_fields, check_from, cut};

#[test]
fn commands_and_replies() {
    check(
        "resp",
        b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n+OK\r\n-ERR unknown command\r\n:5\r\n$-1\r\n*-1\r\n*0\r\n$5\r\nhello\r\n",
        &[
            r"0..20 GET k: *2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
            r"20..25 +OK: +OK\r\n",
            r"25..47 -ERR unknown command: -ERR unknown command\r\n",
            r"47..51 :5: :5\r\n",
            r"51..56 null: $-1\r\n",
            r"56..61 null: *-1\r\n",
            r"61..65 *0: *0\r\n",
            r"65..76 hello: $5\r\nhello\r\n",
        ],
    );
    let reply = b"*2\r\n$3\r\nfoo\r\n$0\r\n\r\n";
    let expected = |note| format!(r"0..19 {note}: *2\r\n$3\r\nfoo\r\n$0\r\n\r\n");
    let from = |side, note| check_from(Some(side), "resp", reply, &[&expected(note)]);
    from(Side::Server, r#"*2 foo """#);
    from(Side::Client, r#"foo """#);
}

#[test]
fn version_3() {
    check(
        "resp",
        b"%1\r\n+a\r\n,1.5\r\n>2\r\n+invalidate\r\n*1\r\n+k\r\n_\r\n#t\r\n=5\r\ntxt:x\r\n!3\r\nE a\r\n",
        &[
            r"0..14 %1 +a ,1.5: %1\r\n+a\r\n,1.5\r\n",
            r"14..39 push +invalidate *1 +k: >2\r\n+invalidate\r\n*1\r\n+k\r\n",
            r"39..42 null: _\r\n",
            r"42..46 true: #t\r\n",
            r"46..57 x: =5\r\ntxt:x\r\n",
            r"57..66 -E a: !3\r\nE a\r\n",
        ],
    );
    check(
        "resp",
        b"|1\r\n+ttl\r\n:9\r\n*1\r\n:1\r\n~1\r\n(12\r\n*?\r\n:1\r\n.\r\n$?\r\n;2\r\nab\r\n;0\r\n",
        &[
            r"0..22 |1 +ttl :9 *1 :1: |1\r\n+ttl\r\n:9\r\n*1\r\n:1\r\n",
            r"22..31 ~1 (12: ~1\r\n(12\r\n",
            r"31..42 *? :1: *?\r\n:1\r\n.\r\n",
            r"42..58 ab: $?\r\n;2\r\nab\r\n;0\r\n",
        ],
    );
}

#[test]
fn inline_commands() {
    check(
        "resp inline",
        b"PING\r\nSET a b\n\r\n\n+OK\r\n",
        &[
            r"0..6 PING: PING\r\n",
            r"6..14 SET a b: SET a b\n",
            "14..16 skipped: an empty line",
            "16..17 skipped: an empty line",
            r"17..22 +OK: +OK\r\n",
        ],
    );
    check("resp", b"PING", &["0..4 bad at 0: byte 50 begins no value"]);
    let side = Some(Side::Client);
    check_from(side, "resp", b"PING\n", &[r"0..5 PING: PING\n"]);
}

#[test]
fn what_waits() {
    check(
        "resp",
        b"$5\r\nhe",
        &[r"0..6 partial -5, waiting for 5 more bytes (he): $5\r\nhe"],
    );
    check(
        "resp",
        b"*3\r\n$3\r\nSET\r\n",
        &[r"0..13 partial, waiting for 2 more values (SET): *3\r\n$3\r\nSET\r\n"],
    );
    check(
        "resp",
        b"+O",
        &["0..2 partial, waiting for the end of the line: +O"],
    );
    check(
        "resp",
        b"*2\r\n$9\r\nSE",
        &[r"0..10 partial, waiting for the rest of a string (*2 SE): *2\r\n$9\r\nSE"],
    );
}

#[test]
fn what_is_no_value() {
    // A line tells where the next value begins, and an aggregate goes on behind it.
    check(
        "resp",
        b":1x\r\n#q\r\n*2\r\n:y\r\n+a\r\n+OK\r\n",
        &[
            "0..5 bad at 1: not integer",
            "5..9 bad at 6: not boolean",
            "9..21 bad at 14: not integer",
            r"21..26 +OK: +OK\r\n",
        ],
    );
    let why = "0..8 bad at 5: the string does not end in CRLF";
    check("resp", b"$1\r\nab\r\n", &[why]);
    check(
        "resp",
        b"$-2\r\n+",
        &["0..6 bad at 1: not the length of a string"],
    );
    check(
        "resp",
        b"*x\r\n",
        &["0..4 bad at 1: not the length of an aggregate"],
    );
    check(
        "resp",
        b".\r\n",
        &["0..3 bad at 0: nothing is open that it could end"],
    );
    check(
        "resp",
        b"*1\r\n@",
        &["0..5 bad at 4: byte 40 begins no value"],
    );
    let deep = b"*1\r\n".repeat(65);
    check("resp", &deep, &["0..260 bad at 256: nested deeper than 64"]);
    check(
        "resp",
        b"$18446744073709551615\r\nab",
        &["0..25 bad at 0: a message of 18446744073709551615 bytes, over the limit of 16777216"],
    );
}

#[test]
fn fields() {
    check_fields(
        "resp",
        b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*2\r\n:1\r\n*1\r\n+a\r\n",
        &[
            "0..4 arguments 2",
            r#"4..13 command "GET""#,
            "  4..8 length 3",
            r#"13..20 argument "k""#,
            "  13..17 length 1",
            "20..36 array 2",
            "  24..28 integer 1",
            "  28..36 array 1",
            r#"    32..36 simple string "a""#,
        ],
    );
}

#[test]
fn what_is_framed_already_is_left_so() {
    let encode = |payload| cut("resp").rule.encode(payload);
    assert_eq!(encode(b":1\r\n").unwrap(), b":1\r\n");
    assert_eq!(
        encode(b":1").unwrap_err(),
        r"not one whole value: `+OK\r\n` is"
    );
}
