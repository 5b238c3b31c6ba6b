//! The help: the main keys, those of this pane, the bytes one types, the signs, then every other key, the commands,
//! and the framings, of which there are most. All are filtered as one types; every line derives from a table that
//! works.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::first::FIRST;
use super::ink::{self, Pen, clip, wrap};
use super::motion::Motion;
use super::overlay::{Edit, HELP, Overlay};
use super::pane::{PANES, Scene};
use super::theme::Role;
use super::{Ui, editor};
use crate::command::{VERBS, Verb};
use crate::escape;
use crate::framing::{FRAMINGS, JOINS};
use crate::keymap::{Act, Binding, KEYS, Place};
use crate::session::Session;

/// Columns of the keys or the grammar.
const LEFT_COLUMNS: u16 = 24;

/// The most lines of one entry's help.
const HELP_LINES_MAX: usize = 6;

/// Columns of a main key, in front of its word.
const MAIN_COLUMNS: u16 = 5;

/// More keys than these in one row are shown as a range.
const KEYS_MAX: usize = 4;

/// So many keys of the footer come first.
const MAIN_KEYS: usize = 10;

/// Byte expressions, each with the name of its sentence.
const BYTES: &[(&str, &str)] = &[
    (r#""text\r\n""#, "byte-text"),
    ("00 ff", "byte-hex"),
    ("u16be(5)", "byte-number"),
    (r#"len u16be {"hello"}"#, "byte-length"),
    (r#"frame "hello""#, "byte-frame"),
    (r#""x"*100 file(path)"#, "byte-more"),
];

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
    ("EAGAIN ∅", "sign-nothing-now"),
    ("(ENOTCONN)", "sign-refused"),
    ("blocked", "sign-blocked"),
    ("forgotten", "sign-forgotten"),
];

/// The help.
pub(super) struct Help;

impl Overlay for Help {
    fn name(&self) -> &'static str {
        HELP
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        render(scene, area, buf)
    }

    fn go(&self, ui: &mut Ui, motion: Motion, session: &Session) {
        let half = i64::from(ui.size.1 / 2);
        let rows = match motion {
            Motion::Up => -1,
            Motion::Down => 1,
            Motion::PageUp => -half,
            _ => half,
        };
        self.wheel(ui, rows, session);
    }

    fn wheel(&self, ui: &mut Ui, rows: i64, session: &Session) {
        let area = ui.areas(session).unwrap_or_default().middle;
        let rows = i16::try_from(rows).unwrap_or(0);
        let top = ui.help_top.saturating_add_signed(rows);
        ui.help_top = top.min(scroll_max(ui, session, area));
    }

    fn edit(&self, ui: &mut Ui, edit: Edit<'_>, _session: &Session) -> Option<usize> {
        ui.help_top = 0;
        Some(edit.apply(&mut ui.help_filter).1)
    }
}

/// Draws it; returns where the filter's cursor stands.
fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
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
            Line::Note(text) => pen.skip(1).put(text, Role::Muted),
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
fn scroll_max(ui: &Ui, session: &Session, area: Rect) -> u16 {
    let lines = lines(ui, session, area.width);
    u16::try_from(last_top(lines.len(), area)).unwrap_or(u16::MAX)
}

enum Line {
    /// Why some lines are dim.
    Note(String),
    Heading(String),
    Entry {
        left: String,
        help: String,
        role: Role,
    },
}

/// What stands to the left and the right of an entry, and what else the filter finds it by.
struct Entry {
    left: String,
    help: String,
    role: Role,
    words: String,
}

impl Entry {
    fn new(left: &str, help: String) -> Self {
        Self {
            left: left.to_owned(),
            help,
            role: Role::Text,
            words: String::new(),
        }
    }
}

/// All lines that hold the filter's text, each group under its heading.
fn lines(ui: &Ui, session: &Session, width: u16) -> Vec<Line> {
    let mut page = Page {
        lines: Vec::new(),
        filter: ui.help_filter.text().trim().to_lowercase(),
        width,
    };
    let sentence = |slug: &str| ui.locale.say(&format!("help.{slug}")).to_owned();
    let plain = |(left, slug): &(&str, &str)| Entry::new(left, sentence(slug));
    let key = |binding: &Binding| key_entry(binding, ui, session);
    let keys = Keys::of(ui, session);
    let main = keys.main.iter().map(|it| main_entry(it, ui, session));
    page.push(&sentence("everywhere"), main);
    let here = ui.locale.fill("help.here", &[&keys.pane]);
    page.push(&here, keys.here.into_iter().map(key));
    page.push(&sentence("bytes"), BYTES.iter().map(plain));
    page.push(&sentence("signs"), SIGNS.iter().map(plain));
    page.push(&sentence("moving"), keys.moves.into_iter().map(key));
    page.push(&sentence("more-keys"), keys.rest.into_iter().map(key));
    for (heading, bindings) in [
        ("composing", at(Place::Composer)),
        ("commanding", at(Place::Prompt)),
        ("overlay", over()),
    ] {
        page.push(&sentence(heading), bindings.into_iter().map(key));
    }
    page.push(&sentence("editing"), editor::KEYS.iter().map(plain));
    let demo = plain(&("sockeye demo", "shell-demo"));
    let verbs = VERBS
        .iter()
        .map(|verb| Entry::new(verb.usage(), ui.help_of(*verb)));
    page.push(&sentence("commands"), verbs.chain([demo]));
    let rules = FRAMINGS.iter();
    let rules = rules.map(|framing| (framing.name(), framing.usage()));
    let framings = rules
        .chain(JOINS.iter().map(|join| (join.name, join.usage)))
        .map(|(name, usage)| Entry::new(usage, sentence(&format!("framing-{name}"))));
    page.push(&sentence("framings"), framings);
    page.finish(ui.refused_calls(session))
}

/// The keys of everywhere and of the pane, in the groups of the help.
struct Keys {
    pane: &'static str,
    main: Vec<&'static Binding>,
    here: Vec<&'static Binding>,
    moves: Vec<&'static Binding>,
    rest: Vec<&'static Binding>,
}

impl Keys {
    fn of(ui: &Ui, session: &Session) -> Self {
        let pane = if session.conns().is_empty() {
            FIRST
        } else {
            PANES.get(ui.pane).map_or("", |pane| pane.name())
        };
        let is_here = |binding: &&Binding| matches!(binding.place, Place::Panes(names) if names.contains(&pane));
        let is_move =
            |binding: &&Binding| matches!(binding.act, Act::Run(line) if line.starts_with("move "));
        let (moves, here) = KEYS.iter().filter(is_here).partition(is_move);
        let (shown, mut rest): (Vec<_>, Vec<_>) = at(Place::Everywhere)
            .into_iter()
            .partition(|binding| binding.in_footer);
        let mut main = shown;
        rest.splice(..0, main.drain(MAIN_KEYS.min(main.len())..));
        Self {
            pane,
            main,
            here,
            moves,
            rest,
        }
    }
}

fn at(place: Place) -> Vec<&'static Binding> {
    KEYS.iter()
        .filter(|binding| binding.place == place)
        .collect()
}

fn over() -> Vec<&'static Binding> {
    let is_over = |binding: &&Binding| matches!(binding.place, Place::Overlay(_) | Place::Above(_));
    KEYS.iter().filter(is_over).collect()
}

