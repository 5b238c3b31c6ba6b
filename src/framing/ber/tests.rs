//! Values of X.690's rules, and messages of an LDAP server (vectors `cap-ldap-*`).

use crate::framing::tests::{check, check_fields, cut, run};

#[test]
fn values_of_definite_length() {
    check(
        "ber",
        b"\x02\x01\x05\x04\x02hi\x1f\x81\x11\x82\0\x01a\x30\x82\x01",
        &[
            r"0..3 INTEGER 5: \x05",
            "3..7 OCTET STRING hi: hi",
            "7..14 [UNIVERSAL 145], 7 bytes: a",
            r"14..17 partial, waiting for the length: 0\x82\x01",
        ],
    );
    check(
        "ber",
        b"\x1f\x81",
        &[r"0..2 partial, waiting for the tag: \x1f\x81"],
    );
    check(
        "ber",
        b"\x30\x05\x02\x01\x07\x04",
        &[r"0..6 partial -1, waiting for 1 more byte (SEQUENCE, 6 bytes): \x02\x01\x07\x04"],
    );
}

#[test]
fn values_of_indefinite_length() {
    check(
        "ber",
        b"\x30\x80\x30\x80\x02\x01\x01\0\0\x04\x02\0\0\0\0\x05\0",
        &[
            r"0..15 SEQUENCE, 15 bytes: 0\x80\x02\x01\x01\x00\x00\x04\x02\x00\x00",
            "15..17 NULL, 2 bytes: ",
        ],
    );
    check(
        "ber",
        b"\x30\x80\x02\x01",
        &[r"0..4 partial, waiting for the end of contents (SEQUENCE, 4 bytes): 0\x80\x02\x01"],
    );
    check(
        "ber",
        b"\x04\x80a",
        &["0..3 bad at 1: a value that is not constructed has an indefinite length"],
    );
    check(
        "ber",
        b"\x30\x80\0\x01a",
        &["0..5 bad at 3: an end of contents with a length of 1"],
    );
    check(
        "ber",
        b"\0\0\x05\0",
        &[
            "0..2 bad at 0: an end of contents, and nothing is open",
            "2..4 NULL, 2 bytes: ",
        ],
    );
    let deep = b"\x30\x80".repeat(100);
    let messages = run(&cut("ber"), &deep, &[50]);
    assert_eq!(messages.len(), 1);
    let why = "0..200 bad at 129: more than 64 values of indefinite length in each other";
    check("ber", &deep, &[why]);
}

#[test]
fn lengths_that_mean_nothing_or_too_much() {
    check(
        "ber",
        b"\x30\xff",
        &["0..2 bad at 1: length ff means nothing"],
    );
    check(
        "ber",
        b"\x30\x89\x01\0\0\0\0\0\0\0\0",
        &["0..11 bad at 2: a length of more than 64 bits"],
    );
    check(
        "ber",
        b"\x1f\x81\x81\x81\x81\x81\x81\x81\x81\x81",
        &["0..10 bad at 9: the number of a tag goes on after 9 bytes"],
    );
    check(
        "ber max 5",
        b"\x04\x04abcd\x30\x80\x04\x02ab\0\0\x05\0",
        &[
            "0..6 bad at 0: a message of 6 bytes, over the limit of 5",
            "6..14 bad at 11: longer than the limit of 5 bytes",
            "14..16 NULL, 2 bytes: ",
        ],
    );
    check(
        "ber",
        b"\x04\x88\xff\xff\xff\xff\xff\xff\xff\xffab",
        &["0..12 bad at 0: a message of 18446744073709551615 bytes, over the limit of 16777216"],
    );
}

#[test]
fn values_are_trees_of_their_tags() {
    check_fields(
        "ber",
        b"\x30\x1b\x01\x01\xff\x02\x02\xff\x7f\x06\x03\x2b\x06\x01\x80\x02ab\xa1\x80\x05\0\0\0\x81\x01\x07\xc2\0",
        &[
            "1..2 length 27",
            "0..29 SEQUENCE",
            "  2..5 BOOLEAN 255 true",
            "  5..9 INTEGER -129",
            "  9..14 OBJECT IDENTIFIER \"1.3.6.1\"",
            "  14..18 [0] \"ab\"",
            "  18..24 [1]",
            "    20..22 NULL",
            "    22..24 end of contents",
            "  24..27 [1] 7",
            "  27..29 [PRIVATE 2]",
        ],
    );
    let mut deep = b"\x05\0".to_vec();
    for _ in 0..1000 {
        deep = cut("ber").rule.encode(&deep).unwrap();
    }
    let messages = run(&cut("ber"), &deep, &[7]);
    assert_eq!(messages[0].walk().count(), 65);
}

#[test]
fn what_ldap_says() {
    check(
        "ber",
        b"\x30\x16\x02\x01\x01\x60\x11\x02\x01\x03\x04\x08cn=admin\x80\x02no\x30\x05\x02\x01\x02\x42\0",
        &[
            r"0..24 LDAP bind request cn=admin, id 1: \x02\x01\x01`\x11\x02\x01\x03\x04\x08cn=admin\x80\x02no",
            r"24..31 LDAP unbind request, id 2: \x02\x01\x02B\x00",
        ],
    );
    let response = b"\x30\x0f\x02\x01\x01\x61\x0a\x0a\x01\x31\x04\0\x04\x03why";
    check(
        "ber",
        response,
        &[
            r"0..17 LDAP bind response (invalid credentials: why), id 1: \x02\x01\x01a\n\n\x011\x04\x00\x04\x03why",
        ],
    );
    check_fields(
        "ber",
        response,
        &[
            "1..2 length 15",
            "0..17 SEQUENCE",
            "  2..5 message id 1",
            "  5..17 bind response",
            "    7..10 result 49 invalid credentials",
            "    10..12 OCTET STRING \"\"",
            "    12..17 OCTET STRING \"why\"",
        ],
    );
}
