//! The rules over one file: its form, what it must not contain, and its imports.

use super::imports::{self, has};
use super::source::Source;

/// What stands nowhere but in tests.
pub(crate) const BANNED: &[&str] = &[
    "todo!",
    "unimplemented!",
    "dbg!",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    ".unwrap()",
];

/// What stands nowhere in `src`, its tests included: `#[expect]` has a reason and an end.
pub(crate) const BANNED_IN_SRC: &[&str] = &["#[allow", "#![allow"];

/// A test that sleeps waits too long or not long enough, and the program waits in one place.
const SLEEP: &str = "thread::sleep";

const LINES_MAX: usize = 400;
const COLUMNS_MAX: usize = 120;
const FUNCTION_LINES_MAX: usize = 70;

/// Files that may pass the wall, each with its reason. None has one yet.
const LONG: &[(&str, &str)] = &[];

/// Every rule over one file, as `src/path.rs:line: rule`.
pub(crate) fn findings(source: &Source) -> Vec<String> {
    let mut found = form(source);
    found.extend(content(source));
    found.extend(imports::findings(source));
    found.sort_by_key(|(line, _)| *line);
    found
        .into_iter()
        .map(|(line, rule)| format!("{}.rs:{}: {rule}", source.path, line + 1))
        .collect()
}

fn form(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let first = source.lines.iter().find(|line| !line.is_empty());
    if !first.is_some_and(|line| line.starts_with("//!")) {
        found.push((0, "opens with no `//!` sentence".to_owned()));
    }
    let may_be_long = LONG.iter().any(|(path, _)| *path == source.path);
    if source.lines.len() > LINES_MAX && !may_be_long {
        let lines = source.lines.len();
        found.push((
            LINES_MAX,
            format!("{lines} lines; {LINES_MAX} are the wall"),
        ));
    }
    if source.path.ends_with("/mod") {
        found.push((0, "foo.rs and foo/x.rs, never mod.rs".to_owned()));
    }
    for (at, line) in source.lines.iter().enumerate() {
        if line.chars().count() > COLUMNS_MAX {
            found.push((at, format!("longer than {COLUMNS_MAX} characters")));
        }
    }
    for (at, line) in source.code.iter().enumerate() {
        let indent = " ".repeat(line.len() - line.trim_start().len());
        let is_function = has(line, "fn ") && line.trim_end().ends_with(['{', '(']);
        let close = format!("{indent}}}");
        let end = source.code[at..]
            .iter()
            .position(|later| later.starts_with(&close));
        let length = end.unwrap_or(0) + 1;
        if is_function && length >= FUNCTION_LINES_MAX {
            let rule = format!("a function of {length} lines; under {FUNCTION_LINES_MAX}");
            found.push((at, rule));
        }
    }
    found
}

fn content(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in source.code.iter().enumerate() {
        // In a constant the compiler unwraps, and nothing can trip it at run time.
        let is_constant = |what: &str| what == ".unwrap()" && has(line, "const ");
        let banned = BANNED
            .iter()
            .filter(|what| has(line, what) && !is_constant(what));
        found.extend(banned.map(|what| (at, format!("`{what}` outside of tests"))));
    }
    for (at, line) in source.masked.iter().enumerate() {
        if has(line, SLEEP) {
            found.push((
                at,
                format!("`{SLEEP}`: wait for what shall happen, with a deadline"),
            ));
        }
        let banned = BANNED_IN_SRC.iter().filter(|what| line.contains(**what));
        let banned = banned.filter(|_| !source.module().is_empty());
        found.extend(banned.map(|what| (at, format!("`{what}`: use #[expect] with its reason"))));
    }
    found
}
