//! A hundred messages of every kind are known for what they are, and noise for nothing. It goes over the table of
//! framings and over the vectors, so a new framing is asked here without a word.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "vectors/kinds.rs"]
mod kinds;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::Value;
use sockeye::framing::{Cut, Cx, FRAMINGS, Message, Sight, Status};
use sockeye::guess::{Guess, Verdict};
use sockeye::words::Words;

/// Rules that nobody can know from the bytes, and why.
const NO_REGULARITY: &[(&str, &str)] = &[
    ("raw", "the reads are all it knows"),
    ("idle", "the pauses are all it knows"),
    ("eof", "there is one message only"),
    ("proxy", "there is one message only"),
    ("type", "its lengths are the reader's own knowledge"),
];

/// Kinds of vectors whose frames are no stream when they are repeated.
const NO_STREAM: &[(&str, &str)] = &[(
    "smtp_data",
    "texts without their commands end as a delimiter does",
)];

/// Rules of which the lengths of reads tell, and nothing else.
const ONLY_BY_READS: &[(&str, &str)] = &[("fixed 3", "noise in records begins like noise")];

/// Fewer messages than this are no stream that this is about.
const ENOUGH: usize = 20;

struct Stream {
    words: String,
    bytes: Vec<u8>,
    ends: Vec<u64>,
}

#[test]
fn text_that_was_encoded_is_known_by_its_reads() {
    check_by_reads(text);
}

#[test]
fn noise_that_was_encoded_is_known_by_its_reads() {
    check_by_reads(noise);
}

