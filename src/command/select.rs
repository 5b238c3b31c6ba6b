//! `select`: the question of select(2), three lists of sockets, with the answer when there is one.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{Asked, Lists, Probe, Wish};
use crate::words::{Complaint, Word, Words};
use std::time::Duration;

const FITS: &str = "r:A,L w:C x:A file:PATH, then timeout T";

/// How many may stand in the lists together.
const ASKED_MAX: usize = 1024;

pub(super) struct Select;

impl Verb for Select {
    fn name(&self) -> &'static str {
        "select"
    }

    fn usage(&self) -> &'static str {
        "select [r:NAME,… w:NAME,… x:NAME,… file:PATH] [timeout T]"
    }

    fn help(&self) -> &'static str {
        "ask select(2) who can be read, written, or has urgent data; without lists, of all in view and at once"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let mut lists = Lists::default();
        let mut timeout = None;
        let mut is_over = false;
        while let Some(word) = words.peek().filter(|_| !is_over) {
            let _ = words.next_word();
            match word.text.split_once(':') {
                _ if word.text == "timeout" => {
                    timeout = Some(words.time("a time")?);
                    is_over = true;
                }
                Some(("file", path)) if !path.is_empty() => {
                    let file = Asked::File(path.trim_matches('"').to_owned());
                    // select(2) of a file that is no socket: it is asked for both.
                    lists.read.push(file.clone());
                    lists.write.push(file);
                }
                Some((letter @ ("r" | "w" | "x"), names)) => {
                    named(word, letter, names, cx, &mut lists)?;
                }
                _ => {
                    let what = format!("`{}` is no list", clipped(word.text));
                    return Err(word.complain(what, FITS));
                }
            }
            if lists.count() > ASKED_MAX {
                let what = format!("more than {ASKED_MAX} are asked about");
                return Err(word.complain(what, FITS));
            }
        }
        if lists.count() == 0 {
            lists = everybody(words, cx)?;
            timeout = timeout.or(Some(Duration::ZERO));
        }
        let first = lists.all().first().and_then(|asked| asked.conn());
        let spoken = cx.before_verb();
        let home = spoken.or(first).or_else(|| cx.focused());
        Ok(vec![Wish::Probe(Probe::Select {
            home,
            lists,
            timeout,
        })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        if before.last() == Some(&"timeout") {
            return complete::words(&["1s", "10s"], "a time");
        }
        let lists = [
            ("r", "can be read, or accepts"),
            ("w", "has room to write"),
            ("x", "has urgent data"),
        ];
        let names = scope.names();
        let is_asked = |letter: &str| {
            let mut words = before.iter().filter_map(|word| word.split_once(':'));
            words.any(|(asked, _)| asked == letter)
        };
        let lists = lists.iter().filter(|(letter, _)| !is_asked(letter));
        let mut candidates: Vec<Candidate> = lists
            .flat_map(|(letter, help)| {
                let list = |names: &str| Candidate::new(format!("{letter}:{names}"), *help);
                let all = (names.len() > 1).then(|| list(&names.join(",")));
                names
                    .iter()
                    .map(|name| list(name))
                    .chain(all)
                    .collect::<Vec<_>>()
            })
            .collect();
        candidates.push(Candidate::new("file:", "a file, always ready"));
        candidates.extend(complete::options(&["timeout"], before));
        candidates
    }
}

/// The sockets of one list.
fn named(
    word: Word<'_>,
    letter: &str,
    names: &str,
    cx: &Cx<'_>,
    lists: &mut Lists,
) -> Result<(), Complaint> {
    let letter = letter.chars().next().unwrap_or('r');
    for name in names.split(',') {
        let conn = cx.conn(word, name)?;
        let asked = Asked::Socket(conn, name.to_owned());
        let list = lists.list_mut(letter);
        if !list.contains(&asked) {
            list.push(asked);
        }
    }
    Ok(())
}

/// Every socket in view, in each list.
fn everybody(words: &mut Words<'_>, cx: &Cx<'_>) -> Result<Lists, Complaint> {
    let mut lists = Lists::default();
    for name in cx.names().unwrap_or_default() {
        if let Some(conn) = cx.known(&name) {
            let asked = Asked::Socket(conn, name);
            for letter in ['r', 'w', 'x'] {
                lists.list_mut(letter).push(asked.clone());
            }
        }
    }
    let is_assumed = cx.assumed().is_some();
    if lists.count() == 0 && !is_assumed {
        let column = words.column();
        return Err(Complaint {
            column,
            end: column + 1,
            what: "nobody is asked about".to_owned(),
            fits: FITS.to_owned(),
        });
    }
    Ok(lists)
}
