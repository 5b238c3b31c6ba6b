//! The bytes of a direction in hex and text, with the ends of messages, reads and the stream drawn into the
//! gaps between them. It writes cells itself and looks only at the bytes in view.

mod place;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{Pen, size, wrap};
use super::motion::Motion;
use super::pane::{BYTES, Pane, Scene};
use super::theme::Role;
use crate::event::{Dir, Role as Kind};
use crate::framing::Status;
use crate::hexdump::{self, Width};
use crate::session::{Ending, Session};
use place::Place;

/// The pane.
#[derive(Debug)]
pub(super) struct Bytes;

/// What the gaps of a part of a stream tell.
#[derive(Debug, Default)]
struct Gaps {
    messages: Vec<u64>,
    calls: Vec<u64>,
    /// Where the stream stands now, and whether it ended there.
    end: u64,
    ended: Option<Ending>,
    /// Behind the last byte that the unfinished message still waits for.
    awaited: u64,
}

impl Pane for Bytes {
    fn name(&self) -> &'static str {
        "bytes"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let lane = scene
            .stream()
            .and_then(|(conn, dir)| scene.session.lane(conn, dir));
        let note = lane.map_or(String::new(), |lane| {
            let ended = match lane.ending() {
                Some(Ending::End) => " · ended",
                Some(Ending::Broken) => " · broken",
                Some(Ending::Closed) => " · closed",
                None => "",
            };
            format!(
                "{}{ended} · frame {}",
                size(lane.len()),
                lane.rule().words()
            )
        });
        (format!("bytes {}", scene.direction()), note)
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let Some((conn, dir)) = scene.stream() else {
            return;
        };
        let len = scene.ui.len(scene.session);
        let gaps = gaps(scene, area, len);
        if len == 0 && gaps.awaited == 0 {
            let lines = wrap(&empty(scene), usize::from(area.width).saturating_sub(2), 3);
            for (row, line) in (0..area.height).zip(lines) {
                Pen::new(buf, area, row, scene.look())
                    .skip(1)
                    .put(line, Role::Muted);
            }
            return;
        }
        let width = width(area, len);
        let place = Place::new(area, width, len);
        let step = width.bytes() as u64;
        let first = scene.top(BYTES, area) * step;
        let shown = first..(first + step * u64::from(area.height)).min(len);
        let (bytes, whole) = scene.session.bytes(conn, dir, shown.clone());
        for row in 0..area.height {
            let offset = first + step * u64::from(row);
            if offset >= len.max(gaps.awaited) && offset > 0 {
                break;
            }
            let from = usize::try_from(offset - first).unwrap_or(usize::MAX);
            let part = bytes.get(from..).unwrap_or_default();
            let part = part.get(..width.bytes()).unwrap_or(part);
            let line = Line {
                offset,
                part,
                place,
                width: width.bytes(),
            };
            line.render(scene, &gaps, area, row, buf);
        }
        if !whole && area.height > 0 {
            Pen::new(buf, area, area.height - 1, scene.look())
                .put(" some of these bytes are missing ", Role::Error);
        }
    }

    fn rows(&self, ui: &Ui, session: &Session, area: Rect) -> u64 {
        let len = ui.len(session);
        let awaited = tail_end(ui, session).min(len + 4 * width(area, len).bytes() as u64);
        len.max(awaited).div_ceil(width(area, len).bytes() as u64)
    }

    fn row(&self, ui: &Ui, session: &Session, area: Rect) -> u64 {
        ui.cursor / width(area, ui.len(session)).bytes() as u64
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        go(ui, session, motion, area);
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let len = ui.len(session);
        let width = width(area, len);
        let rows = self.rows(ui, session, area);
        let row = ui.top(BYTES, rows, area.height) + u64::from(at.y.saturating_sub(area.y));
        let place = Place::new(area, width, len);
        let column = usize::from(at.x.saturating_sub(area.x)).saturating_sub(place.margin);
        let cell = place.geometry.cell_at(column);
        if let Some(offset) = cell
            .map(|cell| row * width.bytes() as u64 + cell as u64)
            .filter(|offset| *offset < len)
        {
            ui.stop_following(session);
            ui.select(offset..offset + 1, BYTES, session);
        }
    }
}

