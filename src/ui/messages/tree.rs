//! The rows of the list of messages: one each, and below the one under the cursor its parts, a row each. Nothing is
//! opened while the newest is followed, so that the list does not jump.

use std::ops::Range;

use ratatui::layout::Rect;

use super::WIDE_COLUMNS;
use crate::escape;
use crate::framing::{Entry, Value};
use crate::session::Session;
use crate::ui::Ui;
use crate::ui::ink::Pen;
use crate::ui::pane::{MESSAGES, Scene};
use crate::ui::theme::Role;

/// Columns that the value of a part takes at most.
const VALUE_COLUMNS: usize = 48;

/// Lower areas show parts only once a message was chosen in them: there they take the room of other messages.
const TALL_ROWS: u16 = 7;

/// The rows of the list.
#[derive(Debug)]
pub(super) struct Tree {
    /// How many entries it has.
    pub(super) entries: u64,
    /// The entry whose parts are shown.
    open: u64,
    nodes: Vec<Node>,
    /// Behind the last entry stands what it waits for.
    has_awaited: bool,
}

/// A part of a message.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) range: Range<u64>,
    /// Its name and what it says; the payload has neither.
    said: Option<(String, String)>,
    /// In how many other parts it lies.
    depth: u16,
    is_last: bool,
}

/// What stands in a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Row<'a> {
    Entry(u64),
    Node(&'a Node),
    Awaited,
}

impl Row<'_> {
    /// The entry that the row is.
    pub(super) fn entry(&self) -> Option<u64> {
        match self {
            Self::Entry(index) => Some(*index),
            Self::Node(_) | Self::Awaited => None,
        }
    }
}

impl Tree {
    /// The rows for an area of that width.
    pub(super) fn new(ui: &Ui, session: &Session, area: Rect) -> Self {
        let is_chosen_here = ui
            .selection
            .as_ref()
            .is_some_and(|it| it.made_in == MESSAGES);
        let opens = !ui.follow && (is_chosen_here || area.height >= TALL_ROWS);
        let entry = opens.then(|| ui.entry(session)).flatten();
        let lane = ui.focus.and_then(|conn| session.lane(conn, ui.dir));
        let tail = lane.and_then(crate::session::Lane::tail);
        let has_tail = tail.is_some_and(|tail| tail.is_counted());
        Self {
            entries: ui.entries(session),
            open: ui.entry,
            nodes: entry.map_or(Vec::new(), |entry| nodes(&entry)),
            has_awaited: has_tail && area.width < WIDE_COLUMNS,
        }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.entries + self.nodes.len() as u64 + u64::from(self.has_awaited)
    }

    /// What stands in the row `at`.
    pub(super) fn row(&self, at: u64) -> Option<Row<'_>> {
        let count = self.nodes.len() as u64;
        if at <= self.open && at < self.entries {
            return Some(Row::Entry(at));
        }
        if let Some(node) = at.checked_sub(self.open + 1).filter(|node| *node < count) {
            let node = usize::try_from(node).ok()?;
            return self.nodes.get(node).map(Row::Node);
        }
        let at = at.checked_sub(count)?;
        match at {
            at if at < self.entries => Some(Row::Entry(at)),
            at if at == self.entries && self.has_awaited => Some(Row::Awaited),
            _ => None,
        }
    }

    /// The row of the cursor: its message, or the part of it that is selected.
    pub(super) fn cursor(&self, ui: &Ui, session: &Session) -> u64 {
        let node = self.selected(&ui.range(session));
        ui.entry + node.map_or(0, |(first, _)| first as u64 + 1)
    }

    /// The role that lies over a row: of the cursor, or of the smallest part that holds what is selected elsewhere.
    pub(super) fn mark(&self, scene: Scene<'_>, row: &Row<'_>) -> Option<Role> {
        let range = scene.ui.range(scene.session);
        let selected = self.selected(&range);
        match row {
            Row::Entry(index) if *index == scene.ui.entry && selected.is_none() => {
                Some(scene.selected(MESSAGES))
            }
            Row::Node(node) if node.range == range => Some(scene.selected(MESSAGES)),
            Row::Node(node) if selected.is_none() => {
                let holding = self
                    .nodes
                    .iter()
                    .filter(|node| node.range.start <= range.start && range.end <= node.range.end);
                let smallest = holding.min_by_key(|node| node.range.end - node.range.start);
                smallest
                    .filter(|smallest| smallest.range == node.range)
                    .map(|_| Role::Linked)
            }
            Row::Entry(_) | Row::Node(_) | Row::Awaited => None,
        }
    }

    /// The bytes of the part behind the selected one, or before it, where the message itself comes first.
    pub(super) fn beside(&self, ui: &Ui, session: &Session, forward: bool) -> Option<Range<u64>> {
        let node = match (self.selected(&ui.range(session)), forward) {
            (None, true) => Some(0),
            (None, false) => return None,
            (Some((_, last)), true) => Some(last + 1),
            (Some((first, _)), false) => first.checked_sub(1),
        };
        match node {
            Some(node) => self.nodes.get(node).map(|node| node.range.clone()),
            None => ui.entry(session).map(|entry| entry.message.range),
        }
    }

    /// Whether the message under the cursor shows parts.
    pub(super) fn has_nodes(&self) -> bool {
        !self.nodes.is_empty()
    }

    /// Brings as many of the parts into view as there is room for, the message itself first.
    pub(super) fn unfold(&self, ui: &mut Ui, area: Rect) {
        let last = ui.entry + self.nodes.len() as u64;
        let entry = ui.entry;
        if let Some(top) = ui.tops.get_mut(MESSAGES) {
            let least = (last + 1).saturating_sub(u64::from(area.height));
            *top = (*top).max(least.min(entry));
        }
    }

    /// The first and the last part that are these bytes.
    fn selected(&self, range: &Range<u64>) -> Option<(usize, usize)> {
        let is_it = |node: &Node| node.range == *range;
        let first = self.nodes.iter().position(is_it)?;
        Some((first, self.nodes.iter().rposition(is_it).unwrap_or(first)))
    }
}

