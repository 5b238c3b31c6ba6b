//! The one reading that somebody asked for, line by line: what it is, its bytes, and what they read as.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::hex;
use crate::escape;
use crate::inspect::{ByteOrder, Form, Part};
use crate::ui::ink::{Pen, clip};
use crate::ui::pane::{INSPECTOR, Scene};
use crate::ui::theme::Role;

/// Areas from this width on have room for the bytes of each line.
const HEX_FROM_COLUMNS: u16 = 48;

/// Columns of eight bytes and two blanks.
const HEX_COLUMNS: u16 = 25;

/// What stands for a byte that means nothing.
const HATCHED: &str = "//";

/// The lines of the form that was chosen, for the bytes at the cursor.
pub(super) fn parts(scene: Scene<'_>, form: &Form) -> Vec<Part> {
    let Some((conn, dir)) = scene.stream() else {
        return Vec::new();
    };
    let range = scene.ui.range(scene.session);
    // Text ends where the selection does: only there a length of its own means something.
    let most = form.len() as u64;
    let len = match form.is_text() {
        true if range.end - range.start > 1 => most.min(range.end - range.start),
        _ => most,
    };
    let bytes = scene
        .session
        .bytes(conn, dir, range.start..range.start + len);
    form.read(&bytes.0, ByteOrder::HOST, scene.ui.locale())
}

pub(super) fn render(scene: Scene<'_>, form: &Form, area: Rect, buf: &mut Buffer) {
    let look = scene.look();
    let parts = parts(scene, form);
    let top = usize::try_from(scene.ui.tops.get(INSPECTOR).copied().unwrap_or(0)).unwrap_or(0);
    let widest = parts.iter().map(|part| escape::width(&part.name)).max();
    let name = u16::try_from(widest.unwrap_or(0))
        .unwrap_or(u16::MAX)
        .min(area.width / 2)
        + 3;
    let has_hex = area.width >= HEX_FROM_COLUMNS;
    let value = name + if has_hex { HEX_COLUMNS } else { 0 };
    for (row, part) in (0..area.height).zip(parts.iter().skip(top)) {
        let (told, read) = if part.is_padding {
            (Role::Muted, Role::Muted)
        } else {
            (Role::Text, Role::Strong)
        };
        let mut pen = Pen::new(buf, area, row, look);
        pen.skip(1)
            .put(clip(&part.name, usize::from(name) - 2), told);
        if has_hex {
            let bytes = if part.is_padding {
                [HATCHED].repeat(part.bytes.len()).join(" ")
            } else {
                hex(&part.bytes, 8)
            };
            pen.to(name).put(bytes, Role::Muted);
        }
        pen.to(value);
        let text = escape::clean(&part.value);
        pen.put(clip(&text, usize::from(pen.room())), read);
    }
}
