//! Texts that stand in the tree anyway, as inputs to begin with: the document's own examples, and the scripts.

use std::fs;
use std::path::Path;

/// The folder of tests, from the fuzzer's package as from Sockeye's own.
fn tests() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_fuzzer = package.ends_with("tests/fuzz");
    let tests = if is_fuzzer { package.parent() } else { None };
    tests.unwrap_or_else(|| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")))
}

/// What is written in the examples of `tests/language/`, without what it means.
pub fn examples(name: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(tests().join("language").join(name)).expect("examples");
    let rows = text.lines().filter_map(|line| line.split_once("  =>"));
    rows.map(|(written, _)| written.as_bytes().to_vec())
        .collect()
}

/// The scripts of `tests/scripts/`.
pub fn scripts() -> Vec<Vec<u8>> {
    let folder = fs::read_dir(tests().join("scripts")).expect("scripts");
    let mut paths: Vec<_> = folder.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).expect("a script"))
        .collect()
}
