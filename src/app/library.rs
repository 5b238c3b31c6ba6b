//! The stored expressions as a text that people read, write and share: a line `NAME = EXPR` each. Comments, blank lines
//! and lines that do not fit stay where they are. Where the text is kept is not known here.

use std::fmt;

use super::App;
use crate::event::Wish;
use crate::expr::{self, Expr};

/// The stored expressions and the text that they stand in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Library {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    /// `NAME = EXPR`, as it is written.
    Stored {
        name: String,
        expr: Expr,
        text: String,
    },
    /// Anything else.
    Other(Vec<u8>),
}

/// A line that is no stored expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// From 1.
    line: usize,
    why: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.why)
    }
}

impl App {
    /// Takes over the stored expressions from the text in which they are kept. Returns what does not fit in it.
    pub fn learn(&mut self, text: &[u8]) -> Vec<String> {
        let (library, misfits) = Library::read(text);
        self.ui.set_saved(library.list());
        self.values.library = library;
        misfits.iter().map(ToString::to_string).collect()
    }

    /// The text of the stored expressions, once `wish` has stored or forgotten one.
    ///
    /// # Errors
    ///
    /// Why nothing was changed, in words.
    pub fn rewritten(text: &[u8], wish: &Wish) -> Result<Vec<u8>, String> {
        let (mut library, _) = Library::read(text);
        match wish {
            Wish::Store { name, expr } => {
                let expr = expr::parse(expr).map_err(|error| error.to_string())?;
                library.store(name, expr);
            }
            Wish::Forget(name) if !library.forget(name) => {
                return Err(format!("nothing is stored as `{name}`"));
            }
            _ => {}
        }
        Ok(library.text())
    }

    /// The stored expressions: names and texts.
    #[must_use]
    pub fn saved(&self) -> Vec<(String, String)> {
        self.values.library.list()
    }

    /// Keeps the bytes of a file for the expressions that name it.
    pub fn keep_file(&mut self, path: String, bytes: Vec<u8>) {
        self.values.keep_file(path, bytes);
    }
}

impl Library {
    /// What a text stores, and which lines of it do not fit; those stay in it.
    pub(super) fn read(text: &[u8]) -> (Self, Vec<Misfit>) {
        let (mut library, mut misfits) = (Self::default(), Vec::new());
        for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let other = Line::Other(line.to_vec());
            library.lines.push(match library.line(line) {
                Ok(stored) => stored.unwrap_or(other),
                Err(why) => {
                    misfits.push(Misfit { line: number, why });
                    other
                }
            });
        }
        (library, misfits)
    }

    /// The text again, each line ended.
    pub(super) fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for line in &self.lines {
            match line {
                Line::Stored { text: line, .. } => text.extend_from_slice(line.as_bytes()),
                Line::Other(line) => text.extend_from_slice(line),
            }
            text.push(b'\n');
        }
        text
    }

    /// Stores an expression: in the place of the one of that name, else at the end.
    pub(super) fn store(&mut self, name: &str, expr: Expr) {
        let text = format!("{name} = {expr}");
        let name = name.to_owned();
        let line = Line::Stored { name, expr, text };
        match self.lines.iter_mut().find(|it| it.name() == line.name()) {
            Some(old) => *old = line,
            None => self.lines.push(line),
        }
    }

    /// Forgets the expression of that name; whether there was one. A line that did not count because this one stands
    /// above goes as well: it would count from the next reading on.
    pub(super) fn forget(&mut self, name: &str) -> bool {
        let is_known = self.expr(name).is_some();
        let alone = Self::default();
        let would_count = |line: &[u8]| match alone.line(line) {
            Ok(Some(line)) => line.name() == Some(name),
            _ => false,
        };
        self.lines.retain(|line| match line {
            Line::Stored { name: it, .. } => it != name,
            Line::Other(text) => !(is_known && would_count(text)),
        });
        is_known
    }

    /// The expression of that name.
    pub(super) fn expr(&self, name: &str) -> Option<&Expr> {
        self.lines.iter().find_map(|line| match line {
            Line::Stored { name: it, expr, .. } if it == name => Some(expr),
            _ => None,
        })
    }

    /// Names and expressions, in their order.
    pub(super) fn list(&self) -> Vec<(String, String)> {
        let stored = self.lines.iter().filter_map(|line| match line {
            Line::Stored { name, expr, .. } => Some((name.clone(), expr.to_string())),
            Line::Other(_) => None,
        });
        stored.collect()
    }

    /// A line of the text; nothing where it is blank or a comment.
    fn line(&self, line: &[u8]) -> Result<Option<Line>, String> {
        let whole = std::str::from_utf8(line).map_err(|_| "it is no UTF-8".to_owned())?;
        let text = whole.trim_end_matches('\r');
        if text.trim().is_empty() || text.trim_start().starts_with('#') {
            return Ok(None);
        }
        let (name, rest) = text
            .split_once('=')
            .ok_or("NAME = EXPR would fit: there is no `=`")?;
        let name = name.trim();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_name =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_part);
        if !is_name {
            return Err("no name before `=`: a letter, then letters, digits, - and _".to_owned());
        }
        if self.expr(name).is_some() {
            return Err(format!("`{name}` is stored above; that one counts"));
        }
        let before = text.chars().count() - rest.chars().count();
        let (expr, end) = expr::parse_prefix(rest, 0, &[])
            .map_err(|error| format!("column {}: {error}", before + error.column + 1))?;
        if rest.chars().nth(end).is_some_and(|c| c != '#') {
            let column = before + end + 1;
            return Err(format!("column {column}: more than an expression"));
        }
        Ok(Some(Line::Stored {
            name: name.to_owned(),
            expr,
            text: whole.to_owned(),
        }))
    }
}

