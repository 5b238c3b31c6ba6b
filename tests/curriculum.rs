//! The experiments of the curriculum, each a file of `tests/curriculum/`: what a person does by hand for a row of it,
//! as a script, and what the log then holds. Each is played by the real program on the real kernel, without root, and
//! once more without its telling step, which its log must show.
//!
//! The header, in lines that begin with `#`: the row and its claim; `log CLAUSE`, as `curriculum/clause.rs` says;
//! `unless CLAUSE: WORDS` where a kernel may not let it be done, which counts only after the call itself; `slow`
//! where it takes seconds: then it is played for real only by `cargo nextest run --test curriculum --run-ignored
//! all`; `sim` where it is played on the simulated kernel too, in virtual time. A command that ends in `# the step`
//! is the telling one.
//!
//! `ROW=s15` in the environment plays only the files with that in their names, `LOG=1` prints their logs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics"
)]

#[path = "curriculum/clause.rs"]
mod clause;
#[path = "curriculum/experiment.rs"]
mod experiment;
#[path = "curriculum/judge.rs"]
mod judge;
#[path = "sim/kernel.rs"]
mod kernel;
#[path = "curriculum/play.rs"]
mod play;
#[path = "sim/program.rs"]
mod program;
#[path = "curriculum/tests.rs"]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;
use std::thread;

use experiment::{Experiment, experiments};
use play::{on_the_simulation, on_this_kernel};

/// They mostly wait, and each waits for its own.
const AT_ONCE: usize = 12;

/// Plays all of them and fails with all that is wrong.
fn play(all: Vec<Experiment>, each: impl Fn(&Experiment) -> Vec<String> + Sync) {
    let (queue, failed) = (Mutex::new(VecDeque::from(all)), Mutex::new(Vec::new()));
    let work = || {
        while let Some(experiment) = { queue.lock().unwrap().pop_front() } {
            let faults = each(&experiment);
            if !faults.is_empty() {
                let text = format!("{}: {}", experiment.name, faults.join("\n  "));
                failed.lock().unwrap().push(text);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    assert!(
        failed.is_empty(),
        "{}:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// Those that are asked for.
fn asked(of: impl Fn(&Experiment) -> bool) -> Vec<Experiment> {
    let only = std::env::var("ROW").unwrap_or_default();
    let all = experiments().into_iter();
    all.filter(|it| of(it) && it.name.contains(&only)).collect()
}

#[test]
fn each_log_holds_what_its_row_names() {
    play(asked(|it| !it.slow), |it| it.check(&on_this_kernel));
}

#[test]
#[ignore = "takes real seconds; the same files run in virtual time"]
fn each_slow_log_holds_what_its_row_names() {
    play(asked(|it| it.slow), |it| it.check(&on_this_kernel));
}

#[test]
fn each_log_in_virtual_time_holds_what_its_row_names() {
    play(asked(|it| it.sim), |it| it.check(&on_the_simulation));
}

#[test]
fn every_row_has_its_experiment() {
    let names: Vec<String> = experiments().into_iter().map(|it| it.name).collect();
    let rows: BTreeSet<&str> = names
        .iter()
        .filter_map(|name| Some(name.split_once('-')?.0))
        .collect();
    let missing: Vec<String> = (1..=47)
        .map(|row| format!("s{row:02}"))
        .filter(|row| !rows.contains(row.as_str()))
        .collect();
    assert!(missing.is_empty(), "no experiment for {missing:?}");
}
