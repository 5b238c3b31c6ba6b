//! The whole program on a kernel that is against it: a random mix of everything that may go wrong for each seed, deeds
//! of a person at random, and the invariants of FAULTS.md after each event. A seed that fails is made as simple as it
//! can be, and is one line of `tests/fire/seeds.txt` from then on.
//!
//! `FIRE='seed 7 deeds 0-12' cargo test --test fire again` runs one case and tells what happened in it;
//! `FIRE_EVENTS=1000000000 FIRE_KEPT=fire.txt cargo test --release --test fire thousand_million -- --ignored` goes on
//! until so many events and calls were seen; the file keeps seeds and counts, and another run goes on behind them.
//!
//! | invariant | held here, after each turn of the loop unless noted | elsewhere |
//! |---|---|---|
//! | I1, I2, I3 | `judge`: bytes against those that passed the seam, what is composed, a tap | `net_*.rs` |
//! | I4 | `ends`: in the end entries tile each lane, and are those of one look at all bytes | `storm`, `src/framing` |
//! | I5 | `recorded`: the file at any time, cut anywhere; `opening`: opened by another program | `record_faults.rs` |
//! | I6 | `recorded`: killed anywhere; power lost behind the last sync, sectors empty or gone | `record_faults.rs` |
//! | I7 | `book`: no call says not now 20 times without a pause; `ends`: nothing waits once all is calm | `idle.rs` |
//! | I8 | `kernel`: no descriptor twice; `ends` and `play`: none is left open | `net_sim.rs` |
//! | I9 | `judge`: what a socket holds is bounded; what a tap lost was told | `load.rs` |
//! | I10 | `book`: who is told is heard within a round | `program_load.rs` |
//! | I11 | `play`: each byte to the terminal is of our grammar | `hostile_bytes.rs` |
//! | I12 | `play`: the screen has other sizes meanwhile, and nothing panics | `sizes.rs`, all sizes |
//! | I13 | `packets`: what tshark reads of recordings is what moved, with its times, for some seeds | `record.rs` |
//! | I14 | `a_seed_under_fire_repeats_exactly` | |
//! | I15 | | `program_on_sim/faces.rs`: one script behind each face has one record |
//! | I16 | `play`: the terminal is as it was, whatever ended the run | `program_signals.rs` |

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
#[path = "fire/long.rs"]
mod long;
#[path = "fire/opening.rs"]
mod opening;
#[path = "fire/packets.rs"]
mod packets;
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
#[path = "support/skip.rs"]
mod skip;
#[path = "fire/tally.rs"]
mod tally;

use std::path::Path;

use case::Case;
use play::{Played, play};
use tally::Tally;

/// What each run of the tests sees: events of the log, and calls and waits at the seam; in so many each kind of mood
/// comes. `FIRE_EVENTS` asks for more.
const EVENTS: u64 = 1_000_000;

/// How often a case is simplified at the most.
const SIMPLER_MAX: usize = 400;

/// A number that the environment has.
fn told(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs seeds from `first` on, on all processors, until so many events and calls were seen, or one fails.
fn many(first: u64, events: u64) -> Tally {
    let tallies = long::on_all_processors(|at, threads, slot| {
        let mut tally = Tally::default();
        for seed in (first + at as u64..).step_by(threads) {
            if tally.events + tally.calls >= events.div_ceil(threads as u64) {
                break;
            }
            long::begin(slot, seed);
            match survives(&Case::whole(seed)) {
                Ok(played) => tally.add(&played),
                Err(wrong) => {
                    tally.wrong.push(wrong);
                    break;
                }
            }
        }
        tally
    });
    tallies.into_iter().fold(Tally::default(), Tally::and)
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

#[test]
#[expect(clippy::print_stdout, reason = "whoever runs it wants to know")]
fn a_million_events_under_fire() {
    let events = told("FIRE_EVENTS").unwrap_or(EVENTS);
    let tally = many(1, events);
    println!("{tally}");
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    if events >= EVENTS {
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
    let mut case = Case::parse(&line).unwrap();
    if let Some(wrong) = play(&case, false).wrong {
        (case, _) = simplest(case, wrong);
        println!("FIRE='{case}'");
    }
    let played = play(&case, true);
    println!("{}", played.story);
    assert_eq!(played.wrong, None);
}

#[test]
#[ignore = "takes hours"]
#[expect(clippy::print_stdout, reason = "its counts are the result")]
fn a_thousand_million_events_under_fire() {
    let kept = std::env::var("FIRE_KEPT").unwrap_or_else(|_| "fire.txt".to_owned());
    let tally = long::goes_on(
        Path::new(&kept),
        told("FIRE_FROM").unwrap_or(1),
        told("FIRE_EVENTS").unwrap_or(1_000_000_000),
    );
    println!("{tally}");
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    assert_eq!(tally.rare(10_000), Vec::<String>::new(), "{tally}");
}
