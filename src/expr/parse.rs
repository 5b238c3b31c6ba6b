//! Reads byte expressions: where parts begin and end, and which word is which. What stands in parentheses is
//! `arguments`' part.
//!
//! A word before `(` is a function, also where it could be hex (`dec5(5)`); elsewhere whole pairs of hex digits are
//! bytes (`dec5`).

use super::arguments;
use super::words::{hex_bytes, unknown_word};
use super::{ByteOrder, Checksum, Expr, ExprError, IntType, Length, NESTING_MAX, Part, text};

pub(super) const FORMS: &str = r#""text", 0d0a, u16be(5), rand(100) or len u16be { … }"#;

pub(super) type Parsed<T> = Result<T, ExprError>;

pub(super) fn prefix(text: &str, start: usize, stop: &[&str]) -> Parsed<(Expr, usize)> {
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: start,
        stop,
        depth: 0,
    };
    let expr = parser.sequence(None)?;
    if expr.parts.is_empty() {
        return parser.refuse_here("a byte expression is missing", FORMS);
    }
    Ok((expr, parser.at))
}

/// A place in a line. `chars` and columns count characters from 0.
pub(super) struct Parser<'a> {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    stop: &'a [&'a str],
    depth: usize,
}

/// A bracket still to be closed, and where it was opened.
#[derive(Clone, Copy)]
struct Close {
    bracket: char,
    open: usize,
}

