//! What arranges the screen: layouts, hiding, dragging, the first screen, narration. The pictures are in `pictures.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "panes/stage.rs"]
mod stage;

use crossterm::event::{Event as Input, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use sockeye::event::{Actor, ConnId, Errno, Event, How, Outcome, Role, Syscall, View, What};
use sockeye::ui::{Look, Memory, Request, Ui};
use stage::{A, B, Stage, conversation};

fn view(stage: &mut Stage, view: &View) -> Result<(), String> {
    stage.ui.view(view, &stage.session)
}

fn mouse(stage: &mut Stage, kind: MouseEventKind, column: u16, row: u16) {
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    stage.input(&Input::Mouse(event), &mut Vec::new());
}

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);
const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);

/// The line and the column where a text stands on the screen.
fn place(stage: &Stage, size: (u16, u16), text: &str) -> Option<(usize, usize)> {
    let lines = stage.draw(size.0, size.1).0;
    lines.iter().enumerate().find_map(|(row, line)| {
        let (before, _) = line.split_once(text)?;
        Some((row, before.chars().count()))
    })
}

#[test]
fn a_peer_that_is_not_ours_is_a_question_mark() {
    let mut stage = Stage::new(160, 45);
    stage.open(A, Role::Client, "127.0.0.1:5000", Some("192.0.2.7:80"));
    stage.send(A, b"GET /");
    let text = stage.text(160, 45);
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(
        line(" recv ?").contains("the other end is not ours"),
        "{text}"
    );
    assert!(line(" send A").contains("#2 send(5)"), "{text}");
    assert!(
        line(" wire").ends_with("nothing tells what is on the wire"),
        "{text}"
    );
    assert!(text.contains("│ waiting        ? │"), "{text}");
}

#[test]
fn a_layout_is_chosen_hidden_from_and_remembered() {
    let mut stage = conversation(120, 40);
    let has = |stage: &Stage, title: &str| place(stage, (120, 40), title).is_some();
    assert!(has(&stage, "─ seams A▸B"));
    assert_eq!(view(&mut stage, &View::Hide("seams".to_owned())), Ok(()));
    assert!(!has(&stage, "─ seams A▸B"));
    assert!(view(&mut stage, &View::Hide("seams".to_owned())).is_err());
    assert_eq!(view(&mut stage, &View::Show("seams".to_owned())), Ok(()));
    assert!(has(&stage, "━ seams A▸B"), "and it has the cursor");
    assert_eq!(view(&mut stage, &View::Show("code".to_owned())), Ok(()));
    assert!(
        has(&stage, "━ A as a program") && !has(&stage, "timeline"),
        "alone"
    );
    for pane in ["connections", "seams", "messages", "inspector", "timeline"] {
        stage
            .ui
            .view(&View::Pane("bytes".to_owned()), &stage.session)
            .unwrap();
        assert_eq!(
            view(&mut stage, &View::Hide(pane.to_owned())),
            Ok(()),
            "{pane}"
        );
    }
    let last = view(&mut stage, &View::Hide("bytes".to_owned()));
    assert_eq!(last, Err("`bytes` is the last pane: it stays".to_owned()));
    assert_eq!(
        view(&mut stage, &View::Layout("timeline".to_owned())),
        Ok(())
    );
    assert!(has(&stage, "messages 1") && !has(&stage, "inspector"));
    let memory = stage.ui.memory();
    assert_eq!(memory.layout, "timeline");
    let mut later = conversation(120, 40);
    later.ui.recall(memory);
    assert_eq!(later.text(120, 40), stage.text(120, 40));
    later.ui.recall(Memory {
        layout: "of another time".to_owned(),
        ..Memory::default()
    });
    assert!(view(&mut later, &View::Layout("nonsense".to_owned())).is_err());
    assert_eq!(view(&mut later, &View::Layout("next".to_owned())), Ok(()));
}

#[test]
fn lines_between_panes_are_dragged_and_panes_keep_their_least() {
    let mut stage = conversation(80, 24);
    let row = |stage: &Stage| place(stage, (80, 24), " timeline ").unwrap().0;
    let before = row(&stage);
    let at = u16::try_from(before).unwrap();
    mouse(&mut stage, DOWN, 40, at);
    mouse(&mut stage, DRAG, 40, at + 2);
    assert_eq!(row(&stage), before + 2);
    mouse(&mut stage, DRAG, 40, 23);
    let lowest = row(&stage);
    assert_eq!(lowest, 17, "the timeline keeps three rows");
    mouse(&mut stage, DRAG, 40, at - 1);
    mouse(&mut stage, UP, 40, at - 1);
    assert_eq!(row(&stage), before - 1, "it comes back at once");
    mouse(&mut stage, DRAG, 40, at + 3);
    assert_eq!(row(&stage), before - 1, "nothing is held any more");
    assert_eq!(view(&mut stage, &View::Layout("auto".to_owned())), Ok(()));
    assert_eq!(row(&stage), before, "a layout that is chosen is as it was");
}

