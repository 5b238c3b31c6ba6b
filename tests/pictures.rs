//! Pictures of every pane, layout and overlay at each size, with nothing, a little and much to show. A picture is
//! written where there is none, which fails once: look at it before it is committed. After a change that is meant,
//! delete those that differ and run again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "pictures/boards.rs"]
mod boards;
#[path = "pictures/looks.rs"]
mod looks;
#[path = "panes/stage.rs"]
mod stage;
#[path = "panes/talks.rs"]
mod talks;
#[path = "pictures/taps.rs"]
mod taps;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use sockeye::command::Noun;
use sockeye::event::{
    ConnId, Dir, Errno, Fact, Flags, How, Jump, Outcome, Role, State, Syscall, Timer, View, What,
};
use sockeye::storm::Storm;
use sockeye::ui::{Looks, Ui};
use stage::{A, B, Stage, conversation};

/// Sizes of the screen: one pane at a time, several, with seams, with boxes, with both directions and the program.
const SIZES: [(u16, u16); 5] = [(60, 16), (80, 24), (120, 40), (160, 45), (200, 60)];

/// Sockets beside the pair, where there is much to show.
const OTHERS: u32 = 30;

/// How much there is to show.
const AMOUNTS: [&str; 3] = ["none", "some", "much"];

/// Compares what is drawn with the picture of that name.
fn check(name: &str, drawn: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    let path = folder.join(format!("{name}.txt"));
    let Ok(picture) = std::fs::read_to_string(&path) else {
        std::fs::write(&path, drawn).unwrap();
        panic!("there was no picture {name}: it is drawn now, look at it");
    };
    let mut lines = drawn.lines().zip(picture.lines());
    let different = lines.position(|(drawn, picture)| drawn != picture);
    assert!(
        drawn == picture,
        "{name}: line {different:?} differs\n>>>\n{drawn}\n<<<\n"
    );
}

fn view(stage: &mut Stage, view: &View) {
    stage.ui.view(view, &stage.session).unwrap();
}

fn show(stage: &mut Stage, word: &str) {
    view(stage, &View::Show(word.to_owned()));
}

/// A session that has so much to show.
fn with(amount: &str) -> Stage {
    match amount {
        "none" => none(),
        "some" => conversation(80, 24),
        _ => much(),
    }
}

/// Two sockets of which none has said anything.
fn none() -> Stage {
    let mut stage = Stage::new(80, 24);
    stage.pair();
    view(&mut stage, &View::Focus(A));
    stage
}

/// Many sockets; one pair with thousands of messages of every length and class, reads that cut them, an answer, and
/// one message that is not whole.
fn much() -> Stage {
    let mut stage = Stage::new(80, 24);
    stage.pair();
    stage.frame(A, "len u16be");
    stage.frame(B, "len u16be");
    for n in 0..OTHERS {
        let conn = ConnId(n + 2);
        let port = 40_000 + n * 7;
        let role = [Role::Client, Role::Accepted, Role::Listener][usize::try_from(n).unwrap() % 3];
        let peer = (role != Role::Listener).then_some("192.0.2.7:443");
        stage.open(conn, role, &format!("127.0.0.1:{port}"), peer);
        match n % 5 {
            0 => stage.event(conn, What::Gone),
            1 if role != Role::Listener => {
                stage.send(conn, &vec![b'x'; usize::try_from(n * n * 40).unwrap()])
            }
            _ => {}
        }
    }
    let mut messages = Vec::new();
    for n in 0..6000_u16 {
        messages.extend((n % 40).to_be_bytes());
        messages.extend((0..n % 40).map(|at| (at * 7 + n).to_le_bytes()[0]));
    }
    for part in messages.chunks(1460) {
        stage.send(A, part);
        stage.receive(B, part);
    }
    stage.send(B, b"\x00\x06thanks");
    stage.receive(A, b"\x00\x06thanks");
    stage.send(A, b"\x00\x80the last is not whole");
    view(&mut stage, &View::Focus(A));
    stage
}

