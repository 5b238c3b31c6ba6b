//! `record`: the session into a file while it goes on. What is written, and how, is the app's matter.

use super::complete::{self, Candidate};
use super::say::unquoted;
use super::{Cx, Group, Scope, Verb};
use crate::event::{Record as Wanted, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Record;

impl Verb for Record {
    fn name(&self) -> &'static str {
        "record"
    }

    fn usage(&self) -> &'static str {
        "record FILE [from start] [over] | record off"
    }

    fn help(&self) -> &'static str {
        "write all that happens to a file that Wireshark opens, too; from start: with what came before; off: end it"
    }

    fn group(&self) -> Group {
        Group::Program
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        if words.take("off") {
            return Ok(vec![Wish::Record(Wanted::Off)]);
        }
        let word = words.require("a file, or `off`")?;
        let path = if word.text.starts_with('"') {
            unquoted(word)?
        } else {
            word.text.to_owned()
        };
        if path.is_empty() {
            return Err(word.complain("the name of the file is empty", "record session.pcapng"));
        }
        let from_start = words.take("from");
        if from_start && !words.take("start") {
            let word = words.require("start")?;
            return Err(word.complain("a recording begins now, or from the start", "from start"));
        }
        let over = words.take("over");
        Ok(vec![Wish::Record(Wanted::Into {
            path,
            from_start,
            over,
        })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["off"], "end the recording"),
            ["off", ..] => Vec::new(),
            [.., "from"] => complete::words(&["start"], "with all that came before"),
            [.., "over"] => Vec::new(),
            _ => {
                let mut words = complete::words(&["over"], "replace a file that exists");
                if !before.contains(&"start") {
                    words.extend(complete::words(&["from"], "from start: with all before"));
                }
                words
            }
        }
    }
}