impl Parser<'_> {
    fn sequence(&mut self, close: Option<Close>) -> Parsed<Expr> {
        let mut parts = Vec::new();
        let mut is_joined = false;
        loop {
            self.blanks();
            let begin = self.at;
            if !is_joined && self.is_end(close)? {
                return Ok(parts.into_iter().collect());
            }
            let word = self.word();
            if is_joined && hex_bytes(&word).is_none() {
                let end = begin + word.chars().count();
                return refuse(
                    begin,
                    end,
                    "hex bytes go on behind `,` and `:`",
                    "0d,0a or 0d:0a",
                );
            }
            let part = self.part()?;
            let is_hex = matches!(part, Part::Hex(_));
            parts.push(self.repeated(part)?);
            is_joined = is_hex && self.separator();
        }
    }

    /// Whether the sequence ends here; a missing bracket is an error that points at its partner.
    fn is_end(&self, close: Option<Close>) -> Parsed<bool> {
        let Some(close) = close else {
            return Ok(self.is_line_end() || self.stop.contains(&self.word().as_str()));
        };
        if self.is_line_end() {
            let what = format!("`{}` is missing", close.bracket);
            return refuse(
                close.open,
                self.at,
                what,
                "what is opened here closes in the same command",
            );
        }
        Ok(self.peek() == Some(close.bracket))
    }

    fn is_line_end(&self) -> bool {
        match self.peek() {
            None | Some(';' | '\n') => true,
            Some('#') => {
                let before = self.at.checked_sub(1).and_then(|at| self.chars.get(at));
                let after = self.chars.get(self.at + 1);
                before.is_none_or(|c| c.is_whitespace()) && !after.is_some_and(char::is_ascii_digit)
            }
            Some(_) => false,
        }
    }

    fn part(&mut self) -> Parsed<Part> {
        match self.peek() {
            Some('"') => {
                let (bytes, end) = text::quoted(&self.chars, self.at, '"')?;
                self.at = end;
                Ok(Part::Text(bytes))
            }
            Some(c) if c.is_ascii_alphanumeric() => self.named(),
            Some('*') => self.refuse_here("nothing before `*` to repeat", "\"x\"*10"),
            Some(c) => self.refuse_here(format!("{c:?} begins no part of an expression"), FORMS),
            None => self.refuse_here("a byte expression is missing", FORMS),
        }
    }

    fn named(&mut self) -> Parsed<Part> {
        let begin = self.at;
        let word = self.word();
        self.at += word.chars().count();
        if self.peek() == Some('(') {
            return arguments::call(self, begin, &word);
        }
        if let Some(bytes) = hex_bytes(&word) {
            return Ok(Part::Hex(bytes));
        }
        match word.as_str() {
            "len" => self.length(),
            "frame" => self.frame(),
            _ => match Checksum::named(&word) {
                Some(kind) => self.checksum(kind),
                None => Err(unknown_word(begin, &word, self.stop)),
            },
        }
    }

    fn length(&mut self) -> Parsed<Part> {
        let kind = self.length_type()?;
        let mut length = Length {
            kind,
            inclusive: false,
            adjust: 0,
        };
        loop {
            self.blanks();
            let begin = self.at;
            match self.word().as_str() {
                "incl" => {
                    self.at += "incl".len();
                    length.inclusive = true;
                }
                "adjust" => {
                    self.at += "adjust".len();
                    self.blanks();
                    let number = self.at;
                    length.adjust = arguments::integer(self)?.try_into().or_else(|_| {
                        refuse(
                            number,
                            self.at,
                            "the number does not fit",
                            "64 bits, as in adjust -2",
                        )
                    })?;
                }
                "" if self.peek() == Some('{') => return Ok(Part::Length(length, self.braces()?)),
                word => {
                    let end = begin + word.chars().count();
                    return refuse(
                        begin,
                        end,
                        "the body of the length is missing",
                        "incl, adjust N or { … }",
                    );
                }
            }
        }
    }

    fn length_type(&mut self) -> Parsed<IntType> {
        self.blanks();
        let begin = self.at;
        let word = self.word();
        self.at += word.chars().count();
        IntType::parse(&word).map_or_else(
            || {
                let fits = IntType::near(&word);
                refuse(
                    begin,
                    self.at,
                    "len takes the type of the number",
                    fits.as_deref().unwrap_or("len u16be { … }"),
                )
            },
            Ok,
        )
    }

    fn frame(&mut self) -> Parsed<Part> {
        self.blanks();
        if self.peek() == Some('{') {
            return Ok(Part::Frame(self.braces()?));
        }
        let begin = self.at;
        if self.is_line_end() {
            return refuse(
                begin,
                begin,
                "nothing to frame",
                "frame \"hello\" or frame { … }",
            );
        }
        let part = self.nested(Self::part)?;
        if matches!(part, Part::Hex(_)) {
            let end = self.at;
            self.separator();
            self.blanks();
            if hex_bytes(&self.word()).is_some() {
                return refuse(
                    begin,
                    self.at,
                    "frame takes one part",
                    "braces around more: frame { 00 ff }",
                );
            }
            self.at = end;
        }
        Ok(Part::Frame([part].into_iter().collect()))
    }

    fn checksum(&mut self, kind: &'static Checksum) -> Parsed<Part> {
        self.blanks();
        let begin = self.at;
        let word = self.word();
        let order = match ByteOrder::named(&word) {
            Some(_) if kind.width == 1 => {
                return refuse(
                    begin,
                    begin + 2,
                    "one byte has no order",
                    format!("{}{{…}}", kind.name),
                );
            }
            Some(order) => {
                self.at += word.len();
                self.blanks();
                order
            }
            None => kind.order,
        };
        if self.peek() == Some('{') {
            return Ok(Part::Sum {
                kind,
                order,
                body: self.braces()?,
            });
        }
        self.refuse_here(
            format!("{} takes bytes in braces", kind.name),
            format!("{}{{…}}", kind.name),
        )
    }

    fn braces(&mut self) -> Parsed<Expr> {
        self.enclosed('}')
    }

    /// The expression between the bracket here and its partner.
    pub(super) fn enclosed(&mut self, bracket: char) -> Parsed<Expr> {
        let open = self.at;
        self.at += 1;
        let body = self.nested(|parser| parser.sequence(Some(Close { bracket, open })))?;
        self.at += 1;
        Ok(body)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == NESTING_MAX {
            return self.refuse_here(
                "nested too deeply",
                format!("at most {NESTING_MAX} within one another"),
            );
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// The part with the `*N` behind it, if there is one.
    fn repeated(&mut self, part: Part) -> Parsed<Part> {
        if !self.skip_to('*') {
            return Ok(part);
        }
        self.blanks();
        let count = arguments::size(self, "the number behind `*`", "\"x\"*10, \"x\"*64k")?;
        if self.skip_to('*') {
            self.at -= 1;
            return self.refuse_here("a second `*`", "one number: \"x\"*20");
        }
        Ok(Part::Repeat(Box::new(part), count))
    }

    /// Passes over a `,` or `:` between hex bytes.
    fn separator(&mut self) -> bool {
        self.skip_to(',') || self.skip_to(':')
    }

    /// Passes over blanks and this character; over nothing where it is another.
    fn skip_to(&mut self, wanted: char) -> bool {
        let begin = self.at;
        self.blanks();
        if self.peek() == Some(wanted) {
            self.at += 1;
            return true;
        }
        self.at = begin;
        false
    }

    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\r')) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The word that begins here; empty where none does.
    pub(super) fn word(&self) -> String {
        let is_part = |c: &&char| c.is_ascii_alphanumeric() || **c == '-' || **c == '_';
        self.chars
            .iter()
            .skip(self.at)
            .take_while(is_part)
            .collect()
    }

    pub(super) fn refuse_here<T>(
        &self,
        what: impl Into<String>,
        fits: impl Into<String>,
    ) -> Parsed<T> {
        let end = if self.is_line_end() {
            self.at
        } else {
            self.at + 1
        };
        refuse(self.at, end, what, fits)
    }
}

pub(super) fn refuse<T>(
    column: usize,
    end: usize,
    what: impl Into<String>,
    fits: impl Into<String>,
) -> Parsed<T> {
    Err(ExprError {
        column,
        end,
        what: what.into(),
        fits: fits.into(),
    })
}
