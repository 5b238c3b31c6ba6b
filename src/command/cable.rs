//! `unplug`: the cable of a connection pulled, for a while or until `plug`.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb};
use crate::event::{Want, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Unplug;

impl Verb for Unplug {
    fn name(&self) -> &'static str {
        "unplug"
    }

    fn usage(&self) -> &'static str {
        "unplug [T]"
    }

    fn help(&self) -> &'static str {
        "pull the cable: nothing of the connection arrives, either way; with a time, plug it in again then"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let mut heal = None;
        if words.peek().is_some() {
            heal = Some(words.time("a time")?);
        }
        Ok(vec![Wish::Socket(conn, Want::Unplug { heal })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["3s", "10s"], "until it is plugged in again"),
            _ => Vec::new(),
        }
    }
}
