//! Bytes that terminals obey, through all that draws and prints: every scalar, every pair of bytes, and random strings
//! of both. No pane leaves work to the last gate, an independent terminal shows what was meant, and what goes to
//! standard output is held by the same rule. `SOCKEYE_STRINGS` says how many random strings; without, 2000, and of
//! the scalars that are never shown as they are, panes see each 499th.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/grammar.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod grammar;
#[path = "panes/stage.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod stage;
#[path = "panes/works.rs"]
mod works;

use std::num::NonZero;

use ratatui::backend::{Backend as _, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sockeye::command::Noun;
use sockeye::endpoint::{Address, Transport};
use sockeye::escape;
use sockeye::event::{ConnId, Dir, Errno, Held, Holder, Outcome, Role, State, Syscall, View, What};
use sockeye::export::{Choice, DOCUMENTS};
use sockeye::locale::Locale;
use sockeye::session::json;
use sockeye::ui::Ui;
use sockeye::ui::plain::{self, Voice};
use stage::{A, B, Stage};

const SIZE: (u16, u16) = (200, 60);

/// The lines that one session holds: as many as the tallest pane shows.
const LINES: usize = 56;

/// No panes, but what those may do whose messages have parts or whose readings have widths.
const ABSENT: [&str; 3] = ["wider", "range", "fold"];

/// What the last gate puts where something had to be held back. It is left out of what is fed, so that it cannot be
/// mistaken.
const STRUCK: char = '\u{fffd}';

/// A small generator (xorshift64*), so that a failure is told by its seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).replace(STRUCK, "x")
}

/// A session in which these lines stand wherever words of others may stand: received and sent bytes, names of paths,
/// programs, marks and rules, notes, refusals, limits, what a script says.
fn told(lines: &[Vec<u8>]) -> Stage {
    let mut stage = Stage::new(SIZE.0, SIZE.1);
    stage.pair();
    stage.frame(A, "line");
    stage.frame(B, "line");
    let bytes: Vec<u8> = lines
        .iter()
        .flat_map(|line| line.iter().copied().chain([b'\n']))
        .collect();
    stage.send(A, &bytes);
    stage.receive(B, &bytes);
    let paths = lines.iter().take(6);
    for (number, line) in (2..).zip(paths) {
        named(&mut stage, ConnId(number), line);
    }
    for line in lines.iter().rev().take(8) {
        for what in words(text(line)) {
            stage.event(A, what);
        }
    }
    stage.works(B, &lines.last().map_or_else(String::new, |line| text(line)));
    stage
}

/// A socket whose addresses and whose name are such a line.
fn named(stage: &mut Stage, conn: ConnId, line: &[u8]) {
    let path = line.iter().copied().filter(|byte| *byte != 0).take(100);
    let address = Address::Path(path.collect());
    let opened = What::Opened {
        name: Some(text(line)),
        role: Role::Client,
        transport: Transport::UnixStream,
        parent: None,
    };
    stage.event(conn, opened);
    let addressed = What::Addressed {
        local: Some(address.clone()),
        peer: Some(address.clone()),
    };
    stage.event(conn, addressed);
    let refused = Outcome::Failed(Errno::ECONNREFUSED);
    stage.call(conn, Syscall::Connect(address), refused, None);
}

fn words(text: String) -> [What; 8] {
    [
        What::Say(text.clone()),
        What::Note(text.clone()),
        What::Refused(text.clone()),
        What::Marked(text.clone()),
        What::Limit {
            text: Some(text.clone()),
            key: text.clone(),
        },
        What::Answers {
            number: 1,
            rule: Some(text.clone()),
        },
        What::Framed {
            dir: Dir::Out,
            rule: format!("line {text}"),
            from: u64::MAX,
        },
        What::Holder(Holder {
            of: Held::Peer,
            state: State::Established,
            pid: Some(1),
            program: Some(text),
            uid: Some(0),
            left_ms: None,
        }),
    ]
}

/// Every arrangement of the panes, and everything that may lie over them.
fn surfaces() -> Vec<View> {
    let layouts = Ui::nouns(Noun::Layout).into_iter();
    let layouts = layouts.filter(|name| name != "next").map(View::Layout);
    let shown = Ui::nouns(Noun::Show).into_iter().map(View::Show);
    layouts.chain(shown).collect()
}

