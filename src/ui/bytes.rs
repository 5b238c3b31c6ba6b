//! The bytes of a direction in hex and text, with the ends of messages, reads and the stream drawn into the
//! gaps between them. It writes cells itself and looks only at the bytes in view.

mod gaps;
mod line;
mod place;
mod tint;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{Pen, size, wrap};
use super::motion::Motion;
use super::pane::{BYTES, Pane, Scene};
use super::selection::span;
use super::theme::Role;
use crate::event::{Dir, Role as Kind};
use crate::framing::Status;
use crate::hexdump::Width;
use crate::session::{Ending, Session};
use gaps::Gaps;
use line::Sheet;
use place::Place;
pub(super) use tint::Tint;

/// The most rows of bytes that are awaited behind those that have come; in a small pane a third of it.
const AWAITED_ROWS_MAX: u16 = 4;

/// The pane.
#[derive(Debug)]
pub(super) struct Bytes;

impl Pane for Bytes {
    fn name(&self) -> &'static str {
        "bytes"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let mut title = scene.fill("bytes.title", &[&scene.direction()]);
        for part in [
            scene.ui.sight.tint.title(scene),
            growing(scene),
            pinned(scene),
            changed(scene),
        ] {
            if !part.is_empty() {
                title.push_str(" · ");
                title.push_str(&part);
            }
        }
        let lane = scene
            .stream()
            .and_then(|(conn, dir)| scene.session.lane(conn, dir));
        let note = lane.map_or(String::new(), |lane| {
            let ended = match lane.ending() {
                Some(Ending::End) => scene.say("bytes.ended"),
                Some(Ending::Broken) => scene.say("bytes.broken"),
                Some(Ending::Closed) => scene.say("bytes.closed"),
                None => "",
            };
            let separator = if ended.is_empty() { "" } else { " · " };
            let rule = lane.rule().words();
            format!("{}{separator}{ended} · frame {rule}", size(lane.len()))
        });
        (title, note)
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let Some((conn, dir)) = scene.stream() else {
            return;
        };
        let len = scene.ui.len(scene.session);
        let width = width(area, len);
        let step = width.bytes() as u64;
        let first = scene.top(BYTES, area) * step;
        let shown = first..(first + step * u64::from(area.height)).min(len);
        let gaps = Gaps::new(scene, shown.clone(), step);
        if len == 0 && gaps.awaited == 0 {
            let lines = wrap(&empty(scene), usize::from(area.width).saturating_sub(2), 3);
            for (row, line) in (0..area.height).zip(lines) {
                Pen::new(buf, area, row, scene.look())
                    .skip(1)
                    .put(line, Role::Muted);
            }
            return;
        }
        let (bytes, whole) = scene.session.bytes(conn, dir, shown);
        let sheet = Sheet::new(scene, gaps, Place::new(area, width, len), width);
        for row in 0..area.height {
            let offset = first + step * u64::from(row);
            if offset >= len.max(sheet.gaps.awaited) && offset > 0 {
                break;
            }
            let from = usize::try_from(offset - first).unwrap_or(usize::MAX);
            let part = bytes.get(from..).unwrap_or_default();
            let part = part.get(..width.bytes()).unwrap_or(part);
            let mut pen = Pen::new(buf, area, row, scene.look());
            sheet.render(offset, part, &mut pen);
        }
        if !whole && area.height > 0 {
            Pen::new(buf, area, area.height - 1, scene.look())
                .put(" ", Role::Error)
                .put(scene.say("bytes.missing"), Role::Error)
                .put(" ", Role::Error);
        }
    }

    fn rows(&self, ui: &Ui, session: &Session, area: Rect) -> u64 {
        let len = ui.len(session);
        let step = width(area, len).bytes() as u64;
        // What is awaited never takes the place of what has come.
        let rows = u64::from((area.height / 3).min(AWAITED_ROWS_MAX));
        let awaited = tail_end(ui, session).div_ceil(step);
        awaited
            .min(len.div_ceil(step) + rows)
            .max(len.div_ceil(step))
    }

    fn row(&self, ui: &Ui, session: &Session, area: Rect) -> u64 {
        ui.cursor / width(area, ui.len(session)).bytes() as u64
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        go(ui, session, motion, area);
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        if let Some(offset) = offset_at(ui, session, at, area) {
            ui.stop_following(session);
            ui.select(offset..offset + 1, BYTES, session);
        }
    }
}

