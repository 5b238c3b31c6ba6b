//! `focus`: the socket that is looked at, and that commands without a name are about.

use super::complete::{self, Candidate};
use super::context::near_or_all;
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{ConnId, View, Wish};
use crate::words::{Complaint, Word, Words};

pub(super) struct Focus;

impl Verb for Focus {
    fn name(&self) -> &'static str {
        "focus"
    }

    fn usage(&self) -> &'static str {
        "focus NAME|N|next|previous"
    }

    fn help(&self) -> &'static str {
        "look at another socket, by its name or by the number of its tab"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("a socket")?;
        let conn = match word.text {
            "next" => neighbour(word, cx, true)?,
            "previous" => neighbour(word, cx, false)?,
            text if text.starts_with(|c: char| c.is_ascii_digit()) => numbered(word, cx)?,
            text => cx.conn(word, text.strip_prefix('@').unwrap_or(text))?,
        };
        Ok(vec![Wish::View(View::Focus(conn))])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        if !before.is_empty() {
            return Vec::new();
        }
        let mut candidates = complete::words(&["next", "previous"], "the tab beside");
        let names = scope.names().into_iter();
        candidates.extend(names.map(|name| Candidate::new(name, "a socket")));
        candidates
    }
}

/// The socket of the tab beside the focused one, round and round.
fn neighbour(word: Word<'_>, cx: &Cx<'_>, is_next: bool) -> Result<ConnId, Complaint> {
    let tabs = tabs(cx);
    let count = tabs.len();
    let here = tabs.iter().position(|tab| Some(*tab) == cx.focused());
    let there = match (here, is_next) {
        (Some(here), true) => (here + 1) % count,
        (Some(0) | None, false) => count.saturating_sub(1),
        (Some(here), false) => here - 1,
        (None, true) => 0,
    };
    tabs.get(there)
        .copied()
        .or_else(|| cx.assumed())
        .ok_or_else(|| word.complain("there is no socket", "connect, listen or pair makes one"))
}

fn numbered(word: Word<'_>, cx: &Cx<'_>) -> Result<ConnId, Complaint> {
    let number = word.text.parse::<usize>().ok();
    let tab = number.and_then(|number| tabs(cx).get(number.checked_sub(1)?).copied());
    tab.or_else(|| cx.assumed()).ok_or_else(|| {
        let names = cx.names().unwrap_or_default();
        let fits = match names.len() {
            0 => "connect, listen or pair makes a socket".to_owned(),
            count => format!("1 to {count}, or {}", near_or_all("", &names)),
        };
        word.complain(format!("there is no tab {}", clipped(word.text)), fits)
    })
}

fn tabs(cx: &Cx<'_>) -> Vec<ConnId> {
    let names = cx.names().unwrap_or_default();
    names.iter().filter_map(|name| cx.known(name)).collect()
}
