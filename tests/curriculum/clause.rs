//! The notation of the clauses that stand at the head of a script, close to that of the curriculum: what a log must
//! hold. It reads text and knows no log; `judge.rs` holds the two beside each other.
//!
//! ```text
//! CLAUSE :=  EVENT [≺ EVENT|∧ EVENT]…          ≺ later in the log, others may stand between; ∧ anywhere in it
//!         |  count EVENT OP VALUE              how many such events there are
//!         |  Σ KEY EVENT OP VALUE              what the key adds up to in all of them
//! EVENT  :=  NAME(SOCKET) [OP VALUE] [{KEY OP VALUE, …}] [×N] [as WORD]
//! ```
//!
//! NAME is a call, or a `kind` of the JSON lines. `OP VALUE` behind it means what came of it: what a call returned,
//! its errno, or `blocked`; a state's name, a message's status, words that were said. KEY is one of the JSON
//! object's, with dots into what lies in it and `*` for any of a list; `start` and `end` are those of its range, and
//! what it lacks is looked for in `args`. VALUE is a number, a word, `"text"`, `null` for what is absent, `.KEY` of
//! the same event, or `WORD.KEY` of one before. `~` means that it contains that.

use serde_json::{Value, json};

/// What a log must hold.
#[derive(Clone, Debug)]
pub(crate) enum Clause {
    /// Events, each later than the one before it or anywhere.
    Chain(Vec<Pattern>),
    /// How many there are.
    Count(Pattern, Op, Operand),
    /// What a key of them adds up to.
    Sum(String, Pattern, Op, Operand),
}

/// An event that is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// The call, or the kind.
    pub(crate) name: String,
    /// The socket; any without.
    pub(crate) conn: Option<String>,
    /// What came of it.
    pub(crate) result: Option<(Op, Operand)>,
    /// What its keys hold.
    pub(crate) tests: Vec<Test>,
    /// It may stand before those that are named before it.
    pub(crate) anywhere: bool,
    /// The word by which later ones name it.
    pub(crate) bound: Option<String>,
    /// As it was written.
    pub(crate) text: String,
}

/// What a key holds.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) key: String,
    pub(crate) op: Op,
    pub(crate) value: Operand,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
    Contains,
}

/// What joins the events of a clause.
const SIGNS: [char; 2] = ['≺', '∧'];

/// Longest first: the first that fits is meant.
const OPS: [(&str, Op); 7] = [
    ("!=", Op::Differs),
    ("<=", Op::AtMost),
    (">=", Op::AtLeast),
    ("=", Op::Equal),
    ("<", Op::Less),
    (">", Op::More),
    ("~", Op::Contains),
];

/// What is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Known(Value),
    /// A key of the same event.
    Own(String),
    /// A key of an event that was bound to a word.
    Of(String, String),
}

impl Clause {
    /// Reads a clause.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (head, rest) = word(text);
        let clause = match head {
            "count" => {
                let mut reader = Reader::new(rest);
                let pattern = reader.pattern(false)?;
                let (op, value) = reader.comparison()?.ok_or("how many?")?;
                reader.end()?;
                Self::Count(pattern, op, value)
            }
            "Σ" => {
                let (key, rest) = word(rest);
                let mut reader = Reader::new(rest);
                let pattern = reader.pattern(false)?;
                let (op, value) = reader.comparison()?.ok_or("how much?")?;
                reader.end()?;
                Self::Sum(key.to_owned(), pattern, op, value)
            }
            _ => {
                let mut patterns: Vec<Pattern> = Vec::new();
                let mut anywhere = false;
                for part in text.split_inclusive(SIGNS) {
                    let mut reader = Reader::new(part.trim_end_matches(SIGNS));
                    let mut pattern = reader.pattern(true)?;
                    pattern.anywhere = std::mem::replace(&mut anywhere, part.ends_with('∧'));
                    let times = reader.times()?;
                    let bound = reader.bound();
                    reader.end()?;
                    patterns.extend(std::iter::repeat_n(pattern, times));
                    if let Some(last) = patterns.last_mut() {
                        last.bound = bound;
                    }
                }
                Self::Chain(patterns)
            }
        };
        Ok(clause)
    }
}

