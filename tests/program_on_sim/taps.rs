//! Taps with faults on the simulated kernel: each kind of fault on each kind of tap, the same chances for the same seed
//! however the bytes come, and how much waits behind what is held.

use std::fmt::Write as _;

use sockeye::event::Dir;

use super::program::Program;
use super::tap_faults::{Comes, KINDS, Kind, ROWS, STACKS, WAYS, chances, deeds, hits};
use super::{Outcome, sockeye};

const MIB: usize = 1 << 20;

/// What one recv may take beyond what may wait.
const RECV: usize = 256 << 10;

fn run(seed: u64, script: &str) -> (Outcome, String) {
    let mut os = Program::new(seed);
    os.calls_max = 2_000_000;
    let outcome = sockeye(&mut os, "run FILE --json", script);
    let told = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
    (outcome, told)
}

/// Runs a script that shall pass.
#[track_caller]
fn passes(script: &str) -> (Outcome, String) {
    let (outcome, told) = run(0, script);
    assert_eq!(outcome.ending.message, None, "{script}");
    (outcome, told)
}

/// A tapped conversation of C with A whose messages are of this framing, with these faults from C to A.
fn tapped(framing: &str, faults: &[&str]) -> String {
    let mut script = format!(
        "listen :0 as L\ntap :0 to @L as T\nconnect @T as C\n@L wait accepted\n@T.1c frame in {framing}\n"
    );
    for words in faults {
        let _ = writeln!(script, "@T.1c fault c2s {words}");
    }
    script
}

#[test]
fn every_fault_on_every_kind_of_tap() {
    for kind in KINDS {
        for row in ROWS {
            for (seed, way) in [(0, WAYS[0]), (7, WAYS[1])] {
                let script = row.script(kind, way, "sim");
                let (outcome, told) = run(seed, &script);
                let (name, words) = (kind.name, row.words);
                let message = outcome.ending.message.unwrap_or_default();
                if let Comes::Refused(why) = row.comes(kind) {
                    assert!(message.contains(why), "{name} {way} {words}: {message}");
                    continue;
                }
                assert_eq!(
                    message, "",
                    "{name} {way} {words}, seed {seed}:\n{script}\n{told}"
                );
                let told = deeds(&told);
                let is_told = told.iter().any(|(deed, _)| deed == row.deed);
                assert!(is_told, "{name} {way} {words}: {told:?}");
            }
        }
    }
}

/// What was done by chance, and what came.
fn by_chance(
    kind: Kind,
    way: &str,
    faults: &[String],
    seed: u64,
) -> (Vec<(String, String)>, Vec<u8>) {
    let script = chances(kind, way, faults, "chance");
    let (outcome, told) = run(seed, &script);
    assert_eq!(outcome.ending.message, None, "{script}");
    let end = if way == "c2s" { "A" } else { "C" };
    (hits(&told), outcome.lane(end, Dir::In).to_vec())
}

#[test]
fn the_same_seed_hits_the_same_however_the_kernel_cuts_the_bytes() {
    // Not UDP: this kernel loses datagrams by its own chance.
    for kind in [KINDS[0], KINDS[2]] {
        for way in WAYS {
            for faults in STACKS {
                let faults: Vec<String> = faults.iter().map(|&it| it.to_owned()).collect();
                let first = by_chance(kind, way, &faults, 0);
                for seed in 1..3 {
                    let again = by_chance(kind, way, &faults, seed);
                    assert!(
                        first == again,
                        "{} {way} {faults:?}, seed {seed}: {:?}\n{:?}",
                        kind.name,
                        first.0,
                        again.0
                    );
                }
                let others = faults.iter().map(|it| it.replace("seed ", "seed 9"));
                let other = by_chance(kind, way, &others.collect::<Vec<_>>(), 0);
                assert!(first != other, "another seed does something else");
            }
        }
    }
}

