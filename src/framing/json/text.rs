//! One JSON text (RFC 8259), read as it comes: which byte ends it, and which byte breaks it. It keeps the brackets that
//! are open and nothing of what they hold. Whether strings are UTF-8 is not looked at.

use super::super::digest::NESTING_MAX;
use super::is_blank;

/// Reads one text.
#[derive(Clone, Debug, Default)]
pub(in crate::framing) struct Text {
    /// The brackets that are to come, the outermost first.
    open: Vec<u8>,
    state: State,
    /// The last byte was a line feed.
    at_line: bool,
}

/// What came of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::framing) enum End {
    /// The text is whole.
    Whole,
    /// The next byte breaks it.
    Broken(String),
}

/// What may come next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Value,
    /// A value, or the bracket behind `[`.
    FirstValue,
    Name,
    /// A name, or the bracket behind `{`.
    FirstName,
    Colon,
    /// A comma, or the bracket.
    Behind,
    Quoted(Quoted),
    /// The rest of such a word.
    Word(&'static [u8]),
    Number(Number),
}

/// Where in a string, which is a name or a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quoted {
    is_name: bool,
    part: Within,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Characters,
    Escape,
    /// So many hex digits are to come.
    Hex(u8),
}

/// The last part of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Minus,
    Zero,
    Digits,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

impl Number {
    fn is_whole(self) -> bool {
        use Number::{Digits, Exponent, Fraction, Zero};
        matches!(self, Zero | Digits | Fraction | Exponent)
    }

    /// What the number is with the byte; `None` if that is none of it.
    fn then(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Minus, b'0') => Self::Zero,
            (Self::Minus | Self::Digits, b'0'..=b'9') => Self::Digits,
            (Self::Zero | Self::Digits, b'.') => Self::Point,
            (Self::Point | Self::Fraction, b'0'..=b'9') => Self::Fraction,
            (Self::Zero | Self::Digits | Self::Fraction, b'e' | b'E') => Self::E,
            (Self::E, b'+' | b'-') => Self::Sign,
            (Self::E | Self::Sign | Self::Exponent, b'0'..=b'9') => Self::Exponent,
            _ => return None,
        })
    }
}

/// What one byte does.
enum Step {
    Taken,
    /// It was the last one.
    Last,
    /// The text was whole before it.
    Behind,
    Breaks(String),
}

impl Text {
    /// Reads up to the byte that ends the text or breaks it: how many bytes belong to it, and what came of it. Behind
    /// [`End::Whole`] nothing more is read.
    pub(in crate::framing) fn read(&mut self, bytes: &[u8]) -> (usize, Option<End>) {
        let mut at = 0;
        let end = loop {
            at += self.plain(bytes.get(at..).unwrap_or_default());
            let Some(byte) = bytes.get(at) else {
                break None;
            };
            match self.step(*byte) {
                Step::Taken => at += 1,
                Step::Last => {
                    at += 1;
                    break Some(End::Whole);
                }
                Step::Behind => break Some(End::Whole),
                Step::Breaks(why) => break Some(End::Broken(why)),
            }
        };
        if let Some(last) = at.checked_sub(1).and_then(|last| bytes.get(last)) {
            self.at_line = *last == b'\n';
        }
        (at, end)
    }

    /// Whether the end of the stream would make it whole: it is a number, to which nothing is missing.
    pub(in crate::framing) fn ends_here(&self) -> bool {
        let is_number = matches!(self.state, State::Number(number) if number.is_whole());
        is_number && self.open.is_empty()
    }

    /// Whether it is read within a string.
    pub(super) fn is_quoted(&self) -> bool {
        matches!(self.state, State::Quoted(_))
    }

    /// Whether the last byte was a line feed.
    pub(super) fn is_at_line(&self) -> bool {
        self.at_line
    }

    /// How many brackets are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// What it waits for, in words.
    pub(in crate::framing) fn waits(&self) -> String {
        match (self.state, self.open.last()) {
            (State::Quoted(_), _) => "waiting for the end of a string".to_owned(),
            (_, Some(bracket)) => format!(
                "waiting for {}, {} deep",
                char::from(*bracket),
                self.open.len()
            ),
            (State::Number(_), None) => "waiting for what ends the number".to_owned(),
            _ => "waiting for the rest of a word".to_owned(),
        }
    }

