//! `store` and `forget`: expressions that are kept under names, for `saved(NAME)`. Where they are kept is not known
//! here.

use super::context::{check_name, expression};
use super::{Cx, Group, Verb};
use crate::event::Wish;
use crate::words::{Complaint, Words};

pub(super) struct Store;

impl Verb for Store {
    fn name(&self) -> &'static str {
        "store"
    }

    fn usage(&self) -> &'static str {
        "store NAME EXPR"
    }

    fn help(&self) -> &'static str {
        "keep an expression under a name, for `send saved(NAME)`, in later runs too"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn acts(&self) -> bool {
        false
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("a name")?;
        check_name(word, word.text)?;
        let (expr, _) = expression(words, &[])?;
        Ok(vec![Wish::Store {
            name: word.text.to_owned(),
            expr: expr.to_string(),
        }])
    }
}

pub(super) struct Forget;

impl Verb for Forget {
    fn name(&self) -> &'static str {
        "forget"
    }

    fn usage(&self) -> &'static str {
        "forget NAME"
    }

    fn help(&self) -> &'static str {
        "keep a stored expression no longer"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn acts(&self) -> bool {
        false
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("a name")?;
        check_name(word, word.text)?;
        Ok(vec![Wish::Forget(word.text.to_owned())])
    }
}