/// A key with the word that the footer has for it.
fn main_entry(binding: &Binding, ui: &Ui, session: &Session) -> Entry {
    let entry = key_entry(binding, ui, session);
    let slug = format!("keys.{}", binding.slug);
    let label = ui.locale.say(&slug);
    let pad = usize::from(MAIN_COLUMNS).saturating_sub(escape::width(&entry.left));
    Entry {
        left: format!("{}{}{label}", entry.left, " ".repeat(pad)),
        ..entry
    }
}

/// A key with what it does, dim where there is no call to make. It is found by its name and its word in the footer,
/// too.
fn key_entry(binding: &Binding, ui: &Ui, session: &Session) -> Entry {
    let left = match binding.keys {
        [first, .., last] if binding.keys.len() > KEYS_MAX => format!("{first} … {last}"),
        keys => keys.join(" "),
    };
    let label = format!("keys.{}", binding.slug);
    let label = if ui.locale.has(&label) {
        ui.locale.say(&label)
    } else {
        ""
    };
    Entry {
        left,
        help: ui.locale.say(&format!("help.{}", binding.slug)).to_owned(),
        role: match ui.refused(binding, session) {
            None => Role::Strong,
            Some(_) => Role::Muted,
        },
        words: format!("{} {}", binding.slug, label.to_lowercase()),
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
            entry.left.to_lowercase().contains(filter)
                || entry.help.to_lowercase().contains(filter)
                || entry.words.contains(filter)
        };
        let mut entries = entries.filter(has).peekable();
        if entries.peek().is_none() {
            return;
        }
        self.lines.push(Line::Heading(heading.to_owned()));
        let room = usize::from(self.width.saturating_sub(LEFT_COLUMNS + 1));
        for Entry {
            left, help, role, ..
        } in entries
        {
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

    /// The lines, below why some of them are dim, which is said once.
    fn finish(self, why: Option<String>) -> Vec<Line> {
        let mut lines = self.lines;
        let has_dim = lines.iter().any(|line| match line {
            Line::Heading(_) | Line::Note(_) => false,
            Line::Entry { role, .. } => *role == Role::Muted,
        });
        if let Some(why) = why.filter(|_| has_dim) {
            lines.insert(0, Line::Note(why));
        }
        lines
    }
}

impl Ui {
    /// What a verb does, in the language that is spoken.
    pub(super) fn help_of(&self, verb: &dyn Verb) -> String {
        let key = format!("verbs.{}", verb.name());
        self.locale.say(&key).to_owned()
    }
}

#[cfg(test)]
mod tests;
