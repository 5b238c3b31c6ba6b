//! `mark` and `goto`: moments of the log, by name or number; bytes and messages of the direction in view.

use super::complete::{self, Candidate};
use super::context::{check_name, near};
use super::save::message_number;
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{Jump, View, Wish};
use crate::words::{Complaint, Word, Words, size};

/// Before an offset.
const BYTE: &str = "byte";

/// Before the number of a message.
const MESSAGE: &str = "message";

pub(super) struct Goto;

impl Verb for Goto {
    fn name(&self) -> &'static str {
        "goto"
    }

    fn usage(&self) -> &'static str {
        "goto EVENT|MARK|now|byte N|message N"
    }

    fn help(&self) -> &'static str {
        "look at an event, 13 or #13, a mark, or now; while the past is in view, at the session as it was then"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("an event")?;
        let number = word.text.strip_prefix('#').unwrap_or(word.text);
        let jump = if word.text == "now" {
            Jump::Now
        } else if word.text == BYTE {
            Jump::Byte(offset(words)?)
        } else if word.text == MESSAGE {
            Jump::Message(message_number(words)?)
        } else if number.starts_with(|c: char| c.is_ascii_digit()) {
            Jump::Event(number.parse().map_err(|_| {
                let what = format!("`{}` is no event", clipped(word.text));
                word.complain(what, "its number: 13 or #13")
            })?)
        } else {
            if let Some(marks) = cx.marks() {
                check_mark(word, &marks)?;
            }
            Jump::Mark(word.text.to_owned())
        };
        Ok(vec![Wish::View(View::Goto(jump))])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        if !before.is_empty() {
            return Vec::new();
        }
        let mut candidates = complete::words(&["now"], "the newest event");
        candidates.extend(complete::words(&[BYTE], "a byte by its offset"));
        candidates.extend(complete::words(&[MESSAGE], "a message by its number"));
        candidates.extend(
            scope
                .marks()
                .into_iter()
                .map(|mark| Candidate::new(mark, "a mark")),
        );
        candidates
    }
}

/// An offset in bytes, from 0: `16`, `0x10`, `64k`.
fn offset(words: &mut Words<'_>) -> Result<u64, Complaint> {
    let word = words.require("an offset")?;
    let hex = word.text.strip_prefix("0x");
    let offset = match hex {
        Some(digits) if digits.starts_with(|c: char| c.is_ascii_hexdigit()) => {
            u64::from_str_radix(digits, 16).ok()
        }
        _ => size(word.text),
    };
    offset.ok_or_else(|| {
        let what = format!("`{}` is no offset", clipped(word.text));
        word.complain(what, "16, 0x10 or 64k; the first byte is 0")
    })
}

fn check_mark(word: Word<'_>, marks: &[String]) -> Result<(), Complaint> {
    if marks.iter().any(|mark| mark == word.text) {
        return Ok(());
    }
    let names = marks.iter().map(String::as_str).chain(["now"]);
    let fits = near(word.text, names.clone()).unwrap_or_else(|| {
        let names: Vec<_> = names.collect();
        format!("an event's number, or {}", names.join(" "))
    });
    let what = format!("there is no mark `{}`", clipped(word.text));
    Err(word.complain(what, fits))
}

pub(super) struct Mark;

impl Verb for Mark {
    fn name(&self) -> &'static str {
        "mark"
    }

    fn usage(&self) -> &'static str {
        "mark NAME"
    }

    fn help(&self) -> &'static str {
        "name this moment, for goto"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn acts(&self) -> bool {
        true
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("a name")?;
        check_name(word, word.text)?;
        if let Some(what) = match word.text {
            "now" => Some("`now` is the newest event"),
            BYTE | MESSAGE => Some("goto has that word for bytes and messages"),
            _ => None,
        } {
            return Err(word.complain(what, "another name"));
        }
        Ok(vec![Wish::Mark(word.text.to_owned())])
    }
}

/// Takes a mark back.
pub(super) struct Unmark;

impl Verb for Unmark {
    fn name(&self) -> &'static str {
        "unmark"
    }

    fn usage(&self) -> &'static str {
        "unmark NAME"
    }

    fn help(&self) -> &'static str {
        "take the name of a moment back"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn acts(&self) -> bool {
        true
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("a mark")?;
        if let Some(marks) = cx.marks() {
            check_mark(word, &marks)?;
        }
        Ok(vec![Wish::Unmark(word.text.to_owned())])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        if !before.is_empty() {
            return Vec::new();
        }
        let marks = scope.marks().into_iter();
        marks.map(|mark| Candidate::new(mark, "a mark")).collect()
    }
}