/// The byte that stands at a place of the screen, in hex or as text; for dragging, `area` is where the pane stands.
pub(super) fn offset_at(ui: &Ui, session: &Session, at: Position, area: Rect) -> Option<u64> {
    let len = ui.len(session);
    let width = width(area, len);
    let rows = Bytes.rows(ui, session, area);
    let row = ui.top(BYTES, rows, area.height) + u64::from(at.y.saturating_sub(area.y));
    let place = Place::new(area, width, len);
    let column = usize::from(at.x.saturating_sub(area.x)).checked_sub(place.margin)?;
    let cell = place.geometry.cell_at(column)?;
    let offset = row * width.bytes() as u64 + cell as u64;
    (offset < len).then_some(offset)
}

/// Moves the cursor by bytes and rows of bytes; what the inspector does, too.
pub(super) fn go(ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
    let len = ui.len(session);
    let step = width(area, len).bytes() as u64;
    let page = u64::from(area.height.max(1)) * step;
    let row = ui.cursor - ui.cursor % step;
    let to = match motion {
        Motion::Last if ui.is_growing() => len.saturating_sub(1),
        Motion::Last => {
            ui.follow = true;
            ui.observe(session);
            return;
        }
        Motion::Previous | Motion::Next => {
            let row = ui.list_row(session);
            ui.stop_following(session);
            let to = if motion == Motion::Next {
                row + 1
            } else {
                row.saturating_sub(1)
            };
            ui.select_row(to, session);
            return;
        }
        Motion::First => 0,
        Motion::Left => ui.cursor.saturating_sub(1),
        Motion::Right => ui.cursor + 1,
        Motion::Up => ui.cursor.checked_sub(step).unwrap_or(ui.cursor),
        Motion::Down if ui.cursor + step < len => ui.cursor + step,
        Motion::Down => ui.cursor,
        Motion::Start => row,
        Motion::End => row + step - 1,
        Motion::HalfUp => ui.cursor.saturating_sub(page / 2 / step * step),
        Motion::HalfDown => ui.cursor + (page / 2 / step * step).max(step),
        Motion::PageUp => ui.cursor.saturating_sub(page),
        Motion::PageDown => ui.cursor + page,
    };
    ui.stop_following(session);
    if len > 0 {
        let to = to.min(len - 1);
        ui.select(to..to + 1, ui.pane, session);
    }
}

/// How many bytes stand in a row; one column is left free on each side.
fn width(area: Rect, len: u64) -> Width {
    Width::fitting(usize::from(area.width).saturating_sub(2), len)
}

/// Behind the last byte that the unfinished message waits for; 0 without one.
fn tail_end(ui: &Ui, session: &Session) -> u64 {
    let tail = ui
        .subject
        .and_then(|conn| session.lane(conn, ui.dir))
        .and_then(crate::session::Lane::tail);
    tail.map_or(0, |tail| match tail.status {
        Status::Partial { need: Some(need) } => tail.range.end.saturating_add(need),
        _ => 0,
    })
}

/// What fills the pane, and which key.
fn empty(scene: Scene<'_>) -> String {
    let Some((id, dir)) = scene.stream() else {
        return String::new();
    };
    let Some(conn) = scene.session.conn(id) else {
        return String::new();
    };
    let ended = scene
        .session
        .lane(id, dir)
        .and_then(crate::session::Lane::ending);
    let key = match (conn.role, dir) {
        (Kind::Tap, _) => "tapped.nobody",
        (Kind::Listener, _) => "bytes.empty-listener",
        _ if ended == Some(Ending::End) => "bytes.empty-ended",
        _ if !conn.is_open() => "bytes.empty-closed",
        (_, Dir::Out) => "bytes.empty-out",
        (_, Dir::In) if conn.auto => "bytes.empty-in",
        (_, Dir::In) => "bytes.empty-in-manual",
    };
    scene.say(key).to_owned()
}

/// How many bytes a growing selection has.
fn growing(scene: Scene<'_>) -> String {
    if !scene.ui.is_growing() {
        return String::new();
    }
    let range = scene.ui.range(scene.session);
    scene.fill("bytes.growing", &[&size(range.end - range.start)])
}

/// That some bytes of the direction went on as something else, or came as something else.
fn changed(scene: Scene<'_>) -> String {
    let is_changed = scene
        .stream()
        .is_some_and(|(conn, dir)| scene.session.is_changed(conn, dir));
    if is_changed {
        scene.say("bytes.changed").to_owned()
    } else {
        String::new()
    }
}

/// Which bytes are pinned, and whose if they are not those in view.
fn pinned(scene: Scene<'_>) -> String {
    let Some(pin) = &scene.ui.sight.pin else {
        return String::new();
    };
    let mut place = span(&pin.range);
    if scene.stream() != Some((pin.conn, pin.dir)) {
        place = format!(
            "{} {} {place}",
            scene.session.name(pin.conn),
            pin.dir.word()
        );
    }
    scene.fill("bytes.pinned", &[&place])
}
