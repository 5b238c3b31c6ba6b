//! The calls of the focused socket so far, as a program in the language that is spoken: `set speak python`, `c` or
//! `rust`. Only the calls that were asked for are told, and only those in view are looked at.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{Pen, clip};
use super::motion::Motion;
use super::pane::{CODE, Pane, Scene};
use super::rows::Row;
use super::theme::Role;
use super::timeline;
use crate::escape;
use crate::event::{Call, ConnId, Event, Moved, Outcome, What};
use crate::export::{self, Format, Given, LINE_BYTES_MAX};
use crate::session::Session;

/// The pane.
#[derive(Debug)]
pub(super) struct Code;

impl Pane for Code {
    fn name(&self) -> &'static str {
        "code"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let name = scene.ui.subject.map_or("", |conn| scene.session.name(conn));
        let title = scene.fill("code.title", &[&name]);
        (
            title.trim_end().to_owned(),
            export::spoken(&scene.ui.desk.speak).name().to_owned(),
        )
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let format = export::spoken(&scene.ui.desk.speak);
        let Some(conn) = scene.ui.subject else {
            return;
        };
        let lines = lines(scene, conn, area);
        if lines.is_empty() {
            Pen::new(buf, area, 0, scene.look())
                .skip(1)
                .put(scene.say("code.empty"), Role::Muted);
            return;
        }
        let mut pen = Pen::new(buf, area, 0, scene.look());
        pen.skip(1).put(format.head(), Role::Muted);
        let room = usize::from(area.width).saturating_sub(2);
        for (row, line) in (1..area.height).zip(&lines) {
            let mut pen = Pen::new(buf, area, row, scene.look());
            let told = clip(&escape::clean(&line.text), room);
            let wide = u16::try_from(escape::width(&told)).unwrap_or(area.width);
            pen.skip(1).put(told, Role::Text);
            let comment = format!("{} {}", format.comment(), line.outcome);
            if !line.outcome.is_empty() && escape::width(&comment) + 2 <= usize::from(pen.room()) {
                let role = if line.is_failure {
                    Role::Strong
                } else {
                    Role::Muted
                };
                pen.skip(2).put(comment, role);
            }
            if line.is_current {
                // Where the cursor is elsewhere, a line under the words is enough.
                let end = if scene.is_focused(CODE) {
                    area.width
                } else {
                    1 + wide
                };
                pen.over(1, end, scene.selected(CODE));
            }
        }
    }

    fn rows(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        rows_of(ui).map_or(0, |(count, _)| count + 1)
    }

    fn row(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        rows_of(ui).map_or(0, |(_, at)| at + 1)
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        timeline::Timeline.go(ui, session, motion, area);
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let scene = Scene {
            session,
            ui,
            now: session.now(),
        };
        let row = usize::from(at.y.saturating_sub(area.y + 1));
        let pressed = ui.subject.and_then(|conn| {
            let lines = lines(scene, conn, area);
            lines.get(row).map(|line| line.seq)
        });
        if let Some(seq) = pressed {
            ui.stop_following(session);
            ui.select_event(seq, session);
        }
    }
}

/// A line of the program.
struct Line {
    seq: u64,
    text: String,
    outcome: String,
    is_failure: bool,
    is_current: bool,
}

/// The lines that an area shows: those up to the call under the cursor, or up to the newest.
fn lines(scene: Scene<'_>, conn: ConnId, area: Rect) -> Vec<Line> {
    let list = scene.ui.rows.list(&[conn]);
    let upto = scene
        .ui
        .event
        .map_or(list.count(), |seq| list.rank(seq + 1));
    let room = usize::from(area.height.saturating_sub(1));
    let first = upto.saturating_sub(room as u64);
    let mut rows = list.window(first, usize::from(area.height));
    rows.retain(|row| {
        scene
            .session
            .event(row.seq)
            .is_some_and(|event| event.conn == Some(conn))
    });
    let current = scene.ui.event.or(rows.last().map(|row| row.seq));
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        lines.extend(told(scene, row, current));
    }
    let surplus = lines.len().saturating_sub(room);
    lines.drain(..surplus.min(lines.len()));
    lines
}

/// The lines of one row of the timeline; none where it is no call.
fn told(scene: Scene<'_>, row: Row, current: Option<u64>) -> Vec<Line> {
    let Some(Event {
        what: What::Call(call),
        conn: Some(conn),
        ..
    }) = scene.session.event(row.seq)
    else {
        return Vec::new();
    };
    let end = row.end.and_then(|seq| scene.session.event(seq));
    let ended = match end.map(|event| event.what) {
        Some(What::Call(end)) => end,
        _ => call.clone(),
    };
    let format = export::spoken(&scene.ui.desk.speak);
    let data = sent(scene.session, conn, &ended, format);
    let name = export::identifier(scene.session.name(conn));
    let text = export::shown(format, &call.call, &Given::new(&name, &data));
    let outcome = match &ended.outcome {
        Outcome::Failed(errno) => errno.name().to_owned(),
        Outcome::Blocked => "…".to_owned(),
        Outcome::Received { len, .. } => len.to_string(),
        Outcome::Returned(number) if call.want().is_some() => number.to_string(),
        Outcome::Accepted { conn, .. } => scene.session.name(*conn).to_owned(),
        Outcome::Value(value) => value.clone(),
        _ => String::new(),
    };
    let parts: Vec<&str> = text.split('\n').collect();
    let last = parts.len().saturating_sub(1);
    let line = |(at, part): (usize, &&str)| Line {
        seq: row.seq,
        text: (*part).to_owned(),
        outcome: if at == last {
            outcome.clone()
        } else {
            String::new()
        },
        is_failure: ended.outcome.errno().is_some(),
        is_current: Some(row.seq) == current,
    };
    parts.iter().enumerate().map(line).collect()
}

/// The bytes that a call sent, as a literal.
fn sent(session: &Session, conn: ConnId, call: &Call, format: &dyn Format) -> String {
    let Some(Moved { dir, range }) = &call.moved else {
        return "data".to_owned();
    };
    let end = range.end.min(range.start.saturating_add(LINE_BYTES_MAX));
    let (bytes, _) = session.bytes(conn, *dir, range.start..end);
    export::shortened(format, &bytes, range.end - range.start)
}

/// How many rows the focused socket has, and which is under the cursor.
fn rows_of(ui: &Ui) -> Option<(u64, u64)> {
    let list = ui.rows.list(&[ui.subject?]);
    let last = list.count().saturating_sub(1);
    let at = ui.event.map_or(last, |seq| list.rank(seq).min(last));
    Some((list.count(), at))
}
