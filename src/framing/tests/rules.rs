//! Streams and the messages that each rule cuts out of them.

use super::*;

#[test]
fn raw_eof_and_fixed() {
    check("raw", b"abc", &["0..3 3 bytes: abc"]);
    check(
        "raw max 2",
        b"abc",
        &["0..3 bad at 0: a message of 3 bytes, over the limit of 2"],
    );
    check("raw", b"", &[]);
    check("eof", b"abc", &["0..3 all: abc"]);
    check("eof", b"", &[]);
    check(
        "eof max 2",
        b"abc",
        &["0..3 bad at 2: longer than the limit of 2 bytes"],
    );
    check(
        "fixed 2",
        b"abcde",
        &[
            "0..2 2 bytes: ab",
            "2..4 2 bytes: cd",
            "4..5 partial -1, waiting for 1 more byte (2 bytes): e",
        ],
    );
    check("fixed 1", b"ab", &["0..1 1 byte: a", "1..2 1 byte: b"]);
    check(
        "fixed 2 max 1",
        b"abc",
        &[
            "0..2 bad at 0: a message of 2 bytes, over the limit of 1",
            "2..3 bad at 2: a message of 2 bytes, over the limit of 1",
        ],
    );
}

#[test]
fn lines() {
    check(
        "line",
        b"a\nb\r\nc\r\r\n\n\rd",
        &[
            "0..2 line: a",
            "2..5 line: b",
            r"5..9 line: c\r",
            "9..10 line: ",
            r"10..12 partial, waiting for the end of the line: \rd",
        ],
    );
    check(
        "line",
        b"a\r",
        &[r"0..2 partial, waiting for the end of the line: a\r"],
    );
    check(
        "line max 3",
        b"ab\nabc\nab\r\na\r\nabcd",
        &[
            "0..3 line: ab",
            "3..7 bad at 6: longer than the limit of 3 bytes",
            "7..11 bad at 10: longer than the limit of 3 bytes",
            "11..14 line: a",
            "14..18 bad at 17: longer than the limit of 3 bytes",
        ],
    );
}

