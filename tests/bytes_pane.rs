//! What selecting, pinning, growing and going do in the bytes, messages and inspector panes; their pictures are in
//! `pictures.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "panes/stage.rs"]
mod stage;

use std::ops::Range;

use sockeye::event::{Dir, Errno, How, Outcome, Syscall, View, What};
use sockeye::ui::Ui;
use stage::{A, B, Stage, conversation};

fn range(stage: &Stage) -> Option<Range<u64>> {
    stage.ui.selection().map(|it| it.range.clone())
}

/// What stands in the title of a pane, the rule's line without its dashes.
fn title(stage: &Stage, columns: u16, rows: u16, pane: &str) -> String {
    let text = stage.text(columns, rows);
    let line = text
        .lines()
        .find(|line| line.contains(&format!("━ {pane}")));
    let line = line.unwrap_or_else(|| panic!("no {pane}\n{text}"));
    line.trim_start_matches(['━', '─', ' ']).to_owned()
}

#[test]
fn a_selection_grows_with_movements_and_stays_when_that_ends() {
    let mut stage = conversation(80, 24);
    stage.keys("g l");
    let show = |stage: &mut Stage| {
        let view = View::Show("range".to_owned());
        stage.ui.view(&view, &stage.session).unwrap();
    };
    show(&mut stage);
    assert!(stage.ui.is_growing());
    stage.keys("l l l");
    assert_eq!(range(&stage), Some(1..5));
    assert!(title(&stage, 80, 24, "bytes").contains("range 4 B"));
    stage.keys("h h h h");
    assert_eq!(
        range(&stage),
        Some(0..2),
        "to the other side of where it began"
    );
    stage.keys("}");
    assert_eq!(range(&stage), Some(1..12), "a message as a whole");
    stage.keys("g G");
    assert_eq!(
        range(&stage),
        Some(1..12),
        "to the end, and nothing is followed"
    );
    assert!(stage.ui.end_range());
    assert!(!stage.ui.end_range(), "once");
    assert_eq!(range(&stage), Some(1..12));
    stage.keys("h");
    assert_eq!(range(&stage), Some(10..11), "then the cursor moves alone");
    show(&mut stage);
    stage.keys("\\");
    assert!(
        !stage.ui.is_growing(),
        "the other direction is another matter"
    );
    let mut nothing = Stage::new(80, 24);
    let view = View::Show("range".to_owned());
    let refused = nothing.ui.view(&view, &nothing.session);
    assert_eq!(refused, Err("there are no bytes here yet".to_owned()));
}

#[test]
fn a_drag_selects_between_its_ends() {
    let mut stage = conversation(80, 24);
    stage.ui.go_to_offset(5, &stage.session).unwrap();
    stage.ui.extend_to(8, &stage.session);
    assert_eq!(range(&stage), Some(5..9));
    stage.ui.extend_to(2, &stage.session);
    assert_eq!(
        range(&stage),
        Some(2..6),
        "the first byte of the drag stays"
    );
    stage.ui.extend_to(u64::MAX, &stage.session);
    assert_eq!(
        range(&stage),
        Some(5..12),
        "no further than there are bytes"
    );
    Ui::default().extend_to(3, &stage.session);
}

#[test]
fn one_goes_to_an_offset_or_a_message_and_hears_why_not() {
    let mut stage = conversation(80, 24);
    stage.ui.go_to_offset(0x0b, &stage.session).unwrap();
    assert_eq!(range(&stage), Some(11..12));
    stage.ui.go_to_message(1, &stage.session).unwrap();
    assert_eq!(range(&stage), Some(0..7));
    stage.ui.go_to_message(2, &stage.session).unwrap();
    assert_eq!(
        range(&stage),
        Some(7..12),
        "the unfinished one has a number"
    );
    let refused = |result: Result<(), String>, why: &str| assert_eq!(result, Err(why.to_owned()));
    let (ui, session) = (&mut stage.ui, &stage.session);
    refused(
        ui.go_to_offset(12, session),
        "there is no byte 0x0c: there are 12 bytes here",
    );
    refused(
        ui.go_to_message(3, session),
        "there is no message #3: there are 1",
    );
    refused(
        ui.go_to_message(0, session),
        "there is no message #0: there are 1",
    );
    refused(
        Ui::default().go_to_offset(0, session),
        "there are no bytes here yet",
    );
    refused(
        Ui::default().go_to_message(1, session),
        "there are no bytes here yet",
    );
    assert_eq!(range(&stage), Some(7..12), "a refusal moves nothing");
}

#[test]
fn messages_are_found_by_their_numbers_where_some_have_none() {
    let mut stage = Stage::new(80, 24);
    stage.pair();
    stage.frame(A, "line");
    stage.send(A, &b"ab\ncd".repeat(40));
    // What a framing leaves unfinished where the next one begins takes no number: every second entry.
    for from in (5..200).step_by(5) {
        let rule = "line".to_owned();
        let dir = Dir::Out;
        stage.event(A, What::Framed { dir, rule, from });
    }
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    for number in 1..=40_u64 {
        stage.ui.go_to_message(number, &stage.session).unwrap();
        let start = (number - 1) * 5;
        assert_eq!(range(&stage), Some(start..start + 3), "#{number}");
    }
    // The last stretch still waits for its line's end: that one has a number.
    stage.ui.go_to_message(41, &stage.session).unwrap();
    assert_eq!(range(&stage), Some(198..200));
    assert!(stage.ui.go_to_message(42, &stage.session).is_err());
}

