//! The table of sockets: its pictures at each width, and what sorting, folding, filtering and the cursor do while rows
//! come and go. A session made of events; no terminal, no clock, no socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "connections/sockets.rs"]
mod sockets;
#[path = "panes/stage.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod stage;

use std::time::Duration;

use sockets::{names, open, quietly, settle, some, table, ten_thousand, wait, zoomed};
use sockeye::event::{ConnId, Errno, Outcome, Role, Syscall, View, What};
use sockeye::ui::Ui;
use stage::Stage;

/// Compares the table with its picture.
fn check(stage: &Stage, size: (u16, u16), width: usize, picture: &str) {
    let picture = picture.trim_matches('\n');
    let drawn = table(stage, size, width, picture.lines().count());
    assert!(drawn == picture, "\n>>>\n{drawn}\n<<<\n{picture}\n");
}

fn view(stage: &mut Stage, view: &View) {
    stage.ui.view(view, &stage.session).unwrap();
}

fn sort(stage: &mut Stage, word: &str) {
    view(stage, &View::Sort(word.to_owned()));
}

fn filter(stage: &mut Stage, words: &str) {
    view(stage, &View::Filter(words.to_owned()));
}

#[test]
fn columns_order_groups_and_their_sums() {
    let mut stage = zoomed(some(160, 45));
    let mut check = |word: &str, expected: &str| {
        sort(&mut stage, word);
        assert_eq!(names(&stage), expected, "sort {word}");
    };
    check("created", "L A B C L2 E D");
    check("in", "L2 E L C A B D");
    check("in", "D L A B C L2 E");
    check("out", "D L A B C L2 E");
    check("name", "D L A B C L2 E");
    check("name", "L2 E L C B A D");
    check("address", "L2 E D L A B C");
    check("age", "L A B C L2 E D");
    check("waiting", "D L A B C L2 E");
    check("unsent", "D L A B C L2 E");
    check("in/s", "L2 E L C A B D");
    check("created", "L A B C L2 E D");
    let why = stage
        .ui
        .view(&View::Sort("colour".to_owned()), &stage.session);
    assert_eq!(why, Err("the table has no column `colour`".to_owned()));
    assert!(Ui::nouns(sockeye::command::Noun::Column).contains(&"in/s".to_owned()));
}

#[test]
fn groups_fold_and_a_filter_shows_what_is_folded_with_its_listener() {
    let mut stage = zoomed(some(160, 45));
    stage.keys("g");
    assert_eq!(names(&stage), "L A B C L2 E D");
    stage.keys("h");
    assert_eq!(names(&stage), "L L2 E D");
    assert!(
        table(&stage, (160, 45), 160, 3).contains("+3"),
        "how many are hidden"
    );
    filter(&mut stage, "in>1k");
    assert_eq!(names(&stage), "L C L2 E", "with what counts for them");
    filter(&mut stage, "role:accepted port:5003 or port:443");
    assert_eq!(names(&stage), "L C D", "the listener of what fits");
    assert!(table(&stage, (160, 45), 160, 1).contains("connections 2 of 7"));
    filter(&mut stage, "state:SYN_RECV");
    assert!(table(&stage, (160, 45), 160, 2).contains("no socket fits the filter"));
    filter(&mut stage, "");
    assert_eq!(names(&stage), "L L2 E D", "as it was folded");
    stage.keys("g l j");
    assert_eq!(names(&stage), "L A B C L2 E D");
    stage.keys("j h");
    stage.keys("Enter");
    assert_eq!(
        stage.ui.focused(),
        Some(ConnId(0)),
        "from a socket to its listener"
    );
}

