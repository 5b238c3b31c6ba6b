//! Byte expressions: `"hello\n" u16be(5) 0d0a …`, parsed to a tree, printed back, and evaluated with what a context
//! knows. Reading files, asking a clock and framing are the context's business; nothing here touches the system.

mod arguments;
mod checksum;
mod evaluate;
mod integer;
mod parse;
mod print;
#[cfg(test)]
mod tests;
mod text;
mod words;

use std::fmt::{self, Display, Formatter};

pub use checksum::{Checksum, Sum, kinds};
pub use evaluate::{Context, EvalError};
pub use integer::{ByteOrder, DEC_MAX_DIGITS, HEX_MAX_DIGITS, IntType, Misfit, Step};

/// What an expression may come to.
pub const RESULT_MAX_BYTES: u64 = 64 << 20;
/// How deep braces, parentheses and `frame` may stand in one another.
pub const NESTING_MAX: usize = 64;

/// A byte expression: its parts side by side. `Display` prints text that parses to an equal tree.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Expr {
    /// In order. Never two `Hex` in a row: they would read back as one.
    parts: Vec<Part>,
}

/// One part of an expression.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Part {
    /// `"text"`.
    Text(Vec<u8>),
    /// `0d 0a`; never empty.
    Hex(Vec<u8>),
    /// `u16be(5)`; the number fits.
    Integer(IntType, i128),
    /// `f32be(1.5)`.
    Float(Float),
    /// `PART*N`; the part is no repeat itself.
    Repeat(Box<Self>, u64),
    /// `rand(N)`, `rand(N seed S)`.
    Random { count: u64, seed: Option<u64> },
    /// `file(path)`; never empty.
    File(String),
    /// `len TYPE [incl] [adjust N] { … }`.
    Length(Length, Expr),
    /// `frame PART`, `frame { … }`.
    Frame(Expr),
    /// `fixedN(…)`.
    Padded(u64, Expr),
    /// `count()`.
    Count,
    /// `now()`.
    Now,
    /// `last()`.
    Last,
    /// `field(NAME)`; never empty.
    Field(String),
    /// `group(N)`, `group(NAME)`; never empty.
    Group(String),
    /// `saved(NAME)`; never empty.
    Saved(String),
    /// `crc32{…}`, `crc32 le {…}`.
    Sum {
        kind: &'static Checksum,
        order: ByteOrder,
        body: Expr,
    },
}

/// A number with a point, kept as the bits that are sent, so that trees compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Float {
    Single(ByteOrder, u32),
    Double(ByteOrder, u64),
}

/// The number in front of a length prefix, as the `len` framing reads it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Length {
    kind: IntType,
    /// The number counts its own bytes too.
    inclusive: bool,
    /// What the reader adds to the number; the writer takes it away.
    adjust: i64,
}

/// Why a text is no byte expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExprError {
    /// Where the fault begins, in characters from 0.
    pub column: usize,
    /// Where it ends; behind `column` unless something is missing there.
    pub end: usize,
    /// What is wrong.
    pub what: String,
    /// What would have fitted.
    pub fits: String,
}

impl Display for ExprError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.fits)
    }
}

impl std::error::Error for ExprError {}

/// Reads a text that is one expression and nothing else.
///
/// # Errors
/// Where the text is wrong, and what would have fitted there.
pub fn parse(text: &str) -> Result<Expr, ExprError> {
    let (expr, end) = parse_prefix(text, 0, &[])?;
    match text.chars().count() {
        length if length == end => Ok(expr),
        length => Err(ExprError {
            column: end,
            end: length,
            what: "more than an expression".to_owned(),
            fits: "nothing may follow it here".to_owned(),
        }),
    }
}

/// Reads the expression that begins at character `start` of a longer line, and says at which character it ended. It
/// ends at `;`, at the end of the line, at a comment (`#` after a blank or at the start, not before a digit), and,
/// outside braces, at one of the words in `stop`, standing as a word of its own.
///
/// # Errors
/// Where the line is wrong, counted from its own start, and what would have fitted there.
pub fn parse_prefix(text: &str, start: usize, stop: &[&str]) -> Result<(Expr, usize), ExprError> {
    parse::prefix(text, start, stop)
}

impl Expr {
    /// A literal for these bytes that a person can read: text where it is text, hex elsewhere.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self {
                parts: vec![Part::Text(Vec::new())],
            };
        }
        text::runs(bytes).into_iter().collect()
    }

    /// The paths that `evaluate` will ask its context for, in order.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        let mut files = Vec::new();
        self.visit(&mut |part| {
            if let Part::File(path) = part {
                files.push(path.as_str());
            }
        });
        files
    }

    /// The names of stored expressions that `evaluate` will ask its context for, in order.
    #[must_use]
    pub fn saved(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |part| {
            if let Part::Saved(name) = part {
                names.push(name.as_str());
            }
        });
        names
    }

    /// The groups of a regular expression that `evaluate` will ask its context for, in order.
    #[must_use]
    pub fn groups(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |part| {
            if let Part::Group(name) = part {
                names.push(name.as_str());
            }
        });
        names
    }

    /// Draws a seed for every `rand` without one, so that the expression means the same bytes each time from now on.
    pub fn settle(&mut self, cx: &mut dyn Context) {
        for part in &mut self.parts {
            part.settle(cx);
        }
    }

    /// The bytes that the expression means now.
    ///
    /// # Errors
    /// Where the context lacks something, a number or text does not fit its field, or the result would pass 64 MiB.
    pub fn evaluate(&self, cx: &mut dyn Context) -> Result<Vec<u8>, EvalError> {
        evaluate::bytes(self, cx)
    }

    /// The bytes of an expression that always means the same, such as a delimiter.
    ///
    /// # Errors
    /// As `evaluate`, and where the expression names something that only a send knows: `last()`, `rand` without a
    /// seed.
    pub fn constant(&self) -> Result<Vec<u8>, EvalError> {
        evaluate::constant(self)
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'a Part)) {
        for part in &self.parts {
            part.visit(visitor);
        }
    }
}

impl FromIterator<Part> for Expr {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Self {
        let mut expr = Self { parts: Vec::new() };
        for part in parts {
            match (expr.parts.last_mut(), part) {
                (Some(Part::Hex(bytes)), Part::Hex(more)) => bytes.extend(more),
                (_, part) => expr.parts.push(part),
            }
        }
        expr
    }
}

impl Part {
    fn settle(&mut self, cx: &mut dyn Context) {
        match self {
            Self::Random { seed, .. } => {
                seed.get_or_insert_with(|| cx.seed());
            }
            Self::Repeat(part, _) => part.settle(cx),
            Self::Length(_, body)
            | Self::Frame(body)
            | Self::Padded(_, body)
            | Self::Sum { body, .. } => {
                body.settle(cx);
            }
            _ => {}
        }
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'a Self)) {
        visitor(self);
        match self {
            Self::Repeat(part, _) => part.visit(visitor),
            Self::Length(_, body)
            | Self::Frame(body)
            | Self::Padded(_, body)
            | Self::Sum { body, .. } => {
                body.visit(visitor);
            }
            _ => {}
        }
    }
}
