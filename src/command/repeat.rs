//! `repeat`: a command again and again. It is read once here to find its mistakes; who repeats it reads it each time
//! anew, so that counts go on and chance is drawn again.

use std::time::Duration;

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, VERBS, Verb, clipped, command};
use crate::event::{Step, Wish};
use crate::words::{Complaint, Words};

/// How often a command may be repeated.
const TIMES_MAX: u32 = 1_000_000;

pub(super) struct Repeat;

impl Verb for Repeat {
    fn name(&self) -> &'static str {
        "repeat"
    }

    fn usage(&self) -> &'static str {
        "repeat N [every T] COMMAND"
    }

    fn help(&self) -> &'static str {
        "carry a command out N times, one each T or as fast as it goes; `cancel` ends it"
    }

    fn group(&self) -> Group {
        Group::Script
    }

    fn acts(&self) -> bool {
        true
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("how many times")?;
        let times = word.text.parse().ok();
        let times = times.filter(|times| (1..=TIMES_MAX).contains(times));
        let times = times.ok_or_else(|| {
            let what = format!("`{}` is no number of times", clipped(word.text));
            word.complain(what, format!("1 to {TIMES_MAX}"))
        })?;
        let every = if words.take("every") {
            words.time("a time")?
        } else {
            Duration::ZERO
        };
        let text = words.rest().to_owned();
        let first = words.clone().require("a command")?;
        // `@A repeat 3 send "x"` and `repeat 3 @A send "x"` mean the same.
        let line = match cx.spoken() {
            Some(_) if text.starts_with('@') => {
                let fits = "one socket, before `repeat` or behind it";
                return Err(first.complain("a second socket", fits));
            }
            Some(name) => format!("@{name} {text}"),
            None => text.clone(),
        };
        if cx.is_real() {
            words.advance(text.len());
        } else {
            cx.begin(words)?;
            let (verb, wishes) = command(words, cx)?;
            if let Some(why) = wishes.iter().find_map(refusal) {
                let why = format!("`{}` {why}", verb.name());
                return Err(first.complain(why, "a command, as `send`"));
            }
        }
        Ok(vec![Wish::Repeat { times, every, line }])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        let inner = match before {
            [] => return Vec::new(),
            [_] => {
                let mut candidates = complete::words(&["every"], "how long from one to the next");
                candidates.extend(verbs());
                return candidates;
            }
            [_, "every"] => return complete::words(&["100ms", "1s"], "a time"),
            [_, "every", _, inner @ ..] | [_, inner @ ..] => inner,
        };
        let inner = match inner {
            [name, inner @ ..] if name.starts_with('@') => inner,
            inner => inner,
        };
        let Some((name, before)) = inner.split_first() else {
            return verbs().collect();
        };
        let verb = VERBS.iter().find(|verb| verb.name() == *name);
        verb.map_or(Vec::new(), |verb| verb.complete(before, scope))
    }
}

fn verbs() -> impl Iterator<Item = Candidate> {
    let verbs = VERBS.iter().filter(|verb| verb.name() != "repeat");
    verbs.map(|verb| Candidate::new(verb.name(), verb.help()))
}

/// Why a command cannot be repeated.
fn refusal(wish: &Wish) -> Option<&'static str> {
    match wish {
        Wish::Repeat { .. } => Some("cannot be repeated itself"),
        Wish::Step(Step::Sleep(_) | Step::Await { .. }) => {
            Some("waits, and only a script's own line can wait")
        }
        Wish::Quit => Some("needs no repetition"),
        _ => None,
    }
}
