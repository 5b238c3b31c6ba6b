//! A disk that answers late or never, on the simulated system: the recording waits for it, and nothing else does.

use std::time::Duration;

use sockeye::event::{Dir, What};
use sockeye::os::{Os as _, Signal};
use sockeye::run::{Plain, Plan, Workbench};

use super::kernel::Happening;
use super::program::Program;
use super::recording::Recording;
use super::{Outcome, play, sockeye};

const FILE: &str = "a.pcapng";

/// A disk that does nothing in the first so many seconds.
fn silent(seconds: u64) -> Program {
    let mut os = Program::new(0);
    os.kernel
        .silent_disk(Duration::ZERO..Duration::from_secs(seconds));
    // Who waits makes no calls.
    os.calls_max = 2000;
    os
}

fn happens(os: &mut Program, seconds: u64, happening: Happening) {
    os.kernel.at(Duration::from_secs(seconds), happening);
}

fn signal(os: &mut Program, seconds: u64, signal: Signal) {
    happens(os, seconds, Happening::Signal(signal));
}

/// The workbench with a pair that is recorded.
fn workbench(os: &mut Program) -> Outcome {
    let lines = ["record a.pcapng", "pair unix as A B", "@A send \"before \""];
    let plan = Plan {
        lines: lines.map(str::to_owned).to_vec(),
        ..Plan::default()
    };
    let outcome = play(os, &mut Workbench::new(false), plan);
    assert!(!os.kernel.is_raw(), "{outcome:?}");
    outcome
}

/// The second in which it ended.
fn second(os: &Program) -> u64 {
    os.kernel.now().as_secs()
}

fn shows(os: &Program, text: &str) {
    let shown = os.shown(100, 30);
    assert!(shown.contains(text), "{text}\n{shown}");
}

/// The file is whole as far as it goes: what B received, and the last note.
fn recorded(os: &Program) -> (Vec<u8>, String) {
    let recording = Recording::read(&os.kernel.made(FILE).unwrap());
    assert_eq!((recording.wrong, recording.why), (None, None));
    let mut events = recording.events().into_iter().rev();
    let note = events.find_map(|event| match event.what {
        What::Note(text) => Some(text),
        _ => None,
    });
    (recording.bytes("B", Dir::In), note.unwrap_or_default())
}

#[test]
fn a_recording_that_ends_lets_the_loop_go_on_and_is_told_when_it_is_there() {
    let mut os = silent(30);
    os.types(2.0, ":record off\r");
    os.types(3.0, ":@A send \"after\"\r");
    signal(&mut os, 31, Signal::Terminate);
    let outcome = workbench(&mut os);
    assert_eq!((outcome.ending.code, second(&os)), (143, 31), "{outcome:?}");
    assert_eq!(outcome.lane("B", Dir::In), b"before after");
    let len = os.kernel.made(FILE).unwrap().len();
    shows(&os, &format!("recorded {len} bytes into a.pcapng"));
    let (bytes, note) = recorded(&os);
    assert_eq!(bytes, b"before ");
    assert_eq!(note, "the recording into a.pcapng ends");
}

#[test]
fn while_a_recording_waits_for_its_disk_that_is_shown_and_another_may_begin() {
    let check = |keys: &[&str], expected: &str| {
        let mut os = silent(1000);
        for (at, keys) in (2_u32..).zip(keys) {
            os.types(f64::from(at), keys);
        }
        // What is gone leaves the screen as it is.
        happens(&mut os, 9, Happening::TerminalGone);
        let outcome = workbench(&mut os);
        assert_eq!(outcome.ending.code, 129, "{outcome:?}");
        shows(&os, expected);
    };
    let off = ":record off\r";
    check(&[off], "waits for its disk");
    let again = "`record OTHER` records into another file";
    check(&[off, ":record a.pcapng over\r"], again);
    check(&[off, off], "a.pcapng has ended, and waits for its disk");
    check(&[off, ":record b\r"], "recording into b");
    let more = [off, ":record b\r", ":record off; record c\r", off];
    check(&more, "waits for its disk");
    let most = [
        off,
        ":record b; record off\r",
        ":record c; record off\r",
        ":record d; record off\r",
        ":record e\r",
    ];
    check(&most, "4 recordings still wait for their disks");
}

#[test]
fn the_end_waits_for_the_disk_and_says_so() {
    let mut os = silent(30);
    os.types(2.0, ":quit\r");
    os.types(3.0, ":@A send \"meanwhile\"\r");
    let outcome = workbench(&mut os);
    assert_eq!((outcome.ending.code, second(&os)), (0, 30), "{outcome:?}");
    assert_eq!(outcome.ending.message, None);
    assert_eq!(outcome.lane("B", Dir::In), b"before meanwhile");
    assert_eq!(recorded(&os).0, b"before ");
}

