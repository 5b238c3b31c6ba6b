//! `forward`, `edit`, `drop` and `answer`: what becomes of the message that is held, the oldest one.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb};
use crate::event::{Freed, Tamper, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Forward;

impl Verb for Forward {
    fn name(&self) -> &'static str {
        "forward"
    }

    fn usage(&self) -> &'static str {
        "forward [all]"
    }

    fn help(&self) -> &'static str {
        "let the held message go on, the oldest one; all: every one"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let all = words.take("all");
        Ok(free(Freed::Forward { all }, cx))
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        complete::options(&["all"], before)
    }
}

pub(super) struct Drop;

impl Verb for Drop {
    fn name(&self) -> &'static str {
        "drop"
    }

    fn usage(&self) -> &'static str {
        "drop"
    }

    fn help(&self) -> &'static str {
        "throw the held message away, the oldest one"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, _words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(free(Freed::Drop, cx))
    }
}

pub(super) static EDIT: Instead = Instead {
    name: "edit",
    usage: "edit EXPR",
    help: "let these bytes go on in the place of the held message",
    freed: Freed::Edit,
};

pub(super) static ANSWER: Instead = Instead {
    name: "answer",
    usage: "answer EXPR",
    help: "send these bytes to who sent the held message, and throw it away",
    freed: Freed::Answer,
};

/// Other bytes in the place of a held message.
pub(super) struct Instead {
    name: &'static str,
    usage: &'static str,
    help: &'static str,
    freed: fn(Vec<u8>) -> Freed,
}

impl Verb for Instead {
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
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        cx.take_held();
        let bytes = cx.bytes(words, &[])?;
        Ok(free((self.freed)(bytes), cx))
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::expressions(),
            _ => Vec::new(),
        }
    }
}

fn free(freed: Freed, cx: &mut Cx<'_>) -> Vec<Wish> {
    let conn = cx.before_verb().or_else(|| cx.focused());
    vec![Wish::Tamper(conn, Tamper::Free(freed))]
}
