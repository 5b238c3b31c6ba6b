//! Names of sockets: new ones, and those that may have been given.

use super::{Cx, World};
use crate::command::clipped;
use crate::words::{Complaint, Word, Words};

impl Cx<'_> {
    /// A name for a new socket.
    pub(in crate::command) fn new_name(
        &mut self,
        words: &mut Words<'_>,
    ) -> Result<String, Complaint> {
        let word = words.require("a name")?;
        let name = word.text;
        check_name(word, name)?;
        let is_taken = match &self.world {
            World::Real(_) => false,
            World::Assumed { taken, .. } => taken.contains(name),
        };
        let is_free = !is_taken && self.scope().is_none_or(|scope| scope.is_name_free(name));
        if is_free {
            Ok(name.to_owned())
        } else {
            Err(word.complain(
                format!("the name `{}` is taken", clipped(name)),
                "a name that no socket of this session has had",
            ))
        }
    }

    /// Names for so many new sockets, each this letter with a number, counted from the first that was never given.
    pub(in crate::command) fn new_names(&self, letter: char, count: usize) -> Vec<String> {
        let is_taken = |name: &String| match &self.world {
            World::Real(_) => false,
            World::Assumed { taken, .. } => taken.contains(name),
        };
        let is_free = |name: &String| {
            !is_taken(name) && self.scope().is_none_or(|scope| scope.is_name_free(name))
        };
        let names = (1_u32..).map(|number| format!("{letter}{number}"));
        names.filter(is_free).take(count).collect()
    }
}

/// A name that may have been given: people's have no dot, those of a tap's conversations have one.
pub(super) fn check_reference(word: Word<'_>, name: &str) -> Result<(), Complaint> {
    let is_side = |(tap, side): (&str, &str)| {
        let number = side.strip_suffix(['c', 's']);
        check_name(word, tap).is_ok() && number.is_some_and(|it| it.parse::<u64>().is_ok())
    };
    if name.split_once('.').is_some_and(is_side) {
        return Ok(());
    }
    check_name(word, name)
}

/// A letter, then letters, digits, `-` and `_`.
pub(in crate::command) fn check_name(word: Word<'_>, name: &str) -> Result<(), Complaint> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_part) {
        return Ok(());
    }
    let what = match name {
        "" => "a name is missing".to_owned(),
        name => format!("`{}` is no name", clipped(name)),
    };
    Err(word.complain(what, "a letter, then letters, digits, - and _"))
}