#[test]
fn dragging_over_bytes_selects_them_and_the_hint_is_told_once() {
    let mut stage = conversation(80, 24);
    mouse(&mut stage, DOWN, 10, 3);
    assert!(stage.text(80, 24).contains("hold Shift"));
    mouse(&mut stage, DRAG, 22, 3);
    mouse(&mut stage, UP, 22, 3);
    assert_eq!(stage.ui.selection().map(|it| it.range.clone()), Some(1..6));
    stage.keys("Esc");
    mouse(&mut stage, DOWN, 22, 3);
    mouse(&mut stage, DRAG, 7, 3);
    assert_eq!(stage.ui.selection().map(|it| it.range.clone()), Some(0..6));
    stage.keys("j");
    mouse(&mut stage, DOWN, 10, 3);
    assert!(!stage.text(80, 24).contains("hold Shift"), "once for ever");
    assert!(stage.ui.memory().hints_used.contains("mouse.shift"));
}

#[test]
fn a_press_on_a_name_in_the_strip_goes_to_the_pane() {
    let mut stage = conversation(60, 16);
    let (row, column) = place(&stage, (60, 16), "timeline").unwrap();
    let at = (u16::try_from(column).unwrap(), u16::try_from(row).unwrap());
    mouse(&mut stage, DOWN, at.0, at.1);
    stage.keys("Esc");
    assert!(stage.text(60, 16).contains("━ timeline"));
}

#[test]
fn the_first_screen_is_chosen_from_with_arrows() {
    let mut stage = Stage::new(80, 24);
    stage.keys("Enter");
    assert_eq!(stage.ui.take_request(), Some(Request::Demo));
    let here = "j Enter 1 2 7 . 0 . 0 . 1 : 1 Enter";
    assert_eq!(stage.keys(here), ["connect 127.0.0.1:1"]);
    assert_eq!(stage.keys("j j k j Enter 7 Enter"), ["listen :7"]);
    mouse(&mut stage, DOWN, 20, 6);
    assert_eq!(stage.ui.take_request(), Some(Request::Demo), "by the mouse");
    stage.open(A, Role::Client, "127.0.0.1:5000", Some("127.0.0.1:80"));
    stage.keys("j");
    assert!(
        !stage.text(80, 24).contains("demonstration"),
        "gone with the first socket"
    );
}

#[test]
fn the_largest_screen_is_drawn_in_ascii_without_a_loss() {
    let mut stage = conversation(200, 60);
    let plain = Look {
        ascii: true,
        mono: true,
        ..Look::default()
    };
    stage.ui = Ui::new(plain, (200, 60));
    stage.ui.observe(&stage.session);
    let text = stage.text(200, 60);
    assert!(text.is_ascii(), "{text}");
    assert_eq!(text.matches('?').count(), 1, "the help's key alone: {text}");
}

#[test]
fn what_a_script_says_is_read_at_every_size() {
    let mut stage = conversation(60, 16);
    let say = |stage: &mut Stage, text: &str| {
        stage.session.apply(Event {
            at: stage.now,
            conn: None,
            by: Actor::Script,
            what: What::Say(text.to_owned()),
        });
        stage.ui.observe(&stage.session);
    };
    say(&mut stage, "This is a demonstration.");
    say(&mut stage, "Look at A.");
    for (columns, rows) in [(60, 16), (80, 24), (120, 40), (160, 45), (200, 60)] {
        stage.ui.resize(columns, rows, &stage.session);
        assert!(
            stage.text(columns, rows).contains("Look at A."),
            "{columns}x{rows}"
        );
    }
    stage.ui.resize(60, 16, &stage.session);
    assert!(
        stage
            .text(60, 16)
            .contains("▸ This is a demonstration. Look at A.")
    );
    stage.call(A, Syscall::Shutdown(How::Write), Outcome::Returned(0), None);
    assert!(
        !stage.text(60, 16).contains("Look at A."),
        "the user took over"
    );
}

