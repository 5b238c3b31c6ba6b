//! `close`: the end of a socket, in peace or as close(2) alone makes it.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb};
use crate::event::{Want, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Close;

impl Verb for Close {
    fn name(&self) -> &'static str {
        "close"
    }

    fn usage(&self) -> &'static str {
        "close [now]"
    }

    fn help(&self) -> &'static str {
        "say that nothing more comes, read what is left, close; now: close(2) alone, and unread input makes it a reset"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let want = if words.take("now") {
            Want::CloseNow
        } else {
            Want::Close
        };
        Ok(vec![Wish::Socket(conn, want)])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["now"], "close(2) and nothing before it"),
            _ => Vec::new(),
        }
    }
}
