//! Verbs of what is looked at, with one word of a table that the screen owns: `pane`, `show`, `layout`, `theme`.

use super::complete::{self, Candidate};
use super::{Cx, Group, Noun, Scope, Verb};
use crate::event::{View, Wish};
use crate::words::{Complaint, Words};

pub(super) static PANE: Look = Look {
    name: "pane",
    usage: "pane next|previous|NAME",
    help: "go to another pane",
    kind: Noun::Pane,
    always: &["next", "previous"],
    what: "a pane",
    view: View::Pane,
};

pub(super) static MOVE: Look = Look {
    name: "move",
    usage: "move WORD",
    help: "move the cursor of the pane: up, down, top, end",
    kind: Noun::Motion,
    always: &[],
    what: "a movement",
    view: View::Move,
};

pub(super) static SHOW: Look = Look {
    name: "show",
    usage: "show WORD",
    help: "bring something up or turn it over: help, connections, keys, direction",
    kind: Noun::Show,
    always: &[],
    what: "something to show",
    view: View::Show,
};

pub(super) static HIDE: Look = Look {
    name: "hide",
    usage: "hide WORD",
    help: "take something that is shown away",
    kind: Noun::Hide,
    always: &[],
    what: "something shown",
    view: View::Hide,
};

pub(super) static SORT: Look = Look {
    name: "sort",
    usage: "sort COLUMN",
    help: "order the table of sockets; the same column again turns the order over",
    kind: Noun::Column,
    always: &[],
    what: "a column",
    view: View::Sort,
};

pub(super) static LAYOUT: Look = Look {
    name: "layout",
    usage: "layout NAME",
    help: "arrange the panes in another way",
    kind: Noun::Layout,
    always: &[],
    what: "a layout",
    view: View::Layout,
};

pub(super) static THEME: Look = Look {
    name: "theme",
    usage: "theme NAME",
    help: "take other colours",
    kind: Noun::Theme,
    always: &[],
    what: "a theme",
    view: View::Theme,
};

pub(super) static LANG: Look = Look {
    name: "lang",
    usage: "lang CODE",
    help: "speak another language; commands, calls and errnos stay",
    kind: Noun::Language,
    always: &[],
    what: "a language",
    view: View::Language,
};

pub(super) static COPY: Look = Look {
    name: "copy",
    usage: "copy FORMAT",
    help: "give the selected bytes to the clipboard: hex, text, escaped, python, c, rust, base64, send",
    kind: Noun::Format,
    always: &[],
    what: "a format",
    view: View::Copy,
};

/// A wish of the view that takes one word.
pub(super) struct Look {
    name: &'static str,
    usage: &'static str,
    help: &'static str,
    kind: Noun,
    /// Words that are good whatever the table says.
    always: &'static [&'static str],
    what: &'static str,
    view: fn(String) -> View,
}

impl Verb for Look {
    fn name(&self) -> &'static str {
        self.name
    }

    fn usage(&self) -> &'static str {
        self.usage
    }

    fn help(&self) -> &'static str {
        self.help
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = cx.noun(words, self.kind, self.always, self.what)?;
        Ok(vec![Wish::View((self.view)(word))])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        if !before.is_empty() {
            return Vec::new();
        }
        let mut candidates = complete::words(self.always, self.what);
        let nouns = scope.nouns(self.kind).into_iter();
        candidates.extend(nouns.map(|noun| Candidate::new(noun, self.what)));
        candidates
    }
}
