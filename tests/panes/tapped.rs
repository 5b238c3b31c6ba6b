//! A tap in the workbench: whose bytes are shown, both directions in turns, one row a conversation.

use sockeye::event::{ConnId, Dir, Outcome, Syscall, View, What};

use super::stage::Stage;
use super::talks::{TAP, tapped};

/// The sides of the first conversation.
const CLIENT: ConnId = ConnId(1);
const SERVER: ConnId = ConnId(2);

/// The rows of the list of messages: what stands between its title and the next.
fn list(stage: &Stage, columns: u16, rows: u16) -> Vec<String> {
    let text = stage.text(columns, rows);
    let lines = text.lines().filter(|line| line.contains('#'));
    let marked = lines.filter(|line| line.contains("▸#") || line.contains("◂#"));
    let from = |line: &str| line.find("▸#").into_iter().chain(line.find("◂#")).min();
    let row = |line: &str| from(line).map(|at| line.split_at(at).1.to_owned());
    marked.filter_map(row).collect()
}

/// The messages alone on the screen, as `▸#1 PING`.
fn listed(stage: &mut Stage) -> Vec<String> {
    stage.ui.resize(60, 24, &stage.session);
    stage
        .ui
        .view(&View::Pane("messages".to_owned()), &stage.session)
        .unwrap();
    let rows = list(stage, 60, 24);
    let short = |row: String| {
        let words: Vec<&str> = row.split_whitespace().collect();
        format!("{} {}", words[0], words[3..].join(" "))
    };
    rows.into_iter().map(short).collect()
}

#[test]
fn both_directions_stand_in_the_order_in_which_they_came() {
    let mut stage = tapped(80, 24);
    assert_eq!(
        listed(&mut stage),
        [
            "▸#1 GET name",
            "◂#1 sockeye",
            "▸#2 INCR hits",
            "▸#3 LRANGE list 0 -1",
            "◂#2 :8",
            "◂#3 *2 a b",
            "▸#4 NOSUCH",
            "◂#4 -ERR unknown command 'NOSUCH'",
            "◂#5 \"+cut\"",
        ]
    );
}

#[test]
fn a_message_of_either_direction_is_shown_in_the_bytes() {
    let mut stage = tapped(120, 40);
    stage
        .ui
        .view(&View::Pane("messages".to_owned()), &stage.session)
        .unwrap();
    let selected = |stage: &Stage| {
        let selection = stage.ui.selection().unwrap();
        let range = selection.range.clone();
        let (bytes, _) = stage.session.bytes(selection.conn, selection.dir, range);
        (selection.dir, String::from_utf8(bytes).unwrap())
    };
    // From the newest up: the end of what is not whole, an error, a command, an answer.
    stage.keys("k");
    assert_eq!(
        selected(&stage),
        (Dir::Out, "-ERR unknown command 'NOSUCH'\r\n".to_owned())
    );
    assert!(stage.text(120, 40).contains("bytes T1.2 server▸client"));
    stage.keys("k");
    assert_eq!(selected(&stage), (Dir::In, "NOSUCH\r\n".to_owned()));
    assert!(stage.text(120, 40).contains("bytes T1.2 client▸server"));
    stage.keys("k k k");
    assert_eq!(
        selected(&stage),
        (Dir::In, "LRANGE list 0 -1\r\n".to_owned())
    );
    // From the bytes, too, the next message is that of the list.
    stage
        .ui
        .view(&View::Pane("bytes".to_owned()), &stage.session)
        .unwrap();
    stage.keys("}");
    assert_eq!(selected(&stage), (Dir::Out, ":8\r\n".to_owned()));
    stage.keys("{ {");
    assert_eq!(selected(&stage), (Dir::In, "INCR hits\r\n".to_owned()));
    stage
        .ui
        .view(&View::Pane("messages".to_owned()), &stage.session)
        .unwrap();
    stage.keys("g");
    assert_eq!(stage.ui.selection().unwrap().range, 0..23);
    // The mouse finds the same row as the keys.
    stage.keys("j");
    assert_eq!(selected(&stage), (Dir::Out, "$7\r\nsockeye\r\n".to_owned()));
}

#[test]
fn one_direction_of_a_conversation_and_the_other_and_both() {
    let mut stage = tapped(80, 24);
    assert_eq!(listed(&mut stage).len(), 9);
    stage.keys("\\");
    assert!(
        stage.text(60, 24).contains("c2s · \\ 4 s2c"),
        "{}",
        stage.text(60, 24)
    );
    assert!(list(&stage, 60, 24).is_empty());
    stage.keys("\\");
    assert!(
        stage.text(60, 24).contains("s2c · \\ 4 c2s"),
        "{}",
        stage.text(60, 24)
    );
    stage.keys("\\");
    assert_eq!(listed(&mut stage).len(), 9);
}

#[test]
fn of_any_socket_both_directions_can_be_read_in_turns() {
    let mut stage = super::conversation(60, 24);
    stage.send(super::B, b"\x00\x02ok");
    stage.receive(super::A, b"\x00\x02ok");
    assert!(listed(&mut stage).is_empty());
    stage.keys("\\ \\");
    assert_eq!(listed(&mut stage).len(), 3);
    let rows = list(&stage, 60, 24);
    assert!(
        rows[0].starts_with("▸#1") && rows[1].starts_with("◂#1"),
        "{rows:?}"
    );
    assert!(
        rows[2].contains("wor"),
        "what is not whole stands last: {rows:?}"
    );
}

