//! `find`: bytes or a regular expression in what is in view, and once more.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, pattern};
use crate::event::{View, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Find;

impl Verb for Find {
    fn name(&self) -> &'static str {
        "find"
    }

    fn usage(&self) -> &'static str {
        "find WORD|EXPR|/regex/ · find next|previous"
    }

    fn help(&self) -> &'static str {
        "search the bytes in view, and on; a match of /regex/ of more than 16 KiB may be missed"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let view = if words.take("next") {
            View::FindAgain { forward: true }
        } else if words.take("previous") {
            View::FindAgain { forward: false }
        } else {
            View::Find(pattern::sought(words)?)
        };
        Ok(vec![Wish::View(view)])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["next", "previous"], "search again"),
            _ => Vec::new(),
        }
    }
}
