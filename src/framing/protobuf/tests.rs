//! Messages of Protocol Buffers, those of its documentation among them, and what is none.

use crate::framing::tests::{check, check_fields};

#[test]
fn messages() {
    for (stream, note) in [
        (&b"\x08\x96\x01"[..], "{1: 150}"),
        (b"\x12\x07testing", "{2: \"testing\"}"),
        (b"\x1a\x03\x08\x96\x01", "{3: {…}}"),
        (b"\x13\x08\x01\x14\x20\x01", "{2: {…}, 4: 1}"),
        (
            b"\x0d\0\0\xc0\x3f\x11\0\0\0\0\0\0\xf8\x3f",
            "{1: 1069547520, 2: 4609434218613702656}",
        ),
        (b"\x0a\x02\xff\xfe\x12\0", "{1: 2 bytes, 2: \"\"}"),
        (b"\x88\x80\0\x01", "{1: 1}"),
    ] {
        let line = format!("0..{} {note}: {}", stream.len(), stream.escape_ascii());
        check("protobuf", stream, &[&line]);
    }
    check("protobuf", b"", &[]);
}

#[test]
fn what_is_not_whole() {
    for (stream, waits) in [
        (&b"\x88"[..], "waiting for the rest of a key ({…)"),
        (b"\x08", "waiting for the rest of field 1 ({1:…)"),
        (b"\x08\x96", "waiting for the rest of field 1 ({1:…)"),
        (
            b"\x08\x01\x12\x07tes",
            "waiting for 4 bytes of field 2 ({1: 1, 2:…)",
        ),
        (b"\x15\0", "waiting for 3 bytes of field 2 ({2:…)"),
        (b"\x13\x08\x01", "waiting for the end of group 2 ({2: {……)"),
    ] {
        let line = format!(
            "0..{} partial, {waits}: {}",
            stream.len(),
            stream.escape_ascii()
        );
        check("protobuf", stream, &[&line]);
    }
}

#[test]
fn what_is_none() {
    for (stream, at, why) in [
        (&b"\x0e"[..], 0, "wire type 6, and 0 to 5 can be"),
        (b"\x08\x01\x07", 2, "field 0, and numbers begin with 1"),
        (
            b"\xfa\xff\xff\xff\xff\x01",
            5,
            "field 8589934591, and numbers have 29 bits",
        ),
        (b"\x14", 0, "the end of group 2, not open"),
        (b"\x13\x1c", 1, "the end of group 3 within group 2"),
        (
            b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
            10,
            "a varint of more than 64 bits",
        ),
    ] {
        let line = format!("0..{} bad at {at}: {why}", stream.len());
        check("protobuf", stream, &[&line]);
    }
    let deep = [vec![0x0b; 1025], vec![0x0c; 9]].concat();
    check(
        "protobuf",
        &deep,
        &["0..1034 bad at 1024: nested deeper than 1024"],
    );
    check(
        "protobuf max 2",
        b"\x08\x01\x08\x01",
        &["0..4 bad at 2: longer than the limit of 2 bytes"],
    );
    check(
        "protobuf max 3",
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        &["0..11 bad at 3: longer than the limit of 3 bytes"],
    );
}

#[test]
fn fields_are_a_tree() {
    check_fields(
        "protobuf",
        b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x12\x0a\x0a\x03abc\x15\0\0\xc0\x3f\
          \x1b\x08\x05\x1c\x22\x02a\n\x29\0\0\0\0\0\0\xf8\x3f\x32\x01\0",
        &[
            "0..11 1 varint 18446744073709551615 -1 if signed",
            "11..23 2 len",
            "  13..18 1 len \"abc\"",
            "  18..23 2 i32 1069547520 1.5 as a float",
            "23..27 3 group",
            "  24..26 1 varint 5",
            "27..31 4 len \"a\\n\"",
            "31..40 5 i64 4609434218613702656 1.5 as a double",
            "40..43 6 len",
        ],
    );
}
