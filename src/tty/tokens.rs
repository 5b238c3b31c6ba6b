//! Terminal input bytes → tokens: characters, escape sequences and pastes, linear in the input and never waiting for
//! more. It does not name keys, and knows the time only as an argument.

use std::mem;
use std::time::Duration;

/// The longest control sequence (`ESC [ …`) or function key (`ESC O …`) that becomes a token; a longer one is passed
/// over.
pub const SEQUENCE_MAX_BYTES: usize = 64;

/// The most that one paste hands on; what follows up to its end is passed over, and the paste says how much that was.
pub const PASTE_MAX_BYTES: usize = 1024 * 1024;

/// The silence that ends a paste whose end never came.
pub const PASTE_SILENCE: Duration = Duration::from_secs(2);

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const PASTE_END: &[u8] = b"\x1b[201~";

/// What the terminal sent, cut but not yet named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// One whole character, C0 controls and DEL included, ESC never.
    Char(char),
    /// ESC and what belongs to it: alone, with one character (Alt), as `ESC [ …` or `ESC O …`, or any of these after
    /// another ESC (Alt, as rxvt and macOS spell it).
    Sequence(Vec<u8>),
    /// What was pasted, without the brackets and as it came (terminals send CR for a line's end).
    Paste {
        /// At most [`PASTE_MAX_BYTES`]; any bytes.
        text: Vec<u8>,
        /// How many bytes more it had.
        lost: u64,
    },
}

/// Cuts the terminal's bytes into tokens.
///
/// The cut does not depend on how the bytes arrived: [`Tokenizer::feed`] never looks at the clock but to set the
/// deadline. After the deadline the caller first reads what is there already, then calls [`Tokenizer::expire`]: bytes
/// that waited in the kernel while the program was busy still belong together.
#[derive(Debug)]
pub struct Tokenizer {
    esc_wait: Duration,
    state: State,
    /// The bytes of the unfinished character or sequence, without the first of two ESC.
    held: Vec<u8>,
    /// The sequence in `held` followed another ESC.
    meta: bool,
    paste: Paste,
    deadline: Option<Duration>,
}

/// Where in a token the next byte falls. The grammar is that of ECMA-48 and xterm's `ctlseqs`, read leniently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between tokens, or inside a character of several bytes.
    Text,
    /// After ESC, or inside a character of several bytes that follows it.
    Escape,
    /// After `ESC [`.
    Control,
    /// In a sequence longer than the limit: up to its final byte.
    TooLong,
    /// After `ESC [ M`: that many bytes of a mouse report are missing, whatever their values (X10 encoding).
    Mouse(u8),
    /// After `ESC O`.
    Function,
    /// After `ESC ]`, `P`, `X`, `^` or `_`: a string that the terminal answers with. We ask nothing, so it is passed
    /// over.
    String { empty: bool },
    /// After an ESC in a string: `\` ends it.
    StringEscape { empty: bool },
    /// Inside a paste.
    Paste,
}

/// The paste that is being collected.
#[derive(Debug, Default)]
struct Paste {
    text: Vec<u8>,
    lost: u64,
    /// How many bytes of [`PASTE_END`] the newest bytes match; they are not in `text`.
    matched: usize,
}

impl Tokenizer {
    /// A tokenizer that takes an ESC for the key when nothing followed for `esc_wait`.
    #[must_use]
    pub fn new(esc_wait: Duration) -> Self {
        let (state, paste) = (State::Text, Paste::default());
        Self {
            esc_wait,
            state,
            held: Vec::new(),
            meta: false,
            paste,
            deadline: None,
        }
    }

    /// Takes all of `bytes`, which arrived at `now`, and appends the tokens that are whole.
    ///
    /// Bytes that are no UTF-8 are dropped. A byte that cannot continue a sequence ends it as silence would, and then
    /// stands for itself.
    pub fn feed(&mut self, bytes: &[u8], now: Duration, out: &mut Vec<Token>) {
        for &byte in bytes {
            self.step(byte, out);
        }
        if !bytes.is_empty() {
            self.deadline = match self.state {
                // A character split by a slow line is still one: no other reading of its first bytes exists.
                State::Text => None,
                State::Paste => Some(now.saturating_add(PASTE_SILENCE)),
                _ => Some(now.saturating_add(self.esc_wait)),
            };
        }
    }