impl Node {
    /// `        └ length  0–1  5`.
    pub(super) fn render(&self, scene: Scene<'_>, range_columns: usize, pen: &mut Pen<'_>) {
        let branch = if self.is_last { "└" } else { "├" };
        pen.skip(5 + 2 * self.depth)
            .put(branch, Role::Muted)
            .skip(1);
        let (first, last) = (self.range.start, self.range.end.saturating_sub(1));
        let range = if first < last {
            format!("{first}–{last}")
        } else {
            first.to_string()
        };
        pen.put(format!("{range:<range_columns$} "), Role::Muted);
        match &self.said {
            Some((name, said)) => {
                pen.put(name, Role::Text).skip(2).put(said, Role::Strong);
            }
            None => {
                let bytes = self.range.end - self.range.start;
                pen.put(scene.say("messages.payload"), Role::Text)
                    .skip(2)
                    .put(format!("{bytes} B"), Role::Muted);
            }
        }
    }
}

/// The parts of a message in the order of their bytes: its fields, then what it carries.
fn nodes(entry: &Entry) -> Vec<Node> {
    let message = &entry.message;
    let mut nodes: Vec<Node> = Vec::with_capacity(message.fields.len() + 1);
    for (_, field) in message.walk() {
        let said = match &field.value {
            Value::Number(number) => number.to_string(),
            Value::Named(number, name) => format!("{number} {name}"),
            Value::Word(word) => escape::clean(word).into_owned(),
            Value::Bytes => String::new(),
            Value::Text(text) => {
                let (text, used) = escape::escape_prefix(text.as_bytes(), VALUE_COLUMNS);
                let end = if used < field_bytes(&field.value) {
                    "…"
                } else {
                    "\""
                };
                format!("\"{text}{end}")
            }
        };
        let name = escape::clean(&field.name).into_owned();
        nodes.push(Node {
            range: field.range.clone(),
            said: Some((name, said)),
            depth: 0,
            is_last: false,
        });
    }
    let payload = &message.payload;
    let is_part = *payload != message.range && !payload.is_empty();
    if !nodes.is_empty() && is_part && nodes.iter().all(|node| node.range != *payload) {
        nodes.push(Node {
            range: payload.clone(),
            said: None,
            depth: 0,
            is_last: false,
        });
    }
    // The outer one first; equal ones stay in the framing's order.
    nodes.sort_by_key(|node| (node.range.start, u64::MAX - node.range.end));
    let mut open: Vec<u64> = Vec::new();
    for node in &mut nodes {
        while open.last().is_some_and(|end| *end < node.range.end) {
            open.pop();
        }
        node.depth = u16::try_from(open.len()).unwrap_or(u16::MAX).min(8);
        open.push(node.range.end);
    }
    if let Some(last) = nodes.last_mut() {
        last.is_last = true;
    }
    nodes
}

fn field_bytes(value: &Value) -> usize {
    match value {
        Value::Number(_) | Value::Named(..) | Value::Word(_) | Value::Bytes => 0,
        Value::Text(text) => text.len(),
    }
}
