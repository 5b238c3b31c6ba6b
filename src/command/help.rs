//! `help`: the keys, the commands and the signs on the screen, filtered by words.

use super::{Cx, Group, Verb};
use crate::event::{View, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Help;

impl Verb for Help {
    fn name(&self) -> &'static str {
        "help"
    }

    fn usage(&self) -> &'static str {
        "help [WORDS]"
    }

    fn help(&self) -> &'static str {
        "what the keys, the commands and the signs are; words filter it"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let rest = words.rest();
        words.advance(rest.len());
        let word = format!("help {}", rest.trim());
        Ok(vec![Wish::View(View::Show(word))])
    }
}
