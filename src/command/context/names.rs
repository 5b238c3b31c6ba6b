//! What may be a name, which one was probably meant, and the complaint about what does not fit.

use crate::command::clipped;
use crate::endpoint::nearest;
use crate::words::{Complaint, Word};

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

/// What would have fitted: the name that was probably meant, else all of them.
pub(in crate::command) fn near_or_all<S: AsRef<str>>(word: &str, names: &[S]) -> String {
    let names = || names.iter().map(AsRef::as_ref);
    near(word, names()).unwrap_or_else(|| names().collect::<Vec<_>>().join(" "))
}

/// The name that was probably meant, as a question.
pub(in crate::command) fn near<'n>(
    word: &str,
    names: impl Iterator<Item = &'n str>,
) -> Option<String> {
    nearest(word, names).map(|near| format!("did you mean `{near}`?"))
}

/// A complaint about these columns.
pub(in crate::command) fn complaint(
    (column, end): (usize, usize),
    what: impl Into<String>,
    fits: impl Into<String>,
) -> Complaint {
    Complaint {
        column,
        end,
        what: what.into(),
        fits: fits.into(),
    }
}
