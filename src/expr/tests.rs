//! Byte expressions as tables: text and bytes, text and canonical text, text and refusal.

mod refusals;
mod trees;

use super::{Context, Expr, parse, parse_prefix};

/// A context whose answers are known: framing puts `<` and `>` around, seeds and counts go up.
#[derive(Default)]
struct Known {
    seeds: u64,
    counts: u64,
}

impl Context for Known {
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.contains(&b'>') {
            return Err("the framing ends at >".to_owned());
        }
        Ok([b"<", payload, b">"].concat())
    }

    fn seed(&mut self) -> u64 {
        self.seeds += 1;
        self.seeds
    }

    fn file(&self, path: &str) -> Result<&[u8], String> {
        if path == "a b" {
            Ok(b"content")
        } else {
            Err(format!("{path}: no such file"))
        }
    }

    fn count(&mut self) -> u64 {
        self.counts += 1;
        self.counts
    }

    fn now(&self) -> u64 {
        1_700_000_000_123_456
    }

    fn last(&self) -> Option<Vec<u8>> {
        Some(b"previous".to_vec())
    }

    fn field(&self, name: &str) -> Option<Vec<u8>> {
        (name == "id").then(|| b"\x01\x02".to_vec())
    }

    fn saved(&mut self, name: &str) -> Result<Vec<u8>, String> {
        match name {
            "hello" => Ok(b"hi".to_vec()),
            _ => Err(format!("nothing is stored as {name}")),
        }
    }
}

fn evaluated(text: &str) -> Result<Vec<u8>, String> {
    let expr =
        parse(text).unwrap_or_else(|error| panic!("{text}: column {}: {error}", error.column));
    expr.evaluate(&mut Known::default())
        .map_err(|error| error.to_string())
}

