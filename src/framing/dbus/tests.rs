//! Messages of dbus-daemon 1.14.10 (vectors `cap-dbus-*`) and of the specification's rules.

use crate::framing::tests::{check, check_fields, cut, run};

/// A message whose fields are these, each already aligned, and whose body is this.
fn message(kind: u8, fields: &[u8], body: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let padding = vec![0; fields.len().next_multiple_of(8) - fields.len()];
    let head = [b'l', kind, 0, 1];
    let parts = [
        &head[..],
        &length(body),
        &[9, 0, 0, 0],
        &length(fields),
        fields,
    ];
    [parts.concat(), padding, body.to_vec()].concat()
}

/// A message with only a signature and a body.
fn with_body(signature: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(signature.len()).unwrap();
    let fields = [b"\x08\x01g\0", &[length][..], signature, b"\0"].concat();
    message(2, &fields, body)
}

/// Checks the notes, whatever the payload.
fn check_note(message: &[u8], note: &str) {
    let line = format!("0..{} {note}: {}", message.len(), message.escape_ascii());
    check("dbus", message, &[&line]);
}

/// Checks the fields of the body alone, by ranges that count from its first byte.
fn check_body(signature: &[u8], body: &[u8], expected: &[&str]) {
    let stream = with_body(signature, body);
    let start = (stream.len() - body.len()) as u64;
    let messages = run(&cut("dbus"), &stream, &[stream.len()]);
    let lines: Vec<_> = messages[0]
        .walk()
        .filter(|(depth, _)| *depth > 0)
        .map(|(depth, field)| {
            let range = (field.range.start - start)..(field.range.end - start);
            let value = match &field.value {
                crate::framing::Value::Number(number) => format!(" {number}"),
                crate::framing::Value::Named(_, name) | crate::framing::Value::Word(name) => {
                    format!(" {name}")
                }
                crate::framing::Value::Text(text) => format!(" {text:?}"),
                crate::framing::Value::Bytes => String::new(),
            };
            format!("{}{range:?} {}{value}", "  ".repeat(depth - 1), field.name)
        })
        .collect();
    assert_eq!(lines, expected);
}

const PING: &[u8] = b"\x01\x01o\0\x02\0\0\0/a\0\0\0\0\0\0\x02\x01s\0\x03\0\0\0x.y\0\0\0\0\0\x03\x01s\0\x04\0\0\0Ping\0";

#[test]
fn calls_replies_errors_and_signals() {
    check_note(&message(1, PING, b""), "call x.y.Ping on /a, serial 9");
    check_note(&message(4, PING, b""), "signal x.y.Ping on /a, serial 9");
    check_note(
        &message(2, b"\x05\x01u\0\x07\0\0\0", b""),
        "reply, serial 9, to 7",
    );
    let error = b"\x04\x01s\0\x03\0\0\0a.B\0\0\0\0\0\x05\x01u\0\x07\0\0\0";
    check_note(&message(3, error, b""), "error a.B, serial 9, to 7");
    let error = b"\x04\x01s\0\x03\0\0\0a.B\0\0\0\0\0\x08\x01g\0\x01s\0";
    check_note(
        &message(3, error, b"\x03\0\0\0why\0"),
        "error a.B, serial 9: why",
    );
    check_note(&message(7, b"", b""), "type 7, serial 9");
    check_note(b"B\x01\x03\x01\0\0\0\0\0\0\0\x05\0\0\0\0", "call, serial 5");
}

#[test]
fn what_stands_before_the_messages() {
    let hello = message(2, b"", b"");
    let stream = [b"\0AUTH EXTERNAL 30\r\nlow\r\nBEGIN\r\n", &hello[..]].concat();
    let payload = hello.escape_ascii();
    check(
        "dbus",
        &stream,
        &[
            r"0..1 zero byte: \x00",
            "1..19 AUTH EXTERNAL 30: AUTH EXTERNAL 30",
            "19..24 low: low",
            "24..31 BEGIN: BEGIN",
            &format!("31..47 reply, serial 9: {payload}"),
        ],
    );
    let stream = [b"REJECTED ANONYMOUS\r\nOK 0949\r\n", &hello[..], b"O"].concat();
    check(
        "dbus",
        &stream,
        &[
            "0..20 REJECTED ANONYMOUS: REJECTED ANONYMOUS",
            "20..29 OK 0949: OK 0949",
            &format!("29..45 reply, serial 9: {payload}"),
            "45..46 partial, waiting for the end of the line (O): O",
        ],
    );
    check_fields(
        "dbus",
        b"AUTH EXTERNAL 30\r\n",
        &["0..4 command \"AUTH\"", "5..16 arguments \"EXTERNAL 30\""],
    );
}

