//! `split storm`: the bytes in view through their rule under every cut. What comes of it is shown, not logged.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb};
use crate::event::{View, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Split;

impl Verb for Split {
    fn name(&self) -> &'static str {
        "split"
    }

    fn usage(&self) -> &'static str {
        "split storm"
    }

    fn help(&self) -> &'static str {
        "run the bytes in view through their framing under every cut: which cuts break a reader"
    }

    fn group(&self) -> Group {
        Group::Framing
    }

    fn acts(&self) -> bool {
        false
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        cx.socket()?;
        let word = words.require("`storm`")?;
        if word.text != "storm" {
            return Err(word.complain(format!("`{}` is no way to split", word.text), "storm"));
        }
        Ok(vec![Wish::View(View::Storm)])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["storm"], "under every cut"),
            _ => Vec::new(),
        }
    }
}
