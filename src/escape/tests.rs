//! Every byte, every scalar and many random strings; then the named cases of FAULTS.md, F36 to F38.

use super::*;

/// A small deterministic generator (xorshift64*, Vigna 2016), so that a failure repeats.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: u64) -> usize {
        usize::try_from(self.next() % limit).unwrap()
    }

    /// Bytes that are hard on an escaper: ASCII, raw bytes, whole and cut scalars, text that looks escaped.
    fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..self.below(12) {
            match self.below(5) {
                0 => bytes.push(self.next().to_le_bytes()[0]),
                1 => bytes.push(b"\\x\"u{}0n\x1b["[self.below(10)]),
                2 => bytes.push(0x80 | self.next().to_le_bytes()[0]),
                cut => {
                    let code = [0x80, 0x800, 0x3000, 0x1_0000, 0x11_0000][self.below(5)];
                    let scalar = char::from_u32(u32::try_from(self.below(code)).unwrap())
                        .unwrap_or('\u{202e}');
                    let mut room = [0; 4];
                    let whole = scalar.encode_utf8(&mut room).as_bytes();
                    let len = if cut == 3 {
                        whole.len()
                    } else {
                        self.below(4).min(whole.len())
                    };
                    bytes.extend_from_slice(&whole[..len]);
                }
            }
        }
        bytes
    }
}

fn holds(bytes: &[u8]) {
    let text = escape(bytes);
    assert!(text.chars().all(allowed), "{bytes:x?} became {text:?}");
    assert_eq!(unescape(&text).as_deref(), Ok(bytes), "{text:?}");
    assert_eq!(
        pieces(bytes).map(|(_, piece)| piece.width()).sum::<usize>(),
        width(&text),
        "{text:?}"
    );
    assert!(
        width(&text) <= COLUMNS_PER_BYTE_MAX * bytes.len(),
        "{text:?}"
    );
}

#[test]
fn every_byte_is_printable_and_comes_back() {
    for byte in 0..=u8::MAX {
        holds(&[byte]);
        assert!(allowed(cell(byte)), "{byte:02x}");
    }
}

#[test]
fn every_scalar_is_printable_and_comes_back() {
    for scalar in '\0'..=char::MAX {
        let mut room = [0; 4];
        let whole = scalar.encode_utf8(&mut room);
        holds(whole.as_bytes());
        assert_eq!(gate(whole), allowed(scalar), "{scalar:?}");
        assert!(clean(whole).chars().all(allowed), "{scalar:?}");
    }
}

#[test]
fn random_bytes_come_back_whatever_the_window() {
    let mut random = Random(0x5eed);
    for _ in 0..100_000 {
        let bytes = random.bytes();
        holds(&bytes);
        let (head, consumed) = escape_prefix(&bytes, random.below(20));
        assert_eq!(
            head + &escape(&bytes[consumed..]),
            escape(&bytes),
            "{bytes:x?}"
        );
        let cut = boundary(&bytes, random.below(40));
        let (before, behind) = bytes.split_at(cut.min(bytes.len()));
        assert_eq!(
            escape(before) + &escape(behind),
            escape(&bytes),
            "{bytes:x?} at {cut}"
        );
        let quoted = quote(&bytes);
        let inner = quoted
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap();
        assert_eq!(unescape(inner).as_deref(), Ok(&bytes[..]), "{quoted}");
    }
}

#[test]
fn spelling() {
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(escape(bytes), expected);
    }
    check(b"plain \"text\" ~", "plain \"text\" ~");
    check(b"a\\n\r\n\t\0", r"a\\n\r\n\t\0");
    check(b"\x1b]52;c;AA==\x07\x7f\x01", r"\x1b]52;c;AA==\x07\x7f\x01");
    check("é 你 🦦 ─".as_bytes(), "é 你 🦦 ─");
    check(b"\x80\x9b1m\xff", r"\x80\x9b1m\xff");
    check("\u{9b}31m\u{85}".as_bytes(), r"\u{9b}31m\u{85}");
    check(
        "a\u{202e}b\u{2066}\u{200f}".as_bytes(),
        r"a\u{202e}b\u{2066}\u{200f}",
    );
    check(
        "e\u{301}\u{200b}\u{feff}\u{ad}\u{2028}".as_bytes(),
        r"e\u{301}\u{200b}\u{feff}\u{ad}\u{2028}",
    );
    check(
        "❤\u{fe0f}\u{200d}\u{e0041}".as_bytes(),
        r"❤\u{fe0f}\u{200d}\u{e0041}",
    );
    check(
        "\u{fffe}\u{10ffff}\u{e000}\u{a0}\u{378}".as_bytes(),
        r"\u{fffe}\u{10ffff}\u{e000}\u{a0}\u{378}",
    );
    check(
        "\u{93e}\u{1f1eb}\u{1f3fd}\u{1100}".as_bytes(),
        r"\u{93e}\u{1f1eb}\u{1f3fd}\u{1100}",
    );
    check(
        b"\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80",
        r"\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80",
    );
    check(b"\xe2\x82", r"\xe2\x82");
    check(b"\xe2\x82a\xe2\x82\xac", r"\xe2\x82a€");
}

