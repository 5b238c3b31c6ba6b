//! The calls of the focused socket and of its other end, one row each: when, who, what, with what result, which
//! bytes, what it means. A call that waits is a row that grows. It reads the events in view and no others.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{Pen, clip};
use super::meaning;
use super::motion::Motion;
use super::pane::{Pane, Scene, TIMELINE};
use super::rows::Row;
use super::theme::Role;
use crate::escape;
use crate::event::{Call, ConnId, Dir, Event, Moved, Outcome, What};
use crate::session::Session;

/// Areas from this width on show the two ends in lanes of their own.
const LANES_COLUMNS: u16 = 110;

/// The pane.
#[derive(Debug)]
pub(super) struct Timeline;

impl Pane for Timeline {
    fn name(&self) -> &'static str {
        "timeline"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let note = match scene.ui.event {
            Some(seq) => format!("◀ at #{seq} · G follows again"),
            None => String::new(),
        };
        ("timeline".to_owned(), note)
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let conns = scene.ui.in_view(scene.session);
        let list = scene.ui.rows.list(&conns);
        if list.count() == 0 {
            let text = "no calls yet: each one that is made gets a row here";
            Pen::new(buf, area, 0, scene.look())
                .skip(1)
                .put(text, Role::Muted);
            return;
        }
        let first = scene.top(TIMELINE, area);
        let shown = list.window(first, usize::from(area.height));
        let before = first
            .checked_sub(1)
            .and_then(|before| list.window(before, 1).first().copied());
        let mut earlier = before
            .and_then(|row| scene.session.event(row.seq))
            .map(|event| event.at);
        let current = scene
            .ui
            .event
            .or_else(|| list.window(list.count() - 1, 1).first().map(|row| row.seq));
        for (line, row) in (0..area.height).zip(shown) {
            let Some(event) = scene.session.event(row.seq) else {
                continue;
            };
            let place = Place {
                area,
                line,
                lanes: area.width >= LANES_COLUMNS && conns.len() > 1,
            };
            render_row(scene, &row, &event, earlier, place, buf);
            earlier = Some(event.at);
            let mut pen = Pen::new(buf, area, line, scene.look());
            if Some(row.seq) == current && scene.is_focused(TIMELINE) {
                pen.over(1, area.width, Role::Selected);
            } else if touches(scene, &row, &event) {
                pen.over(1, 6, Role::Linked);
            }
        }
    }

    fn rows(&self, ui: &Ui, session: &Session, _area: Rect) -> u64 {
        ui.rows.list(&ui.in_view(session)).count()
    }

    fn row(&self, ui: &Ui, session: &Session, _area: Rect) -> u64 {
        let conns = ui.in_view(session);
        let list = ui.rows.list(&conns);
        ui.event.map_or(list.count().saturating_sub(1), |seq| {
            list.rank(seq).min(list.count().saturating_sub(1))
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
        let rows = self.rows(ui, session, area);
        let row = ui.top(TIMELINE, rows, area.height) + u64::from(at.y.saturating_sub(area.y));
        if row < rows {
            choose(ui, session, row);
        }
    }
}

fn choose(ui: &mut Ui, session: &Session, row: u64) {
    let conns = ui.in_view(session);
    let seq = ui
        .rows
        .list(&conns)
        .window(row, 1)
        .first()
        .map(|row| row.seq);
    if let Some(seq) = seq {
        ui.stop_following(session);
        ui.select_event(seq, session);
    }
}

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    area: Rect,
    line: u16,
    lanes: bool,
}