#[test]
fn no_more_than_a_mebibyte_waits_behind_what_is_held_or_delayed() {
    let send = "@C send \"x\"*65535 \"\\n\"\n".repeat(64) + "sleep 5s\n";
    for (words, is_told) in [
        ("intercept", true),
        ("stall", true),
        ("intercept message \"never\"", false),
        ("latency 60s", false),
        ("rate 1000/s", false),
        ("slice 1000 gap 1s", false),
    ] {
        let script = tapped("line", &[words]) + &send;
        let (outcome, told) = passes(&script);
        let came = outcome.lane("T.1c", Dir::In).len();
        if words.contains("never") {
            assert_eq!(came, 4 * MIB, "{words}");
        } else {
            assert!((MIB..=MIB + RECV).contains(&came), "{words}: {came}");
        }
        let limit = "1 MiB waits on its way from T.1c";
        assert_eq!(told.contains(limit), is_told, "{words}");
        // Nothing is lost when it goes on.
        let script = format!("{script}@T.1c fault off\nsleep 5s\n");
        let (outcome, _) = passes(&script);
        assert_eq!(outcome.lane("A", Dir::In).len(), 4 * MIB, "{words}");
    }
}

#[test]
fn one_message_is_held_whole_however_long_its_framing_lets_it_be() {
    for (framing, len) in [("len u32be", 3 * MIB), ("len u32be max 40M", 17 * MIB)] {
        let (head, tail) = (len / 2, len - len / 2);
        let script = tapped(framing, &["intercept"])
            + &format!(
                "@C send u32be({len})\n@C send \"x\"*{head}\n@C send \"y\"*{tail}\n@C send u32be(3) \"end\"\n"
            )
            + "@T.1c wait bytes /end/ within 60s\nsleep 1s\n";
        let (outcome, told) = passes(&script);
        assert_eq!(
            outcome.lane("A", Dir::In),
            b"",
            "{framing} {len}: all of it waits"
        );
        assert!(
            told.contains(&format!("\"range\":[0,{}]", len + 4)),
            "{framing} {len}"
        );
        let (outcome, _) = passes(&format!(
            "{script}edit u32be(2) \"ok\"\nforward\n@A wait \"end\"\n"
        ));
        assert_eq!(outcome.lane("A", Dir::In), b"\0\0\0\x02ok\0\0\0\x03end");
    }
}

#[test]
fn behind_a_held_message_a_long_one_waits_for_its_turn() {
    let script = tapped("len u32be", &["intercept"])
        + "@C send u32be(3) \"one\"\n@C send u32be(4194304) \"x\"*4M\n@C send u32be(3) \"end\"\nsleep 5s\n";
    let (outcome, _) = passes(&script);
    let came = outcome.lane("T.1c", Dir::In).len();
    assert!((MIB..=MIB + RECV).contains(&came), "{came}");
    let (outcome, told) = passes(&format!("{script}forward\nsleep 5s\n"));
    let came = outcome.lane("T.1c", Dir::In).len();
    assert!(came > 4 * MIB, "now it is the first: {came}");
    assert_eq!(outcome.lane("A", Dir::In), b"\0\0\0\x03one");
    assert!(told.contains("\"range\":[7,4194315]"), "it is held whole");
}

#[test]
fn a_message_too_long_for_its_framing_is_none_and_goes_on() {
    let script = tapped("line max 64k", &["intercept"])
        + "@C send \"x\"*2M \"\\n\" \"short\\n\"\n@T.1c wait bytes /short/\nsleep 1s\n";
    let (outcome, told) = passes(&script);
    let passed = outcome.lane("A", Dir::In).len();
    assert_eq!(passed, 2 * MIB + 1, "{passed}");
    let held = told.lines().filter(|line| line.contains("\"held\":"));
    assert_eq!(held.count(), 1);
}

#[test]
fn long_messages_change_places_too() {
    let script = tapped("len u32be", &["reorder on message 1"])
        + "@C send u32be(2097152) \"1\"*2M\n@C send u32be(3145728) \"2\"*3M\nsleep 5s\n";
    let (outcome, told) = passes(&script);
    assert!(told.contains("\"deed\":\"swapped\""));
    let came = outcome.lane("A", Dir::In);
    assert_eq!(came.len(), 5 * MIB + 8);
    assert!(came[4] == b'2' && came[came.len() - 1] == b'1');
}