#[test]
fn text_that_was_encoded_is_known_by_its_bytes_alone() {
    let mut wrong = Vec::new();
    for words in rules(NO_REGULARITY) {
        let is_left_out = ONLY_BY_READS.iter().any(|(left_out, _)| *left_out == words);
        if let Some(stream) = encoded(&words, text).filter(|_| !is_left_out)
            && let Err(found) = known(&stream, &[])
        {
            wrong.push(found);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn frames_of_the_vectors_are_known() {
    let mut wrong = Vec::new();
    for stream in recorded() {
        if let Err(found) = known(&stream, &stream.ends) {
            wrong.push(found);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Databases take in TLS, so that they cut it alike.
#[test]
fn captures_of_tls_are_called_that() {
    let mut told = Vec::new();
    for line in include_str!("vectors/framing.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        if vector["id"].as_str().unwrap().starts_with("cap-tls-") {
            let chunks = vector["chunks"].as_array().unwrap().iter();
            let bytes: Vec<u8> = chunks
                .flat_map(|chunk| hex(chunk.as_str().unwrap()))
                .collect();
            told.push(ranked(&bytes, &[]).first().unwrap().cut.words());
        }
    }
    assert_eq!(told, ["tls"; 4]);
}

#[test]
fn noise_is_nothing() {
    for seed in 1..=100 {
        let mut random = Random(seed);
        let len = 50 + random.below(3000);
        let bytes: Vec<u8> = (0..len).map(|_| random.byte()).collect();
        let ranking = ranked(&bytes, &[]);
        assert!(ranking.is_empty(), "{seed}: {}", shown(&ranking));
    }
}

#[test]
fn every_exception_is_of_a_rule() {
    for (name, why) in [NO_REGULARITY, NO_STREAM, ONLY_BY_READS].concat() {
        assert!(!name.is_empty() && why.contains(' '), "{name}");
    }
}

#[track_caller]
fn check_by_reads(payload: fn(&mut Random, usize) -> Vec<u8>) {
    let mut wrong = Vec::new();
    for words in rules(NO_REGULARITY) {
        if let Some(stream) = encoded(&words, payload)
            && let Err(found) = known(&stream, &stream.ends)
        {
            wrong.push(found);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The rules of the table, all examples.
fn rules(except: &[(&str, &str)]) -> Vec<String> {
    let names = FRAMINGS.iter().filter(|framing| {
        let is_named = |(name, _): &(&str, &str)| *name == framing.name();
        !except.iter().any(is_named)
    });
    let rules = names.flat_map(|framing| match framing.examples() {
        [] => vec![framing.name()],
        examples => examples.to_vec(),
    });
    rules.map(str::to_owned).collect()
}

/// A hundred payloads as the rule frames them; none where it frames too few.
fn encoded(words: &str, payload: fn(&mut Random, usize) -> Vec<u8>) -> Option<Stream> {
    let cut = cut(words);
    let mut random = Random(0x5eed);
    // A rule that takes one length alone gets that.
    let takes = |len: &usize| cut.rule.encode(&vec![b'a'; *len]).is_ok();
    let only: Vec<usize> = (1..40).filter(takes).collect();
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        let len = match only.as_slice() {
            [len] => *len,
            _ => 3 + random.below(37),
        };
        if let Ok(framed) = cut.rule.encode(&payload(&mut random, len)) {
            bytes.extend(framed);
            ends.push(bytes.len() as u64);
        }
    }
    let words = words.to_owned();
    // A byte each, and any byte one, is what everything is.
    let is_anything = bytes.len() == ends.len();
    let is_enough = ends.len() >= ENOUGH && !is_anything;
    is_enough.then_some(Stream { words, bytes, ends })
}

/// Rules that only cut: the good frames of their vectors, again and again.
fn recorded() -> Vec<Stream> {
    let mut frames: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for line in include_str!("vectors/framing.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let kind = vector["framing"]["kind"].as_str().unwrap();
        let is_plain = vector["error"].is_null() && !matches!(kind, "http_chunk_size" | "switch");
        if !is_plain || NO_STREAM.iter().any(|(left_out, _)| *left_out == kind) {
            continue;
        }
        let (words, _) = kinds::rule(&vector);
        let name = words.split(' ').next().unwrap();
        let is_whole = FRAMINGS
            .iter()
            .any(|framing| framing.name() == name && framing.parse(&mut Words::new("", 0)).is_ok());
        if is_whole && !NO_REGULARITY.iter().any(|(left_out, _)| *left_out == name) {
            let of = vector["frames"].as_array().unwrap();
            let of = of.iter().map(|frame| hex(frame["bytes"].as_str().unwrap()));
            frames.entry(words).or_default().extend(of);
        }
    }
    let stream = |(words, frames): (String, Vec<Vec<u8>>)| {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for frame in frames.iter().cycle().take(100) {
            bytes.extend(frame);
            ends.push(bytes.len() as u64);
        }
        // One frame again and again is a record of one length.
        let distinct: BTreeSet<_> = frames.iter().collect();
        if distinct.len() < 3 {
            return None;
        }
        // Frames of other streams may not follow each other.
        let cut = cut(&words);
        let whole = cut_all(&cut, &bytes);
        let is_good = whole.iter().all(|message| message.status == Status::Ok);
        is_good.then_some(Stream { words, bytes, ends })
    };
    frames.into_iter().filter_map(stream).collect()
}

/// Whether the first guess cuts the bytes as the rule does that made them.
fn known(stream: &Stream, ends: &[u64]) -> Result<(), String> {
    let Stream { words, bytes, .. } = stream;
    let ranking = ranked(bytes, ends);
    let ranges = |cut: &Cut| -> Vec<Range<u64>> {
        let messages = cut_all(cut, bytes).into_iter();
        messages.map(|message| message.range).collect()
    };
    // What was put together as requests need be no answer to them: the frames that were made count as well.
    let is_made = |found: &[Range<u64>]| found.iter().map(|range| &range.end).eq(&stream.ends);
    match ranking.first() {
        Some(first) if ranges(&first.cut) == ranges(&cut(words)) => Ok(()),
        Some(first) if is_made(&ranges(&first.cut)) => Ok(()),
        _ => Err(format!("{words}, not {}", shown(&ranking))),
    }
}

fn shown(ranking: &[Verdict]) -> String {
    let line = |verdict: &Verdict| format!("`{}`: {}", verdict.cut.words(), verdict.evidence);
    ranking.first().map_or_else(|| "nothing".to_owned(), line)
}

fn ranked(bytes: &[u8], ends: &[u64]) -> Vec<Verdict> {
    let mut guess = Guess::new(bytes, ends, Sight::default());
    while guess.step(1 << 20) {}
    guess.ranking().to_vec()
}

fn cut(words: &str) -> Cut {
    Cut::parse(&mut Words::new(words, 0)).unwrap()
}

fn cut_all(cut: &Cut, bytes: &[u8]) -> Vec<Message> {
    let mut decoder = cut.rule.decoder();
    let mut cx = Cx::new(0, cut.max, Sight::default());
    let mut rest = bytes;
    while !rest.is_empty() {
        let taken = decoder.feed(rest, &mut cx);
        cx.advance(taken as u64);
        rest = &rest[taken..];
    }
    decoder.end(&mut cx);
    let mut messages = cx.take();
    messages.extend(decoder.unfinished().map(|tail| tail.message(cx.at())));
    messages
}

/// Words of letters.
fn text(random: &mut Random, len: usize) -> Vec<u8> {
    let letters = b"etaoin shrdlu cmfwyp";
    (0..len)
        .map(|_| letters[random.below(letters.len())])
        .collect()
}

/// Any bytes.
fn noise(random: &mut Random, len: usize) -> Vec<u8> {
    (0..len).map(|_| random.byte()).collect()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// Marsaglia's xorshift64: the same numbers on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % limit as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}
