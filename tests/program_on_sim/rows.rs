//! Rows of the catalogue of faults (FAULTS.md) that need the whole program and a clock that runs as it is told.

use std::time::Duration;

use sockeye::event::Dir;
use sockeye::os::Signal;

use super::kernel::Happening;
use super::kernel::mood::{Mood, Moods};
use super::program::Program;
use super::recording::Recording;
use super::terminal::commands;
use super::{kept_is_moved, sockeye};

/// Waits that end at once are wakes; so many of them in that time.
fn wakes_between(os: &Program, from: Duration, to: Duration) -> usize {
    let within = |(at, _): &&(Duration, Option<Duration>)| (from..to).contains(at);
    os.waits.iter().filter(within).count()
}

#[test]
fn f11_a_byte_a_second_is_seen_at_once_and_costs_nothing() {
    let mut os = Program::new(0);
    // A message that never becomes whole: 4 GiB less one are announced.
    let script = "pair tcp as A B\n@B frame len u32be max 64k\n@A send ffffffff\nrepeat 60 every 1s @A send \"x\"\n\
        @B wait \"\\xff\\xff\\xff\\xff\" within 1s\n@B wait bytes /x{60}/ within 1s\n";
    let outcome = sockeye(&mut os, "run FILE", script);
    assert_eq!(outcome.ending.message, None);
    assert_eq!(outcome.lane("B", Dir::In).len(), 64);
    kept_is_moved(&os, &outcome);
    let second = Duration::from_secs(1);
    for at in 2..55 {
        let wakes = wakes_between(&os, second * at, second * (at + 1));
        assert!(wakes <= 20, "{wakes} wakes in second {at}");
    }
}

#[test]
fn f15_a_peer_that_vanished_is_no_end_and_costs_nothing_until_its_time_is_up() {
    let mut os = Program::new(0);
    let script = "pair tcp as A B\n@B unplug\n@A send \"nobody there\"\nsleep 50s\n@A set user-timeout 60s\n\
        @A wait errno ETIMEDOUT within 60s\n";
    let outcome = sockeye(&mut os, "run FILE --json", script);
    let told = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
    assert_eq!(outcome.ending.message, None, "{told}");
    assert_eq!(outcome.lane("A", Dir::Out), b"nobody there");
    assert_eq!(outcome.lane("B", Dir::In), b"");
    let wakes = wakes_between(&os, Duration::from_secs(5), Duration::from_secs(45));
    assert!(wakes <= 20 * 40, "{wakes} wakes");
}

#[test]
fn f41_a_storm_of_resizes_draws_no_more_frames_than_any_other_second() {
    let mut os = Program::new(0);
    let (from, signals) = (Duration::from_secs(1), 10_000);
    for nth in 0..signals {
        let size = Happening::Resized(60 + nth % 90, 16 + nth % 31);
        os.kernel
            .at(from + Duration::from_micros(100) * u32::from(nth), size);
    }
    let last = from + Duration::from_secs(1);
    os.kernel.at(last, Happening::Resized(72, 20));
    let end = last + Duration::from_secs(1);
    os.kernel.at(end, Happening::Signal(Signal::Terminate));
    commands(&mut os, "pair tcp as A B");
    // Each frame of a new size clears the screen; DESIGN.md has at most 60 of them a second.
    let cleared = String::from_utf8_lossy(os.kernel.screen())
        .matches("\x1b[2J")
        .count();
    assert!((10..=65).contains(&cleared), "{cleared} frames");
    assert!(os.shown(72, 20).contains("Tab: "), "{}", os.shown(72, 20));
}

