//! The terminal as a device, without the device: input bytes → what the user did, frames → bytes, and whether a full
//! screen is possible at all. It opens, reads and waits for nothing: `os` does, and the time comes in as an argument.

pub mod clipboard;
pub mod frame;
pub mod keys;
pub mod tokens;

use std::time::Duration;

use self::keys::Input;
use self::tokens::{Token, Tokenizer};

/// How long a lone ESC waits for the rest of a sequence before it is the key.
pub const ESC_WAIT: Duration = Duration::from_millis(30);

/// The same when the terminal is at the other end of a network (`SSH_TTY` is set).
pub const ESC_WAIT_SSH: Duration = Duration::from_millis(100);

/// The keyboard, mouse and clipboard of one terminal: bytes in, [`Input`]s out.
#[derive(Debug)]
pub struct Keyboard {
    tokenizer: Tokenizer,
    tokens: Vec<Token>,
}

impl Keyboard {
    /// A keyboard whose lone ESC waits `esc_wait`: [`ESC_WAIT`] or [`ESC_WAIT_SSH`].
    #[must_use]
    pub fn new(esc_wait: Duration) -> Self {
        Self {
            tokenizer: Tokenizer::new(esc_wait),
            tokens: Vec::new(),
        }
    }

    /// Takes all of `bytes`, read at `now`, and appends what they say. See [`Tokenizer::feed`].
    pub fn feed(&mut self, bytes: &[u8], now: Duration, out: &mut Vec<Input>) {
        self.tokenizer.feed(bytes, now, &mut self.tokens);
        self.name(out);
    }

    /// When to call [`Keyboard::expire`], after a last read.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.tokenizer.deadline()
    }

    /// Settles what silence makes clear. See [`Tokenizer::expire`].
    pub fn expire(&mut self, now: Duration, out: &mut Vec<Input>) {
        self.tokenizer.expire(now, &mut self.tokens);
        self.name(out);
    }

    fn name(&mut self, out: &mut Vec<Input>) {
        out.extend(self.tokens.drain(..).filter_map(Input::from_token));
    }
}

/// Whether a terminal that calls itself `term` (the variable TERM) can show a full screen.
///
/// # Errors
/// Why not, as half a sentence.
pub fn usable(term: Option<&str>) -> Result<(), &'static str> {
    match term {
        None | Some("") => Err("TERM is not set"),
        Some("dumb") => Err("TERM is dumb: this terminal cannot move its cursor"),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f48_a_dumb_or_unknown_terminal_is_refused() {
        for (term, fits) in [
            (None, false),
            (Some(""), false),
            (Some("dumb"), false),
            (Some("xterm"), true),
            (Some("linux"), true),
        ] {
            assert_eq!(usable(term).is_ok(), fits, "{term:?}");
        }
    }

    #[test]
    fn a_lone_escape_is_a_key_after_its_wait_and_not_before() {
        let mut keyboard = Keyboard::new(ESC_WAIT);
        let (mut inputs, start) = (Vec::new(), Duration::from_secs(1));
        keyboard.feed(b"\x1b", start, &mut inputs);
        assert_eq!(keyboard.deadline(), Some(start + ESC_WAIT));
        keyboard.expire(start + ESC_WAIT / 2, &mut inputs);
        assert_eq!(inputs, []);
        keyboard.expire(start + ESC_WAIT, &mut inputs);
        assert_eq!(inputs, [Input::Key(crossterm::event::KeyCode::Esc.into())]);
        assert_eq!(keyboard.deadline(), None);
    }
}
