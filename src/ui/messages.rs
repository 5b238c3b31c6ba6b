//! The messages that the framing cut out of a direction: number, whether it is whole, range, what it is, what
//! it carries. It reads the entries in view and no others.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{Pen, wrap};
use super::motion::Motion;
use super::pane::{MESSAGES, Pane, Scene};
use super::theme::Role;
use crate::escape;
use crate::event::Dir;
use crate::framing::{Entry, Message, Status, Value};
use crate::session::{Lane, Session};

/// Panes from this width on have room for what is missing behind the payload; narrower ones say it in a second line.
const WIDE_COLUMNS: u16 = 64;

/// The pane.
#[derive(Debug)]
pub(super) struct Messages;

impl Pane for Messages {
    fn name(&self) -> &'static str {
        "messages"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let lane = scene
            .stream()
            .and_then(|(conn, dir)| scene.session.lane(conn, dir));
        let count = lane.map_or(0, Lane::messages);
        let (dir, other) = if scene.ui.dir == Dir::In {
            ("received", "sent")
        } else {
            ("sent", "received")
        };
        let behind = scene
            .stream()
            .and_then(|(conn, dir)| scene.session.lane(conn, dir.other()))
            .map_or(0, Lane::messages);
        let note = match lane {
            Some(_) if behind > 0 => format!("{dir} · \\ {behind} {other}"),
            Some(_) => dir.to_owned(),
            None => String::new(),
        };
        (format!("messages {count}"), note)
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let Some((conn, dir)) = scene.stream() else {
            return;
        };
        let entries = scene.ui.entries(scene.session);
        if entries == 0 {
            let text = "none yet: f chooses how bytes become messages";
            let lines = wrap(text, usize::from(area.width).saturating_sub(2), 3);
            for (row, line) in (0..area.height).zip(lines) {
                Pen::new(buf, area, row, scene.look())
                    .skip(1)
                    .put(line, Role::Muted);
            }
            return;
        }
        let top = scene.top(MESSAGES, area);
        let shown = scene
            .session
            .entries(conn, dir, top, usize::from(area.height));
        // As wide as the widest in view, so that what they carry stands in one column.
        let widest = |text: &dyn Fn(&Entry) -> String, least: usize| {
            let columns = shown.iter().map(|entry| escape::width(&text(entry)));
            columns.fold(least, usize::max)
        };
        let columns = (
            widest(&number, 3),
            widest(&|entry| range(&entry.message), 6),
        );
        for (row, entry) in (0..area.height).zip(&shown) {
            render_entry(scene, entry, columns, (area, row), buf);
            if entry.index == scene.ui.entry {
                let role = scene.selected(MESSAGES);
                let to = if role == Role::Selected {
                    area.width
                } else {
                    6
                };
                Pen::new(buf, area, row, scene.look()).over(1, to, role);
            }
            if area.width < WIDE_COLUMNS && entry.index + 1 == entries {
                let missing = missing(&entry.message);
                Pen::new(buf, area, row.saturating_add(1), scene.look())
                    .skip(8)
                    .put(missing, Role::Inferred);
            }
        }
    }

    fn rows(&self, ui: &Ui, session: &Session, area: Rect) -> u64 {
        let lane = ui.focus.and_then(|conn| session.lane(conn, ui.dir));
        let has_tail = lane.is_some_and(|lane| lane.tail().is_some());
        ui.entries(session) + u64::from(has_tail && area.width < WIDE_COLUMNS)
    }

    fn row(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        ui.entry
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        match motion {
            Motion::Last => {
                ui.follow = true;
                ui.observe(session);
            }
            Motion::Left | Motion::Right => super::bytes::go(ui, session, motion, area),
            _ => {
                ui.stop_following(session);
                let to = motion.step(ui.entry, ui.entries(session), area.height);
                ui.select_entry(to, session);
            }
        }
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let rows = self.rows(ui, session, area);
        let row = ui.top(MESSAGES, rows, area.height) + u64::from(at.y.saturating_sub(area.y));
        if row < ui.entries(session) {
            ui.stop_following(session);
            ui.select_entry(row, session);
        }
    }
}

