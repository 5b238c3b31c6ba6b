//! The spellings of keys, as data, and bytes that no terminal would send.

use super::super::tokens::Tokenizer;
use super::*;
use crossterm::event::{MouseButton, MouseEventKind};
use std::time::Duration;

const ALT: KeyModifiers = KeyModifiers::ALT;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

fn inputs(bytes: &[u8]) -> Vec<Input> {
    let mut tokens = Vec::new();
    let mut tokenizer = Tokenizer::new(Duration::ZERO);
    tokenizer.feed(bytes, Duration::ZERO, &mut tokens);
    tokenizer.expire(Duration::MAX, &mut tokens);
    tokens.into_iter().filter_map(Input::from_token).collect()
}

/// Every one of `spellings` is `code` with `modifiers`.
fn check(code: KeyCode, modifiers: KeyModifiers, spellings: &[&str]) {
    for spelling in spellings {
        assert_eq!(
            inputs(spelling.as_bytes()),
            [Input::Key(KeyEvent::new(code, modifiers))],
            "{spelling:?}"
        );
    }
}

fn check_mouse(
    report: &[u8],
    kind: MouseEventKind,
    column: u16,
    row: u16,
    modifiers: KeyModifiers,
) {
    assert_eq!(
        inputs(report),
        [Input::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers
        })],
        "{report:x?}"
    );
}

#[test]
fn characters() {
    check(KeyCode::Char('a'), NONE, &["a"]);
    check(KeyCode::Char('A'), SHIFT, &["A"]);
    check(KeyCode::Char('漢'), NONE, &["漢"]);
    check(KeyCode::Char('a'), ALT, &["\x1ba"]);
    check(KeyCode::Char('é'), ALT, &["\x1bé"]);
    for introducer in "[OPX]^_".chars() {
        let shift = if introducer.is_uppercase() {
            SHIFT
        } else {
            NONE
        };
        check(
            KeyCode::Char(introducer),
            ALT | shift,
            &[&format!("\x1b{introducer}")],
        );
    }
}

#[test]
fn controls() {
    check(KeyCode::Enter, NONE, &["\r", "\x1bOM"]);
    check(KeyCode::Enter, ALT, &["\x1b\r"]);
    check(KeyCode::Tab, NONE, &["\t"]);
    check(KeyCode::BackTab, SHIFT, &["\x1b[Z"]);
    check(KeyCode::Backspace, NONE, &["\x7f", "\x08"]);
    check(KeyCode::Backspace, ALT, &["\x1b\x7f", "\x1b\x08"]);
    check(KeyCode::Esc, NONE, &["\x1b"]);
    for (letter, byte) in [
        ('a', "\x01"),
        ('c', "\x03"),
        ('d', "\x04"),
        ('j', "\n"),
        ('l', "\x0c"),
        ('u', "\x15"),
        ('z', "\x1a"),
    ] {
        check(KeyCode::Char(letter), CONTROL, &[byte]);
    }
    check(KeyCode::Char(' '), CONTROL, &["\0"]);
}

#[test]
fn arrows_in_xterm_tmux_linux_and_rxvt() {
    for (code, last) in [
        (KeyCode::Up, 'A'),
        (KeyCode::Down, 'B'),
        (KeyCode::Right, 'C'),
        (KeyCode::Left, 'D'),
    ] {
        let low = last.to_ascii_lowercase();
        check(
            code,
            NONE,
            &[&format!("\x1b[{last}"), &format!("\x1bO{last}")],
        );
        check(
            code,
            SHIFT,
            &[
                &format!("\x1b[1;2{last}"),
                &format!("\x1b[{low}"),
                &format!("\x1bO2{last}"),
            ],
        );
        check(
            code,
            ALT,
            &[
                &format!("\x1b[1;3{last}"),
                &format!("\x1b\x1b[{last}"),
                &format!("\x1b\x1bO{last}"),
            ],
        );
        check(
            code,
            CONTROL,
            &[
                &format!("\x1b[1;5{last}"),
                &format!("\x1bO{low}"),
                &format!("\x1bO5{last}"),
            ],
        );
        check(
            code,
            ALT | SHIFT,
            &[&format!("\x1b[1;4{last}"), &format!("\x1b\x1b[{low}")],
        );
    }
}

#[test]
fn the_six_keys_in_xterm_tmux_linux_and_rxvt() {
    check(
        KeyCode::Home,
        NONE,
        &["\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~"],
    );
    check(
        KeyCode::End,
        NONE,
        &["\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~"],
    );
    check(KeyCode::Insert, NONE, &["\x1b[2~"]);
    check(KeyCode::Delete, NONE, &["\x1b[3~"]);
    check(KeyCode::PageUp, NONE, &["\x1b[5~"]);
    check(KeyCode::PageDown, NONE, &["\x1b[6~"]);
    check(
        KeyCode::Home,
        CONTROL,
        &["\x1b[1;5H", "\x1b[1;5~", "\x1b[7^"],
    );
    check(KeyCode::End, SHIFT, &["\x1b[1;2F", "\x1b[4;2~", "\x1b[8$"]);
    check(KeyCode::PageUp, CONTROL, &["\x1b[5;5~", "\x1b[5^"]);
    check(
        KeyCode::PageDown,
        CONTROL | SHIFT,
        &["\x1b[6;6~", "\x1b[6@"],
    );
    check(KeyCode::Delete, ALT, &["\x1b[3;3~", "\x1b\x1b[3~"]);
}

