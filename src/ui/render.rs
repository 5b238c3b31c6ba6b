//! One frame: the places, what stands in each, and a last look at every cell. It changes nothing.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::editor::Editor;
use super::ink::{self, Pen};
use super::layout::{self, Amount, Areas, Axis};
use super::pane::{CONNECTIONS, PANES, Scene};
use super::theme::{self, Look, Role};
use super::{Typing, Ui, cause, connections, first, footer, head, journey, which};
use crate::escape;
use crate::session::Session;

impl Ui {
    /// Draws everything into `area` of a cleared buffer; returns where the cursor stands while a line is typed.
    pub fn render(
        &self,
        session: &Session,
        area: Rect,
        buf: &mut Buffer,
        now: Duration,
    ) -> Option<Position> {
        let area = Rect {
            width: area.width.min(super::SIZE_MAX.0),
            height: area.height.min(super::SIZE_MAX.1),
            ..area
        };
        let area = area.intersection(buf.area);
        let scene = Scene {
            session,
            ui: self,
            now,
        };
        // The state may be of another size than the buffer: a resize that has not been told yet.
        let amount = Amount {
            narration: self.desk.narration_rows(area.width),
            ..self.amount(session)
        };
        let areas = layout::layout(area, &self.arrangement, self.pane, amount);
        let cursor = if let Some(areas) = areas {
            self.render_all(scene, &areas, buf)
        } else {
            let text = scene.fill("layout.small", &[&area.width, &area.height]);
            let lines = ink::wrap(&text, usize::from(area.width), usize::from(area.height));
            for (row, line) in (0..area.height).zip(lines) {
                Pen::new(buf, area, row, self.look).put(line, Role::Text);
            }
            None
        };
        check(buf, area, self.look);
        cursor.filter(|cursor| area.contains(*cursor))
    }

    fn render_all(&self, scene: Scene<'_>, areas: &Areas, buf: &mut Buffer) -> Option<Position> {
        head::render_tabs(scene, areas.tabs, buf);
        head::render_banners(scene, areas.banners, buf);
        head::render_strip(scene, areas.strip, buf);
        journey::render(scene, areas.journey, buf);
        let mut cursor = None;
        match self.over() {
            Some(overlay) => {
                if overlay.is_card() {
                    self.render_panes(scene, areas, buf);
                }
                cursor = overlay.render(scene, areas.middle, buf);
            }
            None if self.is_first_screen(scene.session) => first::render(scene, areas.middle, buf),
            None => {
                self.render_panes(scene, areas, buf);
                cause::render(scene, areas.middle, buf);
            }
        }
        if let Some(notice) = &self.notice
            && scene.now < notice.until()
        {
            notice.render(areas.middle, buf, self.look);
        }
        which::render(scene, areas.middle, buf);
        self.render_narration(areas.narration, buf);
        let typed = match self.typing {
            Typing::Prompt => Some(self.prompt.render(scene, areas.line, buf)),
            _ => self
                .composer
                .render(scene, areas.line, buf, self.typing == Typing::Composer),
        };
        footer::render(scene, areas.footer, buf);
        // The keys go to what lies over the panes, if something does.
        cursor.or(typed)
    }

    fn render_panes(&self, scene: Scene<'_>, areas: &Areas, buf: &mut Buffer) {
        for slot in &areas.slots {
            let Some(pane) = self.pane_at(slot.pane, scene.session) else {
                continue;
            };
            let (title, note) = pane.title(scene);
            ink::rule(
                buf,
                slot.rule,
                &title,
                &note,
                scene.is_focused(slot.pane),
                self.look,
            );
            pane.render(scene, slot.body, buf);
        }
        for border in areas
            .borders
            .iter()
            .filter(|border| border.axis == Axis::Beside)
        {
            for row in 0..border.place.height {
                Pen::new(buf, border.place, row, self.look).put("│", Role::Muted);
            }
            joints(buf, border.place, areas);
        }
    }

    /// What a script says, where no timeline tells it.
    fn render_narration(&self, area: Rect, buf: &mut Buffer) {
        for (row, line) in (0..area.height).zip(self.desk.narration(area.width)) {
            Pen::new(buf, area, row, self.look)
                .skip(1)
                .put(if row == 0 { "▸ " } else { "  " }, Role::Strong)
                .put(line, Role::Text);
        }
    }

    /// The table of connections over the panes, with its filter.
    pub(super) fn render_table(
        &self,
        scene: Scene<'_>,
        area: Rect,
        buf: &mut Buffer,
    ) -> Option<Position> {
        let pane = PANES.get(CONNECTIONS)?;
        let (title, note) = pane.title(scene);
        ink::rule(
            buf,
            Rect {
                height: area.height.min(1),
                ..area
            },
            &title,
            &note,
            true,
            self.look,
        );
        let body = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(2),
            ..area
        };
        pane.render(scene, body, buf);
        connections::render_filter(scene, area, buf)
    }
}

/// The filter, in the last line of an overlay; `hint` while nothing is typed.
pub(super) fn filter(
    editor: &Editor,
    hint: &str,
    area: Rect,
    scene: Scene<'_>,
    buf: &mut Buffer,
) -> Option<Position> {
    let row = area.height.checked_sub(1)?;
    let label = scene.say("connections.filter");
    let used = escape::width(label) + 4;
    let (shown, _, column) = editor.window(usize::from(area.width).saturating_sub(used));
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1).put(label, Role::Muted).skip(1);
    let start = pen.column();
    if shown.is_empty() {
        pen.put(hint, Role::Muted)
    } else {
        pen.put(shown, Role::Text)
    };
    Some(Position::new(area.x + start + column, area.y + row))
}

/// Joins a line between panes with the rules that meet it.
fn joints(buf: &mut Buffer, line: Rect, areas: &Areas) {
    let composer = Rect {
        height: areas.line.height.min(1),
        ..areas.line
    };
    let is_rule = |x: Option<u16>, y: u16| {
        x.is_some_and(|x| {
            let at = Position::new(x, y);
            composer.contains(at) || areas.slots.iter().any(|slot| slot.rule.contains(at))
        })
    };
    for y in line.y..=line.bottom() {
        let before = is_rule(line.x.checked_sub(1), y);
        let behind = is_rule(line.x.checked_add(1), y);
        let glyph = match (before, behind) {
            _ if y == line.bottom() && before && behind => '┴',
            _ if y == line.bottom() => continue,
            (true, true) if y == line.y => '┬',
            (true, true) => '┼',
            (false, true) => '├',
            (true, false) => '┤',
            (false, false) => continue,
        };
        if let Some(cell) = buf.cell_mut(Position::new(line.x, y)) {
            cell.set_char(glyph);
        }
    }
}

/// What stands where the last gate held something back; a pane that needs it is at fault.
const STRUCK: char = char::REPLACEMENT_CHARACTER;

/// The last gate: nothing but printable characters of one cell leaves, whatever a pane wrote.
fn check(buf: &mut Buffer, area: Rect, look: Look) {
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            let Some(cell) = buf.cell_mut(Position::new(x, y)) else {
                continue;
            };
            let symbol = cell.symbol();
            if !escape::gate(symbol) {
                cell.set_char(if look.ascii { '?' } else { STRUCK });
            } else if look.ascii && !symbol.is_ascii() {
                let plain = symbol.chars().next().map_or(' ', theme::ascii);
                cell.set_char(plain);
            }
        }
    }
}
