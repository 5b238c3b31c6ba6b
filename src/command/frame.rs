//! `frame`: the rule by which a socket's bytes become messages. The rules themselves are `framing`'s.

use super::complete::Candidate;
use super::{Cx, Group, Scope, Verb};
use crate::event::{Dir, View, Wish};
use crate::framing::{Choices, Cut, FRAMINGS, JOINS, choices};
use crate::words::{Complaint, Words};

const DIRECTIONS: &[(&str, Option<Dir>)] = &[
    ("in", Some(Dir::In)),
    ("out", Some(Dir::Out)),
    ("both", None),
    ("c2s", Some(Dir::In)),
    ("s2c", Some(Dir::Out)),
];

/// One step of a parameter.
const TURNS: &[(&str, bool)] = &[("more", true), ("less", false)];

pub(super) struct Frame;

impl Verb for Frame {
    fn name(&self) -> &'static str {
        "frame"
    }

    fn usage(&self) -> &'static str {
        "frame [in|out|both|c2s|s2c] FRAMING [from OFFSET] · frame more|less [WHAT] · \
         frame beside FRAMING|off · frame guess"
    }

    fn help(&self) -> &'static str {
        "cut the bytes into messages by a rule: line, fixed 4, len u16be, netstring"
    }

    fn group(&self) -> Group {
        Group::Framing
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        if words.take("guess") {
            return Ok(vec![Wish::View(View::Guess)]);
        }
        if words.take("beside") {
            let rule = if words.take("off") {
                None
            } else {
                Some(Cut::parse(words)?.words())
            };
            return Ok(vec![Wish::View(View::Beside(rule))]);
        }
        let dir = DIRECTIONS
            .iter()
            .find(|(word, _)| words.take(word))
            .and_then(|(word, dir)| {
                // On a tap, and on the client's side of a conversation, c2s is what comes in.
                let is_way = word.contains('2');
                let is_beyond = is_way && cx.scope().is_some_and(|scope| scope.is_beyond(conn));
                dir.map(|dir| if is_beyond { dir.other() } else { dir })
            });
        for (word, more) in TURNS {
            if words.take(word) {
                let knob = words.next_word().map(|word| word.text.to_owned());
                let turn = Wish::Turn {
                    conn,
                    dir,
                    knob,
                    more: *more,
                };
                return Ok(vec![turn]);
            }
        }
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
        let stx = of_a_rule("stx");
        let turns = [
            ("more", "a step up of one of the rule's parameters"),
            ("less", "a step down of one of the rule's parameters"),
        ]
        .map(|(word, help)| Candidate::new(word, help));
        let others = [
            (
                "beside",
                "a second rule, its seams beside those of the first",
            ),
            (
                "guess",
                "which rules the bytes look like, with the evidence",
            ),
        ]
        .map(|(word, help)| Candidate::new(word, help));
        let is_direction = |word: &str| DIRECTIONS.iter().any(|(name, _)| *name == word);
        let behind = match before {
            [] => {
                let all = directions.chain(rules).chain([stx]);
                return all.chain(turns).chain(others).collect();
            }
            ["beside"] => {
                let off = Candidate::new("off", "one rule again");
                return rules.chain([stx, off]).collect();
            }
            [word] if is_direction(word) => return rules.chain([stx]).chain(turns).collect(),
            ["beside", behind @ ..] => behind,
            [word, behind @ ..] if is_direction(word) => behind,
            behind => behind,
        };
        if behind.contains(&"from") || matches!(behind, ["more" | "less" | "guess", ..]) {
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
    let join = JOINS.iter().find(|join| join.name == word);
    Candidate::new(word, join.map_or("a word of the rule", |join| join.help))
}
