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

#[test]
fn text_and_hex_faults_are_named() {
    let escapes = r#"\r \n \t \0 \\ \" \x0a or \u{e9}"#;
    check(r#""a\q""#, 2, 4, &format!("unknown escape 'q': {escapes}"));
    check(r#""é\x4""#, 2, 4, "\\x takes two hex digits: \\x0a");
    check(
        r#""\u{d800}""#,
        1,
        9,
        "no such character: \\u{0} to \\u{10ffff}, without d800 to dfff",
    );
    check(r#""\ue9""#, 1, 3, "\\u takes hex digits in braces: \\u{e9}");
    check(r#"00 "abc"#, 3, 7, "the closing \" is missing: \"hi\"");
    check(
        "\"a\\",
        2,
        3,
        &format!("nothing behind the backslash: {escapes}"),
    );
    check(
        "00 0d0",
        3,
        6,
        "0d0 has half a byte too many: 00 d0 or 0d 00",
    );
    check("abc", 0, 3, "abc has half a byte too many: 0a bc or ab 0c");
    check("0x5", 0, 3, "0x5 has half a byte too many: 05");
    check(
        &"a".repeat(99),
        0,
        99,
        &format!(
            "{}… has half a byte too many: an even count of digits",
            "a".repeat(31)
        ),
    );
    check(
        "00, u8(5)",
        4,
        6,
        "hex bytes go on behind `,` and `:`: 0d,0a or 0d:0a",
    );
    check(
        "00:",
        3,
        3,
        "hex bytes go on behind `,` and `:`: 0d,0a or 0d:0a",
    );
}

#[test]
fn words_are_set_right() {
    let forms = super::super::parse::FORMS;
    check("", 0, 0, &format!("a byte expression is missing: {forms}"));
    check(
        "  ; 00",
        2,
        2,
        &format!("a byte expression is missing: {forms}"),
    );
    check(
        "00;",
        2,
        3,
        "more than an expression: nothing may follow it here",
    );
    check(
        "hello",
        0,
        5,
        "`hello` is no byte expression: as text it stands in quotes, \"hello\"",
    );
    check("u16(5)", 0, 3, "`u16` is no function: u16be or u16le");
    check("u16", 0, 3, "`u16` is no type: u16be or u16le");
    check("u16be", 0, 5, "u16be takes parentheses: u16be(5)");
    check("f32be (1)", 0, 5, "f32be takes parentheses: f32be(3.14)");
    check(
        "fixed16 ",
        0,
        7,
        "fixed16 takes parentheses: fixed16(\"hi\")",
    );
    check("dec99(5)", 0, 5, "`dec99` is no function: dec1 to dec20");
    check(
        "rnd(5)",
        0,
        3,
        "`rnd` is no function: rand(100) or rand(100 seed 7)",
    );
    check("crc23{00}", 0, 5, "`crc23` is no byte expression: crc32");
    check(
        "00(5)",
        0,
        2,
        "`00` is no function: u8( ) u16be( ) rand( ) file( ) fixed16( ) …",
    );
    check(
        "00 }",
        3,
        4,
        &format!("'}}' begins no part of an expression: {forms}"),
    );
    check(
        "/re/",
        0,
        1,
        &format!("'/' begins no part of an expression: {forms}"),
    );
    check(
        "é",
        0,
        1,
        &format!("'é' begins no part of an expression: {forms}"),
    );
}

#[test]
fn arguments_are_checked() {
    check("u8(300)", 3, 6, "300 does not fit in u8: 0 to 255");
    check("u8( -1 )", 4, 6, "-1 does not fit in u8: 0 to 255");
    check(
        "u8()",
        3,
        4,
        "a whole number belongs here: 5, -1, 0xff or 'a'",
    );
    check(
        "u8(5x)",
        3,
        5,
        "a whole number belongs here: 5, -1, 0xff or 'a'",
    );
    check("u8(5", 2, 4, "`)` is missing: u8(5)");
    check("u8(5 6)", 5, 6, "'6' in the parentheses of u8: u8(5)");
    check(
        "u8('ab')",
        3,
        7,
        "single quotes hold one character: 'a' or '\\n'",
    );
    check(
        "u8(",
        3,
        3,
        "a whole number belongs here: 5, -1, 0xff or 'a'",
    );
    let digits = "9".repeat(60);
    check(
        &format!("u8({digits})"),
        3,
        63,
        &format!("{}… is too large: at most 64 bits", "9".repeat(31)),
    );
    check(
        "f32be(1e39)",
        6,
        10,
        "1e39 does not fit in f32: -3.4028235e38 to 3.4028235e38, or inf",
    );
    check(
        "f64be(x)",
        6,
        7,
        "a number belongs here: 3.14, -1e9, inf or nan",
    );
}

#[test]
fn sizes_and_names_are_checked() {
    check(
        "rand()",
        5,
        5,
        "a number belongs of random bytes: rand(100)",
    );
    check(
        "rand(5 seed -1)",
        12,
        14,
        "the seed does not fit: 0 to 18446744073709551615",
    );
    check(
        "file()",
        5,
        6,
        "a path is missing: file(path) or file(\"a b\")",
    );
    check(
        "file(\"\\xff\")",
        5,
        11,
        "a path is not UTF-8: file(path) or file(\"a b\")",
    );
    check("count(5)", 6, 7, "'5' in the parentheses of count: count()");
    check(
        "fixed0(\"\")",
        0,
        6,
        "fixed takes a width in bytes: fixed1 to fixed67108864",
    );
    check(
        "fixed2(\"a\"",
        6,
        10,
        "`)` is missing: what is opened here closes in the same command",
    );
}

#[test]
fn repeats_are_checked() {
    check(
        "\"x\"*",
        4,
        4,
        "a number belongs behind `*`: \"x\"*10, \"x\"*64k",
    );
    check(
        "\"x\"*-1",
        4,
        6,
        "a number belongs behind `*`: \"x\"*10, \"x\"*64k",
    );
    check("\"x\"*2*3", 5, 6, "a second `*`: one number: \"x\"*20");
    check(
        "\"x\"*99999999999G",
        4,
        16,
        "99999999999G is too large: at most 64 bits",
    );
    check("*3", 0, 1, "nothing before `*` to repeat: \"x\"*10");
}

#[test]
fn lengths_and_bodies_are_checked() {
    check(
        "len",
        3,
        3,
        "len takes the type of the number: len u16be { … }",
    );
    check(
        "len u16 {}",
        4,
        7,
        "len takes the type of the number: u16be or u16le",
    );
    check(
        "len u8 \"a\"",
        7,
        7,
        "the body of the length is missing: incl, adjust N or { … }",
    );
    check(
        "len u8 include {}",
        7,
        14,
        "the body of the length is missing: incl, adjust N or { … }",
    );
    check(
        "len u8 adjust {",
        14,
        15,
        "a whole number belongs here: 5, -1, 0xff or 'a'",
    );
    check(
        "len u8 { 00 ; 01 }",
        7,
        12,
        "`}` is missing: what is opened here closes in the same command",
    );
    check(
        "frame",
        5,
        5,
        "nothing to frame: frame \"hello\" or frame { … }",
    );
    check(
        "frame 00 ff",
        6,
        9,
        "frame takes one part: braces around more: frame { 00 ff }",
    );
    check("crc32 \"a\"", 6, 7, "crc32 takes bytes in braces: crc32{…}");
    check("sum8 le {00}", 5, 7, "one byte has no order: sum8{…}");
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
