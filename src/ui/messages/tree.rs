//! The rows of the list of messages: one each, and below the one under the cursor its parts, a row each; parts of parts
//! are folded where there are many. Nothing is opened while the newest is followed, so that the list does not jump.

use std::ops::Range;
use std::rc::Rc;

use ratatui::layout::Rect;

use super::WIDE_COLUMNS;
use crate::escape;
use crate::framing::{Entry, Message, Value};
use crate::session::Session;
use crate::ui::Ui;
use crate::ui::ink::Pen;
use crate::ui::pane::{MESSAGES, Scene};
use crate::ui::theme::Role;

/// Columns that the value of a part takes at most.
const VALUE_COLUMNS: usize = 48;

/// With so many parts or fewer all are shown; else those of the first level and what is selected, until one unfolds.
const OPEN_MAX: usize = 16;

/// How deep parts are moved to the right at the most.
const INDENT_MAX: u16 = 8;

/// Lower areas show parts only once a message was chosen in them: there they take the room of other messages.
const TALL_ROWS: u16 = 7;

/// The rows of the list.
#[derive(Debug)]
pub(super) struct Tree {
    /// How many messages it has.
    pub(super) entries: u64,
    /// The row of the message whose parts are shown, among messages alone.
    open: u64,
    entry: Option<Rc<Entry>>,
    nodes: Vec<Node>,
    /// Behind the last entry stands what it waits for.
    has_awaited: bool,
}