    /// When [`Tokenizer::expire`] has something to do, unless more bytes come before.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Settles what silence makes clear: `[ESC]` is the key Esc, `[ESC c]` is Alt-c, a paste ends, and anything
    /// else unfinished is dropped. Does nothing before the deadline.
    pub fn expire(&mut self, now: Duration, out: &mut Vec<Token>) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.deadline = None;
            self.give_up(out);
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<Token>) {
        match self.state {
            State::Text => self.text(byte, out),
            State::Escape => self.escape(byte, out),
            State::Control => self.control(byte, out),
            State::TooLong => match byte {
                0x40..=0x7e => self.reset(),
                0x20..=0x3f => {}
                _ => self.stand_alone(byte, out),
            },
            State::Mouse(missing) => {
                self.held.push(byte);
                match missing {
                    0 | 1 => self.finish(out),
                    _ => self.state = State::Mouse(missing - 1),
                }
            }
            State::Function => self.function(byte, out),
            State::String { empty } => self.string(empty, byte, out),
            State::StringEscape { .. } if byte == b'\\' => self.reset(),
            State::StringEscape { empty } => {
                self.state = State::String { empty };
                self.give_up(out);
                self.step(ESC, out);
                self.step(byte, out);
            }
            State::Paste => self.pasted(byte, out),
        }
    }

    fn text(&mut self, byte: u8, out: &mut Vec<Token>) {
        if byte == ESC && self.held.is_empty() {
            self.held.push(ESC);
            self.state = State::Escape;
            return;
        }
        match self.character(0, byte) {
            Character::Whole(character) => {
                out.push(Token::Char(character));
                self.reset();
            }
            Character::Unfinished => {}
            Character::Invalid if self.held.is_empty() => {}
            Character::Invalid => self.stand_alone(byte, out),
        }
    }

    fn escape(&mut self, byte: u8, out: &mut Vec<Token>) {
        let first = self.held.len() == 1;
        match byte {
            ESC if first => self.escape_again(out),
            b'[' | b'O' if first => {
                self.held.push(byte);
                self.state = if byte == b'[' {
                    State::Control
                } else {
                    State::Function
                };
            }
            b']' | b'P' | b'X' | b'^' | b'_' if first => {
                self.settle_meta(out);
                self.held.push(byte);
                self.state = State::String { empty: true };
            }
            _ => match self.character(1, byte) {
                Character::Whole(_) => {
                    self.settle_meta(out);
                    self.finish(out);
                }
                Character::Unfinished => {}
                Character::Invalid => self.stand_alone(byte, out),
            },
        }
    }

    /// A second ESC may belong to what follows it; a third settles that the first was a key.
    fn escape_again(&mut self, out: &mut Vec<Token>) {
        self.settle_meta(out);
        self.meta = true;
    }

    fn control(&mut self, byte: u8, out: &mut Vec<Token>) {
        let parameters = self.held.get(2..).unwrap_or_default();
        match byte {
            0x20..=0x7e if self.held.len() == SEQUENCE_MAX_BYTES => {
                self.state = State::TooLong;
                self.step(byte, out);
            }
            b'~' if parameters == b"200" => {
                self.settle_meta(out);
                self.reset();
                self.state = State::Paste;
            }
            b'M' if parameters.is_empty() => {
                self.held.push(byte);
                self.state = State::Mouse(3);
            }
            // The Linux console's F1 to F5 are `ESC [ [ A` to `E`.
            b'[' if parameters.is_empty() => self.held.push(byte),
            // rxvt ends shifted keys in `$`, which is no final byte in ECMA-48.
            b'$' if !parameters.is_empty() && parameters.iter().all(u8::is_ascii_digit) => {
                self.held.push(byte);
                self.finish(out);
            }
            0x20..=0x3f => self.held.push(byte),
            0x40..=0x7e => {
                self.held.push(byte);
                self.finish(out);
            }
            _ => self.stand_alone(byte, out),
        }
    }

    fn function(&mut self, byte: u8, out: &mut Vec<Token>) {
        match byte {
            0x20..=0x7e if self.held.len() == SEQUENCE_MAX_BYTES => {
                self.state = State::TooLong;
                self.step(byte, out);
            }
            // A modifier, as some terminals spell it.
            b'0'..=b'9' => self.held.push(byte),
            0x20..=0x7e => {
                self.held.push(byte);
                self.finish(out);
            }
            _ => self.stand_alone(byte, out),
        }
    }

    fn string(&mut self, empty: bool, byte: u8, out: &mut Vec<Token>) {
        match byte {
            ESC => self.state = State::StringEscape { empty },
            BEL => self.reset(),
            0x08..=0x0d | 0x20..=0x7e | 0x80.. => self.state = State::String { empty: false },
            _ => self.stand_alone(byte, out),
        }
    }

    /// Matches the end on the way, so that a paste costs one look at each byte.
    fn pasted(&mut self, byte: u8, out: &mut Vec<Token>) {
        let paste = &mut self.paste;
        if PASTE_END.get(paste.matched) == Some(&byte) {
            paste.matched += 1;
            if paste.matched == PASTE_END.len() {
                let Paste { text, lost, .. } = mem::take(paste);
                out.push(Token::Paste { text, lost });
                self.reset();
            }
            return;
        }
        paste.unmatch();
        // ESC occurs in the end only as its first byte, so a mismatch can begin anew nowhere else.
        if byte == ESC {
            paste.matched = 1;
        } else {
            paste.push(&[byte]);
        }
    }

    /// Adds `byte` to the character that begins at `start` in `held`; an invalid byte is not kept.
    fn character(&mut self, start: usize, byte: u8) -> Character {
        self.held.push(byte);
        match str::from_utf8(self.held.get(start..).unwrap_or_default()) {
            Ok(text) => text
                .chars()
                .next()
                .map_or(Character::Unfinished, Character::Whole),
            Err(error) if error.error_len().is_none() => Character::Unfinished,
            Err(_) => {
                self.held.pop();
                Character::Invalid
            }
        }
    }

    /// `byte` does not continue what is held.
    fn stand_alone(&mut self, byte: u8, out: &mut Vec<Token>) {
        self.give_up(out);
        self.step(byte, out);
    }

    /// Nothing continues what is held: says what it was, if it can be a key, and starts afresh.
    fn give_up(&mut self, out: &mut Vec<Token>) {
        let key = match self.state {
            State::Text | State::TooLong | State::Mouse(_) => false,
            State::Escape => self.held.len() == 1,
            State::Control | State::Function => self.held.len() == 2,
            State::String { empty } | State::StringEscape { empty } => empty,
            State::Paste => {
                self.paste.unmatch();
                let Paste { text, lost, .. } = mem::take(&mut self.paste);
                out.push(Token::Paste { text, lost });
                false
            }
        };
        let escape_follows = matches!(self.state, State::StringEscape { .. });
        if key {
            self.settle_meta(out);
            self.finish(out);
        }
        if escape_follows {
            out.push(Token::Sequence(vec![ESC]));
        }
        self.reset();
    }

    /// What follows the first of two ESC does not take it along: it was the key.
    fn settle_meta(&mut self, out: &mut Vec<Token>) {
        if mem::take(&mut self.meta) {
            out.push(Token::Sequence(vec![ESC]));
        }
    }

    fn finish(&mut self, out: &mut Vec<Token>) {
        if self.meta {
            self.held.insert(0, ESC);
        }
        out.push(Token::Sequence(mem::take(&mut self.held)));
        self.reset();
    }

    fn reset(&mut self) {
        self.held.clear();
        self.meta = false;
        self.state = State::Text;
    }
}

impl Paste {
    fn push(&mut self, bytes: &[u8]) {
        let room = PASTE_MAX_BYTES.saturating_sub(self.text.len());
        let (kept, lost) = bytes.split_at(room.min(bytes.len()));
        self.text.extend_from_slice(kept);
        self.lost += lost.len() as u64;
    }

    /// What looked like the end was text.
    fn unmatch(&mut self) {
        let matched = mem::take(&mut self.matched);
        self.push(PASTE_END.get(..matched).unwrap_or_default());
    }
}

/// What one more byte made of a character.
enum Character {
    Whole(char),
    Unfinished,
    Invalid,
}

#[cfg(test)]
mod tests;
