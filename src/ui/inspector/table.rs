//! The inspector's table: every reading in the two orders, side by side where both fit, else one under the other.
//! No number is cut.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{fitting, hex, is_big, place, selected};
use crate::escape;
use crate::inspect::{ByteOrder, Reading};
use crate::ui::ink::{Pen, clip};
use crate::ui::pane::{INSPECTOR, Scene};
use crate::ui::theme::Role;

/// Lines above the readings: where the cursor is, and what the columns are.
pub(super) const HEAD_ROWS: u64 = 2;

/// Areas from this width on have room for the bytes of each reading.
const HEX_FROM_COLUMNS: u16 = 64;

/// Columns of a name and a blank: `unix time`, or in a narrow area the names of numbers.
const NAME_COLUMNS: (u16, u16) = (13, 9);

/// The most columns of a value and a blank: further apart the eye would lose the line.
const VALUE_COLUMNS: u16 = 34;

/// Columns of eight bytes and two blanks.
const HEX_COLUMNS: u16 = 25;

/// Where the columns stand.
#[derive(Clone, Copy, Debug)]
struct Columns {
    hex: Option<u16>,
    left: u16,
    right: u16,
    end: u16,
}

impl Columns {
    fn new(area: Rect) -> Self {
        let is_wide = area.width >= HEX_FROM_COLUMNS;
        let (name, hex) = if is_wide {
            (NAME_COLUMNS.0, HEX_COLUMNS)
        } else {
            (NAME_COLUMNS.1, 0)
        };
        let left = name + hex;
        let end = area.width.min(left + 2 * VALUE_COLUMNS);
        Self {
            hex: is_wide.then_some(name),
            left,
            right: left + end.saturating_sub(left) / 2,
            end,
        }
    }
}

/// A line of the table.
#[derive(Debug)]
struct Line<'a> {
    reading: &'a Reading,
    /// The line has the reading's name and bytes; else it goes on with its other order.
    is_first: bool,
    left: String,
    right: String,
}

/// How many lines the readings take.
pub(super) fn rows(readings: &[Reading], is_big: bool, area: Rect) -> u64 {
    lines(readings, is_big, Columns::new(area)).len() as u64
}

pub(super) fn render(scene: Scene<'_>, readings: &[Reading], area: Rect, buf: &mut Buffer) {
    let look = scene.look();
    let columns = Columns::new(area);
    let top = usize::try_from(scene.ui.tops.get(INSPECTOR).copied().unwrap_or(0)).unwrap_or(0);
    let fits = fitting(readings, selected(scene)).map(|reading| reading.name);
    let room = usize::from(area.width).saturating_sub(2);
    Pen::new(buf, area, 0, look)
        .skip(1)
        .put(clip(&place(scene), room), Role::Text);
    Pen::new(buf, area, 1, look)
        .to(columns.left)
        .put(order(scene, is_big(scene)), Role::Muted)
        .to(columns.right)
        .put(order(scene, !is_big(scene)), Role::Muted);
    let lines = lines(readings, is_big(scene), columns);
    for (row, line) in (2..area.height).zip(lines.iter().skip(top)) {
        let is_fitting = Some(line.reading.name) == fits;
        let role = if is_fitting { Role::Strong } else { Role::Text };
        let mut pen = Pen::new(buf, area, row, look);
        if line.is_first {
            pen.put(if is_fitting { "▸" } else { " " }, Role::Strong)
                .put(line.reading.name, role);
            if let Some(hex_column) = columns.hex {
                pen.to(hex_column)
                    .put(hex(&line.reading.bytes, 8), Role::Muted);
            }
        }
        if !line.left.is_empty() {
            pen.to(columns.left).put(&line.left, role);
        }
        let convert = line.reading.ntoh.filter(|_| is_fitting && is_big(scene));
        if let Some(convert) = convert.filter(|_| line.is_first) {
            let text = format!(" ◀ {convert}");
            let end = if line.right.is_empty() {
                columns.end
            } else {
                columns.right
            };
            if usize::from(end.saturating_sub(pen.column())) > escape::width(&text) {
                pen.put(text, Role::Muted);
            }
        }
        if !line.right.is_empty() {
            let wide = u16::try_from(escape::width(&line.right)).unwrap_or(u16::MAX);
            // One that is wider than its column ends where the table ends.
            let at = columns.right.min(columns.end.saturating_sub(wide + 1));
            pen.to(at).put(&line.right, role);
        }
    }
}

/// The name of an order; the host's own is what a program gets that does not convert.
pub(super) fn order(scene: Scene<'_>, big: bool) -> &str {
    scene.say(match (big, (ByteOrder::HOST == ByteOrder::Big) == big) {
        (true, true) => "inspector.network-and-host",
        (true, false) => "inspector.network",
        (false, true) => "inspector.host",
        (false, false) => "inspector.little",
    })
}

fn lines(readings: &[Reading], is_big: bool, columns: Columns) -> Vec<Line<'_>> {
    let half = usize::from(columns.right - columns.left).saturating_sub(1);
    let whole = usize::from(columns.end - columns.left).saturating_sub(1);
    let mut lines = Vec::new();
    for reading in readings {
        let network = escape::clean(&reading.network).into_owned();
        if reading.missing > 0 || reading.network == reading.little {
            lines.push(Line {
                reading,
                is_first: true,
                left: clip(&network, whole),
                right: String::new(),
            });
            continue;
        }
        let little = escape::clean(&reading.little).into_owned();
        let (first, second) = if is_big {
            (network, little)
        } else {
            (little, network)
        };
        if escape::width(&first) <= half && escape::width(&second) <= half {
            lines.push(Line {
                reading,
                is_first: true,
                left: first,
                right: second,
            });
        } else {
            lines.push(Line {
                reading,
                is_first: true,
                left: clip(&first, whole),
                right: String::new(),
            });
            lines.push(Line {
                reading,
                is_first: false,
                left: String::new(),
                right: clip(&second, whole),
            });
        }
    }
    lines
}
