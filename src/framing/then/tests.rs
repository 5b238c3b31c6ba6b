//! Chains: whose message is whose, its limit, and what is told to the other direction.

use super::*;
use crate::framing::tests::{Random, check, check_fields, cut, run, run_all_ways};

#[test]
fn the_first_by_one_rule_and_all_others_by_the_next() {
    check(
        "fixed 1 then line",
        b"\0ab\ncd\ne",
        &[
            r"0..1 1 byte: \x00",
            "1..4 line: ab",
            "4..7 line: cd",
            "7..8 partial, waiting for the end of the line: e",
        ],
    );
    check(
        "line then len u8 then fixed 2",
        b"a\n\x03abcdefg",
        &[
            "0..2 line: a",
            "2..6 len 3: abc",
            "6..8 2 bytes: de",
            "8..10 2 bytes: fg",
        ],
    );
    check(
        "line then fixed 1",
        b"a",
        &["0..1 partial, waiting for the end of the line: a"],
    );
    check("eof then line", b"a\n", &["0..2 all: a\\n"]);
    check(
        "stx 7e fixed 1 then line",
        b"x~ab\n",
        &[
            r#"0..1 skipped: not the sync bytes "~""#,
            "1..3 1 byte: a",
            "3..5 line: b",
        ],
    );
}

#[test]
fn what_the_first_took_too_much_of_is_given_to_the_next() {
    let words = "delim 0d or 0d0a then fixed 2";
    check(words, b"a\rbc", &["0..2 delim: a", "2..4 2 bytes: bc"]);
    check(words, b"a\r\nbc", &["0..3 delim: a", "3..5 2 bytes: bc"]);
    check(words, b"a\r", &["0..2 delim: a"]);
    let words = r#"delim "a" or "abcd" then fixed 1"#;
    check(
        words,
        b"xabc",
        &["0..2 delim: x", "2..3 1 byte: b", "3..4 1 byte: c"],
    );
    check(words, b"xab", &["0..2 delim: x", "2..3 1 byte: b"]);
    let next = "2..4 partial -1, waiting for 1 more byte (3 bytes): bc";
    check(
        r#"delim "a" or "abcd" then fixed 3"#,
        b"xabc",
        &["0..2 delim: x", next],
    );
    check(
        r#"delim "a" or "abcd" then delim "b" or "bcd" then fixed 1"#,
        b"xabcx",
        &[
            "0..2 delim: x",
            "2..3 delim: ",
            "3..4 1 byte: c",
            "4..5 1 byte: x",
        ],
    );
}

#[test]
fn each_rule_keeps_its_own_limit() {
    let words = "line max 4 then len u8 max 3";
    check(
        words,
        b"abcde\n\x02ab\x03abc",
        &[
            "0..6 bad at 4: longer than the limit of 4 bytes",
            "6..9 len 2: ab",
            "9..13 bad at 9: 3 makes a message of 4 bytes, over the limit of 3",
        ],
    );
    assert_eq!(cut(words).words(), words);
    assert_eq!(cut(words).max, 3);
}

#[test]
fn the_first_names_its_rule_and_its_payload_is_its_own() {
    check_fields(
        "len u8 then fixed 1 then netstring",
        b"\x01ab1:c,",
        &[
            "0..0 rule 0 len u8",
            "0..1 length 1",
            "2..2 rule 1 fixed 1",
            "3..4 length 1",
        ],
    );
    let cut = cut("len u8 then line");
    let stream = b"\x01ab\r\n";
    let messages = run(&cut, stream, &[5]);
    assert_eq!(cut.rule.payload(&messages[0], &stream[..2]), b"a");
    assert_eq!(cut.rule.payload(&messages[1], &stream[2..]), b"b");
    assert_eq!(cut.rule.encode(b"x").unwrap(), b"x\n");
}

#[test]
fn a_rule_tells_of_the_same_wherever_it_stands_in_a_chain() {
    let subjects = |words| cut(words).rule.subjects();
    let http1 = subjects("http1");
    assert_eq!(http1.len(), 1);
    assert_eq!(subjects("proxy then http1"), http1);
    assert_eq!(subjects("http1 then websocket"), http1);
    assert!(subjects("line").is_empty());
    let twice = subjects("http1 then smtp then http1");
    assert_eq!([twice[0], twice[1]], [http1[0], subjects("smtp")[0]]);
    assert_ne!(twice[2], twice[0]);
    let mut cx = Cx::new(0, 9, Sight::default());
    cx.about(1, |cx| cx.post(0, "first"));
    cx.about(2, |cx| cx.post(0, "next"));
    let mut mailbox = crate::framing::Mailbox::default();
    mailbox.put(Duration::ZERO, cx.take_letters());
    let mut cx = Cx::new(0, 9, Sight::default()).hearing(Some(&mailbox), Duration::MAX);
    cx.about(1, |cx| assert_eq!(cx.mail(0), Some("first")));
    cx.about(2, |cx| assert_eq!(cx.mail(0), Some("next")));
}

#[test]
fn garbage_tiles() {
    let mut random = Random(0xf00d);
    for words in [
        "fixed 1 then line",
        r#"delim "a" or "abab" then delim "b" or "ba" then len u8"#,
        "stx 61 fixed 1 crc sum8 then stx 62 line then raw",
        "netstring then eof",
    ] {
        for _ in 0..400 {
            let alphabet = b"ab\n\r\x01:1,";
            let stream: Vec<u8> = (0..random.below(30))
                .map(|_| alphabet[random.below(alphabet.len())])
                .collect();
            run_all_ways(&cut(words), &stream, &mut random, Sight::default());
        }
    }
}