#[test]
fn expressions_become_bytes() {
    let check =
        |text: &str, bytes: &[u8]| assert_eq!(evaluated(text).as_deref(), Ok(bytes), "{text}");
    check(r#""hello\r\n""#, b"hello\r\n");
    check(
        r#""\t\0\\\"\x41\xff\u{e9}é""#,
        b"\t\0\\\"A\xff\xc3\xa9\xc3\xa9",
    );
    check("0d0a", b"\r\n");
    check("0D 0a 0x0D0a", b"\r\n\r\n");
    check("00,01:02 , 03:0x04", b"\0\x01\x02\x03\x04");
    check("\"a\"\"b\"00\"c\"", b"ab\0c");
    check(
        "u16be(5) u16le(5) u8(255) i8(-1) u24be(1) i32le(-2)",
        b"\0\x05\x05\0\xff\xff\0\0\x01\xfe\xff\xff\xff",
    );
    check(
        "u8(0xff) u8('a') u8( '\\n' ) u8('\\'') u32be('€') u8(+7) i8(-0x80)",
        b"\xffa\n'\0\0\x20\xac\x07\x80",
    );
    check("f32be(1.5) f64le(-2)", b"\x3f\xc0\0\0\0\0\0\0\0\0\0\xc0");
    check(
        "f32be(inf) f32be(nan) f32be(-0)",
        b"\x7f\x80\0\0\x7f\xc0\0\0\x80\0\0\0",
    );
    check("varint(300) dec5(5) hex4(10)", b"\xac\x0200005000a");
    check("dec5", b"\xde\xc5");
    check("\"ab\"*3 00 ff*2 \"x\" * 0", b"ababab\0\xff\xff");
    check("0d0a*2", b"\r\n\r\n");
    check(
        "rand(3 seed 0) rand(10 seed 0)",
        b"\xaf\xcd\x1d\xaf\xcd\x1d\x7b\x39\xa8\x20\xe2\xf4\x65",
    );
    check("rand(0)", b"");
    check("file(\"a b\")", b"content");
    check("len u16be { \"hello\" }", b"\0\x05hello");
    check("len u16be incl { \"hello\" }", b"\0\x07hello");
    check(
        "len u8 incl adjust -2 { \"hi\" } len u8 adjust 1 {\"hi\"} len dec3 { }",
        b"\x05hi\x01hi000",
    );
    check("len u8 { 01 len u8 { \"ab\" } }", b"\x04\x01\x02ab");
    check("frame \"hello\"", b"<hello>");
    check(
        "frame \"x\"*2 frame { \"x\"*2 } frame 0a",
        b"<x><x><xx><\n>",
    );
    check("fixed4(\"hi\") fixed2(\"h\" 69)", b"hi\0\0hi");
    check("count() count() \" \" now()", b"12 1700000000123");
    check("last() field(id)", b"previous\x01\x02");
    check("len u8 { saved(hello)*2 }", b"\x04hihi");
    check(
        "crc32{\"123456789\"} crc32 le {\"1234\" \"56789\"}",
        b"\xcb\xf4\x39\x26\x26\x39\xf4\xcb",
    );
    check(
        "crc16-modbus{\"123456789\"} crc16-modbus be{ \"123456789\" }",
        b"\x37\x4b\x4b\x37",
    );
    check("sum8{ 01 02 } xor8 {ff 0f}", b"\x03\xf0");
    check("\"#;/ \\\"\"", b"#;/ \"");
}

#[test]
fn an_inclusive_varint_counts_itself() {
    for body in [0, 1, 126, 127, 128, 16381, 16382, 16383, 16384] {
        let bytes = evaluated(&format!("len varint incl {{ 00*{body} }}")).unwrap();
        let whole = i128::try_from(bytes.len()).unwrap();
        let own = bytes.len() - body;
        assert_eq!(
            super::IntType::Varint.decode(&bytes),
            super::Step::Value(whole, own),
            "{body}"
        );
    }
}

#[test]
fn what_cannot_be_evaluated_says_why() {
    let check = |text: &str, why: &str| assert_eq!(evaluated(text), Err(why.to_owned()), "{text}");
    let too_much = "more than 64 MiB in one expression; repeat the send instead";
    check("\"x\"*10000000000", too_much);
    check("\"xx\"*18446744073709551615", too_much);
    check("00*64M 00", too_much);
    check("rand(1G)", too_much);
    check("len u32be { 00*64M }", too_much);
    check("fixed2(\"abc\")", "3 bytes do not fit in fixed2");
    check("len u8 { 00*256 }", "256 does not fit in u8: 0 to 255");
    check(
        "len u8 adjust 3 { \"hi\" }",
        "-1 does not fit in u8: 0 to 255",
    );
    check("file(x)", "x: no such file");
    check("frame \">\"", "the framing ends at >");
    check(
        "field(x)",
        "field(x) has nothing: no message with that field has been received",
    );
    assert_eq!(evaluated("\"\"*18446744073709551615"), Ok(Vec::new()));
    assert_eq!(evaluated("00*64M").map(|bytes| bytes.len()), Ok(64 << 20));
}

#[test]
fn constants_need_no_context() {
    let check = |text: &str, expected: Result<&[u8], &str>| {
        let found = parse(text)
            .unwrap()
            .constant()
            .map_err(|error| error.to_string());
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text}");
    };
    check("len u8 { \"hi\" } rand(1 seed 0)", Ok(b"\x02hi\xaf"));
    check(
        "00 len u8 { last() }",
        Err("last() changes from send to send; only fixed bytes can stand here"),
    );
    check(
        "rand(1)",
        Err("rand(1) changes from send to send; only fixed bytes can stand here"),
    );
}

#[test]
fn settling_draws_each_seed_once() {
    let mut expr = parse("rand(4) len u8 { rand(4 seed 9) frame { rand(2)*2 } }").unwrap();
    let mut cx = Known::default();
    expr.settle(&mut cx);
    assert_eq!(
        expr.to_string(),
        "rand(4 seed 1) len u8 { rand(4 seed 9) frame { rand(2 seed 2)*2 } }"
    );
    assert_eq!(expr.evaluate(&mut cx), expr.evaluate(&mut cx));
    expr.settle(&mut cx);
    assert_eq!(cx.seeds, 2);
    let mut unsettled = || parse("rand(8)").unwrap().evaluate(&mut cx);
    assert_ne!(unsettled(), unsettled());
}

