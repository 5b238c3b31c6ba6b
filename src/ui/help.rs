//! The help: the keys of this pane before those of everywhere, then the commands, all filtered as one types.
//! Every line derives from a table that works.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::editor;
use super::ink::{self, Pen, clip, wrap};
use super::pane::{PANES, Scene};
use super::theme::Role;
use crate::command::VERBS;
use crate::escape;
use crate::keymap::{Binding, KEYS, Place};

/// Columns of the keys or the grammar.
const LEFT_COLUMNS: u16 = 20;

/// The most lines of one entry's help.
const HELP_LINES_MAX: usize = 6;

/// Draws it; returns where the filter's cursor stands.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let look = scene.look();
    let name = PANES.get(scene.ui.pane).map_or("", |pane| pane.name());
    ink::rule(
        buf,
        Rect {
            height: area.height.min(1),
            ..area
        },
        "keys and commands",
        "Esc back · type to filter",
        true,
        look,
    );
    let lines = lines(
        name,
        &scene.ui.help_filter.text().to_lowercase(),
        area.width,
    );
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
            Line::Entry(left, help) => pen
                .skip(3)
                .put(
                    clip(left, usize::from(body.width).saturating_sub(4)),
                    Role::Text,
                )
                .to(LEFT_COLUMNS)
                .put(help, Role::Muted),
        };
    }
    super::render::filter(&scene.ui.help_filter, "type to filter", area, buf, look)
}

/// The first line that may stand at the top of an area.
fn last_top(lines: usize, area: Rect) -> usize {
    lines.saturating_sub(usize::from(area.height.saturating_sub(2)))
}

/// The furthest that the help scrolls.
pub(super) fn scroll_max(pane: usize, filter: &str, area: Rect) -> u16 {
    let name = PANES.get(pane).map_or("", |pane| pane.name());
    let lines = lines(name, &filter.to_lowercase(), area.width);
    u16::try_from(last_top(lines.len(), area)).unwrap_or(u16::MAX)
}

enum Line {
    Heading(String),
    Entry(String, String),
}

/// All lines that hold the filter's text, each group under its heading.
fn lines(pane: &str, filter: &str, width: u16) -> Vec<Line> {
    let own =
        |binding: &&Binding| matches!(binding.place, Place::Panes(names) if names.contains(&pane));
    let typed = |place: Place| KEYS.iter().filter(move |binding| binding.place == place);
    let groups: [(String, Vec<&Binding>); 5] = [
        (
            format!("in this pane: {pane}"),
            KEYS.iter().filter(own).collect(),
        ),
        ("everywhere".to_owned(), typed(Place::Everywhere).collect()),
        (
            "while bytes are typed".to_owned(),
            typed(Place::Composer).collect(),
        ),
        (
            "while a command is typed".to_owned(),
            typed(Place::Prompt).collect(),
        ),
        (
            "in this help and in the table of sockets".to_owned(),
            typed(Place::Overlay).collect(),
        ),
    ];
    let mut lines = Vec::new();
    for (heading, bindings) in groups {
        let entries = bindings
            .into_iter()
            .filter(|binding| !binding.help.is_empty());
        push(
            &mut lines,
            &heading,
            entries.map(|binding| (binding.keys.join(" "), binding.help)),
            filter,
            width,
        );
    }
    let editing = editor::KEYS
        .iter()
        .map(|(keys, help)| ((*keys).to_owned(), *help));
    push(
        &mut lines,
        "in every line being typed",
        editing,
        filter,
        width,
    );
    let verbs = VERBS
        .iter()
        .map(|verb| (verb.usage().to_owned(), verb.help()));
    push(&mut lines, "commands", verbs, filter, width);
    lines
}

fn push(
    lines: &mut Vec<Line>,
    heading: &str,
    entries: impl Iterator<Item = (String, &'static str)>,
    filter: &str,
    width: u16,
) {
    let has = |(left, help): &(String, &str)| {
        left.to_lowercase().contains(filter) || help.to_lowercase().contains(filter)
    };
    let mut entries = entries.filter(has).peekable();
    if entries.peek().is_some() {
        lines.push(Line::Heading(heading.to_owned()));
        let room = usize::from(width.saturating_sub(LEFT_COLUMNS + 1));
        for (left, help) in entries {
            let mut parts = wrap(help, room, HELP_LINES_MAX).into_iter();
            // A long left side has the help below.
            let beside = if escape::width(&left) + 5 > usize::from(LEFT_COLUMNS) {
                String::new()
            } else {
                parts.next().unwrap_or_default()
            };
            lines.push(Line::Entry(left, beside));
            lines.extend(parts.map(|part| Line::Entry(String::new(), part)));
        }
    }
}
