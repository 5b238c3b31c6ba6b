//! Objects of every kind, and what is none.

use crate::framing::tests::{check, check_fields};

#[test]
fn objects_one_behind_the_other() {
    check(
        "msgpack",
        b"\x82\xa7compact\xc3\xa6schema\0\x93\x01\xff\xc0\
          \xd9\x02hi\xcd\x01\0\xd1\xff\0\xc4\x01\0\xcb\x3f\xf8\0\0\0\0\0\0\xd4\x07x\x80",
        &[
            r"0..18 {compact: true, schema: 0}: \x82\xa7compact\xc3\xa6schema\x00",
            r"18..22 [1, -1, nil]: \x93\x01\xff\xc0",
            r#"22..26 "hi": \xd9\x02hi"#,
            r"26..29 256: \xcd\x01\x00",
            r"29..32 -256: \xd1\xff\x00",
            r"32..35 1 byte: \xc4\x01\x00",
            r"35..44 1.5: \xcb?\xf8\x00\x00\x00\x00\x00\x00",
            r"44..47 extension 7, 1 byte: \xd4\x07x",
            r"47..48 {}: \x80",
        ],
    );
}

#[test]
fn what_is_not_whole_or_none() {
    check(
        "msgpack",
        b"\x93\x01\x02",
        &[r"0..3 partial, waiting for the next object, 1 deep ([1, 2…): \x93\x01\x02"],
    );
    check(
        "msgpack",
        b"\xda\x01",
        &[r"0..2 partial, waiting for the rest of the object: \xda\x01"],
    );
    check(
        "msgpack",
        b"\x92\x01\xa3ab",
        &[r"0..5 partial -1, waiting for 1 more byte ([1…): \x92\x01\xa3ab"],
    );
    check(
        "msgpack",
        b"\x01\x92\x01\xc1\0",
        &[r"0..1 1: \x01", "1..5 bad at 3: no object begins with c1"],
    );
    let deep = [vec![0x91; 1025], vec![0; 9]].concat();
    check(
        "msgpack",
        &deep,
        &["0..1034 bad at 1024: nested deeper than 1024"],
    );
}

#[test]
fn limits() {
    check(
        "msgpack max 4",
        b"\xa4abcd\x01\x94\x01\x01\x01\x01\x02",
        &[
            "0..5 bad at 0: a message of 5 bytes, over the limit of 4",
            r"5..6 1: \x01",
            "6..11 bad at 10: longer than the limit of 4 bytes",
            r"11..12 2: \x02",
        ],
    );
    check(
        "msgpack",
        b"\xdd\xff\xff\xff\xff\xc6\xff\xff\xff\xff",
        &[
            r"0..10 partial, waiting for the next object, 1 deep ([…): \xdd\xff\xff\xff\xff\xc6\xff\xff\xff\xff",
        ],
    );
}

#[test]
fn values_are_a_tree() {
    check_fields(
        "msgpack",
        b"\xde\0\x04\xa1a\x92\xc2\xd3\xff\xff\xff\xff\xff\xff\xff\xfe\
          \x05\xca\x3f\0\0\0\xc0\xc7\x02\x05xy\xd0\x80\xd6\xff\0\0\0\x09",
        &[
            "0..36 map",
            "  5..16 a",
            "    6..7 [0] false",
            "    7..16 [1] -2",
            "  17..22 5 0.5",
            "  22..23 key nil",
            "  23..28 value",
            "    25..26 type 5",
            "    26..28 data",
            "  30..36 -128",
            "    31..32 type -1 timestamp",
            "    32..36 seconds 9",
            "    32..36 nanoseconds 0",
        ],
    );
    check_fields(
        "msgpack",
        b"\xd7\xff\0\0\0\x08\0\0\0\x01\xc7\x0c\xff\0\0\0\x07\xff\xff\xff\xff\xff\xff\xff\xff",
        &[
            "0..10 extension",
            "  1..2 type -1 timestamp",
            "  2..10 seconds 1",
            "  2..10 nanoseconds 2",
            "10..25 extension",
            "  12..13 type -1 timestamp",
            "  17..25 seconds -1",
            "  13..25 nanoseconds 7",
        ],
    );
}