#[test]
fn files_are_known_beforehand() {
    let expr =
        parse("file(/a/b) len u8 { file(\"a b\")*2 } fixed9(file(é)) crc8{file(d)}").unwrap();
    assert_eq!(expr.files(), ["/a/b", "a b", "é", "d"]);
}

#[test]
fn printing_is_canonical() {
    let check = |text: &str, printed: &str| assert_eq!(parse(text).unwrap().to_string(), printed);
    check("0D,0A:0x00ff", "0d 0a 00 ff");
    check("00 ffee * 1k", "00 ffee*1024");
    check("u8('a')u16be(0x10)", "u8(97) u16be(16)");
    check(
        "\"\\x0a\\x1b\\u{202e}é\\xff\"",
        "\"\\n\\x1b\\u{202e}é\\xff\"",
    );
    check("len u16be adjust 2 incl{}", "len u16be incl adjust +2 { }");
    check(
        "frame \"a\" frame{\"a\"} frame 00",
        "frame \"a\" frame \"a\" frame { 00 }",
    );
    check(
        "crc32 be{00} crc16-modbus le {} crc32 le{00}",
        "crc32{ 00 } crc16-modbus{ } crc32 le { 00 }",
    );
    check(
        "file(\"/a\") file(\"a)\") field(\"q r\")",
        "file(/a) file(\"a)\") field(\"q r\")",
    );
    check(
        "f32be(0.1) f64be(1e300) f32le(-nan) fixed3()",
        "f32be(0.1) f64be(1e300) f32le(NaN) fixed3()",
    );
    check("rand( 4k  seed 0x10 )", "rand(4096 seed 16)");
}

#[test]
fn a_prefix_ends_where_the_command_goes_on() {
    let check = |line: &str, start: usize, printed: &str, rest: &str| {
        let (expr, end) = parse_prefix(line, start, &["or", "keep", "within"]).unwrap();
        let left: String = line.chars().skip(end).collect();
        assert_eq!(
            (expr.to_string().as_str(), left.as_str()),
            (printed, rest),
            "{line}"
        );
    };
    check("send \"a\" ; close", 5, "\"a\"", "; close");
    check("send \"é;#\" 00; x", 5, "\"é;#\" 00", "; x");
    check("send 00 # note", 5, "00", "# note");
    check("00 01\nnext", 0, "00 01", "\nnext");
    check("00 01 \r\nnext", 0, "00 01", "\nnext");
    check("\"a\" or \"b\"", 0, "\"a\"", "or \"b\"");
    check("\"a\"or \"b\"", 0, "\"a\"", "or \"b\"");
    check(
        "len u8 { \"or\" } within 3s",
        0,
        "len u8 { \"or\" }",
        "within 3s",
    );
    check("é é 0d0a keep", 4, "0d 0a", "keep");
    let column = |line| parse_prefix(line, 0, &["or"]).unwrap_err().column;
    assert_eq!(column("00 #13"), 3, "an event's name is no comment");
    assert_eq!(column("00 orr"), 3, "a stop word stands alone");
    assert_eq!(
        column("len u8 { or }"),
        9,
        "a stop word stops outside braces only"
    );
    assert_eq!(column("or"), 0);
    assert_eq!(parse_prefix("00", 9, &[]).unwrap_err().column, 9);
}

#[test]
fn bytes_become_readable_literals() {
    let check =
        |bytes: &[u8], printed: &str| assert_eq!(Expr::from_bytes(bytes).to_string(), printed);
    check(b"", "\"\"");
    check(b"hi", "\"hi\"");
    check(b"GET / HTTP/1.1\r\n\r\n", "\"GET / HTTP/1.1\\r\\n\\r\\n\"");
    check("naïve".as_bytes(), "\"naïve\"");
    check(b"\0\x05hello", "00 05 \"hello\"");
    check(b"hello\0\xff", "\"hello\" 00 ff");
    check(b"\0A\0B", "00 41 00 42");
    check(b"abc\0", "61 62 63 00");
    check("\u{202e}".as_bytes(), "e2 80 ae");
}