#[test]
fn the_cursor_keeps_its_socket_while_rows_come_and_go() {
    let mut stage = zoomed(some(160, 45));
    stage.keys("g j j j");
    sort(&mut stage, "in");
    assert_eq!(names(&stage), "L2 E L C A B D");
    // Rows rest while the cursor moves among them, and for a while after.
    stage.keys("j k");
    stage.receive(ConnId(1), &[0; 9000]);
    wait(&mut stage, Duration::from_millis(1900));
    assert_eq!(names(&stage), "L2 E L C A B D");
    assert!(
        stage.ui.next_wake(stage.now).is_some(),
        "and then they follow"
    );
    wait(&mut stage, Duration::from_millis(200));
    assert_eq!(names(&stage), "L A C B L2 E D");
    stage.keys("Enter");
    assert_eq!(stage.ui.focused(), Some(ConnId(4)), "C, wherever it went");
    filter(&mut stage, "name:C or name:E");
    for conn in 7..27 {
        open(
            &mut stage,
            conn,
            Role::Client,
            None,
            [100 + u16::try_from(conn).unwrap(), 443],
        );
    }
    settle(&mut stage);
    filter(&mut stage, "");
    stage.keys("Enter");
    assert_eq!(stage.ui.focused(), Some(ConnId(4)));
    filter(&mut stage, "name:E");
    stage.keys("Enter");
    assert_ne!(
        stage.ui.focused(),
        Some(ConnId(4)),
        "what is not there cannot be chosen"
    );
}

#[test]
fn many_events_arrange_the_table_four_times_a_second() {
    let mut stage = zoomed(some(160, 45));
    wait(&mut stage, Duration::from_secs(3));
    sort(&mut stage, "out");
    wait(&mut stage, Duration::from_secs(3));
    let mut changes = 0;
    let mut last = names(&stage);
    for round in 0..250 {
        // Each of two in turn has sent the most.
        stage.send(
            ConnId(4 + round % 2 * 2),
            &vec![0; 100 + 10 * round as usize],
        );
        stage.ui.prepare(&stage.session, stage.now);
        let now = names(&stage);
        changes += usize::from(now != last);
        last = now;
    }
    assert!((1..=5).contains(&changes), "{changes} in a second");
}

#[test]
fn a_filter_that_makes_no_sense_yet_leaves_the_last_one_in_force() {
    let mut stage = some(80, 24);
    stage.keys("T");
    for c in "port:443".chars() {
        stage.keys(c.to_string().leak());
    }
    let text = stage.text(80, 24);
    assert!(text.contains("connections 1 of 7"), "{text}");
    for c in " or  stat:x".chars() {
        let key = if c == ' ' { " " } else { c.to_string().leak() };
        type_key(&mut stage, key);
    }
    let text = stage.text(80, 24);
    assert!(text.contains("connections 1 of 7"), "{text}");
    let line = text.lines().find(|line| line.contains("filter:")).unwrap();
    assert_eq!(
        line,
        " filter: port:443 or  stat:x   there is no `stat:`: state:"
    );
    let why = stage
        .ui
        .view(&View::Filter("in>x".to_owned()), &stage.session);
    assert_eq!(
        why,
        Err("`x` is no number of that kind: 4096, 64k, 8M, 1G".to_owned())
    );
    assert!(stage.text(80, 24).contains("connections 1 of 7"));
    stage.keys("Esc T");
    assert!(
        stage.text(80, 24).contains("connections 7"),
        "left without it"
    );
}

/// A key that the stage's words of keys cannot hold: the blank that stands between them.
fn type_key(stage: &mut Stage, key: &str) {
    use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
    let code = KeyCode::Char(key.chars().next().unwrap());
    stage.input(
        &Input::Key(KeyEvent::new(code, KeyModifiers::NONE)),
        &mut Vec::new(),
    );
}

#[test]
fn new_sockets_and_old_ones_that_change_come_to_fit_and_go() {
    let mut stage = zoomed(some(160, 45));
    filter(&mut stage, "state:CLOSED or out>1k");
    assert_eq!(names(&stage), "L B");
    stage.send(ConnId(5), &[0; 2000]);
    open(&mut stage, 7, Role::Client, None, [6001, 443]);
    quietly(&mut stage, 7, What::Gone);
    settle(&mut stage);
    assert_eq!(names(&stage), "L B D F");
    filter(&mut stage, "age<2s role:client");
    assert_eq!(names(&stage), "D F");
    stage.now += Duration::from_secs(5);
    quietly(&mut stage, 5, What::Gone);
    settle(&mut stage);
    assert_eq!(
        names(&stage),
        "F",
        "one has grown old, the other closed young"
    );
}