/// Whole screens of every size, one below the other.
fn screens(stage: &mut Stage, sizes: &[(u16, u16)], heading: &str) -> String {
    let mut drawn = String::new();
    for (columns, rows) in sizes {
        stage.ui.resize(*columns, *rows, &stage.session);
        let text = stage.text(*columns, *rows);
        writeln!(drawn, "=== {columns} x {rows}, {heading}\n{text}").unwrap();
    }
    drawn
}

/// The lines between the head and the line being typed, without the empty ones at their end.
fn middle(text: &str) -> String {
    let shown = text
        .lines()
        .skip_while(|line| !line.starts_with('━'))
        .take_while(|line| !line.starts_with("─ A says"));
    let mut lines: Vec<&str> = shown.collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n")
}

/// One pane alone on the screen, at every size with every amount.
fn pane(name: &str) {
    let mut drawn = String::new();
    for amount in AMOUNTS {
        let mut stage = with(amount);
        view(&mut stage, &View::Pane(name.to_owned()));
        show(&mut stage, "zoom");
        for (columns, rows) in SIZES {
            stage.ui.resize(columns, rows, &stage.session);
            let text = middle(&stage.text(columns, rows));
            writeln!(drawn, "=== {columns} x {rows}, {amount}\n{text}").unwrap();
        }
    }
    check(&format!("pane-{name}"), &drawn);
}

#[test]
fn connections() {
    pane("connections");
}

#[test]
fn seams() {
    pane("seams");
}

#[test]
fn bytes() {
    pane("bytes");
}

#[test]
fn messages() {
    pane("messages");
}

#[test]
fn inspector() {
    pane("inspector");
}

#[test]
fn timeline() {
    pane("timeline");
}

#[test]
fn code() {
    pane("code");
}

#[test]
fn every_pane_has_its_picture() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    for pane in Ui::nouns(Noun::Pane) {
        let path = folder.join(format!("pane-{pane}.txt"));
        // The composer stands on every screen.
        assert!(pane == "composer" || path.exists(), "{pane}");
    }
}

#[test]
fn the_workbench() {
    for amount in AMOUNTS {
        let drawn = screens(&mut with(amount), &SIZES, amount);
        check(&format!("workbench-{amount}"), &drawn);
    }
}

/// In the middle of much: a message is chosen, its parts stand open, and everybody shows the same bytes.
#[test]
fn a_message_in_the_middle() {
    let mut stage = much();
    stage.ui.go_to_message(3000, &stage.session).unwrap();
    check("workbench-middle", &screens(&mut stage, &SIZES, "much"));
}

/// Earlier moments: the same panes, as they were.
#[test]
fn the_past() {
    let mut drawn = String::new();
    for (amount, seq) in [("none", 0), ("some", 7), ("much", 260)] {
        let mut stage = with(amount);
        stage.session.travel(Some(seq));
        stage.session.turn_back();
        stage.ui.travelled(&stage.session);
        drawn += &screens(&mut stage, &SIZES, amount);
    }
    check("past", &drawn);
}

#[test]
fn the_layouts() {
    let mut drawn = String::new();
    for layout in Ui::nouns(Noun::Layout) {
        if layout == "next" || layout == "auto" {
            continue;
        }
        let mut stage = with("some");
        view(&mut stage, &View::Layout(layout.clone()));
        drawn += &screens(&mut stage, &[(80, 24), (120, 40), (200, 60)], &layout);
    }
    check("layouts", &drawn);
}

#[test]
fn the_first_screen() {
    let mut stage = Stage::new(80, 24);
    check("first", &screens(&mut stage, &SIZES, "none"));
}

/// An overlay over the panes: `open` brings it about, where there is enough to show for it.
fn overlay(name: &str, amounts: &[usize], open: impl Fn(&mut Stage, usize)) {
    let mut drawn = String::new();
    for number in amounts {
        let amount = AMOUNTS[*number];
        let mut stage = with(amount);
        open(&mut stage, *number);
        drawn += &screens(&mut stage, &SIZES, amount);
    }
    check(&format!("overlay-{name}"), &drawn);
}

