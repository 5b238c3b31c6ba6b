//! The options behind a command that makes a socket: in any order, each once, `as NAME` last.

use super::context::near_or_all;
use crate::words::{Complaint, Words};

/// Reads options until the words end. `take` reads what stands behind each; the one named `as` must end the command.
pub(super) fn options<'w>(
    words: &mut Words<'w>,
    table: &[&str],
    mut take: impl FnMut(&'w str, &mut Words<'w>) -> Result<(), Complaint>,
) -> Result<(), Complaint> {
    let mut seen = Vec::new();
    while let Some(word) = words.next_word() {
        let name = word.text;
        if !table.contains(&name) {
            let what = format!("`{}` is not expected here", super::clipped(name));
            return Err(word.complain(what, near_or_all(name, table)));
        }
        if seen.contains(&name) {
            return Err(word.complain(format!("`{name}` stands here twice"), "once"));
        }
        if seen.contains(&"as") {
            return Err(word.complain("the name ends the command", format!("{name} before `as`")));
        }
        seen.push(name);
        take(name, words)?;
    }
    Ok(())
}
