//! `keep`: how much of what came is kept: the newest bytes of a socket, or the newest closed sockets of the session.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb};
use crate::event::{Want, Wish};
use crate::words::{Complaint, Words};

/// What is said instead of a number.
const ALL: &str = "all";

pub(super) struct Keep;

impl Verb for Keep {
    fn name(&self) -> &'static str {
        "keep"
    }

    fn usage(&self) -> &'static str {
        "keep SIZE|all · keep closed N|all"
    }

    fn help(&self) -> &'static str {
        "so many of the newest bytes of a socket are kept, or of all that a listener or tap accepted; or closed sockets"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        if words.peek().is_some_and(|word| word.text == "closed") {
            words.next_word();
            let what = "a number of closed sockets";
            let count = or_all(words, |words| words.number(what))?;
            return Ok(vec![Wish::Keep(count)]);
        }
        let keep = or_all(words, |words| words.size("a size"))?;
        let conn = cx.socket()?;
        Ok(vec![Wish::Socket(conn, Want::Keep(keep))])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => {
                let closed = Candidate::new("closed", "closed sockets");
                let mut candidates = complete::words(&["1M", "64M", "1G", ALL], "the newest bytes");
                candidates.push(closed);
                candidates
            }
            ["closed"] => complete::words(&["1000", "10000", ALL], "the newest closed sockets"),
            _ => Vec::new(),
        }
    }
}

/// A number, or none where all is kept.
fn or_all(
    words: &mut Words<'_>,
    number: impl FnOnce(&mut Words<'_>) -> Result<u64, Complaint>,
) -> Result<Option<u64>, Complaint> {
    if words.peek().is_some_and(|word| word.text == ALL) {
        words.next_word();
        return Ok(None);
    }
    number(words).map(Some)
}