#[test]
fn help() {
    overlay("help", &[1], |stage, _| show(stage, "help"));
}

#[test]
fn the_table() {
    overlay("table", &[0, 2], |stage, _| show(stage, "connections"));
}

#[test]
fn saved_messages() {
    overlay("saved", &[0, 1, 2], |stage, amount| {
        let saved = |n: u32| (format!("request {n}"), format!("\"GET /{n}\\r\\n\""));
        let count = [0, 2, 70][amount];
        stage.ui.set_saved((0..count).map(saved).collect());
        show(stage, "saved");
    });
}

#[test]
fn the_framing() {
    overlay("framing", &[1], |stage, _| {
        show(stage, "framing");
        show(stage, "beside");
        let stream = (A, Dir::Out);
        let look = |rule: &str| (rule.to_owned(), "2 messages land exactly".to_owned());
        let looks = Looks {
            stream: Some(stream),
            ranking: vec![look("len u16be"), look("len u8 at 1")],
            verdict: stage.ui.locale().say("tuner.found").to_owned(),
        };
        stage.ui.open_looks(looks, &stage.session);
        while stage.ui.cut_beside(&stage.session, 1 << 20) {}
    });
}

#[test]
fn the_storm() {
    overlay("storm", &[1], |stage, _| {
        let stream = (A, Dir::Out);
        let lane = stage.session.lane(A, Dir::Out).unwrap();
        let (bytes, _) = stage.session.bytes(A, Dir::Out, 0..lane.len());
        let mut storm = Storm::new(lane.rule().clone(), &bytes, lane.sight(), 0);
        while storm.step(1 << 20) {}
        stage.ui.set_storm(stream, storm);
    });
}

#[test]
fn the_states() {
    overlay("states", &[1], |stage, _| {
        for state in [State::FinWait1, State::FinWait2, State::TimeWait] {
            stage.event(A, What::State(state));
        }
        let fact = Fact {
            state: Some(State::TimeWait),
            timer: Some(Timer::Wait),
            timer_ms: Some(43_000),
            ..Fact::default()
        };
        stage.event(A, What::Fact(fact));
        for state in [State::CloseWait, State::LastAck, State::Closed] {
            stage.event(B, What::State(state));
        }
        show(stage, "states");
    });
}

#[test]
fn what_may_follow_a_key() {
    overlay("which", &[1], |stage, _| {
        stage.keys("y");
        stage.now += Duration::from_millis(500);
    });
}

#[test]
fn a_cause() {
    overlay("cause", &[1, 2], |stage, amount| {
        view(stage, &View::Pane("timeline".to_owned()));
        if amount == 2 {
            // The newest row: what explains it must not lie over it.
            stage.call(B, Syscall::Close, Outcome::Returned(0), None);
            stage.event(B, What::Gone);
            let recv = Syscall::Recv {
                max: 4096,
                flags: Flags::default(),
            };
            stage.call(A, recv, Outcome::Failed(Errno::ECONNRESET), None);
            let seq = stage.session.event_count() - 1;
            view(stage, &View::Goto(Jump::Event(seq)));
        } else {
            view(stage, &View::Goto(Jump::Event(9)));
        }
        show(stage, "cause");
    });
}

#[test]
fn an_error() {
    overlay("card", &[0, 1, 2], |stage, amount| {
        if amount == 1 {
            // Both ends are ours: the cause stands in the log.
            stage.call(B, Syscall::Close, Outcome::Returned(0), None);
            stage.event(B, What::Gone);
            let (len, flags, to) = (4, Flags::default(), None);
            let send = Syscall::Send { len, flags, to };
            stage.call(A, send, Outcome::Failed(Errno::EPIPE), None);
            return;
        }
        let call = Syscall::Shutdown(How::Write);
        stage.call(A, call, Outcome::Failed(Errno::ENOTCONN), None);
    });
}
