//! What is composed, on the screen: its lines, what they mean in bytes, and what sending them would do. It changes
//! nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::reading::{Meaning, effect};
use super::{Composer, Purpose};
use crate::escape;
use crate::export;
use crate::ui::editor::Shown;
use crate::ui::ink::{self, Pen};
use crate::ui::pane::Scene;
use crate::ui::theme::Role;

/// Columns before the text: a blank, the sign, a blank.
const LEFT: u16 = 3;

impl Composer {
    /// Draws it under its rule; the cursor, while keys go here.
    pub(in crate::ui) fn render(
        &self,
        scene: Scene<'_>,
        area: Rect,
        buf: &mut Buffer,
        focused: bool,
    ) -> Option<Position> {
        let look = scene.look();
        let name = scene.ui.focus.map_or("", |conn| scene.session.name(conn));
        let title = match self.purpose {
            Purpose::Edit => scene.say("composer.title-edit").to_owned(),
            Purpose::Answer => scene.say("composer.title-answer").to_owned(),
            Purpose::Send if name.is_empty() => scene.say("composer.title-alone").to_owned(),
            Purpose::Send => scene.fill("composer.title", &[&name]),
        };
        let rule = Rect {
            height: area.height.min(1),
            ..area
        };
        let mode = self.mode_name(&scene.ui.locale);
        ink::rule(buf, rule, &title, &mode, focused, look);
        if self.editor.text().is_empty() && !focused {
            Pen::new(buf, area, 1, look)
                .skip(1)
                .put("› ", Role::Muted)
                .put(invitation(scene), Role::Muted);
            return None;
        }
        let rows = usize::from(area.height.saturating_sub(2).max(1));
        let room = usize::from(area.width).saturating_sub(usize::from(LEFT + 3));
        let shown = self.editor.shown(rows, room);
        self.render_lines(scene, area, buf, &shown);
        let last = area.height.saturating_sub(1);
        self.render_meaning(scene, area, last, buf, &shown, focused);
        let (row, column) = shown.cursor;
        let left = LEFT + u16::from(self.mode.is_text());
        focused.then_some(Position::new(
            area.x.saturating_add(left).saturating_add(column),
            area.y.saturating_add(1).saturating_add(row),
        ))
    }

    fn render_lines(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer, shown: &Shown) {
        let quote = if self.mode.is_text() { "\"" } else { "" };
        let is_first = |from: usize| from == 0;
        let count = shown.lines.len();
        for (row, (line, from)) in (1..).zip(&shown.lines) {
            let mut pen = Pen::new(buf, area, row, scene.look());
            if is_first(*from) || count == 1 {
                pen.skip(1).put("› ", Role::Strong).put(quote, Role::Muted);
            } else {
                pen.skip(LEFT + u16::from(!quote.is_empty()));
            }
            pen.put(line, Role::Text);
            if usize::from(row) == count {
                pen.put(quote, Role::Muted);
            }
        }
    }

