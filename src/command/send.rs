//! `send`, `sendto` and `stage`: bytes on their way out.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb};
use crate::event::{Flags, Want, Wish};
use crate::words::{Complaint, Words};

const FLAGS: &[&str] = &["oob", "more"];

pub(super) struct Send;

impl Verb for Send {
    fn name(&self) -> &'static str {
        "send"
    }

    fn usage(&self) -> &'static str {
        "send EXPR [oob|more]"
    }

    fn help(&self) -> &'static str {
        "send bytes; oob: the last one as urgent data; more: the kernel waits for the next send"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let bytes = cx.bytes(words, FLAGS)?;
        let mut flags = Flags::default();
        if words.take("oob") {
            flags.oob = true;
        } else {
            flags.more = words.take("more");
        }
        let to = None;
        Ok(vec![Wish::Socket(conn, Want::Send { bytes, flags, to })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before.split_last() {
            None => complete::expressions(),
            Some((last, _)) if FLAGS.contains(last) => Vec::new(),
            Some(_) => complete::words(FLAGS, "a flag"),
        }
    }
}

pub(super) struct SendTo;

impl Verb for SendTo {
    fn name(&self) -> &'static str {
        "sendto"
    }

    fn usage(&self) -> &'static str {
        "sendto ADDR EXPR"
    }

    fn help(&self) -> &'static str {
        "send one datagram to an address, from a socket without a connection"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let to = Some(cx.endpoint(words)?);
        let bytes = cx.bytes(words, &[])?;
        let flags = Flags::default();
        Ok(vec![Wish::Socket(conn, Want::Send { bytes, flags, to })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::addresses(scope),
            [_] => complete::expressions(),
            _ => Vec::new(),
        }
    }
}

pub(super) struct Stage;

impl Verb for Stage {
    fn name(&self) -> &'static str {
        "stage"
    }

    fn usage(&self) -> &'static str {
        "stage EXPR"
    }

    fn help(&self) -> &'static str {
        "hold bytes back in the program; flush sends them together"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let bytes = cx.bytes(words, &[])?;
        Ok(vec![Wish::Socket(conn, Want::Stage(bytes))])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::expressions(),
            _ => Vec::new(),
        }
    }
}
