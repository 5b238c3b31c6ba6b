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

/// The row of the bytes themselves.
const BYTES: &str = "bytes";

/// The most columns of a value and a blank.
const VALUE_COLUMNS: u16 = 50;

/// Columns of a mark, a name and a blank.
const NAME_COLUMNS: u16 = 11;

/// The pinned selection, unless it is the one that is looked at.
pub(super) fn beside(scene: Scene<'_>) -> Option<&Selection> {
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
    let half = half.min(VALUE_COLUMNS);
    let (left, right) = (NAME_COLUMNS, NAME_COLUMNS + half);
    let verdict = verdict(scene, pin, &here, &there);
    let whole = usize::from(area.width).saturating_sub(2);
    Pen::new(buf, area, 0, look)
        .skip(1)
        .put(clip(&verdict, whole), Role::Strong);
    let mut pen = Pen::new(buf, area, 1, look);
    pen.skip(1)
        .put(table::order(scene, is_big(scene)), Role::Muted);
    let behind = pen.column() + 2;
    pen.to(left.max(behind))
        .put(scene.say("inspector.here"), Role::Muted)
        .to(right)
        .put(scene.say("inspector.there"), Role::Muted);
    let fits = fitting(readings, selected(scene)).map(|reading| reading.name);
    let rows = rows(scene, readings, (&here, &there), usize::from(half));
    let is_low = area.height < super::TABLE_ROWS;
    let top = scene.ui.tops.get(INSPECTOR).copied().unwrap_or(0);
    let skipped = usize::try_from(top).unwrap_or(0);
    // A low area has room for the bytes and the reading that fits.
    let shown = rows
        .into_iter()
        .filter(|row| !is_low || row.name == BYTES || Some(row.name) == fits)
        .skip(if is_low { 0 } else { skipped });
    for (y, row) in (2..area.height).zip(shown) {
        let (mark, theirs) = match row.is_same {
            Some(true) => ("=", Role::Muted),
            Some(false) => ("≠", Role::Text),
            None => (" ", Role::Muted),
        };
        let is_fitting = Some(row.name) == fits;
        let role = if is_fitting { Role::Strong } else { Role::Text };
        Pen::new(buf, area, y, look)
            .put(mark, Role::Muted)
            .put(row.name, role)
            .to(left)
            .put(row.here, role)
            .to(right)
            .put(row.there, if is_fitting { role } else { theirs });
    }
}

/// A reading of both.
struct Row {
    name: &'static str,
    here: String,
    there: String,
    /// Whether they are the same, as far as both are there.
    is_same: Option<bool>,
}

/// The bytes of both, then each of their readings in the order that comes first; `room` columns for each.
fn rows(
    scene: Scene<'_>,
    readings: &[Reading],
    (here, there): (&[u8], &[u8]),
    room: usize,
) -> Vec<Row> {
    let room = room.saturating_sub(1);
    let window = there.get(..WINDOW_MAX_BYTES).unwrap_or(there);
    let pinned = inspect::readings(window, ByteOrder::HOST, scene.ui.locale());
    let value = |reading: &Reading| match (reading.missing, is_big(scene)) {
        (0, true) => clip(&reading.network, room),
        (0, false) => clip(&reading.little, room),
        _ => "–".to_owned(),
    };
    let of_bytes = Row {
        name: BYTES,
        here: hex_fitting(here, room),
        there: hex_fitting(there, room),
        is_same: Some(here == there),
    };
    let is_whole = |reading: &Reading| reading.missing == 0;
    let of_readings = readings.iter().zip(&pinned).map(|(here, there)| Row {
        name: here.name,
        here: value(here),
        there: value(there),
        is_same: (is_whole(here) && is_whole(there)).then_some(here.network == there.network),
    });
    std::iter::once(of_bytes).chain(of_readings).collect()
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
