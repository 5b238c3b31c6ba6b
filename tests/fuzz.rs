//! The fuzzer's targets without the fuzzer: every input of the corpora, and every input to begin with, is held to the
//! same properties by the same functions. `tests/fuzz/Cargo.toml` says how the fuzzer itself is run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "fuzz/bodies/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use targets::{TARGETS, Target};

/// What all corpora come to at the most: they are kept in the tree.
const CORPORA_MAX_BYTES: u64 = 800 << 10;

/// How many of a target's inputs to begin with are replayed.
const SEEDS_MAX: usize = 24;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).unwrap()
}

/// Inputs with their names, in order.
fn inputs(target: &Target) -> Vec<(String, Vec<u8>)> {
    let seeds = (target.seeds)();
    let every = seeds.len().div_ceil(SEEDS_MAX).max(1);
    let seeds = seeds.into_iter().enumerate().step_by(every);
    let seeds = seeds.map(|(k, seed)| (format!("seed {k}"), seed));
    let kept = fs::read_dir(folder().join("corpus").join(target.name)).unwrap();
    let mut paths: Vec<_> = kept.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| (path.display().to_string(), fs::read(path).unwrap());
    seeds.chain(paths.into_iter().map(read)).collect()
}

#[track_caller]
fn replay(name: &str) {
    let target = target(name);
    let inputs = inputs(target);
    assert!(inputs.len() > 5, "{name} has hardly an input");
    for (of, input) in inputs {
        let checked = panic::catch_unwind(AssertUnwindSafe(|| (target.check)(&input)));
        assert!(checked.is_ok(), "{of}: {}", input.escape_ascii());
    }
}

#[test]
fn inputs_of_captures() {
    replay("captures");
}

#[test]
fn inputs_of_commands() {
    replay("commands");
}

#[test]
fn inputs_of_decoders() {
    replay("decoders");
}

#[test]
fn inputs_of_documents() {
    replay("documents");
}

#[test]
fn inputs_of_escapes() {
    replay("escapes");
}

#[test]
fn inputs_of_expressions() {
    replay("expressions");
}

#[test]
fn inputs_of_rules() {
    replay("rules");
}

#[test]
fn inputs_of_tapes() {
    replay("tapes");
}

#[test]
fn inputs_of_terminal() {
    replay("terminal");
}

#[test]
fn inputs_of_scripts() {
    replay("scripts");
}

#[test]
fn inputs_of_core() {
    replay("core");
}

#[test]
fn inputs_of_recordings() {
    replay("recordings");
}

#[test]
fn inputs_of_packets() {
    replay("packets");
}

#[test]
fn each_target_has_a_binary_a_corpus_and_a_test() {
    let rows: BTreeSet<_> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    assert_eq!(rows.len(), TARGETS.len());
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let bins = manifest.split("[[bin]]").skip(1);
    let bins = bins.map(|bin| bin.split('"').nth(1).unwrap().to_owned());
    assert_eq!(bins.collect::<BTreeSet<_>>(), rows);
    let corpora = fs::read_dir(folder().join("corpus")).unwrap();
    let corpora = corpora.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(corpora.collect::<BTreeSet<_>>(), rows);
    let tests = include_str!("fuzz.rs");
    let untested = rows
        .iter()
        .find(|name| !tests.contains(&format!("replay(\"{name}\")")));
    assert_eq!(untested, None);
}

#[test]
fn the_corpora_are_small() {
    let mut bytes = 0;
    for target in TARGETS {
        for entry in fs::read_dir(folder().join("corpus").join(target.name)).unwrap() {
            bytes += entry.unwrap().metadata().unwrap().len();
        }
    }
    assert!(bytes <= CORPORA_MAX_BYTES, "{bytes} bytes");
}