/// The first word of a text, and what stands behind it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// What of a part is still to be read.
struct Reader<'a> {
    all: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.trim();
        Self {
            all: text,
            rest: text,
        }
    }

    /// `NAME(SOCKET) [OP VALUE] [{…}]`; what came of it only where nothing else is compared behind it.
    fn pattern(&mut self, with_result: bool) -> Result<Pattern, String> {
        let (name, rest) = self
            .rest
            .split_once('(')
            .ok_or_else(|| self.wrong("NAME(SOCKET)"))?;
        let (conn, rest) = rest
            .split_once(')')
            .ok_or_else(|| self.wrong("a closing )"))?;
        self.rest = rest.trim_start();
        let result = if with_result {
            self.comparison()?
        } else {
            None
        };
        let tests = self.tests()?;
        let taken = self.all.len() - self.rest.len();
        Ok(Pattern {
            name: name.trim().to_owned(),
            conn: (!conn.is_empty()).then(|| conn.to_owned()),
            result,
            tests,
            anywhere: false,
            bound: None,
            text: self.all.get(..taken).unwrap_or_default().trim().to_owned(),
        })
    }

    fn tests(&mut self) -> Result<Vec<Test>, String> {
        let mut tests = Vec::new();
        let Some(rest) = self.rest.strip_prefix('{') else {
            return Ok(tests);
        };
        self.rest = rest;
        loop {
            let at = self
                .rest
                .find(['=', '!', '<', '>', '~'])
                .ok_or_else(|| self.wrong("KEY OP VALUE"))?;
            let (key, rest) = self.rest.split_at(at);
            self.rest = rest;
            let (op, value) = self.comparison()?.ok_or_else(|| self.wrong("OP VALUE"))?;
            tests.push(Test {
                key: key.trim().to_owned(),
                op,
                value,
            });
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest.trim_start();
                return Ok(tests);
            }
            self.rest = self
                .rest
                .strip_prefix(',')
                .ok_or_else(|| self.wrong(", or }"))?
                .trim_start();
        }
    }

    fn comparison(&mut self) -> Result<Option<(Op, Operand)>, String> {
        let Some((sign, op)) = OPS.iter().find(|(sign, _)| self.rest.starts_with(sign)) else {
            return Ok(None);
        };
        self.rest = self.rest.get(sign.len()..).unwrap_or_default().trim_start();
        let value = self.value(*op == Op::Contains)?;
        self.rest = self.rest.trim_start();
        Ok(Some((*op, value)))
    }

    /// A value; what is contained is always a text.
    fn value(&mut self, is_text: bool) -> Result<Operand, String> {
        if let Some(quoted) = self.rest.strip_prefix('"') {
            let (text, rest) = quoted
                .split_once('"')
                .ok_or_else(|| self.wrong("a closing \""))?;
            self.rest = rest;
            return Ok(Operand::Known(json!(text)));
        }
        let end = self.rest.find([' ', ',', '}']).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        if token.is_empty() {
            return Err(self.wrong("a value"));
        }
        if is_text {
            return Ok(Operand::Known(json!(token)));
        }
        if let Ok(number) = token.parse::<f64>() {
            return Ok(Operand::Known(json!(number)));
        }
        Ok(match token.split_once('.') {
            Some(("", key)) => Operand::Own(key.to_owned()),
            Some((bound, key)) => Operand::Of(bound.to_owned(), key.to_owned()),
            None => Operand::Known(match token {
                "null" => Value::Null,
                "true" => json!(true),
                "false" => json!(false),
                word => json!(word),
            }),
        })
    }

    fn times(&mut self) -> Result<usize, String> {
        let Some(rest) = self.rest.strip_prefix('×') else {
            return Ok(1);
        };
        let (number, rest) = word(rest);
        let times = number.parse().map_err(|_| self.wrong("×N"))?;
        self.rest = rest.trim_start();
        Ok(times)
    }

    fn bound(&mut self) -> Option<String> {
        let (name, rest) = word(self.rest.strip_prefix("as ")?);
        self.rest = rest;
        Some(name.to_owned())
    }

    fn end(&self) -> Result<(), String> {
        if self.rest.trim().is_empty() {
            Ok(())
        } else {
            Err(self.wrong("nothing more"))
        }
    }

    fn wrong(&self, fits: &str) -> String {
        format!("{:?}: at {:?} should be {fits}", self.all, self.rest)
    }
}
