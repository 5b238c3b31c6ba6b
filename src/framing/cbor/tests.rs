//! CBOR items, the examples of RFC 8949 among them, and what is none.

use crate::framing::tests::{check, check_fields};

#[test]
fn items_one_behind_the_other() {
    check(
        "cbor",
        b"\0\x19\x03\xe8\x38\x63\x83\x01\x02\x03\xa2aa\x01ab\x82\x02\x03\x9f\x01\x82\x02\x03\x9f\x04\x05\xff\xff",
        &[
            r"0..1 0: \x00",
            r"1..4 1000: \x19\x03\xe8",
            "4..6 -100: 8c",
            r"6..10 [1, 2, 3]: \x83\x01\x02\x03",
            r"10..19 {a: 1, b: […]}: \xa2aa\x01ab\x82\x02\x03",
            r"19..29 [1, […], […]]: \x9f\x01\x82\x02\x03\x9f\x04\x05\xff\xff",
        ],
    );
    check(
        "cbor",
        b"_B\x01\x02C\x03\x04\x05\xff\xc1\x1aQKg\xb0\xf9~\0ehello\x40\x60\x80\xa0\xbf\xff\x9f\xff\xf5\xf7\xf0",
        &[
            r"0..9 (2 bytes, 3 bytes): _B\x01\x02C\x03\x04\x05\xff",
            r"9..15 epoch time(1363896240): \xc1\x1aQKg\xb0",
            r"15..18 NaN: \xf9~\x00",
            r#"18..24 "hello": ehello"#,
            "24..25 0 bytes: @",
            r#"25..26 "": `"#,
            r"26..27 []: \x80",
            r"27..28 {}: \xa0",
            r"28..30 {}: \xbf\xff",
            r"30..32 []: \x9f\xff",
            r"32..33 true: \xf5",
            r"33..34 undefined: \xf7",
            r"34..35 simple(16): \xf0",
        ],
    );
}

#[test]
fn what_is_not_whole() {
    for (stream, need, waits) in [
        (&b"\x19\x03"[..], "", "waiting for the rest of the item"),
        (b"\x65he", " -3", "waiting for 3 more bytes"),
        (b"\x82\x01\x65he", " -3", "waiting for 3 more bytes ([1,…)"),
        (
            b"\x83\x01\x65he",
            "",
            "waiting for the next item, 1 deep ([1,…)",
        ),
        (
            b"\x9f\x01\x61a",
            "",
            "waiting for the next item, 1 deep ([1, \"a\"…)",
        ),
        (
            b"\xa1\x61a",
            "",
            "waiting for the next item, 1 deep ({a: …)",
        ),
        (
            b"\xc1",
            "",
            "waiting for the next item, 1 deep (epoch time(…)",
        ),
    ] {
        let (waits, shown) = (
            waits.replace(",…", "…").replace(": …", ":…"),
            stream.escape_ascii(),
        );
        let line = format!("0..{} partial{need}, {waits}: {shown}", stream.len());
        check("cbor", stream, &[&line]);
    }
}

#[test]
fn what_is_not_well_formed() {
    for (stream, at, why) in [
        (&b"\x1c\0"[..], 0, "no item begins with 1c"),
        (b"\x82\x01\x3f", 2, "no item begins with 3f"),
        (b"\xdf\x01", 0, "no item begins with df"),
        (b"\xff\x01", 0, "a break, and nothing is open"),
        (b"\x82\x01\xff", 2, "a break, and nothing is open"),
        (b"\xbf\x01\xff\0", 2, "the break where a value must be"),
        (
            b"\x5f\x61a\xff",
            1,
            "a chunk of a string must be a string of its type",
        ),
        (
            b"\x5f\x5f\xff\xff",
            1,
            "a chunk of a string must be a string of its type",
        ),
        (
            b"\x81\xf8\x18\x01",
            1,
            "the simple value 24 has to stand in one byte",
        ),
    ] {
        let line = format!("0..{} bad at {at}: {why}", stream.len());
        check("cbor", stream, &[&line]);
    }
    let deep = [vec![0x81; 1025], vec![0; 9]].concat();
    check(
        "cbor",
        &deep,
        &["0..1034 bad at 1024: nested deeper than 1024"],
    );
}

#[test]
fn limits() {
    check(
        "cbor max 4",
        b"\x64abcd\x01\x84\x01\x01\x01\x01\x02",
        &[
            "0..5 bad at 0: a message of 5 bytes, over the limit of 4",
            r"5..6 1: \x01",
            "6..11 bad at 10: longer than the limit of 4 bytes",
            r"11..12 2: \x02",
        ],
    );
    check(
        "cbor",
        b"\x7b\xff\xff\xff\xff\xff\xff\xff\xffx",
        &["0..10 bad at 0: a message of 18446744073709551615 bytes, over the limit of 16777216"],
    );
    check(
        "cbor",
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        &[
            r"0..10 partial, waiting for the next item, 1 deep ([1…): \x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        ],
    );
}

#[test]
fn values_are_a_tree() {
    check_fields(
        "cbor",
        b"\xa5\x01\x20\x61a\xc2\x42\x01\0\xd8\x63\xf4\xf9\x3c\0\x80\x5f\x41\0\xff\x20\xfb\x3f\xf8\0\0\0\0\0\0",
        &[
            "0..30 map",
            "  2..3 1 -1",
            "  5..9 a 2 bignum",
            "    6..9 content",
            "  9..12 key 99",
            "    11..12 content 20 false",
            "  12..15 value 1.0",
            "  15..16 key",
            "  16..20 value",
            "    17..19 chunk",
            "  21..30 -1 1.5",
        ],
    );
    for (bits, value) in [
        (0x3c00, 1.0),
        (0xc400, -4.0),
        (0x0001, 5.960_464_477_539_063e-8),
        (0x7bff, 65504.0),
    ] {
        assert_eq!(
            format!("{:?}", super::tree::half(bits)),
            format!("{value:?}")
        );
    }
}