#[test]
fn bars_go_by_and_then_the_screen_is_still() {
    let mut stage = zoomed(some(160, 45));
    for conn in 1..7 {
        stage.call(
            ConnId(conn),
            Syscall::Close,
            Outcome::Failed(Errno::EBADF),
            None,
        );
    }
    stage.keys("Esc");
    stage.now += Duration::from_secs(20);
    stage.receive(ConnId(4), b"one more");
    settle(&mut stage);
    let mut bars = Vec::new();
    while let Some(next) = stage.ui.next_wake(stage.now) {
        assert!(next > stage.now && next <= stage.now + Duration::from_secs(1));
        stage.now = next;
        stage.ui.prepare(&stage.session, stage.now);
        let text = stage.text(160, 45);
        bars.push(text.lines().filter(|line| line.contains('▃')).count());
        assert!(bars.len() < 12, "{bars:?}");
    }
    assert!(bars.len() > 5, "{bars:?}");
    assert_eq!(
        (bars.first(), bars.last()),
        (Some(&2), Some(&0)),
        "C’s and its listener’s: {bars:?}"
    );
}

#[test]
fn ten_thousand_rows_follow_new_ones_and_keep_their_cursor() {
    let mut stage = zoomed(ten_thousand(160, 45));
    stage.keys("G");
    open(&mut stage, 10_001, Role::Accepted, Some(0), [7000, 30_000]);
    settle(&mut stage);
    wait(&mut stage, Duration::from_millis(300));
    assert!(table(&stage, (160, 45), 160, 1).contains("connections 10002"));
    stage.keys("Enter");
    assert_eq!(stage.ui.focused(), Some(ConnId(10_000)));
    quietly(&mut stage, 0, What::Note("now".to_owned()));
    filter(&mut stage, "port:30000 or port:20000");
    open(&mut stage, 10_002, Role::Accepted, Some(0), [7000, 20_000]);
    settle(&mut stage);
    assert_eq!(names(&stage).split(' ').count(), 3, "not at once");
    assert!(stage.ui.next_wake(stage.now).is_some());
    wait(&mut stage, Duration::from_millis(300));
    assert_eq!(names(&stage).split(' ').count(), 4);
    stage.keys("g");
    assert!(
        stage.ui.looked_at(&stage.session).len() < 64,
        "only what is in view is sampled"
    );
}

#[test]
fn a_press_on_a_head_sorts() {
    use crossterm::event::{Event as Input, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut stage = zoomed(some(160, 45));
    let (drawn, _) = stage.draw(160, 45);
    let row = drawn.iter().position(|line| line.contains("in/s")).unwrap();
    let column = drawn[row].chars().collect::<Vec<_>>();
    let column = column
        .windows(3)
        .position(|it| it == [' ', 'i', 'n'])
        .unwrap();
    let press = Input::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: u16::try_from(column + 1).unwrap(),
        row: u16::try_from(row).unwrap(),
        modifiers: KeyModifiers::NONE,
    });
    stage.input(&press, &mut Vec::new());
    assert_eq!(names(&stage), "L2 E L C A B D");
    assert!(stage.text(160, 45).contains("in↓"));
    stage.input(&press, &mut Vec::new());
    assert!(stage.text(160, 45).contains("in↑"));
}

#[test]
fn pictures_of_the_table() {
    let mut none = Stage::new(80, 24);
    none.keys("T");
    let picture = table(&none, (80, 24), 24, 2);
    assert_eq!(picture, "━ connections 0 ━━━━━━━━\n c connects, b listens");
    check(
        &some(120, 40),
        (120, 40),
        34,
        include_str!("connections/some_34.txt"),
    );
    let mut small = some(80, 24);
    small.keys("T");
    check(
        &small,
        (80, 24),
        80,
        include_str!("connections/some_80.txt"),
    );
    check(
        &zoomed(some(160, 45)),
        (160, 45),
        160,
        include_str!("connections/some_160.txt"),
    );
    let mut many = ten_thousand(80, 24);
    many.keys("T");
    check(&many, (80, 24), 80, include_str!("connections/many_80.txt"));
    check(
        &ten_thousand(120, 40),
        (120, 40),
        34,
        include_str!("connections/many_34.txt"),
    );
    let mut many = zoomed(ten_thousand(160, 45));
    many.keys("G");
    check(
        &many,
        (160, 45),
        160,
        include_str!("connections/many_160.txt"),
    );
}
