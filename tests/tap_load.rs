//! The workbench between a client and a server that move gigabytes: its memory stays, and its keys answer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write as _;

#[path = "tap_load/follow.rs"]
mod follow;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use follow::follow;

/// The tapes and the log in memory (DESIGN.md, Limits), and all else that a program of this kind needs.
const MEMORY_MIB: u64 = 384;

/// So many bytes pass, the workbench follows, and its memory stays within its limit.
#[track_caller]
fn assert_bounded(words: &[&str], bytes: u64) {
    let figures = follow(words, bytes);
    // Past the test harness, which shows nothing of a test that passes.
    let _ = writeln!(std::io::stderr(), "tap {}: {figures}", words.join(" "));
    assert!(figures.memory_mib < MEMORY_MIB, "{figures}");
    assert!(figures.presses > 10, "{figures}");
}

/// What passes in the slow tests; `TAP_LOAD_GIB` asks for more or less.
fn much() -> u64 {
    let asked = std::env::var("TAP_LOAD_GIB");
    asked.map_or(10, |gib| gib.parse().unwrap()) << 30
}

#[test]
fn memory_stays_where_the_newest_is_kept() {
    assert_bounded(&["--keep", "256M"], 1 << 30);
}

#[test]
#[ignore = "moves ten gigabytes"]
fn memory_stays_over_ten_gigabytes_of_which_the_newest_is_kept() {
    assert_bounded(&["--keep", "256M"], much());
}

#[test]
#[ignore = "records ten gigabytes"]
fn memory_stays_while_ten_gigabytes_are_recorded() {
    let folder = std::env::temp_dir().join(format!("sockeye-{}-tap-load", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("recording.pcapng");
    assert_bounded(&["--record", path.to_str().unwrap()], much());
    let size = std::fs::metadata(&path).unwrap().len();
    std::fs::remove_dir_all(folder).unwrap();
    assert!(size > much(), "{size} bytes recorded of {}", much());
}
