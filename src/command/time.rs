//! `pause`, `live` and `step`: which moment of the session is looked at. The connections go on meanwhile.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{Travel, View, Wish};
use crate::words::{Complaint, Words};

/// The ways of a step, and whether they lead towards the newest event.
const WAYS: &[(&str, bool)] = &[("back", false), ("on", true)];

pub(super) struct Step;

impl Verb for Step {
    fn name(&self) -> &'static str {
        "step"
    }

    fn usage(&self) -> &'static str {
        "step back|on [N]"
    }

    fn help(&self) -> &'static str {
        "look at the session as it was one event before, or behind; with N so many"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("back or on")?;
        let way = WAYS.iter().find(|(name, _)| *name == word.text);
        let Some((_, on)) = way.copied() else {
            let what = format!("`{}` is no way through the log", clipped(word.text));
            return Err(word.complain(what, "back or on"));
        };
        let count = if words.peek().is_some() {
            words.number("how many events")?
        } else {
            1
        };
        Ok(vec![Wish::View(View::Travel(Travel::Step { on, count }))])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["back", "on"], "a way through the log"),
            _ => Vec::new(),
        }
    }
}
