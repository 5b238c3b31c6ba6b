//! The help: the keys of this pane before those of everywhere, then the commands, then what the signs mean, all
//! filtered as one types. Every line derives from a table that works.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::first::FIRST;
use super::ink::{self, Pen, clip, wrap};
use super::pane::{PANES, Scene};
use super::theme::Role;
use super::{Ui, editor};
use crate::command::{VERBS, Verb};
use crate::escape;
use crate::keymap::{Act, Binding, KEYS, Place};
use crate::session::Session;

/// Columns of the keys or the grammar.
const LEFT_COLUMNS: u16 = 20;

/// The most lines of one entry's help.
const HELP_LINES_MAX: usize = 6;

/// More keys than these in one row are shown as a range.
const KEYS_MAX: usize = 4;

/// Signs on the screen, each with the name of its sentence.
const SIGNS: &[(&str, &str)] = &[
    ("▸", "sign-ours"),
    ("◂", "sign-theirs"),
    ("◎", "sign-listener"),
    ("✓ … ✗", "sign-status"),
    ("▏", "sign-message-end"),
    ("┊", "sign-data-end"),
    ("·", "sign-cut"),
    ("▐", "sign-eof"),
    ("··", "sign-awaited"),
    ("┈ ?", "sign-inferred"),
    ("● live", "sign-live"),
    ("G follows", "sign-follows"),
    ("seats", "sign-seats"),
    ("blocked", "sign-blocked"),
    ("forgotten", "sign-forgotten"),
];

/// Draws it; returns where the filter's cursor stands.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let look = scene.look();
    let rule = Rect {
        height: area.height.min(1),
        ..area
    };
    let (title, note) = (scene.say("help.title"), scene.say("help.note"));
    ink::rule(buf, rule, title, note, true, look);
    let lines = lines(scene.ui, scene.session, area.width);
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2),
        ..area
    };
    let top = usize::from(scene.ui.help_top).min(last_top(lines.len(), area));
    for (row, line) in (0..body.height).zip(lines.iter().skip(top)) {
        let mut pen = Pen::new(buf, body, row, look);
        match line {
            Line::Heading(text) => pen.skip(1).put(text, Role::Strong),
            Line::Entry { left, help, role } => pen
                .skip(3)
                .put(clip(left, usize::from(body.width).saturating_sub(4)), *role)
                .to(LEFT_COLUMNS)
                .put(help, Role::Muted),
        };
    }
    if lines.is_empty() {
        Pen::new(buf, body, 0, look)
            .skip(1)
            .put(scene.say("help.no-match"), Role::Muted);
    }
    let hint = scene.say("help.filter-hint");
    super::render::filter(&scene.ui.help_filter, hint, area, scene, buf)
}

/// The first line that may stand at the top of an area.
fn last_top(lines: usize, area: Rect) -> usize {
    lines.saturating_sub(usize::from(area.height.saturating_sub(2)))
}

/// The furthest that the help scrolls.
pub(super) fn scroll_max(ui: &Ui, session: &Session, area: Rect) -> u16 {
    let lines = lines(ui, session, area.width);
    u16::try_from(last_top(lines.len(), area)).unwrap_or(u16::MAX)
}

enum Line {
    Heading(String),
    Entry {
        left: String,
        help: String,
        role: Role,
    },
}

/// What stands to the left and the right of an entry.
struct Entry {
    left: String,
    help: String,
    role: Role,
}

