//! Every framing through the real program's `decode`, with a stream as it should be and with broken ones: however the
//! bytes are fed, the same lines of JSON, whose ranges tile the stream.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which fail by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::Value;
use sockeye::framing::{Cut, FRAMINGS};
use sockeye::words::Words;

#[path = "vectors/kinds.rs"]
mod kinds;

/// Those that cut by how the bytes arrive.
const BY_ARRIVAL: [&str; 2] = ["raw", "idle"];

/// The rules of a framing that its examples show, and its bare name where that is one.
fn rules(name: &str, examples: &[&str]) -> Vec<String> {
    let mut rules: Vec<_> = examples.iter().map(|words| (*words).to_owned()).collect();
    if Cut::parse(&mut Words::new(name, 0)).is_ok() {
        rules.push(name.to_owned());
    }
    rules
}

/// A few whole streams of the vectors for each kind of rule.
fn streams() -> Vec<(String, Vec<u8>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/framing.jsonl");
    let text = fs::read_to_string(path).unwrap();
    let mut streams: Vec<(String, Vec<u8>)> = Vec::new();
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        if vector["framing"]["kind"] == "http_chunk_size" {
            continue;
        }
        let (rule, _) = kinds::rule(&vector);
        let chunks = vector["chunks"].as_array().unwrap();
        let hex: String = chunks.iter().map(|chunk| chunk.as_str().unwrap()).collect();
        let stream: Vec<u8> = (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(hex.get(at * 2..at * 2 + 2).unwrap(), 16).unwrap())
            .collect();
        let kind = rule.split(' ').next().unwrap();
        let known = streams.iter().filter(|(rule, _)| rule.starts_with(kind));
        if stream.len() < 4000 && known.count() < 3 {
            streams.push((rule, stream));
        }
    }
    streams
}

/// The status, and the lines.
fn decode(rule: &str, path: &Path, more: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
    let command = command.args(["decode", rule, "--json"]).arg(path);
    let output = command.args(more).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(told, "", "{rule}");
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

fn check(rule: &str, stream: &[u8], path: &Path) {
    fs::write(path, stream).unwrap();
    let (code, lines) = decode(rule, path, &[]);
    assert!(matches!(code, Some(0 | 1)), "{rule}: {code:?}");
    let mut at = 0;
    for line in lines.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let number = |key: &str| message[key].as_u64().unwrap();
        assert_eq!(number("start"), at, "{rule}: {line}");
        at = number("end");
        let is_bad = message["status"] == "bad";
        assert!(!is_bad || code == Some(1), "{rule}: {line}");
    }
    assert_eq!(at, stream.len() as u64, "{rule}: {lines}");
    if !BY_ARRIVAL.iter().any(|name| rule.starts_with(name)) {
        let fed = decode(rule, path, &["--chunk", "1"]);
        assert_eq!(fed, (code, lines), "{rule}");
    }
}

/// A stream, its beginning, with one byte changed, and something else.
fn check_all(rule: &str, stream: &[u8], path: &Path) {
    check(rule, stream, path);
    check(rule, stream.get(..stream.len() * 2 / 3).unwrap(), path);
    let mut broken = stream.to_vec();
    let middle = broken.len() / 2;
    broken[middle] ^= 0xff;
    check(rule, &broken, path);
}

#[test]
fn every_framing_decodes_good_and_broken_streams_the_same_however_they_are_fed() {
    let mut work = streams();
    for framing in FRAMINGS {
        for rule in rules(framing.name(), framing.examples()) {
            let cut = Cut::parse(&mut Words::new(&rule, 0)).unwrap();
            let framed = [b"\x05hello".as_slice(), b"12", b"{\"a\":[1]}"].map(|payload| {
                let framed = cut.rule.encode(payload);
                framed.unwrap_or_else(|_| payload.to_vec())
            });
            work.push((rule.clone(), framed.concat()));
            work.push((rule, b"GET / HTTP/1.1\r\n\r\n\0\xff\xc1\x80{]".to_vec()));
        }
    }
    work.retain(|(_, stream)| !stream.is_empty());
    let share = work.len().div_ceil(4);
    thread::scope(|scope| {
        for (nth, part) in work.chunks(share).enumerate() {
            let name = format!("sockeye-decode-all-{}-{nth}", std::process::id());
            let path = std::env::temp_dir().join(name);
            scope.spawn(move || {
                for (rule, stream) in part {
                    check_all(rule, stream, &path);
                }
                fs::remove_file(&path).unwrap();
            });
        }
    });
}
