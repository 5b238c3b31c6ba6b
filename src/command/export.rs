//! `export`: the session, or a part of it, in another form. What it says is the room `export`'s matter, the file the
//! system's.

use super::complete::{self, Candidate};
use super::say::unquoted;
use super::{Cx, Group, Noun, Scope, Verb, clipped};
use crate::event::{Dir, Export as Wanted, Side, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Export;

impl Verb for Export {
    fn name(&self) -> &'static str {
        "export"
    }

    fn usage(&self) -> &'static str {
        "export FORMAT FILE [in|out] [as client|server] [over]"
    }

    fn help(&self) -> &'static str {
        "write what happened as text, json, hex, a script or a program; a file that exists only with `over`"
    }

    fn group(&self) -> Group {
        Group::Program
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.before_verb();
        let format = cx.noun(words, Noun::Document, &[], "a form of export")?;
        let word = words.require("a file")?;
        let path = if word.text.starts_with('"') {
            unquoted(word)?
        } else {
            word.text.to_owned()
        };
        if path.is_empty() {
            return Err(word.complain("the name of the file is empty", "export python calls.py"));
        }
        let dir = Dir::BOTH.into_iter().find(|dir| words.take(dir.word()));
        let side = if words.take("as") {
            Some(side(words)?)
        } else {
            None
        };
        let over = words.take("over");
        Ok(vec![Wish::Export(Wanted {
            format,
            path,
            conn,
            dir,
            side,
            over,
        })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::nouns(scope, Noun::Document, "a form of export"),
            [_] => Vec::new(),
            [.., "as"] => complete::words(&Side::BOTH.map(Side::word), "whose part it plays"),
            [.., "over"] => Vec::new(),
            ["script", _] => complete::words(&["as", "over"], "whose part it plays"),
            [_, _] => complete::words(&["in", "out", "over"], "a direction, or replace a file"),
            _ => complete::words(&["over"], "replace a file that exists"),
        }
    }
}

fn side(words: &mut Words<'_>) -> Result<Side, Complaint> {
    let word = words.require("client or server")?;
    let side = Side::BOTH.into_iter().find(|side| side.word() == word.text);
    side.ok_or_else(|| {
        let what = format!("`{}` is no side of a conversation", clipped(word.text));
        word.complain(what, "client or server")
    })
}
