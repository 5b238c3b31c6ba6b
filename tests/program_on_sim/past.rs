//! Looking at the past on the screen: what leads there and back, that every pane shows that moment, that nothing acts
//! from there, and that the connections go on meanwhile.

use std::time::Duration;

use sockeye::event::Dir;
use sockeye::os::Signal;
use sockeye::run::{Plan, Workbench};

use super::Outcome;
use super::kernel::Happening;
use super::program::Program;

/// A conversation.
const OPENING: &str = "pair tcp as A B; @A frame out line; @B frame in line; @A send \"one\\n\"; @A send \"two\\n\"; \
    focus A";

/// What is said of a key that acts.
const REFUSED: &str = "the past is in view and nothing acts from there";

/// Types these, one after the other, and looks.
fn see(opening: &str, typed: &[&str]) -> (String, Outcome) {
    let mut os = Program::new(0);
    os.kernel
        .at(Duration::from_millis(1), Happening::Resized(120, 40));
    let mut at = 0.5;
    for keys in typed {
        os.types(at, keys);
        at += 0.2;
    }
    let end = Duration::from_secs_f64(at + 0.5);
    os.kernel.at(end, Happening::Signal(Signal::Terminate));
    let plan = Plan {
        lines: vec![opening.to_owned()],
        ..Plan::default()
    };
    let outcome = super::play(&mut os, &mut Workbench::new(false), plan);
    (os.shown(120, 40), outcome)
}

/// The number of the event that is looked at.
fn viewing(screen: &str) -> Option<u64> {
    let (_, bar) = screen.split_once("◀ viewing #")?;
    let number: String = bar.chars().take_while(char::is_ascii_digit).collect();
    number.parse().ok()
}

#[test]
fn the_keys_of_time_lead_through_the_log_and_back() {
    let at = |typed: &[&str]| viewing(&see(OPENING, typed).0);
    let newest = at(&[" "]).unwrap();
    assert!(newest > 10, "{newest}");
    assert_eq!(at(&["["]), Some(newest - 1));
    assert_eq!(at(&["[", "[", "[", "]"]), Some(newest - 2));
    assert_eq!(at(&["[", ":", "goto 3\r"]), Some(3));
    assert_eq!(at(&["[", ":", "step back 1000\r"]), Some(0));
    assert_eq!(at(&[":", "goto 5\r"]), None, "looking is not travelling");
    assert_eq!(at(&[":", "goto 5\r", "["]), Some(5), "from the chosen row");
    for home in [&[" ", " "][..], &["[", "0"], &["[", "[", "\x1b"]] {
        let (screen, _) = see(OPENING, home);
        assert_eq!(viewing(&screen), None, "{home:?}\n{screen}");
        assert!(screen.contains("● live"), "{home:?}\n{screen}");
    }
    let (screen, _) = see(OPENING, &[" ", "]"]);
    assert!(screen.contains("this is the newest event"), "{screen}");
}

#[test]
fn every_pane_shows_the_moment() {
    let (now, _) = see(OPENING, &[]);
    assert!(now.contains("two"), "{now}");
    let (screen, _) = see(OPENING, &["[", ":", "goto 0\r"]);
    assert_eq!(viewing(&screen), Some(0));
    for late in ["two", "ESTAB", "2◂B"] {
        assert!(!screen.contains(late), "{late}\n{screen}");
    }
    // Before the second message was sent: it is nowhere.
    let sent = now.lines().find(|line| line.contains("bytes 4–7"));
    let number = sent.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    let goto = format!("goto {}\r", number.unwrap() - 1);
    let (screen, _) = see(OPENING, &["[", ":", &goto]);
    assert!(screen.contains("one"), "{screen}");
    assert!(!screen.contains("two"), "{screen}");
}

#[test]
fn nothing_acts_from_the_past() {
    for typed in [
        &["[", "s"][..],
        &["[", "w"],
        &["[", "c"],
        &["[", "m"],
        &["[", "u"],
    ] {
        let (screen, _) = see(OPENING, typed);
        assert!(screen.contains(REFUSED), "{typed:?}\n{screen}");
        assert!(viewing(&screen).is_some(), "{typed:?}\n{screen}");
    }
    let (screen, outcome) = see(OPENING, &["[", ":", "@A send \"three\"\r"]);
    assert!(screen.contains(REFUSED), "{screen}");
    assert_eq!(outcome.lane("B", Dir::In), b"one\ntwo\n");
    let (_, outcome) = see(OPENING, &["[", "0", ":", "@A send \"three\"\r"]);
    assert_eq!(outcome.lane("B", Dir::In), b"one\ntwo\nthree");
    let (screen, outcome) = see(OPENING, &["[", "\x1b[200~pasted\x1b[201~"]);
    assert!(screen.contains(REFUSED), "{screen}");
    assert_eq!(outcome.lane("B", Dir::In), b"one\ntwo\n");
}

#[test]
fn the_connections_go_on_meanwhile() {
    let opening = format!("{OPENING}; repeat 40 every 20ms @A send \"more\\n\"");
    let (screen, outcome) = see(&opening, &[" "]);
    assert!(!screen.contains("the newest · 0 for now"), "{screen}");
    assert!(screen.contains("events since"), "{screen}");
    let received = outcome.lane("B", Dir::In).len();
    assert!(received > 100, "{received}");
    let (screen, _) = see(&opening, &["[", "0"]);
    assert_eq!(viewing(&screen), None);
    assert!(screen.contains("#42"), "all of it is there\n{screen}");
}
