//! The words of a line and the complaint about one that does not fit: the cursor that commands, framings and options
//! read their parameters with. It gives words their columns and no meaning.

use std::fmt;
use std::time::Duration;

pub use crate::endpoint::nearest;

/// What does not fit in a line, where, and what would have fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The first character that does not fit, counted from 0 in characters of the line.
    pub column: usize,
    /// Behind the last character that does not fit.
    pub end: usize,
    /// What is wrong.
    pub what: String,
    /// What would have fitted, or what to do; may be empty.
    pub fits: String,
}

impl Complaint {
    /// The same complaint about a text that begins `columns` further right.
    #[must_use]
    pub fn shifted(mut self, columns: usize) -> Self {
        self.column += columns;
        self.end += columns;
        self
    }
}

impl fmt::Display for Complaint {
    /// `column 9: what (fits)`, the column counted from 1 as editors do.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "column {}: {}", self.column + 1, self.what)?;
        if self.fits.is_empty() {
            Ok(())
        } else {
            write!(out, " ({})", self.fits)
        }
    }
}

impl Complaint {
    /// The same, with what would have fitted, unless it says so itself.
    #[must_use]
    pub fn fitting(self, fits: &str) -> Self {
        if !self.fits.is_empty() {
            return self;
        }
        Self {
            fits: fits.to_owned(),
            ..self
        }
    }
}

/// A word and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word as written; quotes are still there.
    pub text: &'a str,
    /// Its first character's column.
    pub column: usize,
}

impl Word<'_> {
    /// A complaint about this word.
    #[must_use]
    pub fn complain(&self, what: impl Into<String>, fits: impl Into<String>) -> Complaint {
        Complaint {
            column: self.column,
            end: self.column + self.text.chars().count(),
            what: what.into(),
            fits: fits.into(),
        }
    }
}

/// A cursor over the words of one command.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    text: &'a str,
    /// Byte offset of what is not read yet.
    at: usize,
    /// Columns in front of `text`.
    shift: usize,
}

impl<'a> Words<'a> {
    /// The words of `text`, whose first character stands at column `shift` of the line.
    #[must_use]
    pub fn new(text: &'a str, shift: usize) -> Self {
        Self { text, at: 0, shift }
    }

    /// What is not read yet, without leading blanks.
    #[must_use]
    pub fn rest(&mut self) -> &'a str {
        self.skip_blanks();
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The column of what is not read yet.
    #[must_use]
    pub fn column(&mut self) -> usize {
        self.skip_blanks();
        self.shift + self.text.get(..self.at).unwrap_or_default().chars().count()
    }

    /// Takes `bytes` bytes of [`Words::rest`] as read.
    pub fn advance(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.text.len());
    }

    /// The next word, without taking it. A quoted part belongs to its word, blanks and all.
    #[must_use]
    pub fn peek(&mut self) -> Option<Word<'a>> {
        let column = self.column();
        let rest = self.rest();
        let len = word_len(rest);
        let text = rest.get(..len).filter(|text| !text.is_empty())?;
        Some(Word { text, column })
    }

    /// Takes the next word.
    pub fn next_word(&mut self) -> Option<Word<'a>> {
        let word = self.peek()?;
        self.advance(word.text.len());
        Some(word)
    }

    /// Takes the next word if it is this one.
    pub fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|next| next.text == word);
        if found {
            self.advance(word.len());
        }
        found
    }

    /// The next word, which must be there.
    ///
    /// # Errors
    ///
    /// Names what was expected at the end of the line.
    pub fn require(&mut self, what: &str) -> Result<Word<'a>, Complaint> {
        let end = self.column();
        self.next_word().ok_or_else(|| Complaint {
            column: end,
            end: end + 1,
            what: format!("{what} is missing"),
            fits: String::new(),
        })
    }

    /// A whole number.
    ///
    /// # Errors
    ///
    /// When the word is none, or is too large for the type.
    pub fn number<N: std::str::FromStr>(&mut self, what: &str) -> Result<N, Complaint> {
        self.value(what, "a whole number", |text| text.parse().ok())
    }

    /// A size in bytes: `4096`, `64k`, `8M`, `1G`.
    ///
    /// # Errors
    ///
    /// When the word is none.
    pub fn size(&mut self, what: &str) -> Result<u64, Complaint> {
        self.value(what, "bytes: 4096, 64k, 8M or 1G", size)
    }

    /// A time: `200ms`, `3s`, `2m`.
    ///
    /// # Errors
    ///
    /// When the word is none.
    pub fn time(&mut self, what: &str) -> Result<Duration, Complaint> {
        self.value(what, "200ms, 3s or 2m", time)
    }

    /// What the next word means; where there is none, or it means nothing, it is said what would.
    fn value<V>(
        &mut self,
        what: &str,
        fits: &str,
        read: impl FnOnce(&str) -> Option<V>,
    ) -> Result<V, Complaint> {
        let word = self.require(what).map_err(|it| it.fitting(fits))?;
        read(word.text).ok_or_else(|| word.complain(format!("`{}` is not {what}", word.text), fits))
    }

    /// Nothing may be left.
    ///
    /// # Errors
    ///
    /// Names the first word that is one too many.
    pub fn finish(&mut self, fits: &str) -> Result<(), Complaint> {
        match self.peek() {
            None => Ok(()),
            Some(word) => Err(word.complain(format!("`{}` is not expected here", word.text), fits)),
        }
    }

    fn skip_blanks(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.len() - rest.trim_start().len();
    }
}

