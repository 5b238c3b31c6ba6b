//! Any bytes as text on a screen: the spelling is reversible, made of what may be shown, as wide as it says, the same
//! wherever it is cut, and a terminal shows it as it stands.

use sockeye::escape::{
    allowed, boundary, clean, escape, escape_lines, escape_prefix, gate, pieces, quote, unescape,
    width,
};
use sockeye::expr;
use sockeye::literal::LITERALS;

use super::Target;
use super::dice::Dice;

pub const TARGET: Target = Target {
    name: "escapes",
    check,
    seeds,
};

/// What a terminal of a test is wide at the most.
const COLUMNS_MAX: usize = 500;

fn check(data: &[u8]) {
    let mut dice = Dice::new(data);
    let (at, columns) = (dice.below(256), dice.below(256));
    let bytes = dice.rest();
    let text = escape(bytes);
    assert_eq!(unescape(&text).as_deref(), Ok(bytes));
    assert!(text.chars().all(allowed), "{text:?}");
    assert!(text.chars().all(|c| gate(c.encode_utf8(&mut [0; 4]))));
    let mut sums = (0, 0);
    for (len, piece) in pieces(bytes) {
        sums = (sums.0 + len, sums.1 + piece.width());
    }
    assert_eq!(sums, (bytes.len(), width(&text)));
    let quoted = quote(bytes);
    assert!(quoted.chars().all(allowed));
    let meant = expr::parse(&quoted).map(|expr| expr.constant());
    assert_eq!(meant, Ok(Ok(bytes.to_vec())), "{quoted}");
    let lines = escape_lines(bytes);
    assert!(lines.chars().all(|c| c == '\n' || allowed(c)));
    assert_eq!(lines.replace('\n', "\\n"), text);
    cut(bytes, &text, at, columns);
    for literal in LITERALS {
        let written = literal.write(bytes);
        let ends = written.matches('\r').count();
        assert_eq!(
            ends,
            written.matches("\r\n").count(),
            "a line is overwritten"
        );
        assert!(
            written.chars().all(|c| "\r\n\t".contains(c) || allowed(c)),
            "{}: {written:?}",
            literal.name()
        );
    }
    if let Ok(name) = str::from_utf8(bytes) {
        let cleaned = clean(name);
        assert!(cleaned.chars().all(allowed));
        assert_eq!(clean(&cleaned), cleaned);
    }
    shown(&text);
}

/// A window of a stream is spelled alike wherever it begins and ends.
fn cut(bytes: &[u8], text: &str, at: usize, columns: usize) {
    let start = boundary(bytes, at);
    assert!(start <= at && at - start < 4);
    assert_eq!(boundary(bytes, start), start);
    let (before, behind) = bytes.split_at(start.min(bytes.len()));
    assert_eq!(escape(before) + &escape(behind), text);
    let (shown, taken) = escape_prefix(behind, columns);
    let (used, rest) = behind.split_at(taken);
    assert_eq!(escape(used), shown);
    assert!(width(&shown) <= columns);
    if let Some((_, next)) = pieces(rest).next() {
        assert!(width(&shown) + next.width() > columns, "there was room");
    }
    let window = behind.get(..4 * columns + 3).unwrap_or(behind);
    assert_eq!(escape_prefix(window, columns), (shown, taken));
}

/// A terminal shows each character where the widths say, and nothing else happens to it.
fn shown(text: &str) {
    let mut taken = 0;
    let text: String = text
        .chars()
        .take_while(|c| {
            taken += width(c.encode_utf8(&mut [0; 4]));
            taken < COLUMNS_MAX
        })
        .collect();
    let columns = u16::try_from(COLUMNS_MAX).unwrap_or(u16::MAX);
    let (Some(rows), Some(columns)) = (1.try_into().ok(), columns.try_into().ok()) else {
        return;
    };
    let mut terminal = vt100::Parser::new(rows, columns, 0);
    terminal.process(text.as_bytes());
    let (_, column) = terminal.screen().cursor_position();
    assert_eq!(usize::from(column), width(&text), "{text:?}");
    assert_eq!(terminal.screen().contents().trim_end(), text.trim_end());
}

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "plain text, \"quoted\" \\ and more\r\n\t\0",
        "\u{e9}\u{20ac}\u{4e2d}\u{1f600} \u{301}\u{200d}\u{202e}\u{feff}\u{ad}",
        "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{85}",
        "\u{1f1e6}\u{1f1e7}\u{1f3fb}\u{1100}\u{1161}\u{fe0f}\u{e0061}",
    ];
    let bytes: [&[u8]; 3] = [
        b"\xff\xfe\x80\xc0\xaf",
        b"\xe2\x82\xf0\x9f\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
    ];
    let all = texts.iter().map(|text| text.as_bytes()).chain(bytes);
    all.map(|bytes| [&[5, 9], bytes].concat()).collect()
}