impl Line {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Stored { name, .. } => Some(name),
            Self::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# greetings\nhello = \"hello\\r\\n\"  # as nc sends it\n\nbad\n1 = 00\nlogin = len u16be { \
                        saved(hello) }\nhello = 00\nodd = 0\ntwo = 00; 01\n";

    fn check(change: impl Fn(&mut Library), expected: &str) {
        let (mut library, _) = Library::read(TEXT.as_bytes());
        change(&mut library);
        assert_eq!(String::from_utf8(library.text()).unwrap(), expected);
    }

    #[test]
    fn a_text_is_read_and_what_does_not_fit_is_named_and_stays() {
        let (library, misfits) = Library::read(TEXT.as_bytes());
        let list = library.list();
        let names: Vec<_> = list.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["hello", "login"]);
        assert_eq!(list[1].1, "len u16be { saved(hello) }");
        let told: Vec<_> = misfits.iter().map(ToString::to_string).collect();
        let beginnings = [
            "line 4: NAME = EXPR would fit",
            "line 5: no name before",
            "line 7: `hello` is stored above",
            "line 8: column 7: ",
            "line 9: column 9: more than",
        ];
        assert_eq!(told.len(), beginnings.len(), "{told:?}");
        for (told, beginning) in told.iter().zip(beginnings) {
            assert!(told.starts_with(beginning), "{told}");
        }
    }

    #[test]
    fn rewriting_changes_one_line() {
        check(|_| {}, TEXT);
        let stored = TEXT.replace("hello = \"hello\\r\\n\"  # as nc sends it", "hello = 68 69");
        let expr = || expr::parse("6869").unwrap();
        check(|library| library.store("hello", expr()), &stored);
        let more = format!("{TEXT}new = 68 69\n");
        check(|library| library.store("new", expr()), &more);
        let less = TEXT.replace("login = len u16be { saved(hello) }\n", "");
        check(|library| assert!(library.forget("login")), &less);
        check(|library| assert!(!library.forget("bad")), TEXT);
    }

    #[test]
    fn what_is_forgotten_is_not_there_when_the_text_is_read_again() {
        let rest = TEXT.replace("hello = \"hello\\r\\n\"  # as nc sends it\n", "");
        let rest = rest.replace("hello = 00\n", "");
        check(|library| assert!(library.forget("hello")), &rest);
        let (mut library, misfits) = Library::read(b"a = 00\na = 01\r\na = (\n");
        assert_eq!(misfits.len(), 2);
        assert!(library.forget("a"));
        assert_eq!(library.text(), b"a = (\n");
        assert!(!Library::read(&library.text()).0.forget("a"));
    }

    #[test]
    fn no_byte_of_a_text_is_lost() {
        for text in [&b""[..], b"\n", b"a\xff = 00\n", b"x = 00\r\n# \x00\n"] {
            assert_eq!(Library::read(text).0.text(), text, "{text:?}");
        }
        assert_eq!(Library::read(b"x = 00").0.text(), b"x = 00\n");
    }
}
