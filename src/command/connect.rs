//! `connect`: a socket that goes to somebody.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, make};
use crate::event::{Make, Wish};
use crate::words::{Complaint, Words};

const OPTIONS: &[&str] = &["from", "timeout", "retry", "manual", "as"];

pub(super) struct Connect;

impl Verb for Connect {
    fn name(&self) -> &'static str {
        "connect"
    }

    fn usage(&self) -> &'static str {
        "connect ADDR [from ADDR] [timeout T] [retry T] [manual] [as NAME]"
    }

    fn help(&self) -> &'static str {
        "open a connection; manual: nothing is received unless you say recv"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let to = cx.endpoint(words)?;
        let (mut from, mut timeout, mut retry) = (None, None, None);
        let (mut manual, mut name) = (false, None);
        make::options(words, OPTIONS, |option, words| {
            match option {
                "from" => from = Some(cx.endpoint(words)?),
                "timeout" => timeout = Some(words.time("a time")?),
                "retry" => retry = Some(words.time("a time")?),
                "manual" => manual = true,
                _ => name = Some(cx.new_name(words)?),
            }
            Ok(())
        })?;
        Ok(vec![Wish::Make(Make::Connect {
            to,
            from,
            timeout,
            retry,
            manual,
            name,
        })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before.split_last() {
            None | Some((&"from", _)) => complete::addresses(scope),
            Some((&("timeout" | "retry"), _)) => complete::words(&["1s", "3s", "10s"], "a time"),
            Some((&"as", _)) => Vec::new(),
            _ => complete::options(OPTIONS, before),
        }
    }
}