/// Moves the cursor by bytes and rows of bytes; what the inspector does, too.
pub(super) fn go(ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
    let len = ui.len(session);
    let step = width(area, len).bytes() as u64;
    let page = u64::from(area.height.max(1)) * step;
    let row = ui.cursor - ui.cursor % step;
    let to = match motion {
        Motion::Last => {
            ui.follow = true;
            ui.observe(session);
            return;
        }
        Motion::Previous | Motion::Next => {
            ui.stop_following(session);
            let entry = ui.entry;
            ui.select_entry(
                if motion == Motion::Next {
                    entry + 1
                } else {
                    entry.saturating_sub(1)
                },
                session,
            );
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
        .focus
        .and_then(|conn| session.lane(conn, ui.dir))
        .and_then(crate::session::Lane::tail);
    tail.map_or(0, |tail| match tail.status {
        Status::Partial { need: Some(need) } => tail.range.end.saturating_add(need),
        _ => 0,
    })
}

fn gaps(scene: Scene<'_>, area: Rect, len: u64) -> Gaps {
    let Some((conn, dir)) = scene.stream() else {
        return Gaps::default();
    };
    let (session, ui) = (scene.session, scene.ui);
    let step = width(area, len).bytes() as u64;
    let first = scene.top(BYTES, area) * step;
    let last = (first + step * u64::from(area.height)).min(len);
    let mut messages = Vec::new();
    if last > first {
        let entry = session.entry_at(conn, dir, first).unwrap_or(0);
        // At most every byte in view is a message of its own.
        let count = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        let entries = session.entries(conn, dir, entry, count);
        let whole = entries
            .iter()
            .filter(|entry| !matches!(entry.message.status, Status::Partial { .. }));
        messages.extend(whole.map(|entry| entry.message.range.end));
    }
    let awaited = tail_end(ui, session);
    messages.extend(Some(awaited).filter(|end| *end > 0));
    Gaps {
        messages,
        calls: session.boundaries(conn, dir, first..last),
        end: len,
        ended: session
            .lane(conn, dir)
            .and_then(crate::session::Lane::ending),
        awaited: awaited.min(len + 4 * step),
    }
}

impl Gaps {
    /// What stands behind the byte before `offset`, and whether it was observed.
    fn at(&self, offset: u64) -> Option<char> {
        if offset == self.end && self.end > 0 {
            return Some(if self.ended == Some(Ending::End) {
                '▐'
            } else {
                '┊'
            });
        }
        if self.messages.binary_search(&offset).is_ok() {
            return Some('▏');
        }
        self.calls.binary_search(&offset).is_ok().then_some('·')
    }
}

/// A row of bytes.
struct Line<'a> {
    offset: u64,
    part: &'a [u8],
    place: Place,
    width: usize,
}

impl Line<'_> {
    fn render(&self, scene: Scene<'_>, gaps: &Gaps, area: Rect, row: u16, buf: &mut Buffer) {
        let Place { geometry, margin } = self.place;
        let column = |at: usize| u16::try_from(at + margin).unwrap_or(u16::MAX);
        let mut pen = Pen::new(buf, area, row, scene.look());
        pen.to(column(0))
            .put(self.place.offset(self.offset), Role::Muted);
        for at in 0..self.width {
            let offset = self.offset + at as u64;
            pen.to(column(geometry.hex_column(at)));
            match self.part.get(at) {
                Some(byte) => {
                    pen.put(hexdump::hex(*byte), Role::Text);
                }
                None if offset < gaps.awaited => {
                    pen.put("··", Role::Inferred);
                }
                None => break,
            }
            if let Some(gap) = gaps.at(offset + 1) {
                pen.fmt(
                    gap,
                    if offset < gaps.end {
                        Role::Strong
                    } else {
                        Role::Inferred
                    },
                );
            }
            if let Some(byte) = self.part.get(at) {
                pen.to(column(geometry.text_column(at)))
                    .fmt(hexdump::glyph(*byte), Role::Text);
            }
        }
        self.mark(scene, &mut pen);
    }

    /// Lays the selection over the row.
    fn mark(&self, scene: Scene<'_>, pen: &mut Pen<'_>) {
        let range = scene.ui.range(scene.session);
        let role = scene.selected(BYTES);
        let Range { start, end } = range;
        let from = usize::try_from(start.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let to = usize::try_from(end.saturating_sub(self.offset))
            .unwrap_or(usize::MAX)
            .min(self.part.len());
        if start >= self.offset + self.part.len() as u64 || from >= to {
            return;
        }
        let Place { geometry, margin } = self.place;
        let column = |at: usize| u16::try_from(at + margin).unwrap_or(u16::MAX);
        pen.over(
            column(geometry.hex_column(from)),
            column(geometry.hex_column(to - 1) + 2),
            role,
        );
        pen.over(
            column(geometry.text_column(from)),
            column(geometry.text_column(to)),
            role,
        );
    }
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
    match (conn.role, dir) {
        (Kind::Listener, _) => "no byte goes through a listener: it makes connections".to_owned(),
        _ if ended == Some(Ending::End) => "this direction ended without a byte".to_owned(),
        _ if !conn.is_open() => "closed, and no byte went this way".to_owned(),
        (_, Dir::Out) => "nothing sent yet: s composes; \\ shows what was received".to_owned(),
        (_, Dir::In) if conn.auto => {
            "nothing received yet: it is read as it comes; \\ shows what was sent".to_owned()
        }
        (_, Dir::In) => "nothing received yet: r calls recv; \\ shows what was sent".to_owned(),
    }
}
