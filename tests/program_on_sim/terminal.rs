//! The workbench on the simulated terminal: the demo, its keys, sizes, and the end of the terminal at any moment.

use std::time::Duration;

use sockeye::event::Dir;

use super::kernel::Happening;
use super::program::Program;
use super::{kept_is_moved, sockeye};

/// When the demo has said its last.
const DEMO: f64 = 30.0;

#[track_caller]
fn shows(screen: &str, words: &[&str]) {
    for word in words {
        assert!(screen.contains(word), "no {word:?} on:\n{screen}");
    }
}

#[test]
fn the_first_screen_plays_the_demo() {
    let mut os = Program::new(0);
    os.types(1.0, "\r");
    os.types(DEMO + 1.0, ":quit\r");
    let outcome = sockeye(&mut os, "--clean", "");
    assert_eq!(outcome.ending.code, 0, "{outcome:?}");
    let sent = b"\0\x05hello\0\x05two m\0\x08essages!\0\x0cwor";
    assert_eq!(outcome.lane("A", Dir::Out), sent);
}

#[test]
fn the_demo_plays_to_its_end_in_virtual_time() {
    let mut os = Program::new(0);
    os.types(DEMO, ":quit\r");
    let outcome = sockeye(&mut os, "demo", "");
    assert_eq!(outcome.ending.code, 0, "{outcome:?}");
    let sent = b"\0\x05hello\0\x05two m\0\x08essages!\0\x0cwor";
    assert_eq!(outcome.lane("A", Dir::Out), sent);
    assert_eq!(outcome.lane("B", Dir::In), sent);
    assert!(!os.kernel.is_raw());
    kept_is_moved(&os, &outcome);
    let screen = os.shown(100, 30);
    shows(
        &screen,
        &[
            "A :",
            "B :",
            "CLOSE_WAIT",
            "\"hello\"",
            "\"essages!\"",
            "\"wor\"",
            "waiting for 9 more bytes",
            "send(",
            "recv(",
        ],
    );
}

#[test]
fn a_key_takes_the_demo_over() {
    let mut os = Program::new(0);
    os.types(3.0, "?");
    os.types(DEMO, "\x1b");
    os.types(DEMO + 1.0, ":quit\r");
    let outcome = sockeye(&mut os, "demo", "");
    assert_eq!(outcome.ending.code, 0, "{outcome:?}");
    assert_eq!(outcome.lane("A", Dir::Out), b"\0\x05hello");
    assert!(!os.kernel.is_raw());
}

#[test]
fn keys_send_and_the_peer_reads_for_every_way_in_which_keys_arrive() {
    for seed in 0..40 {
        let mut os = Program::new(seed);
        os.types(0.2, "s");
        os.types(1.0, "hello");
        os.types(2.0, "\r");
        os.types(4.0, "\x1b");
        os.types(5.0, ":quit\r");
        let outcome = commands(&mut os, "pair unix as A B");
        assert_eq!(outcome.ending.code, 0, "{seed}: {outcome:?}");
        assert_eq!(outcome.lane("B", Dir::In), b"hello", "seed {seed}");
        assert!(!os.kernel.is_raw());
        kept_is_moved(&os, &outcome);
    }
}

/// The workbench with commands to begin with.
pub(super) fn commands(os: &mut Program, line: &str) -> super::Outcome {
    let plan = sockeye::run::Plan {
        lines: vec![line.to_owned()],
        ..Default::default()
    };
    super::play(os, &mut sockeye::run::Workbench::new(false), plan)
}

#[test]
fn quiet_connections_cost_no_call() {
    let lines = [
        "pair unix as A B; @A send \"hello\"",
        "pair tcp as A B; @A send \"hello\"",
        "pair udp as A B; @A send \"hello\"",
        "listen :7000; connect :7000",
        "listen :7000",
        "connect :7",
        "connect 127.0.0.1:7 timeout 3s",
        "pair tcp as A B; @A send \"hello\"; @A shutdown write",
        "pair unix as A B; @A close",
        "pair tcp as A B; @A abort",
    ];
    for line in lines {
        let mut os = Program::new(0);
        let outcome = commands(&mut os, line);
        assert_eq!(outcome.ending.code, 143, "{line}: {outcome:?}");
        let since = os.quiet_since();
        let quiet = since.is_some_and(|since| since < Duration::from_secs(40));
        assert!(
            quiet,
            "{line}: quiet since {since:?}; last waits {:?}",
            os.waits.iter().rev().take(5).collect::<Vec<_>>()
        );
        assert!(os.calls < 2000, "{line}: {} calls", os.calls);
    }
}