#[test]
fn whoever_asks_for_the_end_again_leaves_without_the_disk() {
    let check = |end: &dyn Fn(&mut Program, u32), code: u8| {
        let mut os = silent(1000);
        end(&mut os, 2);
        end(&mut os, 5);
        let outcome = workbench(&mut os);
        assert_eq!((outcome.ending.code, second(&os)), (code, 5), "{outcome:?}");
        let why = outcome.ending.message.unwrap_or_default();
        assert!(why.contains("a.pcapng may not be whole"), "{why}");
        shows(&os, "disk not done: C-c leaves without it");
    };
    check(&|os, at| os.types(f64::from(at), ":quit\r"), 74);
    check(&|os, at| signal(os, at.into(), Signal::Terminate), 143);
    check(&|os, at| signal(os, at.into(), Signal::Interrupt), 130);
    // Twice to quit, once to leave; what is pressed before anything is said is no wish to leave.
    let mut os = silent(1000);
    os.types(2.0, "\x03\x03");
    os.types(2.2, "\x03\x03");
    os.types(5.0, "\x03");
    let outcome = workbench(&mut os);
    assert_eq!((outcome.ending.code, second(&os)), (74, 5), "{outcome:?}");
}

#[test]
fn what_the_disk_acknowledged_is_there_when_the_end_does_not_wait_for_it() {
    let mut os = Program::new(0);
    os.types(2.0, ":@A send \"kept\"\r");
    os.types(5.0, ":quit\r");
    os.types(7.0, ":quit\r");
    let silence = Duration::from_secs(4)..Duration::from_secs(1000);
    os.kernel.silent_disk(silence);
    let outcome = workbench(&mut os);
    assert_eq!(outcome.ending.code, 74, "{outcome:?}");
    assert_eq!(recorded(&os).0, b"before kept");
}

#[test]
fn a_terminal_that_goes_is_not_waited_for_longer_than_somebody_would() {
    let mut os = silent(1000);
    happens(&mut os, 2, Happening::TerminalGone);
    let outcome = workbench(&mut os);
    assert_eq!((outcome.ending.code, second(&os)), (129, 12), "{outcome:?}");
    // While it waits, too.
    let mut os = silent(1000);
    os.types(2.0, ":quit\r");
    happens(&mut os, 5, Happening::TerminalGone);
    let outcome = workbench(&mut os);
    assert_eq!((outcome.ending.code, second(&os)), (74, 12), "{outcome:?}");
}

const SCRIPT: &str = "pair unix as A B\n@A send \"before \"\n@B wait \"before \"\n";

#[test]
fn without_a_terminal_the_end_waits_for_the_disk_too() {
    let check = |words: &str, silence: u64, signals: &[u64], expected: (u8, u64)| {
        let mut os = silent(silence);
        for at in signals {
            signal(&mut os, *at, Signal::Interrupt);
        }
        let outcome = sockeye(&mut os, words, SCRIPT);
        assert_eq!((outcome.ending.code, second(&os)), expected, "{outcome:?}");
        let told = os.kernel.stderr();
        let is_told = "recording into a.pcapng waits for its disk: Ctrl-C or SIGTERM again";
        assert_eq!(told.matches(is_told).count(), 1, "{told}");
        let is_whole = outcome.ending.message.is_none();
        assert_eq!(is_whole, expected.0 == 0, "{outcome:?}");
        if is_whole {
            assert_eq!(recorded(&os).0, b"before ");
        }
    };
    let run = "run FILE --record a.pcapng";
    check(run, 30, &[], (0, 30));
    check(run, 1000, &[4], (74, 4));
    check(&format!("{run} --json"), 1000, &[4], (74, 4));
    // Nobody is there who would lose his patience.
    check(&format!("{run} --timeout 3s"), 1000, &[], (74, 10));
    let tap = "tap 127.0.0.1:7000 127.0.0.1:7001 --headless --record a.pcapng";
    check(tap, 1000, &[2, 5], (74, 5));
    let pipe = "listen 127.0.0.1:7000 --headless --record a.pcapng";
    check(pipe, 1000, &[2, 5], (130, 5));
    let mut os = silent(1000);
    signal(&mut os, 2, Signal::Terminate);
    signal(&mut os, 5, Signal::HangUp);
    let plan = Plan {
        record: Some(FILE.to_owned()),
        ..Plan::default()
    };
    let outcome = play(&mut os, &mut Plain::new(false), plan);
    assert_eq!((outcome.ending.code, second(&os)), (143, 5), "{outcome:?}");
}

#[test]
fn a_script_goes_on_when_its_recording_is_there() {
    let mut os = silent(30);
    let script =
        format!("record {FILE}\n{SCRIPT}record off\n@A send \"after\"\n@B wait \"after\"\n");
    let outcome = sockeye(&mut os, "run FILE", &script);
    assert_eq!((outcome.ending.code, second(&os)), (0, 30), "{outcome:?}");
    assert_eq!(recorded(&os).0, b"before ");
    // One that fails ends no script.
    let mut os = silent(30);
    os.kernel.full_disk(100);
    let outcome = sockeye(&mut os, "run FILE --json", &script);
    assert_eq!(outcome.ending.code, 74, "{outcome:?}");
    let told = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
    let (why, passed) = (told.find("ENOSPC"), told.find("\"passed\":true"));
    assert!(why.is_some() && why < passed, "{told}");
}
