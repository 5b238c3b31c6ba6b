//! `frame`: the rule by which a socket's bytes become messages. The rules themselves are `framing`'s.

use super::complete::Candidate;
use super::{Cx, Group, Scope, Verb};
use crate::event::{Dir, Wish};
use crate::framing::{Choices, Cut, FRAMINGS, choices};
use crate::words::{Complaint, Words};

const DIRECTIONS: &[(&str, Option<Dir>)] = &[
    ("in", Some(Dir::In)),
    ("out", Some(Dir::Out)),
    ("both", None),
];

pub(super) struct Frame;

impl Verb for Frame {
    fn name(&self) -> &'static str {
        "frame"
    }

    fn usage(&self) -> &'static str {
        "frame [in|out|both] FRAMING [from OFFSET]"
    }

    fn help(&self) -> &'static str {
        "cut the bytes into messages by a rule: line, fixed 4, len u16be, netstring"
    }

    fn group(&self) -> Group {
        Group::Framing
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let dir = DIRECTIONS
            .iter()
            .find(|(word, _)| words.take(word))
            .and_then(|(_, dir)| *dir);
        let rule = Cut::parse(words)?.words();
        let mut from = None;
        if words.take("from") {
            from = Some(words.size("the offset of a byte")?);
        }
        Ok(vec![Wish::Frame {
            conn,
            dir,
            rule,
            from,
        }])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        let directions = DIRECTIONS
            .iter()
            .map(|(word, _)| Candidate::new(*word, "a direction, seen from the socket"));
        let rules = FRAMINGS
            .iter()
            .map(|framing| Candidate::new(framing.name(), framing.help()));
        let stx = Candidate::new("stx", "sync bytes before each message");
        let is_direction = |word: &str| DIRECTIONS.iter().any(|(name, _)| *name == word);
        let behind = match before {
            [] => return directions.chain(rules).chain([stx]).collect(),
            [word, behind @ ..] if is_direction(word) => behind,
            behind => behind,
        };
        if behind.contains(&"from") {
            return Vec::new();
        }
        let (words, is_whole) = match choices(behind) {
            Choices::Framing { stx: can_sync } => {
                return rules.chain(can_sync.then_some(stx)).collect();
            }
            Choices::Words { words, is_whole } => (words, is_whole),
            Choices::Unknown => return Vec::new(),
        };
        let mut candidates: Vec<_> = words.iter().map(|word| of_a_rule(word)).collect();
        if is_whole {
            candidates.push(Candidate::new("from", "the byte where it begins"));
        }
        candidates
    }
}

/// A word within or behind a rule, with what it means.
fn of_a_rule(word: &'static str) -> Candidate {
    let help = match word {
        "max" => "the most bytes of a message",
        "crc" => "a checksum behind each message",
        "then" => "another rule for all behind the first message",
        _ => "a word of the rule",
    };
    Candidate::new(word, help)
}
