//! Frames and messages of the examples in RFC 6455, 5.7, and every way to break the rule.

use crate::framing::Side;
use crate::framing::tests::{check, check_fields, check_from, cut};

#[test]
fn messages_of_the_standard() {
    check(
        "websocket",
        b"\x81\x05Hello\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x01\x03Hel\x80\x02lo\x89\x05Hello\x82\x7e\x01",
        &[
            "0..7 text: Hello: Hello",
            r"7..18 text: Hello: \x7f\x9fMQX",
            r"18..27 text in 2 fragments: Hello: Hel\x80\x02lo",
            "27..34 ping, 5 bytes: Hello",
            r"34..37 partial, waiting for the head of a frame: \x82~\x01",
        ],
    );
    check(
        "websocket",
        b"\x88\x00\x88\x02\x03\xe8\x88\x05\x03\xe9bye\x88\x02\x0f\xa0\x8a\x00\x82\x01\xff\x81\x02\xc3\x28\x81\x05He",
        &[
            "0..2 close: ",
            r"2..6 close 1000 normal closure: \x03\xe8",
            r"6..13 close 1001 going away: bye: \x03\xe9bye",
            r"13..17 close 4000: \x0f\xa0",
            "17..19 pong: ",
            r"19..22 binary, 1 byte: \xff",
            r"22..26 text, no UTF-8 at 0: \xc3(: \xc3(",
            "26..30 partial -3, waiting for 3 more bytes (text: He): He",
        ],
    );
}

#[test]
fn control_frames_between_fragments_stand_within_the_message() {
    check(
        "websocket",
        b"\x01\x01a\x89\x01p\x80\x01b\x8a\x00\x01\x00\x8a\x00\x89\x00\x00\x01b",
        &[
            r"0..9 text in 2 fragments, ping inside: ab: a\x89\x01p\x80\x01b",
            "9..11 pong: ",
            concat!(
                "11..20 partial, waiting for the next fragment ",
                r"(text in 2 fragments, 2 control frames inside: b): \x01\x00\x8a\x00\x89\x00\x00\x01b"
            ),
        ],
    );
    let rule = cut("websocket").rule;
    let stream = b"\x01\x81abcd\x00\x89\x01p\x80\x01b";
    let message = &crate::framing::tests::run(&cut("websocket"), stream, &[1])[0];
    assert_eq!(rule.payload(message, stream), b"ab");
    check(
        "websocket",
        b"\x01\x01a\x88\x02\x03\xe8\x81\x01b",
        &[
            r"0..7 partial, closed in the middle (text, the first fragment, close inside: a): a\x88\x02\x03\xe8",
            "7..10 text: b: b",
        ],
    );
}

#[test]
fn each_frame() {
    check(
        "websocket frames",
        b"\x01\x01\xc3\x89\x00\x00\x01\xa4\x80\x01b\x01\x05a",
        &[
            r"0..3 text, the first fragment: \xc3: \xc3",
            "3..5 ping: ",
            r"5..8 continuation, not the last, 1 byte: \xa4",
            "8..11 continuation, the last, 1 byte: b",
            "11..14 partial -4, waiting for 4 more bytes (text, the first fragment: a): a",
        ],
    );
}

#[test]
fn what_breaks_the_rule_ends_with_its_frame() {
    for (stream, why) in [
        (
            &b"\xc1\x01a"[..],
            "0..3 bad at 0: reserved bits 100, which no extension gives a meaning",
        ),
        (b"\x83\x01a", "0..3 bad at 0: the reserved opcode 3"),
        (b"\x8f\x01a", "0..3 bad at 0: the reserved opcode 15"),
        (b"\x09\x01a", "0..3 bad at 0: a control frame in fragments"),
        (
            b"\x80\x01a",
            "0..3 bad at 0: a continuation, and no message has begun",
        ),
        (
            b"\x01\x01a\x81\x01b",
            "0..6 bad at 3: a new message before the end of the one in fragments",
        ),
        (
            b"\x82\x7e\0\x01a",
            "0..5 bad at 1: the length 1 in 2 bytes, more than it needs",
        ),
        (
            b"\x82\x7f\0\0\0\0\0\0\0\x01a",
            "0..11 bad at 1: the length 1 in 8 bytes, more than it needs",
        ),
    ] {
        let end = stream.len();
        let stream = [stream, b"\x8a\0"].concat();
        check(
            "websocket",
            &stream,
            &[why, &format!("{end}..{} pong: ", end + 2)],
        );
    }
    let ping = [&b"\x89\x7e\0\x7e"[..], &[0; 126], b"\x8a\0"].concat();
    let why = "0..130 bad at 1: a control frame of more than 125 bytes";
    check("websocket", &ping, &[why, "130..132 pong: "]);
    let why = "0..11 bad at 2: a length with its first bit set";
    check("websocket", b"\x82\x7f\x80\0\0\0\0\0\0\x01x", &[why]);
}

