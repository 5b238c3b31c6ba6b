//! What a line means in bytes, and that typing it sends nothing. It draws nothing.

use super::*;
use crate::endpoint::Transport;
use crate::event::{Actor, Dir, Event, Role, What};

fn session() -> Session {
    Session::new(1 << 20, None)
}

#[test]
fn hex_is_forgiving_and_names_what_does_not_fit() {
    fn check(text: &str, expected: Result<&[u8], usize>) {
        let found = match hex(text) {
            Meaning::Bytes { bytes, .. } => Ok(bytes),
            Meaning::Wrong { column, .. } => Err(column),
            Meaning::Nothing | Meaning::Unread => Err(99),
        };
        assert_eq!(found, expected.map(<[u8]>::to_vec), "{text}");
    }
    check("00 0c 77", Ok(&[0, 12, 0x77]));
    check("0x00,0x0C", Ok(&[0, 12]));
    check(r"\x41\x42", Ok(b"AB"));
    check("0d:0a", Ok(b"\r\n"));
    check("000", Err(3));
    check("0g", Err(1));
}

#[test]
fn the_same_bytes_in_three_ways_and_back_as_they_were_typed() {
    let session = session();
    let mut composer = Composer::default();
    composer.editor.set(r#"hi "you"\r\n"#);
    composer.read(&session, None);
    let mut seen = Vec::new();
    for _ in 0..3 {
        composer.cycle(&session, None);
        seen.push(composer.editor.text().to_owned());
    }
    assert_eq!(seen[0], "68 69 20 22 79 6f 75 22 0d 0a");
    assert_eq!(seen[2], r#"hi "you"\r\n"#);
    assert_eq!(
        composer.send(&Locale::default(), &session, None),
        Ok(r#"send "hi \"you\"\r\n""#.to_owned())
    );
    assert_eq!(composer.editor.text(), "");
}

/// A session with one socket whose bytes are cut by a rule.
fn framed(rule: &str) -> (Session, Option<ConnId>) {
    let mut session = session();
    let conn = Some(ConnId(0));
    let opened = What::Opened {
        name: None,
        role: Role::Client,
        transport: Transport::Tcp,
        parent: None,
    };
    let framed = What::Framed {
        dir: Dir::Out,
        rule: rule.to_owned(),
        from: 0,
    };
    for what in [opened, framed] {
        let (at, by) = (Duration::ZERO, Actor::User);
        session.apply(Event { at, conn, by, what });
    }
    (session, conn)
}

#[test]
fn a_text_becomes_a_whole_message_where_a_framing_was_chosen() {
    let check = |rule: &str, typed: &str, hex: &str, sent: &str| {
        let (session, conn) = framed(rule);
        let mut composer = Composer::default();
        composer.editor.set(typed);
        composer.read(&session, conn);
        composer.cycle(&session, conn);
        assert_eq!(
            (composer.mode, composer.editor.text()),
            (Mode::Message, typed)
        );
        composer.cycle(&session, conn);
        assert_eq!(composer.editor.text(), hex, "{rule}");
        let line = composer.send(&Locale::default(), &session, conn);
        assert_eq!(line.as_deref(), Ok(sent));
    };
    check("len u16be", "hi", "00 02 68 69", "send 00 02 68 69");
    check("line", "hi", "68 69 0a", r#"send "hi\n""#);
    let (session, conn) = framed("line");
    let mut composer = Composer::default();
    composer.editor.set(r"a\nb");
    composer.read(&session, conn);
    composer.cycle(&session, conn);
    assert!(
        matches!(composer.meaning, Meaning::Wrong { .. }),
        "{:?}",
        composer.meaning
    );
}

#[test]
fn a_paste_is_kept_byte_for_byte_and_sends_nothing() {
    let mut composer = Composer::default();
    composer.paste(b"one\ntwo\x1b[31m");
    assert_eq!(composer.editor.text(), "one\ntwo\\x1b[31m");
    composer.editor.set("");
    composer.paste(b"GET /\r\n\r\n\\r \"x\"\rend");
    assert_eq!(
        composer.editor.text(),
        "GET /\r\n\r\n\\\\r \"x\"\rend",
        "ends of lines stay ends of lines"
    );
    composer.read(&session(), None);
    assert_eq!(
        composer.meaning,
        Meaning::Bytes {
            bytes: b"GET /\r\n\r\n\\r \"x\"\rend".to_vec(),
            settled: true
        }
    );
}

#[test]
fn a_long_line_is_read_when_typing_rests_and_whenever_it_is_sent() {
    const LONG: usize = LIVE_MAX_BYTES + 1;
    let session = session();
    let ms = Duration::from_millis;
    let mut composer = Composer::default();
    composer.editor.set(&"x".repeat(LIVE_MAX_BYTES));
    composer.read(&session, None);
    assert_eq!(composer.bytes(), Some(LIVE_MAX_BYTES));
    composer.editor.insert("x");
    composer.read(&session, None);
    assert_eq!(composer.bytes(), None);
    let mut read_at = |now| {
        composer.prepare(&session, None, ms(now));
        (composer.rests_at(), composer.bytes())
    };
    assert_eq!(read_at(1000), (Some(ms(1200)), None));
    assert_eq!(read_at(1199), (Some(ms(1200)), None));
    assert_eq!(read_at(1200), (None, Some(LONG)));
    composer.editor.insert("x");
    composer.read(&session, None);
    composer.prepare(&session, None, ms(1300));
    composer.editor.insert("x");
    composer.read(&session, None);
    composer.prepare(&session, None, ms(1500));
    assert_eq!(composer.rests_at(), Some(ms(1700)), "a key begins it anew");
    let line = composer.send(&Locale::default(), &session, None);
    assert_eq!(line, Ok(format!("send \"{}\"", "x".repeat(LONG + 2))));
    assert_eq!(composer.rests_at(), None);
}

/// Bytes that follow from a seed (xorshift).
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let len = next() % 40;
    // Half of them are text and its ends of lines: there the escapes meet.
    let mut byte = || match next() % 4 {
        0 => b"\r\n\\\"\t\0x u{}"[usize::try_from(next() % 11).unwrap_or(0)],
        1 => b' ' + u8::try_from(next() % 95).unwrap_or(0),
        _ => next().to_le_bytes()[0],
    };
    (0..len).map(|_| byte()).collect()
}

#[test]
fn any_bytes_go_through_all_ways_of_typing_and_back() {
    let session = session();
    let meant = |composer: &Composer| match &composer.meaning {
        Meaning::Bytes { bytes, .. } => bytes.clone(),
        Meaning::Nothing | Meaning::Unread => Vec::new(),
        Meaning::Wrong { what, .. } => panic!("{what}"),
    };
    for seed in 0..2000 {
        let bytes = bytes(seed);
        let mut composer = Composer::default();
        composer.paste(&bytes);
        composer.editor.set(&escape::escape(&bytes));
        composer.read(&session, None);
        for step in 0..7 {
            assert_eq!(meant(&composer), bytes, "seed {seed}, step {step}");
            composer.cycle(&session, None);
            // A key that changes nothing: what was kept of the other way may not be used.
            composer.kept = None;
        }
    }
}

#[test]
fn a_paste_means_its_own_bytes() {
    let session = session();
    for seed in 0..2000 {
        let bytes = bytes(seed);
        let mut composer = Composer::default();
        assert_eq!(composer.paste(&bytes), 0);
        composer.read(&session, None);
        let expected = if bytes.is_empty() {
            Meaning::Nothing
        } else {
            Meaning::Bytes {
                bytes,
                settled: true,
            }
        };
        assert_eq!(composer.meaning, expected, "seed {seed}");
    }
}