#[test]
fn the_parts_of_a_message_are_rows_that_select_their_bytes() {
    let mut stage = conversation(120, 40);
    stage.keys("Tab");
    assert!(
        !stage.text(120, 40).contains("├ 0–1"),
        "nothing opens while following"
    );
    stage.keys("k");
    assert_eq!(range(&stage), Some(0..7));
    let text = stage.text(120, 40);
    assert!(
        text.contains("├ 0–1    length  5") && text.contains("└ 2–6    payload  5 B"),
        "{text}"
    );
    let at = |stage: &Stage, what: &str| {
        let text = stage.text(120, 40);
        text.lines().position(|line| line.contains(what)).unwrap()
    };
    let before = at(&stage, "#2  …");
    for expected in [0..2, 2..7, 2..7] {
        stage.keys("l");
        assert_eq!(
            range(&stage),
            Some(expected),
            "the next part, and the last stays"
        );
    }
    for expected in [0..2, 0..7, 0..7] {
        stage.keys("h");
        assert_eq!(range(&stage), Some(expected), "back to the message itself");
    }
    stage.keys("j");
    assert_eq!(range(&stage), Some(7..12));
    assert_eq!(
        at(&stage, "#2  …"),
        before - 2,
        "the cursor goes down one row, its parts open below"
    );
    stage.keys("l");
    assert_eq!(range(&stage), Some(7..9));
}

#[test]
fn a_pin_stays_and_is_compared() {
    let mut stage = conversation(120, 40);
    let pin = |stage: &mut Stage| stage.ui.view(&View::Pin, &stage.session);
    stage.keys("g Enter");
    pin(&mut stage).unwrap();
    assert!(title(&stage, 120, 40, "bytes").contains("pinned 0x00–0x01"));
    assert!(!stage.text(120, 40).contains("differ"), "not from itself");
    stage.keys("Enter } Enter l l l l l l l");
    stage.ui.go_to_offset(7, &stage.session).unwrap();
    stage.keys("Enter");
    assert_eq!(range(&stage), Some(7..9));
    let text = stage.text(120, 40);
    assert!(text.contains("differ at +1: 0c here, 05 pinned"), "{text}");
    let numbers = |text: &str| {
        let row = text.lines().find_map(|line| line.split_once("≠u16"));
        let words =
            row.map(|(_, row)| row.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
        words.unwrap_or_default()
    };
    assert_eq!(numbers(&text), "12 5");
    stage.ui.resize(80, 24, &stage.session);
    let text = stage.text(80, 24);
    assert!(
        text.contains("≠u16       12             5"),
        "low, too: {text}"
    );
    stage.ui.go_to_offset(7, &stage.session).unwrap();
    let text = stage.text(80, 24);
    assert!(text.contains("equal so far: 1 and 2 bytes"), "{text}");
    stage.ui.view(&View::Focus(B), &stage.session).unwrap();
    let text = stage.text(120, 40);
    assert!(
        text.contains("pinned A out 0x00–0x01"),
        "of another socket: {text}"
    );
    stage.ui.go_to_offset(0, &stage.session).unwrap();
    stage.keys("Enter");
    let text = stage.text(80, 24);
    assert!(text.contains("the same 2 bytes"), "A's are B's: {text}");
    pin(&mut stage).unwrap();
    assert!(!stage.text(120, 40).contains("pinned"), "let go");
    let mut nothing = Stage::new(80, 24);
    assert!(pin(&mut nothing).is_err());
}

#[test]
fn a_card_says_who_and_lies_above_the_cursor() {
    let mut stage = conversation(80, 24);
    assert_eq!(stage.ui.dir(), Dir::Out);
    let card = |stage: &Stage| {
        let text = stage.text(80, 24);
        let line = text.lines().find(|line| line.contains(" called "));
        line.unwrap_or_default().trim().to_owned()
    };
    stage.call(B, Syscall::Accept, Outcome::Failed(Errno::EINVAL), None);
    assert_eq!(
        card(&stage),
        "B called accept(): B is no listener: only a listener accepts (certain)"
    );
    stage.call(A, Syscall::Shutdown(How::Write), Outcome::Returned(0), None);
    let ended = What::Ended {
        dir: Dir::Out,
        cause: None,
    };
    stage.event(A, ended);
    let send = Syscall::Send {
        len: 1,
        flags: sockeye::event::Flags::default(),
        to: None,
    };
    stage.call(A, send, Outcome::Failed(Errno::EPIPE), None);
    assert!(card(&stage).starts_with("A called send(1): A itself has said that it sends no more"));
    let local = stage.session.conn(B).unwrap().local.clone().unwrap();
    stage.call(
        A,
        Syscall::Bind(local),
        Outcome::Failed(Errno::EADDRINUSE),
        None,
    );
    assert_eq!(
        card(&stage),
        "A called bind(:7000): B of this session has held it for 3.3 s, #3"
    );
    let recv = Syscall::Recv {
        max: 1,
        flags: sockeye::event::Flags::default(),
    };
    stage.call(A, recv, Outcome::Failed(Errno::ECONNRESET), None);
    assert_eq!(
        card(&stage),
        "A called recv(1): the peer crashed, threw the connection away, or closed"
    );
    assert!(
        stage
            .text(80, 24)
            .contains(" ECONNRESET (104) Connection reset by peer")
    );
    // The timeline is full, and its newest row, under the cursor, is where the card would lie.
    stage.keys("Tab Tab Tab");
    let text = stage.text(80, 24);
    let cursor = text
        .lines()
        .position(|line| line.contains("recv(1)") && line.contains("▸A"));
    let hint = text
        .lines()
        .position(|line| line.trim().starts_with("try: "));
    assert!(cursor.unwrap() > hint.unwrap(), "{text}");
}
