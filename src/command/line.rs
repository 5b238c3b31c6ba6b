//! A line as people type it: where its commands, its comment, its quotes and its regular expressions are. What the
//! words mean is the verbs' matter.

use crate::words::Complaint;

/// One command of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its words, without blanks at both ends; never empty.
    pub text: String,
    /// Where it begins, in characters of the line from 0.
    pub column: usize,
}

/// The commands of a line, parted at `;`, without the comment. A line without any is no mistake.
///
/// # Errors
///
/// A quote that is not closed.
pub fn split(line: &str) -> Result<Vec<Piece>, Complaint> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut begin = 0;
    let mut open_quote = None;
    let mut columns = 0;
    for (column, (c, part)) in parts(line).enumerate() {
        columns = column + 1;
        if part != Part::Quoted {
            open_quote = None;
        } else if open_quote.is_none() {
            open_quote = Some(column);
        }
        match (part, c) {
            (Part::Comment, _) => {}
            (Part::Plain, ';') => finish(&mut pieces, &mut text, begin),
            (Part::Plain, c) if c.is_whitespace() && text.is_empty() => {}
            (_, c) => {
                if text.is_empty() {
                    begin = column;
                }
                text.push(c);
            }
        }
    }
    if let Some(column) = open_quote {
        return Err(Complaint {
            column,
            end: columns,
            what: "the closing quote is missing".to_owned(),
            fits: r#""…", with \" for a quote inside"#.to_owned(),
        });
    }
    finish(&mut pieces, &mut text, begin);
    Ok(pieces)
}

fn finish(pieces: &mut Vec<Piece>, text: &mut String, column: usize) {
    let piece = std::mem::take(text);
    let trimmed = piece.trim_end();
    if !trimmed.is_empty() {
        pieces.push(Piece {
            text: trimmed.to_owned(),
            column,
        });
    }
}

/// What a character of a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Words, blanks and `;`.
    Plain,
    /// A quoted text with its opening quote. The closing quote is plain, so that an open one shows at the end.
    Quoted,
    /// What follows the opening `/` of a regular expression, up to the closing one.
    Regex,
    /// From `#` on.
    Comment,
}

/// Each character of a line with what it belongs to. It takes time in proportion to the line.
pub(super) fn parts(line: &str) -> Parts<'_> {
    Parts {
        rest: line.chars(),
        state: Part::Plain,
        is_escaped: false,
        before: None,
        is_fresh: true,
    }
}

pub(super) struct Parts<'a> {
    rest: std::str::Chars<'a>,
    state: Part,
    /// The character before was a backslash that counts.
    is_escaped: bool,
    before: Option<char>,
    /// Nothing but blanks so far.
    is_fresh: bool,
}

impl Iterator for Parts<'_> {
    type Item = (char, Part);

    fn next(&mut self) -> Option<Self::Item> {
        let c = self.rest.next()?;
        let part = match self.state {
            Part::Plain => self.plain(c),
            Part::Comment => Part::Comment,
            inside => {
                let close = if inside == Part::Quoted { '"' } else { '/' };
                if self.is_escaped || c == '\\' {
                    self.is_escaped = !self.is_escaped;
                    inside
                } else if c == close {
                    self.state = Part::Plain;
                    Part::Plain
                } else {
                    inside
                }
            }
        };
        self.before = Some(c);
        self.is_fresh &= c.is_whitespace();
        Some((c, part))
    }
}

impl Parts<'_> {
    fn plain(&mut self, c: char) -> Part {
        let is_behind_blank = self.before.is_none_or(char::is_whitespace);
        let is_word_start = is_behind_blank || self.before == Some(';');
        let next = self.rest.clone().next();
        let is_before_digit = next.is_some_and(|c| c.is_ascii_digit());
        match c {
            '"' => {
                self.state = Part::Quoted;
                Part::Quoted
            }
            // One that nothing closes is an ordinary character, for its verb to refuse.
            '/' if is_word_start && closes(self.rest.as_str()) => {
                self.state = Part::Regex;
                Part::Plain
            }
            '#' if self.is_fresh || is_behind_blank && !is_before_digit => {
                self.state = Part::Comment;
                Part::Comment
            }
            _ => Part::Plain,
        }
    }
}

/// Whether a `/` ends what begins here.
fn closes(text: &str) -> bool {
    slash(text).is_some()
}

/// Bytes before the first `/` that no backslash escapes.
pub(super) fn slash(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '/' => return Some(at),
            _ => {}
        }
    }
    None
}