/// All lines that hold the filter's text, each group under its heading.
fn lines(ui: &Ui, session: &Session, width: u16) -> Vec<Line> {
    let pane = if session.conns().is_empty() {
        FIRST
    } else {
        PANES.get(ui.pane).map_or("", |pane| pane.name())
    };
    let here =
        |binding: &&Binding| matches!(binding.place, Place::Panes(names) if names.contains(&pane));
    let is_move =
        |binding: &&Binding| matches!(binding.act, Act::Run(line) if line.starts_with("move "));
    let at = |place: Place| KEYS.iter().filter(move |binding| binding.place == place);
    let overlay = |binding: &&Binding| matches!(binding.place, Place::Overlay(_));
    let own = || KEYS.iter().filter(here);
    let verbs_first = own()
        .filter(|it| !is_move(it))
        .chain(own().filter(is_move))
        .collect();
    let groups: [(String, Vec<&Binding>); 5] = [
        (ui.locale.fill("help.here", &[&pane]), verbs_first),
        (
            ui.locale.say("help.everywhere").to_owned(),
            at(Place::Everywhere).collect(),
        ),
        (
            ui.locale.say("help.composing").to_owned(),
            at(Place::Composer).collect(),
        ),
        (
            ui.locale.say("help.commanding").to_owned(),
            at(Place::Prompt).collect(),
        ),
        (
            ui.locale.say("help.overlay").to_owned(),
            KEYS.iter().filter(overlay).collect(),
        ),
    ];
    let mut page = Page {
        lines: Vec::new(),
        filter: ui.help_filter.text().trim().to_lowercase(),
        width,
    };
    for (heading, bindings) in groups {
        let entries = bindings.into_iter().map(|it| key_entry(it, ui, session));
        page.push(&heading, entries);
    }
    let sentence = |slug: &str| ui.locale.say(&format!("help.{slug}")).to_owned();
    let plain = |(left, slug): &(&str, &str)| Entry {
        left: (*left).to_owned(),
        help: sentence(slug),
        role: Role::Text,
    };
    page.push(&sentence("editing"), editor::KEYS.iter().map(plain));
    let verbs = VERBS.iter().map(|verb| Entry {
        left: verb.usage().to_owned(),
        help: ui.help_of(*verb),
        role: Role::Text,
    });
    page.push(&sentence("commands"), verbs);
    page.push(&sentence("signs"), SIGNS.iter().map(plain));
    page.lines
}

/// A key with what it does; where there is no call to make, dim, with why.
fn key_entry(binding: &Binding, ui: &Ui, session: &Session) -> Entry {
    let keys = match binding.keys {
        [first, .., last] if binding.keys.len() > KEYS_MAX => format!("{first} … {last}"),
        keys => keys.join(" "),
    };
    let help = ui.locale.say(&format!("help.{}", binding.slug)).to_owned();
    match ui.refusal(binding.need, session) {
        None => Entry {
            left: keys,
            help,
            role: Role::Strong,
        },
        Some(why) => Entry {
            left: keys,
            help: ui.locale.fill("help.disabled", &[&help, &why]),
            role: Role::Muted,
        },
    }
}

struct Page {
    lines: Vec<Line>,
    filter: String,
    width: u16,
}

impl Page {
    /// A group, if something of it fits the filter.
    fn push(&mut self, heading: &str, entries: impl Iterator<Item = Entry>) {
        let filter = &self.filter;
        let has = |entry: &Entry| {
            entry.left.to_lowercase().contains(filter) || entry.help.to_lowercase().contains(filter)
        };
        let mut entries = entries.filter(has).peekable();
        if entries.peek().is_none() {
            return;
        }
        self.lines.push(Line::Heading(heading.to_owned()));
        let room = usize::from(self.width.saturating_sub(LEFT_COLUMNS + 1));
        for Entry { left, help, role } in entries {
            let mut parts = wrap(&help, room, HELP_LINES_MAX).into_iter();
            // A long left side has the help below.
            let help = if escape::width(&left) + 5 > usize::from(LEFT_COLUMNS) {
                String::new()
            } else {
                parts.next().unwrap_or_default()
            };
            self.lines.push(Line::Entry { left, help, role });
            self.lines.extend(parts.map(|help| Line::Entry {
                left: String::new(),
                help,
                role,
            }));
        }
    }
}

impl Ui {
    /// What a verb does, in the language that is spoken.
    pub(super) fn help_of(&self, verb: &dyn Verb) -> String {
        let key = format!("verbs.{}", verb.name());
        if self.locale.has(&key) {
            self.locale.say(&key).to_owned()
        } else {
            verb.help().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::endpoint::Transport;
    use crate::event::{Actor, ConnId, Event, Role as Kind, What};
    use crate::keymap::{Focus, find};
    use crate::locale::Locale;

    #[test]
    fn the_verbs_of_the_pane_come_before_its_movements_and_those_before_the_rest() {
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
                Line::Heading(text) => text == wanted,
                Line::Entry { left, .. } => left == wanted,
            })
        };
        let order = ["v", "Enter", "h Left", "everywhere", "commands", "▏"];
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
    fn every_line_has_its_sentence_and_says_why_it_is_disabled() {
        let locale = Locale::default();
        for (_, slug) in SIGNS.iter().chain(editor::KEYS) {
            assert!(locale.has(&format!("help.{slug}")), "{slug}");
        }
        let session = Session::new(1 << 20, None);
        let french = Ui {
            locale: Locale::named("fr").unwrap_or_default(),
            ..Ui::default()
        };
        let send = find("s", Focus::Pane("bytes")).unwrap();
        let help = key_entry(send, &french, &session).help;
        assert!(help.contains("socket"), "{help}");
        assert!(help.contains('('), "it says why it is disabled: {help}");
    }
}
