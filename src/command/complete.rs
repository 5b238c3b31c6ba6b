//! What `Tab` offers: the words that may stand at the cursor, asked of the verb that stands before it.

use std::borrow::Cow;

use super::line::{Part, parts};
use super::{Noun, Scope, VERBS, verb_named};
use crate::endpoint::Transport;

/// What may stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where the word being typed begins, in characters of the line from 0: a candidate replaces it from there to the
    /// cursor.
    pub from: usize,
    /// In the order of their tables.
    pub candidates: Vec<Candidate>,
}

/// One word that may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The whole word.
    pub text: String,
    /// What it is, in a few words.
    pub help: Cow<'static, str>,
}

impl Candidate {
    /// A word and what it is.
    #[must_use]
    pub fn new(text: impl Into<String>, help: impl Into<Cow<'static, str>>) -> Self {
        Self {
            text: text.into(),
            help: help.into(),
        }
    }
}

/// What may stand at character `cursor` of a line, as far as it is typed. Nothing inside quotes, regular expressions
/// and comments.
#[must_use]
pub fn complete(line: &str, cursor: usize, scope: &dyn Scope) -> Completion {
    let Some((words, typed, from)) = words_before(line, cursor) else {
        return Completion {
            from: cursor,
            candidates: Vec::new(),
        };
    };
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_addressed = words.first().is_some_and(|word| word.starts_with('@'));
    if is_addressed {
        words.remove(0);
    }
    let mut candidates = match words.split_first() {
        None if typed.starts_with('@') && !is_addressed => sockets(scope),
        None => VERBS
            .iter()
            .map(|verb| Candidate::new(verb.name(), verb.help()))
            .collect(),
        Some((verb, before)) => {
            verb_named(verb).map_or(Vec::new(), |verb| verb.complete(before, scope))
        }
    };
    candidates.retain(|candidate| candidate.text.starts_with(&typed));
    Completion { from, candidates }
}

/// The whole words of the command at the cursor, the word being typed, and its column.
fn words_before(line: &str, cursor: usize) -> Option<(Vec<String>, String, usize)> {
    let mut words = Vec::new();
    let mut typed = String::new();
    let mut from = 0;
    let mut last = Part::Plain;
    let mut column = 0;
    // A quote or expression that the cursor is in may be closed behind it: that is no part of what is typed.
    for (c, part) in parts(line).take(cursor) {
        column += 1;
        last = part;
        match c {
            ';' if part == Part::Plain => {
                words.clear();
                typed.clear();
                from = column;
            }
            c if c.is_whitespace() && part == Part::Plain => {
                if !typed.is_empty() {
                    words.push(std::mem::take(&mut typed));
                }
                from = column;
            }
            c => typed.push(c),
        }
    }
    (last == Part::Plain).then_some((words, typed, from))
}

/// These words, all of one kind.
pub(super) fn words(words: &[&str], help: &str) -> Vec<Candidate> {
    words
        .iter()
        .map(|&word| Candidate::new(word, help.to_owned()))
        .collect()
}

/// The words of another room's table.
pub(super) fn nouns(scope: &dyn Scope, kind: Noun, help: &str) -> Vec<Candidate> {
    let nouns = scope.nouns(kind).into_iter();
    nouns
        .map(|noun| Candidate::new(noun, help.to_owned()))
        .collect()
}

/// The options that do not stand there yet.
pub(super) fn options(table: &[&str], before: &[&str]) -> Vec<Candidate> {
    let is_new = |option: &&&str| !before.contains(option);
    let left: Vec<_> = table.iter().filter(is_new).copied().collect();
    words(&left, "an option")
}

/// The beginnings of addresses, and the sockets that have one.
pub(super) fn addresses(scope: &dyn Scope) -> Vec<Candidate> {
    let schemes = Transport::ALL.into_iter().map(|transport| {
        let colon = if transport.is_unix() { ":" } else { "://" };
        Candidate::new(format!("{}{colon}", transport.scheme()), "an address")
    });
    schemes.chain(sockets(scope)).collect()
}

fn sockets(scope: &dyn Scope) -> Vec<Candidate> {
    let names = scope.names().into_iter();
    names
        .map(|name| Candidate::new(format!("@{name}"), "a socket"))
        .collect()
}

/// The beginnings of byte expressions.
pub(super) fn expressions() -> Vec<Candidate> {
    let beginnings = [
        ("\"", "text, with \\r \\n \\x00"),
        ("u16be(", "a number of two bytes"),
        ("u32be(", "a number of four bytes"),
        ("rand(", "random bytes"),
        ("file(", "the bytes of a file"),
        ("saved(", "a stored expression"),
        ("frame", "what follows, in the socket's own framing"),
        ("len", "what follows, with its length in front"),
    ];
    beginnings
        .iter()
        .map(|(word, help)| Candidate::new(*word, *help))
        .collect()
}
