//! `pair`: two connected sockets, both ours, to look at both ends of one conversation.

use super::complete::{self, Candidate};
use super::context::near_or_all;
use super::{Cx, Group, Scope, Verb, make};
use crate::endpoint::Transport;
use crate::event::{Make, Wish};
use crate::words::{Complaint, Words};

const OPTIONS: &[&str] = &["manual", "as"];
const TRANSPORTS: [Transport; 3] = [Transport::Tcp, Transport::UnixStream, Transport::Udp];

pub(super) struct Pair;

impl Verb for Pair {
    fn name(&self) -> &'static str {
        "pair"
    }

    fn usage(&self) -> &'static str {
        "pair tcp|unix|udp [manual] [as NAME NAME]"
    }

    fn help(&self) -> &'static str {
        "two sockets connected to each other, both yours"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let schemes = TRANSPORTS.map(Transport::scheme);
        let word = words.require("tcp, unix or udp")?;
        let transport = TRANSPORTS
            .into_iter()
            .find(|transport| transport.scheme() == word.text)
            .ok_or_else(|| {
                let what = format!("no pair is made of `{}`", super::clipped(word.text));
                word.complain(what, near_or_all(word.text, &schemes))
            })?;
        let (mut manual, mut names) = (false, None);
        make::options(words, OPTIONS, |option, words| {
            if option == "manual" {
                manual = true;
                return Ok(());
            }
            let first = cx.new_name(words)?;
            let again = words.peek();
            let second = cx.new_name(words)?;
            if let Some(word) = again.filter(|_| first == second) {
                return Err(word.complain("both have the same name", "two names"));
            }
            names = Some((first, second));
            Ok(())
        })?;
        Ok(vec![Wish::Make(Make::Pair {
            transport,
            manual,
            names,
        })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before.split_last() {
            None => complete::words(&TRANSPORTS.map(Transport::scheme), "a transport"),
            Some((&"as", _)) => Vec::new(),
            _ => complete::options(OPTIONS, before),
        }
    }
}
