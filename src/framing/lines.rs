//! Lines of text for a grammar: the text is shown once a CR or LF follows it, then the end is read byte by byte, so
//! that what breaks a line is told at its byte. Bare LF ends a line as CRLF does; a CR alone breaks it.

use super::Flaw;
use super::grammar::{PART_MAX_BYTES, Part, Want};

/// Reads line after line.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    expects: Expects,
}

#[derive(Clone, Copy, Debug, Default)]
enum Expects {
    #[default]
    Text,
    End,
    LineFeed,
}

/// What a part of a line is.
#[derive(Debug)]
pub(super) enum Line<'a> {
    /// The text, without its end, which is wanted next.
    Text(&'a [u8], Want),
    /// The line is over.
    Over,
    /// Not over yet.
    Goes(Want),
    /// No line.
    Broken(Flaw),
}

impl Lines {
    /// The text of the next line.
    pub(super) fn want() -> Want {
        Want::Line(PART_MAX_BYTES)
    }

    /// What was wanted has come.
    pub(super) fn take<'a>(&mut self, part: &Part<'a>) -> Line<'a> {
        match self.expects {
            Expects::Text if part.bytes.len() >= PART_MAX_BYTES => {
                let why = format!("a line longer than {PART_MAX_BYTES} bytes");
                let at = part.range.end;
                Line::Broken(Flaw { why, at })
            }
            Expects::Text => {
                self.expects = Expects::End;
                Line::Text(part.bytes, Want::Bytes(1))
            }
            Expects::End if part.bytes == b"\r" => {
                self.expects = Expects::LineFeed;
                Line::Goes(Want::Bytes(1))
            }
            Expects::LineFeed if part.bytes != b"\n" => {
                let at = part.range.start - 1;
                let why = "a CR without LF".to_owned();
                Line::Broken(Flaw { why, at })
            }
            Expects::End | Expects::LineFeed => {
                self.expects = Expects::Text;
                Line::Over
            }
        }
    }
}

/// The lines of bytes that are at hand, each with its range, its end not included; the last only if it has an end.
pub(super) fn lines_of(bytes: &[u8]) -> impl Iterator<Item = (std::ops::Range<usize>, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let end = memchr::memchr(b'\n', rest)?;
        let line = rest.get(..end)?;
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        let start = at;
        at += end + 1;
        Some((start..start + text.len(), text))
    })
}

/// Whether a line ends in LF without CR.
pub(super) fn has_bare_end(bytes: &[u8]) -> bool {
    lines_of(bytes).any(|(range, _)| bytes.get(range.end) == Some(&b'\n'))
}
