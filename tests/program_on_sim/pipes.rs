//! Standard input and output through one socket, by many seeds: byte-exact in both directions, with the end of one
//! handed on as the end of the other.

use std::time::Duration;

use sockeye::os::{Os as _, Signal};

use super::kernel::Happening;
use super::program::{Numbers, Program, Stranger};
use super::{kept_is_moved, sockeye};

/// Input that comes in pieces, with pauses, and ends.
fn input(os: &mut Program, seed: u64) -> Vec<u8> {
    let mut numbers = Numbers(seed + 1);
    let (mut all, mut at) = (Vec::new(), Duration::ZERO);
    for _ in 0..numbers.below(12) {
        let len = numbers.below(20_000);
        let bytes = numbers.bytes(len);
        at += Duration::from_micros(numbers.below(100_000));
        all.extend_from_slice(&bytes);
        os.kernel.at(at, Happening::Stdin(bytes));
    }
    at += Duration::from_micros(numbers.below(100_000));
    os.kernel.at(at, Happening::StdinEnd);
    all
}

fn check(seed: u64, words: &str, stranger: Stranger) {
    let mut os = Program::new(seed);
    os.calls_max = 1_000_000;
    os.stranger = Some(stranger);
    let all = input(&mut os, seed);
    let outcome = sockeye(&mut os, words, "");
    assert_eq!(
        (outcome.ending.code, &outcome.ending.message),
        (0, &None),
        "seed {seed}"
    );
    let stranger = os.stranger.as_ref().unwrap();
    assert!(
        stranger.received == all,
        "seed {seed}: the stranger received other bytes"
    );
    assert!(
        os.kernel.stdout() == all,
        "seed {seed}: standard output has other bytes"
    );
    kept_is_moved(&os, &outcome);
}

#[test]
fn a_client_is_byte_exact() {
    for seed in 0..60 {
        check(
            seed,
            "connect 127.0.0.1:7000 --headless",
            Stranger::at("127.0.0.1:7000"),
        );
    }
}

#[test]
fn a_listener_is_byte_exact() {
    for seed in 0..60 {
        check(
            seed,
            "listen 127.0.0.1:7000 --headless",
            Stranger::to("127.0.0.1:7000"),
        );
    }
}

#[test]
fn a_reset_is_told_and_what_came_before_it_is_written() {
    for seed in 1..60 {
        let mut os = Program::new(seed);
        let mut stranger = Stranger::at("127.0.0.1:7000");
        stranger.resets_after = Some(usize::try_from(seed).unwrap() * 500);
        os.stranger = Some(stranger);
        os.kernel.at(
            Duration::from_millis(5),
            Happening::Stdin(vec![b'x'; 60_000]),
        );
        let outcome = sockeye(&mut os, "connect 127.0.0.1:7000 --headless", "");
        assert_eq!(outcome.ending.code, 3, "seed {seed}: {outcome:?}");
        let received: usize = os.moved(sockeye::event::Dir::In).iter().map(Vec::len).sum();
        assert_eq!(os.kernel.stdout().len(), received, "seed {seed}");
        kept_is_moved(&os, &outcome);
    }
}

#[test]
fn nobody_there_is_status_3() {
    for seed in 0..20 {
        let mut os = Program::new(seed);
        let outcome = sockeye(&mut os, "connect 127.0.0.1:7 --headless", "");
        assert_eq!(outcome.ending.code, 3, "seed {seed}: {outcome:?}");
        assert!(os.calls < 200, "{} calls", os.calls);
    }
}

#[test]
fn f08_a_standard_output_that_stands_still_stops_the_reading_and_nothing_is_lost() {
    let mut os = Program::new(0);
    os.stdout_opens = Duration::from_secs(60);
    os.stranger = Some(Stranger::at("127.0.0.1:7000"));
    let all: Vec<u8> = (0..5_u32 << 20)
        .map(|at| (at % 251).to_le_bytes()[0])
        .collect();
    os.kernel.at(Duration::ZERO, Happening::Stdin(all.clone()));
    os.kernel.at(Duration::ZERO, Happening::StdinEnd);
    let outcome = sockeye(&mut os, "connect 127.0.0.1:7000 --headless", "");
    assert_eq!(outcome.ending.code, 0, "{:?}", outcome.ending);
    assert!(
        os.kernel.stdout() == all,
        "{} bytes",
        os.kernel.stdout().len()
    );
    // The paused socket is sampled once a second (DESIGN.md, A turn of the loop), and nothing else happens.
    let still = Duration::from_secs(30)..os.stdout_opens;
    let waits = os.waits.iter().filter(|(at, _)| still.contains(at)).count();
    assert!(waits <= 31, "{waits} waits in 30 s");
    assert!(
        os.held_up < 3 << 20,
        "{} bytes were read meanwhile",
        os.held_up
    );
}

/// The payloads of all messages that came, put together, as lines of JSON tell them.
fn told(lines: &str) -> Vec<u8> {
    let mut all = Vec::new();
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line["kind"] == "message" && line["dir"] == "in" {
            let hex = line["payload"].as_str().unwrap().as_bytes();
            let pairs = hex
                .chunks_exact(2)
                .map(|pair| str::from_utf8(pair).unwrap());
            all.extend(pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()));
        }
    }
    all
}

#[test]
fn f08_json_that_nobody_takes_stops_the_reading_and_nothing_is_lost() {
    let mut os = Program::new(0);
    os.stdout_opens = Duration::from_secs(60);
    os.stranger = Some(Stranger::at("127.0.0.1:7000"));
    let sends = ["a", "b", "c", "d", "e", "f"].map(|letter| format!("send \"{letter}\"*1000000\n"));
    let script = format!(
        "connect 127.0.0.1:7000\n{}shutdown write\nwait eof within 300s\n",
        sends.concat()
    );
    let outcome = sockeye(&mut os, "run play.sock --json", &script);
    assert_eq!(outcome.ending.code, 0, "{:?}", outcome.ending);
    let all: Vec<u8> = (b'a'..=b'f')
        .flat_map(|letter| vec![letter; 1_000_000])
        .collect();
    let told = told(str::from_utf8(os.kernel.stdout()).unwrap());
    assert!(told == all, "{} bytes told", told.len());
    let still = Duration::from_secs(30)..os.stdout_opens;
    let waits = os.waits.iter().filter(|(at, _)| still.contains(at)).count();
    assert!(waits <= 31, "{waits} waits in 30 s");
    assert!(
        os.held_up < 2 << 20,
        "{} bytes were read meanwhile",
        os.held_up
    );
}

#[test]
fn f08_a_tap_whose_output_nobody_reads_says_what_its_end_waits_for() {
    let seconds = Duration::from_secs;
    for (asked, ends) in [(&[2_u64] as &[u64], 60), (&[2, 5], 5)] {
        let mut os = Program::new(0);
        os.stdout_opens = seconds(60);
        for at in asked {
            let asks = Happening::Signal(Signal::Terminate);
            os.kernel.at(seconds(*at), asks);
        }
        let words = "tap 127.0.0.1:0 127.0.0.1:7000 --headless --json";
        let outcome = sockeye(&mut os, words, "");
        assert_eq!(outcome.ending.code, 0, "{:?}", outcome.ending);
        let said = os.kernel.stderr().to_owned();
        assert_eq!(
            said.matches("nobody reads standard output").count(),
            1,
            "{said:?}"
        );
        assert_eq!(os.kernel.now().as_secs(), ends);
        assert!(os.waits.len() < 20, "{} waits", os.waits.len());
    }
}
