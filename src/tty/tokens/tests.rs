//! The tokenizer's cases, each fed whole, byte by byte and at random cuts, with the same tokens.

use super::*;

const NOW: Duration = Duration::from_secs(9);
const ESC_WAIT: Duration = Duration::from_millis(30);

/// A small generator (xorshift64), so that a failing cut repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// The tokens of `pieces`, before and after the silence behind them.
fn tokens<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Token>, Vec<Token>) {
    let mut tokenizer = Tokenizer::new(ESC_WAIT);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for piece in pieces {
        tokenizer.feed(piece, NOW, &mut before);
    }
    tokenizer.expire(NOW + PASTE_SILENCE, &mut after);
    assert_eq!(tokenizer.deadline(), None);
    tokenizer.feed(b"~", NOW, &mut after);
    let last = after.pop();
    assert_eq!(
        last,
        Some(char('~')),
        "after a silence every state is fresh"
    );
    (before, after)
}

/// `input` cut into pieces of 1 to 8 bytes.
fn cut<'a>(mut input: &'a [u8], random: &mut Random) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while !input.is_empty() {
        let (piece, rest) = input.split_at((1 + random.below(8)).min(input.len()));
        pieces.push(piece);
        input = rest;
    }
    pieces
}

fn same_at_every_cut(input: &[u8], cuts: u64) -> (Vec<Token>, Vec<Token>) {
    let whole = tokens([input]);
    assert_eq!(tokens(input.chunks(1)), whole, "byte by byte: {input:x?}");
    for seed in 1..=cuts {
        assert_eq!(
            tokens(cut(input, &mut Random(seed))),
            whole,
            "cuts of seed {seed}: {input:x?}"
        );
    }
    whole
}

fn check(input: &[u8], before: &[Token], after: &[Token]) {
    let (got_before, got_after) = same_at_every_cut(input, 20);
    assert_eq!(
        (got_before.as_slice(), got_after.as_slice()),
        (before, after),
        "{:?}",
        String::from_utf8_lossy(input)
    );
}

fn char(character: char) -> Token {
    Token::Char(character)
}

fn seq(bytes: &[u8]) -> Token {
    Token::Sequence(bytes.to_vec())
}

fn paste(text: &[u8], lost: u64) -> Token {
    Token::Paste {
        text: text.to_vec(),
        lost,
    }
}

#[test]
fn text_comes_in_whole_characters() {
    check(
        b"a\r\x03\x7f",
        &[char('a'), char('\r'), char('\u{3}'), char('\u{7f}')],
        &[],
    );
    check(
        "aé漢😀".as_bytes(),
        &[char('a'), char('é'), char('漢'), char('😀')],
        &[],
    );
}

#[test]
fn f38_bytes_that_are_no_utf8_are_dropped() {
    check(
        b"a\xffb\xc3(\xe6\xbcc",
        &[char('a'), char('b'), char('('), char('c')],
        &[],
    );
    check(b"\xc0\xaf\xed\xa0\x80\xf5x\xc3", &[char('x')], &[]);
    check(b"\xe6\x1b", &[], &[seq(b"\x1b")]);
}

#[test]
fn a_slow_character_is_still_one() {
    let mut tokenizer = Tokenizer::new(ESC_WAIT);
    let mut out = Vec::new();
    tokenizer.feed(b"\xc3", NOW, &mut out);
    assert_eq!(tokenizer.deadline(), None);
    tokenizer.feed(b"\xa9", NOW + Duration::from_secs(60), &mut out);
    assert_eq!(out, [char('é')]);
}

#[test]
fn silence_tells_a_key_from_the_start_of_a_sequence() {
    for last in [&b""[..], b"[", b"O", b"]", b"P", b"X", b"^", b"_"] {
        let key = [b"\x1b", last].concat();
        check(&key, &[], &[seq(&key)]);
    }
    check(
        b"\x1ba\x1b\xc3\xa9",
        &[seq(b"\x1ba"), seq("\x1bé".as_bytes())],
        &[],
    );
    check(b"\x1b\r\x1b\x7f", &[seq(b"\x1b\r"), seq(b"\x1b\x7f")], &[]);
}

#[test]
fn two_escapes_are_two_keys_or_alt() {
    check(b"\x1b\x1b", &[], &[seq(b"\x1b"), seq(b"\x1b")]);
    check(
        b"\x1b\x1b\x1b",
        &[seq(b"\x1b")],
        &[seq(b"\x1b"), seq(b"\x1b")],
    );
    check(
        b"\x1b\x1b[A\x1b\x1bOB",
        &[seq(b"\x1b\x1b[A"), seq(b"\x1b\x1bOB")],
        &[],
    );
    check(b"\x1b\x1bx", &[seq(b"\x1b"), seq(b"\x1bx")], &[]);
    check(b"\x1b\x1b[", &[], &[seq(b"\x1b"), seq(b"\x1b[")]);
    check(b"\x1b\x1b]x\x07y", &[seq(b"\x1b"), char('y')], &[]);
}

#[test]
fn sequences_end_at_their_final_byte() {
    for sequence in [
        "[A",
        "[1;5C",
        "[15~",
        "[[A",
        "[<0;10;20M",
        "[M !!",
        "OP",
        "O5P",
        "[7$",
        "[7^",
        "[?1;2c",
        "[?2026;2$y",
    ] {
        let whole = [b"\x1b", sequence.as_bytes()].concat();
        check(&[&whole[..], b"x"].concat(), &[seq(&whole), char('x')], &[]);
    }
}

