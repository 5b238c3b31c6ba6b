//! From the card of an error to its cause, on to what came of that, and back.

use std::time::Duration;

use sockeye::event::{Errno, Flags, Jump, Outcome, Syscall, View, What};

use crate::stage::{A, B, Stage, conversation};

/// B closes with bytes unread, and A's next call meets the reset; returns the numbers of both events.
fn reset(stage: &mut Stage) -> (u64, u64) {
    stage.send(A, b"never read");
    stage.call(B, Syscall::Close, Outcome::Returned(0), None);
    let closed = stage.session.event_count() - 1;
    stage.event(B, What::Gone);
    let (max, flags) = (4096, Flags::default());
    let failed = Outcome::Failed(Errno::ECONNRESET);
    stage.call(A, Syscall::Recv { max, flags }, failed, None);
    (closed, stage.session.event_count() - 1)
}

#[track_caller]
fn shows(stage: &Stage, parts: &[&str]) {
    let text = stage.text(100, 30);
    for part in parts {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn enter_on_the_card_leads_to_the_cause_and_back() {
    let mut stage = conversation(100, 30);
    let (closed, reset) = reset(&mut stage);
    let told = format!("B closed with 10 bytes unread, #{closed}");
    shows(
        &stage,
        &[&format!("{told} (certain)"), "try: ", "Enter why"],
    );
    stage.keys("Enter");
    let chain = format!("ECONNRESET ← RST ← {told} (certain)");
    let title = format!("cause and effect of #{reset}");
    shows(&stage, &[&title, &chain, &format!("Enter #{closed} · Esc")]);
    stage.keys("Enter");
    let there = format!("cause and effect of #{closed}");
    let came = format!("what came of it: A recv(4096) ECONNRESET, #{reset}");
    let keys = format!("Enter #{reset} · ' #{reset} · Esc");
    shows(&stage, &[&there, &came, &keys]);
    stage.keys("'");
    shows(&stage, &[&title, &chain]);
    stage.keys("Enter");
    shows(&stage, &[&there]);
    stage.keys("Esc");
    let text = stage.text(100, 30);
    assert!(!text.contains("cause and effect"), "{text}");
    shows(&stage, &[&format!("◀ at #{reset}")]);
}

#[test]
fn a_card_that_is_gone_has_no_key() {
    let mut stage = conversation(100, 30);
    reset(&mut stage);
    shows(&stage, &["Enter why"]);
    stage.now += Duration::from_secs(60);
    assert!(!stage.text(100, 30).contains("Enter why"));
    stage.keys("Enter");
    let text = stage.text(100, 30);
    assert!(!text.contains("cause and effect"), "{text}");
}

#[test]
fn bytes_lead_from_who_received_them_to_who_sent_them() {
    let mut stage = conversation(100, 30);
    stage.send(A, b"more");
    let sent = stage.session.event_count() - 1;
    stage.receive(B, b"more");
    let received = stage.session.event_count() - 1;
    stage.ui.view(&goto(received), &stage.session).unwrap();
    stage.ui.view(&pane(), &stage.session).unwrap();
    stage.keys("Enter");
    shows(&stage, &[&format!("Enter #{sent}")]);
    stage.keys("Enter");
    shows(&stage, &[&format!("cause and effect of #{sent}")]);
}

fn goto(seq: u64) -> View {
    View::Goto(Jump::Event(seq))
}

fn pane() -> View {
    View::Pane("timeline".to_owned())
}
