//! What the panes show and keys do: a session made of events, drawn into a buffer, read as text. No terminal, no clock,
//! no socket. The pictures are in `pictures.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "panes/cause.rs"]
mod cause;
#[path = "panes/edges.rs"]
mod edges;
#[path = "panes/parts.rs"]
mod parts;
#[path = "panes/stage.rs"]
mod stage;
#[path = "panes/talks.rs"]
mod talks;
#[path = "panes/tapped.rs"]
mod tapped;
#[path = "panes/words.rs"]
mod words;

use std::net::SocketAddr;
use std::time::Duration;

use crossterm::event::{Event as Input, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use sockeye::endpoint::{Address, Transport};
use sockeye::event::{
    Actor, ConnId, Dir, Errno, Event, How, Jump, Outcome, Role, Syscall, View, What,
};
use sockeye::ui::{Look, Ui};
use stage::{A, B, Stage, conversation};

#[test]
fn one_pane_where_little_fits_and_a_sentence_where_nothing_does() {
    let mut stage = conversation(60, 16);
    stage.ui.resize(40, 10, &stage.session);
    assert_eq!(
        stage.text(40, 10).trim_end(),
        "40 columns, 10 rows: Sockeye needs 60 by\n16.",
        "wrapped, not clipped"
    );
}

#[test]
fn an_error_has_three_lines() {
    let mut stage = conversation(80, 24);
    stage.call(
        A,
        Syscall::Shutdown(How::Write),
        Outcome::Failed(Errno::ENOTCONN),
        None,
    );
    let text = stage.text(80, 24);
    for line in [
        " ENOTCONN (107) Transport endpoint is not connected",
        " A called shutdown(write): the socket is not connected",
        " try: c connects",
    ] {
        assert!(
            text.lines().any(|drawn| drawn.starts_with(line)),
            "{line}\n{text}"
        );
    }
    assert!(
        stage.ui.next_wake(stage.now).is_some(),
        "the card goes by itself"
    );
    stage.keys("Esc");
    assert!(!stage.text(80, 24).contains(" try: "), "Esc takes it away");
}

#[test]
fn hostile_bytes_are_spelled_out_in_every_pane() {
    let mut stage = Stage::new(120, 40);
    stage.pair();
    stage.frame(A, "line");
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    stage.receive(
        A,
        b"\x1b]0;owned\x07\x1b[2J\n\xe2\x80\xaegnp.exe\n\xff\xfe\x80\xc3(\ne\xcc\x81\xcc\x81\n",
    );
    stage.event(A, What::Note("note \u{1b}[31m \u{202e}".to_owned()));
    stage.event(
        A,
        What::Limit {
            text: Some("limit \u{7} \u{200b}".to_owned()),
            key: "k".to_owned(),
        },
    );
    stage.ui.notify("say \u{1b}c", stage.now);
    for (columns, rows) in [(80, 24), (120, 40), (60, 16)] {
        stage.ui.resize(columns, rows, &stage.session);
        for pane in 0..5 {
            let text = stage.text(columns, rows);
            let bad: Vec<char> = text
                .chars()
                .filter(|c| *c != '\n' && !sockeye::escape::allowed(*c))
                .collect();
            assert!(bad.is_empty(), "{bad:?} in pane {pane}\n{text}");
            stage.keys("Tab");
        }
    }
    stage.ui.resize(120, 40, &stage.session);
    let text = stage.text(120, 40);
    assert!(text.contains(r#""\x1b]0;owned\x07"#), "{text}");
    assert!(text.contains(r"\u{202e}gnp.exe"), "{text}");
}

#[test]
fn every_size_is_drawn_and_none_panics() {
    let empty = Stage::new(0, 0);
    let mut full = conversation(80, 24);
    full.call(
        A,
        Syscall::Shutdown(How::Write),
        Outcome::Failed(Errno::ENOTCONN),
        None,
    );
    let small = (0..=40).flat_map(|columns| (0..=20).map(move |rows| (columns, rows)));
    let large = [
        (60, 16),
        (61, 17),
        (79, 24),
        (80, 23),
        (80, 24),
        (119, 24),
        (120, 24),
        (160, 45),
        (300, 16),
        (1000, 500),
    ];
    for (columns, rows) in small.chain(large) {
        for stage in [&empty, &full] {
            let (_, cursor) = stage.draw(columns, rows);
            assert_eq!(cursor, None);
        }
    }
    for keys in ["?", "Esc T", "Esc :", "x y Tab", "Esc s", "a b", "Esc z"] {
        full.keys(keys);
        for (columns, rows) in [(0, 0), (1, 1), (60, 16), (80, 24), (120, 40), (1000, 500)] {
            // The state may be of another size than the buffer: a resize that has not been told yet.
            full.draw(columns, rows);
            full.ui.resize(columns, rows, &full.session);
            full.draw(columns, rows);
        }
        full.ui.resize(80, 24, &full.session);
    }
}

#[test]
fn ten_thousand_sockets_are_a_table_that_filters() {
    let mut stage = Stage::new(80, 24);
    let mut made = Vec::new();
    for n in 0..10_000_u32 {
        let local = Some(Address::Inet(SocketAddr::from((
            [127, 0, 0, 1],
            20_000 + u16::try_from(n).unwrap(),
        ))));
        let opened = What::Opened {
            name: None,
            role: Role::Client,
            transport: Transport::Tcp,
            parent: None,
        };
        made.extend([opened, What::Addressed { local, peer: None }].map(|what| (ConnId(n), what)));
    }
    for (conn, what) in made {
        stage.session.apply(Event {
            at: stage.now,
            conn: Some(conn),
            by: Actor::Loop,
            what,
        });
    }
    stage.ui.observe(&stage.session);
    stage.keys("T");
    assert!(stage.text(80, 24).contains("connections 10000"));
    for c in ":29999".chars() {
        stage.keys(c.to_string().leak());
    }
    let text = stage.text(80, 24);
    assert!(text.contains("connections 1 of 10000"), "{text}");
    assert_eq!(stage.keys("Enter"), Vec::<String>::new());
    assert_eq!(stage.ui.focused(), Some(ConnId(9_999)));
    assert!(
        stage.ui.looked_at(&stage.session).len() < 64,
        "only what is in view is sampled"
    );
}

#[test]
fn keys_type_commands() {
    let mut stage = conversation(80, 24);
    assert_eq!(stage.keys("r"), ["recv"]);
    assert_eq!(
        stage.keys("s 0 0 Tab Esc"),
        Vec::<String>::new(),
        "what is typed is not sent by leaving"
    );
    assert_eq!(stage.keys("s C-c Tab Tab Tab h i Enter"), [r#"send "hi""#]);
    stage.keys("Esc");
    assert_eq!(stage.keys("q"), Vec::<String>::new(), "sockets are open");
    assert!(stage.text(80, 24).contains("q again"));
    assert_eq!(
        stage.keys("j q"),
        Vec::<String>::new(),
        "another key took the question back"
    );
    assert_eq!(stage.keys("q"), ["quit"]);
    assert_eq!(
        stage.keys("D"),
        ["abort"],
        "the other end is ours: nothing is asked"
    );
    assert_eq!(stage.keys("m a"), ["mark a"]);
    let mut nothing = Stage::new(80, 24);
    assert_eq!(nothing.keys("r"), Vec::<String>::new());
    assert!(nothing.text(80, 24).contains("there is no socket yet"));
    assert_eq!(nothing.keys("C-c C-c"), ["quit"]);
}

#[test]
fn a_paste_is_composed_and_never_sent() {
    let mut stage = conversation(80, 24);
    let mut left = Vec::new();
    stage.input(&Input::Paste("GET /\r\n\r\n".to_owned()), &mut left);
    assert!(left.is_empty());
    let text = stage.text(80, 24);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let (first, second, third) = (r#" › "GET /\r\n"#, r"    \r\n", r#"    ""#);
    let at = lines.iter().position(|line| line.starts_with(first));
    let rest = at.map(|at| &lines[at + 1..at + 3]);
    assert_eq!(rest, Some([second, third].as_slice()), "{text}");
}

#[test]
fn one_selection_moves_in_all_panes() {
    let mut stage = conversation(80, 24);
    stage.keys("g");
    let range = |stage: &Stage| stage.ui.selection().map(|it| it.range.clone());
    assert_eq!(range(&stage), Some(0..1));
    stage.keys("Enter");
    assert_eq!(range(&stage), Some(0..2), "the length");
    stage.keys("Enter");
    assert_eq!(range(&stage), Some(0..7), "the message");
    stage.keys("}");
    assert_eq!(range(&stage), Some(7..12));
    stage.keys("Tab Tab Tab k");
    assert_eq!(range(&stage), Some(0..12), "what the call moved");
    let (conn, dir) = stage.ui.selection().map(|it| (it.conn, it.dir)).unwrap();
    assert_eq!((conn, dir), (A, Dir::Out), "B's bytes are A's, seen from A");
    stage
        .ui
        .view(&View::Goto(Jump::Event(9)), &stage.session)
        .unwrap();
    assert!(stage.text(80, 24).contains("at #9"));
    stage.keys("G");
    assert_eq!(range(&stage), None);
}

#[test]
fn a_direction_that_was_chosen_stays() {
    let mut stage = conversation(80, 24);
    assert_eq!(stage.ui.dir(), Dir::Out);
    stage.keys("\\");
    assert_eq!(stage.ui.dir(), Dir::In);
    stage.send(A, b"more");
    assert_eq!(stage.ui.dir(), Dir::In);
    assert!(stage.text(80, 24).contains("nothing received yet"));
}

#[test]
fn an_idle_screen_asks_for_no_wake_up() {
    let mut stage = conversation(80, 24);
    let next = stage.ui.next_wake(stage.now);
    assert!(
        next.is_some_and(|next| next <= stage.now + Duration::from_millis(100)),
        "a call blocks since {next:?}"
    );
    stage.now += Duration::from_secs(20);
    assert_eq!(stage.ui.next_wake(stage.now), None);
    assert!(stage.text(80, 24).contains("blocked"));
}

#[test]
fn without_colour_and_without_unicode_every_fact_is_still_there() {
    let mut stage = conversation(80, 24);
    let plain = Look {
        ascii: true,
        mono: true,
        ..Look::default()
    };
    stage.ui = Ui::new(plain, (80, 24));
    stage.ui.observe(&stage.session);
    let text = stage.text(80, 24);
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("6f|00 0c 77 6f 72:.. .."), "{text}");
}

#[test]
fn the_mouse_does_what_keys_do() {
    let mut stage = conversation(80, 24);
    let press = |stage: &mut Stage, column, row, kind| {
        let modifiers = KeyModifiers::NONE;
        let mut left = Vec::new();
        stage.input(
            &Input::Mouse(MouseEvent {
                kind,
                column,
                row,
                modifiers,
            }),
            &mut left,
        );
        left
    };
    let down = MouseEventKind::Down(MouseButton::Left);
    assert_eq!(
        press(&mut stage, 48, 23, down),
        ["shutdown write"],
        "the footer's sixth hint"
    );
    assert!(press(&mut stage, 10, 3, down).is_empty());
    assert_eq!(
        stage.ui.selection().map(|it| it.range.clone()),
        Some(1..2),
        "the byte under the pointer"
    );
    press(&mut stage, 10, 9, down);
    assert_eq!(
        stage.ui.selection().map(|it| it.range.clone()),
        Some(7..12),
        "the message under the pointer"
    );
    press(&mut stage, 30, 0, down);
    assert_eq!(stage.ui.focused(), Some(B), "the tab under the pointer");
    press(&mut stage, 10, 14, MouseEventKind::ScrollUp);
    for (column, row) in [(0, 0), (79, 23), (500, 500)] {
        press(&mut stage, column, row, down);
    }
}
