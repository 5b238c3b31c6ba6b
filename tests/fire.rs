//! The whole program on a kernel that is against it: a random mix of everything that may go wrong for each seed, deeds
//! of a person at random, and the invariants of FAULTS.md after each event. A seed that fails is made as simple as it
//! can be, and is one line of `tests/fire/seeds.txt` from then on.
//!
//! `FIRE='seed 7 deeds 0-12' cargo test --test fire again` runs one case and tells what happened in it;
//! `FIRE_EVENTS=1000000000 FIRE_FROM=1000 cargo test --release --test fire many -- --ignored` runs until so many events
//! were seen.

#![expect(clippy::unwrap_used, reason = "a broken test shall stop")]

#[path = "fire/case.rs"]
mod case;
#[path = "fire/deeds.rs"]
mod deeds;
#[path = "fire/ends.rs"]
mod ends;
#[path = "fire/face.rs"]
mod face;
#[path = "support/grammar.rs"]
mod grammar;
#[path = "fire/judge.rs"]
mod judge;
#[path = "sim/kernel.rs"]
mod kernel;
#[path = "fire/opening.rs"]
mod opening;
#[path = "fire/play.rs"]
mod play;
#[path = "sim/program.rs"]
mod program;
#[path = "fire/recorded.rs"]
mod recorded;
#[path = "support/recording.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod recording;
#[path = "fire/seen.rs"]
mod seen;
#[path = "fire/tally.rs"]
mod tally;

use case::Case;
use play::{Played, play};
use tally::Tally;

/// What each run of the tests sees: events of the log, and calls and waits at the seam. `FIRE_EVENTS` asks for more.
const EVENTS: u64 = 100_000;

/// From so many on each kind of mood must have come.
const ENOUGH: u64 = 1_000_000;

/// How often a case is simplified at the most.
const SIMPLER_MAX: usize = 400;

/// A number that the environment has.
fn told(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs seeds from `first` on, every so many of them, until that many events were seen.
fn seeds(first: u64, step: usize, events: u64) -> Tally {
    let mut tally = Tally::default();
    for seed in (first..).step_by(step) {
        if tally.events + tally.calls >= events {
            break;
        }
        match survives(&Case::whole(seed)) {
            Ok(played) => tally.add(&played),
            Err(wrong) => {
                tally.wrong.push(wrong);
                break;
            }
        }
    }
    tally
}

/// Runs a case; if it fails, says the simplest that fails as well.
fn survives(case: &Case) -> Result<Played, String> {
    let played = play(case, false);
    if let Some(wrong) = &played.wrong {
        let (case, wrong) = simplest(case.clone(), wrong.clone());
        return Err(format!(
            "FIRE='{case}' cargo test --test fire again -- --ignored --nocapture\n{wrong}"
        ));
    }
    Ok(played)
}

fn simplest(mut case: Case, mut wrong: String) -> (Case, String) {
    let mut left = SIMPLER_MAX;
    'simpler: while left > 0 {
        for simpler in case.simpler() {
            left = left.saturating_sub(1);
            if let Some(found) = play(&simpler, false).wrong {
                (case, wrong) = (simpler, found);
                continue 'simpler;
            }
            if left == 0 {
                break;
            }
        }
        break;
    }
    (case, wrong)
}

/// As many threads as there are processors, each with its own seeds.
fn many(first: u64, events: u64) -> Tally {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = events.div_ceil(threads as u64);
    let tallies = std::thread::scope(|scope| {
        let run = |at: usize| scope.spawn(move || seeds(first + at as u64, threads, share));
        let running: Vec<_> = (0..threads).map(run).collect();
        running
            .into_iter()
            .map(|one| one.join().unwrap())
            .collect::<Vec<_>>()
    });
    tallies.into_iter().fold(Tally::default(), Tally::and)
}

#[test]
#[expect(clippy::print_stdout, reason = "whoever runs it wants to know")]
fn a_hundred_thousand_events_under_fire() {
    let events = told("FIRE_EVENTS").unwrap_or(EVENTS);
    let tally = many(1, events);
    println!("{tally}");
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    if events >= ENOUGH {
        assert_eq!(tally.never(), Vec::<String>::new(), "{tally}");
    }
}

#[test]
fn seeds_that_failed_once_fail_no_more() {
    for line in include_str!("fire/seeds.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let case = Case::parse(line).unwrap_or_else(|| panic!("no case: {line}"));
        survives(&case).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}

#[test]
fn a_seed_under_fire_repeats_exactly() {
    for seed in [1, 2, 8, 16] {
        let (one, other) = (
            play(&Case::whole(seed), false),
            play(&Case::whole(seed), false),
        );
        assert_eq!(
            (one.trace, one.events),
            (other.trace, other.events),
            "seed {seed}"
        );
        assert_ne!(one.trace, play(&Case::whole(seed + 1), false).trace);
    }
}

#[test]
#[ignore = "for whoever looks for what went wrong"]
#[expect(clippy::print_stdout, reason = "it tells what happened")]
fn again() {
    let line = std::env::var("FIRE").unwrap();
    let played = play(&Case::parse(&line).unwrap(), true);
    println!("{}", played.story);
    assert_eq!(played.wrong, None);
}

#[test]
#[ignore = "takes hours"]
#[expect(clippy::print_stdout, reason = "its counts are the result")]
fn a_thousand_million_events_under_fire() {
    let tally = many(
        told("FIRE_FROM").unwrap_or(1),
        told("FIRE_EVENTS").unwrap_or(1_000_000_000),
    );
    println!("{tally}");
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    assert_eq!(tally.rare(10_000), Vec::<String>::new(), "{tally}");
}
