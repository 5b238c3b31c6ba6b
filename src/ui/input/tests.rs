//! What keys do to the state of the screen: nothing typed is lost, and `Esc` leads home. It presses keys and draws
//! nothing.

use crossterm::event::{KeyCode, KeyModifiers};

use super::*;
use crate::command::{self, Noun};
use crate::endpoint::{Endpoint, Transport};
use crate::event::{Actor, Capture, ConnId, Errno, Role, View, What, Wish};
use crate::expr::Expr;
use crate::ui::notice::Notice;

/// A session in which there is A, for words alone.
pub(in crate::ui) struct Nobody;

impl Scope for Nobody {
    fn conn(&self, name: &str) -> Option<ConnId> {
        (name == "A").then_some(ConnId(0))
    }
    fn names(&self) -> Vec<String> {
        vec!["A".to_owned()]
    }
    fn is_name_free(&self, _name: &str) -> bool {
        true
    }
    fn focused(&self) -> Option<ConnId> {
        Some(ConnId(0))
    }
    fn bound_address(&self, _conn: ConnId) -> Option<Endpoint> {
        None
    }
    fn bytes(&mut self, _conn: ConnId, expr: &Expr) -> Result<Vec<u8>, String> {
        expr.constant().map_err(|error| error.what)
    }
    fn nouns(&self, kind: Noun) -> Vec<String> {
        Ui::nouns(kind)
    }
    fn marks(&self) -> Vec<String> {
        Vec::new()
    }
}

struct Desk {
    ui: Ui,
    session: Session,
    now: Duration,
}

impl Desk {
    fn new() -> Self {
        let mut session = Session::new(1 << 20, None);
        session.apply(crate::event::Event {
            at: Duration::ZERO,
            conn: Some(ConnId(0)),
            by: Actor::User,
            what: What::Opened {
                name: None,
                role: Role::Client,
                transport: Transport::Tcp,
                parent: None,
            },
        });
        session.sent(ConnId(0), b"hello", Duration::ZERO);
        let mut ui = Ui::default();
        ui.observe(&session);
        Self {
            ui,
            session,
            now: Duration::ZERO,
        }
    }

    /// Types a text as keys, and does with its lines what the program does with those of the view; the others are given
    /// back.
    fn input(&mut self, event: &Event) -> Vec<String> {
        self.now += Duration::from_millis(10);
        let lines = self.ui.input(event, &self.session, &mut Nobody, self.now);
        let mut left = Vec::new();
        for line in lines {
            for wish in command::parse(&line, &mut Nobody).unwrap_or_default() {
                if let Wish::View(view) = wish {
                    let done = match view {
                        View::Undo => self.ui.undo(false, &self.session).map(drop),
                        View::Redo => self.ui.undo(true, &self.session).map(drop),
                        view => self.ui.view(&view, &self.session),
                    };
                    if let Err(why) = done {
                        self.ui.notify(&why, self.now);
                    }
                } else {
                    left.push(line.clone());
                }
            }
        }
        left
    }

    fn press(&mut self, code: KeyCode) -> Vec<String> {
        self.input(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    fn control(&mut self, letter: char) -> Vec<String> {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        self.input(&Event::Key(key))
    }

    fn types(&mut self, text: &str) -> Vec<String> {
        text.chars()
            .flat_map(|c| self.press(KeyCode::Char(c)))
            .collect()
    }
}

#[test]
fn three_escapes_lead_home_from_everywhere() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % limit as u64).unwrap_or(0)
    };
    let codes = [
        KeyCode::Tab,
        KeyCode::Enter,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::F(1),
        KeyCode::Backspace,
        KeyCode::PageUp,
    ];
    for round in 0..400 {
        let mut desk = Desk::new();
        for _ in 0..below(40) {
            match below(12) {
                0..6 => {
                    let c = char::from(b' ' + u8::try_from(below(95)).unwrap_or(0));
                    desk.press(KeyCode::Char(c));
                }
                6..9 => {
                    let code = codes[below(codes.len())];
                    desk.press(code);
                }
                9 => {
                    desk.control(['c', 'u', 'd', 'j', 'w'][below(5)]);
                }
                10 => {
                    desk.input(&Event::Paste("two\nlines".to_owned()));
                }
                _ => {
                    let card = [Errno::EPIPE.name().to_owned(), String::new(), String::new()];
                    desk.ui.notice = Some(Notice::card(&card, 0, desk.now));
                }
            }
        }
        for _ in 0..3 {
            assert_eq!(desk.press(KeyCode::Esc), Vec::<String>::new());
        }
        let ui = &desk.ui;
        let home = (ui.overlay, ui.typing, ui.arrangement.zoom, ui.follow);
        assert_eq!(home, (None, Typing::Nothing, false, true), "round {round}");
        assert!(ui.hands.pending.is_none() && ui.notice.is_none() && ui.selection.is_none());
    }
}