#[test]
fn a_byte_that_cannot_continue_stands_for_itself() {
    check(b"\x1b[\x03", &[seq(b"\x1b["), char('\u{3}')], &[]);
    check(b"\x1b[1;\x1b[A", &[seq(b"\x1b[A")], &[]);
    check(b"\x1bO\xc3\xa9", &[seq(b"\x1bO"), char('é')], &[]);
    check(b"\x1b]\x03", &[seq(b"\x1b]"), char('\u{3}')], &[]);
}

#[test]
fn f44_an_unfinished_sequence_is_dropped_after_silence() {
    for input in [
        &b"\x1b[1;"[..],
        b"\x1b[M ",
        b"\x1bO5",
        b"\x1b]0;title",
        b"\x1bPx\ny",
        b"\x1b\xc3",
    ] {
        check(input, &[], &[]);
    }
    check(b"\x1b]0;title\x1b", &[], &[seq(b"\x1b")]);
}

#[test]
fn f45_a_mouse_report_takes_its_three_bytes_whatever_they_are() {
    for report in [
        &b"\x1b[M   "[..],
        b"\x1b[M\x1b\x1b\x1b",
        b"\x1b[M\xff\x80\x00",
        b"\x1b[M\x1b[A",
    ] {
        check(&[report, b"q"].concat(), &[seq(report), char('q')], &[]);
    }
}

#[test]
fn strings_of_the_terminal_are_passed_over() {
    for input in [
        "\x1b]11;rgb:0/0/0\x1b\\",
        "\x1b]0;é\x07",
        "\x1bP1+r\x1b\\",
        "\x1b_G\x1b\\",
        "\x1b^x\x1b\\",
        "\x1bXx\x1b\\",
    ] {
        check(&[input.as_bytes(), b"q"].concat(), &[char('q')], &[]);
    }
    check(b"\x1b]0;x\x1b[A", &[seq(b"\x1b[A")], &[]);
    let long = [&b"\x1b]52;c;"[..], &vec![b'A'; 100_000], b"\x07q"].concat();
    check(&long, &[char('q')], &[]);
}

#[test]
fn a_control_sequence_has_its_limit() {
    let sequence = |digits: usize| [&b"\x1b["[..], &vec![b'1'; digits], b"~"].concat();
    let longest = sequence(SEQUENCE_MAX_BYTES - 3);
    check(&longest, &[seq(&longest)], &[]);
    check(
        &[sequence(SEQUENCE_MAX_BYTES - 2), b"q".to_vec()].concat(),
        &[char('q')],
        &[],
    );
    check(
        &[sequence(10_000), b"q".to_vec()].concat(),
        &[char('q')],
        &[],
    );
    check(
        &[&b"\x1bO"[..], &[b'1'; 100], b"Aq"].concat()[..],
        &[char('q')],
        &[],
    );
}

#[test]
fn a_paste_is_one_token_with_everything_in_it() {
    check(
        b"\x1b[200~a\r\x1b[A\x03\xff\x1b[201~q",
        &[paste(b"a\r\x1b[A\x03\xff", 0), char('q')],
        &[],
    );
    check(b"\x1b[200~\x1b[201~", &[paste(b"", 0)], &[]);
    check(
        b"\x1b[200~\x1b[20\x1b[201\x1b\x1b[201~",
        &[paste(b"\x1b[20\x1b[201\x1b", 0)],
        &[],
    );
    check(
        b"\x1b[200~\x1b[200~\x1b[201~",
        &[paste(b"\x1b[200~", 0)],
        &[],
    );
    check(
        b"\x1b\x1b[200~x\x1b[201~",
        &[seq(b"\x1b"), paste(b"x", 0)],
        &[],
    );
}

#[test]
fn f44_a_paste_without_an_end_ends_by_silence() {
    check(b"\x1b[200~abc\x1b[2", &[], &[paste(b"abc\x1b[2", 0)]);
    let mut tokenizer = Tokenizer::new(ESC_WAIT);
    let mut out = Vec::new();
    tokenizer.feed(b"\x1b[200~a", NOW, &mut out);
    tokenizer.feed(b"b", NOW + PASTE_SILENCE, &mut out);
    assert_eq!(tokenizer.deadline(), Some(NOW + 2 * PASTE_SILENCE));
}

#[test]
fn f46_a_huge_paste_is_cut_and_says_by_how_much() {
    let text = vec![b'x'; PASTE_MAX_BYTES];
    let full = [b"\x1b[200~", &text[..], b"\x1b[201~q"].concat();
    assert_eq!(tokens([&full[..]]).0, [paste(&text, 0), char('q')]);
    let huge = [
        &b"\x1b[200~"[..],
        &vec![b'x'; 10 * PASTE_MAX_BYTES],
        b"\rrm\r\x1b[201~q",
    ]
    .concat();
    assert_eq!(
        tokens(huge.chunks(65_536)).0,
        [paste(&text, 9 * PASTE_MAX_BYTES as u64 + 4), char('q')]
    );
}

#[test]
fn f45_any_bytes_give_the_same_tokens_at_any_cut() {
    const ALPHABET: &[u8] =
        b"\x1b\x1b\x1b[[O]P_\\M<;:0125~$^ABMmucaz \x07\x18\r\x7f\x80\xc3\xa9\xff";
    let mut random = Random(0x5eed);
    for _ in 0..3_000 {
        let mut input: Vec<u8> = (0..random.below(60))
            .map(|_| ALPHABET[random.below(ALPHABET.len())])
            .collect();
        if random.below(8) == 0 {
            input.splice(0..0, *b"\x1b[200~");
        }
        same_at_every_cut(&input, 3);
    }
}