#[test]
fn the_rest_of_a_bad_message_is_skipped() {
    check(
        "websocket",
        b"\x41\x01a\x89\x00\x00\x01b\x80\x01c\x81\x01d\x01\x01a\x09\x00\x80\x01b\x80\x01c",
        &[
            "0..3 bad at 0: reserved bits 100, which no extension gives a meaning",
            "3..5 ping: ",
            "5..8 skipped: the rest of a message that is bad",
            "8..11 skipped: the rest of a message that is bad",
            "11..14 text: d: d",
            "14..19 bad at 17: a control frame in fragments",
            "19..22 skipped: the rest of a message that is bad",
            "22..25 bad at 22: a continuation, and no message has begun",
        ],
    );
}

#[test]
fn who_masks() {
    let (masked, plain) = (b"\x81\x80abcd", b"\x81\x00");
    let (none, one) = (
        "0..2 bad at 1: no mask, and a client must mask",
        "0..6 bad at 1: a mask, and a server must not mask",
    );
    check("websocket client", masked, &["0..6 text: : "]);
    check("websocket client", plain, &[none]);
    check("websocket server", masked, &[one]);
    check("websocket server", plain, &["0..2 text: : "]);
    check_from(Some(Side::Client), "websocket", plain, &[none]);
    check_from(Some(Side::Server), "websocket", masked, &[one]);
    check_from(
        Some(Side::Server),
        "websocket client",
        masked,
        &["0..6 text: : "],
    );
}

#[test]
fn limits() {
    check(
        "websocket max 8",
        b"\x82\x07abcdefg\x01\x02ab\x00\x02cd\x80\x00\x89\x00\x01\x09abcdefghi\x80\x00\x01\x08abcdef",
        &[
            "0..9 bad at 0: a message of 9 bytes, over the limit of 8",
            "9..19 bad at 17: longer than the limit of 8 bytes",
            "19..21 ping: ",
            "21..34 bad at 29: longer than the limit of 8 bytes",
            "34..42 partial, waiting for the rest of a fragment (text, the first fragment: abcdef): \\x01\\x08abcdef",
        ],
    );
    let huge = b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffa";
    let why = "0..11 bad at 0: a message of 9223372036854775817 bytes, over the limit of 16777216";
    check("websocket", huge, &[why]);
}

#[test]
fn fields() {
    check_fields(
        "websocket",
        b"\x88\x85\x37\xfa\x21\x3d\x34\x12\x43\x44\x52\xc2\x01a\x01\x01a\x80\x01b",
        &[
            "0..1 type 8 close",
            "0..1 final 1",
            "1..2 masked 1",
            "1..2 length 5",
            "2..6 key",
            "6..8 code 1000 normal closure",
            r#"8..11 reason "bye""#,
            "11..12 type 2 binary",
            "11..12 final 1",
            "11..12 reserved 4",
            "12..13 masked 0",
            "12..13 length 1",
            "13..14 data",
            "14..17 text",
            "  14..15 type 1 text",
            "  14..15 final 0",
            "  15..16 masked 0",
            "  15..16 length 1",
            r#"  16..17 data "a""#,
            "17..20 continuation",
            "  17..18 type 0 continuation",
            "  17..18 final 1",
            "  18..19 masked 0",
            "  18..19 length 1",
            "  19..20 data",
        ],
    );
}

#[test]
fn frames_that_are_made() {
    let made = |words, payload: &[u8]| cut(words).rule.encode(payload).unwrap();
    assert_eq!(made("websocket server", b"Hello"), b"\x81\x05Hello");
    assert_eq!(made("websocket server", b"\xff"), b"\x82\x01\xff");
    let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    assert_eq!(made("websocket client", b"Hello"), masked);
    assert_eq!(made("websocket", b"Hello"), masked);
    assert!(made("websocket server", &[0; 126]).starts_with(b"\x81\x7e\0\x7e"));
    let long = made("websocket server", &vec![0; 65_536]);
    assert!(long.starts_with(b"\x81\x7f\0\0\0\0\0\x01\0\0"));
}

#[test]
fn words() {
    for words in [
        "websocket",
        "websocket client",
        "websocket server frames",
        "websocket frames max 9",
    ] {
        assert_eq!(cut(words).words(), words);
    }
}

#[test]
fn each_side_speaks_as_it_must() {
    use crate::framing::{Side, Sight};
    let spoken = |words, side| {
        let sight = Sight {
            side,
            datagrams: false,
        };
        let cut = cut(words).spoken(sight);
        cut.rule.encode(b"a").unwrap()[1] & 0x80 != 0
    };
    assert!(spoken("websocket", Some(Side::Client)));
    assert!(!spoken("websocket", Some(Side::Server)));
    assert!(!spoken("websocket server", Some(Side::Client)));
}
