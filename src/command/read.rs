//! `read`: as what the inspector takes the bytes at the cursor. What the types are, `inspect` knows.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{View, Wish};
use crate::inspect::Form;
use crate::words::{Complaint, Words};

pub(super) struct Read;

impl Verb for Read {
    fn name(&self) -> &'static str {
        "read"
    }

    fn usage(&self) -> &'static str {
        "read as TYPE|anything"
    }

    fn help(&self) -> &'static str {
        "read the bytes at the cursor as u8, u16be, ntohs, ntohl, struct u8,u32 or text; as anything: all readings"
    }

    fn group(&self) -> Group {
        Group::Framing
    }

    fn acts(&self) -> bool {
        false
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("`as` and a type")?;
        if word.text != "as" {
            let what = format!("`read {}` means nothing", clipped(word.text));
            return Err(word.complain(what, "read as u16be; `recv` takes bytes from a socket"));
        }
        let form = if words.take("anything") {
            None
        } else {
            Some(Form::parse(words)?)
        };
        Ok(vec![Wish::View(View::ReadAs(
            form.map(|form| form.words().to_owned()),
        ))])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["as"], "and a type"),
            ["as"] => {
                let types = Form::beginnings().map(|word| Candidate::new(word, "a type"));
                types
                    .chain([Candidate::new("anything", "all readings")])
                    .collect()
            }
            ["as", "struct"] => complete::words(&["u8,u32", "u16be,u32be"], "for instance"),
            _ => Vec::new(),
        }
    }
}