/// Bytes of the first word of `text`: up to a blank outside of quotes.
fn word_len(text: &str) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// A size in bytes: a number with an optional `k`, `M` or `G` (1024).
#[must_use]
pub fn size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text.strip_prefix(digits)? {
        "" => 1,
        "k" | "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// Times are counted in nanoseconds, which no fraction need be finer than.
const NANOS_PER_SECOND: u128 = 1_000_000_000;
const PART_MAX_DIGITS: usize = 20;

/// A time: a number, perhaps with a fraction, and `ms`, `s` or `m`.
#[must_use]
pub fn time(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u128 = match text.strip_prefix(digits)? {
        "ms" => 1_000_000,
        "s" => NANOS_PER_SECOND,
        "m" => 60 * NANOS_PER_SECOND,
        _ => return None,
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if whole.is_empty() && part.is_empty() || part.len() > PART_MAX_DIGITS {
        return None;
    }
    let number = |digits: &str| match digits {
        "" => Some(0),
        digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => digits.parse::<u128>().ok(),
        _ => None,
    };
    let tenths = 10_u128.pow(u32::try_from(part.len()).ok()?);
    let finer = number(part)? * unit / tenths;
    let nanos = number(whole)?.checked_mul(unit)?.checked_add(finer)?;
    let seconds = u64::try_from(nanos / NANOS_PER_SECOND).ok()?;
    let nanos = u32::try_from(nanos % NANOS_PER_SECOND).ok()?;
    Some(Duration::new(seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_columns_and_keep_quotes() {
        let mut words = Words::new(r#"  connect unix:"/a b" é timeout 3s"#, 4);
        let found: Vec<_> = std::iter::from_fn(|| words.next_word())
            .map(|w| (w.column, w.text))
            .collect();
        assert_eq!(
            found,
            [
                (6, "connect"),
                (14, r#"unix:"/a b""#),
                (26, "é"),
                (28, "timeout"),
                (36, "3s")
            ]
        );
        assert!(words.require("an address").is_err());
    }

    #[test]
    fn sizes_times_and_near_names() {
        assert_eq!(
            [
                "0",
                "4096",
                "64k",
                "8M",
                "1G",
                "k",
                "1x",
                "",
                "99999999999G"
            ]
            .map(size),
            [
                Some(0),
                Some(4096),
                Some(65_536),
                Some(8 << 20),
                Some(1 << 30),
                None,
                None,
                None,
                None
            ]
        );
        let millis = |text| time(text).map(|t| t.as_millis());
        assert_eq!(
            [
                "200ms", "3s", "2m", "0.5s", "3", "s", "-1s", ".5s", "1.s", ".s", "1.2.3s"
            ]
            .map(millis),
            [
                Some(200),
                Some(3000),
                Some(120_000),
                Some(500),
                None,
                None,
                None,
                Some(500),
                Some(1000),
                None,
                None
            ]
        );
        // As it is typed, however long.
        let long = time("800000000000073554s").unwrap();
        assert_eq!(long.as_secs(), 800_000_000_000_073_554);
        assert_eq!(time("0.000000001s"), Some(Duration::from_nanos(1)));
        assert_eq!(time("340282366920938463463374607431s"), None);
        assert_eq!(
            nearest("lisetn", ["connect", "listen", "send"]),
            Some("listen")
        );
        assert_eq!(nearest("frobnicate", ["connect", "listen"]), None);
    }
}
