//! One axis of bytes under several rulers, one a layer: what each `send` took, what is still on its way, what each
//! `recv` returned, what the framing made of it. Each layer cuts somewhere else. Only bytes in view are looked at.

mod axis;
mod layers;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::bytes;
use super::ink::Pen;
use super::motion::Motion;
use super::pane::{Pane, SEAMS, Scene};
use super::theme::Role;
use crate::event::{ConnId, Dir};
use crate::hexdump;
use crate::session::{Lane, Session};
use axis::Axis;
use layers::Layer;

/// Rows of one direction: calls of the sender, the wire, calls of the receiver, messages, bytes.
const ROWS: u16 = 5;

/// The pane.
#[derive(Debug)]
pub(super) struct Seams;

impl Pane for Seams {
    fn name(&self) -> &'static str {
        "seams"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let title = scene.fill("seams.title", &[&scene.direction()]);
        (title, scene.say("seams.note").to_owned())
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let Some((conn, dir)) = scene.stream() else {
            return;
        };
        let other = dir.other();
        let len = |dir| scene.session.lane(conn, dir).map_or(0, Lane::len);
        if len(dir) == 0 && len(other) == 0 {
            Pen::new(buf, area, 0, scene.look())
                .skip(1)
                .put(scene.say("seams.empty"), Role::Muted);
            return;
        }
        render_one(scene, (conn, dir), scene.ui.cursor, area, buf);
        if area.height > 2 * ROWS {
            let below = Rect {
                y: area.y + ROWS + 1,
                height: ROWS,
                ..area
            };
            render_one(
                scene,
                (conn, other),
                len(other).saturating_sub(1),
                below,
                buf,
            );
        }
    }

    fn rows(&self, _ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        1
    }

    fn row(&self, _ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        0
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        // From one cut to the next is what one wants here; bytes move as everywhere.
        let motion = match motion {
            Motion::Up => Motion::Previous,
            Motion::Down => Motion::Next,
            other => other,
        };
        bytes::go(ui, session, motion, area);
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let Some(byte) = offset_at(ui, session, at, area) else {
            return;
        };
        ui.stop_following(session);
        ui.select(byte..byte + 1, SEAMS, session);
        if let (3, Some(conn)) = (at.y.saturating_sub(area.y), ui.subject)
            && let Some(entry) = session.entry_at(conn, ui.dir, byte)
        {
            ui.select_entry(entry, session);
        }
    }
}

/// The byte that stands at a place of the screen; `area` is where the pane stands.
pub(super) fn offset_at(ui: &Ui, session: &Session, at: Position, area: Rect) -> Option<u64> {
    let axis = Axis::new(area.width, ui.cursor);
    let byte = axis.byte(at.x.checked_sub(area.x)?)?;
    (byte < ui.len(session)).then_some(byte)
}

/// Draws the layers of one direction; `cursor` is the byte that must be in view.
fn render_one(scene: Scene<'_>, stream: (ConnId, Dir), cursor: u64, area: Rect, buf: &mut Buffer) {
    let axis = Axis::new(area.width, cursor);
    let (conn, dir) = stream;
    if scene.session.lane(conn, dir).is_none_or(Lane::is_empty) {
        let mut sent = layers::sent(scene, stream, &axis);
        // What was sent and has not been read is drawn as it stands.
        if sent.spans.is_empty() && sent.behind.is_none() {
            sent.behind = Some((0, scene.say("seams.nothing").to_owned()));
        }
        render_layer(&sent, &axis, scene, (area, 0), buf);
        let received = layers::received(scene, stream, &axis);
        if received.behind.is_some() {
            render_layer(&received, &axis, scene, (area, 1), buf);
        }
        return;
    }
    // A second framing takes the place of what is only inferred.
    let beside = layers::beside(scene, stream, &axis);
    let sent = layers::sent(scene, stream, &axis);
    let received = layers::received(scene, stream, &axis);
    let messages = layers::messages(scene, stream, &axis);
    // A tap receives first and sends on then.
    let is_tapped = scene.session.is_tapped(conn);
    let (first, second) = if is_tapped {
        (received, sent)
    } else {
        (sent, received)
    };
    let wire = || layers::wire(scene, stream, &axis);
    let layers = match beside {
        Some(beside) => [first, second, messages, beside],
        None if is_tapped => [first, second, wire(), messages],
        None => [first, wire(), second, messages],
    };
    for (row, layer) in (0..area.height).zip(&layers) {
        render_layer(layer, &axis, scene, (area, row), buf);
    }
    if area.height >= ROWS {
        render_bytes(scene, stream, &axis, area, buf);
    }
}

fn render_layer(
    layer: &Layer,
    axis: &Axis,
    scene: Scene<'_>,
    (area, row): (Rect, u16),
    buf: &mut Buffer,
) {
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1).put(layer.name, Role::Muted);
    if let Some((who, role)) = &layer.who {
        pen.to(6).put(who, *role);
    }
    for span in &layer.spans {
        axis.draw(span, &mut pen);
    }
    if let Some((at, text)) = &layer.behind {
        let column = axis.column(*at);
        let role = if layer.spans.is_empty() {
            Role::Inferred
        } else {
            Role::Muted
        };
        if *at <= axis.range.end && area.width > column {
            pen.to(column).put(text, role);
        }
    }
}

/// The bytes themselves, with the selection between brackets.
fn render_bytes(
    scene: Scene<'_>,
    (conn, dir): (ConnId, Dir),
    axis: &Axis,
    area: Rect,
    buf: &mut Buffer,
) {
    let lane = scene.session.lane(conn, dir);
    let len = lane.map_or(0, Lane::len);
    let shown = axis.range.start..axis.range.end.min(len);
    let (bytes, _) = scene.session.bytes(conn, dir, shown.clone());
    let awaited = layers::awaited(scene, (conn, dir));
    let mut pen = Pen::new(buf, area, ROWS - 1, scene.look());
    pen.skip(1).put("bytes", Role::Muted);
    for offset in axis.range.clone() {
        let at = usize::try_from(offset - axis.range.start).unwrap_or(usize::MAX);
        pen.to(axis.column(offset));
        match bytes.get(at) {
            Some(byte) => pen.put(hexdump::hex(*byte), Role::Text),
            None if offset >= len && offset < awaited => pen.put("··", Role::Inferred),
            None => break,
        };
    }
    if scene.ui.dir != dir {
        return;
    }
    let range = scene.ui.range(scene.session);
    let (from, to) = (range.start.max(shown.start), range.end.min(shown.end));
    if from >= to {
        return;
    }
    let columns = (axis.column(from), axis.column(to - 1) + 2);
    pen.over(columns.0, columns.1, scene.selected(SEAMS));
    if range.start >= shown.start {
        pen.to(columns.0 - 1).put("[", Role::Strong);
    }
    if range.end <= shown.end {
        pen.to(columns.1).put("]", Role::Strong);
    }
}
