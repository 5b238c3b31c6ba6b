//! The rules to choose from, and the streams of the vectors as inputs.

use serde_json::Value;
use sockeye::framing::{Cut, FRAMINGS};
use sockeye::words::Words;

use super::case::{self, HEAD_BYTES};
use super::kinds;

/// Kinds of vectors that no rule is for.
const NO_RULE: [&str; 2] = ["http_chunk_size", "switch"];

/// Rules made of others.
const JOINED: [&str; 12] = [
    "stx 7e line",
    "stx 0d0a fixed 3 crc xor8",
    "stx \"ab\" len u8 crc crc16-modbus",
    "len u8 crc sum8 over payload",
    "stx 55aa delim 00 crc crc32 le",
    "stx 01 cobs crc crc8",
    "fixed 1 then line",
    "fixed 2 max 1 then line max 9",
    "delim 00 or 0000 then netstring",
    "http1 then websocket",
    "proxy then http1",
    "line then stx 02 len u8 crc crc8 then resp",
];

/// The examples of all framings, the rules of the vectors, and some made of others.
pub fn rules() -> Vec<String> {
    let mut rules = Vec::new();
    for framing in FRAMINGS {
        let examples = framing.examples();
        rules.extend(examples.iter().map(|words| (*words).to_owned()));
        if examples.is_empty() {
            rules.push(framing.name().to_owned());
        }
    }
    rules.extend(vectors().iter().map(rule_of));
    rules.extend(JOINED.map(str::to_owned));
    rules.sort();
    rules.dedup();
    rules.retain(|words| Cut::parse(&mut Words::new(words, 0)).is_ok());
    rules
}

/// Each vector's stream for the rule of its framing, all as one read from nobody known.
pub fn all() -> Vec<Vec<u8>> {
    let head = |key: u16| {
        let mut input = key.to_be_bytes().to_vec();
        input.resize(HEAD_BYTES, 0);
        input
    };
    let mut seeds = Vec::new();
    for vector in vectors() {
        let chunks = vector["chunks"].as_array().unwrap().iter();
        let stream = chunks.flat_map(|chunk| hex(chunk.as_str().unwrap()));
        let stream: Vec<u8> = stream.collect();
        let rule = case::rules()
            .iter()
            .find(|(_, words)| *words == rule_of(&vector));
        if let Some((key, _)) = rule {
            seeds.push([head(*key), stream].concat());
        }
    }
    // A stream of nothing for each rule: what they have in common is found from there.
    seeds.extend(
        case::rules()
            .iter()
            .map(|(key, _)| [head(*key), vec![0; 16]].concat()),
    );
    seeds
}

fn vectors() -> Vec<Value> {
    let lines = include_str!("../../../vectors/framing.jsonl").lines();
    let vectors = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let has_rule = |vector: &Value| !NO_RULE.contains(&vector["framing"]["kind"].as_str().unwrap());
    vectors.filter(has_rule).collect()
}

fn rule_of(vector: &Value) -> String {
    kinds::rule(vector).0
}

fn hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