/// The finished screen: no pane left anything to the last gate.
fn drawn(stage: &Stage, what: &View) -> Buffer {
    let area = Rect::new(0, 0, SIZE.0, SIZE.1);
    let mut buf = Buffer::empty(area);
    stage.ui.render(&stage.session, area, &mut buf, stage.now);
    for (at, cell) in buf.content().iter().enumerate() {
        let row = at / usize::from(SIZE.0);
        let symbol = cell.symbol();
        assert!(
            symbol == " " || escape::gate(symbol) && !symbol.contains(STRUCK),
            "{what:?}: row {row}: {}",
            line_of(&buf, row)
        );
    }
    buf
}

fn line_of(buf: &Buffer, row: usize) -> String {
    let cells = buf.content().chunks(usize::from(SIZE.0));
    let row = cells.skip(row).take(1).flatten();
    row.map(ratatui::buffer::Cell::symbol).collect()
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// What goes to the terminal for a screen is in our own grammar, and another terminal shows just these cells.
fn check_terminal(buf: &Buffer, what: &View) {
    let mut bytes = Vec::new();
    let mut backend = CrosstermBackend::new(&mut bytes);
    let blank = Buffer::empty(*buf.area());
    backend.draw(blank.diff(buf).into_iter()).unwrap();
    grammar::check(&bytes).unwrap_or_else(|error| panic!("{what:?}: {error}"));
    let mut terminal = vt100::Parser::new(cells(SIZE.1), cells(SIZE.0), 0);
    terminal.process(&bytes);
    for (row, shown) in (0..SIZE.1).zip(terminal.screen().rows(0, SIZE.0)) {
        let meant = line_of(buf, row.into());
        // Behind a wide character stands a cell that the buffer leaves blank and the terminal covers.
        let solid = |text: &str| text.replace(' ', "");
        assert_eq!(solid(&shown), solid(&meant), "{what:?}: row {row}");
    }
}

/// What is printed of a session, as sentences, as JSON and as documents.
fn check_printed(stage: &Stage) {
    let session = &stage.session;
    let locale = Locale::asked("en");
    let fits = |text: &str, what: &str| {
        let bad = text.chars().find(|c| *c != '\n' && !escape::allowed(*c));
        assert_eq!(bad, None, "{what}: {text:?}");
    };
    for seq in 0..session.event_count() {
        let event = session.event(seq).unwrap();
        fits(&json::line(&json::event(session, seq, &event)), "JSON");
        for ascii in [false, true] {
            let voice = Voice {
                locale: &locale,
                ascii,
            };
            if let Some(sentence) = plain::sentence(seq, &event, session, voice) {
                fits(&sentence.text, "a sentence");
                assert!(!ascii || sentence.text.is_ascii(), "{}", sentence.text);
            }
        }
    }
    for document in DOCUMENTS.iter().filter(|it| it.name() != "pcapng") {
        let Ok(mut writing) = document.begin(Choice::default(), session) else {
            continue;
        };
        let mut out = Vec::new();
        while writing.next(session, &mut out).unwrap() {}
        fits(str::from_utf8(&out).unwrap(), document.name());
    }
}

/// Lines through everything. Which socket is looked at changes in turns; in some the independent terminal looks, too.
fn check(turn: usize, lines: &[Vec<u8>]) {
    let mut stage = told(lines);
    let mut absent = Vec::new();
    for surface in surfaces() {
        if stage.ui.view(&surface, &stage.session).is_err() {
            absent.push(surface);
            continue;
        }
        let focus = [A, B, ConnId(2)][turn % 3];
        stage.ui.view(&View::Focus(focus), &stage.session).unwrap();
        let buf = drawn(&stage, &surface);
        if turn.is_multiple_of(8) {
            check_terminal(&buf, &surface);
        }
        if let View::Show(name) = &surface {
            let _ = stage.ui.view(&View::Hide(name.clone()), &stage.session);
            stage.keys("Esc");
        }
    }
    // The states are those of TCP, which a Unix socket in view has none of.
    let is_tcp = turn % 3 < 2;
    absent.retain(|surface| is_tcp || *surface != View::Show("states".to_owned()));
    let known = ABSENT.map(|name| View::Show(name.to_owned()));
    assert_eq!(absent, known, "what is shown nowhere");
    check_printed(&stage);
}

/// How many columns of a line all panes show together; longer ones would be cut off.
const COLUMNS: usize = 64;

fn in_lines(text: impl Iterator<Item = char>) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut columns = COLUMNS;
    for scalar in text.filter(|scalar| *scalar != STRUCK) {
        let bytes = scalar.encode_utf8(&mut [0; 4]).as_bytes().to_vec();
        let width = escape::width(&escape::escape(&bytes));
        if columns + width > COLUMNS {
            (columns, lines) = (0, {
                lines.push(Vec::new());
                lines
            });
        }
        columns += width;
        lines.last_mut().unwrap().extend(bytes);
    }
    lines
}