/// ` #2 … 7–20  len 12  "wor"  waiting for 9 more bytes`.
fn render_entry(
    scene: Scene<'_>,
    entry: &Entry,
    (number_columns, range_columns): (usize, usize),
    (area, row): (Rect, u16),
    buf: &mut Buffer,
) {
    let message = &entry.message;
    let (mark, role) = match message.status {
        Status::Ok => ("✓", Role::Text),
        Status::Partial { .. } => ("…", Role::Text),
        Status::Bad { .. } => ("✗", Role::Strong),
        Status::Skipped { .. } => ("·", Role::Muted),
    };
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1)
        .put(format!("{:<number_columns$} ", number(entry)), role)
        .put(mark, role)
        .skip(1);
    pen.put(format!("{:<range_columns$} ", range(message)), Role::Muted);
    match &message.status {
        Status::Bad { why, at } => {
            pen.put(format!("at {at}: {}", escape::clean(why)), Role::Strong);
        }
        Status::Skipped { why } => {
            pen.put(escape::clean(why), Role::Muted);
        }
        Status::Ok | Status::Partial { .. } => {
            let note = note(message);
            if !note.is_empty() {
                pen.put(escape::clean(&note), Role::Muted).skip(2);
            }
            let missing = if area.width < WIDE_COLUMNS {
                String::new()
            } else {
                missing(message)
            };
            let kept = if missing.is_empty() {
                0
            } else {
                escape::width(&missing) + 3
            };
            payload(
                scene,
                message,
                usize::from(pen.room()).saturating_sub(kept),
                &mut pen,
            );
            if !missing.is_empty() {
                pen.skip(1).right(&format!("{missing} "), Role::Inferred);
            }
        }
    }
}

/// What the message carries, escaped, as much as fits between its quotes.
fn payload(scene: Scene<'_>, message: &Message, columns: usize, pen: &mut Pen<'_>) {
    let Some((conn, dir)) = scene.stream() else {
        return;
    };
    // Four bytes a column are enough for every escape, and three more to tell a character from a broken one.
    let limit = message.payload.start - message.range.start + columns as u64 * 4 + 3;
    let bytes = scene.session.payload(conn, dir, message, limit);
    let (text, used) = escape::escape_prefix(&bytes, columns.saturating_sub(3));
    pen.put("\"", Role::Muted).put(text, Role::Text);
    pen.put(if used < bytes.len() { "…" } else { "\"" }, Role::Muted);
}

/// `#2`; what is skipped has no number.
fn number(entry: &Entry) -> String {
    entry
        .number
        .map_or_else(|| "–".to_owned(), |number| format!("#{number}"))
}

/// First and last byte; of a partial one with those that it waits for.
fn range(message: &Message) -> String {
    let end = match message.status {
        Status::Partial { need: Some(need) } => message.range.end.saturating_add(need),
        _ => message.range.end,
    };
    match end
        .checked_sub(1)
        .filter(|last| *last >= message.range.start)
    {
        Some(last) if last == message.range.start => last.to_string(),
        Some(last) => format!("{}–{last}", message.range.start),
        None => format!("at {}", message.range.start),
    }
}

/// What an unfinished message waits for.
fn missing(message: &Message) -> String {
    match message.status {
        Status::Partial { need: Some(1) } => "waiting for 1 more byte".to_owned(),
        Status::Partial { need: Some(need) } => format!("waiting for {need} more bytes"),
        Status::Partial { need: None } if message.note.is_empty() => "not whole yet".to_owned(),
        Status::Partial { need: None } => escape::clean(&message.note).into_owned(),
        _ => String::new(),
    }
}

/// What it is. The note of a partial one says what it waits for, which stands elsewhere; its first number says more.
fn note(message: &Message) -> String {
    if !matches!(message.status, Status::Partial { .. }) {
        return message.note.to_string();
    }
    let number = message.fields.iter().find_map(|field| match field.value {
        Value::Number(number) => Some(format!("{} {number}", field.name)),
        Value::Text(_) => None,
    });
    number.unwrap_or_default()
}