    /// How many of the bytes change nothing: characters of a string, digits, blanks.
    #[inline]
    fn plain(&self, bytes: &[u8]) -> usize {
        let mut bytes_left = bytes.iter();
        let end = match self.state {
            State::Quoted(Quoted {
                part: Within::Characters,
                ..
            }) => bytes_left.position(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\')),
            State::Number(Number::Digits | Number::Fraction | Number::Exponent) => {
                bytes_left.position(|byte| !byte.is_ascii_digit())
            }
            State::Quoted(_) | State::Number(_) | State::Word(_) => Some(0),
            _ => bytes_left.position(|byte| !is_blank(*byte)),
        };
        end.unwrap_or(bytes.len())
    }

    fn step(&mut self, byte: u8) -> Step {
        match self.state {
            State::Quoted(quoted) => self.quoted(quoted, byte),
            State::Word(rest) => self.word(rest, byte),
            State::Number(number) => self.number(number, byte),
            _ if is_blank(byte) => Step::Taken,
            State::FirstValue if byte == b']' => self.close(byte),
            State::Value | State::FirstValue => self.value(byte),
            State::FirstName if byte == b'}' => self.close(byte),
            State::Name | State::FirstName if byte == b'"' => self.quote(true),
            State::Name | State::FirstName => Step::Breaks(odd(byte, "a name in quotes must be")),
            State::Colon if byte == b':' => self.go(State::Value),
            State::Colon => Step::Breaks(odd(byte, "the colon behind a name must be")),
            State::Behind => self.behind(byte),
        }
    }

    fn value(&mut self, byte: u8) -> Step {
        match byte {
            b'{' => self.open(b'}', State::FirstName),
            b'[' => self.open(b']', State::FirstValue),
            b'"' => self.quote(false),
            b't' => self.go(State::Word(b"rue")),
            b'f' => self.go(State::Word(b"alse")),
            b'n' => self.go(State::Word(b"ull")),
            b'-' => self.go(State::Number(Number::Minus)),
            b'0' => self.go(State::Number(Number::Zero)),
            b'1'..=b'9' => self.go(State::Number(Number::Digits)),
            _ => Step::Breaks(odd(byte, "a value must begin")),
        }
    }

    fn go(&mut self, state: State) -> Step {
        self.state = state;
        Step::Taken
    }

    fn open(&mut self, bracket: u8, state: State) -> Step {
        if self.open.len() == NESTING_MAX {
            return Step::Breaks(format!("nested deeper than {NESTING_MAX}"));
        }
        self.open.push(bracket);
        self.go(state)
    }

    fn close(&mut self, byte: u8) -> Step {
        match self.open.last() {
            Some(bracket) if *bracket == byte => {
                self.open.pop();
                self.done()
            }
            Some(bracket) => {
                let due = format!("`{}` or a comma must be", char::from(*bracket));
                Step::Breaks(odd(byte, &due))
            }
            None => Step::Behind,
        }
    }

    /// A value ended with the byte.
    fn done(&mut self) -> Step {
        self.state = State::Behind;
        if self.open.is_empty() {
            Step::Last
        } else {
            Step::Taken
        }
    }

    fn behind(&mut self, byte: u8) -> Step {
        match (byte, self.open.last()) {
            (b',', Some(b'}')) => self.go(State::Name),
            (b',', Some(_)) => self.go(State::Value),
            _ => self.close(byte),
        }
    }

    fn quote(&mut self, is_name: bool) -> Step {
        let part = Within::Characters;
        self.go(State::Quoted(Quoted { is_name, part }))
    }

    fn quoted(&mut self, quoted: Quoted, byte: u8) -> Step {
        let part = match (quoted.part, byte) {
            (Within::Characters, b'"') if quoted.is_name => return self.go(State::Colon),
            (Within::Characters, b'"') => return self.done(),
            (Within::Characters, b'\\') => Within::Escape,
            (Within::Characters, 0..b' ') => {
                return Step::Breaks(format!(
                    "byte {byte:02x} within a string: it must be escaped"
                ));
            }
            (Within::Characters, _) => Within::Characters,
            (Within::Escape, b'u') => Within::Hex(4),
            (Within::Escape, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                Within::Characters
            }
            (Within::Escape, _) => return Step::Breaks(odd(byte, "an escape must go on")),
            (Within::Hex(1), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => Within::Characters,
            (Within::Hex(left), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => Within::Hex(left - 1),
            (Within::Hex(_), _) => {
                return Step::Breaks(odd(byte, "one of four hex digits must be"));
            }
        };
        self.go(State::Quoted(Quoted { part, ..quoted }))
    }

    fn word(&mut self, rest: &'static [u8], byte: u8) -> Step {
        match rest.split_first() {
            Some((due, [])) if *due == byte => self.done(),
            Some((due, rest)) if *due == byte => self.go(State::Word(rest)),
            _ => Step::Breaks(odd(byte, "true, false or null must go on")),
        }
    }

    fn number(&mut self, number: Number, byte: u8) -> Step {
        if let Some(number) = number.then(byte) {
            return self.go(State::Number(number));
        }
        if !number.is_whole() {
            return Step::Breaks(odd(byte, "a number must go on"));
        }
        if !self.open.is_empty() {
            self.state = State::Behind;
            return self.step(byte);
        }
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'{' | b'[' | b'"' => Step::Behind,
            _ => Step::Breaks(odd(byte, "a number has ended")),
        }
    }
}

/// The byte, and what should stand there.
fn odd(byte: u8, due: &str) -> String {
    if byte.is_ascii_graphic() {
        format!("`{}` where {due}", char::from(byte))
    } else {
        format!("byte {byte:02x} where {due}")
    }
}
