//! Words and numbers that must stay whole where a screen is narrow.

use std::net::SocketAddr;

use sockeye::endpoint::Address;
use sockeye::event::{Errno, Fact, Outcome, Syscall, View, What};

use super::stage::{A, B, Stage, conversation};

#[test]
fn a_long_offset_leaves_the_text_whole() {
    let mut stage = Stage::new(120, 40);
    stage.pair();
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    stage.send(A, &vec![b'.'; 16 << 20]);
    stage.send(A, b"the last");
    let text = stage.text(120, 40);
    assert!(
        text.contains("│01000000  74 68 65 20 6c 61 73 74┊  the last│"),
        "{text}"
    );
}

#[test]
fn a_sentence_goes_on_in_the_next_line() {
    let mut stage = conversation(80, 24);
    let far = "[2001:db8:1111:2222:3333:4444:5555:6666]:65535";
    let far = Address::Inet(far.parse::<SocketAddr>().unwrap());
    let refused = Outcome::Failed(Errno::ECONNREFUSED);
    stage.call(A, Syscall::Connect(far), refused, None);
    let text = stage.text(80, 24);
    assert!(
        text.contains("it: nobody listens on that port\n     (likely)\n try: "),
        "{text}"
    );
    stage.send(A, b"more");
    assert!(
        !stage.text(80, 24).contains(" try: "),
        "the next success takes it away"
    );
    stage.event(A, What::Refused("word ".repeat(60)));
    stage.keys("Esc");
    let text = stage.text(80, 24);
    let words = text.matches("word").count();
    assert!((30..60).contains(&words), "three lines at most: {text}");
}

#[test]
fn the_journey_keeps_its_words_whole_and_its_form() {
    let mut stage = conversation(80, 24);
    let journey = |stage: &Stage| stage.text(80, 24).lines().nth(1).unwrap().to_owned();
    let before = journey(&stage);
    // As many as the kernels are told to hold.
    for _ in 0..9 {
        stage.send(A, &vec![0; 552_341]);
    }
    let fact = Fact {
        unsent: Some(4_200_000),
        in_flight: Some(640_000),
        waiting: Some(131_072),
        ..Fact::default()
    };
    stage.event(A, What::Fact(fact));
    stage.event(B, What::Fact(fact));
    let after = journey(&stage);
    assert_eq!(
        after,
        " A holds 0 B   ▶ unsent 4.2 MB▶ in flight 639 kB═▶ B queue 131 kB▶ read 12 B"
    );
    let arrows = |text: &str| {
        text.chars()
            .enumerate()
            .filter(|(_, c)| *c == '▶')
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    assert_eq!(arrows(&before), arrows(&after));
}

#[test]
fn what_was_sent_and_nobody_has_read_is_drawn_alone() {
    let mut stage = Stage::new(200, 60);
    stage.pair();
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    stage.send(A, b"please");
    stage.receive(B, b"please");
    stage.send(B, b"thanks");
    let text = stage.text(200, 60);
    let row = text.lines().find(|line| line.contains("send B")).unwrap();
    assert!(
        row.contains("send(6)") && !row.contains("no bytes"),
        "{row}"
    );
}
