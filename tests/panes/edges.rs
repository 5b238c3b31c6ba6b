//! What is seldom in view: no faults, a datagram tap before its first client, the keys where a file is open.

use std::net::SocketAddr;

use sockeye::endpoint::{Address, Endpoint, Transport};
use sockeye::event::{Dir, Fault, How, Outcome, Role, Syscall, View, What};

use super::stage::{A, Stage, conversation};
use super::talks::TAP;

/// The last line: the keys.
fn footer(stage: &Stage) -> String {
    let (rows, _) = stage.draw(120, 40);
    rows.last().cloned().unwrap()
}

#[test]
fn a_fault_is_ended_by_a_key_only_where_there_is_one() {
    let mut stage = Stage::new(120, 40);
    stage.tap();
    stage.keys("X");
    assert_eq!(footer(&stage), " Esc back");
    assert!(!stage.text(120, 40).contains("Enter"), "nor in the title");
    assert_eq!(stage.keys("Enter"), Vec::<String>::new());
    let words = "latency 20ms".to_owned();
    let (number, dir) = (1, Some(Dir::In));
    stage.event(TAP, What::Fault(Fault::Begun { number, dir, words }));
    assert_eq!(footer(&stage), " Enter end it  Esc back");
    assert_eq!(stage.keys("Enter"), ["fault off 1"]);
}

#[test]
fn a_datagram_tap_has_no_journey_before_its_first_client() {
    let mut stage = Stage::new(120, 40);
    let what = What::Opened {
        name: None,
        role: Role::Tap,
        transport: Transport::Udp,
        parent: None,
    };
    stage.event(TAP, what);
    let local = "127.0.0.1:53".parse::<SocketAddr>().unwrap();
    let what = What::Addressed {
        local: Some(Address::Inet(local)),
        peer: None,
    };
    stage.event(TAP, what);
    let target = Endpoint::parse("udp://127.0.0.1:5353").unwrap();
    stage.event(TAP, What::Relays(target));
    stage.ui.view(&View::Focus(TAP), &stage.session).unwrap();
    for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
        stage.ui.resize(columns, rows, &stage.session);
        let text = stage.text(columns, rows);
        assert!(text.contains("0 came ▶ each goes on to :5353"), "{text}");
        assert!(!text.contains("in flight"), "{text}");
        assert!(!text.contains("peer"), "{text}");
    }
}

#[test]
fn where_a_file_is_open_the_keys_that_work_come_first() {
    let mut stage = conversation(120, 40);
    assert!(footer(&stage).starts_with(" s send"));
    stage.ui.set_opened("talk.pcapng");
    let footer = footer(&stage);
    assert!(footer.starts_with(" f frame"), "{footer}");
    let at = |word: &str| footer.find(word).unwrap_or(usize::MAX);
    assert!(at("/ find") < at("s send"), "{footer}");
}

#[test]
fn what_a_call_means_begins_in_one_column() {
    let mut stage = conversation(80, 24);
    let call = Syscall::SetOption {
        name: "oobinline".to_owned(),
        value: "on".to_owned(),
    };
    stage.call(A, call, Outcome::Returned(0), None);
    let call = Syscall::Shutdown(How::Write);
    stage.call(A, call, Outcome::Returned(0), None);
    stage
        .ui
        .view(&View::Pane("timeline".to_owned()), &stage.session)
        .unwrap();
    let text = stage.text(80, 24);
    let at = |words: &str| {
        let line = text.lines().find(|line| line.contains(words));
        let line = line.unwrap_or_else(|| panic!("{words}\n{text}"));
        line.split_once(words)
            .map(|(before, _)| before.chars().count())
    };
    assert_eq!(at("urgent bytes"), at("we send no more"), "{text}");
}
