//! Any bytes from the terminal: keys, mouse, pastes, what is torn. What they say does not depend on how they arrived,
//! nothing is made up, a paste is what was pasted, and silence settles everything.

use std::time::Duration;

use sockeye::keymap::{self, Focus};
use sockeye::tty::Keyboard;
use sockeye::tty::keys::Input;
use sockeye::tty::tokens::{PASTE_MAX_BYTES, PASTE_SILENCE, SEQUENCE_MAX_BYTES, Token, Tokenizer};

use super::Target;
use super::dice::Dice;

pub const TARGET: Target = Target {
    name: "terminal",
    check,
    seeds,
};

const ESC_WAIT: Duration = Duration::from_millis(30);
const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// An input that begins with this is repeated until a paste of it is too long.
const LONG: u8 = 0xa7;

/// How bytes arrive: in pieces of so many bytes, with somebody who looks at the clock between them.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    piece: usize,
    looks: bool,
}

fn check(data: &[u8]) {
    let mut dice = Dice::new(data);
    let (first, piece) = (dice.byte(), 2 + dice.below(8));
    let mut bytes = dice.rest().to_vec();
    if first == LONG && !bytes.is_empty() {
        bytes = bytes.repeat((PASTE_MAX_BYTES + 100) / bytes.len() + 1);
    }
    let whole = tokens(
        &bytes,
        Arrival {
            piece: bytes.len().max(1),
            looks: false,
        },
    );
    for arrival in [
        Arrival {
            piece: 1,
            looks: true,
        },
        Arrival {
            piece,
            looks: first & 1 == 1,
        },
    ] {
        assert_eq!(whole, tokens(&bytes, arrival), "{arrival:?}");
    }
    whole.iter().for_each(sound);
    let said: usize = whole.iter().map(len).sum();
    assert!(said <= bytes.len(), "{said} bytes of {}", bytes.len());
    if !bytes.contains(&0x1b) {
        let characters = bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars());
        let characters: Vec<_> = characters.map(Token::Char).collect();
        assert_eq!(whole, characters);
    }
    pasted(&bytes);
    if bytes.len() <= PASTE_MAX_BYTES {
        named(&bytes);
    }
}

fn tokens(bytes: &[u8], arrival: Arrival) -> Vec<Token> {
    let mut tokenizer = Tokenizer::new(ESC_WAIT);
    let (mut out, mut now) = (Vec::new(), Duration::from_secs(1));
    for piece in bytes.chunks(arrival.piece) {
        tokenizer.feed(piece, now, &mut out);
        now += ESC_WAIT / 2;
        if arrival.looks {
            tokenizer.expire(now, &mut out);
        }
    }
    if let Some(deadline) = tokenizer.deadline() {
        assert!(deadline <= now + PASTE_SILENCE, "{deadline:?} at {now:?}");
        tokenizer.expire(deadline, &mut out);
    }
    assert_eq!(tokenizer.deadline(), None, "it waits for ever");
    let settled = out.len();
    tokenizer.feed(b"q", now, &mut out);
    assert_eq!(
        out.split_off(settled),
        [Token::Char('q')],
        "something is left of {out:?}"
    );
    out
}

/// A token within its bounds.
fn sound(token: &Token) {
    match token {
        Token::Char(c) => assert_ne!(*c, '\x1b'),
        Token::Sequence(bytes) => {
            assert_eq!(bytes.first(), Some(&0x1b));
            assert!(bytes.len() <= SEQUENCE_MAX_BYTES + 1, "{}", bytes.len());
        }
        Token::Paste { text, lost } => {
            assert!(text.len() <= PASTE_MAX_BYTES);
            assert!(*lost == 0 || text.len() == PASTE_MAX_BYTES);
        }
    }
}

/// How many of the terminal's bytes a token stands for, at the least.
fn len(token: &Token) -> usize {
    match token {
        Token::Char(c) => c.len_utf8(),
        Token::Sequence(bytes) => bytes.len(),
        Token::Paste { text, lost } => text.len() + usize::try_from(*lost).unwrap_or(usize::MAX),
    }
}

/// These bytes between brackets are one paste, unless they hold its end.
fn pasted(bytes: &[u8]) {
    if bytes
        .windows(PASTE_END.len())
        .any(|window| window == PASTE_END)
    {
        return;
    }
    let sent = [PASTE_BEGIN, bytes, PASTE_END].concat();
    let arrival = Arrival {
        piece: sent.len(),
        looks: false,
    };
    let kept = bytes.get(..PASTE_MAX_BYTES).unwrap_or(bytes);
    let paste = Token::Paste {
        text: kept.to_vec(),
        lost: (bytes.len() - kept.len()) as u64,
    };
    assert_eq!(tokens(&sent, arrival), [paste]);
}

/// What the keyboard makes of it: every key has a name or none, and no name is looked up in vain.
fn named(bytes: &[u8]) {
    let (mut keyboard, mut inputs) = (Keyboard::new(ESC_WAIT), Vec::new());
    keyboard.feed(bytes, Duration::ZERO, &mut inputs);
    if let Some(deadline) = keyboard.deadline() {
        keyboard.expire(deadline, &mut inputs);
    }
    for input in inputs {
        if let Input::Key(key) = input
            && let Some(name) = keymap::spell(&key)
        {
            for focus in [Focus::Pane("bytes"), Focus::Composer, Focus::Prompt] {
                if let Some(binding) = keymap::find(&name, focus) {
                    assert!(binding.keys.contains(&name.as_str()), "{name}");
                }
            }
        }
    }
}

/// What terminals send.
fn seeds() -> Vec<Vec<u8>> {
    let sent: [&[u8]; 24] = [
        b"abc\r\x03\x7f",
        "h\u{e9}\u{20ac}\u{1f600}".as_bytes(),
        b"\x1b[A\x1b[1;5C\x1bOP\x1b[5~\x1b[Z",
        b"\x1b[<0;10;5M\x1b[<64;1;1m",
        b"\x1b[M !!",
        b"\x1b[32;10;5M",
        b"\x1b[200~one\rtwo\x1b[A\x1b[201~q",
        b"\x1b[200~never ends \x1b[20",
        b"\x1b\x1b[A\x1b\x1bx\x1bx",
        b"\x1b]11;rgb:0000/0000/0000\x07\x1b]0;t\x1b\\",
        b"\x1bP1$r0m\x1b\\\x1b_x\x1b\\",
        b"\x1b[[A\x1b[7$\x1b[7^\x1b[7@\x1b[a\x1bOa",
        b"\x1bO2P\x1bOM\x1bOj\x1bO",
        b"\x1b[97;5u\x1b[27;5;97~\x1b[57399u",
        b"\x1b[I\x1b[O\x1b[?1u\x1b[?62;c",
        b"\xe2\x82\xff\xf0\x9f\x98",
        b"\x1b\xe2\x82\xac\x1b\xe2\x82",
        b"\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26~",
        b"\x1b[1\x1b[2\x18\x1b[\x1b",
        b"\x1b[<0;0;0M\x1b[<+;1;1M",
        b"\xa7\x00\x1b[200~0123456789abcdef",
        b"\x1b]\x1b\x1b[A",
        b"\x00\x01\x1b\x00\x1b\x01",
        b"\x1b[200~\x1b[200~\x1b[201~\x1b[201~",
    ];
    sent.iter()
        .map(|bytes| [&b"\0\0"[..], bytes].concat())
        .collect()
}
