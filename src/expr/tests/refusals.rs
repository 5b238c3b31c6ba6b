//! What is no byte expression: each text with the span that is wrong and the message that says what fits.

use super::super::{NESTING_MAX, parse};

fn check(text: &str, column: usize, end: usize, message: &str) {
    let error = parse(text).expect_err(text);
    assert_eq!(
        (error.to_string().as_str(), error.column, error.end),
        (message, column, end),
        "{text}"
    );
}

/// Each line is `COLUMN..END | TEXT | MESSAGE`.
fn check_all(table: &str) {
    for row in table
        .lines()
        .map(str::trim_start)
        .filter(|row| !row.is_empty())
    {
        let [span, text, message] = *row.splitn(3, " | ").collect::<Vec<_>>() else {
            panic!("{row}")
        };
        let (column, end) = span.split_once("..").unwrap();
        check(text, column.parse().unwrap(), end.parse().unwrap(), message);
    }
}

#[test]
fn text_and_hex_faults_are_named() {
    check_all(
        r#"
        2..4 | "a\q" | unknown escape 'q': \r \n \t \0 \\ \" \x0a or \u{e9}
        2..4 | "é\x4" | \x takes two hex digits: \x0a
        1..9 | "\u{d800}" | no such character: \u{0} to \u{10ffff}, without d800 to dfff
        1..3 | "\ue9" | \u takes hex digits in braces: \u{e9}
        3..7 | 00 "abc | the closing " is missing: "hi"
        2..3 | "a\ | nothing behind the backslash: \r \n \t \0 \\ \" \x0a or \u{e9}
        3..6 | 00 0d0 | 0d0 has half a byte too many: 00 d0 or 0d 00
        0..3 | abc | abc has half a byte too many: 0a bc or ab 0c
        0..3 | 0x5 | 0x5 has half a byte too many: 05
        4..6 | 00, u8(5) | hex bytes go on behind `,` and `:`: 0d,0a or 0d:0a
        3..3 | 00: | hex bytes go on behind `,` and `:`: 0d,0a or 0d:0a
        "#,
    );
    check(
        &"a".repeat(99),
        0,
        99,
        &format!(
            "{}… has half a byte too many: an even count of digits",
            "a".repeat(31)
        ),
    );
}

#[test]
fn words_are_set_right() {
    check_all(
        r#"
        0..0 |  | a byte expression is missing: "text", 0d0a, u16be(5), rand(100) or len u16be { … }
        2..2 |   ; 00 | a byte expression is missing: "text", 0d0a, u16be(5), rand(100) or len u16be { … }
        2..3 | 00; | more than an expression: nothing may follow it here
        0..5 | hello | `hello` is no byte expression: as text it stands in quotes, "hello"
        0..3 | u16(5) | `u16` is no function: u16be or u16le
        0..3 | u16 | `u16` is no type: u16be or u16le
        0..5 | u16be | u16be takes parentheses: u16be(5)
        0..5 | f32be (1) | f32be takes parentheses: f32be(3.14)
        0..7 | fixed16  | fixed16 takes parentheses: fixed16("hi")
        0..5 | dec99(5) | `dec99` is no function: dec1 to dec20
        0..3 | rnd(5) | `rnd` is no function: rand(100) or rand(100 seed 7)
        0..5 | crc23{00} | `crc23` is no byte expression: crc32
        0..2 | 00(5) | `00` is no function: u8( ) u16be( ) rand( ) file( ) fixed16( ) …
        3..4 | 00 } | '}' begins no part of an expression: "text", 0d0a, u16be(5), rand(100) or len u16be { … }
        0..1 | /re/ | '/' begins no part of an expression: "text", 0d0a, u16be(5), rand(100) or len u16be { … }
        0..1 | é | 'é' begins no part of an expression: "text", 0d0a, u16be(5), rand(100) or len u16be { … }
        "#,
    );
}