fn render_row(
    scene: Scene<'_>,
    row: &Row,
    event: &Event,
    last: Option<Duration>,
    place: Place,
    buf: &mut Buffer,
) {
    let Place { area, line, lanes } = place;
    let mut pen = Pen::new(buf, area, line, scene.look());
    pen.fmt(format_args!("{:>5} ", row.seq), Role::Muted)
        .put(format!("{:>7} ", delta(event.at, last)), Role::Muted);
    let end = row.end.and_then(|seq| scene.session.event(seq));
    let (who, role) = who(scene, event.conn);
    let What::Call(call) = &event.what else {
        pen.put(format!("{who} "), role).put(
            escape::clean(&meaning::of_note(event, scene.session)),
            Role::Text,
        );
        return;
    };
    let ended = end.as_ref().and_then(|event| match &event.what {
        What::Call(call) => Some(call),
        _ => None,
    });
    let told = ended.unwrap_or(call);
    let is_second = lanes && event.conn != scene.ui.focus;
    let lane = if lanes {
        area.width.saturating_sub(14) * 3 / 10
    } else {
        0
    };
    if is_second {
        pen.put("·", Role::Muted).to(14 + lane);
    }
    let start = pen.column();
    let call_columns = usize::from(if lanes {
        lane.saturating_sub(1)
    } else {
        30.min(area.width.saturating_sub(16))
    });
    let result = result(scene, call, ended, event.at);
    let made = escape::clean(&call.call.to_string()).into_owned();
    let kept = call_columns.saturating_sub(escape::width(&result) + 1 + escape::width(&who) + 1);
    pen.put(format!("{who} "), role)
        .put(format!("{:<10} ", clip(&made, kept.max(8))), Role::Text);
    let strong = told.outcome.errno().is_some() || matches!(told.outcome, Outcome::Blocked);
    pen.put(result, if strong { Role::Strong } else { Role::Text });
    let mut column = if lanes {
        14 + 2 * lane
    } else {
        start + u16::try_from(call_columns).unwrap_or(0) + 1
    };
    column = column.max(pen.column() + 1);
    pen.to(column);
    if let Some(range) = told.moved.as_ref().and_then(range) {
        pen.put(format!("{range:<11} "), Role::Muted);
    }
    pen.put(
        escape::clean(&meaning::of_call(event, told, scene.session)),
        Role::Muted,
    );
}

/// `bytes 0–11`, `byte 7`; nothing where none moved.
fn range(moved: &Moved) -> Option<String> {
    let range = &moved.range;
    match range.end.checked_sub(range.start)? {
        0 => None,
        1 => Some(format!("byte {}", range.start)),
        _ => Some(format!("bytes {}–{}", range.start, range.end - 1)),
    }
}

/// ` = 12`, ` ECONNREFUSED`, ` blocked 3.2 s`; of a wait that ended both, the result first.
fn result(scene: Scene<'_>, call: &Call, ended: Option<&Call>, began: Duration) -> String {
    let waited = |time: Duration| {
        if time < Duration::from_millis(1) {
            String::new()
        } else {
            format!(" after {}", seconds(time))
        }
    };
    match ended {
        None if call.outcome == Outcome::Blocked => {
            let so_far = scene.now.saturating_sub(began);
            format!("blocked {}", seconds(so_far))
        }
        None => outcome(call, scene.session),
        Some(end) => format!(
            "{}{}",
            outcome(end, scene.session),
            end.blocked.map_or(String::new(), waited)
        ),
    }
}

fn outcome(call: &Call, session: &Session) -> String {
    match &call.outcome {
        Outcome::Returned(number) => format!("= {number}"),
        Outcome::Received { len, .. } => format!("= {len}"),
        Outcome::Accepted { conn, .. } => format!("= {}", session.name(*conn)),
        Outcome::Value(value) => format!("= {}", escape::clean(value)),
        Outcome::Names(names) => format!(
            "= {}",
            names
                .first()
                .map_or_else(|| "none".to_owned(), ToString::to_string)
        ),
        Outcome::Failed(errno) => errno.name().to_owned(),
        Outcome::Unresolved(_) => "not found".to_owned(),
        Outcome::Blocked => "blocked".to_owned(),
        Outcome::Cancelled(_) => "cancelled".to_owned(),
    }
}

/// `▸A` or `◂B`, and in which role: ours is the focused socket.
fn who(scene: Scene<'_>, conn: Option<ConnId>) -> (String, Role) {
    let Some(conn) = conn.and_then(|conn| scene.session.conn(conn)) else {
        return ("–".to_owned(), Role::Muted);
    };
    let role = if Some(conn.id) == scene.ui.focus {
        Role::Ours
    } else {
        Role::Theirs
    };
    (format!("{}{}", conn.role.glyph(), conn.name), role)
}

/// The time since the row before; of the first row since the session began.
fn delta(at: Duration, last: Option<Duration>) -> String {
    match last {
        None => format!("{:.3}", at.as_secs_f64()),
        Some(last) => format!("+{:.3}", at.saturating_sub(last).as_secs_f64()),
    }
}

/// A wait in tenths of a second while it is short: a screen at rest is not redrawn.
fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
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
    let dir: Dir = if Some(conn) == scene.ui.focus {
        moved.dir
    } else {
        moved.dir.other()
    };
    let range = scene.ui.range(scene.session);
    dir == scene.ui.dir && moved.range.start < range.end && range.start < moved.range.end
}
