//! `export`: the calls of the session as a program. What it says is the room `export`'s matter, the file the system's.

use super::complete::{self, Candidate};
use super::say::unquoted;
use super::{Cx, Group, Noun, Scope, Verb};
use crate::event::{Export as Wanted, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Export;

impl Verb for Export {
    fn name(&self) -> &'static str {
        "export"
    }

    fn usage(&self) -> &'static str {
        "export python|c|rust FILE [over]"
    }

    fn help(&self) -> &'static str {
        "write the calls so far as a program that makes them again; a file that exists only with `over`"
    }

    fn group(&self) -> Group {
        Group::Program
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let format = cx.noun(words, Noun::Program, &[], "a language of programs")?;
        let word = words.require("a file")?;
        let path = if word.text.starts_with('"') {
            unquoted(word)?
        } else {
            word.text.to_owned()
        };
        if path.is_empty() {
            return Err(word.complain("the name of the file is empty", "export python calls.py"));
        }
        let over = words.take("over");
        Ok(vec![Wish::Export(Wanted { format, path, over })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before.len() {
            0 => {
                let formats = scope.nouns(Noun::Program).into_iter();
                let what = "a language of programs";
                formats.map(|format| Candidate::new(format, what)).collect()
            }
            2 => complete::words(&["over"], "replace a file that exists"),
            _ => Vec::new(),
        }
    }
}
