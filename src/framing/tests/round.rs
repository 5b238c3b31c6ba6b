//! Round trips through each rule, what it refuses to frame, and garbage.

use super::*;

/// Every kind of rule, by its examples.
fn all() -> impl Iterator<Item = &'static str> {
    FRAMINGS
        .iter()
        .flat_map(|framing| match framing.examples() {
            [] => vec![framing.name()],
            examples => examples.to_vec(),
        })
}

/// Rules that turn nothing into bytes: what they cut is made otherwise.
const NO_INVERSE: &[&str] = &["rtsp", "sip", "nats", "stomp"];

#[test]
fn what_is_encoded_decodes_to_the_same() {
    for words in all() {
        let cut = cut(words);
        let mut count = 0;
        let payloads: &[&[u8]] = &[
            b"",
            b"a",
            b"abc",
            b"a\r",
            b"\n",
            b"hello a",
            b"+OK\r\n",
            b"{\"a\": [1]}",
            &[0x41; 125],
            &[0; 126],
            &[0x80; 300],
        ];
        for payload in payloads.iter().copied() {
            let Ok(bytes) = cut.rule.encode(payload) else {
                continue;
            };
            count += 1;
            let messages = run(&cut, &bytes, &[5]);
            let is_mail = words == "smtp" && payload.ends_with(b"\r\n");
            // Nothing is sent for it, or it is mail, which is none before DATA.
            if bytes.is_empty() || is_mail {
                continue;
            }
            assert_eq!(messages.len(), 1, "{words} {payload:?} {messages:?}");
            assert_eq!(messages[0].status, Status::Ok, "{words} {payload:?}");
            assert_eq!(cut.rule.payload(&messages[0], &bytes), payload, "{words}");
        }
        let name = words.split(' ').next().unwrap();
        assert_eq!(count == 0, NO_INVERSE.contains(&name), "{words}");
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
    for words in all() {
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

#[test]
fn what_is_kept_between_two_pieces_is_bounded() {
    for words in all() {
        for byte in [0, 1, b' ', b'"', b'1', b'A', b'[', b'{', 0x81, 0xff] {
            let cut = cut(words);
            let mut decoder = cut.rule.decoder();
            let mut cx = Cx::new(0, cut.max, Sight::default());
            for piece in vec![byte; 256 << 10].chunks(4000) {
                let mut rest = piece;
                while !rest.is_empty() {
                    let taken = decoder.feed(rest, &mut cx);
                    cx.advance(taken as u64);
                    rest = &rest[taken..];
                    cx.take();
                }
            }
            // A byte is printed as at most five characters.
            let printed = format!("{decoder:?}").len();
            assert!(printed < 6 * (64 << 10), "{words} of {byte:02x}: {printed}");
        }
    }
}
