//! The calls of the focused socket and of its other end, one row each: when, who, what, with what result, which
//! bytes, what it means. A call that waits is a row that grows. It reads the events in view and no others.

mod lanes;
mod meant;
mod row;
mod wire;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::Pen;
use super::motion::Motion;
use super::pane::{Pane, Scene, TIMELINE};
use super::rows::Row;
use super::theme::Role;
use crate::event::{ConnId, Dir, Event, What};
use crate::session::Session;
use lanes::Lanes;
use row::Shown;

/// The pane.
#[derive(Debug)]
pub(super) struct Timeline;

impl Pane for Timeline {
    fn name(&self) -> &'static str {
        "timeline"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let note = match scene.ui.event {
            Some(seq) => scene.fill("timeline.at", &[&seq]),
            None => String::new(),
        };
        (scene.say("timeline.title").to_owned(), note)
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let conns = scene.ui.in_view(scene.session);
        let list = scene.ui.rows.list(&conns);
        if list.count() == 0 {
            Pen::new(buf, area, 0, scene.look())
                .skip(1)
                .put(scene.say("timeline.empty"), Role::Muted);
            return;
        }
        let lanes = lanes(scene, area);
        let area = render_head(scene, area, buf);
        let rows = visible(scene, area);
        let Some(first) = rows.first() else { return };
        let before = list
            .rank(first.row.seq)
            .checked_sub(1)
            .and_then(|before| list.window(before, 1).first().copied());
        let mut earlier = before
            .and_then(|row| scene.session.event(row.event()))
            .map(|event| event.at);
        let current = scene.ui.event.or_else(|| {
            list.window(list.count() - 1, 1)
                .first()
                .map(|row| row.event())
        });
        let mut line = 0;
        for shown in &rows {
            let place = Rect {
                y: area.y + line,
                height: shown.height().min(area.height - line),
                ..area
            };
            shown.render(scene, lanes, earlier, place, buf);
            if !shown.row.is_ghost() {
                earlier = Some(shown.event.at);
            }
            let is_current = Some(shown.row.event()) == current && scene.is_focused(TIMELINE);
            for row in 0..place.height {
                let mut pen = Pen::new(buf, place, row, scene.look());
                if is_current {
                    pen.over(1, area.width, Role::Selected);
                } else if row == 0 && touches(scene, &shown.row, &shown.event) {
                    pen.over(1, lanes.number + 1, Role::Linked);
                }
            }
            line += place.height;
        }
    }

    fn rows(&self, ui: &Ui, session: &Session, _area: Rect) -> u64 {
        ui.rows.list(&ui.in_view(session)).count()
    }

    fn row(&self, ui: &Ui, session: &Session, _area: Rect) -> u64 {
        let conns = ui.in_view(session);
        let list = ui.rows.list(&conns);
        ui.event.map_or(list.count().saturating_sub(1), |seq| {
            list.rank_of(seq).min(list.count().saturating_sub(1))
        })
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        if motion == Motion::Last {
            ui.follow = true;
            ui.observe(session);
            return;
        }
        let to = motion.step(
            self.row(ui, session, area),
            self.rows(ui, session, area),
            area.height,
        );
        choose(ui, session, to);
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let scene = Scene {
            session,
            ui,
            now: session.now(),
        };
        let area = below_head(scene, area);
        let Some(mut rest) = at.y.checked_sub(area.y) else {
            return;
        };
        let pressed = visible(scene, area).into_iter().find(|shown| {
            let is_here = rest < shown.height();
            rest = rest.saturating_sub(shown.height());
            is_here
        });
        if let Some(shown) = pressed {
            ui.stop_following(session);
            ui.select_event(shown.row.event(), session);
        }
    }
}

