//! `filter`: which sockets the table shows, in words that the table reads itself.

use super::{Cx, Group, Verb};
use crate::event::{View, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Filter;

impl Verb for Filter {
    fn name(&self) -> &'static str {
        "filter"
    }

    fn usage(&self) -> &'static str {
        "filter [WORDS]"
    }

    fn help(&self) -> &'static str {
        "show only the sockets with these words, as `state:ESTAB in>1k`; without words all"
    }

    fn group(&self) -> Group {
        Group::View
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let rest = words.rest();
        words.advance(rest.len());
        Ok(vec![Wish::View(View::Filter(rest.trim().to_owned()))])
    }
}