#[test]
fn f63_clocks_that_jump_change_neither_order_nor_bytes() {
    let only = [Mood::ClockJump, Mood::WallJump, Mood::SlowCall];
    let all = Moods::names();
    let without = all
        .iter()
        .enumerate()
        .filter(|(_, name)| !only.iter().any(|mood| format!("{mood:?}") == **name));
    let without = without.fold(0, |mask, (at, _)| mask | 1 << at);
    let mut struck = [0; 3];
    for seed in 1..40 {
        let moods = Moods::hostile(seed, without);
        let mut os = Program::with(moods.clone());
        let script = "listen 127.0.0.1:0 as L\nconnect @L as A\n@L wait accepted within 9m\n\
            repeat 30 every 5ms @A send \"tick \"\n\
            @B wait bytes /(tick ){30}/ within 900m\n@A close\n@B wait eof within 900m\n";
        let outcome = sockeye(&mut os, "run FILE --json --record r.pcapng", script);
        assert_eq!(outcome.ending.message, None, "seed {seed}");
        kept_is_moved(&os, &outcome);
        let told = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
        let times = told.lines().filter_map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let took = line["dur"].as_f64();
            assert!(took.is_none_or(|took| took >= 0.0), "{line}");
            line["t"].as_f64()
        });
        let times: Vec<f64> = times.collect();
        assert!(times.is_sorted(), "seed {seed}: the log goes back in time");
        for (count, mood) in struck.iter_mut().zip(only) {
            *count += moods.counts()[mood as usize];
        }
    }
    assert!(struck.iter().all(|count| *count > 0), "{struck:?}");
}

#[test]
fn f64_where_no_memory_is_left_the_run_ends_with_a_whole_recording() {
    for short_from in [0, 1, 40, 41, 300] {
        let mut os = Program::new(0);
        os.kernel.memory.short_from = Some(Duration::from_millis(short_from));
        let script = "pair tcp as A B\nrepeat 1000 every 5ms @A send \"tick \"\n@B wait \"never\" within 9s\n";
        let outcome = sockeye(&mut os, "run FILE --record r.pcapng", script);
        let message = outcome.ending.message.clone().unwrap_or_default();
        assert_eq!(outcome.ending.code, 3, "{message}");
        assert_eq!(
            message,
            "the system gives no more memory: the run ends here"
        );
        kept_is_moved(&os, &outcome);
        let recorded = Recording::read(&os.kernel.disk()("r.pcapng").unwrap());
        assert_eq!((recorded.wrong, recorded.why), (None, None));
    }
}

#[test]
fn f64_what_a_session_may_hold_follows_from_what_the_process_may_take() {
    for (left, said) in [
        (None, "320 MiB"),
        (Some(64 << 20), "16 MiB"),
        (Some(2 << 30), "320 MiB"),
    ] {
        let mut os = Program::new(0);
        os.kernel.memory.left = left;
        os.kernel.fail("spill", "ENOSPC");
        let outcome = sockeye(&mut os, "run FILE --json", "say \"hello\"\n");
        assert_eq!(outcome.ending.message, None);
        let told = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
        assert!(told.contains(&format!("beyond {said}:")), "{told}");
    }
}

#[test]
fn f66_a_thousand_connections_come_and_go_and_leave_no_descriptor() {
    let mut os = Program::new(0);
    os.calls_max = 10_000_000;
    let one = |at: u32| {
        format!("pair tcp as A{at} B{at}\n@A{at} close\n@B{at} close\n@A{at} wait closed\n")
    };
    let script: String = (0..1000).map(one).collect();
    let outcome = sockeye(&mut os, "run FILE", &script);
    assert_eq!(outcome.ending.message, None);
    assert_eq!(os.kernel.open_sockets(), 0);
}

#[test]
fn f67_a_script_that_never_ends_is_ended() {
    let mut os = Program::new(0);
    let script = "pair unix as A B\nrepeat 900000 every 1ms @A send \"x\"*1k\n@B wait \"never\" within 9000s\n";
    let outcome = sockeye(&mut os, "run FILE --timeout 3s", script);
    assert_eq!(outcome.ending.code, 124);
    kept_is_moved(&os, &outcome);
    // So is one that makes endless data.
    let mut os = Program::new(0);
    let script = "pair unix manual as A B\nrepeat 900000 @A send \"x\"*64k\n";
    let outcome = sockeye(&mut os, "run FILE --timeout 3s", script);
    assert_eq!(outcome.ending.code, 124);
    assert!(os.calls < 20_000, "{} calls", os.calls);
}
