//! Each kind of fault on each kind of tap, in both directions, through the real program on the real kernel. The same
//! scripts run on the simulated one in `program_on_sim/taps.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/tap_faults.rs"]
mod tap_faults;

use std::io::Write as _;
use std::process::{Command, Stdio};

use tap_faults::{Comes, KINDS, Kind, ROWS, STACKS, WAYS, chances, deeds, hits};

/// Runs a script; its exit status and what it printed.
fn run(script: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sockeye"))
        .args(["run", "-", "--json", "--timeout", "60s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(script.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

fn each_on(name: &str) {
    let kind: Kind = *KINDS.iter().find(|kind| kind.name == name).unwrap();
    for (number, row) in ROWS.iter().enumerate() {
        for way in WAYS {
            let unique = format!("sockeye-{}-{name}-{number}-{way}", std::process::id());
            let script = row.script(kind, way, &unique);
            let (code, stdout, stderr) = run(&script);
            if let Comes::Refused(why) = row.comes(kind) {
                assert!(
                    code == 1 && stderr.contains(why),
                    "{name} {way} {}: {stderr}",
                    row.words
                );
                continue;
            }
            assert_eq!(
                code, 0,
                "{name} {way} {}: {stderr}\n{script}\n{stdout}",
                row.words
            );
            let told = deeds(&stdout);
            let is_told = told.iter().any(|(deed, _)| deed == row.deed);
            assert!(is_told, "{name} {way} {}: {told:?}", row.words);
        }
    }
}

#[test]
fn every_fault_on_a_tcp_tap() {
    each_on("tcp");
}

#[test]
fn every_fault_on_a_unix_tap() {
    each_on("unix");
}

#[test]
fn every_fault_on_a_seqpacket_tap() {
    each_on("unix-seqpacket");
}

#[test]
fn every_fault_on_a_udp_tap() {
    each_on("udp");
}

#[test]
fn every_fault_on_a_unix_datagram_tap() {
    each_on("unix-dgram");
}

#[test]
fn every_kind_of_fault_has_a_row() {
    for kind in sockeye::fault::KINDS {
        let has_row = ROWS
            .iter()
            .any(|row| row.words.split(' ').next() == Some(kind.name()));
        assert!(has_row, "{}", kind.name());
    }
}

#[test]
fn the_same_seed_does_the_same_in_another_run() {
    for (number, kind) in KINDS.into_iter().enumerate() {
        let (way, stack) = (WAYS[number % 2], STACKS[1 + number % 3]);
        let run = |seed: &str| {
            let words = stack.iter().map(|it| it.replace("seed ", seed));
            let name = format!("sockeye-{}-chance", std::process::id());
            let script = chances(kind, way, &words.collect::<Vec<_>>(), &name);
            let (code, stdout, stderr) = run(&script);
            assert_eq!(code, 0, "{stderr}");
            let end = if way == "c2s" { "A" } else { "C" };
            (hits(&stdout), received(&stdout, end))
        };
        let first = run("seed ");
        assert!(first == run("seed "), "{} {way} {stack:?}", kind.name);
        assert!(first != run("seed 7"), "{} {way} {stack:?}", kind.name);
    }
}

/// The payloads of all messages that a socket received, one behind the other.
fn received(json: &str, name: &str) -> String {
    let messages = json.lines().filter_map(|line| {
        let event: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_its = event["kind"] == "message" && event["conn"] == name && event["dir"] == "in";
        is_its.then(|| event["payload"].as_str().unwrap_or_default().to_owned())
    });
    messages.collect()
}
