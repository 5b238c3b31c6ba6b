//! `tap`: a listener that passes on what comes to it.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, make};
use crate::endpoint::Transport;
use crate::event::{Make, Wish};
use crate::words::{Complaint, Words};

const OPTIONS: &[&str] = &["keep", "as"];

pub(super) struct Tap;

impl Verb for Tap {
    fn name(&self) -> &'static str {
        "tap"
    }

    fn usage(&self) -> &'static str {
        "tap ADDR to ADDR [keep SIZE] [as NAME]"
    }

    fn help(&self) -> &'static str {
        "stand between: who connects to the first address reaches the second, and you see all"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        // What a socket that is yet to come speaks is not known.
        let is_named =
            |words: &mut Words<'_>| words.peek().is_some_and(|word| word.text.starts_with('@'));
        let mut is_known = cx.is_real() || !is_named(words);
        let at = cx.endpoint(words)?;
        if !words.take("to") {
            let word = words.require("`to` and the target's address")?;
            return Err(word.complain("`to` stands between the two addresses", self.usage()));
        }
        let before = words.column();
        is_known &= cx.is_real() || !is_named(words);
        let to = cx.endpoint(words)?;
        if is_known && !is_alike(at.transport, to.transport) {
            return Err(Complaint {
                column: before,
                end: words.column().max(before + 1),
                what: "streams and datagrams do not pass into each other".to_owned(),
                fits: "streams to streams, datagrams to datagrams, seqpacket to seqpacket"
                    .to_owned(),
            });
        }
        let (mut keep, mut name) = (None, None);
        make::options(words, OPTIONS, |option, words| {
            match option {
                "keep" => keep = Some(words.size("a size")?),
                _ => name = Some(cx.new_name(words)?),
            }
            Ok(())
        })?;
        Ok(vec![Wish::Make(Make::Tap { at, to, keep, name })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] | [_, "to"] => complete::addresses(scope),
            [_] => complete::options(&["to"], before),
            [.., "keep"] => complete::words(&["64k", "1M", "64M"], "a size"),
            [.., "as"] => Vec::new(),
            _ => complete::options(OPTIONS, before),
        }
    }
}

/// Whether what the one receives can be sent through the other as it is.
fn is_alike(one: Transport, other: Transport) -> bool {
    let kind = |it: Transport| (it.is_stream(), it.is_connectionless());
    kind(one) == kind(other)
}