#[test]
fn delimiters() {
    check(
        r#"delim ";""#,
        b"a;;b",
        &[
            "0..2 delim: a",
            "2..3 delim: ",
            "3..4 partial, waiting for the delimiter: b",
        ],
    );
    check(
        r#"delim ";" or "::" keep"#,
        b"a;b::c:",
        &[
            "0..2 delim: a;",
            "2..5 delim: b::",
            "5..7 partial, waiting for the delimiter: c:",
        ],
    );
    // Of two that begin at one place the longest, even if that shows only at the end; else the first.
    check(
        "delim 0d or 0d0a",
        b"a\rb\r\nc\r",
        &["0..2 delim: a", "2..5 delim: b", "5..7 delim: c"],
    );
    check(
        r#"delim "abcd" or "bc""#,
        b"xabceabcd",
        &["0..4 delim: xa", "4..9 delim: e"],
    );
    check(r#"delim "aab""#, b"aaab", &["0..4 delim: a"]);
    check(
        r#"delim ";" max 3"#,
        b"abc;d;",
        &[
            "0..4 bad at 3: longer than the limit of 3 bytes",
            "4..6 delim: d",
        ],
    );
}

#[test]
fn lengths() {
    check(
        "len u16be",
        b"\0\x05hello\0\0\0\x03ab",
        &[
            "0..7 len 5: hello",
            "7..9 len 0: ",
            "9..13 partial -1, waiting for 1 more byte (len 3): ab",
        ],
    );
    check(
        "len u16be",
        b"\0",
        &[r"0..1 partial, 1 of 2 bytes of the length: \x00"],
    );
    check(
        "len dec5",
        b"0000",
        &["0..4 partial, 4 of 5 digits of the length: 0000"],
    );
    check("len hex2", b"0Aabcdefghij", &["0..12 len 10: abcdefghij"]);
    check(
        "len dec2",
        b"0x12",
        &["0..4 bad at 1: byte 1 of dec2 is 78, not a digit"],
    );
    check(
        "len varint",
        b"\x83\0abc\x80",
        &[
            "0..5 len 3: abc",
            r"5..6 partial, waiting for the end of the varint: \x80",
        ],
    );
    check(
        "len varint",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81x",
        &["0..11 bad at 9: the varint goes on after 10 bytes"],
    );
    check("len u8 at 2", b"ab\x03xyz", &["0..6 len 3: xyz"]);
    check(
        "len u8 at 2",
        b"a",
        &["0..1 partial, waiting for the length at byte 2: a"],
    );
}

#[test]
fn lengths_that_count_otherwise() {
    check(
        "len u8 adjust 1 strip 0",
        b"\x01ab\0c",
        &[r"0..3 len 1: \x01ab", r"3..5 len 0: \x00c"],
    );
    check(
        "len u8 incl",
        b"\x03ab\x01\x04x",
        &[
            "0..3 len 3: ab",
            "3..4 len 1: ",
            "4..6 partial -2, waiting for 2 more bytes (len 4): x",
        ],
    );
    check(
        "len u8 at 1 incl",
        b"a\x02b\x01c",
        &[
            "0..2 len 2: ",
            "2..5 bad at 3: length 1 makes a message of 1 byte, less than its head of 2",
        ],
    );
    check(
        "len u8 adjust -2",
        b"\x03a\x01b",
        &[
            "0..2 len 3: a",
            "2..4 bad at 2: length 1 makes a message of 0 bytes, less than its head of 1",
        ],
    );
    check(
        "len u8 strip 3",
        b"\x01a\x02bc",
        &[
            "0..2 bad at 0: the message has 2 bytes, fewer than the 3 to strip",
            "2..5 len 2: ",
        ],
    );
}

#[test]
fn too_long_is_skipped_where_the_end_is_known() {
    check(
        "len u8 max 3",
        b"\x02ab\x03abc\x01x\x09",
        &[
            "0..3 len 2: ab",
            "3..7 bad at 3: 3 makes a message of 4 bytes, over the limit of 3",
            "7..9 len 1: x",
            "9..10 bad at 9: 9 is over the limit of 3",
        ],
    );
    check(
        "len u32be",
        b"\x0c\0\0\0hello",
        &[concat!(
            "0..9 bad at 0: 201326592 is over the limit of 16777216; ",
            "201326592 is 12 the other way round: `e`, `len u32le`"
        )],
    );
    check(
        "len u64le at 1",
        b"x\xff\xff\xff\xff\xff\xff\xff\xffy",
        &["0..10 bad at 1: 18446744073709551615 is over the limit of 16777216"],
    );
    check(
        "len dec20 incl",
        b"99999999999999999999y",
        &["0..21 bad at 0: 99999999999999999999 is over the limit of 16777216"],
    );
    check(
        "netstring max 5",
        b"2:ab,3:abc;1:a,",
        &[
            "0..5 len 2: ab",
            "5..11 bad at 5: a message of 6 bytes, over the limit of 5",
            "11..15 len 1: a",
        ],
    );
}

#[test]
fn netstrings() {
    check(
        "netstring",
        b"5:hello,0:,3:a",
        &[
            "0..8 len 5: hello",
            "8..11 len 0: ",
            "11..14 partial -3, waiting for 3 more bytes (len 3): a",
        ],
    );
    check(
        "netstring",
        b"1",
        &["0..1 partial, waiting for the rest of the length and `:`: 1"],
    );
    check(
        "netstring",
        b"1:a,1:ab1:c,",
        &[
            "0..4 len 1: a",
            "4..12 bad at 7: the message ends in 62, not in 2c",
        ],
    );
    check(
        "netstring",
        b"01:a,",
        &["0..5 bad at 1: the length has a leading 0"],
    );
    check(
        "netstring",
        b":,",
        &["0..2 bad at 0: byte 3a where the length must begin"],
    );
    check(
        "netstring",
        b"1x",
        &["0..2 bad at 1: byte 78 where a digit or `:` must be"],
    );
    check(
        "netstring",
        b"99999999999999999999:",
        &["0..21 bad at 19: the length has more than 64 bits"],
    );
    check(
        "netstring max 9",
        b"18446744073709551615:ab",
        &["0..23 bad at 0: a message of 18446744073709551615 bytes, over the limit of 9"],
    );
}

#[test]
fn fields_have_ranges_and_values() {
    check_fields("len u16be at 2", b"ab\0\x03xyz", &["2..4 length 3"]);
    check_fields("netstring", b"12:abc", &["0..2 length 12"]);
    check_fields("line", b"ab\r\n", &[r#"2..4 delimiter "\"\\r\\n\"""#]);
}
