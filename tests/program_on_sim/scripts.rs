//! Scripts without a terminal, by many seeds: whatever the kernel does by chance, they pass, and what was received is
//! what was sent.

use std::time::Duration;

use sockeye::event::Dir;
use sockeye::os::Os as _;

use super::program::{Numbers, Program};
use super::{kept_is_moved, sockeye};

/// Both ends send and expect, in an order and in amounts that follow from a seed.
fn conversation(seed: u64, sockets: [&str; 2]) -> String {
    let mut numbers = Numbers(seed);
    let mut lines = Vec::new();
    for step in 0..12 {
        let from = usize::from(numbers.one_in(2));
        let (from, to) = (sockets[from], sockets[1 - from]);
        let (len, draw) = (1 + numbers.below(4000), 1 + seed * 100 + step);
        let bytes = format!("rand({len} seed {draw})");
        match numbers.below(4) {
            0 => {
                lines.push(format!("@{from} send \"in {step} parts\""));
                lines.push(format!("@{to} wait bytes /in {step} parts/"));
            }
            1 => {
                lines.push(format!("@{from} send {bytes}"));
                lines.push(format!("@{from} send 00 0d 0a"));
                lines.push(format!("@{to} expect {bytes} 00 0d 0a"));
            }
            _ => {
                lines.push(format!("@{from} send {bytes}"));
                lines.push(format!("@{to} expect {bytes} within 60s"));
            }
        }
    }
    lines.join("\n")
}

fn check(seed: u64, make: &str, sockets: [&str; 2], ends: &str) {
    let mut os = Program::new(seed);
    let script = format!("{make}\n{}\n{ends}\n", conversation(seed, sockets));
    let words = if seed.is_multiple_of(2) {
        "run FILE --json"
    } else {
        "run FILE"
    };
    let outcome = sockeye(&mut os, words, &script);
    assert_eq!(
        (outcome.ending.code, &outcome.ending.message),
        (0, &None),
        "seed {seed}:\n{script}"
    );
    kept_is_moved(&os, &outcome);
    for (from, to) in [(0, 1), (1, 0)] {
        let sent = outcome.lane(sockets[from], Dir::Out);
        let received = outcome.lane(sockets[to], Dir::In);
        assert!(sent == received, "seed {seed}: {} sent", sent.len());
    }
    if seed.is_multiple_of(2) {
        lines_are_objects(os.kernel.stdout());
    }
}

/// Standard output is a JSON object a line, and the last is a passed result.
fn lines_are_objects(stdout: &[u8]) {
    let text = std::str::from_utf8(stdout).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["kind"], &last["passed"]),
        (&"result".into(), &true.into())
    );
    assert!(lines.iter().all(serde_json::Value::is_object));
}

#[test]
fn a_unix_pair_talks() {
    for seed in 0..200 {
        check(
            seed,
            "pair unix as A B",
            ["A", "B"],
            "@A shutdown write\n@B wait eof",
        );
    }
}

#[test]
fn a_listener_and_a_client_talk() {
    let make = "listen 127.0.0.1:0 as L\nconnect @L as A\n@L wait accepted";
    for seed in 0..200 {
        check(seed, make, ["A", "B"], "@B close\n@A wait eof");
    }
}

#[test]
fn a_reset_is_seen_as_one() {
    for seed in 0..200 {
        let mut os = Program::new(seed);
        let script = "listen 127.0.0.1:0 as L\nconnect @L as A\n@L wait accepted\n\
            @A send rand(5000 seed 1)\n@B expect rand(5000 seed 1) within 60s\n@A abort\n@B wait reset within 60s\n";
        let outcome = sockeye(&mut os, "run FILE", script);
        assert_eq!(outcome.ending.message, None, "seed {seed}");
        kept_is_moved(&os, &outcome);
    }
}

#[test]
fn a_refusal_is_an_event_and_an_unmet_expectation_is_status_1() {
    for seed in 0..50 {
        let mut os = Program::new(seed);
        let outcome = sockeye(&mut os, "run FILE", "connect :7 as A\n@A wait refused\n");
        assert_eq!(outcome.ending.message, None, "seed {seed}");
        let mut os = Program::new(seed);
        let script = "pair unix as A B\n@A send \"x\"\n@B expect \"y\" within 2s\n";
        let outcome = sockeye(&mut os, "run FILE", script);
        assert_eq!(outcome.ending.code, 1, "seed {seed}: {outcome:?}");
        let mut os = Program::new(seed);
        let script = "pair unix as A B\n@B wait \"y\" within 2s\n";
        let outcome = sockeye(&mut os, "run FILE", script);
        assert_eq!(outcome.ending.code, 1, "seed {seed}: {outcome:?}");
    }
}

#[test]
fn a_state_that_is_there_is_not_waited_for() {
    let mut os = Program::new(0);
    let script =
        "pair unix as A B\n@A shutdown write\n@B wait state CLOSE_WAIT\n@A wait state FIN_WAIT2\n";
    let outcome = sockeye(&mut os, "run FILE", script);
    assert_eq!(outcome.ending.message, None);
    let took = os.kernel.now();
    assert!(took < Duration::from_millis(200), "{took:?}");
}

#[test]
fn a_script_goes_on_behind_a_repetition() {
    let mut os = Program::new(0);
    let script = "pair unix as A B\nrepeat 9 @A send \"x\"\n@B wait bytes /x{9}/\n";
    let outcome = sockeye(&mut os, "run FILE", script);
    assert_eq!(outcome.ending.message, None);
    let took = os.kernel.now();
    assert!(took < Duration::from_millis(200), "{took:?}");
}

#[test]
fn a_script_that_waits_too_long_ends_with_124() {
    let mut os = Program::new(0);
    let outcome = sockeye(
        &mut os,
        "run FILE --timeout 3s",
        "pair unix as A B\nsleep 10s\n",
    );
    assert_eq!(outcome.ending.code, 124);
    assert!(os.calls < 100, "{} calls", os.calls);
}