#[test]
fn f38_every_pair_of_bytes_is_spelled_and_comes_back() {
    for pair in 0..=u16::MAX {
        let bytes = pair.to_be_bytes();
        let escaped = escape::escape(&bytes);
        assert!(escaped.chars().all(escape::allowed), "{bytes:?}");
        assert_eq!(escape::unescape(&escaped).unwrap(), bytes);
    }
}

#[test]
fn f36_f37_scalars_pass_through_all_that_is_drawn_and_printed() {
    let every = if strings().is_some() { 1 } else { 499 };
    let shown = ('\0'..=char::MAX).filter(|scalar| escape::allowed(*scalar));
    let hidden = ('\0'..=char::MAX).filter(|scalar| !escape::allowed(*scalar));
    // Those that terminals obey stand at the beginning of the planes' first.
    let first = hidden.clone().take_while(|scalar| *scalar < '\u{1000}');
    let rest = hidden.step_by(every);
    for (number, lines) in in_lines(shown.chain(first).chain(rest))
        .chunks(LINES)
        .enumerate()
    {
        check(number, lines);
    }
}

#[test]
fn f38_pairs_of_bytes_pass_through_all_that_is_drawn_and_printed() {
    let pairs: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_be_bytes).collect();
    let lines: Vec<Vec<u8>> = pairs.chunks(64).map(<[u8]>::to_vec).collect();
    for (number, lines) in lines.chunks(LINES).enumerate() {
        check(number, lines);
    }
}

#[test]
fn f36_f37_f38_random_strings_pass_through_all_that_is_drawn_and_printed() {
    let count = strings().unwrap_or(2000);
    for (turn, seed) in (1..=count.div_ceil(LINES as u64)).enumerate() {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let lines: Vec<Vec<u8>> = (0..LINES).map(|_| random(&mut chance)).collect();
        let caught = std::panic::catch_unwind(|| check(turn, &lines));
        assert!(caught.is_ok(), "seed {seed}");
    }
}

fn strings() -> Option<u64> {
    let asked = std::env::var("SOCKEYE_STRINGS").ok()?;
    Some(asked.parse().unwrap())
}

/// Bytes, scalars and the beginnings of what terminals obey, mixed.
fn random(chance: &mut Chance) -> Vec<u8> {
    const ORDERS: [&str; 12] = [
        "\x1b[",
        "\x1b]52;c;",
        "\x1b]0;",
        "\x1bP",
        "\x1b_",
        "\x1b\\",
        "\x07",
        "\u{9b}",
        "\u{202e}",
        "\u{200d}",
        "e\u{301}",
        "\r\n",
    ];
    let mut line = Vec::new();
    for _ in 0..chance.below(24) {
        match chance.below(4) {
            0 => line.push(u8::try_from(chance.below(256)).unwrap()),
            1 => line.extend(ORDERS[usize::try_from(chance.below(12)).unwrap()].bytes()),
            2 => line.push(u8::try_from(0x20 + chance.below(0x5f)).unwrap()),
            _ => {
                let scalar = u32::try_from(chance.below(0x11_0000)).unwrap();
                let scalar = char::from_u32(scalar).filter(|scalar| *scalar != STRUCK);
                line.extend(scalar.unwrap_or('x').encode_utf8(&mut [0; 4]).bytes());
            }
        }
    }
    line
}
