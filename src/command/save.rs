//! `save`: bytes of a direction into a file. Which of them there are is the session's matter, the file the system's.

use super::complete::{self, Candidate};
use super::context::complaint;
use super::say::unquoted;
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{Dir, Part, Save as Wanted, Wish};
use crate::words::{Complaint, Word, Words, size};

pub(super) struct Save;

impl Verb for Save {
    fn name(&self) -> &'static str {
        "save"
    }

    fn usage(&self) -> &'static str {
        "save FILE [in|out] [A..B|message N|all] [over]"
    }

    fn help(&self) -> &'static str {
        "write the selected bytes, or those from A up to B, to a file; one that exists only with `over`"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let word = words.require("a file")?;
        let path = if word.text.starts_with('"') {
            unquoted(word)?
        } else {
            word.text.to_owned()
        };
        if path.is_empty() {
            return Err(word.complain("the name of the file is empty", "save answer.bin"));
        }
        let dir = Dir::BOTH.into_iter().find(|dir| words.take(dir.word()));
        let part = part(words)?;
        let over = words.take("over");
        Ok(vec![Wish::Save(Wanted {
            conn,
            dir,
            path,
            part,
            over,
        })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        if before.is_empty() || before.contains(&"over") {
            return candidates;
        }
        if before.len() == 1 {
            candidates.extend(complete::words(&["in", "out"], "a direction"));
        }
        if before.len() < 3 && !before.iter().skip(1).any(|word| is_part(word)) {
            candidates.extend(complete::words(&["message", "all"], "which bytes"));
        }
        candidates.extend(complete::words(&["over"], "replace a file that exists"));
        candidates
    }
}

fn is_part(word: &str) -> bool {
    matches!(word, "message" | "all") || word.contains("..")
}

fn part(words: &mut Words<'_>) -> Result<Option<Part>, Complaint> {
    if words.take("all") {
        return Ok(Some(Part::All));
    }
    if words.take("message") {
        return message_number(words).map(Part::Message).map(Some);
    }
    let range = words.peek().filter(|word| word.text.contains(".."));
    range.map_or(Ok(None), |word| {
        words.advance(word.text.len());
        range_of(word).map(Part::Range).map(Some)
    })
}

/// The number of a message, from 1: `3` or `#3`.
pub(super) fn message_number(words: &mut Words<'_>) -> Result<u64, Complaint> {
    let word = words.require("the number of a message")?;
    let number = word.text.strip_prefix('#').unwrap_or(word.text);
    let number = number.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| {
        let what = format!("`{}` is no number of a message", clipped(word.text));
        word.complain(what, "1, 2, 3 … as the list of messages has them")
    })
}

fn range_of(word: Word<'_>) -> Result<std::ops::Range<u64>, Complaint> {
    let ends = word.text.split_once("..");
    let ends = ends.and_then(|(from, to)| Some((size(from)?, size(to)?)));
    let columns = (word.column, word.column + word.text.chars().count());
    match ends {
        Some((from, to)) if from < to => Ok(from..to),
        Some(_) => Err(complaint(
            columns,
            "there is nothing between these offsets",
            "0..12",
        )),
        None => {
            let what = format!("`{}` is no range", clipped(word.text));
            Err(complaint(columns, what, "0..12: bytes 0 to 11; 64k..1M"))
        }
    }
}