#[test]
fn so_many_short_messages_wait_and_no_more() {
    let script = tapped("fixed 1", &["intercept"]) + "@C send \"0123456789\"*2000\nsleep 5s\n";
    let (outcome, told) = passes(&script);
    let held = told
        .lines()
        .filter(|line| line.contains("\"held\":"))
        .count();
    assert!((4096..4500).contains(&held), "{held}");
    assert_eq!(outcome.lane("A", Dir::In), b"");
    // What waits beside them is held in its turn, and comes in its order.
    let (outcome, told) = passes(&format!("{script}forward all\nsleep 1s\n"));
    assert_eq!(outcome.lane("A", Dir::In).len(), held);
    let held = told
        .lines()
        .filter(|line| line.contains("\"held\":"))
        .count();
    assert!(held > 8000, "{held}");
    let (outcome, _) = passes(&format!("{script}@T.1c intercept off\nsleep 1s\n"));
    assert!(outcome.lane("A", Dir::In) == "0123456789".repeat(2000).as_bytes());
}

#[test]
fn datagrams_that_are_held_stop_the_tap_and_go_on_when_they_may() {
    let begin = "bind udp://127.0.0.1:0 as A\ntap udp://127.0.0.1:0 to @A as T\nconnect @T as C\n\
        @C send \"hi\"\n@A wait message \"hi\"\n@T.1c fault c2s intercept\n";
    for (send, count, most) in [
        // By their bytes, and where they have few by their number.
        ("\"x\"*30000", 60, 50),
        ("00", 5000, 4200),
    ] {
        let script = format!("{begin}repeat {count} every 2ms @C send {send}\nsleep 20s\n");
        let (_, told) = passes(&script);
        let held = told
            .lines()
            .filter(|line| line.contains("\"held\":"))
            .count();
        assert!(held > 30 && held <= most, "{send}: {held} of {count}");
        let script = format!(
            "{script}@T.1c intercept off\nsleep 1s\nconnect @T as D\n@D send \"other\"\n\
             @A wait bytes /other/\n"
        );
        passes(&script);
    }
}

/// C sends a line that is held between it and A, and these lines follow.
fn held(fault: &str, lines: &str) -> String {
    let mut script = tapped("line", &[]);
    let _ = writeln!(
        script,
        "@T.1c {fault}\n@C send \"held\\n\"\n@T.1c wait \"held\" within 1s\n{lines}"
    );
    script
}

#[test]
fn what_came_goes_on_from_a_side_that_a_person_closes_or_forgets() {
    for end in ["close", "leak"] {
        let lines = format!("@T.1c {end}\n@A expect \"held\\n\" within 1s");
        let (outcome, _) = passes(&held("fault c2s latency 300ms", &lines));
        assert_eq!(outcome.lane("A", Dir::In), b"held\n", "{end}");
    }
}

#[test]
fn what_came_goes_on_from_a_side_that_is_gone() {
    let gone = "@C abort\n@T.1c wait reset within 1s";
    // The other direction is over already: the side has no more to do, and goes with the end of the client.
    let closed = "@A shutdown write\n@C wait eof within 1s\n@C close\n@T.1c wait closed within 1s";
    for (fault, end, lines) in [
        ("fault c2s latency 300ms", gone, ""),
        ("fault c2s latency 300ms", closed, ""),
        ("fault c2s stall", gone, "@T.1c fault off\n"),
        ("fault c2s reorder 100%", gone, ""),
        ("intercept c2s on", gone, "@T forward\n"),
        ("intercept c2s on", closed, "@T intercept off\n"),
    ] {
        let told = if end == gone { "reset" } else { "eof" };
        let lines =
            format!("{end}\n{lines}@A expect \"held\\n\" within 2s\n@A wait {told} within 2s");
        let (outcome, _) = passes(&held(fault, &lines));
        assert_eq!(outcome.lane("A", Dir::In), b"held\n", "{fault} {end}");
    }
}
