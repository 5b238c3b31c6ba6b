//! JSON texts: where they end, what breaks them, and what is told of them.

use super::*;
use crate::framing::tests::{check, check_fields};

#[test]
fn texts_one_behind_the_other() {
    check(
        "json",
        b" {\"a\":[1,2,{}]}{}\n[]\r\n\"x\\\"}\" 12 -0.5e+3[true]nullfalse 7",
        &[
            "0..1 skipped: blanks",
            r#"1..15 {a: […]}: {\"a\":[1,2,{}]}"#,
            "15..17 {}: {}",
            "17..18 skipped: blanks",
            "18..20 []: []",
            "20..22 skipped: blanks",
            r#"22..28 "x"}": \"x\\\"}\""#,
            "28..29 skipped: blanks",
            "29..31 12: 12",
            "31..32 skipped: blanks",
            "32..39 -0.5e+3: -0.5e+3",
            "39..45 [true]: [true]",
            "45..49 null: null",
            "49..54 false: false",
            "54..55 skipped: blanks",
            "55..56 7: 7",
        ],
    );
    check("json", b"", &[]);
    check("json", b" \n", &["0..2 skipped: blanks"]);
}

#[test]
fn what_is_not_whole() {
    for (stream, waits) in [
        (r#"{"a"#, "waiting for the end of a string ({…)"),
        (r#"{"a":1"#, "waiting for }, 1 deep ({a: 1…)"),
        (r#"[{"a":[1,"#, "waiting for ], 3 deep ([{……)"),
        ("-", "waiting for what ends the number (-)"),
        ("1.", "waiting for what ends the number (1.)"),
        ("tru", "waiting for the rest of a word (tru)"),
        ("\"\\", "waiting for the end of a string"),
    ] {
        let shown = stream.as_bytes().escape_ascii();
        let line = format!("0..{} partial, {waits}: {shown}", stream.len());
        check("json", stream.as_bytes(), &[&line]);
    }
}

#[test]
fn bytes_that_break_a_text() {
    for (stream, at, why) in [
        ("{a:1}", 1, "`a` where a name in quotes must be"),
        (r#"{"a" 1}"#, 5, "`1` where the colon behind a name must be"),
        (r#"{"a":}"#, 5, "`}` where a value must begin"),
        (r#"{"a":1,}"#, 7, "`}` where a name in quotes must be"),
        ("[1,]", 3, "`]` where a value must begin"),
        ("[1 2]", 3, "`2` where `]` or a comma must be"),
        ("[1}", 2, "`}` where `]` or a comma must be"),
        ("[01]", 2, "`1` where `]` or a comma must be"),
        ("01", 1, "`1` where a number has ended"),
        ("1a", 1, "`a` where a number has ended"),
        ("[-]", 2, "`]` where a number must go on"),
        ("[1.]", 3, "`]` where a number must go on"),
        ("[1e]", 3, "`]` where a number must go on"),
        ("[nul]", 4, "`]` where true, false or null must go on"),
        (
            "[\"a\tb\"]",
            3,
            "byte 09 within a string: it must be escaped",
        ),
        (r#"["\x"]"#, 3, "`x` where an escape must go on"),
        (
            r#"["\u12g4"]"#,
            6,
            "`g` where one of four hex digits must be",
        ),
        (",", 0, "`,` where a value must begin"),
        ("\u{feff}1", 0, "byte ef where a value must begin"),
    ] {
        let line = format!("0..{} bad at {at}: {why}", stream.len());
        check("json", stream.as_bytes(), &[&line]);
    }
}

#[test]
fn the_next_text_begins_behind_what_is_broken() {
    let bad = "0..17 bad at 1: `a` where a name in quotes must be";
    check(
        "json",
        br#"{a:"}",b:[1,"\""]}{}"#,
        &[
            "0..18 bad at 1: `a` where a name in quotes must be",
            "18..20 {}: {}",
        ],
    );
    check(
        "json",
        b"{a:1,\n\"b\":[\n]\n, 2}[3]",
        &[bad.replace("17", "18").as_str(), "18..21 [3]: [3]"],
    );
    // Outside of brackets a line ends it; within, a line ends a string that was not closed.
    check(
        "json",
        b"x\n7[\"a\n]8",
        &[
            "0..2 bad at 0: `x` where a value must begin",
            "2..3 7: 7",
            "3..8 bad at 6: byte 0a within a string: it must be escaped",
            "8..9 8: 8",
        ],
    );
    // A line was cut short: within a string, and behind a comma.
    check(
        "json",
        b"{\"a\":\"b\n{\"a\":2}\n",
        &[
            "0..8 bad at 7: byte 0a within a string: it must be escaped",
            r#"8..15 {a: 2}: {\"a\":2}"#,
            "15..16 skipped: blanks",
        ],
    );
    check(
        "json",
        b"{\"a\":1,\n{\"a\":2}",
        &[
            "0..8 bad at 8: `{` where a name in quotes must be",
            r#"8..15 {a: 2}: {\"a\":2}"#,
        ],
    );
    check(
        "json",
        b"INFO x\n[1]",
        &[
            "0..7 bad at 0: `I` where a value must begin",
            "7..10 [1]: [1]",
        ],
    );
}

#[test]
fn limits() {
    check(
        "json max 4",
        b"[1,2][1]\"abc",
        &[
            "0..5 bad at 4: longer than the limit of 4 bytes",
            "5..8 [1]: [1]",
            "8..12 partial, waiting for the end of a string: \\\"abc",
        ],
    );
    check(
        "json max 3",
        b"\"abc",
        &["0..4 bad at 3: longer than the limit of 3 bytes"],
    );
    let deep = "[".repeat(1025) + &"]".repeat(1025) + "1";
    check(
        "json",
        deep.as_bytes(),
        &[
            "0..2050 bad at 1024: nested deeper than 1024",
            "2050..2051 1: 1",
        ],
    );
}

#[test]
fn values_are_a_tree() {
    check_fields(
        "json",
        br#"{"id":7,"who":{"n\u00e4me":"A\u0042\n\ud83d\ude00\ud83d"},"p":[-1,2.5,null,{}],"x":"#,
        &[
            "0..83 object",
            "  6..7 id 7",
            "  14..57 who",
            "    27..56 näme \"AB\\n😀\\\\ud83d\"",
            "  62..78 p",
            "    63..65 [0] -1",
            "    66..69 [1] 2.5",
            "    70..74 [2] null",
            "    75..77 [3]",
        ],
    );
    check_fields("json", b"{\"a\" 1}", &["0..5 object"]);
    check_fields("json", b"12", &["0..2 number 12"]);
    // Deeper than fields may stand within each other the tree ends, and the message is whole all the same.
    let deep = "[".repeat(70) + &"]".repeat(70);
    check("json", deep.as_bytes(), &[&format!("0..140 [[……: {deep}")]);
}

#[test]
fn notes_are_short() {
    let long = format!(
        r#"{{"method":"{}","params":[1,2],"id":1,"more":{{}},"and":1,"yet":2}}"#,
        "x".repeat(99)
    );
    let shown = format!(
        r#"{{method: "{}…", params: […], id: 1, more:…"#,
        "x".repeat(32)
    );
    let line = format!("0..{} {shown}: {}", long.len(), long.escape_default());
    check("json", long.as_bytes(), &[&line]);
}

#[test]
fn only_one_text_is_encoded() {
    assert_eq!(Json.encode(b"{\"a\": 1}").unwrap(), b"{\"a\": 1}");
    assert_eq!(Json.encode(b"12").unwrap(), b"12\n");
    for payload in [&b""[..], b"{} {}", b"{}\n", b"{", b"x", b"1 "] {
        let why = Json.encode(payload).unwrap_err();
        assert_eq!(why, "the payload is not one JSON text", "{payload:?}");
    }
}