#[test]
fn what_breaks_the_rule() {
    let broken = |stream: &[u8], line: &str| check("dbus", stream, &[line]);
    broken(
        b"{x",
        "0..2 bad at 0: byte 7b where a byte order, l or B, or a line must begin",
    );
    let with = |at: usize, byte: u8| {
        let mut message = message(1, b"", b"");
        message[at] = byte;
        message
    };
    broken(&with(1, 0), "0..16 bad at 1: type 0 is none");
    broken(&with(3, 2), "0..16 bad at 3: version 2, and 1 must be");
    broken(
        &with(15, 0xff),
        "0..16 bad at 12: 4278190080 bytes of fields, and 64 MiB can be",
    );
    broken(
        &with(7, 0xff),
        "0..16 bad at 4: a message of 4278190096 bytes, and 128 MiB can be",
    );
    broken(
        b"l\x01",
        r"0..2 partial, waiting for the head of 16 bytes: l\x01",
    );
    let long = message(1, PING, b"");
    let shown = long[..30].escape_ascii();
    broken(
        &long[..30],
        &format!("0..30 partial -34, waiting for 34 more bytes (call on /a, serial 9): {shown}"),
    );
}

#[test]
fn bodies_are_trees() {
    check_body(
        b"sau",
        b"\x02\0\0\0hi\0\0\x08\0\0\0\x01\0\0\0\x02\0\0\0",
        &[
            "4..6 string \"hi\"",
            "12..20 array",
            "  12..16 uint32 1",
            "  16..20 uint32 2",
        ],
    );
    check_body(
        b"a{sv}ybd",
        b"\x0c\0\0\0\0\0\0\0\x01\0\0\0k\0\x01n\0\0\xfe\xff\x05\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\xf8\x3f",
        &[
            "8..20 array",
            "  8..20 entry",
            "    12..13 string \"k\"",
            "    14..20 variant",
            "      15..16 signature \"n\"",
            "      18..20 int16 -2",
            "20..21 byte 5",
            "24..28 boolean true",
            "32..40 double \"1.5\"",
        ],
    );
    check_body(
        b"(iao)ayg",
        b"\xff\xff\xff\xff\0\0\0\0\x02\0\0\0ab\x01y\0",
        &[
            "0..8 struct",
            "  0..4 int32 -1",
            "  8..8 array",
            "12..14 bytes \"ab\"",
            "15..16 signature \"y\"",
        ],
    );
}

#[test]
fn signatures_that_lie_end_the_tree() {
    check_body(b"u", b"ab", &["0..2 rest"]);
    check_body(
        b"a()",
        b"\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        &["8..16 array", "  8..8 struct"],
    );
    check_body(b"(u", b"ab", &["0..2 rest"]);
    check_body(b"z", b"ab", &["0..2 rest"]);
    check_body(b"s", b"\xff\xff\xff\xffab", &["4..6 rest"]);
    // A variant of a variant of a variant.
    let deep: Vec<u8> = b"\x01v\0".repeat(5000);
    let stream = with_body(b"v", &deep);
    let messages = run(&cut("dbus"), &stream, &[stream.len()]);
    assert!(messages[0].walk().count() < 150);
}

#[test]
fn messages_and_lines_can_be_sent() {
    let encoded = |payload: &[u8]| cut("dbus").rule.encode(payload);
    let ping = message(1, PING, b"");
    assert_eq!(encoded(&ping), Ok(ping.clone()));
    assert_eq!(
        encoded(b"AUTH ANONYMOUS"),
        Ok(b"AUTH ANONYMOUS\r\n".to_vec())
    );
    for payload in [&ping[1..], b"BEGIN", b"a", b"A\r", b"A\r\nB", b""] {
        encoded(payload).unwrap_err();
    }
}