#[test]
fn sockets_that_do_not_fit_are_counted_and_the_end_is_told() {
    let mut stage = Stage::new(60, 16);
    for n in 0..9 {
        let local = format!("127.0.0.1:{}", 50_000 + n);
        stage.open(ConnId(n), Role::Client, &local, Some("127.0.0.1:7000"));
    }
    let head = |stage: &Stage| stage.draw(60, 16).0[0].clone();
    assert!(head(&stage).starts_with("‹"), "{}", head(&stage));
    stage
        .ui
        .view(&View::Focus(ConnId(0)), &stage.session)
        .unwrap();
    assert!(
        head(&stage).contains('›') && head(&stage).contains("1▸A :50000"),
        "{}",
        head(&stage)
    );
    assert!(head(&stage).ends_with("● live"));
    for n in 0..9 {
        stage.event(ConnId(n), What::Gone);
    }
    assert!(head(&stage).ends_with("ended"), "{}", head(&stage));
}

#[test]
fn a_connect_that_failed_shows_where_it_went() {
    let mut stage = Stage::new(80, 24);
    let opened = What::Opened {
        name: None,
        role: Role::Client,
        transport: sockeye::endpoint::Transport::Tcp,
        parent: None,
    };
    stage.event(A, opened);
    let to = "127.0.0.1:7".parse::<std::net::SocketAddr>().unwrap();
    let refused = Outcome::Failed(Errno::ECONNREFUSED);
    stage.call(A, Syscall::Connect(to.into()), refused, None);
    let head = stage.draw(80, 24).0[0].clone();
    assert!(head.contains("▸A →:7 ") && !head.contains('?'), "{head}");
}

#[test]
fn a_row_tells_its_cause_and_its_effect() {
    let cause = |stage: &mut Stage, seq: u64| {
        view(stage, &View::Goto(sockeye::event::Jump::Event(seq))).unwrap();
        view(stage, &View::Show("cause".to_owned())).unwrap();
        let text = stage.text(120, 40);
        let lines = text
            .lines()
            .skip_while(|line| !line.contains("cause and effect of"));
        let told: Vec<String> = lines
            .skip(1)
            .take(3)
            .map(|line| line.trim().to_owned())
            .collect();
        stage.keys("Esc");
        assert!(
            !stage.text(120, 40).contains("cause and effect of"),
            "Esc takes it away"
        );
        told
    };
    let mut stage = conversation(120, 40);
    let sent = cause(&mut stage, 9);
    assert_eq!(
        sent[..2],
        [
            "bytes 0–11 went into the kernel",
            "now: 12 read by B in #10"
        ]
    );
    let received = cause(&mut stage, 10);
    assert_eq!(
        received[..2],
        ["bytes 0–11 came out of the queue", "sent by A: #9 send(12)"]
    );
    stage.send(A, b"never read");
    stage.call(B, Syscall::Close, Outcome::Returned(0), None);
    let closed = stage.session.event_count() - 1;
    stage.event(B, What::Gone);
    stage.call(
        A,
        Syscall::Recv {
            max: 10,
            flags: sockeye::event::Flags::default(),
        },
        Outcome::Failed(Errno::ECONNRESET),
        None,
    );
    let reset = cause(&mut stage, closed + 2);
    let chain = format!("ECONNRESET ← RST ← B closed with 10 bytes unread, #{closed} (certain)");
    assert_eq!(reset[0], chain);
}

#[test]
fn the_calls_are_a_program_in_the_language_that_is_spoken() {
    let mut stage = conversation(120, 40);
    view(&mut stage, &View::Show("code".to_owned())).unwrap();
    for (language, line) in [
        ("python", r#" a.send(b"\x00\x05hello\x00\x0cwor")  # 12"#),
        (
            "c",
            r#" send(a, "\000\005hello\000\014wor", 12, 0);  // 12"#,
        ),
        ("rust", r#" a.send(b"\x00\x05hello\x00\x0cwor")?;  // 12"#),
    ] {
        let setting = View::Setting {
            name: "speak".to_owned(),
            value: language.to_owned(),
        };
        view(&mut stage, &setting).unwrap();
        let text = stage.text(120, 40);
        assert!(
            text.lines().any(|drawn| drawn == line),
            "{language}\n{text}"
        );
    }
}

#[test]
fn every_layout_is_drawn_at_every_size() {
    for words in Ui::nouns(sockeye::command::Noun::Layout) {
        let mut stage = conversation(80, 24);
        view(&mut stage, &View::Layout(words.clone())).unwrap();
        for (columns, rows) in [
            (60, 16),
            (80, 24),
            (119, 31),
            (120, 40),
            (160, 45),
            (250, 80),
        ] {
            stage.ui.resize(columns, rows, &stage.session);
            for _ in 0..8 {
                let text = stage.text(columns, rows);
                assert!(
                    !text.contains('?') || text.contains("? keys"),
                    "{words}\n{text}"
                );
                stage.keys("Tab j k");
            }
        }
    }
}
