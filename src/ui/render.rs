//! One frame: the places, what stands in each, and a last look at every cell. It changes nothing.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::editor::Editor;
use super::ink::{self, Pen};
use super::layout::{self, Areas};
use super::pane::{CONNECTIONS, PANES, Scene};
use super::theme::{self, Look, Role};
use super::{Overlay, Typing, Ui, footer, head, help, journey, library, which};
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
        let banners = session.banners().count();
        let areas = layout::layout(area, self.zoom, self.pane, banners, self.line_rows());
        let cursor = if let Some(areas) = areas {
            self.render_all(scene, &areas, buf)
        } else {
            let text = scene.fill("layout.small", &[&area.width, &area.height]);
            Pen::new(buf, area, 0, self.look).put(text, Role::Text);
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
        match self.overlay {
            Some(Overlay::Help) => cursor = help::render(scene, areas.middle, buf),
            Some(Overlay::Connections) => cursor = self.render_table(scene, areas.middle, buf),
            Some(Overlay::Saved) => cursor = library::render(scene, areas.middle, buf),
            None if scene.session.conns().is_empty() => welcome(scene, areas.middle, buf),
            None => self.render_panes(scene, areas, buf),
        }
        if let Some(notice) = &self.notice
            && scene.now < notice.until()
        {
            notice.render(areas.middle, buf, self.look);
        }
        which::render(scene, areas.middle, buf);
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
            let Some(pane) = PANES.get(slot.pane) else {
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
        for seam in &areas.seams {
            for row in 0..seam.height {
                Pen::new(buf, *seam, row, self.look).put("│", Role::Muted);
            }
        }
    }

    /// The table of connections over the panes, with its filter.
    fn render_table(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
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
        filter(
            &self.filter,
            "a word, or name: role: state: port: and a word",
            area,
            buf,
            self.look,
        )
    }
}

/// The filter, in the last line of an overlay; `hint` while nothing is typed.
pub(super) fn filter(
    editor: &Editor,
    hint: &str,
    area: Rect,
    buf: &mut Buffer,
    look: Look,
) -> Option<Position> {
    let row = area.height.checked_sub(1)?;
    let (shown, _, column) = editor.window(usize::from(area.width).saturating_sub(12));
    let mut pen = Pen::new(buf, area, row, look);
    pen.skip(1).put("filter: ", Role::Muted);
    let start = pen.column();
    if shown.is_empty() {
        pen.put(hint, Role::Muted)
    } else {
        pen.put(shown, Role::Text)
    };
    Some(Position::new(area.x + start + column, area.y + row))
}

/// The first screen: three calm lines.
fn welcome(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let lines = [
        ("c", "first.connect"),
        ("b", "first.listen"),
        (":", "first.command"),
    ];
    let first = area.height.saturating_sub(3) / 3;
    let left = area.width.saturating_sub(68) / 2;
    for (row, (key, sentence)) in (first..).zip(lines) {
        Pen::new(buf, area, row, scene.look())
            .to(left)
            .put(key, Role::Strong)
            .skip(3)
            .put(scene.say(sentence), Role::Text);
    }
}

/// The last gate: nothing but printable characters of one cell leaves, whatever a pane wrote.
fn check(buf: &mut Buffer, area: Rect, look: Look) {
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            let Some(cell) = buf.cell_mut(Position::new(x, y)) else {
                continue;
            };
            let symbol = cell.symbol();
            if !escape::gate(symbol) {
                cell.set_char('?');
            } else if look.ascii && !symbol.is_ascii() {
                let plain = symbol.chars().next().map_or(' ', theme::ascii);
                cell.set_char(plain);
            }
        }
    }
}