#[test]
fn prefixes_end_before_what_does_not_fit() {
    fn check(bytes: &[u8], width_max: usize, expected: &str, consumed: usize) {
        assert_eq!(
            escape_prefix(bytes, width_max),
            (expected.to_owned(), consumed)
        );
    }
    check(b"abc", 0, "", 0);
    check(b"abc", 2, "ab", 2);
    check(b"a\x1bb", 4, "a", 1);
    check(b"a\x1bb", 5, r"a\x1b", 2);
    check("a你b".as_bytes(), 2, "a", 1);
    check("a你b".as_bytes(), 3, "a你", 4);
    check("\u{202e}x".as_bytes(), 8, r"\u{202e}", 3);
}

#[test]
fn boundaries_lie_between_scalars() {
    fn check(bytes: &[u8], expected: &[usize]) {
        let found: Vec<usize> = (0..=bytes.len() + 1)
            .map(|at| boundary(bytes, at))
            .collect();
        assert_eq!(found, expected, "{bytes:x?}");
    }
    check(b"ab", &[0, 1, 2, 3]);
    check("a€b".as_bytes(), &[0, 1, 1, 1, 4, 5, 6]);
    check("🦦".as_bytes(), &[0, 0, 0, 0, 4, 5]);
    check(b"\xe2\x82a", &[0, 1, 2, 3, 4]);
    check(b"\x82\x82\x82\x82", &[0, 1, 2, 3, 4, 5]);
}

#[test]
fn unreadable_escapes_are_named() {
    fn check(text: &str, column: usize, what: &str) {
        let error = unescape(text).unwrap_err();
        assert_eq!(error.column, column, "{text}");
        assert!(error.what.contains(what), "{error}");
        assert!(error.what.chars().all(allowed), "{error:?}");
    }
    check(r"é\\\q", 4, "`q` is no escape");
    check("\\\u{1b}", 1, r"`\x1b` is no escape");
    check(r"ab\", 3, "nothing behind");
    check(r"\x1", 1, "two hex digits");
    check(r"\x+1", 1, "two hex digits");
    check(r"\u{}", 1, "scalar in hex");
    check(r"\u{d800}", 1, "scalar in hex");
    check(r"\u{110000}", 1, "scalar in hex");
    check(r"\u{0000041}", 1, "scalar in hex");
    check(r"\u{41", 1, "scalar in hex");
    check(r"\u41", 1, "scalar in hex");
    assert_eq!(
        unescape(r#"\"\x1B\u{E9}\u{000041}"#),
        Ok("\"\u{1b}éA".into())
    );
}

#[test]
fn host_text_keeps_its_backslash() {
    fn check(text: &str, expected: &str) {
        assert_eq!(clean(text), expected);
    }
    check(r"C:\temp\né", r"C:\temp\né");
    check("a\nb\u{1b}[2J\u{202e}", r"a\nb\x1b[2J\u{202e}");
    assert!(matches!(clean("plain"), Cow::Borrowed(_)));
}

#[test]
fn the_gate_lets_single_cells_pass() {
    fn check(symbol: &str, passes: bool) {
        assert_eq!(gate(symbol), passes, "{symbol:?}");
    }
    check("", true);
    check("▌", true);
    check("你", true);
    check("ab", false);
    check("e\u{301}", false);
    check("\u{1b}", false);
    check("\u{200b}", false);
}

#[test]
fn what_is_allowed_stands_alone_whatever_is_beside_it() {
    use unicode_segmentation::UnicodeSegmentation as _;
    for scalar in ('\0'..=char::MAX).filter(|scalar| allowed(*scalar)) {
        for pair in [['a', scalar], [scalar, 'a'], [scalar, scalar]] {
            let text = String::from_iter(pair);
            assert_eq!(text.graphemes(true).count(), 2, "U+{:04X}", scalar as u32);
        }
    }
}
