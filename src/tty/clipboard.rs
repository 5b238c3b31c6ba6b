//! The one sequence that gives data to the terminal: OSC 52, which sets its clipboard (xterm, Operating System
//! Commands). The text is base64, so no byte of it acts. What stands between us and the terminal is asked to let it
//! through.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What lies between the program and the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Between {
    /// Nothing that we know of.
    #[default]
    Nothing,
    /// tmux: it sets the clipboard itself where `set-clipboard` is on, and passes through where `allow-passthrough` is.
    Tmux,
    /// GNU screen: it passes device control strings through, short ones.
    Screen,
}

/// What one device control string may carry through GNU screen, which takes 256 bytes of it.
const SCREEN_BYTES: usize = 240;

impl Between {
    /// What the environment says: `TMUX` and `STY` are set by the two for what runs in them.
    #[must_use]
    pub fn told(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| environment(name).is_some_and(|value| !value.is_empty());
        if is_set("TMUX") {
            Self::Tmux
        } else if is_set("STY") {
            Self::Screen
        } else {
            Self::Nothing
        }
    }
}

/// The bytes that put a text into the terminal's clipboard.
#[must_use]
pub fn clipboard(text: &[u8], between: Between) -> Vec<u8> {
    let set = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    match between {
        Between::Nothing => set.into_bytes(),
        Between::Tmux => {
            // Both ways: what the one refuses the other may do, and twice is the same as once.
            let inner = set.replace('\x1b', "\x1b\x1b");
            format!("{set}\x1bPtmux;{inner}\x1b\\").into_bytes()
        }
        Between::Screen => set
            .as_bytes()
            .chunks(SCREEN_BYTES)
            .flat_map(|part| [b"\x1bP", part, b"\x1b\\"].concat())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8], between: Between, expected: &str) {
        assert_eq!(
            String::from_utf8(clipboard(text, between)).unwrap(),
            expected
        );
    }

    #[test]
    fn the_text_is_wrapped_for_what_lies_between() {
        check(b"", Between::Nothing, "\x1b]52;c;\x07");
        check(b"hi\x1b\\", Between::Nothing, "\x1b]52;c;aGkbXA==\x07");
        check(
            b"hi",
            Between::Tmux,
            "\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\",
        );
        check(b"hi", Between::Screen, "\x1bP\x1b]52;c;aGk=\x07\x1b\\");
    }

    #[test]
    fn screen_gets_parts_that_it_takes() {
        let text = vec![b'a'; 1000];
        let bytes = clipboard(&text, Between::Screen);
        let whole = String::from_utf8(bytes).unwrap();
        let parts: Vec<&str> = whole
            .split("\x1bP")
            .filter_map(|part| part.strip_suffix("\x1b\\"))
            .collect();
        assert!(parts.iter().all(|part| part.len() <= SCREEN_BYTES));
        let plain = clipboard(&text, Between::Nothing);
        assert_eq!(parts.concat().as_bytes(), plain);
    }

    #[test]
    fn the_environment_says_what_lies_between() {
        let told = |set: &[&str]| {
            let set: Vec<String> = set.iter().map(|&name| name.to_owned()).collect();
            Between::told(&move |name| set.iter().any(|it| it == name).then(|| "1".to_owned()))
        };
        assert_eq!(told(&[]), Between::Nothing);
        assert_eq!(told(&["TMUX", "STY"]), Between::Tmux);
        assert_eq!(told(&["STY"]), Between::Screen);
    }
}
