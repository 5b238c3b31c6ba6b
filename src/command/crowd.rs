//! `crowd`: many clients at once at one listener, to see who gets a seat.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, clipped, make};
use crate::event::{Make, View, Wish};
use crate::words::{Complaint, Words};

const OPTIONS: &[&str] = &["slow", "to"];

/// How many clients a command makes at the most.
const CROWD_MAX: usize = 1000;

/// What the names of its clients begin with.
const NAME: char = 'C';

pub(super) struct Crowd;

impl Verb for Crowd {
    fn name(&self) -> &'static str {
        "crowd"
    }

    fn usage(&self) -> &'static str {
        "crowd N [slow N] [to ADDR]"
    }

    fn help(&self) -> &'static str {
        "N clients, C1 and on, connect to this listener; with slow each says a line and ends, slow ones a byte a second"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("a number of clients")?;
        let count = word.text.parse().ok();
        let count = count.filter(|count| (1..=CROWD_MAX).contains(count));
        let count = count.ok_or_else(|| {
            let what = format!("`{}` is no number of clients", clipped(word.text));
            word.complain(what, format!("1 to {CROWD_MAX}"))
        })?;
        let (mut slow, mut to) = (None, None);
        make::options(words, OPTIONS, |option, words| {
            if option == "slow" {
                let word = words.peek();
                let number = words.number("a number of slow clients")?;
                if let Some(word) = word.filter(|_| number > count) {
                    let what = format!("{number} of {count} cannot be slow");
                    return Err(word.complain(what, format!("0 to {count}")));
                }
                slow = Some(number);
            } else {
                to = Some(cx.endpoint(words)?);
            }
            Ok(())
        })?;
        let names = cx.new_names(NAME, count);
        let Some(to) = to else {
            let (conn, to) = cx.own_address("crowd")?;
            // Whoever looks at the waiting room wants to go on looking at it.
            let back = Wish::View(View::Focus(conn));
            return Ok(vec![Wish::Make(Make::Crowd { to, names, slow }), back]);
        };
        Ok(vec![Wish::Make(Make::Crowd { to, names, slow })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before.split_last() {
            None => complete::words(&["8", "100"], "how many"),
            Some((&"slow", _)) => complete::words(&["1"], "how many of them"),
            Some((&"to", _)) => complete::addresses(scope),
            _ => complete::options(OPTIONS, before),
        }
    }
}