#[test]
fn a_tap_shows_its_newest_conversation_until_somebody_reads_another() {
    let mut stage = Stage::new(120, 40);
    stage.tap();
    assert_eq!(stage.ui.subject(), Some(TAP));
    let first = stage.comes(51_000);
    assert_eq!(
        (stage.ui.focused(), stage.ui.subject()),
        (Some(TAP), Some(first))
    );
    stage.asks(first, b"PING\r\n");
    assert!(stage.text(120, 40).contains("bytes T1.1 client▸server"));
    let second = stage.comes(51_002);
    assert_eq!(stage.ui.subject(), Some(second));
    // Who reads is not disturbed by who comes.
    stage.asks(second, b"PING\r\n");
    stage
        .ui
        .view(&View::Pane("messages".to_owned()), &stage.session)
        .unwrap();
    stage.keys("k");
    let third = stage.comes(51_004);
    assert_eq!(stage.ui.subject(), Some(second));
    stage.keys("G");
    assert_eq!(stage.ui.subject(), Some(third));
    // A conversation that was chosen stays.
    stage.ui.view(&View::Focus(first), &stage.session).unwrap();
    stage.comes(51_006);
    assert_eq!(stage.ui.subject(), Some(first));
    stage.ui.view(&View::Focus(TAP), &stage.session).unwrap();
    assert_eq!(stage.ui.subject(), Some(ConnId(third.0 + 2)));
}

#[test]
fn a_conversation_has_one_row_and_one_tab() {
    let mut stage = tapped(160, 45);
    let text = stage.text(160, 45);
    assert!(text.contains("connections 3"), "{text}");
    let row = text
        .lines()
        .find(|line| line.contains("⇄T1.2") && line.contains(":51398⇄:6379"));
    assert!(row.is_some(), "{text}");
    assert!(!text.contains("◂T1.2s "), "{text}");
    assert_eq!(
        stage.ui.tabs(),
        [TAP, ConnId(3)],
        "the tab of the conversation that is over went to the next"
    );
    // The server goes first.
    let far = ConnId(4);
    stage.event(far, What::State(sockeye::event::State::CloseWait));
    assert!(
        stage.text(160, 45).contains("ESTAB⇄CLO"),
        "{}",
        stage.text(160, 45)
    );
    let next = stage.comes(51_500);
    assert_eq!(stage.ui.tabs(), [TAP, ConnId(3), next]);
    assert_eq!(stage.session.near_side(SERVER), CLIENT);
}

#[test]
fn a_framing_for_a_tap_is_for_what_is_open_and_for_what_is_shown() {
    let mut stage = tapped(80, 24);
    let alike = |stage: &Stage| stage.session.alike(TAP, Dir::In);
    let newest = [(ConnId(3), Dir::In), (ConnId(4), Dir::Out)];
    assert_eq!(alike(&stage), newest);
    for side in [ConnId(3), ConnId(4)] {
        stage.event(side, What::Gone);
    }
    assert_eq!(alike(&stage), newest, "it is over, and still looked at");
    let next = stage.comes(51_500);
    assert_eq!(
        alike(&stage),
        [(next, Dir::In), (ConnId(next.0 + 1), Dir::Out)]
    );
    let lane = stage.session.lane(next, Dir::In).unwrap();
    assert_eq!(lane.rule().words(), "resp");
}

#[test]
fn keys_without_a_call_to_make_are_not_offered() {
    let mut stage = tapped(200, 60);
    let footer = |stage: &Stage| stage.text(200, 60).lines().last().unwrap().to_owned();
    let tap = footer(&stage);
    for absent in [" s send", " w half-close", " a accept", " r recv"] {
        assert!(!tap.contains(absent), "{tap}");
    }
    stage
        .ui
        .view(&View::Focus(ConnId(3)), &stage.session)
        .unwrap();
    let side = footer(&stage);
    assert!(
        side.contains(" s send") && !side.contains(" r recv"),
        "{side}"
    );
    assert!(
        stage
            .text(200, 60)
            .contains("adds bytes of your own to what the client gets")
    );
}

#[test]
fn the_journey_goes_through_the_tap() {
    let mut stage = tapped(120, 40);
    let held = What::Held {
        queued: 4096,
        staged: 0,
    };
    stage.event(ConnId(4), held);
    let text = stage.text(120, 40);
    let line = text.lines().nth(1).unwrap().to_owned();
    assert!(
        line.contains("T1.2 holds 4096 B") && line.contains('?'),
        "{line}"
    );
    stage.ui.resize(200, 60, &stage.session);
    let text = stage.text(200, 60);
    assert!(text.contains("│ holds   4096 B │"), "{text}");
    // The rulers of both sides: what it received, and what it sent on.
    assert!(
        text.contains("recv T1.2c ├") && text.contains("send T1.2s ├"),
        "{text}"
    );
}

#[test]
fn an_earlier_moment_of_a_conversation_is_shown_as_it_was() {
    let mut stage = tapped(120, 40);
    // Before the second client came.
    let seq = stage.session.conn(ConnId(3)).unwrap().seq - 1;
    stage.session.travel(Some(seq));
    stage.session.turn_back();
    stage.ui.travelled(&stage.session);
    assert_eq!(stage.ui.subject(), Some(CLIENT));
    let text = stage.text(120, 40);
    assert!(text.contains("bytes T1.1 "), "{text}");
    stage.session.turn_round();
    stage.session.travel(None);
    stage.ui.travelled(&stage.session);
    stage.ui.observe(&stage.session);
    assert_eq!(stage.ui.subject(), Some(ConnId(3)));
    stage.call(ConnId(3), Syscall::Close, Outcome::Returned(0), None);
}