/// Lines that keep bytes coming for a second.
const TRAFFIC: &str = "pair unix as A B; @A frame in len u16be; @B frame in len u16be; \
    @A send rand(100) rand(3000 seed 2); @B send \"hi\"";

#[test]
fn f39_any_size_at_any_moment() {
    let mut os = Program::new(7);
    let mut at = Duration::from_millis(1);
    for columns in 0..=40 {
        for rows in 0..=20 {
            os.kernel.at(at, Happening::Resized(columns, rows));
            at += Duration::from_millis(u64::from(7 + columns % 5 * 8));
        }
    }
    for step in 0..800_u32 {
        let send = if step % 3 == 0 {
            ":@B send rand(9)\r"
        } else {
            ":@A send 00 02 61 0a\r"
        };
        os.types(f64::from(step) * 0.025, send);
    }
    os.kernel.at(at, Happening::Resized(80, 24));
    os.types(at.as_secs_f64() + 1.0, "\x1b");
    os.types(at.as_secs_f64() + 2.0, ":quit\r");
    let outcome = commands(&mut os, TRAFFIC);
    assert_eq!(outcome.ending.code, 0, "{outcome:?}");
    assert!(outcome.lane("B", Dir::In).len() > 5000);
    kept_is_moved(&os, &outcome);
    addresses_stay_inside(&os);
    shows(&os.shown(80, 24), &["A", "messages", "timeline"]);
}

/// No cursor address lies outside of the size that the program knew when it wrote it.
fn addresses_stay_inside(os: &Program) {
    let screen = os.kernel.screen();
    let ends = os.sizes.iter().skip(1).map(|(at, _)| *at);
    let mut seen = 0;
    for ((start, (columns, rows)), end) in os.sizes.iter().zip(ends.chain([screen.len()])) {
        let text = String::from_utf8_lossy(&screen[*start..end]).into_owned();
        for sequence in text.split("\x1b[").skip(1) {
            let Some((numbers, _)) = sequence.split_once('H') else {
                continue;
            };
            let Some((row, column)) = numbers.split_once(';') else {
                continue;
            };
            if let (Ok(row), Ok(column)) = (row.parse::<u16>(), column.parse::<u16>()) {
                seen += 1;
                assert!(
                    row <= *rows && column <= *columns,
                    "{row};{column} of {rows}×{columns}"
                );
            }
        }
    }
    assert!(seen > 1000, "only {seen} cursor addresses");
}

#[test]
fn f42_the_terminal_goes_at_any_moment() {
    let run = |gone_from| {
        let mut os = Program::new(3);
        os.gone_from = gone_from;
        os.types(0.1, "s");
        os.types(0.3, "hello\r");
        os.types(0.6, "\x1b");
        os.types(1.0, ":quit\r");
        let outcome = commands(&mut os, TRAFFIC);
        (os, outcome)
    };
    let (whole, outcome) = run(u64::MAX);
    assert_eq!(outcome.ending.code, 0, "{outcome:?}");
    assert!(whole.calls > 100, "only {} calls", whole.calls);
    for call in 3..whole.calls {
        let (os, outcome) = run(call);
        let gone = outcome.ending.code == 129;
        // In the last calls the program may have ended by itself.
        assert!(gone || call + 3 > whole.calls, "call {call}: {outcome:?}");
        assert!(!os.kernel.is_raw());
        assert!(
            os.calls < call + 60,
            "{} calls after the end",
            os.calls - call
        );
        kept_is_moved(&os, &outcome);
    }
}

#[test]
fn f43_a_terminal_that_takes_nothing_holds_no_socket_up() {
    let mut os = Program::new(0);
    os.kernel.stall(true);
    let outcome = commands(&mut os, TRAFFIC);
    assert_eq!(outcome.ending.code, 143, "{outcome:?}");
    assert_eq!(outcome.lane("B", Dir::In).len(), 3100);
    assert!(os.quiet_since().is_some());
    assert!(os.calls < 500, "{} calls", os.calls);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in [0, 1, 2, 3, 99] {
        let run = || {
            let mut os = Program::new(seed);
            os.types(DEMO, ":quit\r");
            sockeye(&mut os, "demo", "");
            (os.trace, os.calls)
        };
        assert_eq!(run(), run(), "seed {seed}");
    }
}
