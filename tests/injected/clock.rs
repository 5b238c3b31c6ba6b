//! Clocks that are wrong: the one that counts is days ahead (unshare(1)), the one on the wall jumps (faketime(1)).

use std::fs;
use std::time::{Duration, SystemTime};

use sockeye::record::block::{Block, Next, Reader};

use super::skip::{command_of, is_installed, skip};
use super::stage::{behind, folder, word};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn f63_a_clock_that_is_days_ahead_changes_nothing() {
    let script = "pair tcp as A B\nrepeat 3 every 10ms @A send \"abc\"\n@B expect \"abcabcabc\"\n";
    let wrapper = ["unshare", "-T", "--fork", "--monotonic", "864000"];
    let Some(run) = behind(&wrapper, script) else {
        return;
    };
    if run.said.contains("unshare failed") {
        return skip("a clock of its own");
    }
    check_times(run.passed());
}

/// They stand in order, count from the beginning, and no call took less than nothing.
fn check_times(events: &[serde_json::Value]) {
    let times = |name: &str| -> Vec<f64> {
        let times = events.iter().filter_map(|event| event[name].as_f64());
        times.collect()
    };
    let (at, took) = (times("t"), times("dur"));
    let is_short = |time: &f64| (0.0..3600.0).contains(time);
    assert!(at.is_sorted() && at.iter().all(is_short), "{at:?}");
    assert!(!took.is_empty() && took.iter().all(is_short), "{took:?}");
}

/// When the packets of a recording were, since 1970.
fn packet_times(file: &[u8]) -> Vec<Duration> {
    let mut reader = Reader::default();
    let mut times = Vec::new();
    while let Some(window) = file.get(usize::try_from(reader.at()).unwrap()..) {
        let Ok(Next::Block { block, .. }) = reader.next(window) else {
            break;
        };
        if let Block::Packet(packet) = block {
            times.push(packet.at.unwrap());
        }
    }
    times
}

#[test]
fn f63_a_wall_clock_that_jumps_is_read_once_and_orders_nothing() {
    if !is_installed("faketime") {
        return;
    }
    let folder = folder("f63");
    let (clock, file) = (folder.join("clock"), folder.join("a.pcapng"));
    // Ten years back, and while the script waits ten years ahead.
    fs::write(&clock, "-10y").unwrap();
    let clock_name = format!("FAKETIME_TIMESTAMP_FILE={}", clock.display());
    let (go_on, heard) = word(&folder, move |_| fs::write(clock, "+10y").unwrap());
    let wrapper = [
        "faketime",
        "--exclude-monotonic",
        "-f",
        "+0",
        "env",
        "-u",
        "FAKETIME",
        "FAKETIME_NO_CACHE=1",
        &clock_name,
    ];
    let script = format!(
        "record {}\npair tcp as A B\n@A send \"before\"\n@B expect \"before\"\n{go_on}\
         @A send \"behind\"\n@B expect \"behind\"\n",
        file.display()
    );
    let run = behind(&wrapper, &script).unwrap();
    heard.join().unwrap();
    check_times(run.passed());
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let times = packet_times(&fs::read(file).unwrap());
    assert!(times.len() > 4 && times.is_sorted(), "{times:?}");
    let ten_years = 3650 * DAY;
    let is_there = |at: &Duration| {
        let there = *at + ten_years;
        now < there + DAY && there < now + DAY
    };
    assert!(times.iter().all(is_there), "{times:?}");
    // The clock did jump.
    let mut date = command_of(wrapper[0]);
    let date = date.args(&wrapper[1..]).args(["date", "+%s"]).output();
    let date = String::from_utf8(date.unwrap().stdout).unwrap();
    let ahead = Duration::from_secs(date.trim().parse().unwrap()) + DAY;
    assert!(ahead > now + ten_years);
}
