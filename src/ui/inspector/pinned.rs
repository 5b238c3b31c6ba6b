//! The selection beside the one that is pinned: whether they are equal, from which byte on they differ, and the same
//! readings of both. It compares a beginning of them, and says so.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{fitting, hex, is_big, selected, table};
use crate::inspect::{self, ByteOrder, Reading, WINDOW_MAX_BYTES};
use crate::ui::ink::{Pen, clip};
use crate::ui::pane::{INSPECTOR, Scene};
use crate::ui::selection::Selection;
use crate::ui::theme::Role;

/// How many bytes of each are compared for a frame.
const COMPARED_MAX_BYTES: u64 = 64 << 10;

/// Columns of a mark, a name and a blank.
const NAME_COLUMNS: u16 = 11;

/// The pinned selection, unless it is the one that is looked at.
pub(super) fn beside<'a>(scene: Scene<'a>) -> Option<&'a Selection> {
    let pin = scene.ui.sight.pin.as_ref()?;
    let here = (scene.stream()?, scene.ui.range(scene.session));
    (here != ((pin.conn, pin.dir), pin.range.clone())).then_some(pin)
}

/// Draws what both are; `readings` are those of the selection.
pub(super) fn render(
    scene: Scene<'_>,
    pin: &Selection,
    readings: &[Reading],
    area: Rect,
    buf: &mut Buffer,
) {
    let look = scene.look();
    let (here, there) = (bytes_here(scene), bytes_of(scene, pin));
    let half = area.width.saturating_sub(NAME_COLUMNS) / 2;
    let (left, right) = (NAME_COLUMNS, NAME_COLUMNS + half);
    let room = usize::from(half).saturating_sub(1);
    let mut pen = Pen::new(buf, area, 0, look);
    pen.skip(1)
        .put(verdict(scene, pin, &here, &there), Role::Strong);
    let mut pen = Pen::new(buf, area, 1, look);
    pen.skip(1)
        .put(table::order(scene, is_big(scene)), Role::Muted)
        .to(left.max(pen_end(scene) + 2))
        .put(scene.say("inspector.here"), Role::Muted)
        .to(right)
        .put(scene.say("inspector.there"), Role::Muted);
    let window = there.get(..WINDOW_MAX_BYTES).unwrap_or(&there);
    let pinned = inspect::readings(window, ByteOrder::HOST, scene.ui.locale());
    let fits = fitting(readings, selected(scene)).map(|reading| reading.name);
    let value = |reading: &Reading| {
        let text = if is_big(scene) {
            &reading.network
        } else {
            &reading.little
        };
        clip(text, room)
    };
    let of_bytes = (
        "bytes",
        hex_fitting(&here, room),
        hex_fitting(&there, room),
        here == there,
    );
    let rows = readings.iter().zip(&pinned).map(|(here, there)| {
        let is_same = value(here) == value(there);
        (here.name, value(here), value(there), is_same)
    });
    let is_low = area.height < super::TABLE_ROWS;
    let top = scene.ui.tops.get(INSPECTOR).copied().unwrap_or(0);
    let skipped = usize::try_from(top).unwrap_or(0);
    let rows = rows.filter(|row| !is_low || Some(row.0) == fits);
    let rows = rows.skip(if is_low { 0 } else { skipped });
    for (row, (name, here, there, is_same)) in
        (2..area.height).zip(std::iter::once(of_bytes).chain(rows))
    {
        let role = if Some(name) == fits {
            Role::Strong
        } else {
            Role::Text
        };
        Pen::new(buf, area, row, look)
            .put(if is_same { "=" } else { "≠" }, Role::Muted)
            .put(name, role)
            .to(left)
            .put(here, role)
            .to(right)
            .put(there, if is_same { Role::Muted } else { role });
    }
}

/// Behind the name of the order, which stands above the names.
fn pen_end(scene: Scene<'_>) -> u16 {
    let name = table::order(scene, is_big(scene));
    u16::try_from(crate::escape::width(name)).unwrap_or(0)
}

/// Equal, or from which byte on they differ.
fn verdict(scene: Scene<'_>, pin: &Selection, here: &[u8], there: &[u8]) -> String {
    let range = scene.ui.range(scene.session);
    let lens = (range.end - range.start, pin.range.end - pin.range.start);
    let both = here.iter().zip(there);
    if let Some((at, (a, b))) = both.enumerate().find(|(_, (a, b))| a != b) {
        let (a, b) = (hex(&[*a], 1), hex(&[*b], 1));
        return scene.fill("inspector.differ", &[&at, &a, &b]);
    }
    if lens.0.min(lens.1) > COMPARED_MAX_BYTES {
        return scene.fill("inspector.same-begin", &[&COMPARED_MAX_BYTES]);
    }
    match lens {
        (here, there) if here != there => scene.fill("inspector.same-part", &[&here, &there]),
        (len, _) => scene.fill("inspector.same", &[&len]),
    }
}

fn bytes_here(scene: Scene<'_>) -> Vec<u8> {
    let Some((conn, dir)) = scene.stream() else {
        return Vec::new();
    };
    let range = scene.ui.range(scene.session);
    let end = range
        .end
        .min(range.start.saturating_add(COMPARED_MAX_BYTES));
    scene.session.bytes(conn, dir, range.start..end).0
}

fn bytes_of(scene: Scene<'_>, pin: &Selection) -> Vec<u8> {
    let end = pin
        .range
        .end
        .min(pin.range.start.saturating_add(COMPARED_MAX_BYTES));
    let range = pin.range.start..end;
    scene.session.bytes(pin.conn, pin.dir, range).0
}

/// As many bytes in hex as fit, with an ellipsis for the others.
fn hex_fitting(bytes: &[u8], columns: usize) -> String {
    let most = columns.saturating_sub(2) / 3;
    let ellipsis = if bytes.len() > most { " …" } else { "" };
    format!("{}{ellipsis}", hex(bytes, most))
}
