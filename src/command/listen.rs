//! `listen`, and its two halves `bind` and `start`: a socket that others come to.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, make};
use crate::event::{Make, Want, Wish};
use crate::words::{Complaint, Words};

const OPTIONS: &[&str] = &["backlog", "reuseport", "keep", "manual", "as"];

pub(super) struct Listen;

impl Verb for Listen {
    fn name(&self) -> &'static str {
        "listen"
    }

    fn usage(&self) -> &'static str {
        "listen ADDR [backlog N] [reuseport] [keep SIZE] [manual] [as NAME]"
    }

    fn help(&self) -> &'static str {
        "let others connect to you; manual: nothing is accepted or received unless you say so"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let at = cx.endpoint(words)?;
        let (mut backlog, mut keep, mut name) = (None, None, None);
        let (mut reuseport, mut manual) = (false, false);
        make::options(words, OPTIONS, |option, words| {
            match option {
                "backlog" => backlog = Some(words.number("a number of waiting connections")?),
                "reuseport" => reuseport = true,
                "keep" => keep = Some(words.size("a size")?),
                "manual" => manual = true,
                _ => name = Some(cx.new_name(words)?),
            }
            Ok(())
        })?;
        Ok(vec![Wish::Make(Make::Listen {
            at,
            backlog,
            reuseport,
            keep,
            manual,
            name,
        })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before.split_last() {
            None => complete::addresses(scope),
            Some((&"backlog", _)) => complete::words(&["0", "5", "128"], "waiting connections"),
            Some((&"keep", _)) => complete::words(&["64k", "1M", "64M"], "a size"),
            Some((&"as", _)) => Vec::new(),
            _ => complete::options(OPTIONS, before),
        }
    }
}

pub(super) struct Bind;

impl Verb for Bind {
    fn name(&self) -> &'static str {
        "bind"
    }

    fn usage(&self) -> &'static str {
        "bind ADDR [as NAME]"
    }

    fn help(&self) -> &'static str {
        "a new socket with an address; start then makes it a listener"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let at = cx.endpoint(words)?;
        let mut name = None;
        if words.take("as") {
            name = Some(cx.new_name(words)?);
        }
        Ok(vec![Wish::Make(Make::Bind { at, name })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::addresses(scope),
            [_] => complete::options(&["as"], before),
            _ => Vec::new(),
        }
    }
}

pub(super) struct Start;

impl Verb for Start {
    fn name(&self) -> &'static str {
        "start"
    }

    fn usage(&self) -> &'static str {
        "start [backlog N]"
    }

    fn help(&self) -> &'static str {
        "listen on a socket that bind made; N finished connections may wait"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let mut backlog = None;
        if words.take("backlog") {
            backlog = Some(words.number("a number of waiting connections")?);
        }
        Ok(vec![Wish::Socket(conn, Want::Start { backlog })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::options(&["backlog"], before),
            _ => Vec::new(),
        }
    }
}