/// A part of a message.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) range: Range<u64>,
    /// Its place among all fields of the message; the payload is none.
    field: Option<usize>,
    /// In how many other parts it lies.
    depth: u16,
    is_last: bool,
    /// Whether its own parts are shown, if it has some.
    is_open: Option<bool>,
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
        let lane = ui.subject.and_then(|conn| session.lane(conn, ui.dir));
        let tail = lane.and_then(crate::session::Lane::tail);
        let has_tail = tail.is_some_and(|tail| tail.is_counted());
        Self {
            entries: ui.list_rows(session),
            open: ui.list_row(session),
            nodes: entry
                .as_ref()
                .map_or(Vec::new(), |entry| nodes(&entry.message, ui, session)),
            entry,
            has_awaited: has_tail && !ui.is_both() && area.width < WIDE_COLUMNS,
        }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.entries + self.nodes.len() as u64 + u64::from(self.has_awaited)
    }

    /// The message whose parts are shown.
    pub(super) fn message(&self) -> Option<&Message> {
        self.entry.as_ref().map(|entry| &entry.message)
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
        self.open + node.map_or(0, |(first, _)| first as u64 + 1)
    }

    /// The role that lies over a row: of the cursor, or of the smallest part that holds what is selected elsewhere.
    /// `is_under` says whether the message of the row is the one under the cursor.
    pub(super) fn mark(&self, scene: Scene<'_>, row: &Row<'_>, is_under: bool) -> Option<Role> {
        let range = scene.ui.range(scene.session);
        let selected = self.selected(&range);
        match row {
            Row::Entry(_) if is_under && selected.is_none() => Some(scene.selected(MESSAGES)),
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
            None => ui.entry(session).map(|entry| entry.message.range.clone()),
        }
    }

    /// The part whose own parts are to be folded or unfolded: the selected one, or the one that holds it; where the
    /// message itself is selected, its first.
    pub(super) fn foldable(&self, ui: &Ui, session: &Session) -> Option<&Node> {
        let range = ui.range(session);
        let Some((first, _)) = self.selected(&range) else {
            let is_whole = self.message()?.range == range;
            let mut nodes = self.nodes.iter().filter(|_| is_whole);
            return nodes.find(|node| node.is_open.is_some());
        };
        let selected = self.nodes.get(first)?;
        let before = self.nodes.get(..=first)?.iter().rev();
        let mut holding =
            before.filter(|node| node.depth < selected.depth || node.range == selected.range);
        holding.find(|node| node.is_open.is_some())
    }

    /// The selected part, if its own parts are not shown.
    pub(super) fn closed(&self, ui: &Ui, session: &Session) -> Option<Range<u64>> {
        let (_, last) = self.selected(&ui.range(session))?;
        let node = self.nodes.get(last)?;
        (node.is_open == Some(false)).then(|| node.range.clone())
    }

    /// Whether the message under the cursor shows parts.
    pub(super) fn has_nodes(&self) -> bool {
        !self.nodes.is_empty()
    }

    /// Brings as many of the parts into view as there is room for, the message itself first.
    pub(super) fn unfold(&self, ui: &mut Ui, area: Rect) {
        let last = self.open + self.nodes.len() as u64;
        let entry = self.open;
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
    pub(super) fn render(
        &self,
        scene: Scene<'_>,
        message: &Message,
        range_columns: usize,
        pen: &mut Pen<'_>,
    ) {
        let branch = match (self.is_open, self.is_last) {
            (Some(true), _) => "▾",
            (Some(false), _) => "▸",
            (None, true) => "└",
            (None, false) => "├",
        };
        pen.skip(5 + 2 * self.depth.min(INDENT_MAX))
            .put(branch, Role::Muted)
            .skip(1);
        let (first, last) = (self.range.start, self.range.end.saturating_sub(1));
        let range = if first < last {
            format!("{first}–{last}")
        } else {
            first.to_string()
        };
        pen.put(format!("{range:<range_columns$} "), Role::Muted);
        let field = self.field.and_then(|at| message.walk().nth(at));
        match field {
            Some((_, field)) => {
                let name = escape::clean(&field.name).into_owned();
                let said = say(&field.value);
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

/// What a field says, in one line.
fn say(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Named(number, name) => format!("{number} {}", escape::clean(name)),
        Value::Word(word) => escape::clean(word).into_owned(),
        Value::Bytes => String::new(),
        Value::Text(text) => {
            let (shown, used) = escape::escape_prefix(text.as_bytes(), VALUE_COLUMNS);
            let end = if used < text.len() { "…" } else { "\"" };
            format!("\"{shown}{end}")
        }
    }
}

/// The parts of a message that are shown, in the order of their bytes: its fields, then what it carries where no field
/// tells of that.
fn nodes(message: &Message, ui: &Ui, session: &Session) -> Vec<Node> {
    let is_small = message.walk().nth(OPEN_MAX).is_none();
    let is_one = message.fields.len() == 1;
    let selected = ui.range(session);
    let mut nodes: Vec<Node> = Vec::new();
    let mut closed = None;
    for (at, (depth, field)) in message.walk().enumerate() {
        if closed.is_some_and(|closed| depth > closed) {
            continue;
        }
        closed = None;
        let range = field.range.clone();
        let is_open = (!field.fields.is_empty()).then(|| {
            let holds = range.start <= selected.start
                && selected.end <= range.end
                && range != selected
                && !selected.is_empty();
            let opens = is_small || (is_one && depth == 0);
            (opens != ui.desk.is_turned(&range)) || (holds && ui.selection.is_some())
        });
        if is_open == Some(false) {
            closed = Some(depth);
        }
        nodes.push(Node {
            range,
            field: Some(at),
            depth: u16::try_from(depth).unwrap_or(u16::MAX),
            is_last: false,
            is_open,
        });
    }
    let payload = &message.payload;
    let is_part = *payload != message.range && !payload.is_empty();
    let is_told = nodes.iter().any(|node| {
        node.depth == 0 && payload.start <= node.range.start && node.range.end <= payload.end
    });
    if !nodes.is_empty() && is_part && !is_told {
        let at = nodes.partition_point(|node| node.range.start < payload.start);
        let node = Node {
            range: payload.clone(),
            field: None,
            depth: 0,
            is_last: false,
            is_open: None,
        };
        nodes.insert(at, node);
    }
    for at in 0..nodes.len() {
        let depth = nodes.get(at).map_or(0, |node| node.depth);
        let mut behind = nodes.iter().skip(at + 1);
        let next = behind.find(|node| node.depth <= depth);
        let is_last = next.is_none_or(|next| next.depth < depth);
        if let Some(node) = nodes.get_mut(at) {
            node.is_last = is_last;
        }
    }
    nodes
}
