//! `order`: which end of a number the inspector takes for its first byte.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{View, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Order;

impl Verb for Order {
    fn name(&self) -> &'static str {
        "order"
    }

    fn usage(&self) -> &'static str {
        "order big|little"
    }

    fn help(&self) -> &'static str {
        "read numbers in the network's byte order (big) or the other"
    }

    fn group(&self) -> Group {
        Group::Framing
    }

    fn acts(&self) -> bool {
        false
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("big or little")?;
        let big = match word.text {
            "big" => true,
            "little" => false,
            other => {
                let what = format!("`{}` is no byte order", clipped(other));
                return Err(word.complain(what, "big or little"));
            }
        };
        Ok(vec![Wish::View(View::Order { big })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["big", "little"], "a byte order"),
            _ => Vec::new(),
        }
    }
}