#[test]
fn function_keys_in_xterm_tmux_linux_and_rxvt() {
    for (number, spellings) in [
        (1, ["\x1bOP", "\x1b[[A", "\x1b[11~"]),
        (2, ["\x1bOQ", "\x1b[[B", "\x1b[12~"]),
        (3, ["\x1bOR", "\x1b[[C", "\x1b[13~"]),
        (4, ["\x1bOS", "\x1b[[D", "\x1b[14~"]),
    ] {
        check(KeyCode::F(number), NONE, &spellings);
    }
    check(KeyCode::F(5), NONE, &["\x1b[15~", "\x1b[[E"]);
    for (number, code) in (6..=12).zip([17, 18, 19, 20, 21, 23, 24]) {
        check(KeyCode::F(number), NONE, &[&format!("\x1b[{code}~")]);
        check(
            KeyCode::F(number),
            CONTROL,
            &[&format!("\x1b[{code};5~"), &format!("\x1b[{code}^")],
        );
    }
    check(KeyCode::F(1), SHIFT, &["\x1b[1;2P", "\x1bO2P"]);
}

#[test]
fn the_keypad_in_application_mode() {
    for (letter, character) in "jklmnopqrstuvwxyXabcd"
        .chars()
        .zip("*+,-./0123456789=".chars())
    {
        check(KeyCode::Char(character), NONE, &[&format!("\x1bO{letter}")]);
    }
}

#[test]
fn keys_in_their_own_protocol_and_without_release() {
    check(KeyCode::Char('c'), CONTROL, &["\x1b[99;5u"]);
    assert_eq!(inputs(b"\x1b[99;5:3u"), []);
}

#[test]
fn the_mouse_in_sgr_x10_and_rxvt() {
    let left = MouseButton::Left;
    check_mouse(b"\x1b[<0;1;1M", MouseEventKind::Down(left), 0, 0, NONE);
    check_mouse(b"\x1b[<0;300;20m", MouseEventKind::Up(left), 299, 19, NONE);
    check_mouse(b"\x1b[<32;5;6M", MouseEventKind::Drag(left), 4, 5, NONE);
    check_mouse(b"\x1b[<64;5;6M", MouseEventKind::ScrollUp, 4, 5, NONE);
    check_mouse(b"\x1b[<81;5;6M", MouseEventKind::ScrollDown, 4, 5, CONTROL);
    check_mouse(b"\x1b[M !!", MouseEventKind::Down(left), 0, 0, NONE);
    check_mouse(b"\x1b[M   ", MouseEventKind::Down(left), 0, 0, NONE);
    check_mouse(b"\x1b[32;5;6M", MouseEventKind::Down(left), 4, 5, NONE);
}

#[test]
fn pastes_come_as_they_are() {
    let text = b"a\r\x1b\xff".to_vec();
    assert_eq!(
        inputs(b"\x1b[200~a\r\x1b\xff\x1b[201~"),
        [Input::Paste { text, lost: 0 }]
    );
}

#[test]
fn what_names_no_input_is_nothing() {
    for bytes in [
        &b"\x1b[I"[..],
        b"\x1b[O",
        b"\x1b[?1;2c",
        b"\x1b[?0u",
        b"\x1b[99~",
        b"\x1b[1;1;1x",
        b"\x1b[24;80",
        b"\x1bO!",
    ] {
        assert_eq!(inputs(bytes), [], "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn f45_no_bytes_panic() {
    const ALPHABET: &[u8] = b"\x1b\x1b[[[O<;:012569+-?~$^@ABMmuPRc \x00\x7f\x80\xc3\xff";
    for bytes in [
        &b"\x1b[<0;0;0M"[..],
        b"\x1b[<0;1;0m",
        b"\x1b[<0;+0;1M",
        b"\x1b[32;0;1M",
        b"\x1b[32;1;00M",
        b"\x1b[<M",
        b"\x1b[<;;M",
        b"\x1b[<0;99999;1M",
        b"\x1b[0M",
        b"\x1b[;M",
        b"\x1b[;~",
        b"\x1b[;u",
        b"\x1b[~",
        b"\x1b[u",
        b"\x1b[1114112u",
        b"\x1b[256~",
    ] {
        assert_eq!(inputs(bytes), [], "{:?}", String::from_utf8_lossy(bytes));
    }
    let mut state = 0x5eed_u64;
    for _ in 0..200_000 {
        let mut bytes = vec![0x1b];
        for _ in 0..state % 13 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.push(ALPHABET[usize::try_from(state % ALPHABET.len() as u64).unwrap()]);
        }
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        drop(Input::from_token(Token::Sequence(bytes.clone())));
        inputs(&bytes);
    }
}
