//! `fault`, `faults`, `replace` and `intercept`: what may befall bytes on their way. What each kind of fault is, the
//! table of faults knows.

use super::complete::{self, Candidate};
use super::{Cx, Group, Noun, Scope, Verb};
use crate::event::{Dir, Tamper, Way, Wish};
use crate::words::{Complaint, Words};

/// The words of a direction.
const WAYS: &[(&str, Option<Way>)] = &[
    ("in", Some(Way::Of(Dir::In))),
    ("out", Some(Way::Of(Dir::Out))),
    ("both", None),
    ("c2s", Some(Way::Through(Dir::In))),
    ("s2c", Some(Way::Through(Dir::Out))),
];

/// How holding ends.
const OFF: &str = "intercept [c2s|s2c] off; `fault off N` ends one";

/// What may stand behind any fault.
const BEHIND: &[&str] = &["on", "chance", "seed"];

pub(super) struct Fault;

impl Verb for Fault {
    fn name(&self) -> &'static str {
        "fault"
    }

    fn usage(&self) -> &'static str {
        "fault [in|out|both|c2s|s2c] KIND … [on message N|on every N|on type EXPR|chance P] [seed S] · fault off [N]"
    }

    fn help(&self) -> &'static str {
        "let something befall what a tap passes on: latency 200ms, rate 9600/s, drop 10%, reset after 4k; off: no more"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        if words.take("off") {
            let number = match words.peek() {
                Some(_) => Some(words.number("the number of a fault")?),
                None => None,
            };
            let conn = cx.before_verb();
            return Ok(vec![Wish::Tamper(conn, Tamper::End(number))]);
        }
        let way = way(words);
        begin(way, words, cx)
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        let is_way = |word: &&str| WAYS.iter().any(|(way, _)| way == word);
        let kinds = || complete::nouns(scope, Noun::Fault, "what befalls the bytes");
        match before {
            [] => {
                let off = Candidate::new("off", "no more of it");
                kinds().into_iter().chain(ways()).chain([off]).collect()
            }
            ["off", ..] => Vec::new(),
            [way] if is_way(way) => kinds(),
            [.., "on"] => complete::words(&["message", "every", "type"], "which messages"),
            [.., "gap" | "jitter"] => complete::words(&["50ms"], "a time"),
            [.., "after"] => complete::words(&["4k"], "a size"),
            [way, kind] if is_way(way) => of_kind(kind, before, scope),
            [kind, ..] if !is_way(kind) => of_kind(kind, before, scope),
            [_, kind, ..] => of_kind(kind, before, scope),
            _ => Vec::new(),
        }
    }
}

/// What may stand behind a kind of fault.
fn of_kind(kind: &str, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
    let (sample, options) = scope.fault_words(kind);
    if before.last() == Some(&kind) && !sample.is_empty() {
        return complete::words(&[sample], "for instance");
    }
    let options: Vec<&str> = options.iter().chain(BEHIND).copied().collect();
    complete::options(&options, before)
}

fn ways() -> impl Iterator<Item = Candidate> {
    WAYS.iter()
        .map(|(word, _)| Candidate::new(*word, "a direction"))
}

/// The direction that stands there, if one does.
fn way(words: &mut Words<'_>) -> Option<Way> {
    let found = WAYS.iter().find(|(word, _)| words.take(word));
    found.and_then(|(_, way)| *way)
}

/// The wish for the fault that these words name.
fn begin(way: Option<Way>, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
    let conn = cx.socket()?;
    let words = match cx.scope() {
        Some(scope) => scope.fault(words)?,
        None => rest(words),
    };
    let begin = Tamper::Begin { way, words };
    Ok(vec![Wish::Tamper(Some(conn), begin)])
}

fn rest(words: &mut Words<'_>) -> String {
    let rest = words.rest();
    words.advance(rest.len());
    rest.to_owned()
}

pub(super) struct Faults;

impl Verb for Faults {
    fn name(&self) -> &'static str {
        "faults"
    }

    fn usage(&self) -> &'static str {
        "faults"
    }

    fn help(&self) -> &'static str {
        "the faults in force, with how often each has hit"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, _words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(vec![Wish::Tamper(None, Tamper::List)])
    }
}

pub(super) struct Replace;

impl Verb for Replace {
    fn name(&self) -> &'static str {
        "replace"
    }

    fn usage(&self) -> &'static str {
        "replace [c2s|s2c] EXPR|/re/ with EXPR [framed]"
    }

    fn help(&self) -> &'static str {
        "rewrite what passes through a tap; framed: within payloads, with lengths and checksums made anew"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let way = way(words);
        let column = words.column();
        let rest = rest(words);
        prefixed("replace", &rest, column, way, cx)
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => ways().chain(complete::expressions()).collect(),
            [.., "with"] => complete::expressions(),
            [.., "framed"] => Vec::new(),
            _ if before.contains(&"with") => complete::options(&["framed"], before),
            _ => complete::options(&["with"], before),
        }
    }
}

pub(super) struct Intercept;

impl Verb for Intercept {
    fn name(&self) -> &'static str {
        "intercept"
    }

    fn usage(&self) -> &'static str {
        "intercept [c2s|s2c] [message EXPR|/re/] on · intercept [c2s|s2c] off"
    }

    fn help(&self) -> &'static str {
        "hold each whole message of a tap, or those with these bytes, until you say what becomes of it"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let way = way(words);
        if words.take("off") {
            let conn = cx.socket()?;
            return Ok(vec![Wish::Tamper(Some(conn), Tamper::Release(way))]);
        }
        let column = words.column();
        let text = rest(words);
        let text = text.trim_end();
        let Some(before) = text.strip_suffix("on").filter(|before| is_apart(before)) else {
            let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
            let end = column + text.chars().count();
            let (what, fits) = match word {
                "" => ("on or off is missing".to_owned(), self.usage()),
                "off" => ("`off` ends what holds messages, whichever".to_owned(), OFF),
                word => (format!("`{word}` is not on or off"), self.usage()),
            };
            return Err(Complaint {
                column: end - word.chars().count(),
                end: end.max(column + 1),
                what,
                fits: fits.to_owned(),
            });
        };
        prefixed("intercept", before.trim_end(), column, way, cx)
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        let switch = || complete::words(&["on", "off"], "whether messages are held");
        match before {
            [.., "on" | "off"] => Vec::new(),
            [.., "message"] => complete::expressions(),
            _ if before.contains(&"message") => switch(),
            [] => {
                let message = Candidate::new("message", "only those with these bytes");
                switch()
                    .into_iter()
                    .chain([message])
                    .chain(ways())
                    .collect()
            }
            _ => {
                let message = Candidate::new("message", "only those with these bytes");
                switch().into_iter().chain([message]).collect()
            }
        }
    }
}

/// Whether a word may begin behind this text.
fn is_apart(before: &str) -> bool {
    before.is_empty() || before.ends_with(char::is_whitespace)
}

/// The wish for the fault of this name with these words, which stand at a column of the line.
fn prefixed(
    name: &str,
    words: &str,
    column: usize,
    way: Option<Way>,
    cx: &mut Cx<'_>,
) -> Result<Vec<Wish>, Complaint> {
    let text = format!("{name} {words}");
    let mut words = Words::new(&text, 0);
    let back = |at: usize| (at + column).saturating_sub(name.len() + 1);
    let moved = |complaint: Complaint| Complaint {
        column: back(complaint.column),
        end: back(complaint.end).max(back(complaint.column) + 1),
        ..complaint
    };
    let wishes = begin(way, &mut words, cx).map_err(moved)?;
    words.finish("").map_err(moved)?;
    Ok(wishes)
}
