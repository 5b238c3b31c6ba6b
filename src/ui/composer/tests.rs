//! What a line means in bytes, and that typing it sends nothing. It draws nothing.

use super::*;

fn session() -> Session {
    Session::new(1 << 20, None)
}

#[test]
fn hex_is_forgiving_and_names_what_does_not_fit() {
    fn check(text: &str, expected: Result<&[u8], usize>) {
        let found = match hex(text) {
            Meaning::Bytes { bytes, .. } => Ok(bytes),
            Meaning::Wrong { column, .. } => Err(column),
            Meaning::Nothing => Err(99),
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
    assert_eq!(composer.send(), Ok(r#"send "hi \"you\"\r\n""#.to_owned()));
    assert_eq!(composer.editor.text(), "");
}

#[test]
fn a_paste_is_kept_byte_for_byte_and_sends_nothing() {
    let mut composer = Composer::default();
    composer.paste("one\ntwo\u{1b}[31m");
    assert_eq!(composer.editor.text(), r"one\ntwo\x1b[31m");
}
