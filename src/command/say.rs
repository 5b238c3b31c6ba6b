//! `say` and `sleep`: a script's word to its reader, and a pause.

use super::context::{complaint, expression};
use super::{Cx, Group, Verb};
use crate::event::{Step, Wish};
use crate::words::{Complaint, Word, Words};

pub(super) struct Say;

impl Verb for Say {
    fn name(&self) -> &'static str {
        "say"
    }

    fn usage(&self) -> &'static str {
        "say \"…\""
    }

    fn help(&self) -> &'static str {
        "tell the reader something"
    }

    fn group(&self) -> Group {
        Group::Script
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let quoted = words.require("a text in quotes")?;
        if !quoted.text.starts_with('"') {
            return Err(quoted.complain("the text is not in quotes", "say \"hello\""));
        }
        Ok(vec![Wish::Step(Step::Say(unquoted(quoted)?))])
    }
}

/// What stands between the quotes of a word, which are those of an expression, with the same escapes.
pub(super) fn unquoted(word: Word<'_>) -> Result<String, Complaint> {
    let (expr, columns) = expression(&mut Words::new(word.text, word.column), &[])?;
    let bytes = expr
        .constant()
        .map_err(|error| complaint(columns, error.to_string(), ""))?;
    String::from_utf8(bytes).map_err(|_| complaint(columns, "these bytes are no text", "UTF-8"))
}

pub(super) struct Sleep;

impl Verb for Sleep {
    fn name(&self) -> &'static str {
        "sleep"
    }

    fn usage(&self) -> &'static str {
        "sleep T"
    }

    fn help(&self) -> &'static str {
        "wait before the next line: 200ms, 3s, 2m"
    }

    fn group(&self) -> Group {
        Group::Script
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(vec![Wish::Step(Step::Sleep(words.time("a time")?))])
    }
}