/// Draws the names of the lanes, where there are rows for them; what is left for the rows.
fn render_head(scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Rect {
    let below = below_head(scene, area);
    let lanes = lanes(scene, area);
    if let Some((wire, _)) = lanes.wire.filter(|_| below != area) {
        let name = |conn: Option<ConnId>| {
            let conn = conn.and_then(|conn| scene.session.conn(conn));
            conn.map_or(String::new(), |conn| {
                format!("{}{} {}", conn.role.glyph(), conn.name, conn.role.word())
            })
        };
        let twin = scene.ui.subject.and_then(|conn| scene.session.twin(conn));
        let mut pen = Pen::new(buf, area, 0, scene.look());
        pen.to(lanes.number - 1).put("#", Role::Muted);
        pen.to(lanes.first).put(name(scene.ui.subject), Role::Ours);
        pen.to(wire + 1)
            .put(scene.say("timeline.wire"), Role::Inferred);
        pen.to(lanes.second).put(name(twin), Role::Theirs);
        pen.to(lanes.words)
            .put(scene.say("timeline.meaning"), Role::Muted);
    }
    below
}

fn lanes(scene: Scene<'_>, area: Rect) -> Lanes {
    let is_pair = scene.ui.in_view(scene.session).len() > 1;
    let subject = scene.ui.subject;
    // Between the two sides of a tap there is no wire.
    let is_tapped = subject.is_some_and(|subject| scene.session.is_tapped(subject));
    let events = scene.session.event_count();
    Lanes::new(area.width, is_pair, !is_tapped, events)
}

/// What the names of the lanes leave of an area.
fn below_head(scene: Scene<'_>, area: Rect) -> Rect {
    let rows = lanes(scene, area).head_rows(area.height);
    Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    }
}

/// The rows that an area shows. Long words take further lines, so fewer rows may fit: then those before the cursor, or
/// before the newest, go first.
fn visible(scene: Scene<'_>, area: Rect) -> Vec<Shown> {
    let conns = scene.ui.in_view(scene.session);
    let list = scene.ui.rows.list(&conns);
    let lanes = lanes(scene, area);
    let first = scene.top(TIMELINE, area);
    // One more, since the names of the lanes may have taken a row: then the first of these goes.
    let window = list.window(first, usize::from(area.height) + 1);
    let mut rows: Vec<Shown> = window
        .into_iter()
        .filter_map(|row| Shown::new(scene, row, lanes))
        .collect();
    let cursor = scene.ui.event.or(rows
        .last()
        .map(|last| last.row.event())
        .filter(|_| scene.ui.follow));
    let upto = rows
        .iter()
        .position(|shown| Some(shown.row.event()) == cursor)
        .map_or(0, |at| at + 1);
    let mut surplus: u16 = rows.iter().take(upto).map(Shown::height).sum();
    let mut hidden = 0;
    while surplus > area.height && hidden + 1 < upto {
        surplus -= rows.get(hidden).map_or(0, Shown::height);
        hidden += 1;
    }
    rows.drain(..hidden);
    let mut used = 0;
    rows.retain(|shown| {
        let is_seen = used < area.height;
        used += shown.height();
        is_seen
    });
    rows
}

fn choose(ui: &mut Ui, session: &Session, row: u64) {
    let conns = ui.in_view(session);
    let seq = ui
        .rows
        .list(&conns)
        .window(row, 1)
        .first()
        .map(|row| row.event());
    if let Some(seq) = seq {
        ui.stop_following(session);
        ui.select_event(seq, session);
    }
}

/// Whether the row moved any of the bytes that are selected.
fn touches(scene: Scene<'_>, row: &Row, event: &Event) -> bool {
    let end = row.end.and_then(|seq| scene.session.event(seq));
    let event = end.as_ref().unwrap_or(event);
    let What::Call(call) = &event.what else {
        return false;
    };
    let (Some(conn), Some(moved)) = (event.conn, &call.moved) else {
        return false;
    };
    let dir: Dir = if Some(conn) == scene.ui.subject {
        moved.dir
    } else {
        moved.dir.other()
    };
    let range = scene.ui.range(scene.session);
    dir == scene.ui.dir && moved.range.start < range.end && range.start < moved.range.end
}
