//! Round trips through each rule, what it refuses to frame, and garbage.

use super::*;

const ROUND: &[&str] = &[
    "raw",
    "eof",
    "line",
    "delim 00",
    r#"delim "ab" or "abc""#,
    "delim 0d or 0d0a",
    "len u8",
    "len u8 incl",
    "len u16le at 3",
    "len u24be adjust -2",
    "len u32be at 2 adjust +4 incl",
    "len u64le strip 12",
    "len dec5",
    "len hex3 at 1",
    "len varint",
    "len varint incl",
    "len varint at 2",
    "netstring",
    "fixed 3",
];

#[test]
fn what_is_encoded_decodes_to_the_same() {
    for words in ROUND {
        let cut = cut(words);
        let mut count = 0;
        let payloads: [&[u8]; 9] = [
            b"",
            b"a",
            b"abc",
            b"a\r",
            b"\n",
            b"hello a",
            &[0x41; 125],
            &[0; 126],
            &[0x80; 300],
        ];
        for payload in payloads {
            let Ok(bytes) = cut.rule.encode(payload) else {
                continue;
            };
            count += 1;
            let messages = run(&cut, &bytes, &[5]);
            if bytes.is_empty() {
                continue;
            }
            assert_eq!(messages.len(), 1, "{words} {payload:?} {messages:?}");
            assert_eq!(messages[0].status, Status::Ok, "{words} {payload:?}");
            assert_eq!(cut.rule.payload(&messages[0], &bytes), payload, "{words}");
        }
        assert!(count > 0, "{words}");
    }
}

#[test]
fn what_cannot_be_framed_is_refused() {
    let refused = |words, payload: &[u8]| cut(words).rule.encode(payload).unwrap_err();
    assert_eq!(refused("line", b"a\nb"), "a line cannot hold a line feed");
    assert_eq!(
        refused(r#"delim ";""#, b"a;b"),
        "the payload holds a delimiter"
    );
    assert_eq!(
        refused(r#"delim "aa""#, b"a"),
        "the payload holds a delimiter"
    );
    assert_eq!(
        refused("fixed 3", b"ab"),
        "the payload has 2 bytes, `fixed 3` takes 3"
    );
    assert_eq!(
        refused("len u8", &[0; 256]),
        "256 does not fit in u8: 0 to 255"
    );
    assert_eq!(
        refused("len u8 adjust +3", b"ab"),
        "-1 does not fit in u8: 0 to 255"
    );
    assert_eq!(
        refused("len u16be strip 0", b"a"),
        "the payload has 1 byte and must hold the length"
    );
    assert_eq!(
        cut("len u16be strip 0").rule.encode(b"\0\0ab").unwrap(),
        b"\0\x02ab"
    );
    assert_eq!(cut(r#"delim ";" keep"#).rule.encode(b"a;").unwrap(), b"a;");
    assert_eq!(cut(r#"delim ";" keep"#).rule.encode(b"a").unwrap(), b"a;");
    assert_eq!(cut("line").rule.encode(b"a\r").unwrap(), b"a\r\r\n");
}

#[test]
fn garbage_never_panics_and_always_tiles() {
    let mut random = Random(0x5eed);
    for words in ROUND {
        for round in 0..200 {
            let alphabet: &[u8] = if round % 2 == 0 {
                b"0123456789:,\r\nabc\0\x01\x02"
            } else {
                b"\0\x01\x02\xff\x80\x0c"
            };
            let stream: Vec<u8> = (0..random.below(60))
                .map(|_| alphabet[random.below(alphabet.len())])
                .collect();
            let mut cut = cut(words);
            cut.max = [4, 20, MESSAGE_MAX_BYTES, u64::MAX][random.below(4)];
            run_all_ways(&cut, &stream, &mut random, Sight::default());
        }
    }
}
