//! `frame`: the rule by which a socket's bytes become messages. The rules themselves are `framing`'s.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb};
use crate::event::{Dir, Wish};
use crate::framing::{Cut, FRAMINGS};
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
        let is_direction = |word: &str| DIRECTIONS.iter().any(|(name, _)| *name == word);
        let behind = match before {
            [] => return directions.chain(rules).collect(),
            [word, behind @ ..] if is_direction(word) => behind,
            behind => behind,
        };
        let (name, parameters) = match behind {
            [] => return rules.collect(),
            [.., "from" | "max"] => return Vec::new(),
            [name, parameters @ ..] => (*name, parameters),
        };
        let framing = FRAMINGS.iter().find(|framing| framing.name() == name);
        let choices = framing.map_or(Some(&[][..]), |framing| framing.choices(parameters));
        let Some(choices) = choices else {
            return Vec::new();
        };
        let mut candidates = complete::words(choices, "a word of the rule");
        let is_type_missing = parameters.is_empty() && !choices.is_empty();
        if !is_type_missing {
            candidates.extend(complete::words(&["from", "max"], "behind the rule"));
        }
        candidates
    }
}
