//! `open`: a recording or a capture as the session. What is in it, `record` and `flow` know; the file is the system's.

use super::say::unquoted;
use super::{Cx, Group, Verb};
use crate::event::Wish;
use crate::words::{Complaint, Words};

pub(super) struct Open;

impl Verb for Open {
    fn name(&self) -> &'static str {
        "open"
    }

    fn usage(&self) -> &'static str {
        "open FILE"
    }

    fn help(&self) -> &'static str {
        "look at a recording, or at any pcapng or pcap, as if it happened now; in a session without sockets"
    }

    fn group(&self) -> Group {
        Group::Program
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("a file")?;
        let path = if word.text.starts_with('"') {
            unquoted(word)?
        } else {
            word.text.to_owned()
        };
        if path.is_empty() {
            return Err(word.complain("the name of the file is empty", "open redis.pcapng"));
        }
        Ok(vec![Wish::Open(path)])
    }
}
