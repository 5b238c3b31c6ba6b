//! Rules as words: what is accepted, how it is printed, what is refused.

use super::*;

#[test]
fn canonical_words_parse_to_an_equal_rule() {
    for (words, canonical) in [
        ("raw", "raw"),
        ("fixed 4k", "fixed 4096"),
        ("line max 64k", "line max 65536"),
        ("line max 16M", "line"),
        ("delim 0a", r#"delim "\n""#),
        (
            r#"delim "\r\n" or 00 ff or "end of" keep"#,
            r#"delim "\r\n" or 00 ff or "end of" keep"#,
        ),
        ("len u16be", "len u16be"),
        (
            "len u16be incl strip 0 adjust -2 at 4",
            "len u16be at 4 adjust -2 incl strip 0",
        ),
        ("len u24le adjust +1", "len u24le adjust +1"),
        ("len u24le adjust 1", "len u24le adjust +1"),
        ("len dec5 max 10", "len dec5 max 10"),
        ("len varint", "len varint"),
        ("netstring", "netstring"),
        (
            "stx aa55 line max 4 crc crc32",
            "stx aa 55 line crc crc32 max 4",
        ),
        (
            "stx 7e delim 00 crc crc16-modbus le over all",
            r#"stx "~" delim 00 crc crc16-modbus"#,
        ),
        (
            "len u8 crc crc16-modbus be over payload max 9",
            "len u8 crc crc16-modbus be over payload max 9",
        ),
        ("raw crc sum8 le", "raw crc sum8"),
        ("line max 100 then len u8", "line max 100 then len u8"),
        (
            "fixed 1 then stx 00 line then eof max 4k",
            "fixed 1 then stx 00 line then eof max 4096",
        ),
        ("eof", "eof"),
    ] {
        let first = cut(words);
        assert_eq!(first.words(), canonical);
        let again = cut(canonical);
        assert_eq!(again.words(), canonical);
        assert_eq!(
            (format!("{:?}", again.rule), again.max),
            (format!("{:?}", first.rule), first.max)
        );
    }
}

#[test]
fn words_behind_a_rule_are_left() {
    for (words, rest) in [
        ("line from 7", "from 7"),
        (r#"delim ";" from 7"#, "from 7"),
        ("len u8 at 2 max 4 from 7", "from 7"),
        ("stx 7e len u8 crc sum8 over all from 7", "from 7"),
        ("line then eof from 7", "from 7"),
    ] {
        let mut cursor = Words::new(words, 0);
        Cut::parse(&mut cursor).unwrap();
        assert_eq!(cursor.rest(), rest);
    }
}

#[test]
fn what_does_not_fit_is_told_with_its_place() {
    for (words, expected) in [
        ("", "column 1: a framing is missing"),
        (
            "lines",
            "column 1: there is no framing `lines` (did you mean `line`?)",
        ),
        ("fixed", "column 6: the bytes of a message is missing"),
        (
            "fixed 0",
            "column 7: a message of 0 bytes has no end (1 or more)",
        ),
        ("len", "column 4: a type is missing"),
        (
            "len u16",
            "column 5: `u16` is no type of a length (u16be or u16le)",
        ),
        (
            "len i8",
            "column 5: a length has no sign (u8 u16be u24be u32be u64be, or le, decN, hexN, varint)",
        ),
        (
            "len u8 at x",
            "column 11: `x` is not the offset of the length (a whole number)",
        ),
        (
            r#"delim """#,
            "column 7: the delimiter: nothing is there (1 byte or more)",
        ),
        ("delim rand(3)", "column 7"),
        ("stx line", "column 5"),
        ("stx 7e", "column 7: a framing is missing"),
        (
            "stx 7e 00*300 line",
            "column 5: the sync bytes: 301 bytes (256 bytes at most)",
        ),
        ("line crc", "column 9: a kind of checksum is missing"),
        (
            "line crc crc64",
            "column 10: there is no checksum `crc64` (sum8 xor8 crc8 crc16-arc",
        ),
        (
            "line crc crc8 over it",
            "column 20: a checksum is not over `it` (all, payload)",
        ),
        ("line then", "column 10: a framing is missing"),
        (
            "line then lines",
            "column 11: there is no framing `lines` (did you mean `line`?)",
        ),
        ("delim ff or 0g", "column 13"),
        (
            "delim 00*257",
            "column 7: the delimiter: 257 bytes (256 bytes at most)",
        ),
    ] {
        let complaint = Cut::parse(&mut Words::new(words, 0))
            .unwrap_err()
            .to_string();
        assert!(complaint.starts_with(expected), "{words}: {complaint}");
    }
}

#[test]
fn the_table_has_every_framing_once() {
    let names: Vec<_> = FRAMINGS.iter().map(|framing| framing.name()).collect();
    for (k, framing) in FRAMINGS.iter().enumerate() {
        assert!(framing.usage().starts_with(framing.name()) && !framing.help().is_empty());
        assert!(!names[..k].contains(&framing.name()));
    }
}
