//! Tokens → what the user did, in crossterm's vocabulary; `terminput` names the keys, this file the spellings it lacks.
//! Sequences that name no key (answers of the terminal, unknown keys) come to nothing; no byte makes it panic.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEvent};

use super::tokens::Token;

/// One thing that the user did at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key, pressed or repeating, never its release.
    ///
    /// `Ctrl-H` cannot be told from Backspace in most terminals and is Backspace; Shift-Tab is `BackTab` with
    /// `SHIFT`; an upper-case letter has `SHIFT` too; CR is Enter and LF is Ctrl-J.
    Key(KeyEvent),
    /// The mouse, with cells counted from 0 and not checked against the size of the screen.
    Mouse(MouseEvent),
    /// Pasted bytes, as they came: line ends are mostly CR, and controls may be among them.
    Paste {
        /// At most [`PASTE_MAX_BYTES`](super::tokens::PASTE_MAX_BYTES).
        text: Vec<u8>,
        /// How many bytes more it had.
        lost: u64,
    },
}

impl Input {
    /// What `token` says, if it names something that a user can do.
    #[must_use]
    pub fn from_token(token: Token) -> Option<Self> {
        match token {
            Token::Char(character) => from_character(character).map(Self::Key),
            Token::Sequence(bytes) => from_sequence(&bytes),
            Token::Paste { text, lost } => Some(Self::Paste { text, lost }),
        }
    }
}

fn from_character(character: char) -> Option<KeyEvent> {
    if character == '\u{8}' {
        return Some(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE));
    }
    let mut utf8 = [0; 4];
    match named(character.encode_utf8(&mut utf8).as_bytes())? {
        Input::Key(key) => Some(key),
        _ => None,
    }
}

fn from_sequence(bytes: &[u8]) -> Option<Input> {
    match bytes {
        [0x1b] => named(bytes),
        [0x1b, 0x1b, rest @ ..] => from_introduced(rest).map(with_alt),
        [0x1b, b'[' | b'O', _, ..] => from_introduced(bytes.get(1..)?),
        // terminput takes ESC [ and ESC O for unfinished sequences, so the character is named alone.
        [0x1b, rest @ ..] => {
            let character = str::from_utf8(rest).ok()?.chars().next()?;
            from_character(character).map(Input::Key).map(with_alt)
        }
        _ => None,
    }
}

/// A control sequence or function key without its ESC.
fn from_introduced(rest: &[u8]) -> Option<Input> {
    match rest {
        [b'[', b'<', report @ ..] if !counts_from_one(report) => None,
        [b'[', report @ .., b'M']
            if report.first().is_some_and(u8::is_ascii_digit) && !counts_from_one(report) =>
        {
            None
        }
        // rxvt: shifted arrows in lower case, and `$ ^ @` in place of `~` for Shift, Ctrl and both.
        [b'[', arrow @ b'a'..=b'd'] => spelt(b"1;2", arrow.to_ascii_uppercase()),
        [b'O', arrow @ b'a'..=b'd'] => spelt(b"1;5", arrow.to_ascii_uppercase()),
        [b'[', digits @ .., b'$'] => spelt(&[digits, b";2"].concat(), b'~'),
        [b'[', digits @ .., b'^'] => spelt(&[digits, b";5"].concat(), b'~'),
        [b'[', digits @ .., b'@'] => spelt(&[digits, b";6"].concat(), b'~'),
        // Older terminals put the modifier behind `ESC O`.
        [b'O', digits @ .., key @ b'A'..=b'S'] if !digits.is_empty() => {
            spelt(&[b"1;", digits].concat(), *key)
        }
        // The keypad in application mode, which another program may have left on: the low half of the byte is the
        // character.
        [b'O', b'M'] => named(b"\r"),
        [b'O', b'X'] => named(b"="),
        [b'O', key @ b'j'..=b'y'] => named(&[key - 0x40]),
        _ => named(&[b"\x1b", rest].concat()),
    }
}

/// The key that xterm spells `ESC [ parameters last`.
fn spelt(parameters: &[u8], last: u8) -> Option<Input> {
    named(&[b"\x1b[", parameters, &[last]].concat())
}

/// What terminput makes of it; a sequence that it calls invalid or unfinished is no input.
fn named(bytes: &[u8]) -> Option<Input> {
    let event = terminput::Event::parse_from(bytes).ok()??;
    match terminput_crossterm::to_crossterm(event).ok()? {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key(key)),
        Event::Mouse(mouse) => Some(Input::Mouse(mouse)),
        _ => None,
    }
}

/// Whether neither coordinate of a mouse report is 0. terminput subtracts 1 without looking, as
/// crossterm does (crossterm#1049).
fn counts_from_one(report: &[u8]) -> bool {
    let is_zero = |field: &[u8]| {
        field
            .iter()
            .all(|byte| matches!(byte, b'0' | b'+' | b'M' | b'm'))
    };
    !report
        .split(|&byte| byte == b';')
        .skip(1)
        .take(2)
        .any(is_zero)
}

fn with_alt(input: Input) -> Input {
    match input {
        Input::Key(mut key) => {
            key.modifiers |= KeyModifiers::ALT;
            Input::Key(key)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
