//! The order of the help, what its filter finds, and that every line has its sentence.

use std::time::Duration;

use super::*;
use crate::endpoint::Transport;
use crate::event::{Actor, ConnId, Event, Role as Kind, What};
use crate::expr;
use crate::locale::Locale;

#[test]
fn the_main_keys_come_first_and_the_framings_last() {
    let mut session = Session::new(1 << 20, None);
    let mut ui = Ui::default();
    let on_first_screen = lines(&ui, &session, 80);
    let choose = ui.locale.say("help.first-choose");
    assert!(
        on_first_screen
            .iter()
            .any(|line| matches!(line, Line::Entry { help, .. } if help == choose))
    );
    session.apply(Event {
        at: Duration::ZERO,
        conn: Some(ConnId(0)),
        by: Actor::User,
        what: What::Opened {
            name: None,
            role: Kind::Client,
            transport: Transport::Tcp,
            parent: None,
        },
    });
    let at = |ui: &Ui, wanted: &str| {
        let lines = lines(ui, &session, 80);
        lines.iter().position(|line| match line {
            Line::Note(text) | Line::Heading(text) => text == wanted,
            Line::Entry { left, .. } => left == wanted,
        })
    };
    let order = [
        "everywhere",
        "s    send",
        "v",
        "00 ff",
        "▏",
        "h Left",
        "?",
        "commands",
        "line",
        "RULE then RULE",
    ];
    let places: Vec<_> = order.iter().map(|wanted| at(&ui, wanted)).collect();
    assert!(places.iter().all(Option::is_some), "{places:?}");
    assert!(places.is_sorted(), "{places:?}");
    ui.help_filter.set("Backlog");
    assert!(at(&ui, "commands").is_some());
    assert_eq!(at(&ui, "everywhere"), None);
    ui.help_filter.set("no such thing");
    assert!(lines(&ui, &session, 80).is_empty());
}

#[test]
fn a_word_of_a_newcomer_finds_its_line() {
    let session = Session::new(1 << 20, None);
    for (word, left) in [
        ("length", r#"len u16be {"hello"}"#),
        ("half-close", "w    half-close"),
        ("sort", "Tab"),
        ("demo", "sockeye demo"),
        ("framing", r#"frame "hello""#),
        ("redis", "resp [inline]"),
        ("checksum", "RULE crc KIND [be|le] [over all|payload]"),
    ] {
        let mut ui = Ui::default();
        ui.help_filter.set(word);
        let is_found = lines(&ui, &session, 80)
            .iter()
            .any(|line| matches!(line, Line::Entry { left: it, .. } if it == left));
        assert!(is_found, "{word}");
    }
}

#[test]
fn the_bytes_that_one_types_are_expressions() {
    for (text, _) in BYTES {
        assert!(expr::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn every_line_has_its_sentence() {
    let locale = Locale::default();
    for (_, slug) in SIGNS.iter().chain(BYTES).chain(editor::KEYS) {
        assert!(locale.has(&format!("help.{slug}")), "{slug}");
    }
    for framing in FRAMINGS {
        let slug = format!("help.framing-{}", framing.name());
        assert_eq!(locale.say(&slug), framing.help(), "{slug}");
    }
    for join in JOINS {
        let slug = format!("help.framing-{}", join.name);
        assert_eq!(locale.say(&slug), join.help, "{slug}");
    }
}

#[test]
fn why_keys_are_dim_is_said_once() {
    let session = Session::new(1 << 20, None);
    let ui = Ui::default();
    let why = ui.locale.say("notice.no-socket");
    let lines = lines(&ui, &session, 80);
    assert!(matches!(lines.first(), Some(Line::Note(text)) if text == why));
    let says_why = |line: &&Line| matches!(line, Line::Entry { help, .. } if help.contains(why));
    assert_eq!(lines.iter().filter(says_why).count(), 0);
    let send = lines.iter().find_map(|line| match line {
        Line::Entry { left, role, .. } if left == "s    send" => Some(*role),
        _ => None,
    });
    assert_eq!(send, Some(Role::Muted));
}