#[test]
fn arguments_are_checked() {
    check_all(
        r"
        3..6 | u8(300) | 300 does not fit in u8: 0 to 255
        4..6 | u8( -1 ) | -1 does not fit in u8: 0 to 255
        3..4 | u8() | a whole number belongs here: 5, -1, 0xff or 'a'
        3..5 | u8(5x) | a whole number belongs here: 5, -1, 0xff or 'a'
        2..4 | u8(5 | `)` is missing: u8(5)
        5..6 | u8(5 6) | '6' in the parentheses of u8: u8(5)
        3..7 | u8('ab') | single quotes hold one character: 'a' or '\n'
        3..3 | u8( | a whole number belongs here: 5, -1, 0xff or 'a'
        6..10 | f32be(1e39) | 1e39 does not fit in f32: -3.4028235e38 to 3.4028235e38, or inf
        6..7 | f64be(x) | a number belongs here: 3.14, -1e9, inf or nan
        ",
    );
    let digits = "9".repeat(60);
    check(
        &format!("u8({digits})"),
        3,
        63,
        &format!("{}… is too large: at most 64 bits", "9".repeat(31)),
    );
}

#[test]
fn sizes_and_names_are_checked() {
    check_all(
        r#"
        5..5 | rand() | the count of random bytes is missing: rand(100)
        12..14 | rand(5 seed -1) | the seed does not fit: 0 to 18446744073709551615
        5..6 | file() | a path is missing: file(path) or file("a b")
        5..11 | file("\xff") | a path is not UTF-8: file(path) or file("a b")
        6..7 | count(5) | '5' in the parentheses of count: count()
        0..6 | fixed0("") | fixed takes a width in bytes: fixed1 to fixed67108864
        6..10 | fixed2("a" | `)` is missing: what is opened here closes in the same command
        "#,
    );
}

#[test]
fn repeats_are_checked() {
    check_all(
        r#"
        4..4 | "x"* | the number behind `*` is missing: "x"*10, "x"*64k
        4..6 | "x"*-1 | the number behind `*` is missing: "x"*10, "x"*64k
        5..6 | "x"*2*3 | a second `*`: one number: "x"*20
        4..16 | "x"*99999999999G | 99999999999G is too large: at most 64 bits
        0..1 | *3 | nothing before `*` to repeat: "x"*10
        "#,
    );
}

#[test]
fn lengths_and_bodies_are_checked() {
    check_all(
        r#"
        3..3 | len | len takes the type of the number: len u16be { … }
        4..7 | len u16 {} | len takes the type of the number: u16be or u16le
        7..7 | len u8 "a" | the body of the length is missing: incl, adjust N or { … }
        7..14 | len u8 include {} | the body of the length is missing: incl, adjust N or { … }
        14..15 | len u8 adjust { | a whole number belongs here: 5, -1, 0xff or 'a'
        7..12 | len u8 { 00 ; 01 } | `}` is missing: what is opened here closes in the same command
        5..5 | frame | nothing to frame: frame "hello" or frame { … }
        6..9 | frame 00 ff | frame takes one part: braces around more: frame { 00 ff }
        6..7 | crc32 "a" | crc32 takes bytes in braces: crc32{…}
        5..7 | sum8 le {00} | one byte has no order: sum8{…}
        "#,
    );
}

#[test]
fn nesting_has_a_limit_and_no_stack_overflow() {
    let nested = |depth: usize| format!("{}{}", "frame{".repeat(depth), "}".repeat(depth));
    assert!(parse(&nested(NESTING_MAX)).is_ok());
    let column = NESTING_MAX * 6 + 6;
    check(
        &nested(NESTING_MAX + 1),
        column,
        column + 1,
        "nested too deeply: at most 64 within one another",
    );
    for text in ["frame{", "frame ", "fixed1(", "len u8{", "{", "("] {
        assert!(parse(&text.repeat(100_000)).is_err());
    }
}
