//! The catalogue of faults (FAULTS.md), row by row: each has a test whose name begins with its number, somewhere among
//! the tests. Names may carry several numbers: `f28_f29_datagrams_are_cut_and_empty_ones_come`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "catalogue/rows.rs"]
mod rows;

use rows::{ROWS, WAITING};

/// All Rust files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
    all
}

/// The numbers that a function's name begins with.
fn numbers(name: &str) -> Vec<u32> {
    let number = |part: &str| -> Option<u32> {
        let digits = part.strip_prefix('f').filter(|digits| digits.len() == 2)?;
        digits.parse().ok()
    };
    name.split('_').map_while(number).collect()
}

/// The tests of a text: functions right behind `#[test]`, with attributes between, that are not ignored.
fn tests(text: &str) -> Vec<&str> {
    let (mut found, mut is_test, mut is_ignored) = (Vec::new(), false, false);
    for line in text.lines().map(str::trim) {
        if line == "#[test]" {
            (is_test, is_ignored) = (true, false);
        } else if line.starts_with("#[ignore") {
            is_ignored = true;
        } else if let Some(rest) = line.strip_prefix("fn ").filter(|_| is_test) {
            if !is_ignored {
                found.push(rest.split('(').next().unwrap_or(rest));
            }
            is_test = false;
        }
    }
    found
}

/// Which tests each row has.
fn covered() -> BTreeMap<u32, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut covered: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for path in ["src", "tests"]
        .iter()
        .flat_map(|folder| files(&root.join(folder)))
    {
        let text = fs::read_to_string(&path).unwrap();
        for name in tests(&text) {
            for number in numbers(name) {
                covered.entry(number).or_default().insert(name.to_owned());
            }
        }
    }
    covered
}

#[test]
fn every_row_of_the_catalogue_has_a_test() {
    let covered = covered();
    let waits = |number: &u32| WAITING.contains(number);
    let lacks = |(number, _): &&(u32, &str)| !covered.contains_key(number) && !waits(number);
    let lacking: Vec<_> = ROWS.iter().filter(lacks).collect();
    assert!(lacking.is_empty(), "rows without a test: {lacking:#?}");
    let unknown: Vec<_> = covered
        .keys()
        .filter(|number| !ROWS.iter().any(|(known, _)| known == *number))
        .collect();
    assert!(
        unknown.is_empty(),
        "tests of rows that are not there: {unknown:?}"
    );
    let early: Vec<_> = covered.keys().filter(|number| waits(number)).collect();
    assert!(early.is_empty(), "these wait no longer: {early:?}");
}

#[test]
fn what_may_be_skipped_is_what_is_there() {
    let list = include_str!("skips.txt").lines();
    let rows: Vec<Vec<&str>> = list
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts = files(&root.join("tests"));
    let texts: Vec<String> = texts
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let there: BTreeSet<&str> = texts.iter().flat_map(|text| tests(text)).collect();
    for row in &rows {
        match row[..] {
            [_, "unprepared"] => {}
            [lack, "user", all] => {
                let gone = |test: &&str| !there.contains(test.rsplit(':').next().unwrap());
                let gone: Vec<&str> = all.split(' ').filter(gone).collect();
                assert!(gone.is_empty(), "{lack}: no such test: {gone:?}");
            }
            _ => panic!("no row: {row:?}"),
        }
    }
    assert!(rows.len() > 20, "{} rows", rows.len());
}

#[test]
fn the_catalogue_is_whole() {
    let numbers: Vec<u32> = ROWS.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=67).collect::<Vec<_>>());
}

#[test]
fn names_of_tests_are_read() {
    assert_eq!(numbers("f28_f29_datagrams"), [28, 29]);
    assert_eq!(numbers("f1_too_short"), [] as [u32; 0]);
    assert_eq!(numbers("far_f10"), [] as [u32; 0]);
    let text = "#[test]\n#[expect(x)]\nfn f01_a() {}\nfn f02_b() {}\n#[test]\n#[ignore = \"long\"]\nfn f03_c() {}\n";
    assert_eq!(tests(text), ["f01_a"]);
}