    /// What the line means, in bytes, and what it does to the framing of the other end; or what is wrong with it.
    fn render_meaning(
        &self,
        scene: Scene<'_>,
        area: Rect,
        last: u16,
        buf: &mut Buffer,
        shown: &Shown,
        focused: bool,
    ) {
        match &self.meaning {
            Meaning::Nothing => {
                let hint = self.mode.hint();
                if focused && !scene.ui.is_hint_used(hint) {
                    Pen::new(buf, area, last, scene.look())
                        .skip(LEFT)
                        .put(scene.say(hint), Role::Muted);
                }
            }
            Meaning::Unread => {
                let typed = ink::size(self.editor.text().len() as u64);
                Pen::new(buf, area, last, scene.look())
                    .skip(LEFT)
                    .put(scene.fill("composer.unread", &[&typed]), Role::Muted);
            }
            Meaning::Wrong { column, what } => {
                if focused {
                    self.underline(scene, area, buf, shown, *column);
                    Pen::new(buf, area, last, scene.look())
                        .skip(LEFT)
                        .put(escape::clean(what), Role::Strong);
                }
            }
            Meaning::Bytes { bytes, settled } => {
                let used = shown
                    .lines
                    .first()
                    .map_or(0, |(line, _)| escape::width(line));
                let note = size_note(scene, bytes, *settled, area, used + usize::from(LEFT) + 2);
                Pen::new(buf, area, 1, scene.look())
                    .to(u16::try_from(used)
                        .unwrap_or(u16::MAX)
                        .saturating_add(LEFT + 3))
                    .right(&format!("{note} "), Role::Muted);
                if self.is_for_held() {
                    let note = scene.say("composer.for-held");
                    Pen::new(buf, area, last, scene.look())
                        .skip(LEFT)
                        .put("⏎ ", Role::Strong)
                        .put(note, Role::Muted);
                    return;
                }
                let does = |conn| effect(scene, conn, bytes);
                let effect = scene.ui.focus.and_then(does);
                let mut effect = effect.map_or(String::new(), |effect| format!("→ {effect} "));
                if focused && self.may_be_message(scene.session, scene.ui.focus) {
                    effect = format!("{effect}· {} ", scene.say("composer.as-message"));
                }
                let mut pen = Pen::new(buf, area, last, scene.look());
                pen.skip(LEFT).put("⏎ ", Role::Strong);
                let room = usize::from(pen.room()).saturating_sub(escape::width(&effect) + 3);
                let name = scene.ui.focus.map_or("", |conn| scene.session.name(conn));
                let call = export::send(&scene.ui.desk.speak, bytes, name);
                pen.put(ink::clip(&call, room), Role::Muted)
                    .skip(3)
                    .right(&effect, Role::Text);
            }
        }
    }

    /// Marks the character that does not fit.
    fn underline(
        &self,
        scene: Scene<'_>,
        area: Rect,
        buf: &mut Buffer,
        shown: &Shown,
        character: usize,
    ) {
        let at = self.editor.byte_of(character);
        let lines = (1..).zip(&shown.lines);
        let Some((row, (_, from))) = lines.filter(|(_, (_, from))| *from <= at).last() else {
            return;
        };
        let before = self.editor.text().get(*from..at).unwrap_or_default();
        let column = LEFT + u16::from(self.mode.is_text());
        let wide = escape::width(&escape::clean(before));
        let column = column.saturating_add(u16::try_from(wide).unwrap_or(u16::MAX));
        let mut pen = Pen::new(buf, area, row, scene.look());
        pen.over(column, column.saturating_add(1), Role::Linked);
    }
}

/// How many bytes, and the first of them as far as there is room behind what is typed.
fn size_note(scene: Scene<'_>, bytes: &[u8], settled: bool, area: Rect, used: usize) -> String {
    let size = ink::size(bytes.len() as u64);
    if !settled {
        return scene.fill("composer.unsettled", &[&size]);
    }
    let room = usize::from(area.width).saturating_sub(used + 4);
    let pairs = room.saturating_sub(size.len() + 4) / 3;
    let dump: Vec<_> = bytes
        .iter()
        .take(pairs)
        .map(|byte| crate::hexdump::hex(*byte))
        .collect();
    let more = if bytes.len() > pairs { " …" } else { "" };
    format!("{size}  {}{more}", dump.join(" "))
}

/// What stands in the line while nothing is typed and the keys go elsewhere; who has composed once knows the key.
fn invitation(scene: Scene<'_>) -> &str {
    if scene.session.past().is_some() {
        return scene.say("past.composer");
    }
    if scene.ui.opened.is_some() {
        return scene.say("open.composer");
    }
    match scene.ui.focus.and_then(|conn| scene.session.conn(conn)) {
        None => scene.say("composer.no-socket"),
        Some(conn) if !conn.is_open() => scene.say("composer.closed"),
        Some(conn) if conn.role == crate::event::Role::Tap => scene.say("tapped.says"),
        Some(conn) if scene.session.is_tapped(conn.id) => {
            if scene.session.is_beyond(conn.id) {
                scene.say("tapped.adds-to-server")
            } else {
                scene.say("tapped.adds-to-client")
            }
        }
        Some(_) if scene.ui.is_hint_used("composer.invitation") => "",
        Some(_) => scene.say("composer.invitation"),
    }
}