#[test]
fn what_is_cleared_is_in_the_history_and_comes_back() {
    let mut desk = Desk::new();
    desk.types("shello");
    desk.control('c');
    assert_eq!(desk.ui.composer.editor.text(), "");
    assert_eq!(desk.ui.typing, Typing::Composer, "one level at a time");
    desk.press(KeyCode::Up);
    assert_eq!(desk.ui.composer.editor.text(), "hello");
    desk.control('u');
    desk.press(KeyCode::Esc);
    desk.types("u");
    assert_eq!(desk.ui.composer.editor.text(), "hello");
    desk.types("U");
    assert_eq!(desk.ui.composer.editor.text(), "");
    desk.types(":say 1");
    desk.control('c');
    desk.press(KeyCode::Up);
    assert_eq!(desk.ui.prompt.editor.text(), "say 1");
    desk.press(KeyCode::Esc);
    desk.types(":");
    desk.press(KeyCode::Up);
    assert_eq!(desk.ui.prompt.editor.text(), "say 1");
}

#[test]
fn another_machine_and_a_megabyte_are_asked_about() {
    fn check(keys: &str, answer: KeyCode, wait: u64, expected: &[&str]) {
        let mut desk = Desk::new();
        desk.types(keys);
        assert_eq!(desk.press(KeyCode::Enter), Vec::<String>::new(), "{keys}");
        assert!(desk.ui.notice.is_some());
        desk.now += Duration::from_secs(wait);
        assert_eq!(desk.press(answer), expected, "{keys} {answer:?}");
        let is_typing = desk.ui.is_typing();
        assert_eq!(is_typing, expected.is_empty(), "the line stays meanwhile");
    }
    let yes = KeyCode::Char('y');
    let away = ":connect 192.0.2.1:7";
    check(away, yes, 0, &["connect 192.0.2.1:7"]);
    check(away, yes, 4, &[]);
    check(away, KeyCode::Enter, 0, &[]);
    check(away, KeyCode::Char('0'), 0, &[]);
    let much = r#":send "x"*1048577"#;
    check(much, yes, 0, &[r#"send "x"*1048577"#]);
    let mut desk = Desk::new();
    desk.types(away);
    desk.press(KeyCode::Enter);
    desk.types("y");
    desk.types(":connect 192.0.2.2:7");
    assert_eq!(
        desk.press(KeyCode::Enter),
        ["connect 192.0.2.2:7"],
        "it is asked once a run"
    );
}

#[test]
fn a_prefix_waits_for_its_second_key() {
    let mut desk = Desk::new();
    desk.types("m");
    let due = desk.ui.next_wake(desk.now);
    assert_eq!(due, Some(desk.now + Duration::from_millis(400)));
    assert_eq!(desk.ui.next_wake(desk.now + Duration::from_secs(1)), None);
    assert_eq!(desk.types("a"), ["mark a"]);
    desk.types("m");
    desk.types("1");
    assert!(desk.ui.notice.is_some(), "it says what would have fitted");
    assert!(desk.ui.hands.pending.is_none());
    desk.types("m");
    desk.press(KeyCode::Esc);
    assert!(desk.ui.hands.pending.is_none() && desk.ui.notice.is_none());
}

#[test]
fn help_over_a_line_gives_the_line_back() {
    let mut desk = Desk::new();
    desk.types(":send 1");
    desk.press(KeyCode::F(1));
    desk.types("backlog");
    assert_eq!(desk.ui.help_filter.text(), "backlog");
    desk.press(KeyCode::Enter);
    assert_eq!(desk.ui.keys_go_to(&desk.session), Focus::Prompt);
    assert_eq!(desk.ui.prompt.editor.text(), "send 1");
}

#[test]
fn a_value_is_typed_as_wide_as_what_is_selected() {
    let mut desk = Desk::new();
    desk.types("=7)");
    assert_eq!(desk.ui.composer.editor.text(), "u16be(7)");
    assert_eq!(desk.press(KeyCode::Enter), ["send u16be(7)"]);
}

#[test]
fn lines_are_broken_in_texts_and_the_area_grows() {
    let mut desk = Desk::new();
    assert_eq!(desk.ui.line_rows(), 3);
    desk.types("sone");
    desk.control('j');
    desk.types("two");
    assert_eq!(desk.ui.line_rows(), 4);
    for _ in 0..20 {
        desk.control('j');
    }
    assert_eq!(desk.ui.line_rows(), 8, "as far as the screen has room");
    for _ in 0..20 {
        desk.press(KeyCode::Backspace);
    }
    assert_eq!(desk.press(KeyCode::Enter), [r#"send "one\ntwo""#]);
    desk.press(KeyCode::Tab);
    desk.control('j');
    assert!(desk.ui.notice.is_some(), "hex has no lines");
}

#[test]
fn hints_go_once_they_were_followed() {
    let mut desk = Desk::new();
    assert!(!desk.ui.is_hint_used("composer.invitation"));
    desk.types("shi");
    desk.press(KeyCode::Enter);
    assert!(desk.ui.is_hint_used("composer.invitation"));
    assert!(desk.ui.memory().hints_used.contains("composer.invitation"));
}
