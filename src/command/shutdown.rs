//! `shutdown`: the end of one direction, or of both.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{How, Want, Wish};
use crate::words::{Complaint, Words};

const HOWS: [How; 3] = [How::Write, How::Read, How::Both];

pub(super) struct Shutdown;

impl Verb for Shutdown {
    fn name(&self) -> &'static str {
        "shutdown"
    }

    fn usage(&self) -> &'static str {
        "shutdown write|read|both"
    }

    fn help(&self) -> &'static str {
        "end one direction; write: the peer reads an end of file and may still answer"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let word = words.require("write, read or both")?;
        let how = HOWS.into_iter().find(|how| how.word() == word.text);
        let how = how.ok_or_else(|| {
            let what = format!("`{}` cannot be shut down", clipped(word.text));
            word.complain(what, "write, read or both")
        })?;
        Ok(vec![Wish::Socket(conn, Want::Shutdown(how))])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&HOWS.map(How::word), "what ends"),
            _ => Vec::new(),
        }
    }
}
